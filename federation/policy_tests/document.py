"""A file of tests as members with their lines. YAML and JSON are read alike, by the readers of evidence: no object is ever constructed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NoReturn

from federation.errors import ValidationError, show
from federation.evidence.documents.json_text import read_json
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.values import DocumentValue, ListValue, MapValue, ScalarValue, TextValue
from federation.evidence.documents.yaml_text import read_yaml

MOST_VALUES: Final = 50_000
"""Most values of one file, those that aliases repeat counted each time."""
MOST_CHARS: Final = 1_048_576
"""Most characters of one file."""
_DIGITS: Final = 18
"""Most digits of a number of a claim."""

Plain = str | bool | int | list["Plain"] | dict[str, "Plain"]
"""A value of a claim."""


@dataclass(frozen=True, slots=True)
class TestFileValue:
    """A value of the file.

    Attributes:
        line: Its line, from 1.
        what: What it is, for messages, such as ``tests[0].identity``.
        text: Its text, or a number, ``true``, ``false`` or ``null``; None for a list or a mapping.
        kind: Whether it is a text, or one of the others.
        items: The items of a list; None for other values.
        members: The members of a mapping by name; None for other values.
    """

    line: int
    what: str
    text: str | None = None
    kind: Literal["text", "other"] = "other"
    items: tuple[TestFileValue, ...] | None = field(default=None, repr=False)
    members: dict[str, TestFileValue] | None = field(default=None, repr=False)

    def refuse(self, expected: str, found: str, remedy: str = "correct the file") -> NoReturn:
        """Refuse the file for this value.

        Raises:
            ValidationError: Check ``policy-test-file``.
        """
        raise fault(expected, f"{found} in {self.what}, line {self.line}", remedy)

    def mapping(self, *, needs: Sequence[str] = (), may: Sequence[str] = ()) -> dict[str, TestFileValue]:
        """Return the members of this mapping.

        Raises:
            ValidationError: It is none, lacks a member of *needs*, or has one beside those and *may*.
        """
        if self.members is None:
            self.refuse("a mapping", self._found())
        known = (*needs, *may)
        for name, member in self.members.items():
            if known and name not in known:
                member.refuse(f"one of {', '.join(known)}", f"the unknown member {show(name)}", "remove the member, or correct its name")
        missing = next((name for name in needs if name not in self.members), None)
        if missing is not None:
            self.refuse(f"the member {missing}", "no such member", f"add {missing}")
        return self.members

    def sequence(self) -> tuple[TestFileValue, ...]:
        """Return the items of this list."""
        if self.items is None:
            self.refuse("a list", self._found())
        return self.items

    def string(self) -> str:
        """Return this text, which is not empty."""
        if self.text is None or self.kind != "text" or not self.text:
            self.refuse("a text", self._found(), "write the value in quotes")
        return self.text

    def flag(self) -> bool:
        """Return whether this is true."""
        if self.kind == "text" or self.text not in ("true", "false"):
            self.refuse("true or false", self._found())
        return self.text == "true"

    def strings(self) -> tuple[str, ...]:
        """Return this text, or the texts of this list."""
        return (self.string(),) if self.items is None else tuple(each.string() for each in self.items)

    def plain(self) -> Plain:
        """Return this value as it would stand in a token."""
        if self.members is not None:
            return {name: member.plain() for name, member in self.members.items()}
        if self.items is not None:
            return [item.plain() for item in self.items]
        if self.kind == "text":
            return self.string()
        if self.text in ("true", "false"):
            return self.flag()
        digits = (self.text or "").removeprefix("-")
        if not digits.isdigit() or len(digits) > _DIGITS:
            self.refuse("a text, a whole number, true, false, a list or a mapping", self._found(), "write the value in quotes")
        return int(self.text or "")

    def _found(self) -> str:
        if self.members is not None:
            return "a mapping"
        return "a list" if self.items is not None else show(self.text or "nothing")


def fault(expected: str, found: str, remedy: str) -> ValidationError:
    """Return the refusal of a file of tests."""
    return ValidationError(check="policy-test-file", expected=expected, found=found, remedy=remedy)


def read(text: str) -> TestFileValue:
    """Return the only document of *text*.

    Raises:
        ValidationError: Checks ``document-syntax``, ``document-aliases``: *text* is no YAML or JSON, or beyond the limits;
            ``policy-test-file``: it is no single document, or has a name twice.
    """
    if len(text) > MOST_CHARS:
        raise fault(f"at most {MOST_CHARS} characters", str(len(text)), "divide the file")
    values = (read_json(text),) if text.lstrip().startswith("{") else read_yaml(text)
    if len(values) != 1:
        raise fault("one document", str(len(values)), "write the member tests, in one document")
    return _TestFileReader(SourceFile("", text)).of(values[0], "the file")


class _TestFileReader:
    """Makes entries of values, and counts them."""

    def __init__(self, source: SourceFile) -> None:
        self._source, self._left = source, MOST_VALUES

    def of(self, value: DocumentValue, what: str) -> TestFileValue:
        line = self._source.line(value.start)
        self._left -= 1
        if self._left < 0:
            raise fault(f"at most {MOST_VALUES} values", "more, those that aliases repeat counted each time", "divide the file")
        match value:
            case MapValue():
                return TestFileValue(line, what, members=dict(self._members(value, what)))
            case ListValue(items=items):
                return TestFileValue(line, what, items=tuple(self.of(item, f"{what}[{number}]") for number, item in enumerate(items)))
            case TextValue(known=str(text)):
                return TestFileValue(line, what, text=text, kind="text")
            case ScalarValue(text=text):
                return TestFileValue(line, what, text=text)
        raise fault("a plain value", f"an expression in {what}, line {line}", "write the value out")

    def _members(self, value: MapValue, what: str) -> Iterator[tuple[str, TestFileValue]]:
        seen: set[str] = set()
        for name, member in value.known_members():
            if name in seen:
                line = self._source.line(member.start)
                raise fault("every name once", f"{show(name)} twice in {what}, line {line}", "remove one of them")
            seen.add(name)
            yield name, self.of(member, name if what == "the file" else f"{what}.{name}")
