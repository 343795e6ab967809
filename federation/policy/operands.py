"""The right-hand side of a condition: all its values together, in a form that is asked once for each value of the request.

A condition may have tens of thousands of values on either side. Equality asks a set, order the outermost value, networks a set for each
length of prefix, and patterns a `Sieve` once there are many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from federation.policy.addresses import Address, Network
from federation.policy.sieve import Sieve
from federation.policy.wildcard import Pattern, Places

_WORTH: Final = 1 << 20
"""Work, in characters looked at one by one, from which on building a sieve pays."""
_PAIR: Final = 32
"""What comparing one text with one pattern costs, in the same measure, however short they are."""
_FEW: Final = 8
"""So few patterns are not worth preparing anything for."""
_NONE: Final[dict[int, set[int]]] = {}
_LONG: Final = 256
"""A pattern that long fits few texts, which are asked one by one; a step of a sieve for each of its characters would cost more."""


class RequestValues:
    """What a request says of one key, read once for every condition that compares it as the same type.

    Attributes:
        texts: The values as they came.
        read: The values as the type reads them; None where one is not of the type.
    """

    __slots__ = ("_sieve", "_work", "read", "texts")

    def __init__(self, texts: tuple[str, ...], read: Callable[[str], Any]) -> None:
        self.texts: tuple[str, ...] = texts
        self.read: tuple[Any, ...] = tuple(map(read, texts))
        self._sieve: Sieve | None = None
        self._work = 0

    def sieve(self, patterns: int) -> Sieve | None:
        """Return a sieve of the values, once comparing with so many *patterns* one by one has come to cost more than building it."""
        if self._sieve is None:
            self._work += patterns * (_PAIR * len(self.texts) + sum(map(len, self.texts)) // 8)
            if self._work > _WORTH:
                self._sieve = Sieve([() if value is None else (value,) if isinstance(value, str) else value for value in self.read])
        return self._sieve


class Operands(Protocol):
    """The values of a condition, compiled."""

    def matches(self, value: Any) -> bool:  # noqa: ANN401 - what the type reads
        """Whether one of them equals, contains or otherwise takes in *value*."""

    def matching(self, values: RequestValues) -> Iterable[bool]:
        """Say the same of every one of *values*; of those that are not of the type nothing is to be believed."""


@dataclass(frozen=True, slots=True)
class Equals:
    """Values that a request's value must equal."""

    values: frozenset[Any]

    def matches(self, value: Any) -> bool:  # noqa: ANN401
        """Whether *value* is one of them."""
        return value in self.values

    def matching(self, values: RequestValues) -> Iterator[bool]:
        """Say of each of *values* whether it is one of them."""
        return map(self.values.__contains__, values.read)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Limits of an order; whoever is beyond one of them is beyond the ``outermost``, None where there is no limit."""

    outermost: Any
    compare: Callable[[Any, Any], bool]

    def matches(self, value: Any) -> bool:  # noqa: ANN401
        """Whether *value* is beyond one of them."""
        return self.outermost is not None and self.compare(value, self.outermost)

    def matching(self, values: RequestValues) -> Iterator[bool]:
        """Say of each of *values* whether it is beyond one of them."""
        return (value is not None and self.matches(value) for value in values.read)


@dataclass(frozen=True, slots=True)
class Networks:
    """CIDR blocks: for each IP version the lengths of their host parts, with the prefixes of that length."""

    prefixes: dict[int, dict[int, set[int]]]

    @classmethod
    def of(cls, networks: Iterable[Network]) -> Networks:
        """Sort *networks*."""
        prefixes: dict[int, dict[int, set[int]]] = {}
        for each in networks:
            prefixes.setdefault(each.version, {}).setdefault(each.shift, set()).add(each.prefix)
        return cls(prefixes)

    def matches(self, value: Address) -> bool:
        """Whether the address *value* lies in one of them; of the other IP version it never does."""
        for shift, prefixes in self.prefixes.get(value.version, _NONE).items():  # noqa: SIM110 - as for patterns
            if value.number >> shift in prefixes:
                return True
        return False

    def matching(self, values: RequestValues) -> Iterator[bool]:
        """Say of each of *values* whether it lies in one of them."""
        return (value is not None and self.matches(value) for value in values.read)


class AnyPattern(Protocol):
    """A `Pattern`, or an ARN's, of which each field has one."""

    @property
    def exact(self) -> Any:  # noqa: ANN401 - what the type reads
        """What a pattern without wildcards equals, otherwise None."""

    @property
    def shortest(self) -> int:
        """The length of the shortest text that matches."""

    @property
    def fields(self) -> tuple[Pattern, ...]:
        """The pattern of each field."""

    def matches(self, value: Any, places: Any = None) -> bool:  # noqa: ANN401
        """Whether *value* matches."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns: those without wildcards as a set, the rest as they are."""

    exact: frozenset[Any]
    patterns: tuple[AnyPattern, ...] = field(repr=False)

    @classmethod
    def of(cls, patterns: Iterable[AnyPattern]) -> Patterns:
        """Sort *patterns*."""
        exact: set[Any] = set()
        others: list[AnyPattern] = []
        for each in patterns:
            if each.exact is None:
                others.append(each)
            else:
                exact.add(each.exact)
        return cls(frozenset(exact), tuple(others))

    def matches(self, value: Any) -> bool:  # noqa: ANN401
        """Whether *value* matches one of them."""
        if value in self.exact:
            return True
        # A pattern seeks its own places. Where there are many, they share what was found.
        places = Places(value) if len(self.patterns) > _FEW and isinstance(value, str) else None
        for pattern in self.patterns:  # noqa: SIM110 - `any` would cost most requests more than the patterns do
            if pattern.matches(value, places):
                return True
        return False

    def matching(self, values: RequestValues) -> Iterable[bool]:
        """Say of each of *values* whether it matches one of them."""
        sieve = values.sieve(len(self.patterns)) if self.patterns else None
        if sieve is None:
            return (value is not None and self.matches(value) for value in values.read)
        told = sieve.matched_by(pattern.fields for pattern in self.patterns if pattern.shortest <= _LONG)
        long = [pattern for pattern in self.patterns if pattern.shortest > _LONG]
        for number, text in enumerate(values.texts) if long else ():
            if not told[number] and 2 * len(text) > _LONG and values.read[number] is not None:
                told[number] = any(pattern.matches(values.read[number]) for pattern in long)
        return [matched or value in self.exact for matched, value in zip(told, values.read, strict=True)]
