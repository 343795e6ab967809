"""How much one peer may ask of a worker: requests at a time, and requests a second.

Whose address counts is decided here too: that of the connection, or, where it is a proxy that the operator trusts, the last one in
``X-Forwarded-For`` that is none of such proxies. What a client writes there itself stands before it, and never counts.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from time import monotonic
from typing import Final

from federation import aws_texts
from federation.check_names.server import WireCheck
from federation.errors import Throttling
from federation.server.messages import Request
from federation.server.settings import PeerNetwork

MOST_PEERS: Final = 10_000
"""Peers whose rate is remembered; those that asked least recently are forgotten first, and may ask again as if they never had."""
BURST_SECONDS: Final = 2
"""How many seconds of its rate a peer may use at once."""
_IPV6_PREFIX: Final = 64
"""Length of the networks that count as one peer: a machine has so many addresses of its own choice."""
_FORWARDED: Final = "x-forwarded-for"
_UNKNOWN: Final = "unknown"


class ForwardedPeers:
    """Finds the address of a client behind proxies that are trusted."""

    __slots__ = ("_trusted",)

    def __init__(self, trusted: Sequence[PeerNetwork]) -> None:
        """Believe what machines in *trusted* say of their clients."""
        self._trusted = tuple(trusted)

    def client_of(self, request: Request) -> str | None:
        """Return the address that proxies of *request* tell; None where it comes from none that is trusted, or says nothing valid."""
        address = request.connected
        if address is None or not self._trusts(address):
            return None
        told = request.header(_FORWARDED)  # fields in order are one list (RFC 9110 5.3)
        for hop in reversed(told.split(",")) if told else ():
            found = _parsed(hop.strip())
            if found is None:
                return None
            if not self._trusts(str(found)):
                return str(found)
        return None

    def _trusts(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._trusted)


class PeerLimits:
    """The limits of one worker. It is used by one thread."""

    __slots__ = ("_at_once", "_burst", "_clock", "_full", "_open", "_step")

    def __init__(self, *, at_once: int | None = None, rate: int | None = None, clock: Callable[[], float] = monotonic) -> None:
        """Allow *at_once* requests of a peer at a time, and *rate* a second with a burst; None is without limit. *clock* tells seconds."""
        self._at_once, self._clock = at_once, clock
        self._step = 1 / rate if rate else 0.0
        self._burst = BURST_SECONDS - self._step / 2  # half a step less: sums of steps are not exact
        self._open: Counter[str] = Counter()
        self._full: dict[str, float] = {}  # when the allowance of a peer is whole again, in the order of the last requests

    def begin(self, address: str | None) -> str:
        """Count a request that begins, and return the peer that `end` takes.

        Raises:
            Throttling: check ``peer-requests`` or ``peer-rate``: the peer has as many requests as it may. It is not counted.
        """
        peer = _peer(address)
        if self._at_once is not None and self._open[peer] >= self._at_once:
            raise _throttled("peer-requests", f"at most {self._at_once} requests of a peer at a time", "more")
        if self._step:
            self._count(peer)
        self._open[peer] += 1
        return peer

    def end(self, peer: str) -> None:
        """Count the end of a request."""
        self._open[peer] -= 1
        if not self._open[peer]:
            del self._open[peer]

    def _count(self, peer: str) -> None:
        # The generic cell rate algorithm: one instant for each peer, instead of a number of tokens and a time.
        now = self._clock()
        full = max(now, self._full.get(peer, now))
        if full - now > self._burst:
            raise _throttled("peer-rate", f"at most {round(1 / self._step)} requests of a peer each second", "more")
        self._full.pop(peer, None)
        self._full[peer] = full + self._step
        if len(self._full) > MOST_PEERS:
            del self._full[next(iter(self._full))]


def _throttled(check: WireCheck, expected: str, found: str) -> Throttling:
    return Throttling(
        check=check, expected=expected, found=found, remedy="wait, and try again; AWS SDKs do", message=aws_texts.codes.THROTTLING
    )


@lru_cache(maxsize=4096)
def _peer(address: str | None) -> str:
    """Return what counts as one peer: an IPv4 address, or a network of IPv6."""
    parsed = None if address is None else _parsed(address)
    if parsed is None:
        return _UNKNOWN
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))  # noqa: PLR2004


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return *text* as an address; an IPv4 address that is told as one of IPv6 as itself; None where it is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found
