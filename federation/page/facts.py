"""Nested data as a list of names and values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

_MOST_ROWS: Final = 400
_MOST_DEPTH: Final = 8


class Fact(NamedTuple):
    """A name and its value."""

    name: str
    value: str


def facts_of(members: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return the leaves of *members* by dotted path; what is empty is left out, and so is what comes after `_MOST_ROWS`."""
    found: list[Fact] = []
    for fact in _leaves(members, "", 0):
        if len(found) == _MOST_ROWS:
            return (*found, Fact("…", "more, which is not shown"))
        found.append(fact)
    return tuple(found)


def _leaves(value: object, path: str, depth: int) -> Iterator[Fact]:
    if depth < _MOST_DEPTH and isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each, f"{path}.{name}" if path else str(name), depth + 1)
    elif depth < _MOST_DEPTH and isinstance(value, list | tuple) and any(isinstance(each, Mapping | list | tuple) for each in value):
        for number, each in enumerate(value):
            yield from _leaves(each, f"{path}[{number}]", depth + 1)
    elif value not in (None, "", [], (), {}):
        yield Fact(path, ", ".join(map(str, value)) if isinstance(value, list | tuple) else text_of(value))


def text_of(value: object) -> str:
    """Return a value of decoded JSON as text: a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
