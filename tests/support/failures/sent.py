"""Failures of what was sent in place of a token: copied from a page, a log, a request, or a file of settings."""

from datetime import timedelta
from html import escape
from typing import Final

from tests.support.failures.logins import ATTRIBUTES, SamlLogin, WebLogin
from tests.support.failures.model import INVALID_SAML, saml, web
from tests.support.failures.saml_messages import FOREIGN as OTHER_SUBJECT
from tests.support.failures.saml_messages import SUBJECT
from tests.support.failures.web_tokens import APP, FOREIGN, IDP, INVALID, NO_JWT, NOW, OTHER_APP, TRUST

_CALL: Final = {**INVALID, "owner": "call"}


def blank(token: str) -> str:
    """The response where + became a blank; a line break at its end keeps the last one."""
    return token.replace("+", " ") + "\n"


def request(token: str) -> str:
    encoded = token.replace("+", "%2B").replace("=", "%3D").replace("/", "%2F")
    return f"POST /saml HTTP/1.1\nHost: signin.aws.amazon.com\n\nSAMLResponse={encoded}&RelayState="


FAILURES: Final = (
    web(
        "sent-twice",
        "The token stands twice in the file",
        WebLogin(trust=TRUST, sent=lambda token: f"{token}\n{token}\n"),
        seen=NO_JWT,
        check="form",
        **_CALL,
        cause=("the same token 2 times",),
        foreign=FOREIGN,
    ),
    web(
        "sent-setting",
        "The line of a file of settings in place of the token in it",
        WebLogin(trust=TRUST, sent=lambda token: f"AWS_WEB_IDENTITY_TOKEN={token}"),
        seen=NO_JWT,
        check="base64url",
        **_CALL,
        cause=("begins with `AWS_WEB_IDENTITY_TOKEN=`",),
        foreign=FOREIGN,
    ),
    web(
        "sent-masked",
        "The asterisks of a log in place of the token",
        WebLogin(trust=TRUST, sent=lambda _: "********"),
        seen=NO_JWT,
        check="form",
        **_CALL,
        cause=("8 asterisks",),
        foreign=FOREIGN,
    ),
    web(
        "sent-unseen",
        "A zero-width space in the token, copied from a page",
        WebLogin(trust=TRUST, sent=lambda token: f"{token[:60]}\u200b{token[60:]}"),
        seen=NO_JWT,
        check="form",
        **_CALL,
        cause=("U+200B ZERO WIDTH SPACE",),
        foreign=FOREIGN,
    ),
    web(
        "token-local-time",
        "The issuer writes its local time",
        WebLogin(
            issuer=IDP,
            trust=APP,
            sub="app-7",
            claims={"iat": NOW + 7200, "exp": NOW + 7800},
        ),
        seen=f"Token issued in the future: {NOW + 7200}",
        check="iat",
        **INVALID,
        cause=("2 h to within 30 s", "2026-11-24T14:00:00Z"),
        owner="clock",
        chosen={"used": timedelta(hours=2, seconds=30)},
        foreign=OTHER_APP,
    ),
    web(
        "session-name-unseen",
        "A zero-width space in the session name",
        WebLogin(trust=TRUST, call={"role_session_name": "job\u200b7"}),
        seen="1 validation error detected: Value 'job\u200b7' at 'roleSessionName' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\w+=,.@-]*",
        check="role-session-name",
        code="ValidationError",
        cause=("U+200B ZERO WIDTH SPACE",),
        new="job7",
        owner="call",
        foreign=FOREIGN,
    ),
    saml(
        "saml-entities",
        "The response was copied from the source of the page, with HTML entities",
        SamlLogin(trust=SUBJECT, sent=lambda token: token.replace("+", "&#43;").replace("=", "&#61;").replace("/", "&#x2F;")),
        seen=INVALID_SAML,
        check="base64",
        **_CALL,
        cause=("HTML entities",),
        foreign=OTHER_SUBJECT,
    ),
    saml(
        "saml-form-field",
        "The whole form field was sent",
        SamlLogin(trust=SUBJECT, sent=lambda token: f'<input type="hidden" name="SAMLResponse" value="{escape(token)}"/>'),
        seen=INVALID_SAML,
        check="base64",
        **_CALL,
        cause=("HTML form", "SAMLResponse"),
        foreign=OTHER_SUBJECT,
    ),
    saml(
        "saml-blanks",
        "The + signs of the response became blanks",
        SamlLogin(trust=SUBJECT, sent=blank),
        seen=INVALID_SAML,
        check="base64",
        **_CALL,
        cause=("+ signs of the base64 became blanks",),
        foreign=OTHER_SUBJECT,
    ),
    saml(
        "saml-request",
        "The whole HTTP request was sent",
        SamlLogin(trust=SUBJECT, sent=request),
        seen=INVALID_SAML,
        check="base64",
        **_CALL,
        cause=("a whole HTTP request", "SAMLResponse"),
        foreign=OTHER_SUBJECT,
    ),
    saml(
        "saml-session-name-attribute",
        "The attribute is named `rolesessionname`",
        SamlLogin(trust=SUBJECT, attributes={"RoleSessionName": None, "rolesessionname": ("alice",)}),
        seen="RoleSessionName is required in AuthnResponse",
        check="role-session-name",
        **INVALID,
        cause=(f"{ATTRIBUTES}rolesessionname", "upper and lower case"),
        new=f"{ATTRIBUTES}RoleSessionName",
        owner="identity-provider",
        foreign=OTHER_SUBJECT,
    ),
    saml(
        "saml-session-name-no-break",
        "The RoleSessionName has a no-break space",
        SamlLogin(trust=SUBJECT, attributes={"RoleSessionName": ("Alice\u00a0Smith",)}),
        seen="RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
        check="role-session-name",
        **INVALID,
        cause=("U+00A0 NO-BREAK SPACE",),
        new="Alice-Smith",
        owner="identity-provider",
        foreign=OTHER_SUBJECT,
    ),
    saml(
        "saml-provider-case",
        "The call names the provider in other upper and lower case",
        SamlLogin(trust=SUBJECT, call={"principal_arn": "arn:aws:iam::123456789012:saml-provider/example"}),
        seen="Specified provider doesn't exist",
        check="provider",
        **_CALL,
        cause=("in upper and lower case alone", "saml-provider/Example"),
        new="saml-provider/Example",
        foreign=OTHER_SUBJECT,
    ),
)
