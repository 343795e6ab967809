"""What requests to assume a role can look like: which condition keys which callers have, how many values, and of what type.

A proof of `compare` is a proof about these requests. Where AWS says nothing for certain, a key can be there or not and can have any text.
So more requests are considered than there are, and a proof that nobody new comes in stays true of the fewer that exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from federation.condition_keys import SECURE_TRANSPORT, find_key
from federation.policy.analysis.atoms import Atom
from federation.policy.analysis.callers import CallerGroup
from federation.policy.analysis.values import Domain, Literal
from federation.policy.conditions import Condition
from federation.policy.operators import DATE, IP, NUMERIC, QUALIFIED
from federation.policy.wildcard import fold
from federation.vendors import BUILT_IN, find_vendor

TAG_SESSION: Final = "sts:TagSession"
SET_SOURCE_IDENTITY: Final = "sts:SetSourceIdentity"
SET_CONTEXT: Final = "sts:SetContext"
COMPANIONS: Final = {"SAML": (TAG_SESSION, SET_SOURCE_IDENTITY), "OIDC": (TAG_SESSION, SET_SOURCE_IDENTITY), "Service": ()} | {
    "AWS": (TAG_SESSION, SET_SOURCE_IDENTITY, SET_CONTEXT)
}
"""The actions that accompany an operation, by the kind of caller: those of a request with tags, source identity or contexts."""
_TAG: Final = "aws:requesttag/"
_TAG_KEYS: Final = "aws:tagkeys"
_OF_COMPANION: Final = {
    TAG_SESSION: (_TAG, _TAG_KEYS, "sts:transitivetagkeys"),
    SET_SOURCE_IDENTITY: ("sts:sourceidentity",),
    SET_CONTEXT: ("sts:requestcontext/", "sts:requestcontextproviders"),
}
"""Keys that only a request with the companion has: whole names, and beginnings that end with ``/``."""
_FAMILIES: Final = {
    "aws:currenttime": DATE.name,
    "aws:epochtime": DATE.name,
    "aws:tokenissuetime": DATE.name,
    "aws:sourceip": IP.name,
    "aws:vpcsourceip": IP.name,
    "aws:multifactorauthage": NUMERIC.name,
}
_TRUTHS: Final = ("sts:roleauthorizedbyidp", "aws:multifactorauthpresent", "aws:principalisawsservice")
_ONLY: Final = {fold(key): (value,) for key, value in SECURE_TRANSPORT.items()} | dict.fromkeys(_TRUTHS, ("true", "false"))
_SERVICES: Final = frozenset({"aws", "sts", "saml", "iam"})
"""What the names of AWS's own keys begin with, before the colon."""
_PRINCIPAL_ARN: Final = "aws:principalarn"
_PRINCIPAL_ACCOUNT: Final = "aws:principalaccount"
_SAML_DOC: Final = "saml:doc"
_SAMPLES: Final = {"aud": ("sts.amazonaws.com",), "sts:rolesessionname": ("session",), "saml:aud": ("https://signin.aws.amazon.com/saml",)}


def domain_of(key: str, caller: CallerGroup, companions: frozenset[str]) -> Domain:
    """Return what requests of *caller* can have for the folded *key*, if the actions *companions* accompany the operation."""
    domain = _by_kind(key, caller)
    for companion in _OF_COMPANION:
        if comes_with(key, companion):
            if companion not in companions:
                return Domain(single=False)
            # Tags and source identity of a role session go on to the next role: the companion then is asked for without the key.
            domain = replace(domain, absent=domain.absent and (caller.kind == "AWS" or key != _TAG_KEYS))
    return domain


def comes_with(key: str, companion: str) -> bool:
    """Whether only a request with the action *companion* can have the folded *key*."""
    return any(key == name or (name.endswith("/") and key.startswith(name)) for name in _OF_COMPANION[companion])


def _by_kind(key: str, caller: CallerGroup) -> Domain:
    if key in {_PRINCIPAL_ARN, _PRINCIPAL_ACCOUNT} and caller.kind == "AWS":
        return _of_principal(key, caller)
    if key == _SAML_DOC and caller.kind == "SAML" and caller.entry:
        account, _, provider = caller.entry.partition(":saml-provider/")
        return Domain(absent=False, only=(f"{account.rpartition(':')[2]}/{provider}",))
    known = find_key(key)
    if known is None:
        return _of_provider(key, caller)
    if caller.kind not in known.callers:
        return Domain(single=False)
    return Domain(
        absent=not known.constant,
        single=not known.multivalued,
        listed=known.multivalued is not False,
        only=_ONLY.get(key),
        family=_FAMILIES.get(key, ""),
        samples=_SAMPLES.get(key, ()),
    )


def _of_provider(key: str, caller: CallerGroup) -> Domain:
    """Return what there can be for a key that is none of AWS: a claim of a token, under the URL of its provider."""
    provider, colon, claim = key.rpartition(":")
    if caller.kind != "OIDC" or not colon or provider != fold(caller.issuer):
        open_ = caller.kind in {"AWS", "Service"} or provider in _SERVICES  # a session may have claims; AWS adds keys of its own
        return Domain(single=open_, listed=open_)
    if claim in {"aud", "sub"} | set(BUILT_IN.get(caller.issuer, ())) - {"oaud", "amr"}:
        vendor = find_vendor(caller.issuer)
        shown = (vendor.shape.subject,) if claim == "sub" and vendor.shape is not None else _SAMPLES.get(claim, ())
        return Domain(absent=False, samples=shown)
    return Domain(single=claim != "amr", listed=True)


def _of_principal(key: str, caller: CallerGroup) -> Domain:
    if key == _PRINCIPAL_ACCOUNT:
        if caller.account:
            return Domain(absent=False, only=(caller.account,))
        accounts = sorted(each for each in caller.others if each.isdigit())
        return Domain(absent=False, extra=(*_unlike(key, accounts),), samples=tuple(filter(str.isdigit, caller.principal.accounts)))
    if caller.arn:
        return Domain(absent=False, only=(caller.arn,))
    where = _like(key, f"arn:*:iam::{caller.account}:*") if caller.account else ()
    foreign = [f"arn:*::{each}:*" if each.isdigit() else each for each in sorted(caller.others)]
    return Domain(absent=False, extra=(*where, *_unlike(key, foreign)))


def _like(key: str, *values: str) -> Iterator[Literal]:
    yield Literal(_atom("StringLike", key, values), wanted=True)


def _unlike(key: str, values: Iterable[str]) -> Iterator[Literal]:
    found = tuple(values)
    if found:
        yield Literal(_atom("StringLike", key, found), wanted=False)


def _atom(operator: str, key: str, values: tuple[str, ...]) -> Atom:
    condition = Condition.compile(operator=QUALIFIED[operator], key=key, expected=values, variables=False, path="$")
    return Atom.of(condition, lenient=False)


def coherence(keys: Iterable[str]) -> list[tuple[Atom, Atom]]:
    """Return pairs of atoms that are never both true, for the folded *keys*: a tag is there if and only if the tag keys have its key."""
    tags = [key.removeprefix(_TAG) for key in keys if key.startswith(_TAG)]
    pairs = []
    for tag in sorted(tags) if _TAG_KEYS in keys else ():
        there, gone = (_atom("Null", _TAG + tag, (text,)) for text in ("false", "true"))
        pairs.append((there, _atom("ForAllValues:StringNotEqualsIgnoreCase", _TAG_KEYS, (tag,))))
        pairs.append((gone, _atom("ForAnyValue:StringEqualsIgnoreCase", _TAG_KEYS, (tag,))))
    return pairs
