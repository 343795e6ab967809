"""Tags, of a session or of an entity: their alphabet and limits (docs/observed.md 5.2; IAM API model 2010-05-08; attack row A18)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from federation import limits
from federation.identity import SessionTag

RESERVED_PREFIX: Final = "aws:"

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/=+\-@ ]*", re.ASCII)
_MARKS: Final = frozenset("_.:/=+-@")


def fault_of(tags: Iterable[SessionTag]) -> tuple[str, str] | None:
    """Return what is wrong with *tags* as (expected, found), or None: their number, a length, a character, a reserved or repeated key."""
    seen: set[str] = set()
    for tag in tags:
        if not 1 <= utf16_units(tag.key) <= limits.TAG_KEY_CHARS or not in_alphabet(tag.key):
            return f"tag keys of 1 to {limits.TAG_KEY_CHARS} letters, digits, spaces and _.:/=+-@", tag.key
        if utf16_units(tag.value) > limits.TAG_VALUE_CHARS or not in_alphabet(tag.value):
            return f"tag values of at most {limits.TAG_VALUE_CHARS} letters, digits, spaces and _.:/=+-@", tag.value
        folded = tag.key.lower()
        if folded.startswith(RESERVED_PREFIX):
            return f"no tag key that begins with {RESERVED_PREFIX}", tag.key
        if folded in seen:
            return "tag keys that differ by more than case", tag.key
        seen.add(folded)
    return None if len(seen) <= limits.SESSION_TAGS else (f"at most {limits.SESSION_TAGS} tags", str(len(seen)))


def in_alphabet(text: str) -> bool:
    r"""Tell whether *text* is of ``[\p{L}\p{Z}\p{N}_.:/=+\-@]*``."""
    return _PLAIN.fullmatch(text) is not None or all(c in _MARKS or unicodedata.category(c)[0] in "LZN" for c in text)


def utf16_units(text: str) -> int:
    """Return the length of *text* in UTF-16 code units."""
    return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)
