"""``--output table`` of the AWS CLI: a box with a section for each object, inner objects indented below the one that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from federation.wrapping import Line

_EDGES = 2
_PADDING = 4
_GAP = 2
_NAMES_SHARE = 3
"""Names take at most a third of a table that is made narrower."""


@dataclass(slots=True)
class _Section:
    """One object or one list: its title, how deep it stands, the names of its columns, and its rows."""

    title: str
    depth: int
    headers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def add(self, row: Sequence[object]) -> None:
        self.rows.append([str(cell) for cell in row])

    def widths(self) -> list[int]:
        """Return the cells that each column needs, its padding included."""
        table = [*([self.headers] if self.headers else []), *self.rows]
        columns = max(map(len, table), default=0)
        return [max((_cells(row[at]) for row in table if at < len(row)), default=0) + _PADDING for at in range(columns)]

    def width(self) -> int:
        """Return the cells that the section needs, its edges and those around it included."""
        return max(_cells(self.title) + _EDGES, sum(self.widths()) + _EDGES) + _EDGES * self.depth

    def upright(self) -> _Section:
        """Return a section of one row as names and values, one below the other; any other one as it is."""
        if len(self.rows) != 1 or not self.headers:
            return self
        return _Section(self.title, self.depth, rows=[list(pair) for pair in zip(self.headers, self.rows[0], strict=True)])

    def narrowed(self, columns: int) -> _Section:
        """Return the section with cells in several rows, and its title cut, where it is wider than *columns*."""
        count = len(self.widths())
        if self.width() <= columns:
            return self
        title = _cut(self.title, columns - _EDGES - _EDGES * self.depth)
        if not count:
            return _Section(title, self.depth)
        room = columns - _EDGES - _EDGES * self.depth - _PADDING * count
        first = min(self.widths()[0] - _PADDING, max(room // _NAMES_SHARE, 1)) if count > 1 else room
        others = max((room - first) // max(count - 1, 1), 2)
        rooms = [max(first, 2), *([others] * (count - 1))]
        made = _Section(title, self.depth, [head[:room] for head, room in zip(self.headers, rooms, strict=False)])
        for row in self.rows:
            parts = [list(Line(cell, 0, "").wrapped(space)) for cell, space in zip(row, rooms, strict=False)]
            for at in range(max(map(len, parts), default=0)):
                made.add([part[at] if at < len(part) else "" for part in parts])
        return made


def table_lines(title: str, value: object, *, columns: int, narrow: bool) -> Iterator[str]:
    """Yield the lines of the table of *value*; none for an empty value.

    Args:
        title: Of the outermost section.
        value: Plain data.
        columns: The columns that the table should have at most: objects of one row are shown upright where they are wider.
        narrow: Whether cells are wrapped to hold to *columns*, as on a terminal, where an over-long line would begin rows with its own text
            (attack row T08). The AWS CLI lets such lines be.
    """
    sections = list(_sections(title, value, 0))
    if not sections:
        return
    if max(each.width() for each in sections) > columns:
        sections = [each.upright() for each in sections]
    if narrow:
        sections = [each.narrowed(columns) for each in sections]
    width = max(each.width() for each in sections)
    yield "-" * width
    for section in sections:
        edge = "|" * section.depth
        for line in _lines(section, width - _EDGES * section.depth):
            yield f"{edge}{line}{edge}"


def _sections(title: str, value: object, depth: int) -> Iterator[_Section]:
    if not value:
        return
    if isinstance(value, list) and isinstance(value[0], Mapping):
        yield from _of_objects(title, [each for each in value if isinstance(each, Mapping)], depth)
        return
    section = _Section(title, depth)
    yield section
    if isinstance(value, list):
        for row in _rows(value):
            section.add(row)
    elif isinstance(value, Mapping):
        yield from _of_object(section, value)


def _of_object(section: _Section, value: Mapping[str, object]) -> Iterator[_Section]:
    scalars = sorted(key for key, inner in value.items() if not _nested(inner))
    if len(scalars) == 1:
        section.add([scalars[0], value[scalars[0]]])
    elif scalars:
        section.headers = scalars
        section.add([value[key] for key in scalars])
    for key in sorted(value.keys() - set(scalars)):
        yield from _sections(key, value[key], section.depth + 1)


def _of_objects(title: str, objects: Sequence[Mapping[str, object]], depth: int) -> Iterator[_Section]:
    """Yield the sections of a list of objects: one for all of them, or one for each where any holds another object."""
    scalars = sorted({key for each in objects for key, inner in each.items() if not _nested(inner)})
    inner = sorted({key for each in objects for key, value in each.items() if _nested(value)})
    section = None
    for each in objects:
        if section is None or inner:
            section = _Section(title, depth, list(scalars))
            yield section
        section.add([each.get(key, "") for key in scalars])
        for key in inner:
            if key in each:
                yield from _sections(key, each[key], depth + 1)


def _rows(value: Sequence[object]) -> Iterator[Sequence[object]]:
    """Yield the rows of a list: one for each scalar, one for each list of scalars, and those of deeper lists."""
    for each in value:
        if not isinstance(each, list):
            yield [each]
        elif not any(map(_nested, each)):
            yield each
        else:
            yield from _rows(each)


def _lines(section: _Section, width: int) -> Iterator[str]:
    widths = _scaled(section.widths(), width)
    if section.title:
        yield _centred(section.title, width, "|")
        if not section.headers and not section.rows:
            yield f"+{'-' * (width - _EDGES)}+"
    if section.headers:
        yield _rule(widths)
        yield "".join(_centred(head, size, "" if at else "|") for at, (head, size) in enumerate(zip(section.headers, widths, strict=False)))
    if widths and section.rows:
        yield _rule(widths)
        for row in section.rows:
            yield "".join(_left(cell, size, "" if at else "|") for at, (cell, size) in enumerate(zip(row, widths, strict=False)))
        yield _rule(widths)


def _rule(widths: Sequence[int]) -> str:
    return "".join(f"{'-' * (size - 1)}+" if at else f"+{'-' * (size - _EDGES)}+" for at, size in enumerate(widths))


def _centred(text: str, width: int, left: str) -> str:
    before = f"{left}{' ' * (width // 2 - _cells(text) // 2 - 1)}{text}"
    return f"{before}{' ' * (width - 1 - _cells(before))}|"


def _left(text: str, width: int, left: str) -> str:
    gap = _GAP if width >= _cells(text) + _GAP + len(left) + 1 else 0
    before = f"{left}{' ' * gap}{text}"
    return f"{before}{' ' * (width - 1 - _cells(before))}|"


def _scaled(widths: Sequence[int], width: int) -> list[int]:
    """Return *widths* in proportion, with *width* as their sum: the first columns lose what rounding adds, the last get what it lacks."""
    if not widths:
        return []
    scaled = [round(width / sum(widths) * each) for each in widths]
    while (excess := sum(scaled) - width) > 0:
        for at in range(min(excess, len(scaled))):
            scaled[at] -= 1
    while (lack := width - sum(scaled)) > 0:
        for at in range(1, min(lack, len(scaled)) + 1):
            scaled[-at] += 1
    return scaled


def _cut(text: str, room: int) -> str:
    """Return *text*, or as much of its beginning as fits, and an ellipsis."""
    if _cells(text) <= room:
        return text
    return f"{text[: Line(text, 0, '').breaks(max(room - 2, 2))[0]]}…"


def _cells(text: str) -> int:
    """Return the cells of *text* as the AWS CLI counts them."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(each) in "WFA" else 1 for each in text)


def _nested(value: object) -> bool:
    return isinstance(value, Mapping | list)
