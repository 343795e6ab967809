"""The three steps of every operation: resolve the caller, run the operation, record the event. A call without a record is not granted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, NoReturn, TypeVar

from federation import aws_texts, clock
from federation.account import Account
from federation.account.issuers import by_issuer
from federation.calls.record import Call
from federation.errors import FederationError, InternalFailure
from federation.explanation import Question
from federation.loggers import logger
from federation.state import AuditSink, Origin, ReplayCache, State
from federation.sts import trail
from federation.sts.authorization.evaluation import account_in
from federation.sts.callers.caller import Caller
from federation.sts.callers.served import AnyCaller, ServedAccounts
from federation.sts.login.context import LoginContext, LoginFacts
from federation.sts.operations.assume_role import AssumeRole
from federation.sts.operations.context import Context
from federation.sts.trail import Answer

_LOGGER: Final = logger("sts")
C = TypeVar("C", bound=Call)
A = TypeVar("A", bound=Answer)


class Answering:
    """Runs the operations of one service. It is immutable except for the records of used tokens and codes.

    Attributes:
        accounts: The service's account and its neighbours.
    """

    __slots__ = ("_audit", "_issuers", "_neighbours", "_replay", "_state", "accounts")

    def __init__(
        self, account: Account, *, audit: AuditSink | None, replay: ReplayCache | None, state: State, neighbours: Iterable[Account]
    ) -> None:
        """Run the operations of *account*. The arguments are those of `SecurityTokenService`.

        Raises:
            RegistrationError: Two OpenID Connect providers have the same issuer, or two accounts have the same id.
        """
        self._neighbours = tuple(neighbours)
        self.accounts = ServedAccounts(account, self._neighbours)
        self._audit, self._replay, self._state = audit, replay, state
        self._issuers = by_issuer(account.oidc_providers.values())

    def with_account(self, account: Account) -> Answering:
        """Return the same for another state of the account.

        Raises:
            RegistrationError: Two OpenID Connect providers have the same issuer.
        """
        return Answering(account, audit=self._audit, replay=self._replay, state=self._state, neighbours=self._neighbours)

    def login(self, call: C, run: Callable[[C, LoginContext, LoginFacts], A], *, at: datetime | None, origin: Origin | None) -> A:
        """Run a federated login, which has no caller, and record its event.

        Raises:
            FederationError: The operation refuses, or the event cannot be recorded.
        """
        instant, home = clock.resolve(at), self.accounts.home
        context = LoginContext(home.account, self._issuers, home.sealer.at(instant), self._replay, instant)
        facts = LoginFacts()
        try:
            session = run(call, context, facts)
        except Exception as error:  # noqa: BLE001 - a bug becomes a refusal and is recorded as well
            question = Question(at=instant, account=home.account, call=call)
            raise_refusal(error, question, lambda refusal: self._record_login(call, facts, at=instant, origin=origin, refusal=refusal))
        self._record_login(call, facts, at=instant, origin=origin, session=session)
        return session

    def signed(self, call: C, run: Callable[[C, Context], A], caller: AnyCaller, *, at: datetime | None, origin: Origin | None) -> A:
        """Run a signed operation and record its event. It runs in the account of the role, or in that of the caller where it has no role.

        Raises:
            FederationError: The caller is unknown, the operation refuses, or the event cannot be recorded.
        """
        instant = clock.resolve(at)
        role_arn = call.role_arn if isinstance(call, AssumeRole) else None
        who: Caller | None = None
        try:
            who = self.accounts.resolve(caller, at=instant)
            served = self.accounts.of_caller(who) if role_arn is None else self.accounts.named_in(role_arn)
            context = Context(
                account=served.account,
                sealer=served.sealer.at(instant),
                callers=served.callers,
                caller=who,
                state=self._state,
                at=instant,
            )
            answer = run(call, context)
        except Exception as error:  # noqa: BLE001 - a bug becomes a refusal and is recorded as well
            question = self._question(call, who, role_arn, at=instant)
            raise_refusal(
                error, question, lambda refusal: self._record_signed(call, who, role_arn, at=instant, origin=origin, refusal=refusal)
            )
        self._record_signed(call, who, role_arn, at=instant, origin=origin, answer=answer)
        return answer

    def _question(self, call: Call, caller: Caller | None, role_arn: object, *, at: datetime) -> Question:
        """Return what a signed call asked, and of which accounts."""
        own = None if caller is None else self.accounts.of(caller.account)
        # A role of another type, or a text with methods of its own, was refused and may raise again.
        asked = self.accounts.named_in(role_arn) if type(role_arn) is str else own or self.accounts.home
        return Question(at=at, account=asked.account, call=call, caller=caller, callers_account=None if own is None else own.account)

    def _record_login(
        self,
        call: Call,
        facts: LoginFacts,
        *,
        at: datetime,
        origin: Origin | None,
        session: Answer | None = None,
        refusal: FederationError | None = None,
    ) -> None:
        if self._audit is None:
            return
        account = self.accounts.home.account.id
        came = Origin.here() if origin is None else origin
        self._audit.record(trail.login_event(call, facts, account=account, at=at, origin=came, session=session, refusal=refusal))

    def _record_signed(
        self,
        call: Call,
        caller: Caller | None,
        role_arn: object,
        *,
        at: datetime,
        origin: Origin | None,
        answer: Answer | None = None,
        refusal: FederationError | None = None,
    ) -> None:
        if self._audit is None:
            return
        role = role_arn if type(role_arn) is str else None
        account = self.accounts.of(account_in(role) or (None if caller is None else caller.account)).account.id
        came = Origin.here() if origin is None else origin
        self._audit.record(
            trail.signed_event(call, caller, account=account, role_arn=role, at=at, origin=came, answer=answer, refusal=refusal)
        )


def _refusal(error: Exception) -> FederationError:
    """Return *error* where it is a refusal. Other exceptions become `InternalFailure` without their text, which may hold parameters."""
    if isinstance(error, FederationError):
        return error
    return InternalFailure(
        check="internal",
        expected="no internal error",
        found=type(error).__name__,
        remedy="report this as a bug; the cause is chained to this error",
        message=aws_texts.service.INTERNAL_FAILURE,
    )


def raise_refusal(error: Exception, question: Question, record: Callable[[FederationError], None]) -> NoReturn:
    """Record the refusal of *error*, which answers *question*, and raise it. A bug becomes `InternalFailure`."""
    refusal = _refusal(error)
    try:
        refusal.asked(question)
        _LOGGER.info("%s refused: %s", getattr(question.call, "operation", ""), refusal)
        record(refusal)
        if refusal is error:
            raise refusal
        raise refusal from error
    finally:
        del refusal, error  # else they and this frame, in their tracebacks, keep each other and all that the call held
