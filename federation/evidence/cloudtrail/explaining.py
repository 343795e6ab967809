"""Why a recorded login is refused, from its record and the account alone: causes and edits by the engine of all explanations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final

from federation.account import Account
from federation.errors import FederationError
from federation.evidence.cloudtrail.knowable import keys_of, what_tells
from federation.evidence.cloudtrail.login_record import SAML, LoginRecord
from federation.evidence.cloudtrail.messages import obstacle_of
from federation.evidence.cloudtrail.verdict import LoginVerdict, actions_of, judge_login
from federation.evidence.documents.asked_role import AskedRole, account_around, asked_role
from federation.evidence.documents.faults import DocumentFault
from federation.evidence.documents.files import EvidenceSource
from federation.evidence.documents.model import FoundDocument
from federation.evidence.documents.open_policy import shown
from federation.explaining.call.roles import explain_role
from federation.explaining.exchange import duration
from federation.explaining.fixing import plain
from federation.explaining.plain import plainly
from federation.explaining.situation import Explain, Situation
from federation.explaining.trial import Trial, TrialOutcome
from federation.explaining.trust import obstacles
from federation.explanation import Absent, Change, Explanation, Obstacle, Place
from federation.policy.lint import lint
from federation.policy.lint.finding import Finding
from federation.policy.partial import UndecidedCondition, undecided_conditions
from federation.policy.wildcard import fold
from federation.sts.operations.assume_role_with_saml import AssumeRoleWithSaml
from federation.sts.operations.assume_role_with_web_identity import AssumeRoleWithWebIdentity

_NONE_LEFT: Final = ""
"""The token of a call that was recorded: CloudTrail keeps none."""
CHANGED: Final = (
    "the record was refused, and the account grants the same login: its policies were changed since, or a policy refused that the account "
    "directory does not have, such as one of the organization"
)
LOST: Final = "the record was granted, and the account refuses the same login: its policies were changed since, or it is another account"
CHANGED_IN_FILES: Final = (
    "the record was refused, and the role of the files grants the same login: AWS had another policy then, or a policy refused that the "
    "files do not have, such as one of the organization"
)
LOST_IN_FILES: Final = "the record was granted, and the role of the files refuses the same login: AWS had another policy then"
NOT_ASKED: Final = "the token proved nobody, so no policy was asked: what the role would say to its owner is not in the record"


@dataclass(frozen=True, slots=True)
class WaitingCondition:
    """A condition that the record does not decide, and what would: one sentence for each key that it lacks."""

    condition: UndecidedCondition
    tells: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the condition as plain data, with ``tells``."""
        return {**self.condition.as_dict(), "tells": list(self.tells)}


@dataclass(frozen=True, slots=True)
class SuspectCondition:
    """What lint finds in a condition that could not be judged: perhaps why the login was refused.

    Attributes:
        finding: The finding.
        place: Where it is.
    """

    finding: Finding
    place: Place

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data, with its ``file``."""
        return {"file": self.place.file, **self.finding.as_dict()}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventExplanation:
    """What the account says of a recorded login, and why.

    Attributes:
        record: The record; its role is the one that was asked.
        granted: Whether the account grants it; None where that depends on what the record does not say.
        check: The check that refuses; None where none does, or where it is not known.
        verdict: What the policies say; None where the token proved nobody, so that they are not asked.
        waiting: The conditions that could not be judged, with what would tell.
        suspects: What lint finds in these conditions, where the record does not decide a refused login.
        remarks: What a reader should know besides, a sentence each.
        explanation: Causes and edits; None where nothing refuses.
        document: The trust policy that was asked, where it is one of files.
        faults: What else in the files cannot be read.
    """

    record: LoginRecord
    granted: bool | None
    check: str | None
    verdict: LoginVerdict | None = field(default=None, repr=False)
    waiting: tuple[WaitingCondition, ...] = ()
    suspects: tuple[SuspectCondition, ...] = ()
    remarks: tuple[str, ...] = ()
    explanation: Explanation | None = None
    document: FoundDocument | None = field(default=None, repr=False)
    faults: tuple[DocumentFault, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data: the documented schema."""
        decision = None if self.verdict is None else self.verdict.decision
        return {
            "event": self.record.as_dict(),
            "recorded": "granted" if self.record.granted else "refused",
            "role_arn": self.record.role_arn,
            "granted": self.granted,
            "check": self.check,
            "effect": None if decision is None else decision.effect,
            "undecided": [each.as_dict() for each in self.waiting],
            "suspects": [each.as_dict() for each in self.suspects],
            "remarks": list(self.remarks),
            "document": None if self.document is None else self.document.as_dict(),
            "faults": [each.as_dict() for each in self.faults],
            "explanation": None if self.explanation is None else self.explanation.as_dict(),
        }


