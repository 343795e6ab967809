"""The processes behind `federation serve`: a supervisor publishes generations of the account, and granian's workers serve them."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from multiprocessing import active_children
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Final

from federation import limits
from federation.account import load_account
from federation.account.live import LiveAccount, loaded
from federation.account.reading.faults import located
from federation.account.snapshot import companions
from federation.account.writing.stores import DirectoryStore
from federation.errors import AccountFaults, RegistrationError, show
from federation.iam.context import unknown_key_set
from federation.iam.service import IdentityAndAccessManagement
from federation.profiles import Replay
from federation.server.access_log import AccessLog
from federation.server.accounts import Serving, SharedAccount, advanced
from federation.server.app import Application
from federation.server.endpoint import Endpoint
from federation.server.following import Follower
from federation.server.generations import copies_in
from federation.server.hosts import LOCALHOST, ServedNames
from federation.server.publishing import Publisher
from federation.server.stopping import Interrupts
from federation.state import AuditSink, AuditSinks, JsonLinesAudit, State, beside, open_state
from federation.state.opening import file_of
from federation.sts.service import SecurityTokenService

try:
    import fcntl
except ImportError:  # not POSIX
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from granian.server import MPServer

    from federation.server.control import Control

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8042
_MILLISECONDS: Final = 1000
_START_PAUSE_SECONDS: Final = 0.05
_START_ATTEMPTS: Final = 1200
"""One minute in all; an account of ten thousand roles loads in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where to listen and what to serve.

    Attributes:
        account: The account directory.
        neighbours: Directories of other accounts, whose users may call and whose roles may be assumed.
        host: Address to bind.
        port: TCP port, 1 to 65535.
        workers: Number of worker processes; each uses one core.
        audit_log: File that takes one JSON line per call of an operation; None for none.
        state: URL of the state that all workers share; None for the SQLite file beside the account directory.
        replay: How often one token may be exchanged; None for the setting of the account.
        allowed_hosts: Host names besides loopback ones under which unsigned requests are served.
        test_control: Whether tests may change account and clock below ``/_federation/``; for a loopback *host* alone.
    """

    account: Path
    neighbours: tuple[Path, ...] = ()
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    workers: int = 1
    audit_log: Path | None = None
    state: str | None = None
    replay: Replay | None = None
    allowed_hosts: tuple[str, ...] = ()
    test_control: bool = False

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
        state = file_of(self.state_place)
        return (state,) if self.audit_log is None else (state, self.audit_log)

    @property
    def state_place(self) -> str | Path:
        """Where the state is kept: an argument for `open_state`."""
        return Path(beside(self.account)) if self.state is None else self.state

    @property
    def url(self) -> str:
        """URL of the server, the value of AWS_ENDPOINT_URL_STS."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


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
    """Require the HTTP server, which the extra ``server`` installs.

    Raises:
        RegistrationError: The package granian is not installed.
    """
    if find_spec("granian") is None:
        raise RegistrationError(
            check="server-extra",
            expected="the package granian",
            found="no such package",
            remedy="install it with `pip install 'sts-federation[server]'`, in a checkout with `pip install -e '.[server]'`",
        )


def load_application(settings: ServerSettings, shared: Path, supervisor: int) -> Application:
    """Make the application of one worker; called in the worker's own process.

    Args:
        settings: What to serve.
        shared: Where the supervisor publishes the generations of the account.
        supervisor: Process id of the supervisor. It is passed, since the parent of a worker may have ended before the worker asks.
    """
    account, state = SharedAccount(settings.account), open_state(settings.state_place)
    control = _control(account, shared, state=state) if settings.test_control else None
    sinks = [*([] if settings.audit_log is None else [JsonLinesAudit(settings.audit_log)]), *([] if control is None else [control.events])]
    audit = AuditSinks(*sinks) if sinks else None
    load = partial(_serving, settings, state=state, audit=audit, live=account, control=control)
    follower = Follower(shared, load, advanced, voter=os.getpid())
    account.follow(follower)
    Thread(target=follower.follow, args=(supervisor,), name="account-follower", daemon=True).start()
    return Application(lambda: follower.current().endpoint, AccessLog())


