"""Plain data of an event as stores take it that know less characters than JSON: no NUL, and no half of a surrogate pair.

Whoever calls chooses what is in a user agent or a session name. A store that refuses such a character would refuse the event, and so let a
client decide that its call is not in the trail.
"""

from __future__ import annotations

from typing import Any, Final

_REPLACEMENT: Final = "\ufffd"


def storable(value: Any) -> Any:  # noqa: ANN401 - JSON has every type
    """Return *value*, plain data, with each character replaced that UTF-8 or PostgreSQL's ``jsonb`` cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", _REPLACEMENT)
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    return [storable(item) for item in value] if isinstance(value, list) else value
