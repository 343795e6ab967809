"""Findings on a well-formed policy whose effect its author probably did not intend.

A `Rule` looks at one `LintedStatement`, a statement among its siblings, and yields findings; `RULES` is the list of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from federation.policy.lint import callers, conditions, elements, issuers, keys, placeholders, saml, statements, subjects
from federation.policy.lint.finding import SEVERITIES, Finding, Rule, Severity, worst
from federation.policy.lint.linted_statement import LintedStatement, linted_statements
from federation.policy.policy import Policy

__all__ = ["MAX_FINDINGS", "RULES", "SEVERITIES", "Finding", "Rule", "Severity", "examine", "lint", "worst"]

MAX_FINDINGS: Final = 500
"""Most findings on one policy that are reported: a document can be made to have a thousand times as many."""

RULES: Final[tuple[Rule, ...]] = (
    *placeholders.RULES,
    *issuers.RULES,
    *subjects.RULES,
    *saml.RULES,
    *elements.RULES,
    *callers.RULES,
    *conditions.RULES,
    *keys.RULES,
    *statements.RULES,
)
"""Every rule, in the order of its findings: whom the policy trusts, then how it says so."""


def lint(policy: Policy, *, providers: Collection[str] | None = None, at: datetime | None = None) -> tuple[Finding, ...]:
    """Return the findings on *policy*, statement by statement, at most `MAX_FINDINGS`.

    Args:
        policy: The policy.
        providers: Every provider of the account that holds it, by ARN or host name; None where the account is not known.
        at: When the policy is looked at, aware UTC, for conditions on the time; None where nothing is to be said of them.
    """
    return tuple(finding for _, finding in examine(policy, providers=providers, at=at))


def examine(
    policy: Policy, *, providers: Collection[str] | None = None, rules: Collection[str] | None = None, at: datetime | None = None
) -> Iterator[tuple[LintedStatement, Finding]]:
    """Yield the findings of `lint`, each with the statement as the rule saw it; with *rules* those of these alone, by their ids.

    *at* is aware UTC, as for `lint`.
    """
    chosen = RULES if rules is None else [rule for rule in RULES if rule.id in rules]
    found = (
        (linted, finding)
        for linted in linted_statements(policy, None if providers is None else frozenset(providers), at)
        for rule in chosen
        for finding in rule.findings(linted)
    )
    return islice(found, MAX_FINDINGS)
