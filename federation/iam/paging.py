"""Pages of lists: ``Marker``, ``MaxItems`` and ``IsTruncated``.

A marker names the last entry of the page before, so that entries that are added or removed between two calls move no other entry.
"""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from federation import aws_texts
from federation.errors import ValidationError, show

DEFAULT_ITEMS: Final = 100
"""Entries of a page where MaxItems is absent."""

T = TypeVar("T")


def page(entries: Iterable[T], *, key: Callable[[T], str], marker: str | None, max_items: int | None) -> tuple[list[T], dict[str, Any]]:
    """Return the entries of one page, ordered by *key*, and the members ``IsTruncated`` and, where more follow, ``Marker``.

    Raises:
        ValidationError: Check ``marker``: *marker* is not one of a page before.
    """
    ordered = sorted(entries, key=key)
    first = 0 if marker is None else bisect_right(ordered, _read(marker), key=key)
    last = first + (max_items or DEFAULT_ITEMS)
    shown = ordered[first:last]
    if last >= len(ordered):
        return shown, {"IsTruncated": False}
    return shown, {"IsTruncated": True, "Marker": _marker(key(shown[-1]))}


def _marker(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode("utf-8", "surrogatepass")).decode("ascii")


def _read(marker: str) -> str:
    try:
        key = base64.urlsafe_b64decode(marker.encode("ascii")).decode("utf-8", "surrogatepass")
    except (UnicodeError, binascii.Error):
        key = ""
    if _marker(key) != marker or not key:
        raise ValidationError(
            check="marker",
            expected="the Marker of the page before",
            found=show(marker),
            remedy="pass the Marker of the last answer unchanged, or none for the first page",
            message=aws_texts.iam.MARKER,
        )
    return key
