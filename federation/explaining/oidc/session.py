"""Why the claims by which an ID token asks for roles, tags and a source identity are refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from federation import limits
from federation.errors import printable, show
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.reissuing import reissued
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.wording import named, number, told_apart
from federation.explanation import Cause, Comparison, Edit, Listing, Obstacle, Place
from federation.sts.login.web_identity_claims import ROLES, SOURCE_IDENTITY, TAGS
from federation.tags import in_alphabet

_ROLE_ARN: Final = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:role(?:/[A-Za-z0-9_+=,.@-]+)+", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}", re.ASCII)
_NOT_IN_NAME: Final = re.compile(r"[^A-Za-z0-9_+=,.@-]+", re.ASCII)
_FLAT: Final = f"{TAGS}/principal_tags/"
_PRINCIPAL: Final = "principal_tags"
_TRANSITIVE: Final = "transitive_tag_keys"
_MOST_CHARS: Final = 512


def explain_roles(situation: Situation) -> Obstacle:
    """Explain a roles claim that does not name the role of the call, or no role at all."""
    value, role_arn = situation.claims.get(ROLES), situation.parameter("role_arn")
    wanted = role_arn if isinstance(role_arn, str) else ""
    entries = _entries(value)
    roles = tuple(entry for entry in entries if _ROLE_ARN.fullmatch(entry))
    near = nearest(wanted, roles)
    claim = f"the claim {ROLES}"
    if not isinstance(value, str | list):
        sentence = f"{claim} is {_kind(value)}, and must be a list of role ARNs, or one text that separates them by semicolons"
    elif not roles:
        sentence = (
            f"{claim} holds {number(len(entries), 'entry' if len(entries) == 1 else 'entrie')}, {named(entries)}, and none is a role ARN"
        )
    else:
        how = told_apart(wanted, near) if near else ""
        why = f": {show(near)} differs {how}" if near and how else ""
        sentence = f"the call asks for {show(wanted)}, and {claim} allows {named(roles)} alone{why}"
    cause = Cause(
        check="roles-claim",
        sentence=sentence,
        place=Place(owner="token", path=ROLES),
        comparisons=(Comparison(expected=near, found=wanted, expected_from="token, roles", found_from="call"),) if near else (),
        listings=(Listing(label="roles that the token allows", members=most_alike(wanted, roles, limit=8), nearest=near),) if roles else (),
    )
    return Obstacle(causes=(cause,), edits=tuple(_role_edits(situation, wanted, roles, near)))


def explain_tags(situation: Situation) -> Obstacle:
    """Explain session tags in a form, or beyond a limit, that AWS does not take."""
    claims = situation.claims
    for path, found, form, new in _tag_faults(claims):
        return _mapped("principal-tags", path, f"{path} is {found}, and must be {form}", found, new)
    refusal = situation.refusal
    sentence = f"the session tags of the token break a limit of session tags: they must be {refusal.expected}, and one is {refusal.found}"
    return _mapped("principal-tags", f"{TAGS}.{_PRINCIPAL}", sentence, None, None)


def explain_transitive(situation: Situation) -> Obstacle:
    """Explain transitive tag keys that are no list of the token's own tags."""
    claims = situation.claims
    nested = claims.get(TAGS)
    value = nested.get(_TRANSITIVE) if isinstance(nested, dict) and _TRANSITIVE in nested else claims.get(f"{TAGS}/{_TRANSITIVE}")
    path = f"{TAGS}.{_TRANSITIVE}" if isinstance(nested, dict) and _TRANSITIVE in nested else f"{TAGS}/{_TRANSITIVE}"
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        new = json.dumps([value]) if isinstance(value, str) else None
        return _mapped("transitive-tag-keys", path, f"{path} is {_kind(value)}, and must be a list of texts", _text(value), new)
    tags = tuple(_tag_keys(claims))
    unknown = [key for key in value if key not in tags]
    kept = [key for key in dict.fromkeys(value) if key in tags]
    if unknown:
        near = nearest(unknown[0], tags)
        sentence = f"{path} names {named(unknown)}, and the token has the tags {named(tags)}" + (f": {show(near)} is near" if near else "")
        new = (
            json.dumps([nearest(key, tags) if key not in tags and nearest(key, tags) else key for key in value])
            if near
            else json.dumps(kept)
        )
        return _mapped("transitive-tag-keys", path, sentence, _text(value), printable(new))
    return _mapped("transitive-tag-keys", path, f"{path} names a key twice: {named(value)}", _text(value), printable(json.dumps(kept)))


def explain_source_identity(situation: Situation) -> Obstacle:
    """Explain a source identity that is no name."""
    value = situation.claims.get(SOURCE_IDENTITY)
    if not isinstance(value, str):
        sentence = f"{SOURCE_IDENTITY} is {_kind(value)}, and must be a text of 2 to 64 characters"
        return _mapped("source-identity", SOURCE_IDENTITY, sentence, _text(value), None)
    strange = dict.fromkeys(_NOT_IN_NAME.findall(value))
    why = f"holds {named(strange)}" if strange else f"has {number(len(value), 'character')}"
    sentence = f"{SOURCE_IDENTITY} is {show(value)}, which {why}: a source identity has 2 to 64 letters, digits and _+=,.@- of ASCII"
    return _mapped("source-identity", SOURCE_IDENTITY, sentence, _text(value), _cleaned(value))


def _cleaned(value: str) -> str | None:
    """Return a source identity that is nearest to *value*; None where nothing is left of it."""
    cleaned = _NOT_IN_NAME.sub("-", value).strip("-")[:64]
    return cleaned if _NAME.fullmatch(cleaned) else None


