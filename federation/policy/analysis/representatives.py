"""Values that stand for all others where a type has an order or networks: one of each region that the operands cut out.

Numbers and instants between two neighbouring operands are alike to every condition, and so are the addresses of a network that are in none
of the networks within it. A region that is not empty begins at an operand or right beyond one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from typing import Any, Final

from federation.policy.addresses import Network
from federation.policy.operators import DATE, IP, NUMERIC

UNREADABLE: Final = "x"
"""A text that is no number, no date and no address."""
_PRECISIONS: Final = tuple(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN) for digits in (28, 4000))
"""Digits that the middle of two numbers is calculated with: the fewest that tell it from both."""
_MILLISECONDS: Final = 1000
_LAST_EPOCH: Final = 999_999_999_999 * _MILLISECONDS
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DATE, _LAST_DATE = (
    (moment - _EPOCH) // timedelta(milliseconds=1) for moment in (datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
)
_MAPPED: Final = Network(6, 0xFFFF, 32)
"""The IPv4-mapped addresses, which a request's address of version 6 never is (`read_address`)."""
_BITS: Final = {4: 32, 6: 128}


@dataclass(frozen=True, slots=True)
class Representatives:
    """Texts, at least one of each region; ``complete`` is False where a region may have none among them."""

    texts: tuple[str, ...]
    complete: bool


def representatives(family: str, operands: Iterable[Any]) -> Representatives:
    """Return the representatives of the regions that *operands* of the value type *family* cut out, unreadable text last."""
    texts, complete = _BY_FAMILY[family]({each for each in operands if each is not None})
    return Representatives((*dict.fromkeys(texts), UNREADABLE), complete)


def _numbers(operands: set[Decimal]) -> tuple[list[str], bool]:
    known = sorted(operands)
    if not known:
        return ["1"], True
    texts, complete = [], True
    for low, high in pairwise([None, *known, None]):
        between = _between(low, high)
        texts += [str(each) for each in (between, high) if each is not None]
        complete = complete and between is not None
    return texts, complete


def _between(low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """Return a number beyond *low* and below *high*, None where it has more digits than are calculated with."""
    for context in _PRECISIONS:
        try:
            if low is not None and high is not None:
                number = context.divide(context.add(low, high), Decimal(2))
            else:
                number = context.add(low or high or Decimal(0), Decimal(1 if high is None else -1))
        except ArithmeticError:
            continue
        if (low is None or low < number) and (high is None or number < high):
            return number
    return None


def _instants(operands: set[int]) -> tuple[list[str], bool]:
    found = {-_LAST_EPOCH, _LAST_EPOCH, 0}
    for each in operands:
        second = each // _MILLISECONDS * _MILLISECONDS
        found |= {each - 1, each, each + 1, second - _MILLISECONDS, second, second + _MILLISECONDS}
    return [text for text in map(_instant, sorted(found, key=lambda each: (not _FIRST_DATE <= each <= _LAST_DATE, each))) if text], True


def _instant(milliseconds: int) -> str | None:
    """Return the instant as a policy reads it: None outside of the years with four digits, but for whole seconds."""
    if _FIRST_DATE <= milliseconds <= _LAST_DATE:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
        whole = milliseconds % _MILLISECONDS == 0
        return moment.replace(tzinfo=None).isoformat(timespec="seconds" if whole else "milliseconds") + "Z"
    return str(milliseconds // _MILLISECONDS) if milliseconds % _MILLISECONDS == 0 and abs(milliseconds) <= _LAST_EPOCH else None


def _addresses(operands: set[Network]) -> tuple[list[str], bool]:
    return [
        text for network in (*sorted(operands, key=_size), _MAPPED, Network(4, 0, 32), Network(6, 0, 128)) for text in _edges(network)
    ], True


def _size(network: Network) -> tuple[int, int, int]:
    return network.version, network.shift, network.prefix


def _edges(network: Network) -> Iterator[str]:
    """Yield the first and the last address of *network*, and those right before and beyond it."""
    first = network.prefix << network.shift
    beyond = network.prefix + 1 << network.shift
    for number in (first, beyond, first - 1, beyond - 1):
        if 0 <= number < 1 << _BITS[network.version]:
            yield str(IPv4Address(number) if network.version == 4 else IPv6Address(number))  # noqa: PLR2004 - the IP version


_BY_FAMILY: Final[dict[str, Callable[[Any], tuple[list[str], bool]]]] = {
    NUMERIC.name: _numbers,
    DATE.name: _instants,
    IP.name: _addresses,
}
ORDERED: Final = frozenset(_BY_FAMILY)
"""The value types that have regions."""
