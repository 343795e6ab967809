"""A directory of accounts: each loaded when it is first asked for, a bounded number held, changes on disk taken over whole.

``docs/organizations.md`` describes the directory. What is served depends on the files alone: an account at fault is refused until it is
repaired, whether it was loaded before or not, so that all processes say the same. Only the organization is kept as it was where a change of
it is at fault: its policies bound every account, and no account must be served without them.
"""

from __future__ import annotations

import os
import re
import stat
import time
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock, RLock
from typing import Final, Generic, TypeVar

from federation.account.access_key_id import account_of
from federation.account.model import ACCOUNT_ID, Account
from federation.account.organization import Organization, OrganizationTree
from federation.account.reading.directory import load_account, root_of
from federation.account.reading.faults import Faults, located
from federation.account.reading.files import ACCOUNT_FILE_OCTETS, DirectoryTree
from federation.account.reading.organization import ORGANIZATION, read_organization
from federation.account.reading.settings import SETTINGS_FILE
from federation.account.snapshot import Fingerprint, signature_of
from federation.account.watching import LOOK_SECONDS, LOOK_SHARE
from federation.errors import AccountFaults, FederationError, show

HELD: Final = 64
"""Most accounts that are held, where nobody says another number."""
_ATTEMPTS: Final = 5
_STEADY_SECONDS: Final = 0.05
_KEY_FILE: Final = re.compile(r"([A-Z0-9]{16,128})\.json", re.ASCII)

T = TypeVar("T")


@dataclass(slots=True)
class _LastLook:
    """When files were last looked at. Looks are at least `LOOK_SECONDS` apart and take a bounded share of the time."""

    at: float = -1e9
    cost: float = 0.0

    @property
    def due(self) -> bool:
        return time.monotonic() - self.at >= max(LOOK_SECONDS, LOOK_SHARE * self.cost)

    def timed(self, look: Callable[[], T]) -> T:
        begun = time.monotonic()
        found = look()
        self.at = time.monotonic()
        self.cost = self.at - begun
        return found


@dataclass(slots=True)
class _HeldAccount(Generic[T]):
    """What is held of one account: what its files said, and what serves it in one organization, or why it is refused."""

    signature: Fingerprint
    account: Account | None
    tree: OrganizationTree | None
    value: T | None
    refusal: FederationError | None
    look: _LastLook


@dataclass(slots=True)
class _UnloadedIndex:
    """What is known of accounts that are not loaded: by access key id and by member account; None where two say the same."""

    keys: Mapping[str, str | None] = field(default_factory=dict)
    managers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    look: _LastLook = field(default_factory=_LastLook)


class AccountsDirectory(Generic[T]):
    """The accounts in a directory. Any thread may use it."""

    def __init__(self, path: str | os.PathLike[str], make: Callable[[Account], T], *, held: int = HELD) -> None:
        """Serve the accounts in the directory *path*.

        Args:
            path: The directory.
            make: Makes of an account what serves it.
            held: Most accounts that are held. The one that was not used for the longest time goes first.

        Raises:
            AccountFaults: *path* is no directory, or its organization is at fault.
        """
        self.root: Path = root_of(path, Faults()).absolute()
        self._make, self._most = make, max(1, held)
        self._held: OrderedDict[str, _HeldAccount[T]] = OrderedDict()
        self._lock, self._loading = Lock(), RLock()
        self._index = _UnloadedIndex()
        self._look = _LastLook()
        self._signature: Fingerprint = {}
        self.organization_faults: FederationError | None = None
        self._tree = self._read_tree()

    def ids(self) -> tuple[str, ...]:
        """Return the ids of the accounts in the directory, sorted."""
        with os.scandir(self.root) as entries:
            return tuple(sorted(entry.name for entry in entries if ACCOUNT_ID.fullmatch(entry.name)))

    def tree(self) -> OrganizationTree | None:
        """Return the organization as it is now; as it was before a change that is at fault; None where there is none."""
        with self._loading:
            if self._look.due and self._look.timed(self._signed) != self._signature:
                try:
                    self._tree, self.organization_faults = self._read_tree(), None
                except AccountFaults as faults:
                    self.organization_faults = faults
            return self._tree

    def find(self, account: str, tree: OrganizationTree | None) -> T | None:
        """Return what serves *account* in the organization *tree*; None where the directory has no such account.

        Raises:
            AccountFaults: A file of the account is at fault, or it is no account of the organization.
            FederationError: What serves it cannot be made.
        """
        if ACCOUNT_ID.fullmatch(account) is None:
            return None
        with self._lock:
            known = self._held.get(account)
            if known is not None:
                self._held.move_to_end(account)
        if known is None or known.tree is not tree or known.look.due:
            with self._loading:
                known = self._renewed(account, self._held.get(account), tree)
            with self._lock:
                if known is None:
                    self._held.pop(account, None)
                    return None
                self._held[account] = known
                self._held.move_to_end(account)
                while len(self._held) > self._most:
                    self._held.popitem(last=False)
        if known.refusal is not None:
            raise copy(known.refusal)  # a refusal keeps what was asked, which is of one call
        return known.value

    def present(self) -> tuple[T, ...]:
        """Return what serves the accounts that are held now."""
        with self._lock:
            return tuple(each.value for each in self._held.values() if each.value is not None)

    def holder_of(self, access_key_id: str) -> str | None:
        """Return the account of an access key id that encodes none; None where no account has it, or two have it."""
        return self._indexed().keys.get(access_key_id)

    def managers_of(self, member: str) -> tuple[str, ...]:
        """Return the accounts whose principals may assume the root of *member*, by their settings."""
        return self._indexed().managers.get(member, ())

    def _signed(self) -> Fingerprint:
        return signature_of(self.root / ORGANIZATION)

    def _read_tree(self) -> OrganizationTree | None:
        signature, faults = self._look.timed(self._signed), Faults()
        self._signature = signature
        tree = read_organization(DirectoryTree(self.root, faults), faults)
        if len(faults):
            raise located(faults.error(), self.root)
        return tree

    def _renewed(self, account: str, known: _HeldAccount[T] | None, tree: OrganizationTree | None) -> _HeldAccount[T] | None:
        """Return what is held of *account* from now on; None where there is no such directory."""
        directory = self.root / account
        try:
            mode = os.lstat(directory).st_mode
        except OSError:
            return None
        look = _LastLook() if known is None else known.look
        if known is not None and (not look.due or look.timed(lambda: signature_of(directory)) == known.signature):
            return known if known.tree is tree else self._bound(replace(known), tree, directory)
        try:
            if not stat.S_ISDIR(mode):
                raise _fault("", "a directory", "something else of that name", "put the account directory itself there").error()
            signature, loaded = _steady(directory, look)
        except AccountFaults as faults:
            signature = look.timed(lambda: signature_of(directory))
            return _HeldAccount(signature, None, tree, None, located(faults, directory), look)
        return self._bound(_HeldAccount(signature, loaded, tree, None, None, look), tree, directory)

    def _bound(self, held: _HeldAccount[T], tree: OrganizationTree | None, directory: Path) -> _HeldAccount[T]:
        """Return *held* with what serves its account in the organization *tree*."""
        held.tree, held.value = tree, None
        if held.account is None:
            return held
        held.refusal = None
        try:
            held.value = self._make(replace(held.account, organization=_place(held.account, directory.name, tree)))
        except AccountFaults as faults:
            held.refusal = located(faults, directory)
        except FederationError as refusal:
            held.refusal = refusal
        return held

    def _indexed(self) -> _UnloadedIndex:
        with self._loading:
            if self._index.look.due:
                self._index.look.timed(self._read_index)
            return self._index

    def _read_index(self) -> None:
        keys: dict[str, str | None] = {}
        managers: dict[str, tuple[str, ...]] = {}
        for account in self.ids():
            for key in _old_keys(self.root / account / "access-keys"):
                keys[key] = None if key in keys else account
            for member in _members(self.root / account / SETTINGS_FILE):
                managers[member] = (*managers.get(member, ()), account)
        self._index.keys, self._index.managers = keys, managers


