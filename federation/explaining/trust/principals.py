"""Why a statement's Principal is not the caller, and the statement that lets in the caller alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from federation.errors import show
from federation.explaining.difference import how_they_differ, other_partition
from federation.explaining.fixing import plain
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.rewriting import demanding, quoted, shown
from federation.explaining.trust.asked import OIDC_PROVIDER, Asked, Unmet, provider_name
from federation.explanation import ABSENT, Cause, Change, Comparison, Edit, Listing
from federation.policy import Statement
from federation.policy.document import member
from federation.policy.wildcard import fold
from federation.vendors import BUILT_IN, Vendor, find_vendor

_IDENTITY: Final = ("aud", "app_id", "sub", "user_id", "id")
"""Claims that together say which application and which user, whatever the protocol."""
_MAX_LISTED: Final = 8
_UNIQUE_ID: Final = re.compile(r"A(?:ID|RO)A[A-Z0-9]{12,}", re.ASCII)


def explain_principal(asked: Asked, statement: Statement) -> Unmet:
    """Explain why the principal element of *statement* does not cover the caller."""
    element, caller = statement.principal, asked.caller
    name = "NotPrincipal" if element is not None and element.negated else "Principal"
    path = f"{statement.path}.{name}"
    listed = [] if element is None else [each.partition(":")[2] or each for each in element.spelled]
    near = next(iter(most_alike(caller.name, listed, limit=1)), "")
    sentence = f"NotPrincipal lists {show(caller.name)}" if name == "NotPrincipal" else _sentence(asked, statement, near)
    compared = Comparison(expected=near, found=caller.name, expected_from="policy", found_from=asked.token)
    cause = Cause(
        check="principal",
        sentence=sentence,
        place=asked.place(path),
        comparisons=(compared,) if near.startswith("arn:") else (),
        listings=tuple(_listings(asked, near)),
    )
    if name == "NotPrincipal":
        return Unmet(cause=cause, edits=(appended(asked),))
    if caller.type != "Federated":
        return Unmet(cause=cause, edits=tuple(_named(asked, statement, path)))
    return Unmet(cause=cause, edits=tuple(_edits(asked, statement, path, near)))


def nobody(asked: Asked) -> Unmet:
    """Explain a policy without any Allow statement."""
    sentence = f"the trust policy has no Allow statement, and nobody is let in without one: the caller is {show(asked.caller.name)}"
    return Unmet(cause=Cause(check="principal", sentence=sentence, place=asked.place("$.Statement")), edits=(appended(asked),))


def appended(asked: Asked, statement: dict[str, Any] | None = None, *, whom: str = "login") -> Edit:
    """Return the edit that adds *statement*, or one that lets in the caller with this audience and this subject alone.

    *whom* is what the edit calls that which the statement lets in.
    """
    further = own_statement(asked) if statement is None else statement
    old = plain(asked.policy.document["Statement"])
    place = f"$.Statement[{len(old)}]" if isinstance(old, list) else "$.Statement[1]"
    whole = Change(path="$.Statement", old=old, new=[old, further])
    change = Change(path=place, old=ABSENT, new=further) if isinstance(old, list) else whole
    return asked.edit(place, f"add a statement for this {whom} alone", [change], old=None, new=shown(further))


def own_statement(asked: Asked) -> dict[str, Any]:
    """Return the statement that lets in the caller with this audience and this subject alone."""
    kind = asked.caller.type or "AWS"
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {kind: asked.caller.name}, "Action": asked.operation}
    exact = dict(identity(asked))
    return {**statement, "Condition": {"StringEquals": exact}} if exact else statement


def identity(asked: Asked) -> Sequence[tuple[str, str]]:
    """Return the condition keys of the request, with their values, that say which application and which user."""
    keys = ((asked.spelled(f"{asked.provider}:{claim}"), asked.value(f"{asked.provider}:{claim}")) for claim in _IDENTITY)
    return [(key, value) for key, value in keys if isinstance(value, str)]


def _sentence(asked: Asked, statement: Statement, near: str) -> str:
    element, name = statement.principal, asked.caller.name
    names = {} if element is None else element.names
    types = set(names)
    by = f"the caller is federated and comes by {show(name)}" if asked.caller.type == "Federated" else f"the caller is {show(name)}"
    if _UNIQUE_ID.fullmatch(near):
        return f"the policy trusts {show(near)}, which is what remains of a user or role that was deleted; {by}"
    if element is not None and element.everyone and asked.caller.type == "Federated":
        return f"the policy trusts `*`, which is every principal with AWS credentials and no federated one; {by}"
    if near == name:
        return f"the policy names {show(name)} under {' and '.join(sorted(types))}, and a provider belongs under Federated"
    if "Federated" not in types:
        kinds = {"Service": "AWS service", "AWS": "IAM principal"}
        listed = [f"the {kinds.get(kind, kind)} {show(each)}" for kind in sorted(types) for each in sorted(names[kind])]
        return f"the policy trusts {' and '.join(listed[:_MAX_LISTED])}; {by}"
    return _of_provider(asked, statement, near)


def _of_provider(asked: Asked, statement: Statement, near: str) -> str:
    sentence = f"the policy trusts the provider {show(near)}; the {asked.token} was proved by {show(asked.caller.name)}"
    why = _why_another(asked, near)
    if why:
        return f"{sentence}: {why}"
    if asked.registered and near not in asked.registered:
        sentence += "; the account has no provider of the policy's name"
    if _keys_of(statement) == {fold(asked.provider)}:
        return f"{sentence}. The statement's keys are those of {show(asked.provider)}: the principal is the half that is wrong"
    return sentence


def _why_another(asked: Asked, near: str) -> str:
    """Return what is wrong with the name *near* of a provider; empty where it may be another provider's."""
    name = asked.caller.name
    reasons = {
        "AWS has this provider built in, and it is named by its host alone": name in BUILT_IN and provider_name(near) == name,
        "a provider of the account is named by its ARN": near not in BUILT_IN and not near.startswith("arn:"),
        "the ARN has the URL without `https://`": provider_name(near).startswith(("https://", "http://")),
        "a cluster that is created anew has another issuer": _clusters(near, name),
    }
    how = how_they_differ(near, name) or other_partition(near, name)
    return next((reason for reason, holds in reasons.items() if holds), f"they differ {how}" if how else "")


