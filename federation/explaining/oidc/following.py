"""The roles that trust an issuer, and the edits by which a role's trust policy follows an issuer to another URL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from federation.account import Account, Role
from federation.errors import printable
from federation.explaining.fixing import changed
from federation.explaining.situation import Situation
from federation.explanation import Change, Edit, Place
from federation.policy import Policy
from federation.policy.document import member

_LISTED: Final = 8


def trusting(account: Account, url: str) -> tuple[str, ...]:
    """Return the ARNs of the first few roles whose trust policy names the provider of *url*."""
    name = url.removeprefix("https://")
    quoted = f'oidc-provider/{json.dumps(name)[1:-1]}"'
    found = (role.arn for role in account.roles.values() if quoted in role.trust_policy.source_text)
    return tuple(arn for arn, _ in zip(found, range(_LISTED), strict=False))


def follow_issuer(situation: Situation, old: str, new: str) -> tuple[Edit, ...]:
    """Return the edit by which the role's trust policy names the provider of *new* instead of that of *old*; none where it does not.

    Whoever the policy let in by the old provider is let in by the new one, on the same conditions.
    """
    role = situation.role
    if role is None:
        return ()
    names = old.removeprefix("https://"), new.removeprefix("https://")
    changes = tuple(_changes(role, *names))
    if not changes:
        return ()
    return (
        Edit(
            place=Place(owner="policy", file=role.file, path=changes[0].path),
            instruction=f"let the trust policy of {role.name} name the provider of the token's issuer, in principal and condition keys",
            old=printable(names[0]),
            new=printable(names[1]),
            changes=changes,
            lets_in=f"whoever {printable(new)} says is whom the policy names",
        ),
    )


def following_roles(situation: Situation, old: str, new: str) -> Mapping[str, Role]:
    """Return the roles of the account with the edit of `follow_issuer` made."""
    account, role = situation.account, situation.role
    if account is None:
        return {}
    changes = tuple(change for edit in follow_issuer(situation, old, new) for change in edit.changes)
    if role is None or not changes:
        return account.roles
    policy = Policy.stored(changed(role.trust_policy.document, changes), kind="trust")
    return {**account.roles, role.arn: replace(role, trust_policy=policy)}


def _changes(role: Role, old: str, new: str) -> Iterator[Change]:
    for statement in role.trust_policy.statements:
        source = statement.source
        principal = source.get("Principal")
        federated = principal.get("Federated") if isinstance(principal, dict) else None
        moved = _moved(federated, old, new)
        if federated is None or moved == federated:
            continue
        yield Change(path=f"{statement.path}.Principal.Federated", old=federated, new=moved)
        for operator, block in source.get("Condition", {}).items():
            renamed = {_key(key, old, new): value for key, value in block.items()}
            if renamed.keys() != block.keys():
                yield Change(path=member(f"{statement.path}.Condition", operator), old=block, new=renamed)


def _moved(principal: Any, old: str, new: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(principal, list):
        return [_moved(each, old, new) for each in principal]
    ending = f":oidc-provider/{old}"
    return principal.removesuffix(old) + new if isinstance(principal, str) and principal.endswith(ending) else principal


def _key(key: str, old: str, new: str) -> str:
    return f"{new}{key[len(old) :]}" if key.lower().startswith(f"{old.lower()}:") else key
