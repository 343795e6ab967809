"""IP addresses and networks as AWS reads them in conditions. Python's own module is stricter and laxer in other places.

Observed of the live service: decimal fields and prefix lengths may have leading zeros, and a prefix length a plus sign; a network keeps its
host bits for version 4 and may have none for version 6; a request's IPv4-mapped address is the version 4 address it carries, a policy's is
not; dotted tails are read in mapped request addresses alone; a colon at the end of a policy's address is overlooked; three colons where two
belong are read as two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_FOUR: Final = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})", re.ASCII)
_LENGTH: Final = re.compile(r"\+?0*(\d{1,3})", re.ASCII)
_GROUP: Final = re.compile(r"[0-9A-Fa-f]{1,4}", re.ASCII)
_GROUPS: Final = 8
_MAPPED: Final = 0xFFFF
_BITS: Final = {4: 32, 6: 128}


@dataclass(frozen=True, slots=True)
class Address:
    """An address: IP ``version`` 4 or 6 and its ``number``."""

    version: int
    number: int


@dataclass(frozen=True, slots=True)
class Network:
    """A CIDR block: the addresses whose ``number >> shift`` equals ``prefix``."""

    version: int
    prefix: int
    shift: int

    def contains(self, address: Address) -> bool:
        """Whether *address* lies in the block; one of the other version never does."""
        return address.version == self.version and address.number >> self.shift == self.prefix


def read_address(text: str) -> Address | None:
    """Read the address of a request, or return None."""
    if (four := _read_four(text)) is not None:
        return Address(4, four)
    head, colon, tail = text.rpartition(":")
    if colon and (four := _read_four(tail)) is not None:
        number = _read_six(f"{head}:{four >> 16:x}:{four & 0xFFFF:x}")
        return Address(4, four) if number is not None and number >> 32 == _MAPPED else None
    number = _read_six(text)
    if number is None:
        return None
    return Address(4, number & 0xFFFFFFFF) if number >> 32 == _MAPPED else Address(6, number)


def read_network(text: str) -> Network | None:
    """Read the address or CIDR block of a policy, or return None."""
    address, slash, suffix = text.partition("/")
    four = _read_four(address)
    version = 6 if four is None else 4
    number = _read_six(address[:-1] if address.endswith(":") and not address.endswith("::") else address) if four is None else four
    prefix_length = _LENGTH.fullmatch(suffix)
    length = _BITS[version] if not slash else -1 if prefix_length is None else int(prefix_length[1])
    if number is None or not 0 <= length <= _BITS[version]:
        return None
    shift = _BITS[version] - length
    prefix = number >> shift
    return Network(version, prefix, shift) if version == 4 or prefix << shift == number else None  # noqa: PLR2004 - the IP version


def _read_four(text: str) -> int | None:
    match = _FOUR.fullmatch(text)
    fields = [int(field) for field in match.groups()] if match else []
    return int.from_bytes(fields) if fields and max(fields) <= 255 else None  # noqa: PLR2004 - an octet


def _read_six(text: str) -> int | None:
    if len(text) > 39:  # noqa: PLR2004 - eight groups of four and their colons
        return None
    text = text.replace(":::", "::", 1)
    left, gap, right = text.partition("::")
    head, tail = left.split(":") if left else [], right.split(":") if right else []
    missing = _GROUPS - len(head) - len(tail)
    if not all(_GROUP.fullmatch(group) for group in head + tail) or (missing < 1 if gap else missing != 0):
        return None
    number = 0
    for group in [*head, *["0"] * missing, *tail]:
        number = number << 16 | int(group, 16)
    return number
