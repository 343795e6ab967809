"""The attributes of the assertion for the session: its name and duration, its tags and its source identity."""

from __future__ import annotations

import re
from typing import Final

from federation import limits
from federation.errors import show
from federation.explaining.difference import how_they_differ
from federation.explaining.lookalikes import as_it_looks, odd_characters
from federation.explaining.nearest import nearest
from federation.explaining.saml.edits import at_identity_provider, setting
from federation.explaining.saml.evidence import Evidence, compared, evidence_of, listed, plain, some
from federation.explaining.situation import Situation
from federation.explanation import Edit, Obstacle
from federation.identity import SessionTag
from federation.sts.login.saml_attributes import (
    PREFIX,
    PRINCIPAL_TAG,
    ROLE_SESSION_NAME,
    SESSION_DURATION,
    SOURCE_IDENTITY,
    TRANSITIVE_TAG_KEYS,
)
from federation.tags import RESERVED_PREFIX, fault_of, in_alphabet

_FOREIGN: Final = re.compile(r"[^a-zA-Z_0-9+=,.@-]", re.ASCII)
_NAME_CHARS: Final = 64
_DEFAULT_SECONDS: Final = str(limits.ROLE_SESSION_DEFAULT_SECONDS)


def session_name(situation: Situation) -> Obstacle:
    """Explain that the assertion names no session, or by characters that AWS does not take."""
    evidence = evidence_of(situation)
    return _name(evidence, ROLE_SESSION_NAME, "session-name", required=True)


def source_identity(situation: Situation) -> Obstacle:
    """Explain that the source identity has several values, or characters that AWS does not take."""
    return _name(evidence_of(situation), SOURCE_IDENTITY, None, required=False)


def session_duration(situation: Situation) -> Obstacle:
    """Explain that SessionDuration is no number of seconds, or outside of what AWS takes."""
    evidence = evidence_of(situation)
    values = evidence.attributes.get(SESSION_DURATION, ())
    low, high = limits.ROLE_SESSION_MIN_SECONDS, limits.ROLE_SESSION_MAX_SECONDS
    if len(values) != 1:
        sentence = f"SessionDuration has {len(values)} values: {some(values)}; AWS takes one"
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
    evidence = evidence_of(situation)
    tags = {name: values for name, values in evidence.attributes.items() if name.startswith(PRINCIPAL_TAG)}
    several = next(((name, values) for name, values in tags.items() if len(values) != 1), None)
    if several is not None:
        name, values = several
        key = name.removeprefix(PRINCIPAL_TAG)
        sentence = f"the PrincipalTag {show(key)} has {len(values)} values: {some(values)}; a session tag has one"
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
    evidence = evidence_of(situation)
    keys = evidence.attributes.get(TRANSITIVE_TAG_KEYS, ())
    tags = tuple(name.removeprefix(PRINCIPAL_TAG) for name in evidence.attributes if name.startswith(PRINCIPAL_TAG))
    known = {key.lower() for key in tags}
    foreign = [key for key in keys if key.lower() not in known]
    if not foreign:
        repeated = next(key for place, key in enumerate(keys) if key.lower() in {each.lower() for each in keys[:place]})
        sentence = f"TransitiveTagKeys names {show(repeated)} twice"
        return evidence.obstacle(sentence, [_attribute(evidence, TRANSITIVE_TAG_KEYS, repeated, None)])
    sentence = (
        f"TransitiveTagKeys names {show(foreign[0])}; the assertion has {'the PrincipalTags ' + some(tags) if tags else 'no PrincipalTag'}"
    )
    near = nearest(foreign[0], tags)
    edits = [] if near is None else [_attribute(evidence, TRANSITIVE_TAG_KEYS, foreign[0], near)]
    tag = f"{PRINCIPAL_TAG}{plain(foreign[0])}"
    edits.append(at_identity_provider(evidence, f"send the attribute {show(tag)} with the value of the tag", path=tag))
    return evidence.obstacle(sentence, edits, listings=(listed("tags of the assertion", tags, foreign[0]),))


def _name(evidence: Evidence, attribute: str, topic: str | None, *, required: bool) -> Obstacle:
    """Explain an attribute whose one value is a name of 2 to 64 characters."""
    short = attribute.removeprefix(PREFIX)
    values = evidence.attributes.get(attribute, ())
    if not values and required:
        names = tuple(evidence.attributes)
        like = next((name for name in names if _last(name) == short.casefold()), None)
        has = f"it has {show(like)}" if like else f"it has {some(names)}" if names else "it has no attribute at all"
        has += f", which differs {how}" if like and (how := how_they_differ(like, attribute)) else ""
        edit = _attribute(evidence, attribute, None, None, topic=topic) if like is None else _renamed(evidence, like, attribute)
        listing = listed("attributes of the assertion", names, attribute)
        return evidence.obstacle(f"the assertion has no attribute {show(attribute)}; {has}", [edit], listings=(listing,))
    if len(values) != 1:
        sentence = f"{short} has {len(values)} values: {some(values)}; AWS takes one"
        return evidence.obstacle(sentence, [_attribute(evidence, attribute, ", ".join(values), values[0], topic=topic)])
    value = values[0]
    foreign = "".join(dict.fromkeys(_FOREIGN.findall(value)))
    sentence = f"{short} is {show(value)}"
    seen = as_it_looks(value)
    if foreign:
        sentence += f", with the characters {show(foreign)}"
    if seen != value:
        sentence += f" ({odd_characters(value, seen)})"
    if not 2 <= len(value) <= _NAME_CHARS:  # noqa: PLR2004 - AWS's pattern
        sentence += f", of {len(value)} characters"
    new = _FOREIGN.sub("-", seen)[:_NAME_CHARS]
    edit = _attribute(evidence, attribute, value, new if len(new) > 1 else None, topic=topic)
    return evidence.obstacle(f"{sentence}; AWS takes 2 to {_NAME_CHARS} letters, digits and _+=,.@-", [edit])


def _last(name: str) -> str:
    """Return the last part of an attribute's name as a reader sees it, without regard to case."""
    return re.split(r"[/:]", as_it_looks(name).strip())[-1].casefold()


def _renamed(evidence: Evidence, like: str, attribute: str) -> Edit:
    """Return the edit by which the attribute *like* is called *attribute*."""
    return setting(evidence, "session-name", path=plain(like), old=like, new=attribute, to=f"the attribute name {show(attribute)}")


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
        f"the PrincipalTags {some(tuple(twice))} differ in upper and lower case alone, and AWS takes one of them", [edit]
    )


def _why(text: str) -> str:
    foreign = "".join(dict.fromkeys(character for character in text if not in_alphabet(character)))
    return f", with the characters {show(foreign)}" if foreign else f", of {len(text)} characters"


def _in_alphabet(text: str) -> str:
    return "".join(character if in_alphabet(character) else "-" for character in text)
