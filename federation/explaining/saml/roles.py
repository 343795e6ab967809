"""The roles that the assertion offers, compared with the requested one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from federation.errors import show
from federation.explaining.difference import QUOTATION_MARKS, differs_in_case_alone, how_they_differ, other_partition
from federation.explaining.lookalikes import as_it_looks, odd_characters
from federation.explaining.nearest import most_alike
from federation.explaining.saml.edits import in_call, setting
from federation.explaining.saml.evidence import Evidence, compared, evidence_of, listed, plain, some
from federation.explaining.situation import Situation
from federation.explanation import Comparison, Edit, Obstacle
from federation.sts.login.saml_attributes import ROLE

_ARN: Final = re.compile(r"arn:[a-z-]{3,20}:iam::\d{0,14}:(?:role|saml-provider)/[^\s,;|]{1,1024}", re.ASCII)
_ACCOUNT: Final = re.compile(r"arn:[a-z-]{3,20}:iam::(\d{0,14}):", re.ASCII)


class Pair(NamedTuple):
    """A value of the Role attribute as it stands, and the role and provider in it."""

    value: str
    role: str
    provider: str


def role_pair(situation: Situation) -> Obstacle:
    """Explain that the assertion does not offer the role of the call with its provider."""
    evidence = evidence_of(situation)
    role, provider = str(situation.parameter("role_arn")), str(situation.parameter("principal_arn"))
    wanted = f"{role},{provider}"
    offered = evidence.attributes.get(ROLE, ())
    if not offered:
        return _no_role(evidence, wanted)
    listing = listed("role pairs in the assertion", offered, wanted)
    misspelt = _misspelt(offered, role, provider)
    if misspelt is not None:
        value, fault = misspelt
        sentence = f"the assertion offers the role, but {fault}: {show(value)}"
        edit = _at_idp(evidence, value, wanted)
        return evidence.obstacle(sentence, [edit], comparisons=(_beside(wanted, value),), listings=(listing,))
    pairs = [pair for value in offered if (pair := _read(value)) is not None]
    near = _nearest_pair(pairs, wanted)
    if near is None:
        value = most_alike(wanted, offered, limit=1)[0]
        sentence = f"the attribute Role has the value {show(value)}, which is no pair of a role's ARN and a provider's ARN"
        edit = _at_idp(evidence, value, wanted)
        return evidence.obstacle(sentence, [edit], comparisons=(_beside(wanted, value),), listings=(listing,))
    count = "the one role pair" if len(offered) == 1 else f"the nearest of {len(offered)} role pairs"
    sentence = f"{count} of the assertion {_difference(near, role, provider)}; the call asks for {show(role)} with {show(provider)}"
    comparison = _beside(wanted, f"{near.role},{near.provider}")
    edits, alternatives = _pair_edits(evidence, near, role, provider)
    return evidence.obstacle(sentence, edits, comparisons=(comparison,), listings=(listing,), alternatives=alternatives)


def _no_role(evidence: Evidence, wanted: str) -> Obstacle:
    """Explain that there is no Role attribute: another attribute has the pairs, or none has."""
    names = tuple(evidence.attributes)
    listing = listed("attributes of the assertion", names, ROLE)
    holder = next((name for name in names if any(_read(value) for value in evidence.attributes[name])), None)
    like = holder or next((name for name in names if re.split(r"[/:]", name)[-1].casefold() == "role"), None)
    if like is not None:
        how = how_they_differ(ROLE, like)
        what = "its role pairs stand" if holder is not None else "it has a role"
        sentence = f"the assertion has no attribute {show(ROLE)}; {what} in the attribute {show(like)}" + (
            f": it differs {how}" if how else ""
        )
        edit = setting(evidence, "role", path=plain(like), old=like, new=ROLE, to=f"the attribute name {show(ROLE)}")
        return evidence.obstacle(sentence, [edit], comparisons=(_beside(ROLE, like),), listings=(listing,))
    has = f"it has {some(names)}" if names else "it has no attribute at all"
    edit = setting(evidence, "role", path=ROLE, new=wanted, to=f"send {show(ROLE)} with the value {show(wanted)}")
    return evidence.obstacle(f"the assertion has no attribute {show(ROLE)}; {has}", [edit], listings=(listing,))


def _misspelt(offered: Iterable[str], role: str, provider: str) -> tuple[str, str] | None:
    """Return the value that means the pair and spells it so that AWS does not read it, and what is wrong; None where there is none."""
    meant = {f"{role},{provider}", f"{provider},{role}"}
    for value in offered:
        if "".join(value.split()) in meant:
            return value, "there is white space in the value"
        if value.strip(QUOTATION_MARKS) in meant:
            return value, "there are quotation marks around the value"
        seen = as_it_looks(value)
        if "".join(seen.split()) in meant:
            return value, f"the value has characters that look alike or cannot be seen: {odd_characters(value, seen)}"
        if re.sub(r"[;|\s]+", ",", value.strip()) in meant:
            return value, "its ARNs are not separated by a comma"
        arns = _ARN.findall(value)
        if len(arns) > len(("role", "provider")) and role in arns and provider in arns:
            return value, f"one AttributeValue holds {len(arns)} ARNs, and every pair needs an AttributeValue of its own"
    return None


def _read(value: str) -> Pair | None:
    """Return the pair of *value*, in either order; None where it holds no role and no provider."""
    arns = _ARN.findall(value)
    role = next((arn for arn in arns if ":role/" in arn), None)
    provider = next((arn for arn in arns if ":saml-provider/" in arn), None)
    return None if role is None or provider is None else Pair(value, role, provider)


def _nearest_pair(pairs: list[Pair], wanted: str) -> Pair | None:
    texts = {f"{pair.role},{pair.provider}": pair for pair in pairs}
    return next((texts[text] for text in most_alike(wanted, texts, limit=1)), None)


def _difference(near: Pair, role: str, provider: str) -> str:
    """Return what the nearest pair has instead."""
    found, asked = ({match[1] for arn in arns if (match := _ACCOUNT.match(arn))} for arns in ((near.role, near.provider), (role, provider)))
    if asked and found.isdisjoint(asked):
        return f"is of the account {' and '.join(sorted(found))}, and the call is of {' and '.join(sorted(asked))}"
    parts = []
    if near.role != role:
        parts.append(f"the role {show(near.role)}{_how(near.role, role)}")
    if near.provider != provider:
        parts.append(f"the provider {show(near.provider)}{_how(near.provider, provider)}")
    return f"has {' and '.join(parts)} instead" if parts else f"stands as {show(near.value)}"


def _how(found: str, asked: str) -> str:
    if differs_in_case_alone(found, asked):
        return " (only the case differs)"
    how = how_they_differ(found, asked) or other_partition(found, asked) or _other_path(found, asked)
    return f" (it differs {how})" if how else ""


def _other_path(found: str, asked: str) -> str:
    """Return in words that two ARNs of roles differ in their path alone; empty otherwise."""
    (head, _, own), (account, _, wanted) = (text.partition(":role/") for text in (found, asked))
    (path, _, name), (other, _, called) = (text.rpartition("/") for text in (own, wanted))
    alone = bool(name) and head == account and name == called
    return f"in the path of the role: {show(f'/{path}/' if path else '/')} and {show(f'/{other}/' if other else '/')}" if alone else ""


def _pair_edits(evidence: Evidence, near: Pair, role: str, provider: str) -> tuple[list[Edit], bool]:
    """Return the edits, and whether they are alternatives.

    They ask for what is offered, where the account has it, or offer what is asked, where the account has that.
    """
    account = evidence.account
    asked_exists = account is not None and role in account.roles
    offered_exists = account is not None and near.role in account.roles
    at_idp = _at_idp(evidence, f"{near.role},{near.provider}", f"{role},{provider}")
    if near.role == role or not offered_exists:
        return [at_idp], True
    edits = [in_call("RoleArn", role, near.role, flag="--role-arn")]
    if near.provider != provider:
        edits.append(in_call("PrincipalArn", provider, near.provider, flag="--principal-arn"))
        if not _gets_past(evidence, role_arn=near.role, principal_arn=near.provider):
            return [at_idp], True
        return edits, False
    return [*edits, at_idp] if asked_exists else edits, True


def _gets_past(evidence: Evidence, **parameters: str) -> bool:
    """Return whether the call with other *parameters* gets past the token and the role pair."""
    trial = evidence.situation.trial
    return trial is not None and trial.with_call(**parameters).outcome().request is not None


def _at_idp(evidence: Evidence, old: str, new: str) -> Edit:
    return setting(evidence, "role", path=ROLE, old=old, new=new, to=f"send the value {show(new)} in {show(ROLE)}")


def _beside(wanted: str, found: str) -> Comparison:
    return compared(wanted, found, expected_from="call", found_from="assertion")
