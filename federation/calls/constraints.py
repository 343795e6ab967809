"""The kinds of constraints of the service model on parameters, and the violations that AWS lists.

A constraint has no name: the parameter that carries it has. `TextConstraint` and
`IntegerConstraint` judge one value, the others lists and structures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from federation import limits
from federation.aws_texts import parameters as texts
from federation.identity import SessionTag
from federation.names import lower_first
from federation.tags import utf16_units

ECHOED_CHARS: Final = 4096
"""Most characters of a value that a message repeats. AWS repeats all of it, which allows amplification (attack row D04)."""
_MACHINE_BITS: Final = 64
"""Largest size of an integer on the wire, in bits."""


class Violation(NamedTuple):
    """What a value violates.

    Attributes:
        value: What stands for the value in AWS's texts.
        member: Name of the parameter, or the path of the member in it.
        demanded: What is demanded, in AWS's words.
        alone: What AWS says is demanded, where it says this in a text of its own and does not show the pattern; empty elsewhere.
    """

    value: str
    member: str
    demanded: str
    alone: str = ""


class Constraint(Protocol):
    """A constraint on one value. Whether the value may be absent is a property of the parameter."""

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint. It is fast, because most values do."""
        ...

    def violations(self, member: str, value: object) -> Iterator[Violation]:
        """Yield the violations of *value*, which `accepts` refused. *member* is the name of the parameter."""
        ...


