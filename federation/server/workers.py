"""The processes behind `federation serve`: a supervisor publishes generations of the account, and granian's workers serve them."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Final

from federation import limits
from federation.account import load_account
from federation.account.live import LiveAccount, loaded
from federation.account.model import Account
from federation.account.reading.faults import located
from federation.account.snapshot import companions
from federation.account.writing.stores import DirectoryStore
from federation.errors import AccountFaults
from federation.iam.context import unknown_key_set
from federation.iam.service import IdentityAndAccessManagement
from federation.page.recent import RecentCalls
from federation.page.settings import PageSettings
from federation.server.access_log import AccessLog
from federation.server.accounts import Serving, SharedAccount, advanced
from federation.server.app import Application
from federation.server.certificates import Certificates
from federation.server.departing import Attendance
from federation.server.endpoint import Endpoint
from federation.server.following import Follower
from federation.server.generations import Board, copies_in
from federation.server.logged_records import attach
from federation.server.many import StandingAccounts, check_accounts, follow_supervisor, many_endpoint
from federation.server.metrics.catalogue import WORKER_STARTS
from federation.server.metrics.measured import CountedAudit, MeasuredAudit, MeasuredState
from federation.server.metrics.meter import CountedLog, Meter
from federation.server.metrics.page import MetricsPage
from federation.server.metrics.slots import claim
from federation.server.peers import ForwardedPeers, PeerLimits
from federation.server.publishing import Publisher
from federation.server.readiness import Readiness
from federation.server.settings import ServerSettings, check_port_is_free, check_server_installed
from federation.server.stopping import StopSignals
from federation.server.tracing import check_traces, new_stopwatch, open_traces
from federation.state import AuditSink, AuditSinks, State, open_audit, open_state
from federation.state.audit_opening import audit_kind, audit_sink
from federation.sts.service import SecurityTokenService

try:
    import fcntl
except ImportError:  # not POSIX
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from federation.server.control import Control
    from federation.server.rolling import RollingServer

_MILLISECONDS: Final = 1000
_START_PAUSE_SECONDS: Final = 0.05
_START_ATTEMPTS: Final = 1200
"""One minute in all; an account of ten thousand roles loads in seconds."""


def load_application(settings: ServerSettings, shared: Path, supervisor: int) -> Application:
    """Make the application of one worker; called in the worker's own process.

    Args:
        settings: What to serve.
        shared: Where the supervisor publishes the generations of the account.
        supervisor: Process id of the supervisor. It is passed, since the parent of a worker may have ended before the worker asks.
    """
    slot, stopwatch = claim(shared), new_stopwatch(settings)
    slot.add(WORKER_STARTS, 0)
    traces = open_traces(settings, stopwatch)
    opened, attendance = open_state(settings.state_place), Attendance(shared, port=settings.port, workers=settings.workers)
    state = MeasuredState(opened, slot, stopwatch)
    account = None if settings.many else SharedAccount(settings.account)
    control = _control(account, shared, state=state) if settings.test_control and account is not None else None
    recent = RecentCalls(settings.recent_calls) if settings.recent_calls else None
    trail = [CountedAudit(audit_sink(place), audit_kind(place), slot) for place in settings.audit]
    sinks = [sink for sink in (*trail, None if control is None else control.events, recent) if sink is not None]
    audit = MeasuredAudit(AuditSinks(*sinks), stopwatch) if sinks else None
    metrics = MetricsPage(shared, settings)
    serving: Callable[[], Endpoint]
    follow: Callable[[int], None]
    if account is None:
        serving = partial(_itself, many_endpoint(settings, state=state, audit=audit, metrics=metrics))
        follow = partial(follow_supervisor, shared)
    else:
        load = partial(_serving, settings, state=state, audit=audit, live=account, control=control, recent=recent, metrics=metrics)
        follower = Follower(shared, load, advanced, voter=os.getpid())
        account.follow(follower)
        serving, follow = partial(_endpoint, follower), follower.follow
    Thread(target=follow, args=(supervisor,), name="account-follower", daemon=True).start()
    lines = AccessLog(logged=settings.logged)
    attach(lines)
    readiness = Readiness(settings.names, opened, draining=lambda: attendance.draining, current=serving)
    return Application(
        serving,
        lines,
        Meter(slot, stopwatch),
        traces,
        readiness=readiness,
        attendance=attendance,
        limits_of_peers=PeerLimits(at_once=settings.peer_requests, rate=settings.peer_rate),
        forwarded=ForwardedPeers(settings.trusted_proxies),
    )


def _endpoint(follower: Follower[Serving]) -> Endpoint:
    return follower.current().endpoint


def _itself(endpoint: Endpoint) -> Endpoint:
    return endpoint


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
    recent: RecentCalls | None = None,
    metrics: MetricsPage | None = None,
) -> Serving:
    """Return what serves the generation at *place*. Generations share all but that."""
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
    directories = {account.id: directory for account, directory in zip(service.accounts, settings.directories, strict=True)}
    page = PageSettings(directories=directories, recent=recent, workers=settings.workers)
    return Serving(contents, Endpoint(service, settings.names, iam=iam, control=control, page=page, metrics=metrics))


def _locate_faults(directory: Path, copy: Path) -> None:
    """If *copy* has faults, raise them under the file names of *directory*."""
    try:
        load_account(copy)
    except AccountFaults as faults:
        raise located(faults, directory) from None


def run(settings: ServerSettings, *, ready: Callable[[Account | tuple[str, ...]], None]) -> bool:
    """Serve until a signal stops the process, and return whether requests in flight were finished; a second interrupt ends them.

    Args:
        settings: Where to listen and what to serve.
        ready: Called with the account as it is served first, or with the ids of many accounts, once the server accepts connections.

    Raises:
        RegistrationError: The HTTP server is not installed, or the address is in use.
        AccountFaults: An account has faults; no worker was started.
    """
    check_server_installed()
    check_traces(settings)
    check_port_is_free(settings)
    for place in settings.audit:
        open_audit(place)  # here, once, before any worker: what takes no events is told, tables are made, packages are imported
    with TemporaryDirectory(prefix="federation-") as name:
        shared = Path(name)
        log = CountedLog(claim(shared))
        publisher, first = _published(settings, shared, log)
        announce = partial(ready, first)
        certificates = None if settings.tls is None else Certificates(settings.tls, shared, log)
        server = _granian(settings, shared)
        if certificates is not None:
            server.use(certificates)
            server.on_startup(partial(certificates.watch, partial(server.renew, certificates)))
        server.on_startup(Thread(target=_announce, args=(settings, announce), daemon=True).start)
        server.on_startup(partial(_renew_on_hangup, publisher))
        signals = StopSignals(server, AccessLog(), Board(shared), drain_seconds=settings.drain_seconds)
        server.on_startup(signals.listen)
        try:
            with _kept(shared):
                publisher.start()
                server.serve(target_loader=partial(load_application, settings, shared, os.getpid()), wrap_loader=False)
                return signals.settle()
        finally:
            publisher.stop()
            if certificates is not None:
                certificates.stop()


def _published(settings: ServerSettings, shared: Path, log: AccessLog) -> tuple[Publisher | StandingAccounts, Account | tuple[str, ...]]:
    """Return what publishes, and what is served first. Faults are reported once, here, before any worker starts."""
    if settings.many:
        open_state(settings.state_place)
        return StandingAccounts(log), check_accounts(settings)
    publisher = Publisher(settings.directories, shared, leave_out=companions(settings.own_files), log=log, living=_workers)
    live = SharedAccount(settings.account)
    first = publisher.publish_first(partial(_serving, settings, live=live, state=open_state(settings.state_place)))
    if settings.test_control:
        _control(LiveAccount.open(settings.account), shared)  # the snapshot of the account as it is now
    return publisher, first.contents.account


def _workers() -> frozenset[int]:
    return frozenset(child.pid for child in active_children() if child.pid is not None)


def _renew_on_hangup(publisher: Publisher | StandingAccounts) -> None:
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


def _granian(settings: ServerSettings, shared: Path) -> RollingServer:
    from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes  # noqa: PLC0415 - the optional part of the installation
    from granian.http import HTTP1Settings  # noqa: PLC0415

    from federation.server.rolling import RollingServer  # noqa: PLC0415

    return RollingServer(
        shared,
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
