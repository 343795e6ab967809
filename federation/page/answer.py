"""What the page shows of a judgement, as typed values. Templates contain no rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from federation.errors import FederationError
from federation.explanation import Explanation
from federation.identity import timestamp
from federation.judging.kinds import KINDS
from federation.judging.pasted import FoundToken
from federation.page.causes import ShownExplanation, shown_explanation
from federation.page.facts import Fact, facts_of
from federation.page.judged import Judged
from federation.page.message import ShownMessage, message_of
from federation.page.ticket import ticket
from federation.page.times import TimeLine, time_line
from federation.page.trust import ShownPolicy, shown_policy
from federation.profiles import Profile
from federation.report import CheckResult

_IDENTITY: Final = ("issuer", "subject", "subject_type", "audience", "recipient", "name_qualifier", "token_id", "provider_arn")


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


class ListedToken(NamedTuple):
    """One of several tokens in what was pasted: its number from 1, its kind and place in words, and whether it was judged."""

    number: int
    kind: str
    place: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class PageAnswer:
    """What the page shows of one judgement.

    Attributes:
        judged: The judgement.
        kind: What the token was taken for, in words.
        verdicts: Those of both profiles and of the operation.
        granted: Whether what was asked is granted: the operation, or the token alone where no role was asked.
        explanation: Why it is refused; None where it is not, or where no cause is sought.
        aside: Why the other profile refuses a login that is granted; None where both accept.
        checks: Every check in order, those of the exchange at the end.
        proved: Whether the token proves somebody; otherwise `identity` and `attributes` are what it claims.
        identity: Who it is.
        attributes: The attributes of an assertion, or the claims of a token.
        condition_keys: The condition keys as AWS would see them; empty where nobody is proved.
        message: The message with what was signed; None where there is nothing to read in it.
        times: The instants of the login.
        policy: The trust policy of the role; None where there is no such role.
        session: The session that would be issued, secrets masked; empty where none would be.
        refusal: What refused; None where nothing did.
        tokens: The tokens in what was pasted, where there are several.
        container: What the token was pasted in, in words; empty for a token alone.
        markdown: The answer for a ticket.
    """

    judged: Judged
    kind: str
    verdicts: tuple[ShownVerdict, ...]
    granted: bool
    explanation: ShownExplanation | None
    aside: ShownExplanation | None
    checks: tuple[CheckResult, ...]
    proved: bool
    identity: tuple[Fact, ...]
    attributes: tuple[Fact, ...]
    condition_keys: tuple[Fact, ...]
    message: ShownMessage | None
    times: TimeLine
    policy: ShownPolicy | None
    session: tuple[Fact, ...]
    refusal: FederationError | None
    tokens: tuple[ListedToken, ...] = ()
    container: str = ""
    markdown: str = field(default="", repr=False)

    @property
    def at(self) -> str:
        """The instant that was judged at."""
        return timestamp(self.judged.at) or ""

    @property
    def link(self) -> str:
        """The link that asks the same of another token."""
        asked = self.judged.asked
        return f"/?{asked.link}"


def answer_of(judged: Judged, *, tokens: tuple[ListedToken, ...] = (), container: str = "") -> PageAnswer:
    """Return what the page shows of *judged*, found among *tokens* in a *container*."""
    report, findings, proved, role = judged.report, judged.findings, judged.identity, judged.role
    why = judged.explanation
    explanation = None if why is None else shown_explanation(why, judged.held.sources, role)
    stricter = _of_other_profile(judged)
    decision = None if findings is None else findings.decision
    identity, attributes = _claimed(judged) if proved is None else _halves(proved.as_dict(), "attributes")
    keys = () if proved is None else facts_of(decision.request.keys if decision is not None else proved.context_keys)
    verdicts = tuple(_verdicts(judged))
    return PageAnswer(
        judged=judged,
        kind=KINDS[judged.token.kind],
        verdicts=verdicts,
        granted=judged.refusal is None,
        explanation=explanation,
        aside=None if stricter is None else shown_explanation(stricter, judged.held.sources, role),
        checks=() if report is None else (*report.results, *(() if findings is None else findings.exchange)),
        proved=proved is not None,
        identity=identity,
        attributes=attributes,
        condition_keys=keys,
        message=message_of(judged),
        times=time_line(judged),
        policy=None if role is None else shown_policy(role, decision, judged.held.sources),
        session=tuple(_session(judged)),
        refusal=judged.refusal,
        tokens=tokens,
        container=container,
        markdown=ticket("AWS login granted" if judged.refusal is None else "AWS login refused", _told(judged, verdicts), explanation),
    )


def listed_tokens(found: tuple[FoundToken, ...], chosen: int) -> tuple[ListedToken, ...]:
    """Return the tokens *found* as a list to choose from, the number *chosen* marked; empty where there is one alone."""
    if len(found) < 2:  # noqa: PLR2004 - nothing to choose
        return ()
    return tuple(ListedToken(number, KINDS[each.kind], each.place, number == chosen) for number, each in enumerate(found, 1))


def _halves(members: Mapping[str, Any], name: str) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    return facts_of({each: members[each] for each in _IDENTITY if each in members}), facts_of(members.get(name) or {})


def _claimed(judged: Judged) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Return what a token that proves nothing says of itself: who it is, and everything else."""
    token, report = judged.token, judged.report
    return facts_of({"issuer": token.issuer, "subject": token.subject}), facts_of({} if report is None else report.claimed)


