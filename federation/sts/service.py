"""The security token service: one object, opened once, shared by every thread."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from federation import clock
from federation.account import Account, load_account
from federation.errors import RegistrationError, show
from federation.identity import VerifiedIdentity
from federation.policy import Decision, Policy
from federation.profiles import Replay
from federation.report import CheckResult, Report
from federation.state import AuditSink, MemoryState, Origin, ReplayCache, State, open_state
from federation.sts import explaining, saml, sigv4, web_identity
from federation.sts.answering import Answering
from federation.sts.authorization import authorize as authorization
from federation.sts.authorization.evaluation import resource_of
from federation.sts.authorization.own_actions import OwnQuestion, own_action
from federation.sts.callers.caller import Caller
from federation.sts.callers.resolution import KeyHolder
from federation.sts.callers.served import AnyCaller
from federation.sts.operations import assume_role, assume_root, delegated_access, inspection, session_tokens, web_identity_token
from federation.sts.operations.results import (
    AccessKeyInfo,
    AssumedRole,
    AssumedRoot,
    CallerIdentity,
    DecodedMessage,
    DelegatedAccessToken,
    FederationToken,
    SessionToken,
    WebIdentityToken,
)
from federation.sts.results import AssumedRoleSession, WebIdentityRoleSession
from federation.sts.session import RoleSession, open_session
from federation.sts.sigv4.request import SignedRequest


class SecurityTokenService:
    """Does what AWS STS does, offline, for one account and its neighbours: the eleven operations, and who calls them.

    Immutable after construction but for the memories of used tokens and codes; every method may be called from any thread at any time.
    Every operation is answered in three steps (`federation.sts.answering`): find the caller, run the operation, record the call.
    """

    __slots__ = ("_answering",)

    def __init__(
        self,
        account: Account,
        *,
        audit: AuditSink | None = None,
        replay: ReplayCache | Literal["account", "once", "as-aws"] | None = "account",
        state: State | None = None,
        neighbours: Iterable[Account] = (),
    ) -> None:
        """Serve *account*.

        Args:
            account: A loaded account.
            audit: Takes an event for every call, granted or refused; None for none.
            replay: ``once`` to take an assertion once, remembered in *state*; ``as-aws`` or None to take it until it ends, which lets
                whoever steals it use it too; ``account`` for what ``account.toml`` says, which is ``once`` unless it says otherwise.
                A `ReplayCache` takes the place of *state*.
            state: Remembers what was used: assertions, MFA codes, trade-in tokens; None for the memory of this object, which ends with it.
            neighbours: Other accounts whose principals may call and whose roles may be assumed with AWS credentials.

        Raises:
            RegistrationError: Two OpenID Connect providers answer to one issuer, two accounts have one id, or *replay* is none of these.
        """
        memory = MemoryState() if state is None else state
        cache = _replay_cache(replay, account, memory)
        self._answering = Answering(account, audit=audit, replay=cache, state=memory, neighbours=neighbours)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        audit: AuditSink | None = None,
        replay: ReplayCache | Literal["account", "once", "as-aws"] | None = "account",
        state: State | str | os.PathLike[str] | None = None,
        neighbours: Iterable[str | os.PathLike[str]] = (),
    ) -> SecurityTokenService:
        """Load the account directory at *path* and serve it.

        Args:
            path: The account directory.
            audit: As in the constructor.
            replay: As in the constructor.
            state: As in the constructor, or where it is kept: ``sqlite:///PATH``, or a path object for an SQLite file. Processes that name
                one file share it.
            neighbours: Directories of other accounts, as in the constructor.

        Raises:
            AccountFaults: A file of the directory is at fault; every fault is listed.
            AccountFault: The file of *state* cannot be used.
            RegistrationError: *state* or *replay* is none of these.
        """
        account = load_account(path)
        others = [load_account(neighbour) for neighbour in neighbours]
        memory = open_state(state) if isinstance(state, (str, os.PathLike)) else state
        return cls(account, audit=audit, replay=replay, state=memory, neighbours=others)

    @property
    def account(self) -> Account:
        """The account it serves."""
        return self._answering.accounts.home.account

    def assume_role_with_saml(
        self,
        *,
        role_arn: str,
        principal_arn: str,
        saml_assertion: str | bytes,
        policy_arns: Sequence[object] = (),
        policy: str | None = None,
        duration_seconds: int | None = None,
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> AssumedRoleSession:
        """Exchange a SAML response for temporary credentials of a role.

        Args:
            role_arn: The role, path included.
            principal_arn: The SAML provider that issued the response.
            saml_assertion: base64 of the whole ``samlp:Response``, 4 to 100 000 characters.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            policy: Inline session policy, JSON of at most 2048 characters.
            duration_seconds: 900 to 43200, at most the role's maximum; one hour when None. The assertion may shorten it.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses: parameters, provider, proof, attributes, trust policy, duration, session policy,
                replay. Nothing else, for arguments of any type and size.
        """
        call = saml.AssumeRoleWithSaml(
            role_arn=role_arn,
            principal_arn=principal_arn,
            saml_assertion=saml_assertion,
            policy_arns=policy_arns,
            policy=policy,
            duration_seconds=duration_seconds,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._answering.login(call, saml.assume_role_with_saml, at=at, origin=origin)

    def assume_role_with_web_identity(
        self,
        *,
        role_arn: str,
        role_session_name: str,
        web_identity_token: str | bytes,
        provider_id: str | None = None,
        policy: str | None = None,
        policy_arns: Sequence[object] = (),
        duration_seconds: int | None = None,
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> WebIdentityRoleSession:
        """Exchange an OpenID Connect ID token, or an OAuth 2.0 access token, for temporary credentials of a role.

        The end of the token does not limit the session (observed), and a token may be exchanged again until it ends.

        Args:
            role_arn: The role, path included.
            role_session_name: 2 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
            web_identity_token: The compact ID token, or the opaque access token; 4 to 20 000 characters.
            provider_id: For access tokens alone: ``www.amazon.com``, ``graph.facebook.com`` or a registered server. No scheme, no port.
            policy: Inline session policy, JSON of at most 2048 characters.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            duration_seconds: 900 to 43200, at most the role's maximum; one hour when None.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses: parameters, provider, proof, claims, trust policy, duration, session policy.
                Nothing else, for arguments of any type and size.
        """
        call = web_identity.AssumeRoleWithWebIdentity(
            role_arn=role_arn,
            role_session_name=role_session_name,
            web_identity_token=web_identity_token,
            provider_id=provider_id,
            policy=policy,
            policy_arns=policy_arns,
            duration_seconds=duration_seconds,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._answering.login(call, web_identity.assume_role_with_web_identity, at=at, origin=origin)

    def assume_role(
        self,
        *,
        caller: AnyCaller,
        role_arn: str,
        role_session_name: str,
        policy_arns: Sequence[object] = (),
        policy: str | None = None,
        duration_seconds: int | None = None,
        tags: Sequence[object] = (),
        transitive_tag_keys: Sequence[str] = (),
        external_id: str | None = None,
        serial_number: str | None = None,
        token_code: str | None = None,
        source_identity: str | None = None,
        provided_contexts: Sequence[object] = (),
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> AssumedRole:
        """Issue temporary credentials of a role to a caller with AWS credentials, of this account or another.

        Args:
            caller: Who calls.
            role_arn: The role, path included.
            role_session_name: 2 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            policy: Inline session policy, JSON.
            duration_seconds: 900 to 43200, at most the role's maximum, and an hour where the caller is a role session; one hour when None.
            tags: At most fifty session tags, as boto3's ``{"Key": …, "Value": …}``.
            transitive_tag_keys: Keys of those that outlive role chaining.
            external_id: ExternalId, 2 to 1224 characters.
            serial_number: MFA device of the caller.
            token_code: Its present six-digit code.
            source_identity: 2 to 64 characters; cannot change along a chain.
            provided_contexts: Refused, where the role's policies do not refuse them first: nobody offline can prove a context assertion.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses. Nothing else, for arguments of any type and size.
        """
        call = assume_role.AssumeRole(
            role_arn=role_arn,
            role_session_name=role_session_name,
            policy_arns=policy_arns,
            policy=policy,
            duration_seconds=duration_seconds,
            tags=tags,
            transitive_tag_keys=transitive_tag_keys,
            external_id=external_id,
            serial_number=serial_number,
            token_code=token_code,
            source_identity=source_identity,
            provided_contexts=provided_contexts,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._answering.signed(call, assume_role.assume_role, caller, at=at, origin=origin)

    def assume_root(
        self,
        *,
        caller: AnyCaller,
        target_principal: str,
        task_policy_arn: object,
        duration_seconds: int | None = None,
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> AssumedRoot:
        """Issue a short session as the root of a member account, from the account that manages its root access.

        Args:
            caller: Who calls.
            target_principal: The member account, or the ARN of its root.
            task_policy_arn: One of AWS's five task policies, as ARN or as boto3's ``{"arn": …}``.
            duration_seconds: 0 to 900; 900 when None or 0.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses.
        """
        call = assume_root.AssumeRoot(
            target_principal=target_principal,
            task_policy_arn=task_policy_arn,
            duration_seconds=duration_seconds,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._answering.signed(call, assume_root.assume_root, caller, at=at, origin=origin)

    def get_session_token(
        self,
        *,
        caller: AnyCaller,
        duration_seconds: int | None = None,
        serial_number: str | None = None,
        token_code: str | None = None,
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> SessionToken:
        """Issue temporary credentials of the calling user or root.

        Args:
            caller: Who calls, with a long-term key.
            duration_seconds: 900 to 129600, twelve hours when None; a root gets an hour at most.
            serial_number: MFA device of the caller.
            token_code: Its present six-digit code.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: Parameters, kind of caller or second factor refuse.
        """
        call = session_tokens.GetSessionToken(
            duration_seconds=duration_seconds,
            serial_number=serial_number,
            token_code=token_code,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._answering.signed(call, session_tokens.get_session_token, caller, at=at, origin=origin)

    def get_federation_token(
        self,
        *,
        caller: AnyCaller,
        name: str,
        policy: str | None = None,
        policy_arns: Sequence[object] = (),
        duration_seconds: int | None = None,
        tags: Sequence[object] = (),
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> FederationToken:
        """Issue temporary credentials of a federated user, who may do what both the caller and the session policies allow.

        Args:
            caller: Who calls, with a long-term key.
            name: 2 to 32 characters of ``[A-Za-z0-9_+=,.@-]``.
            policy: Inline session policy, JSON of at most 2048 characters; with no session policy the session may do nothing.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            duration_seconds: 900 to 129600, twelve hours when None; a root gets an hour at most.
            tags: At most fifty session tags, as boto3's ``{"Key": …, "Value": …}``.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses.
        """
        call = session_tokens.GetFederationToken(
            name=name,
            policy=policy,
            policy_arns=policy_arns,
            duration_seconds=duration_seconds,
            tags=tags,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._answering.signed(call, session_tokens.get_federation_token, caller, at=at, origin=origin)

    def get_web_identity_token(
        self,
        *,
        caller: AnyCaller,
        audience: Sequence[str],
        signing_algorithm: str,
        duration_seconds: int | None = None,
        tags: Sequence[object] = (),
        at: datetime | None = None,
        origin: Origin | None = None,
    ) -> WebIdentityToken:
        """Issue a signed JSON Web Token that tells other services who the caller is. The account must have the feature switched on.

        Args:
            caller: Who calls.
            audience: For whom: 1 to 10 names of 1 to 1000 characters.
            signing_algorithm: ``RS256`` or ``ES384``.
            duration_seconds: 60 to 3600, five minutes when None; never beyond the end of the calling session.
            tags: At most fifty claims, as boto3's ``{"Key": …, "Value": …}``.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses.
        """
        call = web_identity_token.GetWebIdentityToken(
            audience=audience, signing_algorithm=signing_algorithm, duration_seconds=duration_seconds, tags=tags
        )
        return self._answering.signed(call, web_identity_token.get_web_identity_token, caller, at=at, origin=origin)

    def get_delegated_access_token(
        self, *, caller: AnyCaller, trade_in_token: str, at: datetime | None = None, origin: Origin | None = None
    ) -> DelegatedAccessToken:
        """Exchange a trade-in token that is registered with the account, once, for credentials.

        Args:
            caller: Who calls.
            trade_in_token: The token.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses.
        """
        call = delegated_access.GetDelegatedAccessToken(trade_in_token=trade_in_token)
        return self._answering.signed(call, delegated_access.get_delegated_access_token, caller, at=at, origin=origin)

    def get_caller_identity(self, *, caller: AnyCaller, at: datetime | None = None, origin: Origin | None = None) -> CallerIdentity:
        """Say who calls; no policy can deny it.

        Args:
            caller: Who calls.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.
        """
        call = inspection.GetCallerIdentity()
        return self._answering.signed(call, inspection.get_caller_identity, caller, at=at, origin=origin)

    def get_access_key_info(
        self, *, caller: AnyCaller, access_key_id: str, at: datetime | None = None, origin: Origin | None = None
    ) -> AccessKeyInfo:
        """Say which account an access key belongs to.

        Args:
            caller: Who calls.
            access_key_id: 16 to 128 characters.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The parameter, the caller's permissions, or the id refuse.
        """
        call = inspection.GetAccessKeyInfo(access_key_id=access_key_id)
        return self._answering.signed(call, inspection.get_access_key_info, caller, at=at, origin=origin)

    def decode_authorization_message(
        self, *, caller: AnyCaller, encoded_message: str, at: datetime | None = None, origin: Origin | None = None
    ) -> DecodedMessage:
        """Open the encoded authorization message of a denial.

        Args:
            caller: Who calls.
            encoded_message: The message, 1 to 10 240 characters.
            at: The instant to judge at, aware; the present when None.
            origin: Where the request came from, for the audit event; None for a call within the process.

        Raises:
            FederationError: The parameter, the caller's permissions, or the message refuse.
        """
        call = inspection.DecodeAuthorizationMessage(encoded_message=encoded_message)
        return self._answering.signed(call, inspection.decode_authorization_message, caller, at=at, origin=origin)

    def outbound_documents(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return discovery document and key set of the account as an issuer; None while it is none."""
        issuer = self.account.outbound
        return None if issuer is None else (web_identity_token.discovery_document(issuer), web_identity_token.jwks_document(issuer))

    def authenticate(self, request: SignedRequest, *, at: datetime | None = None) -> Caller:
        """Return who signed *request* (AWS Signature Version 4, in the header or presigned).

        Raises:
            FederationError: As `federation.sts.sigv4.verify`; `InvalidClientTokenId` and `ExpiredToken` as `caller_for_key`.
        """
        instant = clock.resolve(at)
        holders: dict[str, KeyHolder] = {}

        def secret_of(access_key_id: str, session_token: str | None) -> str:
            holders[access_key_id] = self._answering.accounts.key_holder(access_key_id, session_token, at=instant)
            return holders[access_key_id].secret

        verified = sigv4.verify(request, secret_of=secret_of, at=instant)
        return holders[verified.access_key_id].caller.using(verified.access_key_id, region=verified.scope.region)

    def caller_for_key(self, access_key_id: str, session_token: str | None = None, *, at: datetime | None = None) -> Caller:
        """Return who holds an access key: a user or the root by a long-term key, a session by its token.

        This proves nothing about whoever presents the pair; `authenticate` and `caller_for_credentials` do.

        Args:
            access_key_id: ``AKIA…`` or ``ASIA…``.
            session_token: The token issued with the latter, None for the former.
            at: The instant to judge at, aware; the present when None.

        Raises:
            InvalidClientTokenId: Nobody here holds them, or their user or role is gone.
            ExpiredToken: The session has ended.
        """
        return self._answering.accounts.key_holder(access_key_id, session_token, at=clock.resolve(at)).caller.using(access_key_id)

    def caller_for_credentials(
        self, access_key_id: str, secret_access_key: str, session_token: str | None = None, *, at: datetime | None = None
    ) -> Caller:
        """Return who holds an access key and knows its secret. Arguments and refusals as for `caller_for_key`.

        Raises:
            SignatureDoesNotMatch: The secret is another.
        """
        return self._answering.accounts.caller_for_credentials(access_key_id, secret_access_key, session_token, at=clock.resolve(at))

    def caller_for_arn(self, arn: str) -> Caller:
        """Return the caller of a principal: a user, the root, or a role session, which then has neither tags nor session policies.

        Raises:
            ValidationError: The account has no such principal.
        """
        return self._answering.accounts.caller_for_arn(arn)

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
        accounts = self._answering.accounts
        caller = accounts.resolve(principal, at=instant)
        place = resource_of(resource, policy=resource_policy, account=resource_account, caller=caller)
        own = own_action(action)
        if own is not None:
            served = accounts.named_in(resource) if ":role/" in resource else accounts.of_caller(caller)
            question = OwnQuestion(caller=caller, context=context or {}, account=served.account, sealer=served.sealer, at=instant)
            return question.answer(own, resource, policy=place.policy)
        sealer = accounts.of(caller.account).sealer
        return authorization.authorize(caller, action=action, resource=place, context=context or {}, sealer=sealer, at=instant)

    def explain_role(
        self,
        identity_or_report: VerifiedIdentity | Report,
        *,
        role_arn: str,
        role_session_name: str | None = None,
        at: datetime | None = None,
    ) -> Decision:
        """Return what the trust policy of a role says to a proved identity, statement by statement, condition by condition.

        Session name, tags and source identity take part as far as the identity's attributes hold them correctly; `check_exchange` says what
        the exchange would refuse them for.

        Args:
            identity_or_report: What `validate` or `diagnose` returned.
            role_arn: The role, path included.
            role_session_name: RoleSessionName of the call, for web identities; SAML assertions bring their own.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The report's own refusal where it proved nobody; `AccessDenied` where there is no such role.
        """
        return explaining.explain_role(
            self.account, identity_or_report, role_arn=role_arn, session_name=role_session_name, at=clock.resolve(at)
        )

    def check_exchange(self, identity: VerifiedIdentity, *, role_arn: str) -> tuple[CheckResult, ...]:
        """Run every check that the exchange makes of a proved identity's attributes before the trust policy is asked, and report each."""
        return explaining.check_exchange(identity, role_arn=role_arn)

    def session_of(self, access_key_id: str, session_token: str, *, at: datetime | None = None) -> RoleSession:
        """Return the session that issued credentials belong to.

        Args:
            access_key_id: The ``ASIA…`` id.
            session_token: The token issued with it.
            at: The instant to judge at, aware; the present when None.

        Raises:
            InvalidClientTokenId: The token is not one that this account's keyring sealed, or the id is not its own.
            ExpiredToken: The session has ended.
        """
        home = self._answering.accounts.home
        account = home.account
        return open_session(
            session_token, access_key_id, home.sealer, partition=account.partition, account=account.id, at=clock.resolve(at)
        )


def _replay_cache(replay: ReplayCache | str | None, account: Account, state: State) -> ReplayCache | None:
    """Return where used tokens are remembered; None where they are not."""
    if replay is not None and not isinstance(replay, str):
        return replay
    wanted = account.replay if replay == "account" else Replay.AS_AWS if replay is None else replay
    if wanted not in set(Replay):
        raise RegistrationError(
            check="replay", expected=f"account, {', '.join(Replay)}, or a ReplayCache", found=show(wanted), remedy="choose one of them"
        )
    return state if wanted == Replay.ONCE else None
