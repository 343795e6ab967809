"""Access key ids that encode the account id, as AWS issues them since 2019: four letters, then the base32 of ten octets (observed)."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from typing import Final

from federation.errors import ValidationError, show

TEMPORARY: Final = "ASIA"
LONG_TERM: Final = "AKIA"
"""Prefixes of access key ids: ``ASIA`` for sessions, ``AKIA`` for users and roots."""
VARIABLE_OCTETS: Final = 5
"""Number of random octets that `access_key_id` takes; it uses 39 of their 40 bits."""

_MARK: Final = 1 << 47
_ACCOUNT_SHIFT: Final = 7
_VARIABLE_BITS: Final = (1 << 39) - 1
# The top bit of the ten octets is set in every id that encodes an account, so the fifth character is Q or later.
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS: Final = tuple(first + second for first in _BASE32 for second in _BASE32)
"""Ten bits as two characters of base32 (RFC 4648)."""
_WITH_ACCOUNT: Final = re.compile(r"[A-Z]{4}[Q-Z2-7][A-Z2-7]{15}", re.ASCII)


def access_key_id(account: str, variable: bytes, *, prefix: str = TEMPORARY) -> str:
    """Return the access key id of *account* (twelve digits). Its other bits come from *variable*, `VARIABLE_OCTETS` octets."""
    first, bit = _fixed_part(account)
    rest = bit | int.from_bytes(variable[:VARIABLE_OCTETS], "big") & _VARIABLE_BITS
    return f"{prefix}{first}{_PAIRS[rest >> 30]}{_PAIRS[rest >> 20 & 0x3FF]}{_PAIRS[rest >> 10 & 0x3FF]}{_PAIRS[rest & 0x3FF]}"


@lru_cache(maxsize=64)
def _fixed_part(account: str) -> tuple[str, int]:
    """Return the eight characters that are equal in all ids of *account*, and its last bit, the 41st of 80."""
    number = (_MARK | int(account) << _ACCOUNT_SHIFT) << 32
    return "".join(_PAIRS[number >> shift & 0x3FF] for shift in range(70, 30, -10)), number & 1 << 39


def account_of(key_id: object) -> str:
    """Return the account id, twelve digits, that is encoded in *key_id*.

    The rest of the id is not checked, and neither is whether the key exists (GetAccessKeyInfo, observed).

    Raises:
        ValidationError: Check ``access-key-id``: *key_id* is no such id. Ids before 2019 (``AKIAI…``, ``AKIAJ…``) encode no account.
    """
    if not isinstance(key_id, str) or _WITH_ACCOUNT.fullmatch(key_id) is None:
        raise ValidationError(
            check="access-key-id",
            expected="a four-letter prefix and 16 base32 characters, the first of them Q or later",
            found=show(key_id),
            remedy="look the key up in IAM: ids made before 2019 carry no account",
        )
    head = int.from_bytes(base64.b32decode(key_id[4:])[:6], "big")
    return f"{(head & ~_MARK) >> _ACCOUNT_SHIFT:012d}"
