"""The service: one call of an operation, from its arguments to its answer and its audit event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from federation import aws_texts, clock
from federation.account.live import LiveAccount
from federation.errors import AccessDenied, FederationError, InvalidAction, InvalidClientTokenId, show
from federation.explanation import Question
from federation.iam import trail
from federation.iam.answer import IamAnswer
from federation.iam.call import IamCall
from federation.iam.catalogue import OPERATIONS, VERSION, IamOperation
from federation.iam.context import IamContext, KeySetOf, unknown_key_set
from federation.state import AuditSink, Origin
from federation.sts.answering import raise_refusal
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.served import AnyCaller
from federation.sts.service import SecurityTokenService


class IdentityAndAccessManagement:
    """AWS IAM for one account, offline. Every method may be called from any thread.

    Every call is authorised by the policies of its caller, as AWS does, and recorded. A call that is refused changes nothing.
    """

    __slots__ = ("_audit", "_key_set_of", "_live", "_sts")

    def __init__(
        self,
        live: LiveAccount,
        *,
        sts: SecurityTokenService | None = None,
        audit: AuditSink | None = None,
        key_set_of: KeySetOf = unknown_key_set,
    ) -> None:
        """Serve *live*.

        Args:
            live: The account. Changes of others to it are seen as well.
            sts: Resolves callers: the service of the same account, with its neighbours and its state. None makes one.
            audit: Receives one event for every call, granted or refused; None for no audit.
            key_set_of: Takes the URL of an issuer, and returns its key set as JSON text where it is known. A new OpenID Connect provider
                has these keys.
        """
        self._live, self._audit, self._key_set_of = live, audit, key_set_of
        self._sts = SecurityTokenService(live.account, audit=audit) if sts is None else sts

    @property
    def sts(self) -> SecurityTokenService:
        """The security token service of the account as it is now."""
        account, sts = self._live.account, self._sts
        if sts.account is not account:
            sts = self._sts = sts.with_account(account)
        return sts

    def answer(
        self,
        name: str,
        arguments: Mapping[str, object],
        *,
        caller: AnyCaller,
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> IamAnswer:
        """Run the operation *name* and record its event.

        Args:
            name: Name of the operation: ``CreateRole``.
            arguments: The parameters by their names in the API, as boto3 takes them: ``{"RoleName": …}``.
            caller: The caller: a `Caller`, `Credentials` that the security token service issued, or the ARN of a principal.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: There is no such operation, the caller is unknown or may not call it, or it refuses. Nothing else is raised,
                for arguments of any type and size, and nothing is changed then.
        """
        operation = operation_named(name)
        call = operation.called_with(arguments)
        instant = clock.resolve(at)
        sts = self.sts
        who: Caller | None = None
        try:
            who = sts.resolve(caller, at=instant)
            _check_caller(who, sts.account.id)
            context = IamContext(live=self._live, sts=sts, caller=who, at=instant, key_set_of=self._key_set_of)
            answer = IamAnswer(operation.run(call, context))
        except Exception as error:  # noqa: BLE001 - a bug becomes a refusal and is recorded as well
            question = Question(at=instant, account=sts.account, call=call, caller=who, callers_account=sts.account)
            raise_refusal(error, question, lambda refusal: self._record(operation, call, who, at=instant, origin=origin, refusal=refusal))
        self._record(operation, call, who, at=instant, origin=origin, answer=answer)
        return answer

    def _record(
        self,
        operation: IamOperation,
        call: IamCall,
        caller: Caller | None,
        *,
        at: datetime,
        origin: Origin | None,
        answer: IamAnswer | None = None,
        refusal: FederationError | None = None,
    ) -> None:
        if self._audit is not None:
            event = trail.event(
                call,
                caller,
                account=self._live.account.id,
                at=at,
                origin=Origin.here() if origin is None else origin,
                reads_only=operation.reads_only,
                answer=answer,
                refusal=refusal,
            )
            self._audit.record(event)


def operation_named(name: object) -> IamOperation:
    """Return the operation *name*.

    Raises:
        InvalidAction: It is not served.
    """
    operation = OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        raise InvalidAction(
            check="action",
            expected=f"one of {', '.join(OPERATIONS)}",
            found=show(name),
            remedy="use one of the operations that are served; everything else of the account is in its files (docs/account-directory.md)",
            message=aws_texts.requests.no_such_operation(show(name).strip("`"), VERSION),
        )
    return operation


def _check_caller(caller: Caller, account: str) -> None:
    """Require a caller of *account* with credentials that IAM accepts (IAM User Guide, "Compare AWS STS credentials").

    Raises:
        AccessDenied: Check ``caller``: it is of another account, whose IAM this is not.
        InvalidClientTokenId: Check ``caller-kind``: the session is one of GetFederationToken, or of GetSessionToken without MFA.
    """
    if caller.account != account:
        raise AccessDenied(
            check="caller",
            expected=f"a caller of the account {account}",
            found=show(caller.arn),
            remedy="call as a principal of this account; IAM of a neighbour is served by a server of its own",
        )
    without_mfa = caller.kind is CallerKind.USER_SESSION and caller.mfa_at is None
    if without_mfa or caller.kind is CallerKind.FEDERATED_USER:
        raise InvalidClientTokenId(
            check="caller-kind",
            expected="a long-term key, a role session, or a GetSessionToken session with MFA",
            found=f"{caller.kind} without MFA" if without_mfa else str(caller.kind),
            remedy="call with the key of a user, or with the session of a role",
            message=aws_texts.requests.UNKNOWN_TOKEN,
        )
