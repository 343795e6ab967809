"""Positions of the values in a JSON text, to show the line of a value and to edit it without changing the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from federation.errors import ValidationError, show
from federation.limits import JSON_DEPTH

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)
_STEP: Final = re.compile(r'\.(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\[(?P<index>\d{1,9})\]|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]', re.ASCII)
_CUT: Final = 128
"""Characters of a member's name that a JSON path repeats (`federation.policy.document.member`)."""

Step = str | int


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A stretch of a text: offsets of its first character and of the one after its last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Node(TextSpan):
    """A JSON value and its position.

    Attributes:
        keys: Where the name of each member of an object stands, by name in document order; None for other values.
        children: The members of an object or the items of a list, in document order.
    """

    keys: dict[str, TextSpan] | None = None
    children: tuple[Node, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the members of an object, in document order."""
        return tuple(self.keys or ())

    def child(self, step: Step) -> Node | None:
        """Return the member or item *step*; None where there is none. A name that a path cut short stands for the one that begins so."""
        if isinstance(step, int):
            return self.children[step] if self.keys is None and step < len(self.children) else None
        name = whole_name(step, self.names)
        return None if name is None else self.children[self.names.index(name)]


def whole_name(step: str, names: tuple[str, ...]) -> str | None:
    """Return the one of *names* that *step* of a JSON path means; None where there is none, or more than one."""
    if step in names:
        return step
    begun = [name for name in names if len(step) == _CUT and name.startswith(step)]
    return begun[0] if len(begun) == 1 else None


def read_path(path: str) -> tuple[Step, ...]:
    """Return the steps of a JSON path as `federation.policy.document.member` writes it.

    Raises:
        ValidationError: Check ``json-path``.
    """
    return tuple(_steps(path))


def _steps(path: str) -> Iterator[Step]:
    at = 1
    while path.startswith("$") and at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            break
        at = match.end()
        yield match["name"] or (int(match["index"]) if match["index"] else json.loads(match["quoted"]))
    if not path.startswith("$") or at < len(path):
        raise ValidationError(
            check="json-path", expected="a JSON path such as $.Statement[0].Action", found=show(path), remedy="copy the path of the edit"
        )


def locate(text: str, path: str) -> Node | None:
    """Return the position of the value at *path* in the JSON *text*; None where the text has no such value, or is not JSON."""
    try:
        return find(scan(text), path)
    except (ValueError, IndexError, RecursionError):
        return None


def find(root: Node, path: str) -> Node | None:
    """Return the value at *path* below *root*, the value of a whole text; None where there is none."""
    node: Node | None = root
    for step in read_path(path):
        node = None if node is None else node.child(step)
    return node


def locate_name(text: str, path: str) -> TextSpan | None:
    """Return where the name of the member at *path* stands in the JSON *text*; None where the text has no such member, or is no JSON."""
    try:
        node: Node | None = scan(text)
    except (ValueError, IndexError, RecursionError):
        return None
    *steps, last = read_path(path) or (0,)
    for step in steps:
        node = None if node is None else node.child(step)
    name = whole_name(last, node.names) if node is not None and isinstance(last, str) else None
    return None if node is None or node.keys is None or name is None else node.keys[name]


def line_of(text: str, path: str) -> int | None:
    """Return the line of the value at *path* in the JSON *text*, from 1; None where the text has no such value."""
    node = locate(text, path)
    return None if node is None else text.count("\n", 0, node.start) + 1


@lru_cache(maxsize=4)  # an explanation asks for one place after another of a file
def scan(text: str) -> Node:
    """Return every value of the JSON *text* with its place.

    Raises:
        ValueError: The text is no JSON, or nested deeper than `limits.JSON_DEPTH`.
        IndexError: The text ends early.
    """
    node, end = _value(text, _skip(text, 0), 0)
    if _skip(text, end) != len(text):
        raise ValueError("text after the value")
    return node


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return at if match is None else match.end()


def _value(text: str, at: int, depth: int) -> tuple[Node, int]:
    opening = text[at]
    if opening in "{[":
        if depth == JSON_DEPTH:
            raise ValueError("nested too deep")
        return _container(text, at, depth + 1, closing="}" if opening == "{" else "]")
    end = _DECODER.raw_decode(text, at)[1]
    return Node(at, end), end


def _container(text: str, start: int, depth: int, *, closing: str) -> tuple[Node, int]:
    keys: dict[str, TextSpan] = {}
    children: list[Node] = []
    at = _skip(text, start + 1)
    while text[at] != closing:
        if children:
            if text[at] != ",":
                raise ValueError("no comma")
            at = _skip(text, at + 1)
        if closing == "}":
            if text[at] != '"':
                raise ValueError("no name")
            name, end = _DECODER.raw_decode(text, at)
            keys[name] = TextSpan(at, end)
            at = _skip(text, end)
            if text[at] != ":":
                raise ValueError("no colon")
            at = _skip(text, at + 1)
        node, at = _value(text, at, depth)
        children.append(node)
        at = _skip(text, at)
    return Node(start, at + 1, keys if closing == "}" else None, tuple(children)), at + 1
