"""What lint finds in a policy of a file, in so far as it does not rest on what the file does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from federation.errors import MalformedPolicyDocument
from federation.evidence.documents.filling import Filled, Fillings, fillings
from federation.evidence.documents.model import FoundDocument
from federation.explaining.linting import ExplainedFinding, explain_policy, placed
from federation.explaining.linting.keys import TABLE as ABOUT_KEYS
from federation.explaining.linting.refusals import explain_unstorable
from federation.explanation import Obstacle
from federation.policy import Kind, Policy

T = TypeVar("T")
_FindingKey = tuple[str, str, str]


class LintedDocument(NamedTuple):
    """A policy of a file, and what lint says of it.

    Attributes:
        found: The policy.
        policy: The policy as the engine judges it; None where a part of it is unknown, or IAM would not store it.
        accepted: Whether IAM would store it; None where that rests on what is unknown.
        refusal: Why it would not.
        obstacle: The same with its cause and edits, their places in the file.
        findings: What lint finds, likewise.
        unjudged: JSON paths of the statements that are not judged; ``$`` for the whole policy.
    """

    found: FoundDocument
    policy: Policy | None = None
    accepted: bool | None = None
    refusal: MalformedPolicyDocument | None = None
    obstacle: Obstacle | None = None
    findings: tuple[ExplainedFinding, ...] = ()
    unjudged: tuple[str, ...] = ()


class _JudgedFilling(NamedTuple):
    policy: Policy | None
    refusal: MalformedPolicyDocument | None


def lint_document(found: FoundDocument, *, at: datetime | None = None) -> LintedDocument:
    """Return what lint says of *found* at the instant *at*. A finding that rests on an unknown part is not made, nor is such a refusal.

    Args:
        found: The policy.
        at: When it is looked at, aware, as `federation.policy.lint.lint` takes it.
    """
    kind = found.kind or Kind.TRUST
    try:
        filled = fillings(found)
    except MalformedPolicyDocument as refusal:
        return _refused(LintedDocument(found), found.text, refusal, kind, {})
    if not filled.each:
        return LintedDocument(found, unjudged=("$",))
    judged = [_judged(each, kind) for each in filled.each]
    linted = LintedDocument(found, unjudged=filled.unjudged)
    first = judged[0]
    stored = [(each, one.policy) for each, one in zip(filled.each, judged, strict=True) if one.policy is not None]
    if stored:
        linted = linted._replace(findings=_findings(found, filled, stored, at))
    if not found.unknowns and first.policy is not None:
        linted = linted._replace(policy=first.policy, accepted=first.refusal is None)
    refusals = {None if each.refusal is None else (each.refusal.check, each.refusal.path) for each in judged}
    if first.refusal is not None and len(refusals) == 1 and not filled.rests_on_unknown(first.refusal.path):
        return _refused(linted, filled.each[0].text, first.refusal, kind, filled.each[0].shown)
    return linted


def _judged(filled: Filled, kind: Kind) -> _JudgedFilling:
    try:
        stored = Policy.stored(filled.text, kind=kind)
    except MalformedPolicyDocument as refusal:
        return _JudgedFilling(None, refusal)
    try:
        Policy.parse(filled.text, kind=kind)
    except MalformedPolicyDocument as refusal:
        return _JudgedFilling(stored, refusal)
    return _JudgedFilling(stored, None)


def _findings(
    found: FoundDocument, filled: Fillings, stored: list[tuple[Filled, Policy]], at: datetime | None
) -> tuple[ExplainedFinding, ...]:
    """Return the findings that are made with every filling."""
    (first, policy), *others = stored
    explained = [each for each in explain_policy(policy, at=at) if not filled.rests_on_unknown(each.finding.path)]
    for _, other in others:
        if not explained:
            break
        also = {_key(each) for each in explain_policy(other, at=at)}
        explained = [each for each in explained if _key(each) in also]
    return tuple(_placed(found, _in_words(each, first.shown)) for each in explained)


def _key(explained: ExplainedFinding) -> _FindingKey:
    finding = explained.finding
    return finding.id, finding.severity, finding.path


def _placed(found: FoundDocument, explained: ExplainedFinding) -> ExplainedFinding:
    """Return *explained* in the file. Its edits are told: no program changes a file that another one wrote, or an expression."""
    there = explained.placed(file=found.file, line_of=_line_of(found, name=explained.finding.id in ABOUT_KEYS))
    return replace(there, obstacle=_told(there.obstacle))


def _refused(linted: LintedDocument, text: str, refusal: MalformedPolicyDocument, kind: Kind, shown: Mapping[str, str]) -> LintedDocument:
    found = linted.found
    obstacle = placed(explain_unstorable(text, refusal, kind=kind), file=found.file, line_of=_line_of(found, name=False))
    return linted._replace(accepted=False, refusal=refusal, obstacle=_told(_in_words(obstacle, shown)))


def _told(obstacle: Obstacle) -> Obstacle:
    return replace(obstacle, edits=tuple(replace(edit, changes=(), lets_in="") for edit in obstacle.edits))


def _line_of(found: FoundDocument, *, name: bool) -> Callable[[str], int]:
    return lambda path: found.region(path, name=name).line


def _in_words(value: T, shown: Mapping[str, str]) -> T:
    """Return *value* with the expressions of the author wherever a filled text is in it."""
    return value if not shown else _worded(value, sorted(shown.items(), key=lambda pair: -len(pair[0])))


def _worded(value: Any, shown: list[tuple[str, str]]) -> Any:  # noqa: ANN401 - whatever an explanation consists of
    if isinstance(value, str):
        for filled, words in shown:
            value = value.replace(filled, words)
        return value
    if isinstance(value, tuple):
        return tuple(_worded(each, shown) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _worded(getattr(value, each.name), shown) for each in fields(value) if each.init})
    return value