def _control(account: LiveAccount, shared: Path, *, state: State | None = None) -> Control:
    from federation.server.control import Control  # noqa: PLC0415 - the forges of tokens are loaded where a server is told to have them

    return Control.shared(account, shared, state=state)


def _serving(
    settings: ServerSettings,
    place: Path,
    *,
    live: LiveAccount,
    state: State,
    audit: AuditSink | None = None,
    control: Control | None = None,
) -> Serving:
    """Return what serves the generation at *place*. Generations share *live*, *state*, *audit* and *control*."""
    copies = copies_in(place, len(settings.directories))
    try:
        contents = loaded(DirectoryStore(copies[0]))
        service = SecurityTokenService(
            contents.account,
            audit=audit,
            replay="account" if settings.replay is None else settings.replay.value,
            state=state,
            neighbours=[load_account(copy) for copy in copies[1:]],
        )
    except AccountFaults:
        for directory, copy in zip(settings.directories, copies, strict=True):
            _locate_faults(directory, copy)
        raise
    known = unknown_key_set if control is None else control.key_set_of
    iam = IdentityAndAccessManagement(live, sts=service, audit=audit, key_set_of=known)
    return Serving(contents, Endpoint(service, settings.names, iam=iam, control=control))


def _locate_faults(directory: Path, copy: Path) -> None:
    """If *copy* has faults, raise them under the file names of *directory*."""
    try:
        load_account(copy)
    except AccountFaults as faults:
        raise located(faults, directory) from None


def run(settings: ServerSettings, *, ready: Callable[[], None]) -> bool:
    """Serve until a signal stops the process, and return whether requests in flight were finished; a second interrupt ends them.

    Args:
        settings: Where to listen and what to serve.
        ready: Called once the server accepts connections.

    Raises:
        RegistrationError: The HTTP server is not installed, or the address is in use.
        AccountFaults: An account has faults; no worker was started.
    """
    check_server_installed()
    check_port_is_free(settings)
    with TemporaryDirectory(prefix="federation-") as name:
        shared = Path(name)
        publisher = Publisher(settings.directories, shared, leave_out=companions(settings.own_files), log=AccessLog(), living=_workers)
        # Faults are reported once, here, before any worker starts.
        live = SharedAccount(settings.account)
        publisher.publish_first(partial(_serving, settings, live=live, state=open_state(settings.state_place)))
        if settings.test_control:
            _control(LiveAccount.open(settings.account), shared)  # the snapshot of the account as it is now
        server = _granian(settings)
        server.on_startup(Thread(target=_announce, args=(settings, ready), daemon=True).start)
        server.on_startup(partial(_renew_on_hangup, publisher))
        interrupts = Interrupts(server, AccessLog())
        server.on_startup(interrupts.listen)
        try:
            with _kept(shared):
                publisher.start()
                server.serve(target_loader=partial(load_application, settings, shared, os.getpid()), wrap_loader=False)
                return interrupts.settle()
        finally:
            publisher.stop()


def _workers() -> frozenset[int]:
    return frozenset(child.pid for child in active_children() if child.pid is not None)


def _renew_on_hangup(publisher: Publisher) -> None:
    """Make SIGHUP publish the account again. granian's own handler, set before its startup hooks run, would restart every worker."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: publisher.renew())


@contextmanager
def _kept(directory: Path) -> Iterator[None]:
    """Protect *directory* from programs that clear /tmp: systemd-tmpfiles skips a directory that a process has locked."""
    if fcntl is None:
        yield
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _announce(settings: ServerSettings, ready: Callable[[], None]) -> None:
    """Call *ready* once the first worker listens, so that a client that reads the announcement can connect at once."""
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
