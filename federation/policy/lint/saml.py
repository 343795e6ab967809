"""Rules about trusting a SAML provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from federation.errors import show
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.linted_statement import LintedStatement

ACTION: Final = "sts:AssumeRoleWithSAML"
_KEY: Final = "saml:aud"
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
            if not text.startswith(_URL):
                message = f"{show(text)} is no endpoint: saml:aud is the Recipient of the assertion, not its Audience"
                yield Hit(condition.path, message, "write the URL that the identity provider posts to", about=text)


RULES: Final = (
    Rule(
        "saml-recipient-unscoped",
        "warning",
        "Trust in a SAML provider without a condition on `saml:aud`.",
        "The assertion may have been made for another sign-in endpoint.",
        _recipient_missing,
    ),
    Rule(
        "saml-audience-for-recipient",
        "warning",
        "`saml:aud` compared with something that is no URL, such as `urn:amazon:webservices`.",
        "The key holds the Recipient, which is the URL of the sign-in endpoint.",
        _audience_for_recipient,
    ),
)
