"""One captured token and the account it was meant for: what each profile says of it, at its instant, and perhaps what a role would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from federation import aws_texts, clock
from federation.account.model import Account
from federation.errors import ErrorCode, FederationError, InternalFailure, InvalidIdentityToken
from federation.identity import timestamp
from federation.judging.capture import Capture
from federation.judging.finder import Finder
from federation.judging.unverified_token import UnverifiedToken
from federation.profiles import Profile
from federation.protocols import Provider
from federation.records import record
from federation.report import Report
from federation.validators import diagnose

if TYPE_CHECKING:
    from federation.identity import VerifiedIdentity
    from federation.judging.asked_role import AskedRoles, RoleAnswer

_REMEDY_OF_CAPTURE: Final = "correct the capture; `federation audit --help` lists the forms"


class ProfileVerdict(NamedTuple):
    """What one profile says: whether it accepts, else the check that refuses and its code."""

    accepted: bool
    check: str | None = None
    code: ErrorCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingInstant:
    """When tokens are judged whose own record does not tell: at ``at``, at the instant each was issued, or now where both are unset."""

    at: datetime | None = None
    issued: bool = False


@record(kw_only=True)
class Judgement:
    """What became of one captured token: plain values, no token.

    Attributes:
        id: As in its `Capture`.
        kind: The kind that it was judged as; None where nothing could be read.
        account: Id of the account it was judged for; None where none was found.
        provider: ARN or name of the provider it was judged against; None where none was found.
        profile: The profile of that provider, whose verdict counts; None likewise.
        at: The instant it was judged at, ISO 8601; None where it was not.
        accepted: Whether everything asked of it holds: the token, and the role where one was asked about.
        verdicts: By profile, about the token alone.
        issuer: Proved issuer; None unless the token was accepted.
        subject: Proved subject, likewise.
        token_id: Signed id of the assertion, or the ``jti``, likewise.
        claimed: Issuer and subject that a refused token claims; proves nothing.
        role: What the role says: its ``arn``, the ``effect`` of its trust policy; None where none was asked or nobody was proved.
        refusal: The refusal that counts, as `FederationError.as_dict`; None where there is none.
    """

    id: str
    kind: str | None = None
    account: str | None = None
    provider: str | None = None
    profile: str | None = None
    at: str | None = None
    accepted: bool
    verdicts: Mapping[str, ProfileVerdict]
    issuer: str | None = None
    subject: str | None = None
    token_id: str | None = None
    claimed: dict[str, str | None] | None = None
    role: dict[str, str | None] | None = None
    refusal: dict[str, Any] | None = None

    @property
    def is_bug(self) -> bool:
        """Whether the engine failed instead of judging."""
        return self.refusal is not None and self.refusal["code"] == InternalFailure.code

    def as_dict(self) -> dict[str, Any]:
        """Return the judgement as plain data: the documented schema of a line."""
        members = {each.name: getattr(self, each.name) for each in fields(self)}
        return members | {"verdicts": {profile: verdict._asdict() for profile, verdict in self.verdicts.items()}}

    @classmethod
    def from_dict(cls, line: Mapping[str, Any]) -> Judgement:
        """Return the judgement that `as_dict` has made *line* of."""
        return cls(**{**line, "verdicts": {profile: ProfileVerdict(**verdict) for profile, verdict in line["verdicts"].items()}})


class TokenJudge(Protocol):
    """Judges captured tokens, for one account or for many."""

    def judge(self, capture: Capture) -> Judgement:
        """Return what becomes of *capture*. Never raises: a refusal, of whatever kind, is the judgement."""
        ...


class Judge:
    """Judges captured tokens for one account. Nothing is remembered from one token to the next: a token seen twice is judged twice."""

    __slots__ = ("_account", "_finder", "_instant", "_role_arn", "_roles", "_session_name")

    def __init__(
        self, account: Account, *, instant: JudgingInstant | None = None, role_arn: str | None = None, role_session_name: str | None = None
    ) -> None:
        """Judge for *account*.

        Args:
            account: Providers and roles.
            instant: When tokens are judged whose record does not tell; the present when None.
            role_arn: Role that is asked about every token that proves somebody and whose record names none; None to prove alone.
            role_session_name: RoleSessionName for web identities, which bring none.

        Raises:
            RegistrationError: Two OpenID Connect providers answer to one issuer.
        """
        self._finder = Finder(account)
        self._instant = JudgingInstant() if instant is None else instant
        self._account, self._role_arn, self._session_name = account, role_arn, role_session_name
        self._roles: AskedRoles | None = None

    def judge(self, capture: Capture) -> Judgement:
        """Return what becomes of *capture*; see `TokenJudge`."""
        return judged(capture, self._instant, lambda _: self)

    def verdict(self, capture: Capture, unverified: UnverifiedToken, at: datetime) -> Judgement:
        """Return what becomes of *capture*, whose token is *unverified*, at the instant *at*.

        Raises:
            FederationError: No provider of the account is meant to judge it.
        """
        provider, report = _diagnose(unverified, self._finder.candidates(unverified), at)
        identity = report.identity
        role = None if identity is None else self._asked(capture, identity, at)
        refusal = report.refusal() or (None if role is None else role.refusal)
        return Judgement(
            id=capture.id,
            kind=report.kind,
            account=self._account.id,
            provider=provider.arn,
            profile=report.profile.value,
            at=timestamp(at),
            accepted=refusal is None,
            verdicts=_verdicts(report),
            issuer=None if identity is None else identity.issuer,
            subject=None if identity is None else identity.subject,
            token_id=None if identity is None else identity.token_id,
            claimed=_claimed(unverified) if identity is None else None,
            role=None if role is None else {"arn": role.arn, "effect": role.effect},
            refusal=None if refusal is None else dict(refusal.as_dict()),
        )

    def _asked(self, capture: Capture, identity: VerifiedIdentity, at: datetime) -> RoleAnswer | None:
        """Return what the role says that the call asked for, else the one that is asked about every token; None where there is neither."""
        role_arn = capture.role_arn or self._role_arn
        if role_arn is None:
            return None
        if self._roles is None:
            from federation.judging.asked_role import AskedRoles  # noqa: PLC0415 - loaded where a role is named

            self._roles = AskedRoles(self._account, self._session_name)
        return self._roles.ask(role_arn, identity, at=at)


def judged(capture: Capture, instant: JudgingInstant, choose: Callable[[UnverifiedToken], Judge]) -> Judgement:
    """Return what becomes of *capture*, by the judge of the account that it was meant for. Never raises.

    Args:
        capture: The captured token.
        instant: When it is judged where its record does not tell.
        choose: Returns that judge; the refusal that it may raise is the judgement.
    """
    if capture.fault is not None:
        expected, found = capture.fault
        refusal = InvalidIdentityToken(check="capture", expected=expected, found=found, remedy=_REMEDY_OF_CAPTURE)
        return _refused(capture.id, refusal)
    unverified = UnverifiedToken(capture.token)
    at: datetime | None = None
    try:
        judge = choose(unverified)
        at = _instant_of(capture, unverified, instant)
        return judge.verdict(capture, unverified, at)
    except FederationError as refusal:
        return _refused(capture.id, refusal, unverified=unverified, at=at)
    except Exception as bug:  # noqa: BLE001 - one token must not end the judging of a million
        return _refused(capture.id, _as_failure(bug), unverified=unverified, at=at)


def _instant_of(capture: Capture, unverified: UnverifiedToken, instant: JudgingInstant) -> datetime:
    """Return when to judge: the token's own record goes before what holds for all."""
    if capture.at is not None:
        return capture.at
    if capture.issued or instant.issued:
        return unverified.issued_at
    return clock.resolve(instant.at)


