"""Issuers that serve many customers: whoever trusts one must say whose identities it means (attack rows A01, A20).

IAM enforces this when a trust policy is written, for each Allow of AssumeRoleWithWebIdentity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from federation import aws_texts
from federation.errors import MalformedPolicyDocument, show
from federation.policy.conditions import Condition
from federation.policy.statement import Statement
from federation.policy.wildcard import fold
from federation.vendors import COGNITO, key_name, required_condition

WEB_IDENTITY: Final = fold("sts:AssumeRoleWithWebIdentity")
_EQUALITY: Final = frozenset({"StringEquals", "StringEqualsIgnoreCase"})
_SCOPING: Final = _EQUALITY | {"StringLike"}


@dataclass(frozen=True, slots=True)
class _SharedIssuerRule:
    """What a statement that trusts ``principal``, of ``issuer``, must hold; ``by_application`` marks those that tell applications apart."""

    principal: str
    issuer: str
    keys: tuple[str, ...]
    operators: frozenset[str]
    strict: bool = False
    by_application: bool = False

    def scoped(self, conditions: Mapping[str, Sequence[Condition]], *, written: bool = False) -> bool:
        """Whether one operator names a key of the rule and scopes every key of the rule that it names (AWS, observed).

        Args:
            conditions: Those of the statement, by folded key.
            written: Ask as IAM does when a policy is written. It then reads the keys of ``by_application`` in their exact case alone (AWS,
                observed), although case counts for no key once the policy is stored.
        """
        blocks: dict[str, list[bool]] = {}
        for key in self.keys:
            for condition in conditions.get(fold(key), ()):
                qualified = condition.operator
                named = condition.key == key or not (written and self.by_application)
                if named and qualified.operator.name in self.operators and not qualified.if_exists:
                    blocks.setdefault(qualified.name, []).append(not any(map(self._open, condition.expected)))
        return any(all(block) for block in blocks.values())

    def _open(self, value: str) -> bool:
        if self.by_application:
            return False
        return value == "*" or (self.strict and (value.startswith("*") or not value.strip()))


def check_shared_issuers(statements: tuple[Statement, ...]) -> None:
    """Require the condition of every shared issuer that an Allow statement trusts.

    Raises:
        MalformedPolicyDocument: Check ``policy-shared-issuer``.
    """
    for statement, rule in unscoped(statements, written=True):
        raise MalformedPolicyDocument(
            check="policy-shared-issuer",
            path=f"{statement.path}.Condition",
            expected=f"{' or '.join(sorted(rule.operators))} on {' or '.join(map(show, rule.keys))}, not open to all",
            found="no such condition",
            remedy=f"name whose identities of {show(rule.issuer)} may assume the role: everybody can get a token of this issuer",
            message=_message(rule, conditions=bool(statement.conditions)),
        )


def unscoped(statements: tuple[Statement, ...], *, written: bool = False) -> Iterator[tuple[Statement, _SharedIssuerRule]]:
    """Yield every Allow statement that trusts a shared issuer without saying whose identities, with the rule it breaks.

    *written* as in `_SharedIssuerRule.scoped`.
    """
    for statement in statements:
        element = statement.principal
        if element is None or element.negated or statement.effect != "Allow" or not statement.action.matches(WEB_IDENTITY):
            continue
        conditions: dict[str, list[Condition]] = {}
        for condition in statement.conditions:
            conditions.setdefault(condition.folded, []).append(condition)
        for principal in sorted(element.names.get("Federated", ())):
            rule = _rule(principal)
            if rule is not None and not rule.scoped(conditions, written=written):
                yield statement, rule


def _rule(principal: str) -> _SharedIssuerRule | None:
    issuer = principal.partition(":oidc-provider/")[2] or principal
    required = required_condition(issuer)
    if required is None:
        return None
    keys = tuple(key_name(issuer, claim) for claim in required.claims)
    if required.by_application:
        return _SharedIssuerRule(principal, issuer, keys, _EQUALITY, by_application=True)
    return _SharedIssuerRule(principal, issuer, keys, _SCOPING, strict=required.strict)


def _message(rule: _SharedIssuerRule, *, conditions: bool) -> str:
    """Return AWS's text for a statement that breaks *rule*, and has *conditions* or none."""
    if rule.issuer == COGNITO and not conditions:
        return aws_texts.policies.COGNITO_WITHOUT_CONDITION
    if rule.by_application:
        return aws_texts.policies.application_required(rule.issuer)
    return aws_texts.policies.scope_required(rule.principal if rule.strict else rule.issuer, rule.keys)