def _steady(directory: Path, look: _LastLook) -> tuple[Fingerprint, Account]:
    """Return the account in *directory* and its signature, of files that did not change while they were read."""
    for _ in range(_ATTEMPTS):
        before = look.timed(lambda: signature_of(directory))
        account = load_account(directory)
        if signature_of(directory) == before:
            return before, account
        time.sleep(_STEADY_SECONDS)
    raise _fault("", "files that do not change during a load", "files that change", "wait, then call again").error()


def _place(account: Account, name: str, tree: OrganizationTree | None) -> Organization | None:
    """Return the place of *account*, in the directory *name*, in the organization *tree*.

    Raises:
        AccountFaults: Its settings say another account or another place, or the organization does not have it.
    """
    own = account.organization
    if account.id != name:
        raise _fault("$.id", show(name), show(account.id), "name the directory by the id of its account").error()
    if tree is None:
        return own
    place = tree.place_of(account.id, root_access=frozenset() if own is None else own.root_access)
    if place is None:
        remedy = "move the directory elsewhere, or write the answers of `aws organizations` again"
        raise _fault("$.id", f"an account of the organization {tree.id}", show(account.id), remedy).error()
    if own is not None and (own.id != place.id or own.paths not in ((), place.paths)):
        found = ", ".join((own.id, *own.paths))
        raise _fault("$.organization", ", ".join((place.id, *place.paths)), show(found), "correct or remove id and paths").error()
    return place


def _fault(path: str, expected: str, found: str, remedy: str) -> Faults:
    faults = Faults()
    faults.add(SETTINGS_FILE if path else ".", path, expected, found, remedy)
    return faults


def _old_keys(directory: Path) -> list[str]:
    """Return the access key ids in *directory* that encode no account, as those from before 2019."""
    try:
        with os.scandir(directory) as entries:
            found = [match[1] for entry in entries if (match := _KEY_FILE.fullmatch(entry.name))]
    except OSError:
        return []
    return [key for key in found if not _encodes_an_account(key)]


def _encodes_an_account(key: str) -> bool:
    try:
        account_of(key)
    except FederationError:
        return False
    return True


def _members(file: Path) -> tuple[str, ...]:
    """Return the accounts in ``root_access`` of the settings in *file*; none where they cannot be read, which loading reports."""
    try:
        if file.stat().st_size > ACCOUNT_FILE_OCTETS:
            return ()
        organization = tomllib.loads(file.read_text(encoding="utf-8")).get("organization", {})
        found = organization.get("root_access", []) if isinstance(organization, dict) else []
        return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
    except (OSError, ValueError, RecursionError):
        return ()
