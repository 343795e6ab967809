"""The three steps of every operation: resolve the caller, run the operation, record the event. A call without a record is not granted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NoReturn, TypeVar

from federation import aws_texts, clock
from federation.account import Account
from federation.calls.record import Call
from federation.errors import FederationError, InternalFailure
from federation.explanation import Question
from federation.loggers import logger
from federation.state import AuditSink, Origin, ReplayCache, State
from federation.sts import trail
from federation.sts.authorization.evaluation import account_in
from federation.sts.callers.caller import Caller
from federation.sts.callers.served import AnyCaller, ServedAccount, ServedAccounts
from federation.sts.login.context import LoginContext, LoginFacts
from federation.sts.operations.assume_role import AssumeRole
from federation.sts.operations.context import Context
from federation.sts.trail import Answer

_LOGGER: Final = logger("sts")
C = TypeVar("C", bound=Call)
A = TypeVar("A", bound=Answer)


ReplayOf = Callable[[Account], ReplayCache | None]
"""Takes an account, and returns the record of the tokens that were used for its roles; None where a token may be used repeatedly."""


class Answering:
    """Runs the operations of one service. It is immutable except for the records of used tokens and codes."""

    __slots__ = ("_audit", "_replay_of", "_served", "_state")

    def __init__(self, served: ServedAccounts, *, audit: AuditSink | None, replay_of: ReplayOf, state: State) -> None:
        """Run the operations of the accounts *served*. The other arguments are those of `SecurityTokenService`."""
        self._served, self._audit, self._replay_of, self._state = served, audit, replay_of, state

    @property
    def accounts(self) -> ServedAccounts:
        """The accounts as they are now."""
        return self._served.at_once()

    def serves(self, accounts: ServedAccounts) -> bool:
        """Return whether *accounts* are those that every call is answered with."""
        return accounts is self._served

    def serving(self, served: ServedAccounts) -> Answering:
        """Return the same for the accounts *served*."""
        return Answering(served, audit=self._audit, replay_of=self._replay_of, state=self._state)

    def login(self, call: C, run: Callable[[C, LoginContext, LoginFacts], A], *, at: datetime | None, origin: Origin | None) -> A:
        """Run a federated login, which has no caller, and record its event.

        Raises:
            FederationError: The operation refuses, or the event cannot be recorded.
        """
        instant, accounts, facts = clock.resolve(at), self.accounts, LoginFacts()
        role_arn = getattr(call, "role_arn", None)
        asked: Account | None = None
        try:
            served = accounts.for_login(role_arn)
            asked = served.account
            context = LoginContext(asked, served.issuers, served.sealer.at(instant), self._replay_of(asked), instant)
            session = run(call, context, facts)
        except Exception as error:  # noqa: BLE001 - a bug becomes a refusal and is recorded as well
            account = _id_of(asked, role_arn)
            question = Question(at=instant, account=asked, call=call)
            raise_refusal(
                error, question, lambda refusal: self._record_login(call, facts, account, at=instant, origin=origin, refusal=refusal)
            )
        self._record_login(call, facts, asked.id, at=instant, origin=origin, session=session)
        return session

    def signed(self, call: C, run: Callable[[C, Context], A], caller: AnyCaller, *, at: datetime | None, origin: Origin | None) -> A:
        """Run a signed operation and record its event. It runs in the account of the role, or in that of the caller where it has no role.

        Raises:
            FederationError: The caller is unknown, the operation refuses, or the event cannot be recorded.
        """
        instant, accounts = clock.resolve(at), self.accounts
        role_arn = call.role_arn if isinstance(call, AssumeRole) else None
        who: Caller | None = None
        try:
            who = accounts.resolve(caller, at=instant)
            served = accounts.of_caller(who) if role_arn is None else accounts.named_in(role_arn)
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
            account, question = _asked(accounts, call, who, role_arn, at=instant)
            raise_refusal(
                error,
                question,
                lambda refusal: self._record_signed(call, who, role_arn, account, at=instant, origin=origin, refusal=refusal),
            )
        self._record_signed(call, who, role_arn, served.account.id, at=instant, origin=origin, answer=answer)
        return answer

    def _record_login(
        self,
        call: Call,
        facts: LoginFacts,
        account: str,
        *,
        at: datetime,
        origin: Origin | None,
        session: Answer | None = None,
        refusal: FederationError | None = None,
    ) -> None:
        if self._audit is None:
            return
        came = Origin.here() if origin is None else origin
        self._audit.record(trail.login_event(call, facts, account=account, at=at, origin=came, session=session, refusal=refusal))

    def _record_signed(
        self,
        call: Call,
        caller: Caller | None,
        role_arn: object,
        account: str,
        *,
        at: datetime,
        origin: Origin | None,
        answer: Answer | None = None,
        refusal: FederationError | None = None,
    ) -> None:
        if self._audit is None:
            return
        role = role_arn if type(role_arn) is str else None
        came = Origin.here() if origin is None else origin
        self._audit.record(
            trail.signed_event(call, caller, account=account, role_arn=role, at=at, origin=came, answer=answer, refusal=refusal)
        )


def _asked(accounts: ServedAccounts, call: Call, caller: Caller | None, role_arn: object, *, at: datetime) -> tuple[str, Question]:
    """Return the id of the account that a refused signed call asked, and what it asked. An account that is at fault is left out."""

    def found(account: str | None) -> ServedAccount | None:
        try:
            return accounts.of(account)
        except FederationError:
            return None

    own = None if caller is None else found(caller.account)
    # A role of another type, or a text with methods of its own, was refused and may raise again.
    of_role = account_in(role_arn) if type(role_arn) is str else None
    asked = found(of_role) if type(role_arn) is str else own or found(None)
    account = None if asked is None else asked.account
    recorded = found(of_role or (None if caller is None else caller.account))
    named = of_role or ("" if caller is None else caller.account)
    question = Question(at=at, account=account, call=call, caller=caller, callers_account=None if own is None else own.account)
    return named if recorded is None else recorded.account.id, question


def _id_of(account: Account | None, role_arn: object) -> str:
    """Return the id of the account that a login asked, which may be at fault."""
    return account.id if account is not None else account_in(role_arn) or ""


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
