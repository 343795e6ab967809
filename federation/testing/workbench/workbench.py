"""The workbench itself: one account under test, with a clock, snapshots, minted tokens and the last calls."""

from __future__ import annotations

import json
import re
from typing import Final
from uuid import uuid4

from federation.account import AccessKey
from federation.account.live import LiveAccount
from federation.account.writing.credentials import create_access_key
from federation.errors import NoSuchEntity, ValidationError, show
from federation.state import State
from federation.testing.mfa import device_of, mfa_code
from federation.testing.workbench.events import Events
from federation.testing.workbench.identity_providers import IdentityProviders
from federation.testing.workbench.issuers import Issuers
from federation.testing.workbench.moving import MovableClock
from federation.testing.workbench.projected import Clusters
from federation.testing.workbench.shelf import MemoryShelf, Shelf
from federation.testing.workbench.snapshots import files_of, packed, put_back, unpacked

_ACCESS_KEY: Final = "access-key"
START: Final = "start"
"""Name of the snapshot that a workbench takes when it is made."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class Workbench:
    """One account under test. Every method may be called from any thread.

    Attributes:
        live: The account.
        clock: The clock by which calls are judged and tokens are issued.
        oidc: The OpenID Connect issuers that sign here.
        eks: The clusters of Amazon EKS that sign here.
        saml: The SAML identity providers that sign here.
        events: The last calls; the `AuditSink` of the services of the account.
    """

    def __init__(self, live: LiveAccount, *, shelf: Shelf | None = None, state: State | None = None) -> None:
        """Put *live* on the bench, and take the snapshot `START` unless there is one.

        Args:
            live: The account.
            shelf: Where everything is kept; None for the memory of this process.
            state: The record of used tokens of the account's services, which `reset` clears.

        Raises:
            AccountFaults: A file of the account cannot be read.
        """
        self._shelf: Shelf = MemoryShelf() if shelf is None else shelf
        self._state = state
        self.live: LiveAccount = live
        self.clock: MovableClock = MovableClock(self._shelf)
        self.oidc: Issuers = Issuers(live, self._shelf, self.clock)
        self.eks: Clusters = Clusters(self.oidc, self.clock)
        self.saml: IdentityProviders = IdentityProviders(live, self._shelf, self.clock)
        self.events: Events = Events(self._shelf)
        if self._shelf.read(_place(START)) is None:
            self._shelf.claim(_place(START), self._taken())

    def snapshot(self, name: str = "") -> str:
        """Take a snapshot of the account and the clock, and return its name. A snapshot of the same name is replaced.

        Args:
            name: 1 to 64 characters of ``[A-Za-z0-9_-]``; empty for a new name.

        Raises:
            ValidationError: Check ``snapshot``: the name is none.
            AccountFaults: A file of the account cannot be read.
        """
        chosen = name or uuid4().hex
        if not isinstance(chosen, str) or _NAME.fullmatch(chosen) is None:
            raise ValidationError(check="snapshot", expected=f"a name matching {_NAME.pattern}", found=show(name), remedy="choose another")
        self._shelf.write(_place(chosen), self._taken())
        return chosen

    def reset(self, name: str = START) -> None:
        """Return the account and the clock to the snapshot *name*, in one change, and forget used tokens, spent codes and events.

        Keys of issuers and identity providers stay; they are registered again when the next token is minted.

        Raises:
            NoSuchEntity: Check ``snapshot``: there is no such snapshot.
            AccountFaults: The files of the account cannot be read or written.
        """
        kept = self._shelf.read(_place(name)) if isinstance(name, str) and _NAME.fullmatch(name) else None
        if kept is None:
            raise NoSuchEntity(
                file="snapshot",
                path="",
                expected="the name of a snapshot that was taken",
                found=show(name),
                remedy="take it first, or leave the name out for the account as it was at first",
                check="snapshot",
            )
        taken = json.loads(kept)
        with self.live.changing() as draft:
            put_back(draft, unpacked(taken["files"].encode("ascii")))
        if self._state is not None:
            self._state.forget_all()
        self.clock.restore(None if taken["clock"] is None else taken["clock"].encode("ascii"))
        self.events.forget()

    def access_key(self) -> AccessKey:
        """Return an access key of the account's root, whom no policy restricts. It is made at first use, and again after a `reset`.

        Raises:
            LimitExceeded: The root has as many keys as it may have, none of them made here.
            AccountFaults: The account cannot be changed.
        """
        with self._shelf.alone():
            kept = self._shelf.read(_ACCESS_KEY)
            present = None if kept is None else self.live.account.access_keys.get(kept.decode("ascii"))
            if present is not None:
                return present
            with self.live.changing() as draft:
                made = create_access_key(draft, user=None, at=self.clock.now())
            self._shelf.write(_ACCESS_KEY, made.id.encode("ascii"))
            return self.live.account.access_keys[made.id]

    def mfa_code(self, serial_number: str) -> str:
        """Return the code that the MFA device *serial_number* of the account shows now, by the clock of the bench.

        Raises:
            RegistrationError: The account has no such device.
        """
        return mfa_code(device_of(self.live.account, serial_number), at=self.clock.now())

    def _taken(self) -> bytes:
        with self.live.changing() as draft:
            files = files_of(draft)
        setting = self.clock.setting()
        taken = {"files": packed(files).decode("ascii"), "clock": None if setting is None else setting.decode("ascii")}
        return json.dumps(taken).encode("ascii")


def _place(snapshot: str) -> str:
    return f"snapshot-{snapshot}"
