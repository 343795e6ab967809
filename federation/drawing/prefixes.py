"""Grouping by common beginnings: as many groups as a picture has room for, each named by the text that its members share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeVar

T = TypeVar("T")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bunch(Generic[T]):
    """Members whose paths have a common beginning.

    Attributes:
        prefix: What the paths of all members begin with; the whole path where it is that of each.
        whole: Whether it is.
        members: The members, in order.
    """

    prefix: Path
    whole: bool
    members: tuple[T, ...]


def bunches(apart: Iterable[Iterable[tuple[Path, T]]], most: int) -> list[Bunch[T]]:
    """Return members, each with its path, in at most *most* bunches, sorted; members that come *apart* stay apart, whatever that makes.

    The largest bunch is divided first, at the first place where its paths differ, as long as there is room for all its parts.
    """
    open_, done = [tuple(members) for members in apart], list[tuple[tuple[Path, T], ...]]()
    while open_:
        largest = max(open_, key=len)
        open_.remove(largest)
        parts = _divided(largest)
        if len(parts) > 1 and len(open_) + len(done) + len(parts) <= most:
            open_ += parts
        else:
            done.append(largest)
    return sorted(map(_bunch, done), key=lambda bunch: bunch.prefix)


def _divided(members: tuple[tuple[Path, T], ...]) -> list[tuple[tuple[Path, T], ...]]:
    shared = len(_shared([path for path, _ in members]))
    parts: dict[Path, list[tuple[Path, T]]] = {}
    for path, member in members:
        parts.setdefault(path[shared : shared + 1], []).append((path, member))
    return [tuple(part) for part in parts.values()]


def _shared(paths: list[Path]) -> Path:
    """Return the common beginning of *paths*."""
    first, last = min(paths), max(paths)  # what these two share, all share
    return tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))


def _bunch(members: tuple[tuple[Path, T], ...]) -> Bunch[T]:
    paths = [path for path, _ in members]
    return Bunch(_shared(paths), len(set(paths)) == 1, tuple(member for _, member in members))
