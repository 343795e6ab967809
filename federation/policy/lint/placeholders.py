"""A rule about what a script or a template should have filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.document import member
from federation.policy.grammar import CURRENT, Kind
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.keys import effect_of, names_callers, severity_of
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.lint.vocabulary import placeholder, placeholder_in_key
from federation.policy.principal import PrincipalElement
from federation.policy.wildcard import fold
from federation.vendors import find_vendor


def _left(linted: LintedStatement) -> Iterator[Hit]:
    if linted.kind is not Kind.TRUST:
        return
    statement = linted.statement
    if statement.principal is not None:
        yield from _in_principals(statement.principal, statement.path)
    yield from _in_keys(linted, statement.conditions if names_callers(linted) else ())
    yield from _in_values(statement.conditions, linted.version)


def _in_principals(element: PrincipalElement, path: str) -> Iterator[Hit]:
    at = f"{path}.{'NotPrincipal' if element.negated else 'Principal'}"
    for type_, names in element.names.items():
        for name in sorted(names):
            left = placeholder(name, braces=True)
            if left is not None:
                message = f"nobody filled in {show(left)}: {show(name)} is no principal, and the statement applies to nobody by it"
                yield Hit(member(at, type_), message, f"write the principal that {show(left)} stands for", about=name)


def _in_keys(linted: LintedStatement, conditions: Iterable[Condition]) -> Iterator[Hit]:
    for condition in conditions:
        left = placeholder_in_key(condition)
        if left is None or condition.folded.rpartition(":")[0] in linted.providers:
            continue  # the principal has the same placeholder, and is said to
        new = _filled(linted, condition.key)
        message = f"nobody filled in {show(left)} of {show(condition.key)}: the condition {effect_of(linted, condition)}"
        remedy = f"write {show(new)}" if new else f"write what {show(left)} stands for"
        yield Hit(condition.path, message, remedy, severity_of(linted, condition), about=left, new=new)


def _filled(linted: LintedStatement, key: str) -> str:
    """Return *key* with the only provider of the statement, where its claim is one of that provider's; empty otherwise."""
    claim = key.rpartition(":")[2]
    if len(linted.providers) != 1 or ":" not in key:
        return ""
    [provider] = linted.providers.values()
    known = placeholder(provider, braces=True) is None and fold(claim) in map(fold, find_vendor(provider).exposed_claims)
    return f"{provider}:{claim}" if known else ""


def _in_values(conditions: Iterable[Condition], version: str) -> Iterator[Hit]:
    for condition in conditions:
        if condition.operator.operator.family.name != "String" or condition.operator.operator.negated:
            continue
        for text in condition.expected:
            left = placeholder(text)
            if left is not None and (version == CURRENT or not left.startswith("${")):
                yield Hit(
                    condition.path, f"nobody filled in {show(left)} of {show(text)}", f"write what {show(left)} stands for", about=text
                )


RULES: Final = (
    Rule(
        "placeholder-left",
        "warning",
        "A principal, a condition key or a value with a placeholder such as `$OIDC_PROVIDER`, `${var.repo}`, `<ACCOUNT>` or `YOUR-ORG`.",
        "IAM stores it as it stands: a condition on such a key never holds, and no principal and no token has such a name.",
        _left,
        "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
    ),
)
