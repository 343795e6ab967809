"""The condition keys of a request by folded name, and their parsed values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from federation.identity import ContextValue
from federation.policy.operands import RequestValues


class RequestKeys(dict[str, ContextValue]):
    """Condition keys by folded name. Each value is parsed once for each type, for all conditions, so it must not change."""

    __slots__ = ("_read",)

    _read: dict[tuple[str, Callable[[str], Any]], RequestValues]

    def values_of(self, key: str, read: Callable[[str], Any]) -> RequestValues:
        """Return the values of *key*, parsed by *read*. The key must be present."""
        try:
            known = self._read
        except AttributeError:  # created on first use: most requests need none
            known = self._read = {}
        values = known.get((key, read))
        if values is None:
            value = self[key]
            values = known[key, read] = RequestValues((value,) if isinstance(value, str) else value, read)
        return values
