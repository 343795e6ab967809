"""Comparison of a token's subject with the policy's value, in the terms of the vendor."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from federation.errors import show
from federation.explaining.difference import differs_in_case_alone
from federation.explaining.trust.asked import Asked
from federation.policy.wildcard import Pattern
from federation.vendors import ANY
from federation.vendors.subjects import CUSTOMISED, VendorSubject

_UUID: Final = re.compile(r"(?<![{0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![}0-9a-f-])", re.ASCII | re.IGNORECASE)
_REFERENCE_TWICE: Final = re.compile(r":(refs/(?:heads|tags)/)refs/(?:heads|tags)/", re.ASCII)


class SubjectComparison(NamedTuple):
    """Two subjects compared.

    Attributes:
        sentence: What the token is for and what the policy trusts.
        dead: Whether no token has the policy's value, so that another can take its place.
        carried: The policy's value corrected in what is wrong with it and nothing else; None where nothing is.
        obtain: How a token is obtained that the policy trusts; empty where that is not known.
    """

    sentence: str
    dead: bool = False
    carried: str | None = None
    obtain: str = ""


def compare(asked: Asked, expected: str, found: str) -> SubjectComparison:
    """Compare the policy's value *expected*, perhaps a pattern, with the token's subject *found*."""
    grammar = asked.grammar
    theirs, ours = grammar.read(found), grammar.read(expected)
    if ours is None or theirs is None or _fault(asked, expected):
        return _unread(asked, expected, found, theirs)
    differing = {name for name in {*ours.parts, *theirs.parts} if ours.parts.get(name) != theirs.parts.get(name)}
    lacking = {name for name in grammar.ids if name in theirs.parts and name not in ours.parts}
    if lacking and _same_names(ours, theirs, grammar.ids):
        return _without_numbers(asked, ours, theirs)
    if ours.form is theirs.form and differing and all(_case_alone(ours, theirs, name) for name in differing):
        return SubjectComparison(f"the {asked.token}'s `sub` and the policy's value differ in upper and lower case alone", dead=True)
    if ours.form is theirs.form and differing and differing <= set(ours.form.volatile):
        sentence = f"the policy's value names the {' and the '.join(sorted(differing))} of one run, and each run has another"
        return SubjectComparison(f"{sentence}: {show(theirs.text)}", dead=True)
    if ours.form is theirs.form and differing and differing <= grammar.ids:
        token, policy = (_numbered(each) for each in (theirs, ours))
        return SubjectComparison(
            f"the token is for {show(token)} and the policy trusts {show(policy)}: the numbers of owner and repository differ"
        )
    return _other(asked, ours, theirs)


def _fault(asked: Asked, expected: str) -> str:
    """Return what is wrong with the form of the policy's value, where it would be a subject without it; empty otherwise."""
    faults = {
        "has two colons where a subject has one": expected.replace("::", ":"),
        "lacks `ref:` before `refs/`": re.sub(r"(?<!:ref):refs/", ":ref:refs/", expected),
    }
    usual = {each.name for each in asked.grammar.forms if each.name not in CUSTOMISED}
    for fault, mended in faults.items():
        read = None if mended == expected else asked.grammar.read(mended)
        if read is not None and read.form.name in usual:
            return fault
    return ""


