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
from federation.account.reading.changing import Changing, changed, known_before, without
from federation.account.reading.credentials import ACCESS_KEYS, MFA_DEVICES, NO_OWNER, read_access_keys, read_mfa_devices
from federation.account.reading.directory import Contents, notes_on, read_contents
from federation.account.reading.entities import GROUP, JSON, POLICY, ROLE, USER
from federation.account.reading.faults import Faults
from federation.account.reading.files import Tree
from federation.account.reading.names import read_name
from federation.account.reading.policies import AWS_POLICIES, is_aws_managed, read_policies
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
    changing = Changing(contents, tree, files, faults)
    _read_policies(changing)
    _read_roles(changing)
    _read_groups(changing)
    _read_users(changing)
    _read_credentials(changing)
    _read_saml_providers(changing)
    _read_oidc_providers(changing)
    _check_trade_in_tokens(changing)
    return Contents(contents.settings, changing.account)


def _read_policies(changing: Changing) -> None:
    before, files = changing.account.policies, (*changing.files_in(POLICY.directory), *changing.files_in(AWS_POLICIES))
    if not files:
        return
    touched = {file for file, _ in files}
    # Policies are few compared with what refers to them, and a file among those of the account may hold a policy of AWS.
    gone = {arn: policy for arn, policy in before.items() if policy.file in touched}
    kept = without(before, gone)
    read = read_policies(changing.tree, changing.settings, changing.faults, files=changing.left(files))
    for arn, policy in read.items():
        if arn in kept:
            found = f"{show(arn)} in {kept[arn].file}, too"
            changing.faults.add(policy.file, "", "one file for each policy", found, "remove one of them")
    own = {arn: policy for arn, policy in read.items() if not is_aws_managed(arn)}
    named = changing.renamed(changing.account.names.policies, gone.values(), own.values(), POLICY.directory)
    changing.account = replace(
        changing.account, policies=MappingProxyType({**kept, **read}), names=replace(changing.account.names, policies=named)
    )
    if gone.keys() - changing.account.policies.keys():
        _check_holders(changing)


def _read_roles(changing: Changing) -> None:
    files = changing.files_in(ROLE.directory)
    if files:
        read = read_roles(changing.tree, changing.settings, changing.account.policies, changing.faults, files=changing.left(files))
        gone = known_before(changing.account.names.roles, files)
        named = changing.renamed(changing.account.names.roles, gone, read.values(), ROLE.directory)
        roles = changed(changing.account.roles, {role.arn for role in gone}, read)
        changing.account = replace(changing.account, roles=roles, names=replace(changing.account.names, roles=named))


def _read_groups(changing: Changing) -> None:
    files = changing.files_in(GROUP.directory)
    if not files:
        return
    read = read_groups(changing.tree, changing.settings, changing.account.policies, changing.faults, files=changing.left(files))
    gone = known_before(changing.account.names.groups, files)
    named = changing.renamed(changing.account.names.groups, gone, read.values(), GROUP.directory)
    groups = changed(changing.account.groups, {group.name for group in gone}, read)
    changing.account = replace(changing.account, groups=groups, names=replace(changing.account.names, groups=named))
    _follow_groups(changing, {group.name for group in gone})


def _follow_groups(changing: Changing, names: Collection[str]) -> None:
    """Put the groups *names* as they are now into the users who are in them. Users whose files change are read later."""
    groups, followed, touched = changing.account.groups, {}, set(changing.files)
    for user in changing.account.users.values() if names else ():
        if USER.file_of(user.name) in touched or not any(group.name in names for group in user.groups):
            continue
        missing = next((group.name for group in user.groups if group.name not in groups), None)
        if missing is not None:
            changing.fault(USER.file_of(user.name), "$.GroupList", "names of groups in groups/", missing)
            continue
        followed[user.arn] = replace(user, groups=tuple(groups[group.name] for group in user.groups))
    _put_users(changing, {}, followed)


def _read_users(changing: Changing) -> None:
    files = changing.files_in(USER.directory)
    if files:
        read = read_users(
            changing.tree,
            changing.settings,
            policies=changing.account.policies,
            groups=changing.account.groups,
            faults=changing.faults,
            files=changing.left(files),
        )
        gone = {user.arn: user for user in known_before(changing.account.names.users, files)}
        _put_users(changing, gone, read)
        _follow_users(changing, {arn: user for arn, user in gone.items() if arn not in read})


def _put_users(changing: Changing, gone: Mapping[str, User], read: Mapping[str, User]) -> None:
    if gone or read:
        named = changing.renamed(changing.account.names.users, gone.values(), read.values(), USER.directory)
        users = changed(changing.account.users, gone.keys(), read)
        changing.account = replace(changing.account, users=users, names=replace(changing.account.names, users=named))


