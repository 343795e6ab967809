"""The journeys of docs/architecture.md, and records of real calls to compare them with."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from inspect import getattr_static
from types import CodeType, FrameType
from typing import Any

from tests.support.paths import REPOSITORY

PAGE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
HEADING = "## Journeys"


@dataclass(frozen=True)
class Door:
    """One row of a journey: a function, and the type that it hands on, as the page names them; ``""`` where it hands on nothing."""

    function: str
    hands_on: str

    @property
    def code(self) -> CodeType:
        """The code of the function; an `AssertionError` names the row where the package has no such function."""
        return code_of(found(self.function))

    @property
    def type(self) -> type:
        named = found(self.hands_on)
        assert isinstance(named, type), f"docs/architecture.md: {self.hands_on} is no type"
        return named


def found(name: str) -> Any:
    """The object that the page calls *name*: below `federation`, in the standard library or built in."""
    parts = name.split(".")
    for whole in (["federation", *parts], parts, ["builtins", *parts]):
        for length in range(len(whole) - 1, 0, -1):
            try:
                thing: Any = import_module(".".join(whole[:length]))
            except ImportError:
                continue
            for part in whole[length:]:
                thing = getattr_static(thing, part, None)
            if thing is not None:
                return thing
    raise AssertionError(f"docs/architecture.md: there is no {name}: correct the row of the journey")


def code_of(thing: Any) -> CodeType:
    """The code of a function, a method, a classmethod, a memoized function or a command."""
    for inner in ("__func__", "__wrapped__", "callback"):
        thing = getattr(thing, inner, thing)
    code: CodeType = thing.__code__
    return code


def journeys() -> dict[str, list[Door]]:
    """The doors of each journey by its heading."""
    text = PAGE.partition(f"\n{HEADING}\n")[2].partition("\n## ")[0]
    parts = re.split(r"^### (.*)$", text, flags=re.MULTILINE)[1:]
    return {
        heading: [
            Door(*(cell.strip(" `") for cell in row.strip("|").split("|")[:2])) for row in re.findall(r"^\| `.*$", body, re.MULTILINE)
        ]
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }


@dataclass
class Entry:
    """A function that was entered, with its arguments, and with what it returned once it has."""

    code: CodeType
    arguments: Mapping[str, object]
    returned: object = None


@dataclass
class Record:
    """The entries of some functions, in order."""

    watched: frozenset[CodeType]
    entries: list[Entry] = field(default_factory=list)
    _open: list[Entry] = field(default_factory=list)

    def __call__(self, frame: FrameType, event: str, returned: object) -> None:
        if frame.f_code not in self.watched:
            return
        if event == "call":
            self._open.append(Entry(frame.f_code, dict(frame.f_locals)))
            self.entries.append(self._open[-1])
        elif event == "return":
            self._open.pop().returned = returned


@contextmanager
def watching(doors: Sequence[Door]) -> Iterator[Record]:
    record, before = Record(frozenset(door.code for door in doors)), sys.getprofile()
    sys.setprofile(record)
    try:
        yield record
    finally:
        sys.setprofile(before)


def _watched(doors: Sequence[Door], journey: Callable[[], object]) -> Record:
    with watching(doors) as record:
        journey()
    return record


def follow(doors: Sequence[Door], journey: Callable[[], object]) -> list[str]:
    """Make *journey* and return what the page says of it and is not so, the first of it alone; empty where all is true.

    It is made in a thread of its own, where XML is parsed in place: this thread may have parsed so many strange names that it delegates.
    """
    with ThreadPoolExecutor(1) as fresh:
        record = fresh.submit(_watched, doors, journey).result()
    at, passed = 0, []
    for door in doors:
        number = next((n for n in range(at, len(record.entries)) if record.entries[n].code is door.code), None)
        if number is None:
            never = not any(entry.code is door.code for entry in record.entries)
            return [f"{door.function} is never entered" if never else f"{door.function} is entered before the function above it"]
        passed.append(number)
        at = number + 1
    for number, door in zip(passed, doors, strict=True):
        if door.hands_on:
            values = [
                record.entries[number].returned,
                *(each for entry in record.entries[number + 1 :] for each in entry.arguments.values()),
            ]
            if not any(isinstance(part, door.type) for value in values for part in parts_of(value)):
                return [f"{door.function} hands on no {door.hands_on}"]
    return []


def parts_of(value: object) -> Iterator[object]:
    """*value* itself, and where several things are returned together each of them."""
    yield value
    if type(value) is tuple:
        yield from value
    elif type(value) is dict:
        yield from value.values()
