"""Taking over an account from what AWS prints: ``get-account-authorization-details`` and the dumps of identity providers.

Every document is read as `load_account` will read it, together with what the account already holds, and nothing is written before all
of it is sound.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from federation.account.attachments import check_references
from federation.account.directory import load_account
from federation.account.faults import Faults
from federation.account.files import parse_json
from federation.account.model import Account, Group, ManagedPolicy
from federation.account.policies import POLICIES, read_policy
from federation.account.roles import ROLES, read_role
from federation.account.settings import Settings
from federation.account.users import GROUPS, USERS, read_group, read_user
from federation.account.writing.atomic import write_files
from federation.account.writing.entries import document_octets, inside, open_account
from federation.account.writing.oidc_providers import add_oidc_provider
from federation.account.writing.saml_providers import add_saml_provider
from federation.errors import RegistrationError, show

DETAILS: Final = ("Policies", "GroupDetailList", "UserDetailList", "RoleDetailList")
"""Members of ``get-account-authorization-details``, in the order in which one refers to another."""

_NAMES: Final = {"Policies": "PolicyName", "GroupDetailList": "GroupName", "UserDetailList": "UserName", "RoleDetailList": "RoleName"}
_DIRECTORIES: Final = {"Policies": POLICIES, "GroupDetailList": GROUPS, "UserDetailList": USERS, "RoleDetailList": ROLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came into the account: how many of each kind, and the ARNs of the providers."""

    policies: int = 0
    groups: int = 0
    users: int = 0
    roles: int = 0
    providers: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {
            "policies": self.policies,
            "groups": self.groups,
            "users": self.users,
            "roles": self.roles,
            "providers": list(self.providers),
        }


@dataclass(slots=True)
class _Draft:
    """What is to be written, gathered while it is read."""

    settings: Settings
    faults: Faults
    taken: set[tuple[str, str]]
    policies: dict[str, ManagedPolicy]
    groups: dict[str, Group]
    files: dict[str, dict[str, bytes]] = field(default_factory=lambda: {member: {} for member in DETAILS})


def import_account(
    path: str | os.PathLike[str], documents: Mapping[str, bytes], *, saml_provider_name: str | None = None, jwks: bytes | None = None
) -> Imported:
    """Take *documents* over into the account directory at *path*.

    Args:
        path: An account directory that loads.
        documents: File name, for faults, to content: answers of ``get-account-authorization-details`` (several pages are one answer),
            ``get-saml-provider``, ``get-open-id-connect-provider``; a JSON Web Key Set counts as *jwks*.
        saml_provider_name: Name of the SAML provider, which its dump does not tell.
        jwks: Key set of the OpenID Connect provider, which its dump does not hold.

    Raises:
        AccountFaults: A document is at fault, or holds what the account already has; every fault is listed and nothing is written.
        RegistrationError: A provider cannot be registered.
    """
    root, settings = open_account(path)
    account = load_account(root)
    faults = Faults()
    groups = {group.name: group for group in account.groups.values()}
    draft = _Draft(settings, faults, _taken(account), dict(account.policies), groups)
    parsed = {name: _parse(name, octets, faults) for name, octets in documents.items()}
    _check_kinds(parsed, faults)
    for member in DETAILS:
        for file, document in parsed.items():
            if _is_details(document):
                _read_member(member, document, file, draft)
    if len(faults):
        raise faults.error()
    key_set = next((documents[name] for name, document in parsed.items() if _is_key_set(document)), jwks)
    providers = [_register(root, document, saml_provider_name, key_set) for document in parsed.values() if _is_provider(document)]
    for member, files in draft.files.items():
        if files:
            write_files(inside(root, _DIRECTORIES[member]), files)
    numbers = {_DIRECTORIES[member]: len(files) for member, files in draft.files.items()}
    return Imported(**numbers, providers=tuple(providers))


def _check_kinds(parsed: Mapping[str, Any], faults: Faults) -> None:
    for file, document in parsed.items():
        if document is not None and not (_is_details(document) or _is_provider(document) or _is_key_set(document)):
            remedy = "pass what get-account-authorization-details, get-saml-provider or get-open-id-connect-provider printed"
            faults.add(file, "", "an answer of IAM that is known here", "another document", remedy)
    pages = [document for document in parsed.values() if _is_details(document)]
    if pages and all(page.get("IsTruncated") is True for page in pages):
        file = next(name for name, document in parsed.items() if document is pages[-1])
        faults.add(file, "$.IsTruncated", "the last page, too", "a page that others follow", "pass all pages, or let the AWS CLI join them")