def _follow_users(changing: Changing, gone: Mapping[str, User]) -> None:
    """Give keys and devices of users that moved to another path to the user of the same name. Files that change are read later."""
    if not gone:
        return
    touched, keys, devices = set(changing.files), without(changing.account.access_keys, ()), dict(changing.account.mfa_devices)
    for key in changing.account.access_keys.values():
        file = f"{ACCESS_KEYS}/{key.id}{JSON}"
        if key.user is not None and key.user in gone and file not in touched:
            keys[key.id] = replace(key, user=_owner_after(changing, gone[key.user], file))
    for arn, user in gone.items():
        left = {name: each for name, each in devices.pop(arn, {}).items() if f"{MFA_DEVICES}/{_device(name)}{JSON}" not in touched}
        if left:
            devices[_owner_after(changing, user, MFA_DEVICES)] = MappingProxyType(left)
    changing.account = replace(changing.account, access_keys=MappingProxyType(keys), mfa_devices=MappingProxyType(devices))


def _owner_after(changing: Changing, user: User, file: str) -> str:
    present = changing.account.user_named(user.name)
    if present is None:
        changing.fault(file, "$.UserName", "the name of a user in users/, or none for the root", user.name)
    return user.arn if present is None else present.arn


def _read_credentials(changing: Changing) -> None:
    users, faults = changing.account.names.users, changing.faults
    files = changing.files_in(ACCESS_KEYS)
    if files:
        keys: dict[str, AccessKey] = read_access_keys(changing.tree, changing.settings, users, faults, files=changing.left(files))
        changing.account = replace(changing.account, access_keys=changed(changing.account.access_keys, {name for _, name in files}, keys))
    files = changing.files_in(MFA_DEVICES)
    if files:
        names = {name for _, name in files}
        owners: dict[str, Mapping[str, MfaDevice]] = {}
        for arn, devices in (*changing.account.mfa_devices.items(), (NO_OWNER, changing.account.unassigned_mfa_devices)):
            owners[arn] = {serial: each for serial, each in devices.items() if _device(serial) not in names}
        for arn, read in read_mfa_devices(changing.tree, changing.settings, users, faults, files=changing.left(files)).items():
            owners[arn] = {**owners.get(arn, {}), **read}
        unassigned = owners.pop(NO_OWNER)
        assigned = {arn: each for arn, each in owners.items() if each}
        changing.account = replace(
            changing.account, mfa_devices=MappingProxyType(assigned), unassigned_mfa_devices=MappingProxyType(unassigned)
        )


def _read_saml_providers(changing: Changing) -> None:
    providers = dict(changing.account.saml_providers)
    for directory in changing.directories(SAML_PROVIDERS):
        entry = directory.rpartition("/")[2]
        name = read_name(entry, directory=SAML_PROVIDERS, suffix="", faults=changing.faults)
        if name is None:
            continue
        arn = provider_arn(changing.settings, name)
        providers.pop(arn, None)
        if changing.tree.entries(directory):
            read = read_saml_provider(changing.tree, directory, arn, changing.settings, changing.faults)
            providers |= {} if read is None else {arn: read}
    if providers != changing.account.saml_providers:
        changing.account = replace(changing.account, saml_providers=MappingProxyType(providers))
        _note(changing)


def _read_oidc_providers(changing: Changing) -> None:
    directories = changing.directories(OIDC_PROVIDERS)
    if not directories:
        return
    from federation.account.reading.oidc_providers import directory_of, read_oidc_provider  # noqa: PLC0415 - key handling is imported where the account has such providers

    providers: dict[str, Any] = {
        arn: provider
        for arn, provider in changing.account.oidc_providers.items()
        if f"{OIDC_PROVIDERS}/{directory_of(provider.url)}" not in directories
    }
    for directory in directories:
        if any(not changing.tree.is_directory(f"{directory}/{entry}") for entry in changing.tree.entries(directory)):
            read = read_oidc_provider(changing.tree, directory, changing.settings, changing.faults)
            providers |= {} if read is None else {read.arn: read}
    changing.account = replace(changing.account, oidc_providers=MappingProxyType(providers))
    _note(changing)


def _note(changing: Changing) -> None:
    account = changing.account
    providers: tuple[Provider, ...] = (*account.saml_providers.values(), *account.oidc_providers.values())
    changing.account = replace(account, notes=notes_on(changing.settings, account.keyring, providers))


def _check_trade_in_tokens(changing: Changing) -> None:
    for digest, token in changing.account.trade_in_tokens.items():
        file = f"{TRADE_IN_TOKENS}/{digest}{JSON}"
        check_trade_in_references(
            token.role_arn,
            token.policy_arns,
            roles=changing.account.roles,
            policies=changing.account.policies,
            file=file,
            faults=changing.faults,
        )


def _check_holders(changing: Changing) -> None:
    """Require that nothing refers to a policy that the account no longer has."""
    holders: Iterator[tuple[str, Role | User | Group]] = (
        (kind.file_of(holder.name), holder)
        for kind, holding in ((ROLE, changing.account.roles), (USER, changing.account.users), (GROUP, changing.account.groups))
        for holder in holding.values()
    )
    touched = set(changing.files)
    for file, holder in holders:
        if file not in touched and (holder.attached_policies or getattr(holder, "permissions_boundary", None)):
            check_references(
                holder.attached_policies,
                boundary=None if isinstance(holder, Group) else holder.permissions_boundary,
                policies=changing.account.policies,
                file=file,
                settings=changing.settings,
                faults=changing.faults,
            )


def _device(serial_number: str) -> str:
    return serial_number.rpartition("/")[2]
