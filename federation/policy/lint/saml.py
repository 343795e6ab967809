"""Rules about trusting a SAML provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from federation.errors import show
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.operators import LIKE, STRING
from federation.vendors.sign_in import SIGN_IN_HOSTS

ACTION: Final = "sts:AssumeRoleWithSAML"
_KEY: Final = "saml:aud"
_SOURCE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"
_URL: Final = ("https://", "*", "?", "${")


def _recipient_missing(linted: LintedStatement) -> Iterator[Hit]:
    if "SAML" not in linted.callers or not linted.grants(ACTION):
        return
    for condition in linted.by_key.get(_KEY, ()):
        qualified = condition.operator
        demands = qualified.operator.family.name == "String" and not qualified.operator.negated and not qualified.if_exists
        if demands and all(text.strip("*? ") for text in condition.expected):
            return
    message = "an assertion made for any AWS endpoint, in any region or partition, is accepted"
    remedy = 'add "StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}, or the endpoint of your region'
    yield Hit(f"{linted.statement.path}.Condition", message, remedy)


def _audience_for_recipient(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.by_key.get(_KEY, ()):
        qualified = condition.operator
        values = condition.expected if qualified.operator.family.name == "String" and not qualified.operator.negated else ()
        for text in values:
            if not text.startswith(_URL) and _near(text) is None:
                message = f"{show(text)} is no endpoint: saml:aud is the Recipient of the assertion, not its Audience"
                yield Hit(condition.path, message, "write the URL that the identity provider posts to", about=text)


def _recipient_of_nobody(linted: LintedStatement) -> Iterator[Hit]:
    for condition in linted.by_key.get(_KEY, ()) if linted.grants(ACTION) else ():
        qualified = condition.operator
        values = condition.expected if qualified.operator.family in (STRING, LIKE) and not qualified.operator.negated else ()
        partitions = {name.split(":")[1] for name in _providers(linted)}
        for text in values:
            near = _near(text)
            if near is not None:
                message = f"{show(text)} is no sign-in endpoint of AWS, and no assertion has it as its Recipient"
                yield Hit(condition.path, message, f"write {show(near)}", about=text, new=near)
            elif len(partitions) == 1 and (other := _partition(text)) is not None and other not in partitions:
                [mine] = partitions
                message = f"{show(text)} is an endpoint of the partition {other}, and the provider is one of {mine}"
                new = f"https://{SIGN_IN_HOSTS[mine]}/saml" if mine in SIGN_IN_HOSTS else ""
                yield Hit(
                    condition.path, message, f"write {show(new)}" if new else "write the endpoint of the partition", about=text, new=new
                )


def _providers(linted: LintedStatement) -> list[str]:
    element = linted.statement.principal
    names = element.names.get("Federated", ()) if element is not None else ()
    return [name for name in names if ":saml-provider/" in name]


def _near(text: str) -> str | None:
    """Return the endpoint that *text* differs from by its scheme, its case, white space or a slash at the end; None where it does not."""
    plain = "https://" + text.strip().lower().partition("://")[2].rstrip("/")
    plain = plain if plain.endswith("/saml") else f"{plain}/saml"
    return plain if text != plain and "://" in text and "*" not in text and _partition(plain) is not None else None


def _partition(url: str) -> str | None:
    """Return the partition whose global or regional endpoint *url* is; None where it is of none."""
    host, _, path = url.removeprefix("https://").partition("/")
    if not url.startswith("https://") or path != "saml":
        return None
    return next((name for name, each in SIGN_IN_HOSTS.items() if host == each or host.endswith(f".{each}")), None)


RULES: Final = (
    Rule(
        "saml-recipient-unscoped",
        "warning",
        "Trust in a SAML provider without a condition on `saml:aud`.",
        "The assertion may have been made for another sign-in endpoint.",
        _recipient_missing,
        _SOURCE,
    ),
    Rule(
        "saml-audience-for-recipient",
        "warning",
        "`saml:aud` compared with something that is no URL, such as `urn:amazon:webservices`.",
        "The key holds the Recipient, which is the URL of the sign-in endpoint.",
        _audience_for_recipient,
        _SOURCE,
    ),
    Rule(
        "saml-recipient-unknown",
        "warning",
        "`saml:aud` compared with a sign-in endpoint that is misspelt, such as one with a slash at its end, or is of another partition.",
        "The Recipient is compared character by character, so no assertion matches.",
        _recipient_of_nobody,
        _SOURCE,
    ),
)