def _parse(name: str, octets: bytes, faults: Faults) -> Any:  # noqa: ANN401 - JSON
    try:
        return parse_json(octets.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        faults.add(name, "", "one JSON document without duplicate members", show(str(error)), "pass the answer as it was printed")
        return None


def _is_details(document: object) -> bool:
    return isinstance(document, dict) and any(member in document for member in DETAILS)


def _is_provider(document: object) -> bool:
    return isinstance(document, dict) and ("SAMLMetadataDocument" in document or {"Url", "ClientIDList"} <= document.keys())


def _is_key_set(document: object) -> bool:
    return isinstance(document, dict) and isinstance(document.get("keys"), list)


def _read_member(member: str, document: Mapping[str, Any], file: str, draft: _Draft) -> None:
    for place, item in _items(member, document, file, draft.faults):
        name = item[_NAMES[member]]
        own = Faults()
        _READERS[member](item, name, draft, own)
        key = (member, name.lower())
        if key in draft.taken:
            own.add(file, "$", "a name that is not taken, whatever its case", show(name), "remove the one or the other")
        draft.taken.add(key)
        for fault in own:
            where = place + fault.path.removeprefix("$")
            draft.faults.add(file, where, fault.expected, fault.found, fault.remedy, check=fault.check)
        if not len(own):
            draft.files[member][f"{name}.json"] = document_octets(item)


def _read_policy_item(item: object, name: str, draft: _Draft, faults: Faults) -> None:
    policy = read_policy(item, name, file="", settings=draft.settings, faults=faults)
    if policy is not None:
        draft.policies[policy.arn] = policy


def _read_group_item(item: object, name: str, draft: _Draft, faults: Faults) -> None:
    group = read_group(item, name, file="", settings=draft.settings, faults=faults)
    if group is not None:
        draft.groups[name] = group
        _check(group.attached_policies, None, draft, faults)


def _read_user_item(item: object, name: str, draft: _Draft, faults: Faults) -> None:
    user = read_user(item, name, file="", settings=draft.settings, groups=draft.groups, faults=faults)
    if user is not None:
        _check(user.attached_policies, user.permissions_boundary, draft, faults)


def _read_role_item(item: object, name: str, draft: _Draft, faults: Faults) -> None:
    role = read_role(item, name, file="", settings=draft.settings, faults=faults)
    if role is not None:
        _check(role.attached_policies, role.permissions_boundary, draft, faults)


def _check(attached: tuple[str, ...], boundary: str | None, draft: _Draft, faults: Faults) -> None:
    check_references(attached, boundary=boundary, policies=draft.policies, file="", settings=draft.settings, faults=faults)


_READERS: Final[Mapping[str, Callable[[object, str, _Draft, Faults], None]]] = {
    "Policies": _read_policy_item,
    "GroupDetailList": _read_group_item,
    "UserDetailList": _read_user_item,
    "RoleDetailList": _read_role_item,
}


def _items(member: str, document: Mapping[str, Any], file: str, faults: Faults) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = document.get(member, [])
    if not isinstance(listed, list):
        faults.add(file, f"$.{member}", "a list", type(listed).__name__, "pass the answer as it was printed")
        return
    for index, item in enumerate(listed):
        place = f"$.{member}[{index}]"
        if not isinstance(item, dict) or not isinstance(item.get(_NAMES[member]), str):
            faults.add(file, place, f"an object with {_NAMES[member]}", "another", "pass the answer as it was printed")
        else:
            yield place, item


def _taken(account: Account) -> set[tuple[str, str]]:
    """Return the names that the account holds already, in lower case, each with its kind."""
    held = {
        "Policies": [policy.name for policy in account.policies.values()],
        "GroupDetailList": [group.name for group in account.groups.values()],
        "UserDetailList": [user.name for user in account.users.values()],
        "RoleDetailList": [role.name for role in account.roles.values()],
    }
    return {(member, name.lower()) for member, names in held.items() for name in names}


def _register(root: Path, document: Mapping[str, Any], name: str | None, jwks: bytes | None) -> str:
    """Register the provider of a dump and return its ARN."""
    if "SAMLMetadataDocument" in document:
        if name is None:
            raise _missing("saml-provider-name", "the name of the SAML provider", "pass it with --saml-provider-name")
        return add_saml_provider(root, name=name, metadata=document["SAMLMetadataDocument"])
    if jwks is None:
        raise _missing("jwks", "the key set of the OpenID Connect provider", "pass what its jwks_uri answers, too")
    url = document["Url"]
    return add_oidc_provider(root, url=f"https://{url}" if isinstance(url, str) else url, client_ids=document["ClientIDList"], jwks=jwks)


def _missing(check: str, expected: str, remedy: str) -> RegistrationError:
    return RegistrationError(check=check, expected=expected, found="none", remedy=remedy)
