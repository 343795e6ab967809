"""What AWS reads of the assertion's attributes: the roles, the session's name and length, its tags and its source identity."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from federation import limits
from federation.errors import show
from federation.explaining.difference import differs_in_case_alone
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.saml.edits import at_identity_provider, in_call, setting
from federation.explaining.saml.evidence import Evidence, compared, listed, plain
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explanation import Comparison, Edit, Obstacle
from federation.identity import SessionTag
from federation.sts.login.saml_attributes import (
    PREFIX,
    PRINCIPAL_TAG,
    ROLE,
    ROLE_SESSION_NAME,
    SESSION_DURATION,
    SOURCE_IDENTITY,
    TRANSITIVE_TAG_KEYS,
)
from federation.tags import RESERVED_PREFIX, fault_of, in_alphabet

_ARN: Final = re.compile(r"arn:[a-z-]{3,20}:iam::\d{0,14}:(?:role|saml-provider)/[^\s,;|]{1,1024}", re.ASCII)
_ACCOUNT: Final = re.compile(r"arn:[a-z-]{3,20}:iam::(\d{0,14}):", re.ASCII)
_FOREIGN: Final = re.compile(r"[^a-zA-Z_0-9+=,.@-]", re.ASCII)
_NAME_CHARS: Final = 64
_SHOWN: Final = 8
_DEFAULT_SECONDS: Final = str(limits.ROLE_SESSION_DEFAULT_SECONDS)


class Pair(NamedTuple):
    """A value of the Role attribute as it stands, and the role and provider in it."""

    value: str
    role: str
    provider: str


def role_pair(situation: Situation) -> Obstacle:
    """Explain that the assertion does not offer the role of the call with its provider."""
    evidence = Evidence(situation)
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
    count = "one role pair" if len(offered) == 1 else f"{len(offered)} role pairs"
    sentence = f"the assertion offers {count}, and not {show(role)} with {show(provider)}; {_difference(near, role, provider)}"
    comparison = _beside(wanted, f"{near.role},{near.provider}")
    return evidence.obstacle(sentence, _pair_edits(evidence, near, role, provider), comparisons=(comparison,), listings=(listing,))


def taken_as_met(situation: Situation) -> Trial | None:
    """Judge the login as if the check of the attribute were met, so that the trust policy is asked."""
    return None if situation.trial is None else situation.trial.past(situation.refusal.check)


def session_name(situation: Situation) -> Obstacle:
    """Explain that the assertion names no session, or by characters that AWS does not take."""
    evidence = Evidence(situation)
    return _name(evidence, ROLE_SESSION_NAME, "session-name", required=True)


def source_identity(situation: Situation) -> Obstacle:
    """Explain that the source identity has several values, or characters that AWS does not take."""
    return _name(Evidence(situation), SOURCE_IDENTITY, None, required=False)


def session_duration(situation: Situation) -> Obstacle:
    """Explain that SessionDuration is no number of seconds, or outside of what AWS takes."""
    evidence = Evidence(situation)
    values = evidence.attributes.get(SESSION_DURATION, ())
    low, high = limits.ROLE_SESSION_MIN_SECONDS, limits.ROLE_SESSION_MAX_SECONDS
    if len(values) != 1:
        sentence = f"SessionDuration has {len(values)} values: {_some(values)}; AWS takes one"
        return evidence.obstacle(sentence, [_attribute(evidence, SESSION_DURATION, ", ".join(values), values[0] if values else None)])
    value = values[0]
    if re.fullmatch(r"[0-9]{1,10}", value, re.ASCII):
        new = str(min(max(int(value), low), high))
        sentence = f"SessionDuration is {value} seconds; AWS takes {low} to {high}"
    else:
        new = _DEFAULT_SECONDS
        sentence = f"SessionDuration is {show(value)}, which is no whole number of seconds from {low} to {high}"
    edit = _attribute(evidence, SESSION_DURATION, value, new)
    return evidence.obstacle(
        sentence, [edit], comparisons=(compared(f"{low} to {high}", value, expected_from="AWS", found_from="assertion"),)
    )


def principal_tags(situation: Situation) -> Obstacle:
    """Explain which PrincipalTag is no session tag, and why."""
    evidence = Evidence(situation)
    tags = {name: values for name, values in evidence.attributes.items() if name.startswith(PRINCIPAL_TAG)}
    several = next(((name, values) for name, values in tags.items() if len(values) != 1), None)
    if several is not None:
        name, values = several
        key = name.removeprefix(PRINCIPAL_TAG)
        sentence = f"the PrincipalTag {show(key)} has {len(values)} values: {_some(values)}; a session tag has one"
        return evidence.obstacle(sentence, [_attribute(evidence, name, ", ".join(values), values[0] if values else "")])
    tag = next((each for name, (value,) in tags.items() if fault_of([each := SessionTag(name.removeprefix(PRINCIPAL_TAG), value)])), None)
    if tag is None:
        return _tags_together(evidence, sorted(name.removeprefix(PRINCIPAL_TAG) for name in tags))
    expected, found = fault_of([tag]) or ("", "")
    if found == tag.value:
        sentence = f"the value of the PrincipalTag {show(tag.key)} is {show(tag.value)}{_why(tag.value)}; AWS takes {expected}"
        edit = _attribute(evidence, f"{PRINCIPAL_TAG}{tag.key}", tag.value, _in_alphabet(tag.value)[: limits.TAG_VALUE_CHARS])
    else:
        sentence = f"the PrincipalTag has the key {show(tag.key)}{_why(tag.key)}; AWS takes {expected}"
        new = _in_alphabet(tag.key).removeprefix(RESERVED_PREFIX)[: limits.TAG_KEY_CHARS]
        edit = _attribute(evidence, f"{PRINCIPAL_TAG}{tag.key}", tag.key, new)
    return evidence.obstacle(sentence, [edit])


def transitive_tag_keys(situation: Situation) -> Obstacle:
    """Explain which transitive key is no key of the assertion's own tags."""
    evidence = Evidence(situation)
    keys = evidence.attributes.get(TRANSITIVE_TAG_KEYS, ())
    tags = tuple(name.removeprefix(PRINCIPAL_TAG) for name in evidence.attributes if name.startswith(PRINCIPAL_TAG))
    known = {key.lower() for key in tags}
    foreign = [key for key in keys if key.lower() not in known]
    if not foreign:
        repeated = next(key for place, key in enumerate(keys) if key.lower() in {each.lower() for each in keys[:place]})
        sentence = f"TransitiveTagKeys names {show(repeated)} twice"
        return evidence.obstacle(sentence, [_attribute(evidence, TRANSITIVE_TAG_KEYS, repeated, None)])
    sentence = (
        f"TransitiveTagKeys names {show(foreign[0])}; the assertion has {'the PrincipalTags ' + _some(tags) if tags else 'no PrincipalTag'}"
    )
    near = nearest(foreign[0], tags)
    edits = [] if near is None else [_attribute(evidence, TRANSITIVE_TAG_KEYS, foreign[0], near)]
    tag = f"{PRINCIPAL_TAG}{plain(foreign[0])}"
    edits.append(at_identity_provider(evidence, f"send the attribute {show(tag)} with the value of the tag", path=tag))
    return evidence.obstacle(sentence, edits, listings=(listed("tags of the assertion", tags, foreign[0]),))


