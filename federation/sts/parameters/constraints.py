"""The kinds of constraints of the service model on parameters, and AWS's texts for violations.

A constraint has no name: the parameter that carries it has. `TextConstraint` and
`IntegerConstraint` judge one value, the others lists and structures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from federation import limits
from federation.identity import SessionTag
from federation.names import lower_first
from federation.tags import utf16_units

ECHOED_CHARS: Final = 4096
"""Most characters of a value that a message repeats. AWS repeats all of it, which allows amplification (attack row D04)."""
_MACHINE_BITS: Final = 64
"""Largest size of an integer on the wire, in bits."""


class Constraint(Protocol):
    """A constraint on one value. Whether the value may be absent is a property of the parameter."""

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint. It is fast, because most values do."""
        ...

    def violations(self, member: str, value: object) -> Iterator[str]:
        """Yield AWS's texts for the violations of *value*, which `accepts` refused. *member* is the name of the parameter."""
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
        length_first: Whether AWS was seen to name the length before the pattern (tag keys); elsewhere the pattern comes first.
    """

    shortest: int
    longest: int
    pattern: TextPattern | None = None
    written: str = ""
    secret: bool = False
    length_first: bool = False

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        if not isinstance(value, str):
            return self.secret and isinstance(value, bytes) and self.shortest <= len(value) <= self.longest
        units = len(value) if value.isascii() else utf16_units(value)
        return self.shortest <= units <= self.longest and (self.pattern is None or self.pattern.fullmatch(value) is not None)

    def violations(self, member: str, value: object) -> Iterator[str]:
        """Yield AWS's texts for the violations of *value*."""
        if not isinstance(value, str) and not (self.secret and isinstance(value, bytes)):
            yield violation(f"of type {type(value).__name__}", member, "Member must be text")
            return
        shown = "'****'" if self.secret else f"'{_echo(value)}'"
        length = [violation(shown, member, text) for text in self._length(value)]
        matches = self.pattern is None or (isinstance(value, str) and self.pattern.fullmatch(value) is not None)
        pattern = [] if matches else [violation(shown, member, f"Member must satisfy regular expression pattern: {self.written}")]
        yield from length + pattern if self.length_first else pattern + length

    def demands(self) -> str:
        """Return all conditions of the constraint, as AWS lists them where a member of a list violates it."""
        texts = [
            f"Member must have length less than or equal to {self.longest}",
            f"Member must have length greater than or equal to {self.shortest}",
        ]
        if self.written:
            texts.append(f"Member must satisfy regular expression pattern: {self.written}")
        return ", ".join(texts)

    def _length(self, value: str | bytes) -> Iterator[str]:
        units = utf16_units(value) if isinstance(value, str) else len(value)
        if units < self.shortest:
            yield f"Member must have length greater than or equal to {self.shortest}"
        if units > self.longest:
            yield f"Member must have length less than or equal to {self.longest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerConstraint:
    """An integer from *lowest* to *highest*."""

    lowest: int
    highest: int

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return type(value) is int and self.lowest <= value <= self.highest

    def violations(self, member: str, value: object) -> Iterator[str]:
        """Yield AWS's texts for the violations of *value*."""
        if not isinstance(value, int) or isinstance(value, bool):
            yield violation(f"of type {type(value).__name__}", member, "Member must be an integer")
            return
        shown = f"'{value}'" if value.bit_length() <= _MACHINE_BITS else f"of more than {_MACHINE_BITS} bits"
        bound = f"greater than or equal to {self.lowest}" if value < self.lowest else f"less than or equal to {self.highest}"
        yield violation(shown, member, f"Member must have value {bound}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextListConstraint:
    """A list of texts; AWS repeats the list and, in brackets, all that each member must be.

    Attributes:
        element: What each text must satisfy.
        fewest: Fewest members.
        most: Most members.
    """

    element: TextConstraint
    most: int
    fewest: int = 0

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return next(self.violations("", value), None) is None

    def violations(self, member: str, value: object) -> Iterator[str]:
        """Yield AWS's texts for the violations of *value*."""
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            yield violation(f"of type {type(value).__name__}", member, "Member must be a list of texts")
            return
        shown = f"'[{', '.join(value)[: limits.ECHOED_LIST_CHARS]}]'"
        count = _count(value, self.fewest, self.most)
        if count is not None:
            yield violation(shown, member, count)
        elif not all(map(self.element.accepts, value)):
            yield violation(shown, member, f"Member must satisfy constraint: [{self.element.demands()}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureConstraint:
    """A structure: a mapping as in boto3, or, where it has one member alone, that member's bare value.

    Attributes:
        members: Wire name of each member to its constraint.
        required: Whether every member must be there.
    """

    members: Mapping[str, TextConstraint]
    required: bool = True

    def accepts(self, value: object) -> bool:
        """Return whether *value* satisfies the constraint."""
        return next(self.violations("", value), None) is None

    def violations(self, member: str, value: object) -> Iterator[str]:
        """Yield AWS's texts for each member of *value* that violates its constraint."""
        for name, constraint in self.members.items():
            inner = self.member(value, name)
            path = f"{member}.{lower_first(name)}"
            if inner is None:
                if self.required:
                    yield violation(None, path, "Member must not be null")
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

    def violations(self, member: str, value: object) -> Iterator[str]:
        """Yield AWS's texts for the violations of *value*."""
        if not isinstance(value, (list, tuple)):
            yield violation(f"of type {type(value).__name__}", member, "Member must be a list")
            return
        count = _count(value, self.fewest, self.most)
        if count is not None:
            yield violation(f"of {len(value)} members", member, count)
            return
        for number, item in enumerate(value, 1):
            yield from self.element.violations(f"{member}.{number}.member", item)


def violation(value: str | None, member: str, constraint: str) -> str:
    """Return one item of AWS's message. *value* is quoted already; None stands for a missing parameter."""
    return f"Value {'null' if value is None else value} at '{member}' failed to satisfy constraint: {constraint}"


def _count(value: list[object] | tuple[object, ...], fewest: int, most: int) -> str | None:
    """Return AWS's text for a list with too few or too many members; None where the number is valid."""
    if fewest <= len(value) <= most:
        return None
    return "Member must have length " + (f"less than or equal to {most}" if len(value) > most else f"greater than or equal to {fewest}")


def _echo(value: str | bytes) -> str:
    text = value if isinstance(value, str) else ""
    return text if len(text) <= ECHOED_CHARS else f"{text[:ECHOED_CHARS]}…"
