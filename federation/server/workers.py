"""The processes behind `federation serve`: granian accepts, each worker opens the account for itself."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final

from federation import limits
from federation.errors import RegistrationError, show
from federation.profiles import Replay
from federation.server.access_log import AccessLog
from federation.server.app import Application
from federation.server.endpoint import Endpoint
from federation.state import AuditSink, JsonLinesAudit, beside
from federation.sts.service import SecurityTokenService

if TYPE_CHECKING:
    from granian.server import MPServer

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8042
_MILLISECONDS: Final = 1000
_START_PAUSE_SECONDS: Final = 0.05
_START_ATTEMPTS: Final = 1200
"""A minute: an account of ten thousand roles loads in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where to listen and what to serve.

    Attributes:
        account: The account directory.
        neighbours: Directories of other accounts, whose users may call and whose roles may be assumed.
        host: Address to bind.
        port: TCP port, 1 to 65535.
        workers: Processes; each is one core's worth of verification.
        audit_log: File that takes one JSON line per exchange; None for none.
        state: URL of what all workers remember; None for the SQLite file beside the account directory.
        replay: How often one token may be exchanged; None for what the account says.
    """

    account: Path
    neighbours: tuple[Path, ...] = ()
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    workers: int = 1
    audit_log: Path | None = None
    state: str | None = None
    replay: Replay | None = None

    @property
    def url(self) -> str:
        """What AWS_ENDPOINT_URL_STS has to say."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Tell whether *host* can be reached from this machine alone; a name other than ``localhost`` counts as reachable from elsewhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_port_is_free(settings: ServerSettings) -> None:
    """Require that nobody listens on the port yet: the workers share it, so a server left running would silently take half the requests.

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
    """Require the HTTP server, an optional part of the installation.

    Raises:
        RegistrationError: It is not there.
    """
    if find_spec("granian") is None:
        raise RegistrationError(
            check="server-extra", expected="the package granian", found="no such package", remedy="pip install 'sts-federation[server]'"
        )


def load_application(settings: ServerSettings) -> Application:
    """Open the account and make the application of one worker; called in the worker's own process."""
    audit = None if settings.audit_log is None else JsonLinesAudit(settings.audit_log)
    return Application(Endpoint(open_service(settings, audit)), AccessLog())


def open_service(settings: ServerSettings, audit: AuditSink | None = None) -> SecurityTokenService:
    """Open the account, its neighbours and what all workers remember.

    Raises:
        AccountFaults: An account is at fault.
        AccountFault: The state file is.
    """
    return SecurityTokenService.open(
        settings.account,
        audit=audit,
        replay="account" if settings.replay is None else settings.replay.value,
        state=Path(beside(settings.account)) if settings.state is None else settings.state,
        neighbours=settings.neighbours,
    )


def run(settings: ServerSettings, *, ready: Callable[[], None]) -> None:
    """Serve until a signal stops the process; requests in flight are finished first.

    Args:
        settings: Where to listen and what to serve.
        ready: Called once the server accepts connections.

    Raises:
        RegistrationError: The HTTP server is not installed, or the address is taken.
        AccountFaults: An account is at fault; nothing was started.
    """
    check_server_installed()
    check_port_is_free(settings)
    open_service(settings)  # faults are told once, here, before any worker starts
    server = _granian(settings)
    server.on_startup(Thread(target=_announce, args=(settings, ready), daemon=True).start)
    server.serve(target_loader=partial(load_application, settings), wrap_loader=False)


def _announce(settings: ServerSettings, ready: Callable[[], None]) -> None:
    """Call *ready* when the first worker listens: who reads the announcement may connect at once."""
    for _ in range(_START_ATTEMPTS):
        try:
            socket.create_connection((settings.host, settings.port), timeout=1).close()
        except OSError:
            time.sleep(_START_PAUSE_SECONDS)
        else:
            ready()
            return


def _granian(settings: ServerSettings) -> MPServer:
    from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes  # noqa: PLC0415 - the optional part of the installation
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.server import MPServer  # noqa: PLC0415

    return MPServer(
        target="federation",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.workers,
        loop=Loops.asyncio,
        runtime_mode=RuntimeModes.st,
        http=HTTPModes.http1,
        websockets=False,
        backpressure=limits.REQUESTS_AT_ONCE,
        http1_settings=HTTP1Settings(
            header_read_timeout=limits.REQUEST_SECONDS * _MILLISECONDS, max_buffer_size=limits.REQUEST_HEAD_OCTETS
        ),
        log_enabled=False,
        workers_kill_timeout=limits.SHUTDOWN_SECONDS,
        respawn_failed_workers=True,
    )
