"""Rows of the screen: a label and its value, wrapped; two strings, one above the other; a line of a file, with marks under it.

Text from outside is passed through `safe` and follows a label. Strings with marks are shown in ASCII, to tell similar characters apart.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from federation.cli.rendering.lines import Screen
from federation.cli.rendering.plain import safe
from federation.cli.rendering.results import BAD
from federation.explaining.difference import GAP, align
from federation.explaining.sources import Excerpt
from federation.explanation import Comparison
from federation.wrapping import Line, cells

_CUT: Final = "..."
_LABEL: Final = 10
"""Columns of a label with its indentation."""


class ScreenRow(NamedTuple):
    """A row that fits the screen, and its style."""

    text: str
    style: str = ""


def field_rows(label: str, value: str, screen: Screen, *, most: int | None = None, style: str = "") -> tuple[ScreenRow, ...]:
    """Return the rows of one label and value, at most *most*."""
    head = f"  {label}".ljust(_LABEL)
    rest = " " * min(_LABEL, screen.columns // 2)
    return _wrapped(head, value, rest, screen, most=most, style=style)


def labelled_rows(label: str, value: str, screen: Screen, *, most: int | None = None) -> tuple[ScreenRow, ...]:
    """Return the rows of one label, a colon and the value, at most *most*."""
    return _wrapped(f"  {label}: ", value, "    ", screen, most=most)


def plain_rows(words: str, screen: Screen, style: str) -> tuple[ScreenRow, ...]:
    """Return the rows of *words*, a text of this program, without a label."""
    return tuple(ScreenRow(row, style) for row in Line(screen.shown(words), 0, "    ").wrapped(screen.columns))


def quoted_rows(excerpt: Excerpt, screen: Screen) -> tuple[ScreenRow, ...]:
    """Return the line of a file, and the marks under the part that *excerpt* selects."""
    number = str(excerpt.line)
    label = "here".rjust(max(len(number), 4) + 2)
    room = screen.columns - len(label) - 3
    before, meant, after = (
        _ascii(part)
        for part in (excerpt.text[: excerpt.start].lstrip(), excerpt.text[excerpt.start : excerpt.end], excerpt.text[excerpt.end :])
    )
    if room < 16:  # noqa: PLR2004 - a narrower window shows too little
        return ()
    text, marks = _window(before + meant + after, " " * len(before) + "^" * len(meant), room)
    return (ScreenRow(f"{number.rjust(len(label))} | {text}", ""), ScreenRow(f"{label} | {marks}", BAD))


def compared_rows(comparison: Comparison, screen: Screen) -> tuple[ScreenRow, ...]:
    """Return both strings, one above the other, and marks under the differences."""
    if comparison.expected == comparison.found:
        return ()
    labels = [comparison.expected_from, comparison.found_from, "differs"]
    width = max(map(cells, map(safe, labels)))
    room = screen.columns - width - 4
    upper, lower, marks = align(_ascii(comparison.expected), _ascii(comparison.found))
    if room < 16 or not marks:  # noqa: PLR2004 - as above
        pairs = zip(labels, (comparison.expected, comparison.found), strict=False)
        return tuple(row for label, value in pairs for row in labelled_rows(safe(label), value, screen))
    rows = _windows((upper.replace(GAP, " "), lower.replace(GAP, " "), marks), room)
    return tuple(
        ScreenRow(f"  {safe(label).ljust(width)}  {row}".rstrip(), BAD if label == "differs" else "")
        for label, row in zip(labels, rows, strict=True)
    )


def _window(text: str, marks: str, room: int) -> tuple[str, str]:
    cut, under = _windows((text, marks), room)
    return cut, under


def _windows(rows: tuple[str, ...], room: int) -> tuple[str, ...]:
    """Return *rows*, of which the last are the marks, cut to *room* characters around the first mark."""
    longest = max(map(len, rows))
    if longest <= room:
        return rows
    marks = rows[-1]
    first, last = max(marks.find("^"), 0), len(marks.rstrip())
    start = max(0, min(last - room + 2 * len(_CUT), first - len(_CUT)))
    start = min(start, max(0, first - len(_CUT)))
    found = []
    for row in rows[:-1]:
        part = row.ljust(longest)[start : start + room]
        part = _CUT + part[len(_CUT) :] if start else part
        found.append(part[: -len(_CUT)] + _CUT if start + room < len(row.rstrip()) else part)
    return (*found, marks.ljust(longest)[start : start + room].rstrip())


def _ascii(text: str) -> str:
    """Return *text* in ASCII, other characters escaped: each takes one cell, so marks are aligned, and no two characters look alike."""
    return safe(text).encode("ascii", "backslashreplace").decode("ascii")


def _wrapped(head: str, value: str, rest: str, screen: Screen, *, most: int | None = None, style: str = "") -> tuple[ScreenRow, ...]:
    head, shown = screen.shown(safe(head)), screen.shown(safe(value))
    rows = list(Line(head + shown, len(head), rest).wrapped(screen.columns))
    if most is not None and len(rows) > most:
        rows[most - 1 :] = [rows[most - 1][: screen.columns - len(_CUT)] + _CUT]
    return tuple(ScreenRow(row, style) for row in rows)
