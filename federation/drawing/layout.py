"""Where the boxes of a map stand: three columns, nothing above anything else, every line between two neighbouring columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from federation.drawing.nodes import Box, MapDrawing, TextLine
from federation.wrapping import Line, cells

CELL: Final = 7.3
"""Width of a character of the monospaced face at 12 px, with some room for other faces, in pixels."""
LEADING: Final = 17
MARGIN: Final = 24
PADDING: Final = 10
GUTTER: Final = 76
GAP: Final = 12
BAND_GAP: Final = 26
TOP: Final = 116
BOTTOM: Final = 44
COLUMNS: Final = (38, 64, 34)
"""Characters of a line in a box of each column."""
MOST_ROWS: Final = 4
"""Rows of one line of text before it is cut; the tooltip has it whole."""
TALL: Final = 560
"""Pixels of a band up to which its source stands in the middle, else at its top."""


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box with its place, in pixels.

    Attributes:
        x: Left edge.
        y: Upper edge.
        width: Its width.
        height: Its height.
        rows: Its rows of text, wrapped.
        tooltip: As in `Box`.
        loud: As in `Box`.
    """

    x: float
    y: float
    width: float
    height: float
    rows: tuple[TextLine, ...]
    tooltip: str
    loud: bool

    @property
    def middle(self) -> float:
        """Where its lines begin and end."""
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line from the right edge of one box to the left edge of another."""

    start_x: float
    start_y: float
    end_x: float
    end_y: float
    loud: bool


@dataclass(frozen=True, slots=True)
class MapLayout:
    """The picture: its size in pixels, the left edges of its columns, its boxes and lines."""

    width: float
    height: float
    columns: tuple[float, ...]
    boxes: tuple[PlacedBox, ...]
    lines: tuple[PlacedLine, ...]


def lay_out(drawing: MapDrawing) -> MapLayout:
    """Return the places of the boxes and lines of *drawing*."""
    widths = [count * CELL + 2 * PADDING for count in COLUMNS]
    lefts = [MARGIN, MARGIN + widths[0] + GUTTER, MARGIN + widths[0] + widths[1] + 2 * GUTTER]
    sources, groups, end = _bands(drawing, lefts, widths)
    roles = _roles(drawing, groups, lefts[2], widths[2])
    end = max([end, *(box.y + box.height for box in roles)])
    lines = [_line(sources[one], groups[other], loud=groups[other].loud) for one, other in drawing.from_sources]
    lines += [_line(groups[one], roles[other], loud=groups[one].loud) for one, other in drawing.to_roles]
    return MapLayout(lefts[2] + widths[2] + MARGIN, end + BOTTOM, tuple(lefts), (*sources, *groups, *roles), tuple(lines))


def _bands(drawing: MapDrawing, lefts: Sequence[float], widths: Sequence[float]) -> tuple[list[PlacedBox], list[PlacedBox], float]:
    """Return the placed sources and groups, each source beside its own, and where they end."""
    sources, groups = [], list[PlacedBox]()
    top: float = TOP
    for number, box in enumerate(drawing.sources):
        mine = [drawing.groups[group] for source, group in drawing.from_sources if source == number]
        source = _placed(box, lefts[0], widths[0], COLUMNS[0])
        placed = [_placed(each, lefts[1], widths[1], COLUMNS[1]) for each in mine]
        taken = sum(each.height for each in placed) + GAP * max(len(placed) - 1, 0)
        band = max(taken, source.height)
        y = top + (band - taken) / 2
        for each in placed:
            groups.append(_at(each, y))
            y += each.height + GAP
        sources.append(_at(source, top + ((band - source.height) / 2 if band <= TALL else 0)))
        top += band + BAND_GAP
    return sources, groups, top - BAND_GAP


def _roles(drawing: MapDrawing, groups: Sequence[PlacedBox], left: float, width: float) -> list[PlacedBox]:
    """Return the placed roles, each as near to its groups as those above it allow."""
    placed = []
    top: float = TOP
    for number, box in enumerate(drawing.roles):
        role = _placed(box, left, width, COLUMNS[2])
        joined = [groups[group].middle for group, each in drawing.to_roles if each == number]
        wished = sum(joined) / len(joined) - role.height / 2 if joined else top
        placed.append(_at(role, max(top, wished)))
        top = placed[-1].y + role.height + GAP
    return placed


def _placed(box: Box, left: float, width: float, columns: int) -> PlacedBox:
    rows = tuple(row for line in box.lines for row in _wrapped(line, columns))
    return PlacedBox(left, 0, width, len(rows) * LEADING + 2 * PADDING - 4, rows, box.tooltip, box.loud)


def _at(box: PlacedBox, y: float) -> PlacedBox:
    return PlacedBox(box.x, round(y, 1), box.width, box.height, box.rows, box.tooltip, box.loud)


def _wrapped(line: TextLine, columns: int) -> list[TextLine]:
    rows = list(Line(line.text, 0, "  ").wrapped(columns))
    if len(rows) > MOST_ROWS:
        last = rows[MOST_ROWS - 1]
        while cells(last) >= columns:
            last = last[:-1]
        rows = [*rows[: MOST_ROWS - 1], f"{last}…"]
    return [TextLine(row, line.tone) for row in rows]


def _line(one: PlacedBox, other: PlacedBox, *, loud: bool) -> PlacedLine:
    return PlacedLine(one.right, one.middle, other.x, other.middle, loud)
