"""Reading of single files into an account that is loaded already, so that a change costs the same in an account of any size.

Each changed file is read by the reader that also loads the whole account. Entities that refer to a changed one are checked in memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from federation.account.mfa_device import MfaDevice
from federation.account.model import AccessKey, Group, Role, User
from federation.account.reading.attachments import check_references
from federation.account.reading.credentials import ACCESS_KEYS, MFA_DEVICES, NO_OWNER, read_access_keys, read_mfa_devices
from federation.account.reading.directory import Contents, notes_on, read_contents
from federation.account.reading.entities import GROUP, JSON, POLICY, ROLE, USER
from federation.account.reading.faults import Faults
from federation.account.reading.files import Tree
from federation.account.reading.layered import changed
from federation.account.reading.names import read_name
from federation.account.reading.policies import AWS_POLICIES, is_aws_managed, read_policies
from federation.account.reading.rereading import Rereading, known_before
from federation.account.reading.roles import read_roles
from federation.account.reading.saml_providers import SAML_PROVIDERS, provider_arn, read_saml_provider
from federation.account.reading.trade_in import TRADE_IN_TOKENS, check_trade_in_references
from federation.account.reading.users import read_groups, read_users
from federation.errors import show
from federation.protocols import Provider

OIDC_PROVIDERS: Final = "oidc-providers"
_ENTITIES: Final = (ROLE.directory, USER.directory, GROUP.directory, POLICY.directory, AWS_POLICIES, ACCESS_KEYS, MFA_DEVICES)


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
    rereading = Rereading(contents, tree, files, faults)
    _read_policies(rereading)
    _read_roles(rereading)
    _read_groups(rereading)
    _read_users(rereading)
    _read_credentials(rereading)
    _read_saml_providers(rereading)
    _read_oidc_providers(rereading)
    _check_trade_in_tokens(rereading)
    return Contents(contents.settings, rereading.account)


def _read_policies(rereading: Rereading) -> None:
    before, files = rereading.account.policies, (*rereading.files_in(POLICY.directory), *rereading.files_in(AWS_POLICIES))
    if not files:
        return
    touched = {file for file, _ in files}
    # Policies are few compared with what refers to them, and a file among those of the account may hold a policy of AWS.
    gone = {arn: policy for arn, policy in before.items() if policy.file in touched}
    kept = changed(before, gone, {})
    read = read_policies(rereading.tree, rereading.settings, rereading.faults, files=rereading.left(files))
    for arn, policy in read.items():
        if arn in kept:
            found = f"{show(arn)} in {kept[arn].file}, too"
            rereading.faults.add(policy.file, "", "one file for each policy", found, "remove one of them")
    own = {arn: policy for arn, policy in read.items() if not is_aws_managed(arn)}
    named = rereading.renamed(rereading.account.names.policies, gone.values(), own.values(), POLICY.directory)
    rereading.account = replace(rereading.account, policies=changed(kept, (), read), names=replace(rereading.account.names, policies=named))
    if gone.keys() - rereading.account.policies.keys():
        _check_holders(rereading)


def _read_roles(rereading: Rereading) -> None:
    files = rereading.files_in(ROLE.directory)
    if files:
        read = read_roles(rereading.tree, rereading.settings, rereading.account.policies, rereading.faults, files=rereading.left(files))
        gone = known_before(rereading.account.names.roles, files)
        named = rereading.renamed(rereading.account.names.roles, gone, read.values(), ROLE.directory)
        roles = changed(rereading.account.roles, {role.arn for role in gone}, read)
        rereading.account = replace(rereading.account, roles=roles, names=replace(rereading.account.names, roles=named))


def _read_groups(rereading: Rereading) -> None:
    files = rereading.files_in(GROUP.directory)
    if not files:
        return
    read = read_groups(rereading.tree, rereading.settings, rereading.account.policies, rereading.faults, files=rereading.left(files))
    gone = known_before(rereading.account.names.groups, files)
    named = rereading.renamed(rereading.account.names.groups, gone, read.values(), GROUP.directory)
    groups = changed(rereading.account.groups, {group.name for group in gone}, read)
    rereading.account = replace(rereading.account, groups=groups, names=replace(rereading.account.names, groups=named))
    _follow_groups(rereading, {group.name for group in gone})


def _follow_groups(rereading: Rereading, names: Collection[str]) -> None:
    """Put the groups *names* as they are now into the users who are in them. Users whose files change are read later."""
    groups, followed, touched = rereading.account.groups, {}, set(rereading.files)
    for user in rereading.account.users.values() if names else ():
        if USER.file_of(user.name) in touched or not any(group.name in names for group in user.groups):
            continue
        missing = next((group.name for group in user.groups if group.name not in groups), None)
        if missing is not None:
            rereading.fault(USER.file_of(user.name), "$.GroupList", "names of groups in groups/", missing)
            continue
        followed[user.arn] = replace(user, groups=tuple(groups[group.name] for group in user.groups))
    _put_users(rereading, {}, followed)


def _read_users(rereading: Rereading) -> None:
    files = rereading.files_in(USER.directory)
    if files:
        read = read_users(
            rereading.tree,
            rereading.settings,
            policies=rereading.account.policies,
            groups=rereading.account.groups,
            faults=rereading.faults,
            files=rereading.left(files),
        )
        gone = {user.arn: user for user in known_before(rereading.account.names.users, files)}
        _put_users(rereading, gone, read)
        _follow_users(rereading, {arn: user for arn, user in gone.items() if arn not in read})


def _put_users(rereading: Rereading, gone: Mapping[str, User], read: Mapping[str, User]) -> None:
    if gone or read:
        named = rereading.renamed(rereading.account.names.users, gone.values(), read.values(), USER.directory)
        users = changed(rereading.account.users, gone.keys(), read)
        rereading.account = replace(rereading.account, users=users, names=replace(rereading.account.names, users=named))


def _follow_users(rereading: Rereading, gone: Mapping[str, User]) -> None:
    """Give keys and devices of users that moved to another path to the user of the same name. Files that change are read later."""
    if not gone:
        return
    touched, keys, devices = set(rereading.files), dict(rereading.account.access_keys), dict(rereading.account.mfa_devices)
    for key in rereading.account.access_keys.values():
        file = f"{ACCESS_KEYS}/{key.id}{JSON}"
        if key.user is not None and key.user in gone and file not in touched:
            keys[key.id] = replace(key, user=_owner_after(rereading, gone[key.user], file))
    for arn, user in gone.items():
        left = {name: each for name, each in devices.pop(arn, {}).items() if f"{MFA_DEVICES}/{_device(name)}{JSON}" not in touched}
        if left:
            devices[_owner_after(rereading, user, MFA_DEVICES)] = MappingProxyType(left)
    rereading.account = replace(rereading.account, access_keys=MappingProxyType(keys), mfa_devices=MappingProxyType(devices))


def _owner_after(rereading: Rereading, user: User, file: str) -> str:
    present = rereading.account.user_named(user.name)
    if present is None:
        rereading.fault(file, "$.UserName", "the name of a user in users/, or none for the root", user.name)
    return user.arn if present is None else present.arn


def _read_credentials(rereading: Rereading) -> None:
    users, faults = rereading.account.names.users, rereading.faults
    files = rereading.files_in(ACCESS_KEYS)
    if files:
        keys: dict[str, AccessKey] = read_access_keys(rereading.tree, rereading.settings, users, faults, files=rereading.left(files))
        rereading.account = replace(
            rereading.account, access_keys=changed(rereading.account.access_keys, {name for _, name in files}, keys)
        )
    files = rereading.files_in(MFA_DEVICES)
    if files:
        names = {name for _, name in files}
        owners: dict[str, Mapping[str, MfaDevice]] = {}
        for arn, devices in (*rereading.account.mfa_devices.items(), (NO_OWNER, rereading.account.unassigned_mfa_devices)):
            owners[arn] = {serial: each for serial, each in devices.items() if _device(serial) not in names}
        for arn, read in read_mfa_devices(rereading.tree, rereading.settings, users, faults, files=rereading.left(files)).items():
            owners[arn] = {**owners.get(arn, {}), **read}
        unassigned = owners.pop(NO_OWNER)
        assigned = {arn: each for arn, each in owners.items() if each}
        rereading.account = replace(
            rereading.account, mfa_devices=MappingProxyType(assigned), unassigned_mfa_devices=MappingProxyType(unassigned)
        )


def _read_saml_providers(rereading: Rereading) -> None:
    providers = dict(rereading.account.saml_providers)
    for directory in rereading.directories(SAML_PROVIDERS):
        entry = directory.rpartition("/")[2]
        name = read_name(entry, directory=SAML_PROVIDERS, suffix="", faults=rereading.faults)
        if name is None:
            continue
        arn = provider_arn(rereading.settings, name)
        providers.pop(arn, None)
        if rereading.tree.entries(directory):
            read = read_saml_provider(rereading.tree, directory, arn, rereading.settings, rereading.faults)
            providers |= {} if read is None else {arn: read}
    if providers != rereading.account.saml_providers:
        rereading.account = replace(rereading.account, saml_providers=MappingProxyType(providers))
        _note(rereading)


def _read_oidc_providers(rereading: Rereading) -> None:
    directories = rereading.directories(OIDC_PROVIDERS)
    if not directories:
        return
    from federation.account.reading.oidc_providers import directory_of, read_oidc_provider  # noqa: PLC0415 - key handling is imported where the account has such providers

    providers: dict[str, Any] = {
        arn: provider
        for arn, provider in rereading.account.oidc_providers.items()
        if f"{OIDC_PROVIDERS}/{directory_of(provider.url)}" not in directories
    }
    for directory in directories:
        if any(not rereading.tree.is_directory(f"{directory}/{entry}") for entry in rereading.tree.entries(directory)):
            read = read_oidc_provider(rereading.tree, directory, rereading.settings, rereading.faults)
            providers |= {} if read is None else {read.arn: read}
    rereading.account = replace(rereading.account, oidc_providers=MappingProxyType(providers))
    _note(rereading)


def _note(rereading: Rereading) -> None:
    account = rereading.account
    providers: tuple[Provider, ...] = (*account.saml_providers.values(), *account.oidc_providers.values())
    rereading.account = replace(account, notes=notes_on(rereading.settings, account.keyring, providers))


def _check_trade_in_tokens(rereading: Rereading) -> None:
    for digest, token in rereading.account.trade_in_tokens.items():
        file = f"{TRADE_IN_TOKENS}/{digest}{JSON}"
        check_trade_in_references(
            token.role_arn,
            token.policy_arns,
            roles=rereading.account.roles,
            policies=rereading.account.policies,
            file=file,
            faults=rereading.faults,
        )


def _check_holders(rereading: Rereading) -> None:
    """Require that nothing refers to a policy that the account no longer has."""
    holders: Iterator[tuple[str, Role | User | Group]] = (
        (kind.file_of(holder.name), holder)
        for kind, holding in ((ROLE, rereading.account.roles), (USER, rereading.account.users), (GROUP, rereading.account.groups))
        for holder in holding.values()
    )
    touched = set(rereading.files)
    for file, holder in holders:
        if file not in touched and (holder.attached_policies or getattr(holder, "permissions_boundary", None)):
            check_references(
                holder.attached_policies,
                boundary=None if isinstance(holder, Group) else holder.permissions_boundary,
                policies=rereading.account.policies,
                file=file,
                settings=rereading.settings,
                faults=rereading.faults,
            )


def _device(serial_number: str) -> str:
    return serial_number.rpartition("/")[2]
