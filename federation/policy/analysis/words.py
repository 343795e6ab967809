"""What the analysis found, in words: identities by the vocabulary of their vendor, changes, and the login of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from federation.errors import printable
from federation.policy.analysis.admission import Admission
from federation.policy.analysis.comparing import Relation, TrustChange, TrustComparison
from federation.policy.analysis.sides import AdmittedLogin, Standing
from federation.policy.reach import issuer_of
from federation.policy.ways_in import Demand
from federation.policy.wildcard import fold
from federation.vendors import find_vendor, key_name

MOST_LISTED: Final = 20
"""Identities of one way in that are told one by one."""
_ANY: Final = re.compile(r"\b(?!every\b)(\w+(?: \w+)?) `\*`")
_SUBJECT: Final = "sub"
_LISTING: Final = ("StringEquals", "StringLike")
_RELATIONS: Final[dict[Relation, str]] = {
    "equal": "nobody new gets in, and nobody is shut out",
    "narrower": "nobody new gets in, and some who could get in no longer can",
    "wider": "somebody new gets in",
    "both": "somebody new gets in, and some who could get in no longer can",
    "undecided": "not decided within the bound",
}
_STANDINGS: Final[dict[Standing, str]] = {
    "any": "",
    "named": "the policy now names it, so that in the role's own account it needs no permission of its own",
    "itself": "the policy now names the session, so that in the role's own account neither boundary nor session policy limits it",
}
_COMPANIONS: Final = {
    "sts:TagSession": "set session tags",
    "sts:SetSourceIdentity": "set a source identity",
    "sts:SetContext": "pass contexts",
}


def relation_in_words(comparison: TrustComparison) -> str:
    """Return what the comparison found, in one sentence."""
    if comparison.relation != "undecided":
        return _RELATIONS[comparison.relation]
    if comparison.gained.exists:
        return f"{_RELATIONS['wider']}; whether somebody is shut out is {_RELATIONS['undecided']}"
    if comparison.lets_nobody_new_in:
        return f"nobody new gets in; whether somebody is shut out is {_RELATIONS['undecided']}"
    return f"whether somebody new gets in is {_RELATIONS['undecided']}"


def headline(admission: Admission) -> str:
    """Return whom a way lets in, loudly where it is everybody."""
    loud = {"everybody": "EVERYBODY: ", "strangers": "STRANGERS: "}.get(admission.reach, "")
    shown = admission.whom[:MOST_LISTED]
    more = f", and {len(admission.whom) - len(shown)} more" if len(admission.whom) > len(shown) else ""
    return printable(f"{loud}{', '.join(shown)}{more}")


def identities(admission: Admission) -> tuple[str, ...]:
    """Return the identities that the way's subjects stand for, each in the words of the vendor; empty where no subject is demanded."""
    demand = _subject(admission)
    if demand is None:
        return ()
    issuer = issuer_of(admission.principals[0])
    patterns = demand.operator.endswith("StringLike")
    told = [_identity(issuer, value, pattern=patterns) for value in demand.values]
    left = len(told) - MOST_LISTED
    return (*told[:MOST_LISTED], *([f"and {left} more"] if left > 0 else []))


def conditions(admission: Admission) -> tuple[str, ...]:
    """Return the conditions beside the one that `identities` tells."""
    told = _subject(admission)
    return tuple(_without_issuer(demand.words, admission) for demand in admission.demands if demand is not told)


def exceptions(admission: Admission) -> tuple[str, ...]:
    """Return who is kept out all the same."""
    denied = (" and ".join(_without_issuer(demand.words, admission) for demand in demands) for demands in admission.unless)
    return (*(printable(entry) for entry in admission.spared), *denied)


def powers(admission: Admission) -> str:
    """Return what may accompany the login."""
    return ", ".join(_COMPANIONS[each] for each in admission.companions)


def login_in_words(login: AdmittedLogin) -> Iterator[tuple[str, str]]:
    """Yield the caller of *login*, its actions and its condition keys: names and values."""
    principal = login.request.principal
    yield "principal", "" if principal is None else printable(principal.name)
    yield "action", ", ".join(login.actions)
    for name, value in login.request.keys.items():
        yield printable(name), printable(value if isinstance(value, str) else "[" + ", ".join(value) + "]") or "(empty)"


def whose(change: TrustChange) -> str:
    """Return who gains or loses by *change*."""
    everyone = change.login.caller.everyone
    more = f", and {len(everyone) - 1} more alike" if len(everyone) > 1 else ""
    told = f"{everyone[0].words}{more}"
    subject = _subject_of(change.login)
    told += f": {subject}" if subject else ""
    extra = [_COMPANIONS[each] for each in change.login.actions[1:]]
    told += f", who {' and '.join(extra)}" if extra else ""
    return printable(f"{told}; {_STANDINGS[change.standing]}" if change.standing != "any" else told)


def _subject_of(login: AdmittedLogin) -> str:
    issuer = login.caller.issuer
    value = login.request.folded_keys.get(fold(key_name(issuer, _SUBJECT))) if issuer else None
    vendor = find_vendor(issuer)
    read = vendor.subjects.read(value) if isinstance(value, str) else None
    return "" if read is None else " of ".join(part for part in (read.what, read.whose) if part)


def _subject(admission: Admission) -> Demand | None:
    if admission.type != "Federated":
        return None
    key = fold(key_name(issuer_of(admission.principals[0]), _SUBJECT))
    return next((each for each in admission.demands if each.key == key and each.operator in _LISTING and each.values), None)


def _identity(issuer: str, value: str, *, pattern: bool) -> str:
    read = find_vendor(issuer).subjects.read(value)
    if read is None:
        return printable(f"`{value}`")
    words = " of ".join(part for part in (read.what, read.whose) if part)
    if pattern:
        words = _ANY.sub(r"any \1", words)
    return printable(f"{words} (`{value}`)")


def _without_issuer(words: str, admission: Admission) -> str:
    """Return *words* without the name of the provider, which stands above them."""
    issuer = issuer_of(admission.principals[0])
    return words.replace(f"{issuer}:", "") if admission.type == "Federated" and len(admission.principals) == 1 else words
