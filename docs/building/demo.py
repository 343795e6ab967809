"""The pictures of the landing page: what `federation demo` prints, as an animation in SVG and CSS, without script.

The text and its colours are those of the process. It is played once. Whoever prefers reduced motion sees the last frame, by the media query
or, where a browser does not pass it on to images, by the address `#still`. So does a viewer that knows no animation.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from rich.text import Text

REPOSITORY: Final = Path(__file__).parents[2]
_CELL: Final = (8.4, 19)
"""Width and height of a character, for 14 pixels of a monospaced font."""
_MARGIN: Final = 16
_STYLE: Final = """
rect{fill:#16181d}
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d8dee9;white-space:pre}
.bold{font-weight:700}.dim{fill:#98a2b3}.green{fill:#7ee787}.red{fill:#ff9a94}
@media (prefers-reduced-motion:no-preference){
"""
_SHOWN: Final = "svg:not(:target)>svg .l{animation:l 1ms both}@keyframes l{from{visibility:hidden}}"
_PAUSES: Final = {"$": 0.9, "✓": 1.6, "✗": 1.6}
"""Seconds before the line that follows one with this beginning; others follow at once."""
_CLASSES: Final = {"bold": "bold", "dim": "dim", "color(1)": "red", "color(2)": "green"}
"""What a terminal calls the styles of the demo, and the classes of the picture."""
_AT_ONCE: Final = 0.09
_AFTER_EXPLANATION: Final = 5.0
"""Seconds for the reader of the explanation, before its verdict is repeated."""


def demo_picture(columns: int, rows: int) -> str:
    """The demo on a terminal of *columns* and *rows*."""
    lines = _printed(columns)
    times = _times([line.plain for line in lines])
    width, height = _CELL[0] * columns + 2 * _MARGIN, _CELL[1] * rows + 2 * _MARGIN
    scrolled = max(0, len(lines) - rows)
    shown = [f'<text class="l" style="animation-delay:{time:.2f}s">{"".join(_spans(line, row))}</text>' for row, (line, time) in
             enumerate(zip(lines, times, strict=True)) if line.plain]  # fmt: skip
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" id="still" xml:space="preserve">',
        "<title>What federation demo prints</title>",
        f"<style>{_STYLE}{_SHOWN}{_scrolling(times, rows)}}}</style>",
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="8"/>',
        f'<svg x="{_MARGIN}" y="{_MARGIN}" width="{_CELL[0] * columns:.0f}" height="{_CELL[1] * rows}">',
        f'<g class="s" transform="translate(0 {-scrolled * _CELL[1]})">',
        *shown,
        "</g>",
        "</svg>",
        "</svg>",
        "",
    ))  # fmt: skip


@cache
def _printed(columns: int) -> Sequence[Text]:
    environment = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(columns)}
    environment.pop("NO_COLOR", None)
    program = Path(sys.executable).parent / "federation"
    ran = subprocess.run(  # noqa: S603 - our own program
        [program, "demo"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    return [Text.from_ansi(line.rstrip()) for line in ran.stdout.rstrip("\n").split("\n")]


def _times(lines: Sequence[str]) -> Sequence[float]:
    """When each line appears, in seconds."""
    repeated = {line for number, line in enumerate(lines) if line.startswith("✗") and line in lines[:number]}
    waits = [0.0]
    for line, following in pairwise(lines):
        typed = following.startswith("    ") and not line.startswith("  ")  # the command goes on
        wait = _AT_ONCE if typed else _PAUSES.get(line[:1], _AT_ONCE)
        waits.append(_AFTER_EXPLANATION if following in repeated and line[:1] == " " else wait)
    return list(accumulate(waits))


def _spans(line: Text, row: int) -> Iterator[str]:
    """The parts of one line, each at its column, so that no font can shift them."""
    y = row * _CELL[1] + 14
    at = 0
    for part in line.divide(sorted({0, *(end for span in line.spans for end in (span.start, span.end))})):
        text = part.plain
        if drawn := text.strip():
            column = at + len(text) - len(text.lstrip())
            names = " ".join(sorted(_CLASSES[name] for span in part.spans for name in str(span.style).split() if name != "none"))
            style = f' class="{names}"' if names else ""
            place = f'x="{column * _CELL[0]:.1f}" y="{y}" textLength="{len(drawn) * _CELL[0]:.1f}"'
            yield f"<tspan {place}{style}>{escape(drawn, quote=False)}</tspan>"
        at += len(text)


def _scrolling(times: Sequence[float], rows: int) -> str:
    """The rules that move the text up by a row for each line that has no room."""
    late = times[rows:]
    if not late:
        return ""
    steps = [f"{100 * time / late[-1]:.2f}%{{transform:translate(0,{-_CELL[1] * number}px)}}" for number, time in enumerate(late, start=1)]
    return f"svg:not(:target)>svg .s{{animation:s {late[-1]:.2f}s step-end both}}@keyframes s{{0%{{transform:none}}{''.join(steps)}}}"
