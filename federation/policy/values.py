"""The value types behind the condition operators: how AWS reads numbers, dates, truth, octets, networks and ARNs.

Every reader returns None for text that is not of its type; what that means is the operator's affair.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import pybase64

from federation.policy.wildcard import Pattern, Piece, beyond_units, units

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_EPOCH: Final = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_DATE: Final = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,3})\d*)?)?"
    r"(?P<zone>Z|(?P<sign>[+-])(?P<east>\d\d)(?::?(?P<more>\d\d))?)?)?)?",
    re.ASCII,
)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_MILLISECONDS: Final = 1_000
_SUPPLEMENTARY: Final = re.compile("[\U00010000-\U0010ffff]")
_ARN_FIELDS: Final = 6


def read_number(text: str) -> Decimal | None:
    """Read a decimal number, sign and exponent allowed, exactly: neighbours beyond 2^53 differ (AWS, observed)."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def read_date(text: str) -> int | None:
    """Read epoch seconds, with or without a sign, or a W3C profile of ISO 8601 as milliseconds since 1970-01-01T00:00Z.

    A date without a zone is in UTC. Of a fraction three digits count, the rest is dropped (AWS, observed).
    """
    if _EPOCH.fullmatch(text):
        return int(text) * _MILLISECONDS
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    east, more = int(match["east"] or 0), int(match["more"] or 0)
    if hour > 23 or max(minute, second, more) > 59 or east > 23:  # noqa: PLR2004 - the clock's own bounds
        return None
    try:
        days = date(int(match["year"]), int(match["month"]), int(match["day"] or 1)).toordinal() - _EPOCH_DAY
    except ValueError:
        return None
    offset = (east * 60 + more) * (-1 if match["sign"] == "-" else 1)
    seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second
    return seconds * _MILLISECONDS + int((match["fraction"] or "0").ljust(3, "0"))


def read_truth(text: str) -> bool:
    """Read a Boolean: ``true`` in any case is true, every other text false (AWS, observed: ``yes`` equals ``false``)."""
    return text.lower() == "true"


def read_octets(text: str) -> bytes | None:
    """Read canonical base64."""
    try:
        octets = pybase64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return octets if pybase64.b64encode(octets).decode("ascii") == text else None


def lower(text: str) -> str:
    """Return *text* in lower case as the IgnoreCase operators see it.

    AWS, observed (attack row A09): the text is lowered as a whole, so that a sigma that ends a word becomes the final one (capital omicron
    and sigma equal omicron and final sigma, no other); the Kelvin sign equals ``k``, the long s differs from ``s``; characters beyond
    U+FFFF are never changed, though they count as letters where the end of a word is sought.
    """
    lowered = text.lower()
    if not beyond_units(lowered):
        return lowered
    unchanged = iter(_SUPPLEMENTARY.findall(text))
    return _SUPPLEMENTARY.sub(lambda _: next(unchanged), lowered)


@dataclass(frozen=True, slots=True)
class ArnPattern:
    """An ARN operand: one pattern for each of the six fields, so that no wildcard of the first five reaches across a colon."""

    fields: tuple[Pattern, ...]
    exact: tuple[str, ...] | None
    shortest: int

    @classmethod
    def of(cls, pieces: tuple[Piece, ...]) -> ArnPattern | None:
        """Compile *pieces*, or return None where they are no ARN (`is_arn`)."""
        if not is_arn(pieces):
            return None
        fields = tuple(map(_pattern, _cut(pieces)))
        exact = tuple(field.exact for field in fields if field.exact is not None)
        return cls(fields, exact if len(exact) == len(fields) else None, sum(field.shortest for field in fields))

    def matches(self, arn: tuple[str, ...], places: None = None) -> bool:  # noqa: ARG002 - fields have places of their own
        """Whether every field of *arn*, as read by `read_arn`, matches."""
        return all(pattern.matches(field) for pattern, field in zip(self.fields, arn, strict=True))


def _pattern(field: list[Piece]) -> Pattern:
    """Compile one field; most are alike from ARN to ARN."""
    return Pattern.read(field[0].text) if len(field) == 1 and not field[0].literal else Pattern.of(*field)


def is_arn(pieces: tuple[Piece, ...]) -> bool:
    """Whether *pieces* have the six fields of an ARN, of which the first is ``arn``. Nothing is put together to see it."""
    fields = _cut(pieces)
    first = fields[0]
    return len(fields) == _ARN_FIELDS and sum(len(piece.text) for piece in first) == 3 and "".join(p.text for p in first) == "arn"  # noqa: PLR2004


def _cut(pieces: tuple[Piece, ...]) -> list[list[Piece]]:
    fields: list[list[Piece]] = [[]]
    for piece in pieces:
        first, *others = piece.text.split(":", _ARN_FIELDS - len(fields))
        fields[-1].append(Piece(first, literal=piece.literal))
        fields.extend([Piece(text, literal=piece.literal)] for text in others)
    return fields


def read_arn(text: str) -> tuple[str, ...] | None:
    """Cut an ARN of a request into its six fields."""
    fields = tuple(units(text).split(":", _ARN_FIELDS - 1))
    return fields if len(fields) == _ARN_FIELDS and fields[0] == "arn" else None