def _keys_of(statement: Statement) -> set[str]:
    """Return the OIDC providers, folded, whose keys the statement demands."""
    demanded = [each for each in statement.conditions if not each.operator.matches_absence]
    return {provider for each in demanded if "." in (provider := each.folded.rpartition(":")[0])}


def _listings(asked: Asked, near: str) -> Iterator[Listing]:
    if near.startswith("arn:") and asked.registered and near not in asked.registered:
        members = most_alike(near, asked.registered, limit=_MAX_LISTED)
        yield Listing(label="providers of the account", members=members, nearest=nearest(near, asked.registered))
    if _clusters(near, asked.caller.name) and asked.account is not None:
        trusting = [role.name for role in asked.account.roles.values() if _trusts(role.trust_policy.statements, near)]
        rest = len(trusting) - _MAX_LISTED
        members = (*trusting[:_MAX_LISTED], *((f"and {rest} more",) if rest > 0 else ()))
        yield Listing(label="roles that trust the former issuer", members=members)


def _trusts(statements: Sequence[Statement], provider: str) -> bool:
    elements = (each.principal for each in statements if each.effect == "Allow")
    return any(element is not None and provider in element.names.get("Federated", ()) for element in elements)


def _clusters(one: str, other: str) -> bool:
    """Whether both are issuers of Kubernetes clusters."""
    kubernetes: Vendor = find_vendor("oidc.eks.us-east-1.amazonaws.com/id/x")
    return all(OIDC_PROVIDER in each and find_vendor(provider_name(each)) is kubernetes for each in (one, other))


def _edits(asked: Asked, statement: Statement, path: str, near: str) -> Iterator[Edit]:
    """Yield the edits; a principal that no caller can be gives way, any other stays beside."""
    element = statement.principal
    names = {} if element is None else element.names
    dead = [each for each in names.get("Federated", ()) if asked.registered and each not in asked.registered]
    others = {(kind, each) for kind, several in names.items() for each in several} - {("Federated", each) for each in dead}
    federated_only = not statement.action.negated and not statement.action.matches(fold("sts:AssumeRole"))
    crossed = _keys_of(statement) == {fold(asked.provider)} and provider_name(near) != asked.provider
    if near in dead or crossed or (federated_only and all(_is_dead(kind, each) for kind, each in others)):
        yield from _replaced(asked, statement, path, near, alone=all(_is_dead(kind, each) for kind, each in others))
    copy = _copied(asked, statement, near)
    own = appended(asked)
    if copy is not None and copy.changes != own.changes:
        yield copy
    yield own


