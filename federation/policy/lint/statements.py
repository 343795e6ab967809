"""Rules about a statement among its siblings, and about the version it is read by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from federation.errors import show
from federation.policy.grammar import CURRENT
from federation.policy.keys import RequestKeys
from federation.policy.lint.finding import Hit, Rule
from federation.policy.lint.linted_statement import LintedStatement
from federation.policy.statement import Statement

_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


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


def _old_version(linted: LintedStatement) -> Iterator[Hit]:
    if linted.statement.index == 0 and linted.version != CURRENT and not any(_has_variable(each) for each in linted.siblings):
        message = "the document is read by the rules of 2008-10-17, which have no policy variables"
        yield Hit(linted.statement.path, message, 'write "Version": "2012-10-17"')


def _has_variable(statement: Statement) -> bool:
    resources = () if statement.resource is None else statement.resource.spelled
    return any("${" in text for text in (*resources, *(text for each in statement.conditions for text in each.expected)))


def _passed(linted: LintedStatement) -> Iterator[Hit]:
    if linted.at is None:
        return
    now = {"aws:currenttime": linted.at.strftime("%Y-%m-%dT%H:%M:%SZ"), "aws:epochtime": str(int(linted.at.timestamp()))}
    for condition in (each for key in now for each in linted.by_key.get(key, ())):
        name = condition.operator.operator.name
        if name.removesuffix("Equals").endswith("LessThan") and condition.holds(RequestKeys(now)) is False:
            effect = "the Allow grants nothing any more" if linted.allows else "the Deny stops nobody any more"
            yield Hit(
                condition.path, f"the time is past {show(condition.expected[0])}: {effect}", "remove the statement, or write a later time"
            )


RULES: Final = (
    Rule(
        "duplicate-statement",
        "note",
        "A statement that says the same as an earlier one.",
        "An edit of one of them has no effect while the other remains.",
        _duplicates,
        f"{_GUIDE}/reference_policies_evaluation-logic.html",
    ),
    Rule(
        "unreachable-statement",
        "warning",
        "An Allow whose principals, actions and resources an unconditional Deny covers.",
        "A Deny wins over every Allow, so the statement never grants.",
        _unreachable,
        f"{_GUIDE}/reference_policies_evaluation-logic.html",
    ),
    Rule(
        "variables-need-2012",
        "error",
        "A policy variable in a document without version 2012-10-17.",
        "Version 2008-10-17, which applies where none is given, compares `${…}` as characters.",
        _legacy_variables,
        f"{_GUIDE}/reference_policies_elements_version.html",
    ),
    Rule(
        "version-old",
        "note",
        "A document without version 2012-10-17.",
        "Version 2008-10-17 applies where none is given; a policy variable that is added later would be compared as characters.",
        _old_version,
        f"{_GUIDE}/reference_policies_elements_version.html",
    ),
    Rule(
        "time-passed",
        "note",
        "A statement that a condition on the time has ended; found where the linter is told the time.",
        "What has ended is best removed: a later edit of the date would open it again.",
        _passed,
        f"{_GUIDE}/reference_policies_elements_condition_operators.html",
    ),
)