class TextPattern(Protocol):
    """A pattern for a whole text: a compiled regular expression, or a rule that a regular expression cannot express."""

    def fullmatch(self, string: str, /) -> object | None:
        """Return anything but None where *string* matches."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConstraint:
    """A text.

    Attributes:
        shortest: Fewest UTF-16 code units, the unit AWS counts in.
        longest: Most of them.
        pattern: What the whole text must match.
        written: The pattern as AWS writes it in messages.
        secret: Whether messages show ``****`` instead of the value; such a parameter may also be ASCII `bytes`.
        alone: What AWS says is demanded where the pattern does not match; empty where it shows the pattern.
        length_first: Whether AWS was seen to name the length before the pattern (tag keys); elsewhere the pattern comes first.
    """

    shortest: int
    longest: int
    pattern: TextPattern | None = None
    written: str = ""
    secret: bool = False
    alone: str = ""
    length_first: bool = False

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        if not isinstance(value, str):
            return self.secret and isinstance(value, bytes) and self.shortest <= len(value) <= self.longest
        units = len(value) if value.isascii() else utf16_units(value)
        return self.shortest <= units <= self.longest and (self.pattern is None or self.pattern.fullmatch(value) is not None)

    def violations(self, member: str, value: object) -> Iterator[Violation]:
        """Yield the violations of *value*."""
        if not isinstance(value, str) and not (self.secret and isinstance(value, bytes)):
            yield Violation(texts.of_type(type(value).__name__), member, texts.TEXT)
            return
        shown = texts.HIDDEN if self.secret else texts.shown(_echo(value))
        length = [Violation(shown, member, text) for text in self._length(value)]
        matches = self.pattern is None or (isinstance(value, str) and self.pattern.fullmatch(value) is not None)
        pattern = [] if matches else [Violation(shown, member, texts.matching(self.written), self.alone)]
        yield from length + pattern if self.length_first else pattern + length

    def demands(self) -> list[str]:
        """Return all conditions of the constraint, as AWS lists them where a member of a list violates it."""
        demanded = [texts.at_most_long(self.longest), texts.at_least_long(self.shortest)]
        return [*demanded, texts.matching(self.written)] if self.written else demanded

    def _length(self, value: str | bytes) -> Iterator[str]:
        units = utf16_units(value) if isinstance(value, str) else len(value)
        if units < self.shortest:
            yield texts.at_least_long(self.shortest)
        if units > self.longest:
            yield texts.at_most_long(self.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerConstraint:
    """An integer from *lowest* to *highest*."""

    lowest: int
    highest: int

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return type(value) is int and self.lowest <= value <= self.highest

    def violations(self, member: str, value: object) -> Iterator[Violation]:
        """Yield the violations of *value*."""
        if not isinstance(value, int) or isinstance(value, bool):
            yield Violation(texts.of_type(type(value).__name__), member, texts.INTEGER)
            return
        shown = texts.shown(value) if value.bit_length() <= _MACHINE_BITS else texts.of_more_bits(_MACHINE_BITS)
        bound = texts.at_least(self.lowest) if value < self.lowest else texts.at_most(self.highest)
        yield Violation(shown, member, bound)


@dataclass(frozen=True, slots=True)
class BooleanConstraint:
    """A boolean; in Query requests ``true`` or ``false``."""

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return type(value) is bool

    def violations(self, member: str, value: object) -> Iterator[Violation]:
        """Yield the violations of *value*."""
        yield Violation(texts.of_type(type(value).__name__), member, texts.BOOLEAN)


@dataclass(frozen=True, slots=True)
class EnumConstraint:
    """One of the texts *values*."""

    values: tuple[str, ...]

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return type(value) is str and value in self.values

    def violations(self, member: str, value: object) -> Iterator[Violation]:
        """Yield the violations of *value*."""
        if isinstance(value, str):
            yield Violation(texts.shown(_echo(value)), member, texts.one_of(self.values))
        else:
            yield Violation(texts.of_type(type(value).__name__), member, texts.TEXT)

    def demands(self) -> list[str]:
        """Return the condition of the constraint, as AWS lists it where a member of a list violates it."""
        return [texts.one_of(self.values)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextListConstraint:
    """A list of texts; AWS repeats the list and, in brackets, all that each member must be.

    Attributes:
        element: What each text must satisfy.
        fewest: Fewest members.
        most: Most members.
        names_null: Whether AWS was seen to say as well that no member may be null (tag keys of IAM).
    """

    element: TextConstraint | EnumConstraint
    most: int
    fewest: int = 0
    names_null: bool = False

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return next(self.violations("", value), None) is None

    def violations(self, member: str, value: object) -> Iterator[Violation]:
        """Yield the violations of *value*."""
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            yield Violation(texts.of_type(type(value).__name__), member, texts.LIST_OF_TEXTS)
            return
        shown = texts.listed(", ".join(value)[: limits.ECHOED_LIST_CHARS])
        count = _count(value, self.fewest, self.most)
        if count is not None:
            yield Violation(shown, member, count)
        elif not all(map(self.element.accepts, value)):
            yield Violation(shown, member, texts.each_satisfying([*self.element.demands(), *([texts.NOT_NULL] if self.names_null else [])]))


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureConstraint:
    """A structure: a mapping as in boto3, or, where it has one member alone, that member's bare value.

    Attributes:
        members: Wire name of each member to its constraint.
        required: Whether every member must be there.
    """

    members: Mapping[str, Constraint]
    required: bool = True

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return next(self.violations("", value), None) is None

    def violations(self, member: str, value: object) -> Iterator[Violation]:
        """Yield each member of *value* that violates its constraint."""
        for name, constraint in self.members.items():
            inner = self.member(value, name)
            path = f"{member}.{lower_first(name)}"
            if inner is None:
                if self.required:
                    yield Violation(texts.NO_VALUE, path, texts.NOT_NULL)
            elif not constraint.accepts(inner):
                yield from constraint.violations(path, inner)

    def member(self, value: object, name: str) -> object | None:
        """Return member *name* of *value*: of a mapping as in boto3, or of a `SessionTag`; None where it has no such member."""
        if isinstance(value, Mapping):
            return value.get(name)
        if isinstance(value, SessionTag):
            return value.key if name == "Key" else value.value
        return value if len(self.members) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureListConstraint:
    """A list of structures; each is judged by itself.

    Attributes:
        element: What each must satisfy.
        fewest: Fewest members.
        most: Most members.
    """

    element: StructureConstraint
    most: int
    fewest: int = 0

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return value == () or next(self.violations("", value), None) is None

    def violations(self, member: str, value: object) -> Iterator[Violation]:
        """Yield the violations of *value*."""
        if not isinstance(value, (list, tuple)):
            yield Violation(texts.of_type(type(value).__name__), member, texts.LIST)
            return
        count = _count(value, self.fewest, self.most)
        if count is not None:
            yield Violation(texts.of_members(len(value)), member, count)
            return
        for number, item in enumerate(value, 1):
            yield from self.element.violations(f"{member}.{number}.member", item)


def _count(value: list[object] | tuple[object, ...], fewest: int, most: int) -> str | None:
    """Return AWS's text for a list with too few or too many members; None where the number is valid."""
    if fewest <= len(value) <= most:
        return None
    return texts.at_most_long(most) if len(value) > most else texts.at_least_long(fewest)


def _echo(value: str | bytes) -> str:
    text = value if isinstance(value, str) else ""
    return text if len(text) <= ECHOED_CHARS else f"{text[:ECHOED_CHARS]}…"
