"""Text of an explanation: the verdict, the cause, its place, the edit, AWS's text, the next step, and the verdict again.

Every mark has a word beside it, for screen readers. Text from outside is passed through `safe` and follows a label.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from rich.console import Console
from rich.text import Text

from federation.cli.rendering.lines import Screen
from federation.cli.rendering.results import BAD, DIM, GOOD, Speaker
from federation.cli.rendering.rows import ScreenRow, compared_rows, field_rows, labelled_rows, plain_rows, quoted_rows
from federation.explaining.sources import OWNERS, Sources
from federation.explanation import Cause, Edit, Explanation, Listing, Obstacle

MOST_ROWS: Final = 25
"""Most rows of an explanation, both verdicts included, unless the whole is wanted."""
_ALWAYS: Final = -1
"""The weight of a block that is never left out."""
_BESIDE_FURTHER: Final = 4
"""The weight that is added to the blocks of the second and every further cause."""
_AFTER: Final = 10
"""The weight of later refusals."""
_FURTHER: Final = 4
"""Most rows of the sentence of a further cause."""
_LISTED: Final = 5
_UNVERIFIED: Final = "(unverified) "
_MORE: Final = "--verbose shows all of it"


class Limits(NamedTuple):
    """The most rows of one sentence and of one value; None for any number."""

    sentence: int | None
    value: int | None

    @property
    def whole(self) -> bool:
        """Whether everything is shown."""
        return self.sentence is None


WHOLE: Final = Limits(None, None)
_ROOMY: Final = Limits(8, 12)
_TIGHT: Final = Limits(4, 4)
"""Used where cause and edit do not fit with the limits of `_ROOMY`."""


class Block(NamedTuple):
    """Rows that are shown together or not at all. Blocks of the greatest ``weight`` are left out first."""

    weight: int
    rows: tuple[ScreenRow, ...]


def print_explanation(
    explanation: Explanation,
    *,
    verdict: str,
    out: Speaker,
    sources: Sources,
    heading: str = "",
    next_step: str = "",
    most: int | None = MOST_ROWS,
) -> None:
    """Print *explanation* between *heading* (by default the verdict) and *verdict*, in at most *most* rows; None for the whole."""
    screen = out.shows
    above, below = (plain_rows(words, screen, BAD) for words in (heading or verdict, verdict))
    step = field_rows("next", next_step, screen) if next_step else ()
    if most is None:
        blocks = list(_blocks(explanation, sources, screen, WHOLE))
    else:
        room = most - len(above) - len(below) - len(step)
        roomy = list(_blocks(explanation, sources, screen, _ROOMY))
        blocks = _within(roomy, room, screen)
        if any(block not in blocks for block in roomy if block.weight <= 0):  # cause and edit are kept, and cut if necessary
            blocks = _within(list(_blocks(explanation, sources, screen, _TIGHT)), room, screen)
    print_rows((*above, *(row for block in blocks for row in block.rows), *step, *below), out)


def print_rows(rows: Sequence[ScreenRow], out: Console) -> None:
    """Print *rows* unchanged."""
    for row in rows:
        out.print(Text(row.text, style=row.style), soft_wrap=True)


def obstacle_rows(obstacle: Obstacle, sources: Sources, screen: Screen, *, known: str = "") -> tuple[ScreenRow, ...]:
    """Return the rows of one obstacle; *known* is the place that has been said already."""
    blocks = _of_obstacle(obstacle, sources, screen, _ROOMY, weight=0, said=known)
    return tuple(row for block in blocks for row in block.rows)


def edit_rows(
    edit: Edit, sources: Sources, screen: Screen, *, label: str = "edit", limits: Limits = WHOLE, known: str = ""
) -> tuple[ScreenRow, ...]:
    """Return the rows of one edit: instruction, place (unless it is *known*), old text, new text, and who else is let in."""
    rows = [*field_rows(label, edit.instruction, screen, most=limits.sentence)]
    where = sources.where(edit.place)
    if where and where != known and edit.place.owner != "call":
        rows += field_rows("  in", where, screen, style=DIM)
    for name, value, style in (("  old", edit.old, BAD), ("  new", edit.new, GOOD)):
        for number, part in enumerate(map(_seen, (value or "").splitlines())):
            rows += field_rows(name if not number else "", part, screen, most=limits.value, style=style)
    if edit.command:
        rows += field_rows("  run", edit.command, screen)
    if edit.lets_in:
        rows += field_rows("lets in", edit.lets_in, screen, most=limits.sentence)
    return tuple(rows)


def _blocks(explanation: Explanation, sources: Sources, screen: Screen, limits: Limits) -> Iterator[Block]:
    yield from _of_obstacle(explanation.first, sources, screen, limits, weight=0)
    for number, obstacle in enumerate(explanation.later):
        if limits.whole:
            yield Block(_AFTER, field_rows("after", "after that this check refuses too:", screen))
            yield from _of_obstacle(obstacle, sources, screen, limits, weight=_AFTER)
        else:
            yield Block(_AFTER + number, _later(obstacle, screen))
    yield Block(_ALWAYS, _aws(explanation, screen))


def _of_obstacle(obstacle: Obstacle, sources: Sources, screen: Screen, limits: Limits, *, weight: int, said: str = "") -> Iterator[Block]:
    for number, cause in enumerate(obstacle.causes):
        yield from _of_cause(cause, sources, screen, limits, weight=weight, further=number > 0, said=said)
    several = len(obstacle.edits) > 1
    known = sources.where(obstacle.causes[0].place)
    for number, edit in enumerate(obstacle.edits):
        label = "edit" if not several else ("or" if number else "edit") if obstacle.alternatives else f"edit {number + 1}"
        if number and obstacle.alternatives and not limits.whole:
            yield Block(weight + 5, field_rows(label, _in_short(edit), screen, most=2))
        else:
            yield from _of_edit(edit, sources, screen, limits, label=label, known=known, weight=weight)
    if limits.whole:
        for cause in obstacle.others:
            where = sources.where(cause.place)
            yield Block(weight + 5, field_rows("others", cause.sentence + (f" ({where})" if where else ""), screen))


def _of_edit(edit: Edit, sources: Sources, screen: Screen, limits: Limits, *, label: str, known: str, weight: int) -> Iterator[Block]:
    """Yield the instruction first; where rows are scarce, the command and who else is let in are left out."""
    if limits.whole:
        yield Block(weight, edit_rows(edit, sources, screen, label=label, known=known))
        return
    yield Block(weight, edit_rows(replace(edit, command="", lets_in=""), sources, screen, label=label, limits=limits, known=known))
    if edit.command:
        yield Block(weight + 4, field_rows("  run", edit.command, screen))
    if edit.lets_in:
        yield Block(weight + 3, field_rows("lets in", edit.lets_in, screen, most=limits.sentence))


def _of_cause(
    cause: Cause, sources: Sources, screen: Screen, limits: Limits, *, weight: int, further: bool, said: str = ""
) -> Iterator[Block]:
    """Yield the sentence, and what shows it. Of every cause the sentence comes first: what a *further* one is shown by gives way to it."""
    excerpt = sources.excerpt(cause.place)
    sentence = f"{_UNVERIFIED}{cause.sentence}" if cause.unverified else cause.sentence
    most = _FURTHER if further and not limits.whole else limits.sentence
    yield Block(weight + further, field_rows("cause", sentence, screen, most=most))
    beside = weight + (_BESIDE_FURTHER if further else 0)
    where = sources.where(cause.place)
    rows = field_rows("place", where, screen, style=DIM) if where and where != said else ()
    if excerpt is not None:
        rows = (*rows, *quoted_rows(excerpt, screen))
    yield Block(beside + 3, rows)
    for comparison in cause.comparisons:
        yield Block(beside + 2, compared_rows(comparison, screen))
    for listing in cause.listings:
        yield Block(beside + 3, _listing(listing, screen, limits))


def _seen(value: str) -> str:
    """Return *value* in quotation marks where it begins or ends with white space, which would not be seen."""
    return value if value == value.strip() else f'"{value}"'


def _in_short(edit: Edit) -> str:
    return edit.instruction + (f" ({OWNERS[edit.place.owner]}: {edit.place.setting})" if edit.place.setting else "")


def _later(obstacle: Obstacle, screen: Screen) -> tuple[ScreenRow, ...]:
    first = obstacle.causes[0]
    edit = f"; {obstacle.edits[0].instruction}" if obstacle.edits else ""
    return field_rows("after", f"after that {first.check} refuses: {first.sentence}{edit}", screen, most=2)


def _aws(explanation: Explanation, screen: Screen) -> tuple[ScreenRow, ...]:
    of_api = explanation.aws_shown_by == "API"
    accepts = labelled_rows("AWS would accept", "only the strict profile refuses", screen) if explanation.aws_accepts else ()
    if explanation.aws_message is None or (accepts and of_api):
        return accepts
    speaker = "AWS says (API)" if of_api else "AWS's sign-in page says"
    return (*accepts, *labelled_rows(speaker, explanation.aws_message, screen))


def _listing(listing: Listing, screen: Screen, limits: Limits) -> tuple[ScreenRow, ...]:
    shown = listing.members if limits.whole else listing.members[:_LISTED]
    rest = len(listing.members) - len(shown)
    words = ", ".join(f"{each} (nearest)" if each == listing.nearest else each for each in map(str, shown)) or "none"
    return labelled_rows(listing.label, words + (f" and {rest} more" if rest else ""), screen, most=limits.value)


def _height(blocks: Sequence[Block]) -> int:
    return sum(len(block.rows) for block in blocks)


def _within(blocks: list[Block], room: int, screen: Screen) -> list[Block]:
    """Return the blocks that fit in *room* rows, and a row that says that others were left out."""
    if _height(blocks) <= room:
        return blocks
    kept = list(blocks)
    while kept and _height(kept) > room - 1:
        heaviest = max(range(len(kept)), key=lambda at: (kept[at].weight, at))
        del kept[heaviest]
    return [*kept, Block(0, field_rows("more", _MORE, screen, most=1))]
