"""The security token service of an account: the eleven operations of STS as methods."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from federation import clock
from federation.account import Account, load_account
from federation.account.many import HELD, AccountsDirectory
from federation.errors import RegistrationError, show
from federation.identity import VerifiedIdentity
from federation.policy import Decision, Policy
from federation.profiles import Replay
from federation.report import CheckResult, Report
from federation.state import AuditSink, MemoryState, Origin, ReplayCache, State, open_audit, open_state
from federation.sts import sigv4
from federation.sts.answering import Answering, ReplayOf
from federation.sts.authorization import authorize as authorization
from federation.sts.authorization.evaluation import resource_of
from federation.sts.authorization.own_actions import OwnQuestion, own_action
from federation.sts.callers.caller import Caller
from federation.sts.callers.directory import ServedDirectory
from federation.sts.callers.resolution import KeyHolder
from federation.sts.callers.served import AnyCaller, ServedAccount, ServedAccounts, ServedTogether
from federation.sts.login import trial as explaining
from federation.sts.operations import assume_role, assume_root, delegated_access, inspection, session_tokens, web_identity_token
from federation.sts.operations import assume_role_with_saml as saml
from federation.sts.operations import assume_role_with_web_identity as web_identity
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
from federation.sts.sessions.role_session import RoleSession, open_session
from federation.sts.sigv4.request import SignedRequest


class SecurityTokenService:
    """AWS STS for one account and its neighbours, offline.

    Every method may be called from any thread. The object is immutable except for its record of used tokens and codes. Every operation has
    three steps (`federation.sts.answering`): resolve the caller, run the operation, record the call.
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
            audit: Receives one event for every call, granted or refused; None for no audit.
            replay: ``once`` accepts an assertion once and records its use in *state*. ``as-aws`` or None accepts it until it expires, as
                AWS does; a stolen assertion can then be used too. ``account`` takes the setting of ``account.toml``, which is ``once`` by
                default. A `ReplayCache` means ``once`` and is used instead of *state*.
            state: Record of used assertions, MFA codes and trade-in tokens. None keeps it in the memory of this object.
            neighbours: Other accounts. Their principals may call, and their roles may be assumed with AWS credentials.

        Raises:
            RegistrationError: Two OpenID Connect providers have the same issuer, two accounts have the same id, or *replay* is invalid.
        """
        memory = MemoryState() if state is None else state
        served = ServedTogether(account, neighbours)
        self._answering = Answering(served, audit=audit, replay_of=_replay_of(replay, memory), state=memory)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        audit: AuditSink | str | os.PathLike[str] | None = None,
        replay: ReplayCache | Literal["account", "once", "as-aws"] | None = "account",
        state: State | str | os.PathLike[str] | None = None,
        neighbours: Iterable[str | os.PathLike[str]] = (),
    ) -> SecurityTokenService:
        """Load the account directory *path* and return its service.

        Args:
            path: The account directory.
            audit: As in the constructor; or a URL such as ``jsonl:///PATH``, ``postgresql://…`` or ``otlp``, or a path object of a file of
                JSON lines (`federation.state.open_audit`). `federation.state.AuditSinks` makes one of several.
            replay: As in the constructor.
            state: As in the constructor; or ``sqlite:///PATH``, or a path object of an SQLite file, which processes share; or
                ``redis://…``, ``rediss://…`` or ``postgresql://…``, a server that machines share (`federation.state.open_state`).
            neighbours: Directories of other accounts, as in the constructor.

        Raises:
            AccountFaults: A file of a directory is at fault. Every fault is listed.
            AccountFault: The file or the server of *state* or *audit* cannot be used.
            RegistrationError: *state*, *audit* or *replay* is invalid, two providers have the same issuer, or two accounts have the
                same id.
        """
        account = load_account(path)
        others = [load_account(neighbour) for neighbour in neighbours]
        return cls(account, audit=_sink(audit), replay=replay, state=_state(state), neighbours=others)

    @classmethod
    def open_accounts(
        cls,
        path: str | os.PathLike[str],
        *,
        audit: AuditSink | str | os.PathLike[str] | None = None,
        replay: ReplayCache | Literal["account", "once", "as-aws"] | None = "account",
        state: State | str | os.PathLike[str] | None = None,
        held: int = HELD,
    ) -> SecurityTokenService:
        """Return the service of all accounts in the directory *path*, and of their organization where that is in it.

        An account is loaded when a call asks for it: that of the role for AssumeRole and federated logins, that of the caller for other
        operations. Its files are looked at again, at most every second, when a later call asks for it. Calls to an account at fault are
        refused, and the others are served.

        Args:
            path: The directory of accounts (``docs/organizations.md``).
            audit: As of `open`.
            replay: As in the constructor; ``account`` takes the setting of the account of the role.
            state: As of `open`.
            held: Most accounts that are held in memory; the one that was not used for the longest time goes first.

        Raises:
            AccountFaults: The directory or its organization is at fault.
            AccountFault: The file or the server of *state* or *audit* cannot be used.
            RegistrationError: *state*, *audit* or *replay* is invalid.
        """
        given = _state(state)
        memory = MemoryState() if given is None else given
        served = ServedDirectory(AccountsDirectory(path, ServedAccount.of, held=held))
        service = cls.__new__(cls)
        answering = Answering(served, audit=_sink(audit), replay_of=_replay_of(replay, memory), state=memory)
        service._answering = answering  # noqa: SLF001 - of this class
        return service

    @property
    def account(self) -> Account:
        """The account that the service was opened for.

        Raises:
            ValidationError: It was opened for a directory of accounts.
        """
        return self._answering.accounts.home.account

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The account that the service was opened for, and its neighbours; of a directory of accounts those that are held now."""
        return self._answering.accounts.accounts

    def at_once(self) -> SecurityTokenService:
        """Return the service of the accounts as they are now, for the calls of one request; itself where they do not change."""
        accounts = self._answering.accounts
        return self if self._answering.serves(accounts) else self._serving(accounts)

    def _serving(self, accounts: ServedAccounts) -> SecurityTokenService:
        service = SecurityTokenService.__new__(SecurityTokenService)
        service._answering = self._answering.serving(accounts)  # noqa: SLF001 - of this class
        return service

    def with_account(self, account: Account) -> SecurityTokenService:
        """Return the service of *account*, a later state of the same account, with the same audit, record of used tokens and neighbours.

        Raises:
            RegistrationError: Two OpenID Connect providers have the same issuer.
        """
        accounts = self._answering.accounts
        return self._serving(ServedTogether(account, [each for each in accounts.accounts if each.id != accounts.home.account.id]))

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
            role_arn: ARN of the role, with its path.
            principal_arn: ARN of the SAML provider that issued the response.
            saml_assertion: Base64 of the whole ``samlp:Response``, 4 to 100 000 characters.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            policy: Inline session policy, JSON of at most 2048 characters.
            duration_seconds: Length of the session in seconds, 900 to 43200 and at most the maximum of the role; 3600 when None. The
                SessionNotOnOrAfter of the assertion may shorten it.
            minimum_session_token_size: Least length of the session token in octets, at most 4096; the token is padded.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses: parameters, provider, proof, attributes, trust policy, duration, session policies,
                replay. Nothing else is raised, for arguments of any type and size.
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

        The expiration of the token does not limit the session (AWS, observed). A token may be exchanged repeatedly until it expires, unless
        its provider has ``reuse="refused"``.

        Args:
            role_arn: ARN of the role, with its path.
            role_session_name: Name of the session, 2 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
            web_identity_token: The compact ID token, or the opaque access token; 4 to 20 000 characters.
            provider_id: Only for access tokens: ``www.amazon.com``, ``graph.facebook.com`` or the name of a registered server, without
                scheme and port.
            policy: Inline session policy, JSON of at most 2048 characters.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            duration_seconds: Length of the session in seconds, 900 to 43200 and at most the maximum of the role; 3600 when None.
            minimum_session_token_size: Least length of the session token in octets, at most 4096; the token is padded.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses: parameters, provider, proof, claims, trust policy, duration, session policies,
                replay. Nothing else is raised, for arguments of any type and size.
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
        """Issue temporary credentials of a role to a caller with AWS credentials, of the same account or another.

        Args:
            caller: The caller: a `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            role_arn: ARN of the role, with its path.
            role_session_name: Name of the session, 2 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            policy: Inline session policy, JSON of at most 2048 characters.
            duration_seconds: Length of the session in seconds, 900 to 43200 and at most the maximum of the role; at most 3600 where the
                caller is a role session (role chaining); 3600 when None.
            tags: At most fifty session tags, as boto3's ``{"Key": …, "Value": …}``.
            transitive_tag_keys: Keys of the session tags that pass to chained sessions, at most fifty.
            external_id: ExternalId, 2 to 1224 characters.
            serial_number: Serial number or ARN of an MFA device of the caller.
            token_code: The six-digit code that the device shows at *at*.
            source_identity: SourceIdentity, 2 to 64 characters. A chained session cannot change it.
            provided_contexts: Refused, because a context assertion cannot be verified offline. A refusal by the role's policies comes
                first.
            minimum_session_token_size: Least length of the session token in octets, at most 4096; the token is padded.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses. Nothing else is raised, for arguments of any type and size.
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
        """Issue a session as the root user of a member account, to a caller of the account that manages root access.

        Args:
            caller: The caller: a `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            target_principal: Account id of the member account, or the ARN of its root.
            task_policy_arn: One of the five task policies of AWS, as an ARN or as boto3's ``{"arn": …}``.
            duration_seconds: Length of the session in seconds, 0 to 900; 900 when None or 0.
            minimum_session_token_size: Least length of the session token in octets, at most 4096; the token is padded.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses. Nothing else is raised, for arguments of any type and size.
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
        """Issue temporary credentials to the calling user or root.

        Args:
            caller: The caller, who must use a long-term key; as for `assume_role`.
            duration_seconds: Length of the session in seconds, 900 to 129600; 43200 when None. For a root it is reduced to 3600.
            serial_number: Serial number or ARN of an MFA device of the caller.
            token_code: The six-digit code that the device shows at *at*.
            minimum_session_token_size: Least length of the session token in octets, at most 4096; the token is padded.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses: parameters, kind of caller, MFA. Nothing else is raised, for arguments of any type
                and size.
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
        """Issue temporary credentials of a federated user. They allow what both the caller's policies and the session policies allow.

        Args:
            caller: The caller, who must use a long-term key; as for `assume_role`.
            name: Name of the federated user, 2 to 32 characters of ``[A-Za-z0-9_+=,.@-]``.
            policy: Inline session policy, JSON of at most 2048 characters. Without any session policy the session has no permissions.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            duration_seconds: Length of the session in seconds, 900 to 129600; 43200 when None. For a root it is reduced to 3600.
            tags: At most fifty session tags, as boto3's ``{"Key": …, "Value": …}``.
            minimum_session_token_size: Least length of the session token in octets, at most 4096; the token is padded.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses. Nothing else is raised, for arguments of any type and size.
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
        """Issue a signed JSON Web Token that identifies the caller to other services. The account must have outbound federation enabled.

        Args:
            caller: The caller: a `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            audience: Audiences of the token, 1 to 10 texts of 1 to 1000 characters.
            signing_algorithm: ``RS256`` or ``ES384``.
            duration_seconds: Length of the token's validity in seconds, 60 to 3600; 300 when None. It must not exceed the rest of the
                calling session.
            tags: At most fifty tags, which become claims, as boto3's ``{"Key": …, "Value": …}``.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses. Nothing else is raised, for arguments of any type and size.
        """
        call = web_identity_token.GetWebIdentityToken(
            audience=audience, signing_algorithm=signing_algorithm, duration_seconds=duration_seconds, tags=tags
        )
        return self._answering.signed(call, web_identity_token.get_web_identity_token, caller, at=at, origin=origin)

    def get_delegated_access_token(
        self, *, caller: AnyCaller, trade_in_token: str, at: datetime | None = None, origin: Origin | None = None
    ) -> DelegatedAccessToken:
        """Exchange a trade-in token that is registered in the account for temporary credentials. Each token is accepted once.

        Args:
            caller: The caller: a `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            trade_in_token: The trade-in token.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses. Nothing else is raised, for arguments of any type and size.
        """
        call = delegated_access.GetDelegatedAccessToken(trade_in_token=trade_in_token)
        return self._answering.signed(call, delegated_access.get_delegated_access_token, caller, at=at, origin=origin)

    def get_caller_identity(self, *, caller: AnyCaller, at: datetime | None = None, origin: Origin | None = None) -> CallerIdentity:
        """Return account, ARN and id of the caller. No policy can deny this operation.

        Args:
            caller: The caller: a `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The caller is unknown, or its session has ended.
        """
        call = inspection.GetCallerIdentity()
        return self._answering.signed(call, inspection.get_caller_identity, caller, at=at, origin=origin)

    def get_access_key_info(
        self, *, caller: AnyCaller, access_key_id: str, at: datetime | None = None, origin: Origin | None = None
    ) -> AccessKeyInfo:
        """Return the account of an access key.

        Args:
            caller: The caller: a `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            access_key_id: The access key id, 16 to 128 characters.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses: parameters, permissions of the caller, form of the id. Nothing else is raised, for
                arguments of any type and size.
        """
        call = inspection.GetAccessKeyInfo(access_key_id=access_key_id)
        return self._answering.signed(call, inspection.get_access_key_info, caller, at=at, origin=origin)

    def decode_authorization_message(
        self, *, caller: AnyCaller, encoded_message: str, at: datetime | None = None, origin: Origin | None = None
    ) -> DecodedMessage:
        """Decode the encoded authorization message of a denial.

        Args:
            caller: The caller: a `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            encoded_message: The encoded message, 1 to 10 240 characters.
            at: The time to judge at, an aware datetime; the present time when None.
            origin: Source of the request, for the audit event; None for a call within the process.

        Raises:
            FederationError: The first step that refuses: parameters, permissions of the caller, the message. Nothing else is raised, for
                arguments of any type and size.
        """
        call = inspection.DecodeAuthorizationMessage(encoded_message=encoded_message)
        return self._answering.signed(call, inspection.decode_authorization_message, caller, at=at, origin=origin)

    def outbound_documents(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the discovery document and the key set of the account as an issuer; None where outbound federation is disabled."""
        accounts = self._answering.accounts
        issuer = None if isinstance(accounts, ServedDirectory) else accounts.home.account.outbound
        return None if issuer is None else (web_identity_token.discovery_document(issuer), web_identity_token.jwks_document(issuer))

    def authenticate(
        self, request: SignedRequest, *, at: datetime | None = None, signers_clock: datetime | None = None, service: str = "sts"
    ) -> Caller:
        """Return the caller whose key signed *request* (AWS Signature Version 4, in the header or presigned).

        Args:
            request: The request as received.
            at: The time to judge at, an aware datetime; the present time when None.
            signers_clock: The time on the clock of the client, an aware datetime, where it has another one than *at*, as in tests that
                set the clock of a server; None where it has not.
            service: The service that the signature must be for.

        Raises:
            FederationError: As for `federation.sts.sigv4.verify`, and `InvalidClientTokenId` and `ExpiredToken` as for `caller_for_key`.
        """
        instant = clock.resolve(at)
        holders: dict[str, KeyHolder] = {}

        def secret_of(access_key_id: str, session_token: str | None) -> str:
            holders[access_key_id] = self._answering.accounts.key_holder(access_key_id, session_token, at=instant)
            return holders[access_key_id].secret

        verified = sigv4.verify(request, secret_of=secret_of, at=instant, signers_clock=signers_clock, service=service)
        return holders[verified.access_key_id].caller.using(verified.access_key_id, region=verified.scope.region)

    def resolve(self, caller: AnyCaller, *, at: datetime | None = None) -> Caller:
        """Return the caller that *caller* stands for, as in the signed operations.

        Args:
            caller: A `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            at: The time to judge at, an aware datetime; the present time when None.

        Raises:
            FederationError: There is no such principal, or the credentials are unknown or have expired.
        """
        return self._answering.accounts.resolve(caller, at=clock.resolve(at))

    def caller_for_key(self, access_key_id: str, session_token: str | None = None, *, at: datetime | None = None) -> Caller:
        """Return the owner of an access key: a user or the root for a long-term key, a session for a temporary one.

        This does not prove possession of the secret access key; use `authenticate` or `caller_for_credentials` for that.

        Args:
            access_key_id: ``AKIA…`` or ``ASIA…``.
            session_token: The session token of an ``ASIA…`` key; None for an ``AKIA…`` key.
            at: The time to judge at, an aware datetime; the present time when None.

        Raises:
            InvalidClientTokenId: Key or session token is unknown, or the user or role no longer exists.
            ExpiredToken: The session has ended.
        """
        return self._answering.accounts.key_holder(access_key_id, session_token, at=clock.resolve(at)).caller.using(access_key_id)

    def caller_for_credentials(
        self, access_key_id: str, secret_access_key: str, session_token: str | None = None, *, at: datetime | None = None
    ) -> Caller:
        """Return the owner of an access key whose secret access key is *secret_access_key*.

        Args:
            access_key_id: ``AKIA…`` or ``ASIA…``.
            secret_access_key: The secret access key.
            session_token: The session token of an ``ASIA…`` key; None for an ``AKIA…`` key.
            at: The time to judge at, an aware datetime; the present time when None.

        Raises:
            SignatureDoesNotMatch: The secret access key is wrong.
            InvalidClientTokenId: As for `caller_for_key`.
            ExpiredToken: As for `caller_for_key`.
        """
        return self._answering.accounts.caller_for_credentials(access_key_id, secret_access_key, session_token, at=clock.resolve(at))

    def caller_for_arn(self, arn: str) -> Caller:
        """Return the caller for the ARN of a user, a root or a role session. Such a session has neither tags nor session policies.

        Raises:
            ValidationError: No served account has this principal.
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
        """Return whether a principal may perform an action, by all policies that apply to it.

        An action of STS is decided by the rules of its operation: AssumeRole includes the trust policy of the role, and no policy can deny
        GetCallerIdentity. Pass the parameters of the call as condition keys in *context*, such as ``sts:RoleSessionName``.

        Args:
            principal: The caller: a `Caller`, `Credentials` that this service issued, or the ARN of a principal.
            action: The action, e.g. ``s3:GetObject``.
            resource: ARN of the resource, or ``*``. An action of STS takes the resource of its operation, such as the role, or ``*`` where
                the operation has none.
            context: Condition keys of the service: a str for a single-valued key, a list of str for a multivalued one. Keys of the time and
                of the caller are derived and cannot be passed.
            resource_policy: The resource-based policy of the resource, of kind ``resource``, or ``trust`` for a role; None where there is
                none. For an action of AssumeRole it replaces the trust policy of the role.
            resource_account: Account id of the resource. When None it is the account of the ARN, or that of the caller where the ARN has
                none. An action of STS needs none.
            at: The time to judge at, an aware datetime; the present time when None.

        Raises:
            FederationError: The principal is unknown, or an argument is invalid. A denial is a result and is not raised.
        """
        instant = clock.resolve(at)
        accounts = self._answering.accounts
        caller = accounts.resolve(principal, at=instant)
        place = resource_of(
            resource, policy=resource_policy, account=resource_account, caller=caller, organization_of=accounts.organization_of
        )
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
        """Return the decision of a role's trust policy on a verified identity, with the result of every statement and condition.

        Session name, tags and source identity are condition keys where the identity's attributes hold them in valid form. `check_exchange`
        returns the refusals of invalid ones.

        Args:
            identity_or_report: The result of `federation.validate` or `federation.diagnose`.
            role_arn: ARN of the role, with its path.
            role_session_name: RoleSessionName of the call, for web identities. SAML assertions have an attribute for it.
            at: The time to judge at, an aware datetime; the present time when None.

        Raises:
            FederationError: The refusal of the report where it has no identity; `AccessDenied` where the account has no such role.
        """
        account = self._answering.accounts.for_login(role_arn).account
        return explaining.explain_role(account, identity_or_report, role_arn=role_arn, session_name=role_session_name, at=clock.resolve(at))

    def check_exchange(self, identity: VerifiedIdentity, *, role_arn: str) -> tuple[CheckResult, ...]:
        """Return the results of the checks that an exchange runs on the attributes or claims of *identity* before the trust policy.

        Args:
            identity: The result of `federation.validate`.
            role_arn: ARN of the role, with its path.
        """
        return explaining.check_exchange(identity, role_arn=role_arn)

    def session_of(self, access_key_id: str, session_token: str, *, at: datetime | None = None) -> RoleSession:
        """Return the role session of issued credentials.

        Args:
            access_key_id: The access key id, ``ASIA…``.
            session_token: The session token issued with it.
            at: The time to judge at, an aware datetime; the present time when None.

        Raises:
            InvalidClientTokenId: No key of the account's keyring opens the token, or the id does not belong to it.
            ExpiredToken: The session has ended.
        """
        home = self._answering.accounts.home
        account = home.account
        return open_session(
            session_token, access_key_id, home.sealer, partition=account.partition, account=account.id, at=clock.resolve(at)
        )


def _sink(audit: AuditSink | str | os.PathLike[str] | None) -> AuditSink | None:
    return open_audit(audit) if isinstance(audit, (str, os.PathLike)) else audit


def _state(state: State | str | os.PathLike[str] | None) -> State | None:
    return open_state(state) if isinstance(state, (str, os.PathLike)) else state


def _replay_of(replay: ReplayCache | str | None, state: State) -> ReplayOf:
    """Return what knows the record of used tokens of an account; None where a token may be used repeatedly."""
    if replay is not None and not isinstance(replay, str):
        return lambda _: replay
    wanted = Replay.AS_AWS if replay is None else replay
    if wanted == "account":
        return lambda account: state if account.replay == Replay.ONCE else None
    if wanted not in set(Replay):
        raise RegistrationError(
            check="replay", expected=f"account, {', '.join(Replay)}, or a ReplayCache", found=show(wanted), remedy="choose one of them"
        )
    return lambda _: state if wanted == Replay.ONCE else None