def _no_role(evidence: Evidence, wanted: str) -> Obstacle:
    """Explain that there is no Role attribute: another attribute has the pairs, or none has."""
    names = tuple(evidence.attributes)
    listing = listed("attributes of the assertion", names, ROLE)
    holder = next((name for name in names if any(_read(value) for value in evidence.attributes[name])), None)
    like = holder or next((name for name in names if re.split(r"[/:]", name)[-1].casefold() == "role"), None)
    if like is not None:
        how = ": it differs in upper and lower case" if differs_in_case_alone(ROLE, like) else ""
        what = "its role pairs stand" if holder is not None else "it has a role"
        sentence = f"the assertion has no attribute {show(ROLE)}; {what} in the attribute {show(like)}{how}"
        edit = setting(evidence, "role", path=plain(like), old=like, new=ROLE, to=f"the attribute name {show(ROLE)}")
        return evidence.obstacle(sentence, [edit], comparisons=(_beside(ROLE, like),), listings=(listing,))
    has = f"it has {_some(names)}" if names else "it has no attribute at all"
    edit = setting(evidence, "role", path=ROLE, new=wanted, to=f"send {show(ROLE)} with the value {show(wanted)}")
    return evidence.obstacle(f"the assertion has no attribute {show(ROLE)}; {has}", [edit], listings=(listing,))


def _misspelt(offered: Iterable[str], role: str, provider: str) -> tuple[str, str] | None:
    """Return the value that means the pair and spells it so that AWS does not read it, and what is wrong; None where there is none."""
    meant = {f"{role},{provider}", f"{provider},{role}"}
    for value in offered:
        if "".join(value.split()) in meant:
            return value, "there is white space in the value"
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
        return f"the nearest is of the account {' and '.join(sorted(found))}, and the call is of {' and '.join(sorted(asked))}"
    parts = []
    if near.role != role:
        parts.append(f"the role {show(near.role)}" + (" (only the case differs)" if differs_in_case_alone(role, near.role) else ""))
    if near.provider != provider:
        parts.append(
            f"the provider {show(near.provider)}" + (" (only the case differs)" if differs_in_case_alone(provider, near.provider) else "")
        )
    return f"the nearest has {' and '.join(parts)} instead" if parts else f"it stands as {show(near.value)}"


