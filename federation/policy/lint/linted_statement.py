"""The input of a rule: one statement with its siblings, and the callers it can apply to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from federation.condition_keys import EVERYBODY, PrincipalKind
from federation.policy.conditions import Condition
from federation.policy.grammar import Kind
from federation.policy.policy import Policy
from federation.policy.principal import caller_kind
from federation.policy.statement import Statement
from federation.policy.wildcard import Pattern, fold

_LABELS: Final = frozenset({"Sid"})
_DENIES: Final = 64
"""Unconditional Denies that each Allow is compared with."""
_OIDC_PROVIDER: Final = ":oidc-provider/"
_PROVIDER: Final = re.compile(r"arn:[^:]*:iam::(\d{12}):(?:oidc|saml)-provider/", re.ASCII)


@dataclass(frozen=True, slots=True)
class LintedStatement:
    """The input of a rule.

    Attributes:
        statement: The statement.
        kind: What its policy is attached to.
        version: The version of its policy.
        twin: An earlier statement that says the same, or None.
        denied_by: An unconditional Deny that covers the principals, actions and resources of this Allow, or None.
        by_key: The statement's conditions by folded key.
        callers: Whose requests the statement can apply to.
        providers: OIDC providers among its principals: their URL without ``https://`` or built-in name, by the same name folded.
        account: Providers of the account, by ARN or, beyond those that AWS has built in, by host name; None where it is not known.
        siblings: Every statement of its policy.
        home: The id of the account that holds the policy, by its providers; None where it is not known.
        at: When the policy is looked at; None where that does not matter.
    """

    statement: Statement
    kind: Kind
    version: str
    twin: Statement | None
    denied_by: Statement | None
    by_key: dict[str, list[Condition]] = field(repr=False)
    callers: frozenset[PrincipalKind]
    providers: dict[str, str]
    account: frozenset[str] | None
    siblings: tuple[Statement, ...] = field(repr=False)
    home: str | None
    at: datetime | None

    @property
    def allows(self) -> bool:
        """Whether the statement is an Allow."""
        return self.statement.effect == "Allow"

    @property
    def trusts(self) -> bool:
        """Whether the statement is an Allow of a trust policy that names its principals."""
        element = self.statement.principal
        return self.kind is Kind.TRUST and self.allows and element is not None and not element.negated

    def has_provider(self, name: str) -> bool:
        """Whether the account is known to have the provider *name*."""
        return self.account is not None and name in self.account

    def grants(self, action: str) -> bool:
        """Whether the statement is an Allow of a trust policy for *action*, by principals that it names."""
        return self.trusts and self.statement.action.matches(fold(action))


def linted_statements(policy: Policy, account: frozenset[str] | None, at: datetime | None = None) -> Iterator[LintedStatement]:
    """Yield every statement of *policy* with the data that rules need."""
    home = _home(policy, account)
    first: dict[str, Statement] = {}
    denies = [each for each in policy.statements if each.effect == "Deny" and not each.conditions][:_DENIES]
    for statement in policy.statements:
        twin = first.setdefault(_text(statement), statement)
        by_key: dict[str, list[Condition]] = {}
        for condition in statement.conditions:
            by_key.setdefault(condition.folded, []).append(condition)
        callers, providers = _whom(statement)
        yield LintedStatement(
            statement=statement,
            kind=policy.kind,
            version=policy.version,
            twin=None if twin is statement else twin,
            denied_by=next((each for each in denies if statement.effect == "Allow" and _covers(each, statement)), None),
            by_key=by_key,
            callers=callers,
            providers=providers,
            account=account,
            siblings=policy.statements,
            home=home,
            at=at,
        )


def _home(policy: Policy, account: frozenset[str] | None) -> str | None:
    """Return the account of the policy: federated callers need a provider of the role's own account."""
    if policy.kind is not Kind.TRUST:
        return None
    elements = [each.principal for each in policy.statements if each.principal is not None]
    names = {name for element in elements for name in element.names.get("Federated", ())} if account is None else account
    owners = {match[1] for name in names if (match := _PROVIDER.match(name)) is not None}
    return owners.pop() if len(owners) == 1 else None


def _text(statement: Statement) -> str:
    """Return the statement's content as text that is equal for equal content."""
    return json.dumps({name: value for name, value in statement.source.items() if name not in _LABELS}, sort_keys=True)


def _whom(statement: Statement) -> tuple[frozenset[PrincipalKind], dict[str, str]]:
    element = statement.principal
    if element is None or element.negated or (element.everyone and element.denies):
        return EVERYBODY, {}
    callers = {caller_kind(type_, name) for type_, names in element.names.items() for name in names}
    federated = sorted(element.names.get("Federated", ()))
    names = [name.partition(_OIDC_PROVIDER)[2] or name for name in federated if caller_kind("Federated", name) == "OIDC"]
    if element.everyone:
        callers.add("AWS")
    providers = {fold(name): name for name in names}
    return frozenset(callers), providers


def _covers(deny: Statement, allow: Statement) -> bool:
    """Whether *deny* applies wherever *allow* does; False where that cannot be seen from the texts alone."""
    if deny.action.negated or allow.action.negated or not _all_covered(deny.action.spelled, allow.action.spelled, folded=True):
        return False
    if deny.resource is not None and allow.resource is not None:
        plain = not any("${" in text for text in (*deny.resource.spelled, *allow.resource.spelled))
        negated = deny.resource.negated or allow.resource.negated
        if negated or not plain or not _all_covered(deny.resource.spelled, allow.resource.spelled, folded=False):
            return False
    if deny.principal is None or allow.principal is None:
        return True
    if deny.principal.negated or allow.principal.negated:
        return False
    return deny.principal.everyone or set(allow.principal.spelled) <= set(deny.principal.spelled)


def _all_covered(wide: tuple[str, ...], narrow: tuple[str, ...], *, folded: bool) -> bool:
    """Whether each pattern of *narrow* is, read as plain text, matched by one of *wide*.

    A star takes in whatever a wildcard can stand for, so this is sound for patterns with stars alone; ``?`` takes in one character only.
    """
    texts = [fold(each) for each in narrow] if folded else list(narrow)
    plain = {fold(each) if folded else each for each in wide}
    patterns = [Pattern.read(each) for each in plain if "*" in each and "?" not in each][:_DENIES]
    return all(text in plain or any(pattern.matches(text) for pattern in patterns) for text in texts)
