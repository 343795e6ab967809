"""Reading of single files into an account that is loaded already, so that a change costs the same in an account of any size.

Each changed file is read by the reader that also loads the whole account. Entities that refer to a changed one are checked in memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeVar

from federation.account.mfa_device import MfaDevice
from federation.account.model import AccessKey, Account, Group, ManagedPolicy, Role, User
from federation.account.reading.attachments import check_references
from federation.account.reading.credentials import ACCESS_KEYS, MFA_DEVICES, NO_OWNER, read_access_keys, read_mfa_devices
from federation.account.reading.directory import Contents, notes_on, read_contents
from federation.account.reading.entities import GROUP, JSON, POLICY, ROLE, USER, Files
from federation.account.reading.faults import Faults
from federation.account.reading.files import DIRECTORY_ENTRIES, Tree
from federation.account.reading.names import name_of, read_name
from federation.account.reading.policies import AWS_POLICIES, read_policies
from federation.account.reading.roles import read_roles
from federation.account.reading.saml_providers import SAML_PROVIDERS, provider_arn, read_saml_provider
from federation.account.reading.settings import Settings
from federation.account.reading.trade_in import TRADE_IN_TOKENS, check_trade_in_references
from federation.account.reading.users import read_groups, read_users
from federation.errors import show
from federation.protocols import Provider

OIDC_PROVIDERS: Final = "oidc-providers"
_ENTITIES: Final = (ROLE.directory, USER.directory, GROUP.directory, POLICY.directory, AWS_POLICIES, ACCESS_KEYS, MFA_DEVICES)
E = TypeVar("E")
T = TypeVar("T", Role, User, Group, ManagedPolicy)


def is_read_alone(file: str) -> bool:
    """Return whether a change of *file* can be read without the other files of the account."""
    directory = file.rpartition("/")[0]
    return directory in _ENTITIES or file.startswith((f"{SAML_PROVIDERS}/", f"{OIDC_PROVIDERS}/"))


def unit_of(file: str) -> str:
    """Return what is read together with *file*: the directory of a provider, otherwise the file itself."""
    if file.startswith((f"{SAML_PROVIDERS}/", f"{OIDC_PROVIDERS}/")):
        return file.rpartition("/")[0]
    return file


def reread(contents: Contents, tree: Tree, files: Collection[str], faults: Faults) -> Contents | None:
    """Return *contents* after the change of *files*, which were written, replaced or removed.

    Args:
        contents: What the files said before, without a fault.
        tree: The files as they are now. Only *files* are read, and the other files of a provider's directory; where a file cannot be read
            alone, all are.
        files: The changed files.
        faults: Receives the faults that the change brings. Where it has an entry afterwards, the result must not be used.
    """
    if not all(map(is_read_alone, files)):
        return read_contents(tree, faults)
    changing = _Changing(contents, tree, files, faults)
    changing.read_policies()
    changing.read_roles()
    changing.read_groups()
    changing.read_users()
    changing.read_credentials()
    changing.read_saml_providers()
    changing.read_oidc_providers()
    changing.check_trade_in_tokens()
    return Contents(contents.settings, changing.account)


class _Changing:
    """One run of `reread`. *account* is the account after the steps so far."""

    def __init__(self, contents: Contents, tree: Tree, files: Collection[str], faults: Faults) -> None:
        self.account: Account = contents.account
        self._settings: Settings = contents.settings
        self._tree, self._files, self._faults = tree, files, faults
        self._present: dict[str, Collection[str]] = {}

    def read_policies(self) -> None:
        before, files = self.account.policies, (*self._in(POLICY.directory), *self._in(AWS_POLICIES))
        if not files:
            return
        touched = {file for file, _ in files}
        # Policies are few compared with what refers to them, and a file among those of the account may hold a policy of AWS.
        gone = {arn: policy for arn, policy in before.items() if policy.file in touched}
        kept = _without(before, gone)
        read = read_policies(self._tree, self._settings, self._faults, files=self._left(files))
        for arn, policy in read.items():
            if arn in kept:
                found = f"{show(arn)} in {kept[arn].file}, too"
                self._faults.add(policy.file, "", "one file for each policy", found, "remove one of them")
        own = {arn: policy for arn, policy in read.items() if not policy.file.startswith(f"{AWS_POLICIES}/")}
        named = self._renamed(self.account.names.policies, gone.values(), own.values(), POLICY.directory)
        self.account = replace(self.account, policies=_frozen({**kept, **read}), names=replace(self.account.names, policies=named))
        if gone.keys() - self.account.policies.keys():
            self._check_holders()

    def read_roles(self) -> None:
        files = self._in(ROLE.directory)
        if files:
            read = read_roles(self._tree, self._settings, self.account.policies, self._faults, files=self._left(files))
            gone = _named(self.account.names.roles, files)
            named = self._renamed(self.account.names.roles, gone, read.values(), ROLE.directory)
            roles = _changed(self.account.roles, {role.arn for role in gone}, read)
            self.account = replace(self.account, roles=roles, names=replace(self.account.names, roles=named))

    def read_groups(self) -> None:
        files = self._in(GROUP.directory)
        if not files:
            return
        read = read_groups(self._tree, self._settings, self.account.policies, self._faults, files=self._left(files))
        gone = _named(self.account.names.groups, files)
        named = self._renamed(self.account.names.groups, gone, read.values(), GROUP.directory)
        groups = _changed(self.account.groups, {group.name for group in gone}, read)
        self.account = replace(self.account, groups=groups, names=replace(self.account.names, groups=named))
        self._follow_groups({group.name for group in gone})

    def _follow_groups(self, changed: Collection[str]) -> None:
        """Put the groups as they are now into the users who are in *changed*. Users whose files change are read later."""
        groups, followed, touched = self.account.groups, {}, set(self._files)
        for user in self.account.users.values() if changed else ():
            if USER.file_of(user.name) in touched or not any(group.name in changed for group in user.groups):
                continue
            missing = next((group.name for group in user.groups if group.name not in groups), None)
            if missing is not None:
                self._fault(USER.file_of(user.name), "$.GroupList", "names of groups in groups/", missing)
                continue
            followed[user.arn] = replace(user, groups=tuple(groups[group.name] for group in user.groups))
        self._put_users({}, followed)

    def read_users(self) -> None:
        files = self._in(USER.directory)
        if files:
            read = read_users(
                self._tree,
                self._settings,
                policies=self.account.policies,
                groups=self.account.groups,
                faults=self._faults,
                files=self._left(files),
            )
            gone = {user.arn: user for user in _named(self.account.names.users, files)}
            self._put_users(gone, read)
            self._follow_users({arn: user for arn, user in gone.items() if arn not in read})

    def _put_users(self, gone: Mapping[str, User], read: Mapping[str, User]) -> None:
        if gone or read:
            named = self._renamed(self.account.names.users, gone.values(), read.values(), USER.directory)
            users = _changed(self.account.users, gone.keys(), read)
            self.account = replace(self.account, users=users, names=replace(self.account.names, users=named))

    def _follow_users(self, gone: Mapping[str, User]) -> None:
        """Give keys and devices of users that moved to another path to the user of the same name. Files that change are read later."""
        if not gone:
            return
        touched, keys, devices = set(self._files), _without(self.account.access_keys, ()), dict(self.account.mfa_devices)
        for key in self.account.access_keys.values():
            file = f"{ACCESS_KEYS}/{key.id}{JSON}"
            if key.user is not None and key.user in gone and file not in touched:
                keys[key.id] = replace(key, user=self._owner_after(gone[key.user], file))
        for arn, user in gone.items():
            left = {name: each for name, each in devices.pop(arn, {}).items() if f"{MFA_DEVICES}/{_device(name)}{JSON}" not in touched}
            if left:
                devices[self._owner_after(user, MFA_DEVICES)] = _frozen(left)
        self.account = replace(self.account, access_keys=_frozen(keys), mfa_devices=_frozen(devices))

    def _owner_after(self, user: User, file: str) -> str:
        present = self.account.user_named(user.name)
        if present is None:
            self._fault(file, "$.UserName", "the name of a user in users/, or none for the root", user.name)
        return user.arn if present is None else present.arn

    def read_credentials(self) -> None:
        users, faults = self.account.names.users, self._faults
        files = self._in(ACCESS_KEYS)
        if files:
            keys: dict[str, AccessKey] = read_access_keys(self._tree, self._settings, users, faults, files=self._left(files))
            self.account = replace(self.account, access_keys=_changed(self.account.access_keys, {name for _, name in files}, keys))
        files = self._in(MFA_DEVICES)
        if files:
            names = {name for _, name in files}
            owners: dict[str, Mapping[str, MfaDevice]] = {}
            for arn, devices in (*self.account.mfa_devices.items(), (NO_OWNER, self.account.unassigned_mfa_devices)):
                owners[arn] = {serial: each for serial, each in devices.items() if _device(serial) not in names}
            for arn, read in read_mfa_devices(self._tree, self._settings, users, faults, files=self._left(files)).items():
                owners[arn] = {**owners.get(arn, {}), **read}
            unassigned = owners.pop(NO_OWNER)
            assigned = {arn: each for arn, each in owners.items() if each}
            self.account = replace(self.account, mfa_devices=_frozen(assigned), unassigned_mfa_devices=MappingProxyType(unassigned))

    def read_saml_providers(self) -> None:
        providers = dict(self.account.saml_providers)
        for directory in self._directories(SAML_PROVIDERS):
            entry = directory.rpartition("/")[2]
            name = read_name(entry, directory=SAML_PROVIDERS, suffix="", faults=self._faults)
            if name is None:
                continue
            arn = provider_arn(self._settings, name)
            providers.pop(arn, None)
            if self._tree.entries(directory):
                read = read_saml_provider(self._tree, directory, arn, self._settings, self._faults)
                providers |= {} if read is None else {arn: read}
        if providers != self.account.saml_providers:
            self.account = replace(self.account, saml_providers=_frozen(providers))
            self._note()

    def read_oidc_providers(self) -> None:
        directories = tuple(self._directories(OIDC_PROVIDERS))
        if not directories:
            return
        from federation.account.reading.oidc_providers import directory_of, read_oidc_provider  # noqa: PLC0415 - key handling is imported where the account has such providers

        providers: dict[str, Any] = {
            arn: provider
            for arn, provider in self.account.oidc_providers.items()
            if f"{OIDC_PROVIDERS}/{directory_of(provider.url)}" not in directories
        }
        for directory in directories:
            if any(not self._tree.is_directory(f"{directory}/{entry}") for entry in self._tree.entries(directory)):
                read = read_oidc_provider(self._tree, directory, self._settings, self._faults)
                providers |= {} if read is None else {read.arn: read}
        self.account = replace(self.account, oidc_providers=_frozen(providers))
        self._note()

    def _note(self) -> None:
        account = self.account
        providers: tuple[Provider, ...] = (*account.saml_providers.values(), *account.oidc_providers.values())
        self.account = replace(account, notes=notes_on(self._settings, account.keyring, providers))

    def check_trade_in_tokens(self) -> None:
        for digest, token in self.account.trade_in_tokens.items():
            file = f"{TRADE_IN_TOKENS}/{digest}{JSON}"
            check_trade_in_references(
                token.role_arn,
                token.policy_arns,
                roles=self.account.roles,
                policies=self.account.policies,
                file=file,
                faults=self._faults,
            )

    def _check_holders(self) -> None:
        """Require that nothing refers to a policy that the account no longer has."""
        holders: Iterator[tuple[str, Role | User | Group]] = (
            (kind.file_of(holder.name), holder)
            for kind, holding in ((ROLE, self.account.roles), (USER, self.account.users), (GROUP, self.account.groups))
            for holder in holding.values()
        )
        touched = set(self._files)
        for file, holder in holders:
            if file not in touched and (holder.attached_policies or getattr(holder, "permissions_boundary", None)):
                check_references(
                    holder.attached_policies,
                    boundary=None if isinstance(holder, Group) else holder.permissions_boundary,
                    policies=self.account.policies,
                    file=file,
                    settings=self._settings,
                    faults=self._faults,
                )

    def _in(self, directory: str) -> Files:
        """Return the changed files in *directory*, with the names of their entities."""
        found = []
        for file in self._files:
            parent, _, entry = file.rpartition("/")
            if parent == directory:
                name = name_of(entry, JSON)
                if name is None and self._tree.holds(file):
                    read_name(entry, directory=directory, suffix=JSON, faults=self._faults)
                elif name is not None:
                    found.append((file, name))
        return found

    def _left(self, files: Files) -> Files:
        """Return those of *files* that are there."""
        return [(file, name) for file, name in files if self._tree.holds(file)]

    def _directories(self, below: str) -> Iterator[str]:
        yield from dict.fromkeys(unit_of(file) for file in self._files if file.startswith(f"{below}/"))

    def _renamed(self, names: Mapping[str, T], gone: Collection[T], read: Collection[T], directory: str) -> Mapping[str, T]:
        """Return *names* without *gone* and with *read*."""
        kept = _without(names, {each.name.lower() for each in gone})
        for each in read:
            twin = kept.get(each.name.lower())
            if twin is not None and twin.name != each.name:
                file = f"{directory}/{each.name}{JSON}"
                expected, remedy = "names that differ by more than case", "IAM names are unique whatever the case"
                self._faults.add(file, "", expected, show(twin.name), remedy)
            kept[each.name.lower()] = each
        if len(kept) > DIRECTORY_ENTRIES:
            self._faults.add(directory, "", f"at most {DIRECTORY_ENTRIES} entries", str(len(kept)), "split the account")
        return MappingProxyType(kept)

    def _fault(self, file: str, path: str, expected: str, found: str) -> None:
        self._faults.add(file, path, expected, show(found), "add what the file names, or correct the name")


def _named(names: Mapping[str, T], files: Files) -> list[T]:
    """Return the entities of *files* as they were."""
    known = [(names.get(name.lower()), name) for _, name in files]
    return [each for each, name in known if each is not None and each.name == name]


def _without(known: Mapping[str, E], gone: Collection[str]) -> dict[str, E]:
    # A proxy copies its dictionary as a whole. ``dict(proxy)`` asks for one key after another, which takes thirty times as long.
    kept = known.copy() if isinstance(known, MappingProxyType) else dict(known)
    for key in gone:
        kept.pop(key, None)
    return kept


def _changed(known: Mapping[str, E], gone: Collection[str], read: Mapping[str, E]) -> Mapping[str, E]:
    kept = _without(known, gone)
    kept.update(read)
    return MappingProxyType(kept)


def _frozen(known: dict[str, E]) -> Mapping[str, E]:
    return MappingProxyType(known)


def _device(serial_number: str) -> str:
    return serial_number.rpartition("/")[2]
