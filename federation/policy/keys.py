"""The condition keys of a request, folded, with what was read from their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from federation.identity import ContextValue
from federation.policy.operands import Values


class RequestKeys(dict[str, ContextValue]):
    """Condition keys by folded name. A value is read once for each type, however many conditions compare it; it must not change."""

    __slots__ = ("_read",)

    _read: dict[tuple[str, Callable[[str], Any]], Values]

    def values_of(self, key: str, read: Callable[[str], Any]) -> Values:
        """Return the values of *key*, which must be present, as *read* reads them."""
        try:
            known = self._read
        except AttributeError:  # most requests never come here
            known = self._read = {}
        values = known.get((key, read))
        if values is None:
            value = self[key]
            values = known[key, read] = Values((value,) if isinstance(value, str) else value, read)
        return values
