"""Typed reading of JSON and TOML objects. Members are read by name and type; members that were not read are faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from federation import clock
from federation.account.reading.faults import Faults
from federation.errors import ValidationError, show

T = TypeVar("T")


class Fields:
    """The members of one object of an account file.

    Each method returns the value, or the stated default after recording a fault, so that the other members are read too.
    """

    __slots__ = ("_asked", "_document", "_faults", "_file", "_path")

    def __init__(self, document: object, *, file: str, faults: Faults, path: str = "$") -> None:
        self._file, self._faults, self._path = file, faults, path
        self._asked: set[str] = set()
        if not isinstance(document, dict):
            faults.add(file, path, "an object", _kind(document), "see docs/account-directory.md for the shape of this file")
        self._document = cast("dict[str, Any]", document) if isinstance(document, dict) else {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._document)

    def __contains__(self, name: str) -> bool:
        return name in self._document

    def at(self, name: str) -> str:
        """Return the JSON path of member *name*."""
        return f"{self._path}.{name}"

    def raw(self, name: str) -> object | None:
        """Return member *name* unchecked; None when absent."""
        self._asked.add(name)
        return self._document.get(name)

    def ignore(self, *names: str) -> None:
        """Accept members that AWS writes and that have no effect here."""
        self._asked.update(names)

    def fault(self, name: str, expected: str, found: str, remedy: str) -> None:
        """Record a fault of member *name*."""
        self._faults.add(self._file, self.at(name), expected, found, remedy)

    def text(self, name: str, *, required: bool = False, pattern: re.Pattern[str] | None = None, longest: int = 2048) -> str | None:
        """Return the text *name* of 1 to *longest* characters; None when absent or at fault."""
        value = self._document.get(name)
        if type(value) is str and len(value) <= longest and (pattern is None or pattern.fullmatch(value) is not None):  # nearly always
            self._asked.add(name)
            return value
        value = self._typed(name, str, "text", required=required)
        if value is None:
            return None
        if len(value) > longest or (pattern is not None and pattern.fullmatch(value) is None):
            wanted = f"text matching {pattern.pattern}" if pattern is not None else f"text of at most {longest} characters"
            self.fault(name, wanted, show(value), "correct the value")
            return None
        return value

    def integer(self, name: str, *, low: int, high: int) -> int | None:
        """Return the integer *name* within *low* and *high*; None when absent or at fault."""
        value = self._typed(name, int, "an integer", required=False)
        if value is not None and not low <= value <= high:
            self.fault(name, f"an integer from {low} to {high}", show(value), "correct the value")
            return None
        return value

    def instant(self, name: str) -> datetime | None:
        """Return the instant *name*, aware UTC without fractions of a second; None when absent or at fault.

        It is ISO 8601, as the AWS CLI prints it, or a date-time of TOML; without an offset it is UTC, as every date of IAM.
        """
        value = self.raw(name)
        if value is None and name not in self._document:
            return None
        try:
            moment = clock.resolve(_moment(value))
            return moment.replace(microsecond=0) if moment.microsecond else moment
        except (ValidationError, ValueError, TypeError):
            found = show(value) if isinstance(value, str) else _kind(value)
            self.fault(name, "an instant such as 2026-11-24T12:00:00Z", found, "copy it from the output of IAM")
            return None

    def created(self, name: str = "CreateDate") -> datetime:
        """Return the instant *name*; `clock.UNSTATED` when absent or at fault."""
        return self.instant(name) or clock.UNSTATED

    def mapping(self, name: str, *, required: bool = False) -> Mapping[str, object]:
        """Return the object *name*, empty when absent or at fault."""
        return self._typed(name, dict, "an object", required=required) or {}

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return the list of texts *name*; None when absent or at fault."""
        values = self._typed(name, list, "a list", required=False)
        if values is None:
            return None
        if not all(isinstance(v, str) for v in values):
            self.fault(name, "a list of texts", "another kind of member", "write every member in quotes")
            return None
        return tuple(values)

    def objects(self, name: str) -> Sequence[Fields]:
        """Return a reader for each object of the list *name*; none when absent or at fault."""
        values = self._typed(name, list, "a list", required=False)
        if not values:
            return ()
        return [Fields(value, file=self._file, faults=self._faults, path=f"{self._path}.{name}[{i}]") for i, value in enumerate(values)]

    def object(self, name: str) -> Fields | None:
        """Return a reader for the object *name*; None when absent."""
        value = self.raw(name)
        return None if value is None else Fields(value, file=self._file, faults=self._faults, path=self.at(name))

    def finish(self) -> None:
        """Record a fault for every member that was not read, because a misspelt setting must not silently take its default."""
        if self._document.keys() <= self._asked:
            return
        for name in [name for name in self._document if name not in self._asked]:
            self.fault(
                name if name.isidentifier() else "?", f"one of {', '.join(sorted(self._asked))}", show(name), "correct or remove the member"
            )

    def _typed(self, name: str, kind: type[T], wanted: str, *, required: bool) -> T | None:
        self._asked.add(name)
        value = self._document.get(name)
        if value is None:
            if required or name in self._document:
                self.fault(name, wanted, "null" if name in self._document else "nothing", "add the member")
            return None
        if not isinstance(value, kind) or isinstance(value, bool):
            self.fault(name, wanted, _kind(value), "correct the type of the value")
            return None
        return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError("no instant")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a boolean", int: "an integer", float: "a number", type(None): "null"}
    return names.get(type(value), "another type")
