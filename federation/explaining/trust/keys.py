"""Why a request has no such condition key, and which key says what is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from federation.condition_keys import find_key
from federation.errors import show
from federation.explaining.difference import how_they_differ
from federation.explaining.lookalikes import as_it_looks
from federation.explaining.nearest import most_alike
from federation.explaining.rewriting import literal, quoted, raw, shown, with_key
from federation.explaining.trust import origins
from federation.explaining.trust.asked import Asked, Unmet, bounded
from federation.explanation import Cause, Edit, Listing, Place
from federation.policy import Statement
from federation.policy.conditions import Condition
from federation.policy.lint.vocabulary import NAMES, closest
from federation.policy.operators import NULL
from federation.policy.wildcard import fold
from federation.vendors import INSTEAD

_SCHEMES: Final = ("https://", "http://")
_CONNECTION: Final = ("aws:sourceip", "aws:sourcevpc", "aws:vpc", "aws:useragent", "aws:referer", "aws:requestedregion", "aws:viaaws")
"""Keys of the connection and of the network, which AWS alone knows."""
_FOR_FEDERATED: Final = {
    "aws:sourceidentity": "sts:SourceIdentity",
    "aws:federatedprovider": "aws:userid",
    "aws:username": "sts:RoleSessionName",
    "sts:rolesession": "sts:RoleSessionName",
    "saml:audience": "saml:aud",
    "saml:recipient": "saml:aud",
    "saml:issuer": "saml:iss",
    "saml:nameid": "saml:sub",
    "saml:subject": "saml:sub",
}
"""Keys that a federated caller has not, and those by which it says as much."""
_SAML_AS_OIDC: Final = {"saml:aud": "aud", "saml:sub": "sub"}
_SERVICES: Final = ("aws", "sts", "saml", "iam")
"""What keys of AWS itself begin with."""
_MAX_LISTED: Final = 12

ExplainKey = Callable[[Asked, Statement, Condition], Unmet | None]


def explain_absence(asked: Asked, statement: Statement, condition: Condition) -> Unmet:
    """Explain why the request has no value for the key of *condition*."""
    return next(finding for explain in _EXPLAIN if (finding := explain(asked, statement, condition)) is not None)


def _finding(asked: Asked, condition: Condition, sentence: str, edits: Sequence[Edit | None]) -> Unmet:
    has = most_alike(condition.folded, asked.request.keys, limit=_MAX_LISTED)
    listing = Listing(label="condition keys of the request", members=has, nearest=has[0] if has else None)
    cause = Cause(check="condition", sentence=sentence, place=asked.place(condition.path), listings=(listing,))
    return Unmet(cause=cause, edits=tuple(edit for edit in edits if edit is not None))


def _renamed(asked: Asked, statement: Statement, condition: Condition, key: str, *, exact: bool = False) -> Edit | None:
    """Return the edit that makes the condition one on *key*; with *exact* it demands the request's own value. None where that cannot be."""
    value: Any = asked.value(key)
    values = None if not exact else literal(value, condition) if isinstance(value, str) else None
    if exact and values is None:
        return None
    changes = with_key(statement, condition, key, values)
    if not changes:
        return None
    before, after = (
        {name: each} for name, each in ((condition.key, raw(statement, condition)), (key, values or raw(statement, condition)))
    )
    instruction = f"write {quoted(after)} in place of {quoted(before)}"
    return asked.edit(condition.path, instruction, changes, old=shown(before)[1:-1], new=shown(after)[1:-1])


