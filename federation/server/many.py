"""A server of many accounts: its workers read the directory themselves, and load what calls ask for.

Nothing is copied and nothing is offered to a vote, as the generations of one account are (docs/adr/0050): each request is served with the
files as they are when it begins, so that all workers say the same.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from federation.account.many import AccountsDirectory
from federation.page.settings import PageSettings
from federation.server.access_log import AccessLog
from federation.server.endpoint import Endpoint
from federation.server.following import LOOK_SECONDS, end_worker
from federation.server.metrics.page import MetricsPage
from federation.server.settings import ServerSettings
from federation.state import AuditSink, State
from federation.sts.callers.served import ServedAccount
from federation.sts.service import SecurityTokenService


def many_endpoint(settings: ServerSettings, *, state: State, audit: AuditSink | None, metrics: MetricsPage | None) -> Endpoint:
    """Return what answers the requests of one worker.

    Raises:
        AccountFaults: The directory or its organization is at fault.
    """
    service = SecurityTokenService.open_accounts(
        settings.account,
        audit=audit,
        replay="account" if settings.replay is None else settings.replay.value,
        state=state,
        held=settings.held,
    )
    return Endpoint(service, settings.names, page=PageSettings(workers=settings.workers), metrics=metrics)


def check_accounts(settings: ServerSettings) -> tuple[str, ...]:
    """Return the ids of the accounts, without loading them.

    Raises:
        AccountFaults: The directory or its organization is at fault.
    """
    return AccountsDirectory(settings.account, ServedAccount.of).ids()


def follow_supervisor(directory: Path, supervisor: int) -> None:
    """End this worker once *supervisor* is no longer its parent, as `Follower.follow` does."""
    while os.getppid() == supervisor:
        time.sleep(LOOK_SECONDS)
    end_worker(directory)


class StandingAccounts:
    """Stands where `Publisher` stands for one account: there is nothing to publish."""

    def __init__(self, log: AccessLog) -> None:
        """Tell *log* of what is asked for in vain."""
        self._log = log

    def start(self) -> None:
        """Do nothing: workers look at the files they use."""

    def renew(self) -> None:
        """Tell that no signal is needed: workers look at the files they use."""
        self._log.tell("account", outcome="read at every call")

    def stop(self) -> None:
        """Do nothing: nothing runs."""
