"""The contents of an account, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.text import Text

from federation.account.model import Account, Group, Role, User
from federation.cli.rendering.results import console, facts
from federation.identity import timestamp
from federation.policy.statement import Statement


def counts(account: Account) -> str:
    """Return the number of entities of each kind. Kinds without any are left out, roles excepted."""
    found = {
        "SAML providers": account.saml_providers,
        "OIDC providers": account.oidc_providers,
        "OAuth providers": account.oauth_providers,
        "plug-in providers": account.plugin_providers,
        "roles": account.roles,
        "users": account.users,
        "groups": account.groups,
        "policies": account.policies,
    }
    return ", ".join(f"{name}: {len(entries)}" for name, entries in found.items() if entries or name == "roles")


def summary(account: Account) -> dict[str, object]:
    """Return the account as plain data with stable names."""
    return {
        "account_id": account.id,
        "alias": account.alias,
        "partition": account.partition,
        "profile": account.profile.value,
        "saml_providers": {
            arn: {
                "entity_ids": sorted(provider.entity_ids),
                "keys": [{"fingerprint": key.fingerprint, "not_after": timestamp(key.not_after)} for key in provider.keys],
                "notes": list(provider.notes),
            }
            for arn, provider in account.saml_providers.items()
        },
        "oidc_providers": {
            arn: {
                "url": provider.url,
                "client_ids": list(provider.client_ids),
                "keys": [{"kid": key.kid, "kty": key.kty, "thumbprint": key.thumbprint} for key in provider.keys.keys],
                "notes": list(provider.notes),
            }
            for arn, provider in account.oidc_providers.items()
        },
        "oauth_providers": {
            name: {
                "client_ids": None if provider.client_ids is None else sorted(provider.client_ids),
                "answers": len(provider.answers),
            }
            for name, provider in account.oauth_providers.items()
        },
        "plugin_providers": {name: {"kind": provider.kind} for name, provider in account.plugin_providers.items()},
        "roles": {
            arn: {
                "role_id": role.role_id,
                "max_session_duration": role.max_session_duration,
                "trust_policy": role.trust_policy.document,
                **_carried(role),
            }
            for arn, role in account.roles.items()
        },
        "users": {
            arn: {
                "user_id": user.user_id,
                "access_keys": _keys_of(account, arn),
                "mfa_devices": list(account.mfa_devices.get(arn, ())),
                "groups": [group.name for group in user.groups],
                **_carried(user),
            }
            for arn, user in account.users.items()
        },
        "groups": {group.arn: {"group_id": group.group_id, **_policies(group)} for group in account.groups.values()},
        "policies": list(account.policies),
        "unassigned_mfa_devices": list(account.unassigned_mfa_devices),
        "notes": list(account.notes),
    }


def print_account(account: Account) -> None:
    """Print the account: providers with their keys, roles with their trusted principals, and the names of the rest."""
    out = console()
    alias = [] if account.alias is None else [("alias", account.alias)]
    out.print(facts([("account", account.id), *alias, ("partition", account.partition), ("profile", account.profile.value)], indent=0))
    for name, rows in _entries(account):
        out.print(Text(name))
        out.print(facts(rows))
    out.print(facts(((("note", note) for note in account.notes)), indent=0))


def _entries(account: Account) -> Iterator[tuple[str, list[tuple[str, object]]]]:
    for arn, saml in account.saml_providers.items():
        keys = (("signing key", f"{key.fingerprint[:16]}… {_until(key.not_after)}".rstrip()) for key in saml.keys)
        yield arn, [*(("entity id", name) for name in sorted(saml.entity_ids)), *keys]
    for arn, oidc in account.oidc_providers.items():
        named = (("signing key", f"{key.kty} {key.kid or key.thumbprint}") for key in oidc.keys.keys)
        yield arn, [("issuer", oidc.url), *(("client id", name) for name in oidc.client_ids), *named]
    for name, oauth in account.oauth_providers.items():
        clients = ["any that the trust policy allows"] if oauth.client_ids is None else sorted(oauth.client_ids)
        yield name, [*(("client id", client) for client in clients), ("answers", f"about {len(oauth.answers)} tokens")]
    for name, plugged in account.plugin_providers.items():
        yield name, [("plug-in", plugged.kind)]
    yield from _entities(account)


def _entities(account: Account) -> Iterator[tuple[str, list[tuple[str, object]]]]:
    for arn, role in account.roles.items():
        rows = [("longest session", f"{role.max_session_duration} s"), ("trusts", _trusts(role.trust_policy.statements))]
        yield arn, [*rows, *_carried_rows(role)]
    for arn in (*account.users, account.root_arn):
        rows = [("access key", key) for key in _keys_of(account, arn)] + [("MFA device", name) for name in account.mfa_devices.get(arn, ())]
        user = account.users.get(arn)
        if user is not None:
            yield arn, [*rows, *(("group", group.name) for group in user.groups), *_carried_rows(user)]
        elif rows:
            yield arn, [*rows]
    for serial in account.unassigned_mfa_devices:
        yield serial, [("MFA device", "enabled for no one")]
    for group in account.groups.values():
        yield group.arn, _policy_rows(group)
    for arn in account.policies:
        yield arn, []


def _policies(holder: Role | User | Group) -> dict[str, object]:
    return {"attached_policies": list(holder.attached_policies), "inline_policies": list(holder.inline_policies)}


def _carried(principal: Role | User) -> dict[str, object]:
    tags = {tag.key: tag.value for tag in principal.tags}
    return {**_policies(principal), "permissions_boundary": principal.permissions_boundary, "tags": tags}


def _policy_rows(holder: Role | User | Group) -> list[tuple[str, object]]:
    inline = [("inline policy", name) for name in holder.inline_policies]
    return [*inline, *(("policy", arn) for arn in holder.attached_policies)]


def _carried_rows(principal: Role | User) -> list[tuple[str, object]]:
    tags = ", ".join(f"{tag.key}={tag.value}" for tag in principal.tags)
    return [*_policy_rows(principal), ("boundary", principal.permissions_boundary), ("tags", tags)]


def _keys_of(account: Account, arn: str) -> list[str]:
    """Return the ids of the access keys of a user, or of the root."""
    return [key.id for key in account.access_keys.values() if (key.user or account.root_arn) == arn]


def _until(moment: datetime | None) -> str:
    return "" if moment is None else f"certificate until {moment:%Y-%m-%d}"


def _trusts(statements: Iterable[Statement]) -> str:
    """Return the principals in the Allow statements of a trust policy."""
    names = [name for each in statements if each.effect == "Allow" and each.principal is not None for name in each.principal.spelled]
    return ", ".join(dict.fromkeys(names)) or "nobody"
