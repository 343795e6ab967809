"""What AWS's text in a record says of a token that proved nobody: which check refused, as far as the text tells it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from federation.aws_texts import saml, sessions, web_identity
from federation.check_names import CheckName
from federation.errors import show
from federation.evidence.cloudtrail.login_record import LoginRecord
from federation.explanation import Cause, Edit, Obstacle, Owner, Place
from federation.sts.login.saml_attributes import ROLE, ROLE_SESSION_NAME

_ANY: Final = "\ue000"
"""Stands in a text of AWS for what differs from token to token. No text has it."""
_NUMBER: Final = 0
"""Likewise for a number."""


class KnownText(NamedTuple):
    """A text of AWS, and what it says: the check that sends it, what is true then, whose it is to change, and what to do."""

    text: str
    check: CheckName
    cause: str
    owner: Owner
    edit: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """The whole text as a regular expression, in which numbers and what differs from token to token may be others."""
        escaped = re.escape(self.text.strip().replace(saml.NO_REQUEST_ID, _ANY)).replace(re.escape(_ANY), ".*")
        return re.compile(rf"\s*{re.sub(r'[0-9]+', '[0-9]+', escaped)}\s*", re.DOTALL)


_IDP: Final[Owner] = "identity-provider"
_MAPPING: Final = "correct it in the identity provider's token mapping"
_AGAIN: Final = "sign in again, and send the new response at once"
_CLOCK: Final = "set the clock of the identity provider"
_NAME: Final = "send 2 to 64 characters: letters, digits and _=,.@-"

_TABLE: Final = (
    KnownText(web_identity.NOT_A_JWT, "form", "the token is no JWT; it may be an access token", "call", "send the ID token"),
    KnownText(
        web_identity.NOT_VALIDATED,
        "signature",
        "the signature, the algorithm or the audience of the token does not hold",
        "token",
        "run federation explain with such a token: it says which of them",
    ),
    KnownText(
        web_identity.NO_KEY,
        "kid",
        "the issuer's key set has no key of the token's `kid`",
        "identity-provider",
        "publish the key that signs",
    ),
    KnownText(web_identity.INVALID_TIMESTAMP, "numeric-date", "a time in the token is no whole number", _IDP, _MAPPING),
    KnownText(web_identity.SEVERAL_AUDIENCES, "authorized-party", "the token has several audiences and no `azp`", _IDP, _MAPPING),
    KnownText(web_identity.EMPTY_AUDIENCE, "audience", "the `aud` of the token is an empty list", _IDP, _MAPPING),
    KnownText(web_identity.missing_claim(_ANY), "required-claims", "the token lacks a claim that is required", _IDP, _MAPPING),
    KnownText(
        web_identity.no_provider(_ANY),
        "provider",
        "the account has no provider for the issuer of the token",
        "account",
        "create the provider with the URL exactly as `iss` has it",
    ),
    KnownText(
        web_identity.expired(_NUMBER, _NUMBER),
        "exp",
        "the token had expired",
        "call",
        "fetch the token when it is needed, and send it within its lifetime",
    ),
    KnownText(web_identity.issued_in_future(_NUMBER), "iat", "the token was issued in the future", "clock", _CLOCK),
    KnownText(web_identity.not_yet_valid(_NUMBER, _NUMBER), "nbf", "the token was not valid yet", "clock", _CLOCK),
    KnownText(
        web_identity.ROLES_MISMATCH,
        "roles-claim",
        "the token lists the roles that it may assume, and the role is not among them",
        "identity-provider",
        "add the role to the claim https://aws.amazon.com/roles",
    ),
    KnownText(web_identity.ROLES_EMPTY, "roles-claim", "the roles that the token lists are no ARNs of roles", _IDP, _MAPPING),
    KnownText(web_identity.ROLES_FORMAT, "roles-claim", "the token's claim of roles is neither list nor text", _IDP, _MAPPING),
    KnownText(web_identity.MALFORMED_PRINCIPAL_TAGS, "principal-tags", "a tag of the token is no list of one text", _IDP, _MAPPING),
    KnownText(web_identity.MALFORMED_SESSION_TAGS, "principal-tags", "the token's claim of tags is no object", _IDP, _MAPPING),
    KnownText(
        saml.MALFORMED, "content", "the response is damaged, or no base64 of a SAML response", "call", "send the response as it was posted"
    ),
    KnownText(saml.UNSIGNED_ASSERTION, "assertion-signed", "the assertion is not signed", "identity-provider", "have the assertion signed"),
    KnownText(
        saml.SIGNATURE_INVALID,
        "signature",
        "no certificate of the registered metadata verifies the response",
        "provider",
        "update the metadata with the certificate that signs now",
    ),
    KnownText(saml.EXPIRED, "conditions-expiry", "the response had expired", "call", _AGAIN),
    KnownText(saml.REDEEM_WITHIN_FIVE_MINUTES, "age", "the response was issued more than five minutes before", "call", _AGAIN),
    KnownText(saml.UNKNOWN_PROVIDER, "provider", "the account has no such SAML provider", "account", "create it"),
    KnownText(saml.ROLE_PAIR, "role-pair", "the response has no pair of this role and provider", _IDP, f"send it in {ROLE}"),
    KnownText(saml.NO_SESSION_NAME, "role-session-name", "the response has no RoleSessionName", _IDP, f"send {ROLE_SESSION_NAME}"),
    KnownText(saml.session_name_form(_ANY), "role-session-name", "RoleSessionName has another form", _IDP, _NAME),
    KnownText(saml.source_identity_form(_ANY), "source-identity", "SourceIdentity has another form", _IDP, _NAME),
    KnownText(
        sessions.DURATION,
        "duration",
        "the call asked for a longer session than the role allows",
        "call",
        "ask for less, or raise MaxSessionDuration of the role",
    ),
    KnownText(
        sessions.packed_policy(_NUMBER),
        "session-token-size",
        "the session policies and tags were too large together",
        "call",
        "pass smaller session policies, or fewer tags",
    ),
)
"""The texts that a login can be refused with before its trust policy is asked, or after. A text of another check is told as it is."""
_PATTERNS: Final = tuple((each, each.pattern) for each in _TABLE)


def obstacle_of(record: LoginRecord) -> Obstacle:
    """Return why *record* was refused, from its text; a text that is not known is repeated."""
    text = record.error_message or ""
    told = next((each for each, pattern in _PATTERNS if pattern.fullmatch(text)), None)
    if told is None:
        said = f": {show(text)}" if text else ""
        sentence = f"AWS refused the token with {record.error_code}{said}; what it proves is not recorded"
        edit = Edit(place=Place(owner="token"), instruction="run federation explain with such a token: it says which check refuses it")
        return Obstacle(causes=(Cause(check=record.error_code or "", sentence=sentence),), edits=(edit,))
    cause = Cause(check=told.check, sentence=told.cause)
    return Obstacle(causes=(cause,), edits=(Edit(place=Place(owner=told.owner), instruction=told.edit),))