def explain_event(
    record: LoginRecord,
    account: Account | None = None,
    *,
    role_arn: str | None = None,
    documents: Iterable[EvidenceSource] = (),
    given: Mapping[str, str] | None = None,
) -> EventExplanation:
    """Return why the role grants or refuses the login that *record* is of.

    Args:
        record: The record, of `read_record` or `read_logins`.
        account: The account; None where *documents* are all there is, and the record says which providers are registered.
        role_arn: The role that is asked; that of the record where None. Of *documents* also the address or name by which they call it.
        documents: Files that declare the role: plans and states of Terraform, templates, answers of IAM, or its trust policy. They say of
            the role what the account does not.
        given: The values of expressions that the files leave open, as for `read_evidence`.

    Raises:
        TypeError: There is neither an account nor a document.
        ValidationError: The files do not say which role is asked, or have a part unknown that has no third value.
        FederationError: A file that is needed cannot be read.
    """
    documents = tuple(documents)
    if account is None and not documents:
        raise TypeError("explain_event takes an account, documents, or both")
    called = role_arn if documents and role_arn is not None and not role_arn.startswith("arn:") else None
    if role_arn is not None and called is None:
        record = replace(record, role_arn=role_arn)
    if not record.granted and not record.refused_by_policy:
        told = obstacle_of(record)
        explanation = Explanation(first=told, aws_message=record.error_message)
        return EventExplanation(record=record, granted=False, check=told.causes[0].check, remarks=(NOT_ASKED,), explanation=explanation)
    asked = None
    held = account_around(record.role_arn) if account is None else account
    if documents:
        asked = asked_role(
            held, record.role_arn, documents, provider=record.provider, actions=actions_of(record), called=called, given=given
        )
        held = asked.account
    return explain_login(record, held, asked, registers=account is not None)


def explain_login(record: LoginRecord, account: Account, asked: AskedRole | None = None, *, registers: bool = True) -> EventExplanation:
    """Return why *account* grants or refuses the login that *record* is of, whose token proved somebody.

    Args:
        record: The login. What it does not say is not known.
        account: The account; where *asked* is given, its account.
        asked: The role, where files declare it.
        registers: As of `EventJudge`.
    """
    verdict = judge_login(record, account, registers=registers)
    expressions = {} if asked is None else asked.open.expressions
    waits = _waiting(record, account, verdict, expressions)
    taken = () if asked is None else tuple(_taken(each, record) for each in asked.open.taken)
    refusal = verdict.refusal
    granted = None if taken and verdict.allowed else verdict.allowed
    changed, lost = (CHANGED, LOST) if asked is None else (CHANGED_IN_FILES, LOST_IN_FILES)
    remarks: tuple[str, ...] = ()
    if refusal is None and granted and not record.granted:
        remarks = (changed,)
    elif refusal is not None and record.granted:
        remarks = (lost,)
    explanation = None
    if refusal is not None:
        explanation = Explanation(first=shown(_obstacle(record, account, refusal, waits), expressions), aws_message=refusal.aws_message)
    return EventExplanation(
        record=record,
        granted=granted,
        check=None if refusal is None else refusal.check,
        verdict=verdict,
        waiting=shown(waits, expressions),
        suspects=_suspects(record, account, waits, expressions) if granted is None and not record.granted else (),
        remarks=(*taken, *remarks),
        explanation=explanation,
        document=None if asked is None else asked.document,
        faults=() if asked is None else asked.faults,
    )


def _suspects(
    record: LoginRecord, account: Account, waits: tuple[WaitingCondition, ...], expressions: Mapping[str, str]
) -> tuple[SuspectCondition, ...]:
    role = account.roles.get(record.role_arn)
    # What a file leaves open is no fault of the policy.
    paths = tuple(each.condition.path for each in waits if expressions.keys().isdisjoint(each.condition.unknown))
    if role is None or not paths:
        return ()
    return tuple(
        SuspectCondition(shown(each, expressions), Place(owner="policy", file=role.file, path=each.path))
        for each in lint(role.trust_policy, at=record.time)
        if each.path.startswith(paths) and each.severity != "note"  # a note is of policies that work
    )


