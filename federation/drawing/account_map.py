"""The map of an account as text of a format: SVG, Mermaid, DOT."""

from __future__ import annotations

import re
from typing import Final

from federation.account.access import AccessMap
from federation.drawing.layout import lay_out
from federation.drawing.nodes import Box, MapDrawing, draw_map
from federation.drawing.templating import render

_MERMAID_SPECIAL: Final = re.compile(r"[^A-Za-z0-9 ,()=…./:-]|^\W|(?<=^www)\.|(?<=\Wwww)\.|:(?=//)", re.IGNORECASE)
"""What a label is better without: all that is neither plain nor common, what begins a list, and what makes a link."""
_NUMBERED: Final = re.compile(r"(^[0-9]+)\.")
_DOT_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "&": "&amp;"}


def map_as_svg(found: AccessMap) -> str:
    """Return *found* as an SVG document of its own, light or dark as its reader prefers.

    Raises:
        RegistrationError: Check ``report-extra``: the package jinja2 is not installed.
    """
    drawing = draw_map(found)
    return render("account-map.svg", drawing=drawing, layout=lay_out(drawing))


def map_as_mermaid(found: AccessMap) -> str:
    """Return *found* as a flowchart of Mermaid."""
    drawing = draw_map(found)
    lines = ["flowchart LR", f"  accTitle: {_mermaid(drawing.title)}"]
    for letter, boxes in _columns(drawing):
        for number, box in enumerate(boxes):
            label = "<br/>".join(_mermaid(line.text) for line in box.lines)
            lines.append(f'  {letter}{number}["{label}"]{":::loud" if box.loud else ""}')
    lines += [f"  {one} --> {other}" for one, other in _joined(drawing)]
    return "\n".join((*lines, "  classDef loud stroke:#b42318,stroke-width:3px", ""))


def map_as_dot(found: AccessMap) -> str:
    """Return *found* as a directed graph in DOT, the language of Graphviz."""
    drawing = draw_map(found)
    lines = [
        "digraph access {",
        "  rankdir=LR; ranksep=1.2; nodesep=0.15;",
        f'  label="{_dot(drawing.title)}"; labelloc=t;',
        '  node [shape=box, style=rounded, fontname="monospace", fontsize=10];',
    ]
    for letter, boxes in _columns(drawing):
        for number, box in enumerate(boxes):
            label = "".join(f"{_dot(line.text)}\\l" for line in box.lines)
            loud = ', color="#b42318", penwidth=2' if box.loud else ""
            lines.append(f'  {letter}{number} [label="{label}", tooltip="{_dot(box.tooltip)}"{loud}];')
    lines += [f"  {one} -> {other};" for one, other in _joined(drawing)]
    return "\n".join((*lines, "}", ""))


def _columns(drawing: MapDrawing) -> tuple[tuple[str, tuple[Box, ...]], ...]:
    return (("source", drawing.sources), ("group", drawing.groups), ("role", drawing.roles))


def _joined(drawing: MapDrawing) -> list[tuple[str, str]]:
    first = [(f"source{one}", f"group{other}") for one, other in drawing.from_sources]
    return first + [(f"group{one}", f"role{other}") for one, other in drawing.to_roles]


def _mermaid(text: str) -> str:
    """Return *text* for a quoted label, with special characters as entity codes, such as ``#35;``.

    Mermaid reads a label as text between quotes, then as Markdown, of which it shows no lists and no links, and then as HTML.
    """
    coded = _MERMAID_SPECIAL.sub(lambda match: f"#{ord(match[0])};", text)
    return _NUMBERED.sub(r"\1#46;", coded)


def _dot(text: str) -> str:
    """Return *text* for a quoted string, in which a backslash escapes and ``&name;`` is a character of HTML."""
    return "\\n".join("".join(_DOT_ESCAPES.get(character, character) for character in line) for line in text.split("\n"))
