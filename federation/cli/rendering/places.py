"""Line numbers of JSON paths in a JSON text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from federation.policy.document import member

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)


@dataclass(slots=True)
class _Open:
    """An object or list that is not closed yet: ``at`` is the path of its next value, ``awaits`` whether its name comes first."""

    path: str
    index: int | None
    at: str = ""
    awaits: bool = True

    def name(self, token: str) -> str:
        """Return the path of the member or item that *token* begins."""
        if self.index is None:
            self.at = member(self.path, _unescaped(token))
        else:
            self.at = f"{self.path}[{self.index}]"
            self.index += 1
        self.awaits = False
        return self.at


def line_numbers(text: str) -> dict[str, int]:
    """Return the line, from 1, of each member and item of the well-formed JSON *text*, by JSON path. Linear in the length of the text."""
    lines = {"$": 1}
    opened: list[_Open] = []
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        line += text.count("\n", seen, match.start())
        seen = match.start()
        inside = opened[-1] if opened else _Open("$", 0, "$", awaits=False)
        if token in ("}", "]"):
            del opened[-1:]
        elif token == ",":  # noqa: S105 - JSON's own
            inside.awaits = True
        elif token != ":":  # noqa: S105 - JSON's own
            is_name = inside.awaits and inside.index is None
            if inside.awaits:
                lines.setdefault(inside.name(token), line)
            if not is_name and token in ("{", "["):
                opened.append(_Open(inside.at, None if token == "{" else 0))  # noqa: S105 - JSON's own
    return lines


def line_of(lines: dict[str, int], path: str) -> int:
    """Return the line of *path*, or of its nearest ancestor that the text has."""
    while path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 1)]
    return lines[path]


def _unescaped(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token
