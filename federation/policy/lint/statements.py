"""Rules about a statement among its siblings, and about the version it is read by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from federation.policy.grammar import CURRENT
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.subject import Subject


def _duplicates(subject: Subject) -> Iterator[Hit]:
    if subject.twin is not None:
        yield Hit(subject.statement.path, f"the statement says the same as statement {subject.twin.index}", "remove one of the two")


def _unreachable(subject: Subject) -> Iterator[Hit]:
    if subject.denied_by is not None:
        message = f"statement {subject.denied_by.index} denies all that this statement allows"
        yield Hit(subject.statement.path, message, "remove the statement or condition the Deny")


def _legacy_variables(subject: Subject) -> Iterator[Hit]:
    if subject.version == CURRENT:
        return
    statement = subject.statement
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
        "Whoever edits one of the two changes nothing.",
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
        "The older version, which a missing one means, takes `${…}` for the characters themselves.",
        _legacy_variables,
    ),
)
