"""The trust policy of a role, with every part of its statements marked as met, unmet or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from federation.account.model import Role
from federation.explaining.edited import holds
from federation.explaining.nearest import most_alike
from federation.explaining.positions import Node, find, scan
from federation.explaining.sources import Sources
from federation.page.causes import ShownComparison
from federation.page.diff import marked
from federation.policy import Decision
from federation.policy.explain import ConditionResult, ElementResult, StatementResult

PartState = Literal["met", "unmet", "unknown"]
_MOST_CHARS: Final = 65_536
_MOST_NOTES: Final = 200


class PolicyPart(NamedTuple):
    """A stretch of a line, and the state of the part of the statement that it belongs to; empty where it belongs to none."""

    text: str
    state: PartState | Literal[""]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyNote:
    """What is said of one part of a statement, below its last line; *comparison* where two strings differ."""

    state: PartState
    sentence: str
    comparison: ShownComparison | None = None


class PolicyLine(NamedTuple):
    """A line of the trust policy: its number in the file, its text, and what is said of the parts that end in it."""

    number: int
    parts: tuple[PolicyPart, ...]
    notes: tuple[PolicyNote, ...]


@dataclass(frozen=True, slots=True)
class ShownPolicy:
    """A trust policy.

    Attributes:
        file: Its file as a user would type it, or empty.
        lines: Its lines.
        decided: Whether the policy was asked; otherwise every part is unknown, because the token proves nobody.
    """

    file: str
    lines: tuple[PolicyLine, ...]
    decided: bool


class _Marked(NamedTuple):
    start: int
    end: int
    note: PolicyNote


def shown_policy(role: Role, decision: Decision | None, sources: Sources) -> ShownPolicy | None:
    """Return the trust policy of *role* with the outcome *decision*; None where the policy is too long to be shown."""
    known = sources.text(role.file)
    in_file = known is not None and holds(known, role)
    text, place = (known, role.place) if known is not None and in_file else (role.trust_policy.source_text, "$")
    root = scan(text)
    policy = find(root, place)
    if policy is None or policy.end - policy.start > _MOST_CHARS:
        return None
    marks = sorted(_marks(role, decision, root, place))[:_MOST_NOTES]
    return ShownPolicy(sources.named(role.file) if in_file else "", tuple(_lines(text, policy, marks)), decided=decision is not None)


def _marks(role: Role, decision: Decision | None, root: Node, place: str) -> Iterator[_Marked]:
    results = None if decision is None else decision.statements
    for number, statement in enumerate(role.trust_policy.statements):
        result = None if results is None else results[number]
        paths = {f"{statement.path}.{name}": None for name in ("Principal", "NotPrincipal", "Action", "NotAction")}
        paths |= {condition.path: None for condition in statement.conditions}
        for path in paths:
            node = find(root, place + path.removeprefix("$"))
            if node is not None:
                yield _Marked(node.start, node.end, _note(result, statement.path, path))


def _note(result: StatementResult | None, statement: str, path: str) -> PolicyNote:
    if result is None:
        return PolicyNote(state="unknown", sentence="the policy was not asked: the token proves nobody")
    part = _part(result, statement, path)
    if part is None:
        return PolicyNote(state="unknown", sentence="nothing is known of it")
    comparison = _comparison(part) if isinstance(part, ConditionResult) and not part.matched else None
    return PolicyNote(state="met" if part.matched else "unmet", sentence=part.reason, comparison=comparison)


def _part(result: StatementResult, statement: str, path: str) -> ElementResult | ConditionResult | None:
    elements = {f"{statement}.{each.name}": each for each in (result.principal, result.action) if each is not None}
    return elements.get(path) or next((each for each in result.conditions if each.path == path), None)


def _comparison(condition: ConditionResult) -> ShownComparison | None:
    """Return the value of the token beside the most alike value of the policy."""
    if not condition.found or not condition.expected:
        return None
    found = condition.found[0]
    expected, seen = marked(most_alike(found, condition.expected, limit=1)[0], found)
    return ShownComparison(expected_from="policy", expected=expected, found_from="token", found=seen)


def _lines(text: str, policy: Node, marks: list[_Marked]) -> Iterator[PolicyLine]:
    begin = text.rfind("\n", 0, policy.start) + 1
    number = text.count("\n", 0, begin) + 1
    while begin < policy.end:
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        inside = [each for each in marks if each.start < end and each.end > begin]
        notes = tuple(each.note for each in inside if each.end <= end)
        yield PolicyLine(number, tuple(_parts(text, begin, end, inside)), notes)
        begin, number = end + 1, number + 1


def _parts(text: str, begin: int, end: int, marks: list[_Marked]) -> Iterator[PolicyPart]:
    indented = begin + len(text[begin:end]) - len(text[begin:end].lstrip())
    at = begin
    for each in marks:
        start, stop = max(each.start, at, indented), min(each.end, end)
        if start > at:
            yield PolicyPart(text[at:start], "")
            at = start
        if stop > start:
            yield PolicyPart(text[start:stop], each.note.state)
            at = stop
    if at < end:
        yield PolicyPart(text[at:end].rstrip("\r"), "")
