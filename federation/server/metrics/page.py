"""Scrapes: who may make one, and the answer."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from federation.account.model import Account
from federation.engines import proposer
from federation.errors import AccessDenied, RegistrationError, show
from federation.server.generations import Board
from federation.server.hosts import Host
from federation.server.messages import METRICS, LoggedResponse, Request, Response
from federation.server.metrics import catalogue
from federation.server.metrics.gauges import GaugeReading, expiry, readings
from federation.server.metrics.slots import Totals
from federation.server.settings import PeerNetwork, ServerSettings

PATH: Final = "/metrics"
LOOPBACK: Final[tuple[PeerNetwork, ...]] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


class MetricsPage:
    """Answers scrapes of one worker with the sums of all workers."""

    __slots__ = ("_allowed", "_board", "_directory", "_info", "_names")

    def __init__(self, directory: Path, settings: ServerSettings) -> None:
        """Answer for the server of *settings*, whose processes share *directory*: it has the counts, and the board of generations."""
        self._directory, self._names, self._allowed = directory, settings.names, (*LOOPBACK, *settings.metrics_from)
        self._board = Board(directory)
        engine = "python" if proposer() is None else "fast"
        self._info = settings.version, engine, settings.state_kind, str(settings.workers)

    def answer(self, request: Request, host: Host, accounts: Sequence[Account], *, request_id: str, at: datetime) -> LoggedResponse:
        """Answer a GET of the metrics, with the gauges of *accounts* at the instant *at*, aware UTC.

        Raises:
            FederationError: The request is not one of a peer that may scrape, or the client library of Prometheus is not installed.
        """
        self._names.require_own(host)
        self._require_allowed(request)
        try:
            from federation.server.metrics.exposition import exposition  # noqa: PLC0415 - with the first scrape
        except ModuleNotFoundError as missing:
            raise RegistrationError(
                check="server-extra",
                expected="the package prometheus-client, which writes the metrics",
                found=f"no module {show(missing.name)}",
                remedy="install it with `pip install 'sts-federation[server]'`, in a checkout with `pip install -e '.[server]'`",
            ) from missing
        content_type, text = exposition(Totals(self._directory), self._readings(accounts, at), request.header("accept"))
        return LoggedResponse(Response(200, content_type, request_id, text), operation=METRICS)

    def _readings(self, accounts: Sequence[Account], at: datetime) -> Iterator[GaugeReading]:
        yield GaugeReading(catalogue.INFO, self._info, 1)
        yield from readings(accounts, self._board.served, at)
        yield from expiry(self._directory, at)

    def _require_allowed(self, request: Request) -> None:
        """Require a peer that may scrape, itself: of a request that a proxy passes on, the peer is the proxy."""
        address = request.connected
        proxied = next((name for name, _ in request.headers if name in _FORWARDED), None)
        if proxied is None and address is not None and any(_plain(address) in network for network in self._allowed):
            return
        raise AccessDenied(
            check="metrics-peer",
            expected="a scrape from this machine, or from a network that --metrics-from names, and through no proxy",
            found="no address" if address is None else show(address) if proxied is None else f"{show(address)}, with the field {proxied}",
            remedy="scrape the server itself; for a Prometheus on another machine start it with --metrics-from NETWORK",
        )


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return *address*, as the socket tells it; an IPv4 address that it tells as one of IPv6 as itself."""
    parsed = ipaddress.ip_address(address)
    return parsed.ipv4_mapped or parsed if isinstance(parsed, ipaddress.IPv6Address) else parsed
