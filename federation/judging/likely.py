"""Which role of an account a token is most likely meant for."""

from __future__ import annotations

from itertools import islice
from typing import Final

from federation.account.model import Account, Role
from federation.explaining.nearest import likeness
from federation.identity import VerifiedIdentity
from federation.judging.unverified_token import UnverifiedToken
from federation.policy.statement import Statement
from federation.protocols import Provider
from federation.saml.reading.inspection import inspect_response
from federation.saml.registration.provider import SamlProvider

_COMPARED: Final = 256
"""Most roles whose policies are compared with the subject, and most values of one policy."""


def likely_role(
    account: Account, unverified: UnverifiedToken, provider: Provider | None, *, identity: VerifiedIdentity | None
) -> Role | None:
    """Return the role that the token is most likely meant for; None where no role of *account* can be the one.

    A SAML response names its roles. For another token it is the role that trusts the provider and whose conditions name a subject most like
    that of the token. What an unproved token says chooses a role to ask about, and decides nothing.

    Args:
        account: The account.
        unverified: The token.
        provider: The provider that judges it; None where there is none.
        identity: What the token proves; None where it proves nothing.
    """
    if isinstance(provider, SamlProvider):
        named = _named(account, unverified)
        if named is not None:
            return named
    if provider is None:
        return None
    trusting = [role for role in account.roles.values() if any(_trusts(each, provider.arn) for each in role.trust_policy.statements)]
    subject = (unverified.subject if identity is None else identity.subject) or ""
    return max(islice(trusting, _COMPARED), key=lambda role: _fit(role, provider.arn, subject), default=None)


def _named(account: Account, unverified: UnverifiedToken) -> Role | None:
    """Return the first role of *account* that a value of an attribute of the response names."""
    for assertion in inspect_response(unverified.token).get("assertions", ()):
        for attribute in assertion["Attributes"]:
            for value in attribute["Values"]:
                found = next((account.roles[part.strip()] for part in str(value).split(",") if part.strip() in account.roles), None)
                if found is not None:
                    return found
    return None


def _trusts(statement: Statement, provider_arn: str) -> bool:
    principal = statement.principal
    return (
        statement.effect == "Allow"
        and principal is not None
        and not principal.negated
        and provider_arn in principal.names.get("Federated", frozenset())
    )


def _fit(role: Role, provider_arn: str, subject: str) -> float:
    """Return how alike *subject* and the nearest value of a condition on a subject are, from 0 to 1."""
    values = (
        value
        for statement in role.trust_policy.statements
        if _trusts(statement, provider_arn)
        for condition in statement.conditions
        if condition.folded.endswith(":sub")
        for value in condition.expected
    )
    return max((likeness(subject, value) for value in islice(values, _COMPARED)), default=0.0)
