"""Immutable mappings that share what did not change, so that one more entry costs the same in a mapping of any size."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

V = TypeVar("V")
_GONE: Final = object()
_LAYER: Final = 256
"""Most entries of the upper layer. Beyond them both layers become one, which costs as much as a copy of the whole."""


class Layered(Mapping[str, V]):
    """An immutable mapping: a lower layer, which others share, below a few entries that were added, replaced or removed."""

    __slots__ = ("_length", "_lower", "_upper")

    def __init__(self, lower: Mapping[str, V], upper: dict[str, object]) -> None:
        """Lay *upper* over *lower*. Both belong to the new mapping from now on, and do not change."""
        self._lower, self._upper = lower, upper
        self._length = len(lower)
        for key, value in upper.items():
            self._length += (value is not _GONE) - (key in lower)

    def __getitem__(self, key: str) -> V:
        value = self._upper.get(key, self)
        if value is self:
            return self._lower[key]
        if value is _GONE:
            raise KeyError(key)
        return value  # type: ignore[return-value]  # the upper layer holds values and _GONE

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self._lower if key not in self._upper)
        yield from (key for key, value in self._upper.items() if value is not _GONE)

    def __len__(self) -> int:
        return self._length

    def over(self, gone: Collection[str], added: Mapping[str, V]) -> Mapping[str, V]:
        """Return this mapping without the keys *gone*, and with *added*."""
        return _laid(self._lower, {**self._upper, **dict.fromkeys(gone, _GONE), **added})


def changed(known: Mapping[str, V], gone: Collection[str], added: Mapping[str, V]) -> Mapping[str, V]:
    """Return *known* without the keys *gone*, and with *added*. A small mapping is copied, a large one shared."""
    if isinstance(known, Layered):
        return known.over(gone, added)
    if len(known) > _LAYER:
        return _laid(known, {**dict.fromkeys(gone, _GONE), **added})
    return _whole(known, {**dict.fromkeys(gone, _GONE), **added})


def _laid(lower: Mapping[str, V], upper: dict[str, object]) -> Mapping[str, V]:
    return Layered(lower, upper) if len(upper) <= _LAYER else _whole(lower, upper)


def _whole(lower: Mapping[str, V], upper: dict[str, object]) -> Mapping[str, V]:
    # A proxy copies its dictionary as a whole. ``dict(proxy)`` asks for one key after another, which takes thirty times as long.
    kept: dict[str, V] = lower.copy() if isinstance(lower, MappingProxyType) else dict(lower)
    for key, value in upper.items():
        if value is _GONE:
            kept.pop(key, None)
        else:
            kept[key] = value  # type: ignore[assignment]  # as above
    return MappingProxyType(kept)
