"""Causes and edits as the page shows them: with the line of the file, the strings that differ, and the edit as a diff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from federation.account.model import Role
from federation.errors import FederationError
from federation.explaining.edited import edited, holds
from federation.explaining.fixing import apply
from federation.explaining.sources import Excerpt, Sources
from federation.explanation import Cause, Comparison, Edit, Explanation, Listing, Obstacle
from federation.page.diff import DiffLine, MarkedText, diff, marked

_LISTED: Final = 12
_SHOWN_CHARS: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownComparison:
    """Two strings with their differences marked, and where each comes from."""

    expected_from: str
    expected: tuple[MarkedText, ...]
    found_from: str
    found: tuple[MarkedText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCause:
    """A cause.

    Attributes:
        check: The check that refuses.
        sentence: What is true here.
        where: File and line, or the name of the setting; empty where the rule is in no file.
        excerpt: The line of the file; None where there is none.
        comparisons: The strings that differ.
        listings: The sets that were searched: what they are, their members, the nearest one.
        unverified: Whether it rests on what an unproved token says of itself.
    """

    check: str
    sentence: str
    where: str
    excerpt: Excerpt | None
    comparisons: tuple[ShownComparison, ...]
    listings: tuple[Listing, ...]
    unverified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEdit:
    """An edit.

    Attributes:
        instruction: One imperative sentence.
        where: File and line, or the name of the setting.
        diff: The edit as a diff; empty where no program can make it.
        old: What stands there now; empty where something is added.
        new: What to write instead; empty where something is removed, or where only the reader can know it.
        command: A command that makes the edit, or empty.
        lets_in: Who else can log in after the edit; empty where nobody can.
    """

    instruction: str
    where: str
    diff: tuple[DiffLine, ...]
    old: str
    new: str
    command: str
    lets_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownObstacle:
    """What refuses: its causes, and the edits, of which one is enough where they are *alternatives*."""

    causes: tuple[ShownCause, ...]
    edits: tuple[ShownEdit, ...]
    alternatives: bool
    others: tuple[ShownCause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExplanation:
    """An explanation.

    Attributes:
        cause: The one cause: what refuses first.
        edit: The one edit that comes first; None where there is none.
        more: Further causes and edits of what refuses first.
        later: What would refuse after that.
        aws_accepts: Whether AWS would accept.
        aws_message: What AWS shows for it; empty where that is not known.
        aws_shown_by: Who shows that text: ``API`` or ``console``.
    """

    cause: ShownCause
    edit: ShownEdit | None
    more: ShownObstacle
    later: tuple[ShownObstacle, ...] = field(default=())
    aws_accepts: bool
    aws_message: str
    aws_shown_by: str


def shown_explanation(explanation: Explanation, sources: Sources, role: Role | None) -> ShownExplanation:
    """Return *explanation* as the page shows it; *role* is the role whose trust policy the edits change."""
    first = _obstacle(explanation.first, sources, role)
    return ShownExplanation(
        cause=first.causes[0],
        edit=first.edits[0] if first.edits else None,
        more=ShownObstacle(causes=first.causes[1:], edits=first.edits[1:], alternatives=first.alternatives, others=first.others),
        later=tuple(_obstacle(each, sources, role) for each in explanation.later),
        aws_accepts=explanation.aws_accepts,
        aws_message=explanation.aws_message or "",
        aws_shown_by=explanation.aws_shown_by,
    )


def _obstacle(obstacle: Obstacle, sources: Sources, role: Role | None) -> ShownObstacle:
    return ShownObstacle(
        causes=tuple(_cause(each, sources) for each in obstacle.causes),
        edits=tuple(_edit(each, sources, role) for each in obstacle.edits),
        alternatives=obstacle.alternatives,
        others=tuple(_cause(each, sources) for each in obstacle.others),
    )


def _cause(cause: Cause, sources: Sources) -> ShownCause:
    return ShownCause(
        check=cause.check,
        sentence=cause.sentence,
        where=sources.where(cause.place),
        excerpt=sources.excerpt(cause.place),
        comparisons=tuple(map(_comparison, cause.comparisons)),
        listings=tuple(Listing(label=each.label, members=each.members[:_LISTED], nearest=each.nearest) for each in cause.listings),
        unverified=cause.unverified,
    )


def _comparison(comparison: Comparison) -> ShownComparison:
    expected, found = marked(comparison.expected, comparison.found)
    return ShownComparison(expected_from=comparison.expected_from, expected=expected, found_from=comparison.found_from, found=found)


def _edit(edit: Edit, sources: Sources, role: Role | None) -> ShownEdit:
    return ShownEdit(
        instruction=edit.instruction,
        where=sources.where(edit.place),
        diff=tuple(_diff(edit, sources, role)),
        old=(edit.old or "")[:_SHOWN_CHARS],
        new=(edit.new or "")[:_SHOWN_CHARS],
        command=edit.command,
        lets_in=edit.lets_in,
    )


def _diff(edit: Edit, sources: Sources, role: Role | None) -> Iterator[DiffLine]:
    """Yield the file of *role* before and after *edit*; nothing where the edit is not one of its trust policy."""
    if role is None or not edit.applicable or edit.place.owner != "policy":
        return
    text = sources.text(role.file)
    if text is None or not holds(text, role):  # the file has changed since
        text = role.trust_policy.source_text
        role = None
    try:
        new = _edited(text, role, edit)
    except FederationError:
        return
    yield from diff(text, new)


def _edited(text: str, role: Role | None, edit: Edit) -> str:
    """Return *text* with *edit* made: the content of the file of *role*, or the trust policy alone where that is None."""
    if role is None:
        return apply(text, edit.changes)
    return edited(text, role, [edit])