def _diagnose(unverified: UnverifiedToken, candidates: tuple[Provider, ...], at: datetime) -> tuple[Provider, Report]:
    """Return the report of the first of *candidates* that accepts, else of the first of all; nearly every account has one alone."""
    reports = ((provider, diagnose(unverified.presented_to(provider.kind), provider, at=at)) for provider in candidates)
    first = next(reports)
    return first if first[1].accepted else next((each for each in reports if each[1].accepted), first)


def _verdicts(report: Report) -> dict[str, ProfileVerdict]:
    return {profile.value: _verdict(report.refusal(profile)) for profile in Profile}


def _verdict(refusal: FederationError | None) -> ProfileVerdict:
    return ProfileVerdict(accepted=True) if refusal is None else ProfileVerdict(accepted=False, check=refusal.check, code=refusal.code)


def _refused(name: str, refusal: FederationError, *, unverified: UnverifiedToken | None = None, at: datetime | None = None) -> Judgement:
    """Return the judgement on what came to no provider: both profiles refuse."""
    return Judgement(
        id=name,
        kind=None if unverified is None else unverified.kind,
        at=timestamp(at),
        accepted=False,
        verdicts={profile.value: _verdict(refusal) for profile in Profile},
        claimed=None if unverified is None else _claimed(unverified),
        refusal=dict(refusal.as_dict()),
    )


def _claimed(unverified: UnverifiedToken) -> dict[str, str | None]:
    return {"issuer": unverified.issuer, "subject": unverified.subject}


def _as_failure(bug: Exception) -> InternalFailure:
    return InternalFailure(
        check="internal",
        expected="a verdict",
        found=type(bug).__name__,
        remedy="report this as a bug",
        message=aws_texts.service.INTERNAL_FAILURE,
    )
