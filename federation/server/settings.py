"""Where a server listens and what it serves."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from federation import extras
from federation.account.many import HELD
from federation.errors import RegistrationError, show
from federation.profiles import Replay
from federation.server.hosts import LOCALHOST, ServedNames
from federation.state import beside
from federation.state.audit_opening import audit_files
from federation.state.opening import files_of

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8042
FILE_TRACES: Final = "file://"
TRACES: Final = "otlp or file:///PATH"
"""Where traces may go."""
PeerNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
"""Machines that may be clients of something."""


class TlsFiles(NamedTuple):
    """Files of PEM: the certificate with those that lead to its root, and the private key without password."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where to listen and what to serve.

    Attributes:
        account: The account directory; of a server of *many* accounts, the directory that holds theirs.
        many: Whether *account* holds the directories of many accounts.
        held: Most accounts that each worker holds, where there are many.
        neighbours: Directories of other accounts, whose users may call and whose roles may be assumed.
        host: Address to bind.
        port: TCP port, 1 to 65535.
        workers: Number of worker processes; each uses one core.
        audit: Where one event for each call of an operation goes: arguments of `open_audit`, in order.
        state: URL of the state that all workers share; None for the SQLite file beside the account directory.
        replay: How often one token may be exchanged; None for the setting of the account.
        allowed_hosts: Host names besides loopback ones under which unsigned requests are served.
        recent_calls: How many calls each worker keeps in memory for its page, with their explanations; 0 for none.
        metrics_from: Networks whose machines may scrape ``/metrics``, besides this machine.
        traces: Where traces go: a form of `TRACES`; empty for nowhere.
        version: Version of the package, which the metrics tell.
        logged: Whether each request is a line of the access log.
        trusted_proxies: Networks of proxies that are believed what they say of their clients in X-Forwarded-For.
        peer_requests: Most requests of one peer at a time, in each worker; None for no limit.
        peer_rate: Most requests of one peer each second, in each worker; None for no limit.
        tls: The certificate and the key by which the server itself speaks TLS; None for HTTP.
        drain_seconds: How long the server still answers after SIGTERM, while it says that it is not ready.
        test_control: Whether tests may change account and clock below ``/_federation/``; for a loopback *host* alone.
    """

    account: Path
    many: bool = False
    held: int = HELD
    neighbours: tuple[Path, ...] = ()
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    workers: int = 1
    audit: tuple[str | Path, ...] = field(default=(), repr=False)  # its URLs may hold passwords
    state: str | None = field(default=None, repr=False)  # its URL may hold a password
    replay: Replay | None = None
    allowed_hosts: tuple[str, ...] = ()
    test_control: bool = False
    recent_calls: int = 0
    metrics_from: tuple[PeerNetwork, ...] = ()
    traces: str = ""
    version: str = ""
    logged: bool = True
    drain_seconds: int = 0
    tls: TlsFiles | None = None
    trusted_proxies: tuple[PeerNetwork, ...] = ()
    peer_requests: int | None = None
    peer_rate: int | None = None

    @property
    def names(self) -> ServedNames:
        """Host names under which the server may be addressed without a signature, its own address included."""
        return ServedNames((self.host, *self.allowed_hosts), any_address=not is_loopback(self.host))

    @property
    def directories(self) -> tuple[Path, ...]:
        """The account and its neighbours."""
        return (self.account, *self.neighbours)

    @property
    def own_files(self) -> tuple[Path, ...]:
        """Files that the server writes; they do not belong to an account, even in its directory."""
        return (*files_of(self.state_place), *(file for place in self.audit for file in audit_files(place)))

    @property
    def state_place(self) -> str | Path:
        """Where the state is kept: an argument for `open_state`."""
        return Path(beside(self.account)) if self.state is None else self.state

    @property
    def state_kind(self) -> str:
        """The kind of the state: the scheme of its URL."""
        return self.state_place.partition(":")[0] if isinstance(self.state_place, str) else "sqlite"

    @property
    def page(self) -> str:
        """URL of the page, for a browser."""
        return f"{self.url}/"

    @property
    def url(self) -> str:
        """URL of the server, the value of AWS_ENDPOINT_URL_STS."""
        return f"http{'s' if self.tls else ''}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Tell whether *host* can be reached from this machine alone; a name other than ``localhost`` counts as reachable from elsewhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == LOCALHOST


def check_port_is_free(settings: ServerSettings) -> None:
    """Require that no other process listens on the port.

    Workers share the port (SO_REUSEPORT), so a server that still runs would silently receive a part of the requests.

    Raises:
        RegistrationError: The address cannot be bound.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as cause:
        raise RegistrationError(
            check="listen-address",
            expected="an address of this machine with a free port",
            found=f"{show(settings.url)}: {cause.strerror or type(cause).__name__}",
            remedy="stop the other server or choose another --port",
        ) from cause


def check_server_installed() -> None:
    """Require the HTTP server and the templates of the page, which the extra ``server`` installs.

    Raises:
        RegistrationError: One of their packages is not installed.
    """
    for package in ("granian", "jinja2"):
        extras.require(package, extra="server", check="server-extra")