def _overlooked(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    """Explain a key that reads like one of the request, and holds white space or a character that cannot be told by the eye."""
    seen = fold("".join(as_it_looks(condition.key).split()))
    key = next((name for name in asked.request.keys if fold(name) == seen != condition.folded), None)
    if key is None:
        return None
    sentence = f"{show(condition.key)} is no condition key: it differs from {show(key)} {how_they_differ(condition.folded, seen)}"
    return _finding(asked, condition, sentence, [_renamed(asked, statement, condition, key)])


def _with_scheme(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    if not condition.folded.startswith(_SCHEMES):
        return None
    plain = asked.spelled(condition.key.partition("://")[2])
    sentence = f"the condition key {show(condition.key)} begins with `{condition.key.partition('://')[0]}://`, which keys leave out"
    return _finding(asked, condition, sentence, [_renamed(asked, statement, condition, plain)])


def _of_another_provider(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    provider, _, claim = condition.folded.rpartition(":")
    if "." not in provider or provider == fold(asked.provider):
        return None
    if asked.protocol == "AWS":
        return _finding(asked, condition, f"{show(condition.key)} is a key of web identities, and the caller has AWS credentials", [])
    if asked.protocol != "OIDC":
        mine = f"saml:{claim}"
        sentence = f"{show(condition.key)} is a key of an OpenID Connect provider, and the caller comes by {show(asked.caller.name)}"
    else:
        mine = f"{asked.provider}:{claim}"
        sentence = (
            f"the principal of the statement is the provider {show(asked.provider)}, and the key {show(condition.key)} is one of "
            f"{show(condition.key.rpartition(':')[0])}: the key is the half that is wrong"
        )
    return _finding(asked, condition, sentence, [_renamed(asked, statement, condition, asked.spelled(mine))])


def _claim(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    """Explain a key of the right provider that this token has not."""
    provider, _, claim = condition.folded.rpartition(":")
    if asked.protocol != "OIDC" or provider != fold(asked.provider):
        return None
    exposed = {fold(each): each for each in asked.vendor.exposed_claims}
    if claim not in exposed:
        return _not_exposed(asked, statement, condition)
    if claim == "oaud":
        sentence = "the token has no `azp`, and without one there is no `:oaud`: its `aud` is the key `:aud`"
        return _finding(asked, condition, sentence, [_renamed(asked, statement, condition, asked.spelled(f"{asked.provider}:aud"))])
    return _without_claim(asked, condition, exposed[claim])


def _not_exposed(asked: Asked, statement: Statement, condition: Condition) -> Unmet:
    """Explain a claim that AWS makes no key of; the edit demands what AWS does see of the same token."""
    claim = condition.folded.rpartition(":")[2]
    keys = ", ".join(show(f":{each}") for each in asked.vendor.exposed_claims)
    has = ", though the token has it" if claim in asked.situation.claims else ""
    sentence = f"AWS makes no condition key of the claim {show(claim)}{has}; the keys of {show(asked.provider)} are {keys}"
    edits = (_renamed(asked, statement, condition, key, exact=True) for key in _instead(asked, statement, claim))
    return _finding(asked, condition, sentence, [next((edit for edit in edits if edit is not None), None)])


def _instead(asked: Asked, statement: Statement, claim: str) -> Iterator[str]:
    """Yield the keys of the request that say what *claim* was to say, the nearest first."""
    spoken = {each.folded for each in statement.conditions}
    exposed = asked.vendor.exposed_claims if asked.protocol == "OIDC" else ("aud", "sub")
    claims = (INSTEAD.get(claim, ""), closest(claim, exposed) or "", "sub", "aud")
    keys = [f"{asked.provider}:{each}" for each in claims if each in exposed]
    for key in [*keys, "aws:userid"]:
        if asked.value(key) is not None and fold(key) not in spoken:
            yield asked.spelled(key)


def _without_claim(asked: Asked, condition: Condition, claim: str) -> Unmet:
    wanted = _wanted(condition)
    sentence = f"the token has no claim {show(claim)}"
    if claim == "environment":
        sentence += ": the job names no environment"
        place = Place(owner="workflow", path="environment", setting="environment", source=asked.grammar.source)
        instruction = f"write {show(f'environment: {wanted}')} in the job" if wanted is not None else "name an environment in the job"
        edit = Edit(place=place, instruction=instruction, new=bounded(wanted))
        return _finding(asked, condition, sentence, [edit])
    place = Place(owner="identity-provider", path=claim)
    said = "" if wanted is None else f" with the value {show(wanted)}"
    return _finding(
        asked,
        condition,
        sentence,
        [Edit(place=place, instruction=f"have the issuer put {show(claim)}{said} in the token", new=bounded(wanted))],
    )


def _wanted(condition: Condition) -> str | None:
    """Return a value that meets the condition, as far as the policy names one."""
    if condition.operator.operator is NULL or condition.operator.operator.negated:
        return None
    return next((each for each in condition.expected if not any(sign in each for sign in "*?$")), None)


def _saml_key_of_web_identity(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    if asked.protocol != "OIDC" or not condition.folded.startswith("saml:"):
        return None
    sentence = f"{show(condition.key)} is a key of SAML logins, and the caller has a token of {show(asked.provider)}"
    claim = _SAML_AS_OIDC.get(condition.folded)
    edit = None if claim is None else _renamed(asked, statement, condition, asked.spelled(f"{asked.provider}:{claim}"))
    return _finding(asked, condition, sentence, [edit])


def _wished(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    """Explain tags and a source identity that the token does not ask for, and attributes that the assertion has not."""
    del statement
    at = origins.origin(asked, condition.folded)
    if at.owner in ("AWS", "clock"):
        return None
    tag = condition.key.partition("/")[2]
    if tag and fold(at.name).endswith(fold(tag)):  # the tag as the policy spells it
        at = at._replace(name=at.name[: len(at.name) - len(tag)] + tag)
    wanted = _wanted(condition)
    sentence = f"the {asked.token} has nothing for {show(condition.key)}: it lacks {show(at.name)}"
    carried = [name for name in asked.request.keys if fold(name).startswith("aws:requesttag/")]
    if condition.folded.startswith("aws:requesttag/"):
        told = ", ".join(show(name.partition("/")[2]) for name in carried[:_MAX_LISTED])
        sentence += f"; the session tags it has are {told}" if carried else "; it has no session tags"
    like = origins.attribute_like(asked, at.name)
    if like:
        sentence += f"; it has the attribute {show(like)}"
        instruction = f"have the identity provider call the attribute {show(like)} {show(at.name)}"
        edit = Edit(place=Place(owner="identity-provider", path=at.name), instruction=instruction, old=bounded(like), new=bounded(at.name))
        return _finding(asked, condition, sentence, [edit])
    return _finding(asked, condition, sentence, origins.setting(asked, condition.folded, old=None, new=wanted))


def _connection(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    del statement
    if not condition.folded.startswith(_CONNECTION):
        return None
    wanted = ", ".join(map(show, condition.expected[:_MAX_LISTED]))
    sentence = f"{show(condition.key)} is known to AWS alone, which takes it from the connection; a login that is judged offline has none"
    edit = Edit(place=Place(owner="call", path=condition.key), instruction=f"compare what AWS sees of the caller with {wanted}", new=wanted)
    return _finding(asked, condition, sentence, [edit])


def _second_factor(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    del statement
    if asked.protocol != "AWS" or not condition.folded.startswith("aws:multifactorauth"):
        return None
    sentence = f"the call was made without a second factor, and then the request has no {show(condition.key)}"
    return _finding(asked, condition, sentence, [second_factor()])


def second_factor(*, old: str | None = None) -> Edit:
    """Return the edit by which the caller gives its second factor with the call itself; *old* is how old it is now, in seconds."""
    instruction = "call with the SerialNumber of an MFA device of the caller, and its TokenCode"
    return Edit(place=Place(owner="call", path="TokenCode"), instruction=instruction, old=old, new=None if old is None else "0")


def _not_for_federated(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    """Explain a key of callers with AWS credentials; where a key of this request says as much, the edit names that."""
    key = find_key(condition.folded)
    if key is None or asked.protocol == "AWS" or asked.protocol in key.callers:
        return None
    sentence = f"{show(condition.key)} is absent from every federated request: such a caller is no IAM principal yet"
    head, _, tag = condition.folded.partition("/")
    other = f"aws:RequestTag/{tag}" if head == "aws:principaltag" else _FOR_FEDERATED.get(condition.folded, "")
    if condition.folded == "aws:principalarn":
        other = "aws:userid"
    if not key.callers:
        sentence = f"{show(condition.key)} belongs to other operations than those that assume roles"
    if asked.value(other) is not None:
        return _finding(asked, condition, sentence, [_renamed(asked, statement, condition, asked.spelled(other))])
    if condition.folded.startswith("aws:multifactorauth"):
        sentence += "; its second factor is the identity provider's affair"
    place = asked.place(condition.path)
    move = Edit(
        place=place,
        instruction=f"move the condition to a statement of its own for callers with AWS credentials, by {show('sts:AssumeRole')}",
        old=shown({condition.key: raw(statement, condition)})[1:-1],
    )
    return _finding(asked, condition, sentence, [move])


def _placeholder(asked: Asked, statement: Statement, condition: Condition) -> Unmet | None:
    """Explain a claim behind something that is no provider, such as a variable of a script, and a provider without a claim."""
    prefix, _, claim = condition.folded.rpartition(":")
    if asked.protocol == "AWS":
        return None
    exposed = {fold(each) for each in asked.vendor.exposed_claims} if asked.protocol == "OIDC" else {"aud", "sub"}
    if condition.folded == fold(asked.provider):
        mine = next((key for key in _of_the_caller(asked) if _meets(asked, statement, condition, key)), f"{asked.provider}:sub")
        sentence = f"the condition key is the provider {show(asked.provider)} itself, without a claim"
    elif claim in exposed and prefix.partition(":")[0] not in _SERVICES:
        mine = f"{asked.provider}:{claim}"
        filled = ", a variable that was never filled in," if "$" in prefix or "{" in prefix else ""
        begins = f"begins with {show(condition.key[: len(prefix)])}{filled} and not with a provider" if prefix else "names no provider"
        sentence = f"the condition key {show(condition.key)} {begins}"
    else:
        return None
    return _finding(asked, condition, sentence, [_renamed(asked, statement, condition, asked.spelled(mine))])


def _of_the_caller(asked: Asked) -> Iterator[str]:
    """Yield the keys of the request that come from the token."""
    return (key for key in asked.request.keys if fold(key).startswith(fold(asked.provider) + ":"))


def _meets(asked: Asked, statement: Statement, condition: Condition, key: str) -> bool:
    return asked.accepts(statement, condition.operator.name, key, condition.expected)


def _misspelt(asked: Asked, statement: Statement, condition: Condition) -> Unmet:
    bare = f"{asked.provider}:{condition.folded}"
    known = (
        bare
        if asked.value(bare) is not None
        else _FOR_FEDERATED.get(condition.folded) or NAMES.get(closest(condition.folded, tuple(NAMES)) or "", "")
    )
    sentence = f"{show(condition.key)} is no condition key, and a request never has it"
    if asked.value(known) is not None:
        return _finding(asked, condition, sentence, [_renamed(asked, statement, condition, asked.spelled(known))])
    if find_key(condition.folded) is not None:
        sentence = f"the request has no {show(condition.key)}"
    elif asked.protocol != "AWS":
        exact = (_renamed(asked, statement, condition, key, exact=True) for key in _instead(asked, statement, ""))
        edit = next((edit for edit in exact if edit is not None), None)
        if edit is not None:
            return _finding(asked, condition, sentence, [edit])
    keys = ", ".join(map(show, most_alike(condition.key, asked.request.keys, limit=5)))
    edit = Edit(place=asked.place(condition.path), instruction=f"write a key that the request has, such as {keys}", old=condition.key)
    return _finding(asked, condition, sentence, [edit])


_EXPLAIN: Final[tuple[ExplainKey, ...]] = (
    _overlooked,
    _with_scheme,
    _of_another_provider,
    _claim,
    _saml_key_of_web_identity,
    _wished,
    _connection,
    _second_factor,
    _not_for_federated,
    _placeholder,
    _misspelt,
)