def _taken(expression: str, record: LoginRecord) -> str:
    return f"the file does not say who {expression} is: it is taken as {record.provider}"


def _waiting(record: LoginRecord, account: Account, verdict: LoginVerdict, expressions: Mapping[str, str]) -> tuple[WaitingCondition, ...]:
    """Return the conditions that could not be judged: those of the verdict, and beside a refusal those of the statements that refuse."""
    found = verdict.undecided or _beside(record, account, verdict)
    return tuple(_waiting_condition(each, record, expressions) for each in found)


def _waiting_condition(found: UndecidedCondition, record: LoginRecord, expressions: Mapping[str, str]) -> WaitingCondition:
    told = (f"--given '{expressions[key]}=VALUE'" if key in expressions else what_tells(key, record) for key in found.unknown)
    return WaitingCondition(found, tuple(dict.fromkeys(told)))


def _beside(record: LoginRecord, account: Account, verdict: LoginVerdict) -> tuple[UndecidedCondition, ...]:
    """Return the conditions that would be asked next, once what refuses is mended."""
    role = account.roles.get(record.role_arn)
    if role is None or verdict.decision is None or verdict.check != "trust-policy":
        return ()
    asked, unknown = verdict.decision.request, keys_of(record, account).is_unknown
    found = (undecided_conditions(role.trust_policy, asked.asking(action), unknown) for action in actions_of(record))
    return tuple(dict.fromkeys(chain.from_iterable(found)))


def _obstacle(record: LoginRecord, account: Account, refusal: FederationError, waits: tuple[WaitingCondition, ...]) -> Obstacle:
    trial = Trial(at=record.time, account=account, call=_call(record))
    situation = Situation(refusal=refusal, trial=trial, outcome=TrialOutcome(refusal=refusal))
    decision = situation.decision
    if refusal.check == "trust-policy" and decision is not None:
        found = obstacles(decision, situation)
        return _resting_on_what_is_known(found[0], waits) if found else plainly(situation)
    return _EXPLAIN.get(refusal.check, plainly)(situation)


_EXPLAIN: Final[Mapping[str, Explain]] = {"role": explain_role, "duration": duration}
"""Check to its explanation, where that needs no token."""


def _resting_on_what_is_known(obstacle: Obstacle, waits: tuple[WaitingCondition, ...]) -> Obstacle:
    """Return *obstacle* without what it says of values that nobody knows: they were chosen so that nothing unknown refuses."""
    open_ = {each.condition.path for each in waits}
    keys = {key for each in waits for key in each.condition.unknown}
    causes, others = (
        tuple(each for each in several if each.place is None or each.place.path not in open_)
        for several in (obstacle.causes, obstacle.others)
    )
    edits = tuple(each for each in obstacle.edits if not any(_is_made_up(change, open_, keys) for change in each.changes))
    return replace(obstacle, causes=causes or obstacle.causes, edits=edits, others=others)


def _is_made_up(change: Change, paths: set[str], keys: set[str]) -> bool:
    """Whether *change* is of a condition that nobody can judge, or demands a key that nobody knows and nobody demanded."""
    before, after = ("" if isinstance(each, Absent) else fold(json.dumps(plain(each))) for each in (change.old, change.new))
    return change.path in paths or any(json.dumps(key) in after and json.dumps(key) not in before for key in keys)


def _call(record: LoginRecord) -> AssumeRoleWithSaml | AssumeRoleWithWebIdentity:
    """Return the call that was recorded, without its token."""
    session: dict[str, Any] = {"policy": record.policy, "policy_arns": record.policy_arns, "duration_seconds": record.duration}
    if record.operation == SAML:
        return AssumeRoleWithSaml(role_arn=record.role_arn, principal_arn=record.provider, saml_assertion=_NONE_LEFT, **session)
    name = record.session_name or ""
    return AssumeRoleWithWebIdentity(role_arn=record.role_arn, role_session_name=name, web_identity_token=_NONE_LEFT, **session)