def with_the_right_claims(situation: Situation) -> Trial | None:
    """Judge the token as the identity provider would issue it with the claim corrected; None where only its owner knows how."""
    claims, check = situation.claims, situation.refusal.check
    if check == "source-identity":
        value = claims.get(SOURCE_IDENTITY)
        cleaned = _cleaned(value) if isinstance(value, str) else None
        return None if cleaned is None else reissued(situation, {SOURCE_IDENTITY: cleaned})
    if check == "roles-claim":
        role_arn = situation.parameter("role_arn")
        return reissued(situation, {ROLES: [*_entries(claims.get(ROLES)), role_arn]}) if isinstance(role_arn, str) else None
    return _with_tags_in_form(situation, claims.get(TAGS))


def _with_tags_in_form(situation: Situation, nested: object) -> Trial | None:
    tags = nested.get(_PRINCIPAL) if isinstance(nested, dict) else None
    if not isinstance(nested, dict) or not isinstance(tags, dict):
        return None
    listed = {key: [value] if isinstance(value, str) else value for key, value in tags.items()}
    keys = nested.get(_TRANSITIVE, [])
    kept = [key for key in tags if key in keys] if isinstance(keys, list) else []
    return reissued(situation, {TAGS: {_PRINCIPAL: listed, _TRANSITIVE: kept}})


def _role_edits(situation: Situation, wanted: str, roles: tuple[str, ...], near: str | None) -> Iterator[Edit]:
    if near is not None and situation.account is not None and near in situation.account.roles:
        place = Place(owner="call", path="RoleArn")
        yield Edit(place=place, instruction="ask for the role that the token allows", old=printable(wanted), new=near)
    yield Edit(
        place=Place(owner="identity-provider", path=ROLES),
        instruction=f"let the identity provider put {show(wanted)} into the claim {ROLES}",
        old=printable(json.dumps(roles)[:_MOST_CHARS]) if roles else None,
        new=printable(json.dumps([*roles, wanted])[:_MOST_CHARS]),
        lets_in="the holders of these tokens, into that role, where its trust policy allows them",
    )


def _tag_faults(claims: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield path, what is there, what must be, and the value in the right form, of each tag that is not in the form that AWS takes."""
    nested = claims.get(TAGS, {})
    if not isinstance(nested, dict):
        yield TAGS, _kind(nested), f"an object with {_PRINCIPAL}", None
        return
    tags = nested.get(_PRINCIPAL, {})
    at = f"{TAGS}.{_PRINCIPAL}"
    if not isinstance(tags, dict):
        yield at, _kind(tags), 'an object of tags, {"Key": ["value"]}', None
        return
    for key, value in tags.items():
        path = f"{at}.{printable(key[:128])}"
        if not isinstance(value, list):
            new = json.dumps([value if isinstance(value, str) else json.dumps(value)]) if isinstance(value, str | int | float) else None
            yield path, f"{_kind(value)} {show(value)}", "a list of one text", None if new is None else printable(new[:_MOST_CHARS])
        elif len(value) != 1 or not isinstance(value[0], str):
            several = len(value) > 1 and all(isinstance(each, str) for each in value)
            joined = json.dumps([":".join(value)]) if several else None
            yield path, f"a list of {number(len(value), 'value')}", "a list of one text", joined and printable(joined[:_MOST_CHARS])
    yield from _limit_faults(claims, tags)


def _limit_faults(claims: Mapping[str, Any], tags: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str | None]]:
    at = f"{TAGS}.{_PRINCIPAL}"
    for name, value in claims.items():
        if name.startswith(_FLAT) and not isinstance(value, str):
            yield printable(name[:256]), f"{_kind(value)} {show(value)}", "a text", None
    pairs = [(f"{at}.{printable(key[:128])}", key, value[0]) for key, value in tags.items()]
    pairs += [(printable(name[:256]), name.removeprefix(_FLAT), value) for name, value in claims.items() if name.startswith(_FLAT)]
    if len(pairs) > limits.SESSION_TAGS:
        yield at, f"{len(pairs)} tags", f"at most {limits.SESSION_TAGS}", None
    for path, key, value in pairs:
        if not 1 <= len(key) <= limits.TAG_KEY_CHARS or not in_alphabet(key):
            yield path, f"a tag whose key has {number(len(key), 'character')}, {show(key)}", _tag_form("key", 1, limits.TAG_KEY_CHARS), None
        elif len(value) > limits.TAG_VALUE_CHARS or not in_alphabet(value):
            form = _tag_form("value", 0, limits.TAG_VALUE_CHARS)
            yield path, f"a tag whose value has {number(len(value), 'character')}, {show(value)}", form, None


def _tag_form(part: str, fewest: int, most: int) -> str:
    return f"one whose {part} has {fewest} to {most} letters, digits, spaces and _.:/=+-@"


def _tag_keys(claims: Mapping[str, Any]) -> Iterator[str]:
    nested = claims.get(TAGS)
    tags = nested.get(_PRINCIPAL) if isinstance(nested, dict) else None
    yield from tags if isinstance(tags, dict) else ()
    yield from (name.removeprefix(_FLAT) for name in claims if name.startswith(_FLAT))


def _mapped(check: str, path: str, sentence: str, old: str | None, new: str | None) -> Obstacle:
    place = Place(owner="identity-provider", path=path)
    edit = Edit(place=place, instruction=f"correct the claim {path} in the identity provider's mapping", old=old, new=new)
    return Obstacle(causes=(Cause(check=check, sentence=sentence, place=Place(owner="token", path=path)),), edits=(edit,))


def _entries(value: object) -> tuple[str, ...]:
    several = value.split(";") if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(entry.strip() for entry in several if isinstance(entry, str))


def _text(value: object) -> str:
    return printable(json.dumps(value, default=str)[:_MOST_CHARS])


def _kind(value: object) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object", type(None): "null"}
    return kinds.get(type(value), "another value")