def _pair_edits(evidence: Evidence, near: Pair, role: str, provider: str) -> list[Edit]:
    """Return the edits: to ask for what is offered, where the account has it, and to offer what is asked, where the account has that."""
    account = evidence.account
    asked_exists = account is not None and role in account.roles
    offered_exists = account is not None and near.role in account.roles
    at_idp = _at_idp(evidence, f"{near.role},{near.provider}", f"{role},{provider}")
    if near.role == role or not offered_exists:
        return [at_idp]
    edits = [in_call("role_arn", role, near.role, flag="--role-arn")]
    if near.provider != provider:
        edits.append(in_call("principal_arn", provider, near.provider, flag="--principal-arn"))
        if not _gets_past(evidence, role_arn=near.role, principal_arn=near.provider):
            return [at_idp]
    return [*edits, at_idp] if asked_exists and len(edits) == 1 else edits


def _gets_past(evidence: Evidence, **parameters: str) -> bool:
    """Return whether the call with other *parameters* gets past the token and the role pair."""
    trial = evidence.situation.trial
    return trial is not None and trial.with_call(**parameters).outcome().request is not None


def _at_idp(evidence: Evidence, old: str, new: str) -> Edit:
    return setting(evidence, "role", path=ROLE, old=old, new=new, to=f"send the value {show(new)} in {show(ROLE)}")


def _beside(wanted: str, found: str) -> Comparison:
    return compared(wanted, found, expected_from="call", found_from="assertion")


def _name(evidence: Evidence, attribute: str, topic: str | None, *, required: bool) -> Obstacle:
    """Explain an attribute whose one value is a name of 2 to 64 characters."""
    short = attribute.removeprefix(PREFIX)
    values = evidence.attributes.get(attribute, ())
    if not values and required:
        names = tuple(evidence.attributes)
        like = next((name for name in names if re.split(r"[/:]", name)[-1].casefold() == short.casefold()), None)
        has = f"it has {show(like)}" if like else f"it has {_some(names)}" if names else "it has no attribute at all"
        edit = _attribute(evidence, attribute, like, attribute if like else None, topic=topic)
        listing = listed("attributes of the assertion", names, attribute)
        return evidence.obstacle(f"the assertion has no attribute {show(attribute)}; {has}", [edit], listings=(listing,))
    if len(values) != 1:
        sentence = f"{short} has {len(values)} values: {_some(values)}; AWS takes one"
        return evidence.obstacle(sentence, [_attribute(evidence, attribute, ", ".join(values), values[0], topic=topic)])
    value = values[0]
    foreign = "".join(dict.fromkeys(_FOREIGN.findall(value)))
    sentence = f"{short} is {show(value)}"
    if foreign:
        sentence += f", with the characters {show(foreign)}"
    if not 2 <= len(value) <= _NAME_CHARS:  # noqa: PLR2004 - AWS's pattern
        sentence += f", of {len(value)} characters"
    new = _FOREIGN.sub("-", value)[:_NAME_CHARS]
    edit = _attribute(evidence, attribute, value, new if len(new) > 1 else None, topic=topic)
    return evidence.obstacle(f"{sentence}; AWS takes 2 to {_NAME_CHARS} letters, digits and _+=,.@-", [edit])


def _attribute(evidence: Evidence, name: str, old: str | None, new: str | None, *, topic: str | None = None) -> Edit:
    """Return the edit of what the identity provider sends in the attribute *name*."""
    if topic == "session-name":
        return setting(evidence, "session-name", path=name, old=old, new=new, to="send a user name or an e-mail address in " + show(name))
    what = f"send {show(new)} in the attribute {show(name)}" if new is not None else f"correct or leave away the attribute {show(name)}"
    return at_identity_provider(evidence, what, path=plain(name), old=old, new=new)


def _tags_together(evidence: Evidence, keys: list[str]) -> Obstacle:
    """Explain tags that are each valid, and not together: too many, or two that differ in case alone."""
    if len(keys) > limits.SESSION_TAGS:
        sentence = f"the assertion has {len(keys)} PrincipalTags; AWS takes {limits.SESSION_TAGS}"
        edit = at_identity_provider(evidence, f"send at most {limits.SESSION_TAGS} PrincipalTags", path=PRINCIPAL_TAG)
        return evidence.obstacle(sentence, [edit])
    folded = [key.lower() for key in keys]
    twice = [key for key in keys if folded.count(key.lower()) > 1]
    edit = _attribute(evidence, f"{PRINCIPAL_TAG}{twice[-1]}" if twice else PRINCIPAL_TAG, twice[-1] if twice else None, None)
    return evidence.obstacle(
        f"the PrincipalTags {_some(tuple(twice))} differ in upper and lower case alone, and AWS takes one of them", [edit]
    )


def _why(text: str) -> str:
    foreign = "".join(dict.fromkeys(character for character in text if not in_alphabet(character)))
    return f", with the characters {show(foreign)}" if foreign else f", of {len(text)} characters"


def _in_alphabet(text: str) -> str:
    return "".join(character if in_alphabet(character) else "-" for character in text)


def _some(texts: tuple[str, ...]) -> str:
    return ", ".join(show(text) for text in texts[:_SHOWN]) + (f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else "")
