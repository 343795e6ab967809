"""The operations that AWS wants signed, as methods: each resolves its caller, answers, and leaves one audit event."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from federation import clock
from federation.account import Account
from federation.account.access_key_id import account_of
from federation.errors import FederationError, ValidationError, show
from federation.policy import Policy
from federation.state import AuditEvent, AuditSink, State
from federation.sts import sigv4, trail
from federation.sts.authorization import authorize as authorization
from federation.sts.authorization.evaluation import account_in, resource_of
from federation.sts.authorization.own_actions import OwnQuestion, own_action
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.offices import Office, offices
from federation.sts.callers.resolution import Callers, Holder
from federation.sts.callers.user_sessions import ROOT_SESSION
from federation.sts.operations import inspection
from federation.sts.operations.circumstances import Circumstances
from federation.sts.operations.results import AccessKeyInfo, CallerIdentity, DecodedMessage
from federation.sts.recording import recorded
from federation.sts.results import Credentials
from federation.sts.sealing import Sealer, kind_of
from federation.sts.sigv4.checks import mismatch
from federation.sts.sigv4.request import SignedRequest

T = TypeVar("T", bound=trail.Answer)

AnyCaller = Caller | Credentials | str
"""Who calls: a resolved caller, credentials that this service issued, or the ARN of a user, the root or a role session."""


class SignedOperations:
    """The signed half of `SecurityTokenService`."""

    __slots__ = ("_account", "_audit", "_home", "_offices", "_sealer", "_state")

    def __init__(
        self,
        account: Account,
        *,
        audit: AuditSink | None,
        state: State,
        neighbours: Iterable[Account] = (),
    ) -> None:
        self._account, self._audit, self._state = account, audit, state
        self._sealer = Sealer(account.keyring, account.id)
        self._home = Office(account, self._sealer, Callers(account, self._sealer))
        self._offices = offices(self._home, neighbours)

    def authenticate(self, request: SignedRequest, *, at: datetime | None = None) -> Caller:
        """Return who signed *request* (AWS Signature Version 4, in the header or presigned).

        Raises:
            FederationError: As `federation.sts.sigv4.verify`; `InvalidClientTokenId` and `ExpiredToken` as `caller_of`.
        """
        instant = clock.resolve(at)
        holders: list[Holder] = []

        def secret_of(access_key_id: str, session_token: str | None) -> str:
            holders.append(self._holder(access_key_id, session_token, instant))
            return holders[-1].secret

        verified = sigv4.verify(request, secret_of=secret_of, at=instant)
        return holders[-1].caller.using(verified.access_key_id, region=verified.scope.region)

    def caller_of(self, access_key_id: str, session_token: str | None = None, *, at: datetime | None = None) -> Caller:
        """Return who holds an access key: a user or the root by a long-term key, a session by its token.

        This proves nothing about whoever presents the pair; `authenticate` and `caller_with` do.

        Args:
            access_key_id: ``AKIA…`` or ``ASIA…``.
            session_token: The token issued with the latter, None for the former.
            at: The instant to judge at, aware; the present when None.

        Raises:
            InvalidClientTokenId: Nobody here holds them, or their user or role is gone.
            ExpiredToken: The session has ended.
        """
        return self._holder(access_key_id, session_token, clock.resolve(at)).caller.using(access_key_id)

    def caller_with(
        self, access_key_id: str, secret_access_key: str, session_token: str | None = None, *, at: datetime | None = None
    ) -> Caller:
        """Return who holds an access key and knows its secret. Arguments and refusals as for `caller_of`.

        Raises:
            SignatureDoesNotMatch: The secret is another.
        """
        holder = self._holder(access_key_id, session_token, clock.resolve(at))
        known = isinstance(secret_access_key, str) and secret_access_key.isascii()
        if not known or not hmac.compare_digest(secret_access_key, holder.secret):
            raise mismatch("secret-access-key", "the secret of this access key", "another one")
        return holder.caller.using(access_key_id)

    def caller_named(self, arn: str) -> Caller:
        """Return the caller of a principal: a user, the root, or a role session, which then has neither tags nor session policies.

        Raises:
            ValidationError: The account has no such principal.
        """
        return self._named(arn)

    def authorize(
        self,
        principal: AnyCaller,
        *,
        action: str,
        resource: str,
        context: Mapping[str, str | Sequence[str]] | None = None,
        resource_policy: Policy | None = None,
        resource_account: str | None = None,
        at: datetime | None = None,
    ) -> authorization.Authorization:
        """Decide whether a principal may do something, by every policy that has a say.

        An action of STS itself is decided as its operation decides it: the role's trust policy has its say in AssumeRole, and nothing can
        deny GetCallerIdentity. The parameters of the call are condition keys of *context*, such as ``sts:RoleSessionName``.

        Args:
            principal: Who asks.
            action: E.g. ``s3:GetObject``.
            resource: ARN of the resource, or ``*``. An action of STS wants the resource its operation asks about, such as the role, or
                ``*`` where there is one alone.
            context: Condition keys that the service adds: text for a single-valued key, a list for a multivalued one. The time, and what
                the caller is, cannot be given.
            resource_policy: The resource-based policy of the resource, of kind ``resource`` or, for a role, ``trust``; or None. For an
                action of AssumeRole it takes the place of the role's own.
            resource_account: Account of the resource; when None that of its ARN, else the caller's. An action of STS needs none.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The principal is unknown, or an argument has another form; a denial is an answer, not an error.
        """
        instant = clock.resolve(at)
        caller = self._resolve(principal, instant)
        place = resource_of(resource, policy=resource_policy, account=resource_account, caller=caller)
        own = own_action(action)
        if own is not None:
            office = self._office_of(account_in(resource)) if ":role/" in resource else self._callers_office(caller)
            question = OwnQuestion(caller=caller, context=context or {}, account=office.account, sealer=office.sealer, at=instant)
            return question.answer(own, resource, policy=place.policy)
        sealer = self._office_of(caller.account).sealer
        return authorization.authorize(caller, action=action, resource=place, context=context or {}, sealer=sealer, at=instant)

    def get_caller_identity(self, *, caller: AnyCaller, at: datetime | None = None) -> CallerIdentity:
        """Say who calls; no policy can deny it.

        Args:
            caller: Who calls.
            at: The instant to judge at, aware; the present when None.
        """
        return self._signed("GetCallerIdentity", caller, inspection.get_caller_identity, at=at)

    def get_access_key_info(self, *, caller: AnyCaller, access_key_id: str, at: datetime | None = None) -> AccessKeyInfo:
        """Say which account an access key belongs to.

        Args:
            caller: Who calls.
            access_key_id: 16 to 128 characters.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The parameter, the caller's permissions, or the id refuse.
        """
        return self._signed(
            "GetAccessKeyInfo",
            caller,
            lambda there: inspection.get_access_key_info(access_key_id, there),
            at=at,
            call={"access_key_id": access_key_id},
        )

    def decode_authorization_message(self, *, caller: AnyCaller, encoded_message: str, at: datetime | None = None) -> DecodedMessage:
        """Open the encoded authorization message of a denial.

        Args:
            caller: Who calls.
            encoded_message: The message, 1 to 10 240 characters.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The parameter, the caller's permissions, or the message refuse.
        """
        return self._signed(
            "DecodeAuthorizationMessage", caller, lambda there: inspection.decode_authorization_message(encoded_message, there), at=at
        )

    def _resolve(self, caller: object, at: datetime) -> Caller:
        if isinstance(caller, Caller):
            return caller
        if isinstance(caller, Credentials):
            return self.caller_with(caller.access_key_id, caller.secret_access_key, caller.session_token, at=at)
        return self._named(caller)

    def _named(self, arn: object) -> Caller:
        return self._office_of(account_in(arn)).callers.named(arn)

    def _holder(self, access_key_id: object, session_token: object | None, at: datetime) -> Holder:
        account = _account_of(access_key_id)
        office = self._office_of(account)
        if account is None and isinstance(access_key_id, str):  # an old key, which carries no account: its file tells
            office = next((each for each in self._offices.values() if access_key_id in each.account.access_keys), office)
        if kind_of(session_token) == ROOT_SESSION:  # it acts in one account, and the account that manages that one issued it
            office = next((each for each in self._offices.values() if each.manages(account)), office)
        return office.callers.holder_of(access_key_id, session_token, at=at)

    def _office_of(self, account: str | None) -> Office:
        """Return where an account is served; where it is not, at home, which then knows neither key nor role."""
        return self._offices.get(account or "", self._home)

    def _callers_office(self, caller: Caller) -> Office:
        """Return where the account of *caller* is served: a user or root of another account must not pass for one of this.

        Raises:
            ValidationError: It is served nowhere here.
        """
        home = self._offices.get(caller.account)
        if home is not None:
            return home
        managing = (
            office for office in self._offices.values() if caller.kind is CallerKind.ROOT_SESSION and office.manages(caller.account)
        )
        office = next(managing, None)
        if office is None:
            raise ValidationError(
                check="caller",
                expected=f"a caller of {', '.join(self._offices)}",
                found=f"one of {show(caller.account)}",
                remedy="let the service of that account answer, or serve both accounts together",
            )
        return office

    def _signed(
        self,
        operation: str,
        caller: object,
        answer: Callable[[Circumstances], T],
        *,
        at: datetime | None,
        call: object = None,
        role_arn: object = None,
    ) -> T:
        """Answer one signed operation and record what became of it. The account of the role answers, otherwise that of the caller."""
        instant = clock.resolve(at)
        resolved: list[Caller] = []

        def run() -> T:
            resolved.append(self._resolve(caller, instant))
            office = self._callers_office(resolved[0]) if role_arn is None else self._office_of(account_in(role_arn))
            return answer(
                Circumstances(
                    account=office.account,
                    sealer=office.sealer,
                    callers=office.callers,
                    caller=resolved[0],
                    state=self._state,
                    at=instant,
                )
            )

        def event(*, granted: T | None = None, refusal: FederationError | None = None) -> AuditEvent:
            who, role = resolved[0] if resolved else None, role_arn if type(role_arn) is str else None
            return AuditEvent(
                time=instant,
                operation=operation,
                user_identity=trail.caller_identity(who),
                account=self._office_of(account_in(role) or (None if who is None else who.account)).account.id,
                request_parameters=trail.told_parameters(call),
                response_elements=None if granted is None else trail.told_answer(operation, granted),
                resources={} if role is None else {role: trail.ROLE},
                region=None if who is None else who.region,
                refusal=refusal,
            )

        return recorded(
            run,
            audit=self._audit,
            granted=lambda result: event(granted=result),
            refused=lambda refusal: event(refusal=refusal),
        )


def _account_of(access_key_id: object) -> str | None:
    """Return the account that an access key carries; None for an old one, which carries none."""
    try:
        return account_of(access_key_id)
    except FederationError:
        return None
