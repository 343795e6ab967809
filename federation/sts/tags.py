"""Session tags: their alphabet and limits, whichever operation brings them (sts.md 5.2; attack row A18)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from federation import limits
from federation.errors import InvalidParameterValue, ValidationError, show
from federation.identity import SessionTag
from federation.sts.parameters import utf16_units

RESERVED_PREFIX: Final = "aws:"

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/=+\-@ ]*", re.ASCII)
_MARKS: Final = frozenset("_.:/=+-@")


def check_tags(tags: Iterable[SessionTag], *, remedy: str) -> None:
    """Require that *tags*, which a token asks for, are session tags.

    Raises:
        ValidationError: check ``principal-tags``.
    """
    fault = fault_of(tags)
    if fault is not None:
        raise refused_tags(fault[0], show(fault[1]), remedy=remedy)


def refused_tags(expected: str, found: str, *, remedy: str) -> ValidationError:
    """Return the refusal of tags that a token asks for."""
    return ValidationError(check="principal-tags", expected=expected, found=found, remedy=remedy, message="Unable to validate tags")


def check_transitive_keys(keys: Sequence[str], tags: Iterable[SessionTag], *, remedy: str) -> None:
    """Require that *keys* name tags of the same token, each once; case does not count.

    Raises:
        InvalidParameterValue: check ``transitive-tag-keys``.
    """
    if not keys:
        return
    known, folded = {tag.key.lower() for tag in tags}, [key.lower() for key in keys]
    if known.issuperset(folded) and len(set(folded)) == len(folded):
        return
    raise InvalidParameterValue(
        check="transitive-tag-keys",
        expected="the keys of passed tags, each once",
        found=", ".join(show(key) for key in keys if key.lower() not in known)[:1000] or "a repeated key",
        remedy=remedy,
        message="The specified transitive tag key must be included in the requested tags.",
    )


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
    return None if len(seen) <= limits.SESSION_TAGS else (f"at most {limits.SESSION_TAGS} session tags", str(len(seen)))


def in_alphabet(text: str) -> bool:
    r"""Tell whether *text* is of ``[\p{L}\p{Z}\p{N}_.:/=+\-@]*``."""
    return _PLAIN.fullmatch(text) is not None or all(c in _MARKS or unicodedata.category(c)[0] in "LZN" for c in text)