def _of_other_profile(judged: Judged) -> Explanation | None:
    """Return why the profile that does not decide refuses a login that is granted; None where it accepts, or where no cause is sought."""
    if judged.refusal is not None or judged.report is None or judged.too_long:
        return None
    refusal = next((refusal for profile in Profile if (refusal := judged.report.refusal(profile)) is not None), None)
    return None if refusal is None else refusal.explanation


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
        yield ShownVerdict("operation", accepts=None, note="not called: no role of the account trusts the provider, and none was chosen")


def _verdict(who: str, refusal: FederationError | None) -> ShownVerdict:
    return ShownVerdict(who, accepts=True) if refusal is None else ShownVerdict(who, accepts=False, check=refusal.check, code=refusal.code)


def _session(judged: Judged) -> Iterator[Fact]:
    """Yield the session that would be issued. Its secrets are told by their length alone."""
    session = None if judged.findings is None else judged.findings.session
    if session is None:
        return
    credentials = session.credentials
    yield Fact("AssumedRoleUser.Arn", session.assumed_role_user.arn)
    yield Fact("AssumedRoleUser.AssumedRoleId", session.assumed_role_user.assumed_role_id)
    yield Fact("Expiration", timestamp(credentials.expiration) or "")
    yield Fact("Subject", session.subject)
    if session.audience is not None:
        yield Fact("Audience", session.audience)
    if session.source_identity is not None:
        yield Fact("SourceIdentity", session.source_identity)
    yield Fact("AccessKeyId", f"{credentials.access_key_id[:4]}… (masked)")
    yield Fact("SecretAccessKey", f"{len(credentials.secret_access_key)} characters (masked)")
    yield Fact("SessionToken", f"{session.session_token_size} octets, {session.session_token_utilization} % of the longest (masked)")


def _told(judged: Judged, verdicts: tuple[ShownVerdict, ...]) -> Iterator[tuple[str, str]]:
    """Yield the facts of a ticket."""
    token, proved = judged.token, judged.identity is not None
    yield "token", KINDS[token.kind]
    yield "issuer", f"{token.issuer or ''}{'' if proved or not token.issuer else ' (unverified)'}"
    yield "subject", f"{token.subject or ''}{'' if proved or not token.subject else ' (unverified)'}"
    yield "role", judged.role_arn or ""
    yield "provider", "" if judged.provider is None else judged.provider.arn
    yield "judged at", timestamp(judged.at) or ""
    for each in verdicts:
        if each.accepts is not None:
            yield each.who, "accepts" if each.accepts else f"refuses: {each.check} ({each.code})"
