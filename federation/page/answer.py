"""What the page shows of a judgement, as typed values. Templates contain no rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from federation.errors import FederationError
from federation.identity import timestamp
from federation.judging.kinds import KINDS
from federation.page.causes import ShownExplanation, shown_explanation
from federation.page.judged import Judged
from federation.profiles import Profile
from federation.report import CheckResult

_MOST_ROWS: Final = 400
_MOST_DEPTH: Final = 8


class ShownVerdict(NamedTuple):
    """One verdict.

    Attributes:
        who: A profile, or the operation.
        accepts: Whether it accepts; None where it was not asked.
        check: The check that refuses, or empty.
        code: The error code of the refusal, or empty.
        note: A remark.
    """

    who: str
    accepts: bool | None
    check: str = ""
    code: str = ""
    note: str = ""


class Fact(NamedTuple):
    """A name and its value."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class PageAnswer:
    """What the page shows of one judgement.

    Attributes:
        judged: The judgement.
        kind: What the token was taken for, in words.
        verdicts: Those of both profiles and of the operation.
        granted: Whether what was asked is granted: the operation, or the token alone where no role was asked.
        explanation: Why it is refused; None where it is not, or where no cause is sought.
        checks: Every check in order, those of the exchange at the end.
        facts: Who the token says it is; proved where `proved`.
        proved: Whether the token proves somebody.
        refusal: What refused; None where nothing did.
    """

    judged: Judged
    kind: str
    verdicts: tuple[ShownVerdict, ...]
    granted: bool
    explanation: ShownExplanation | None
    checks: tuple[CheckResult, ...]
    facts: tuple[Fact, ...]
    proved: bool
    refusal: FederationError | None

    @property
    def at(self) -> str:
        """The instant that was judged at."""
        return timestamp(self.judged.at) or ""


def answer_of(judged: Judged) -> PageAnswer:
    """Return what the page shows of *judged*."""
    report, findings, identity = judged.report, judged.findings, judged.identity
    explanation = judged.explanation
    exchange = () if findings is None else findings.exchange
    claimed = {"issuer": judged.token.issuer, "subject": judged.token.subject} if report is None else report.claimed
    return PageAnswer(
        judged=judged,
        kind=KINDS[judged.token.kind],
        verdicts=tuple(_verdicts(judged)),
        granted=judged.refusal is None,
        explanation=None if explanation is None else shown_explanation(explanation, judged.held.sources, judged.role),
        checks=() if report is None else (*report.results, *exchange),
        facts=facts_of(claimed if identity is None else identity.as_dict()),
        proved=identity is not None,
        refusal=judged.refusal,
    )


def _verdicts(judged: Judged) -> Iterator[ShownVerdict]:
    for profile in Profile:
        name = f"profile {profile.value}"
        if judged.report is None:
            refusal = judged.unfound
            yield ShownVerdict(name, accepts=False, check=refusal.check if refusal else "", code=refusal.code if refusal else "")
        else:
            yield _verdict(name, judged.report.refusal(profile))
    findings = judged.findings
    if findings is not None:
        yield _verdict(findings.call.operation, findings.refusal)
    elif judged.too_long:
        yield ShownVerdict("operation", accepts=None, note="not called: the token is longer than STS takes")
    else:
        yield ShownVerdict("operation", accepts=None, note="not called: the account has no role for this token, and none was chosen")


def _verdict(who: str, refusal: FederationError | None) -> ShownVerdict:
    return ShownVerdict(who, accepts=True) if refusal is None else ShownVerdict(who, accepts=False, check=refusal.check, code=refusal.code)


def facts_of(members: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return the leaves of *members* by dotted path; what is empty is left out, and so is what comes after `_MOST_ROWS`."""
    found: list[Fact] = []
    for fact in _leaves(members, "", 0):
        if len(found) == _MOST_ROWS:
            return (*found, Fact("…", "more, which is not shown"))
        found.append(fact)
    return tuple(found)


def _leaves(value: object, path: str, depth: int) -> Iterator[Fact]:
    if depth < _MOST_DEPTH and isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each, f"{path}.{name}" if path else str(name), depth + 1)
    elif depth < _MOST_DEPTH and isinstance(value, list | tuple) and any(isinstance(each, Mapping | list | tuple) for each in value):
        for number, each in enumerate(value):
            yield from _leaves(each, f"{path}[{number}]", depth + 1)
    elif value not in (None, "", [], (), {}):
        yield Fact(path, ", ".join(map(str, value)) if isinstance(value, list | tuple) else text_of(value))


def text_of(value: object) -> str:
    """Return a value of decoded JSON as text: a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