def _named(asked: Asked, statement: Statement, path: str) -> Iterator[Edit]:
    """Yield the edit that names a caller with AWS credentials beside those of the statement, whose conditions bind it too."""
    old, name = plain(statement.source["Principal"]), asked.caller.name
    if isinstance(old, dict):
        listed = old.get("AWS", [])
        several = [*listed, name] if isinstance(listed, list) else [listed, name]
        new = {**old, "AWS": several if listed else name}
        change = Change(path=path, old=old, new=new)
        yield asked.edit(path, f"add {quoted(name)} to the principals", [change], old=shown(old), new=shown(new))
    else:
        yield appended(asked)


def _is_dead(kind: str, name: str) -> bool:
    """Whether the principal is none that performs a federated operation."""
    return kind != "Federated" and (name == "*" or "-provider/" in name)


def _replaced(asked: Asked, statement: Statement, path: str, near: str, *, alone: bool) -> Iterator[Edit]:
    """Yield the edit that writes the caller's provider in place of *near*, in the principal and in the keys of the conditions."""
    old, name = statement.source["Principal"], asked.caller.name
    listed = old.get("Federated") if isinstance(old, dict) else None
    new: Any = {"Federated": name} if alone and not isinstance(listed, list) else None
    if isinstance(listed, list) and near in listed:
        new = {**old, "Federated": [name if each == near else each for each in listed]}
    elif isinstance(listed, str) and new is None:
        new = {**old, "Federated": name}
    if new is None:
        return
    changes: list[Change] = [Change(path=path, old=old, new=new), *_keys(asked, statement, provider_name(near))]
    after = asked.after(changes)
    if after is not None and asked.protocol == "OIDC" and not is_bounded(after, after.policy.statements[statement.index]):
        changes += demanding(after.policy.statements[statement.index], identity(asked))
    instruction = f"write {quoted(name)} in place of {quoted(near)}"
    if len(changes) > 1:
        instruction += ", in the principal and in the condition"
    yield asked.edit(path, instruction, changes, old=shown(old), new=shown(new))


def _keys(asked: Asked, statement: Statement, former: str) -> Iterator[Change]:
    """Yield the changes by which the conditions' keys of the provider *former* are those of the caller's provider."""
    for name, block in statement.source.get("Condition", {}).items():
        new = _of_provider_keys(asked, block, former)
        if new != block and len(new) == len(block):
            yield Change(path=member(f"{statement.path}.Condition", name), old=plain(block), new=plain(new))


def _of_provider_keys(asked: Asked, block: dict[str, Any], former: str) -> dict[str, Any]:
    old = fold(former.removeprefix("https://")) + ":"
    return {f"{asked.provider}:{key[len(old) :]}" if fold(key).startswith(old) else key: value for key, value in block.items()}


def is_bounded(asked: Asked, statement: Statement) -> bool:
    """Whether the statement says whose identities of the caller's provider it means."""
    keys = {fold(f"{asked.provider}:{bound.claim}") for bound in asked.vendor.bounds if not bound.claim.startswith("sts:")}
    return any(each.folded in keys and not each.operator.operator.negated and not each.operator.if_exists for each in statement.conditions)


def _copied(asked: Asked, statement: Statement, near: str) -> Edit | None:
    """Return the edit that adds a copy of *statement* for the caller's provider; None where the copy would not let the caller in."""
    if asked.protocol != "OIDC" or near not in asked.registered or OIDC_PROVIDER not in near or not statement.source.get("Condition"):
        return None
    former = provider_name(near)
    source = {name: value for name, value in statement.source.items() if name != "Sid"}
    condition = {name: _of_provider_keys(asked, block, former) for name, block in source["Condition"].items()}
    edit = appended(asked, {**source, "Principal": {"Federated": asked.caller.name}, "Condition": condition})
    after = asked.after(edit.changes)
    return edit if after is not None and after.allowed and is_bounded(after, after.policy.statements[-1]) else None
