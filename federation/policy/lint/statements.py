"""Rules about a statement among its siblings, and about the version it is read by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from federation.policy.grammar import CURRENT
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.linted_statement import LintedStatement


def _duplicates(linted: LintedStatement) -> Iterator[Hit]:
    if linted.twin is not None:
        yield Hit(linted.statement.path, f"the statement says the same as statement {linted.twin.index}", "remove one of the two")


def _unreachable(linted: LintedStatement) -> Iterator[Hit]:
    if linted.denied_by is not None:
        message = f"statement {linted.denied_by.index} denies all that this statement allows"
        yield Hit(linted.statement.path, message, "remove the statement, which never grants, or name in the Deny only whom it is meant for")


def _legacy_variables(linted: LintedStatement) -> Iterator[Hit]:
    if linted.version == CURRENT:
        return
    statement = linted.statement
    places = [each.path for each in statement.conditions if any("${" in text for text in each.expected)]
    if statement.resource is not None and any("${" in text for text in statement.resource.spelled):
        places.append(f"{statement.path}.Resource")
    for path in places:
        yield Hit(path, "version 2008-10-17 has no policy variables: ${…} stands for itself", 'write "Version": "2012-10-17"')


RULES: Final = (
    Rule(
        "duplicate-statement",
        "note",
        "A statement that says the same as an earlier one.",
        "An edit of one of them has no effect while the other remains.",
        _duplicates,
    ),
    Rule(
        "unreachable-statement",
        "warning",
        "An Allow whose principals, actions and resources an unconditional Deny covers.",
        "A Deny wins over every Allow, so the statement never grants.",
        _unreachable,
    ),
    Rule(
        "variables-need-2012",
        "error",
        "A policy variable in a document without version 2012-10-17.",
        "Version 2008-10-17, which applies where none is given, compares `${…}` as characters.",
        _legacy_variables,
    ),
)