def _unread(asked: Asked, expected: str, found: str, theirs: VendorSubject | None) -> SubjectComparison:
    grammar = asked.grammar
    whom = f"the token is {noun(asked)}" + (f" for {phrase(theirs)}" if theirs is not None else f" with the subject {show(found)}")
    fault = _fault(asked, expected)
    if fault:
        return SubjectComparison(f"{whom}; the policy's value {show(expected)} {fault}, and no token has it as its subject", dead=True)
    mended = grammar.with_prefix(expected)
    if "://" in expected:
        return SubjectComparison(f"{whom}; the policy's value {show(expected)} is a URL, and no token has one as its subject", dead=True)
    braced = _UUID.sub(r"{\g<0>}", expected)
    if braced != expected and grammar.read(braced) is not None:
        sentence = f"{whom}; the policy's value {show(expected)} lacks the braces that every UUID of such a subject stands in"
        return SubjectComparison(sentence, dead=True, carried=braced)
    if mended is not None:
        sentence = f"{whom}; the policy's value {show(expected)} lacks {show(grammar.prefix)}, with which every such subject begins"
        return SubjectComparison(sentence, dead=True, carried=mended)
    if asked.vendor.is_broken(expected):
        return SubjectComparison(f"{whom}; the policy's value {show(expected)} lacks a part, and no token has it as its subject", dead=True)
    return SubjectComparison(f"{whom}; the policy trusts {show(expected)}")


def _without_numbers(asked: Asked, ours: VendorSubject, theirs: VendorSubject) -> SubjectComparison:
    sentence = (
        f"the token names owner and repository with their numbers, {show(_numbered(theirs))}, as repositories created, renamed or "
        "transferred since 2026-07-15 do; the policy names them without"
    )
    carried = ours.numbered(theirs, asked.grammar.ids)
    if Pattern.read(carried).matches(theirs.text):
        return SubjectComparison(sentence, dead=True, carried=carried)
    return SubjectComparison(f"{sentence}, and the token is for {theirs.what} where the policy trusts {ours.what}")


def _numbered(subject: VendorSubject) -> str:
    """Return owner and repository, each with its number where the subject has one."""
    numbers = {part: f"@{subject.parts[f'{part}_id']}" for part in ("owner", "name") if f"{part}_id" in subject.parts}
    return "/".join(subject.parts[part] + numbers.get(part, "") for part in ("owner", "name"))


def _other(asked: Asked, ours: VendorSubject, theirs: VendorSubject) -> SubjectComparison:
    same_owner = ours.whose == theirs.whose
    token, policy = (each.what if same_owner else phrase(each) for each in (theirs, ours))
    if token == policy:
        token, policy = show(theirs.text), show(ours.text)
    if theirs.form.name in CUSTOMISED and ours.form.name not in CUSTOMISED:
        token += ", by a subject that is customised"
    if ours.form.name == "reference" and not ours.parts["ref"].startswith("refs/"):
        given = show(f"ref:{ours.parts['ref']}")
        sentence = f"the token is {noun(asked)} for {phrase(theirs)}; the policy's value has {given} without `refs/heads/` or `refs/tags/`"
        return SubjectComparison(f"{sentence}, and no token has it", dead=True)
    twice = _REFERENCE_TWICE.search(ours.text)
    if twice is not None:
        sentence = f"the token is {noun(asked)} for {phrase(theirs)}; the policy's value has {show(twice[1])} twice, and no token has it"
        return SubjectComparison(sentence, dead=True)
    obtain = "" if not same_owner or any(sign in text for text in ours.parts.values() for sign in "*?$") else ours.obtain
    return SubjectComparison(f"the token is {noun(asked)} for {token}; the policy trusts {policy}", obtain=obtain)


def noun(asked: Asked) -> str:
    """Return what the token is, by its vendor."""
    name = asked.vendor.name
    if asked.vendor is ANY:
        return "a token"
    return f"{'an' if name[0] in 'AEIOU' or name.startswith('HCP') else 'a'} {name} token"


def phrase(subject: VendorSubject) -> str:
    """Return what a subject is for and whose it is."""
    return f"{subject.what} of {subject.whose}" if subject.whose else subject.what


def _same_names(ours: VendorSubject, theirs: VendorSubject, ids: frozenset[str]) -> bool:
    names = [each.removesuffix("_id") for each in ids]
    return all(ours.parts.get(name) == theirs.parts.get(name) or "*" in ours.parts.get(name, "") for name in names)


def _case_alone(ours: VendorSubject, theirs: VendorSubject, name: str) -> bool:
    return differs_in_case_alone(ours.parts.get(name, ""), theirs.parts.get(name, ""))
