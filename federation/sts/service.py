"""The security token service: one object, opened once, shared by every thread."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Literal, TypeVar

from federation import clock
from federation.account import Account, load_account
from federation.account.issuers import by_issuer
from federation.errors import RegistrationError, show
from federation.identity import VerifiedIdentity
from federation.policy import Decision
from federation.profiles import Replay
from federation.report import CheckResult, Report
from federation.state import AuditSink, MemoryState, ReplayCache, State, open_state
from federation.sts import explaining, saml, web_identity
from federation.sts.attempt import Attempt
from federation.sts.federated import Circumstances
from federation.sts.issuing_service import IssuingOperations
from federation.sts.recording import recorded
from federation.sts.results import AssumedRoleSession, WebIdentityRoleSession
from federation.sts.session import RoleSession, open_session
from federation.sts.trail import Answer

T = TypeVar("T", bound=Answer)


class SecurityTokenService(IssuingOperations):
    """Does what AWS STS does, for one account, offline: federated logins here, signed operations in the classes it extends.

    Immutable after construction but for the memories of used tokens and codes; every method may be called from any thread at any time.
    """

    __slots__ = ("_issuers", "_replay")

    def __init__(
        self,
        account: Account,
        *,
        audit: AuditSink | None = None,
        replay: ReplayCache | None = None,
        state: State | None = None,
        neighbours: Iterable[Account] = (),
    ) -> None:
        """Serve *account*.

        Args:
            account: A loaded account.
            audit: Takes an event for every exchange, granted or refused; None for none.
            replay: Remembers used assertions so that profile strict accepts each once; None to accept them until they end, as AWS does.
            state: Remembers spent MFA codes and exchanged trade-in tokens, which serve once whatever *replay* is; None for a memory of this
                object's own.
            neighbours: Other accounts whose principals may call and whose roles may be assumed with AWS credentials.

        Raises:
            RegistrationError: Two OpenID Connect providers answer to one issuer, or two accounts have one id.
        """
        super().__init__(account, audit=audit, state=MemoryState() if state is None else state, neighbours=neighbours)
        self._replay = replay
        self._issuers = by_issuer(account.oidc_providers.values())

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
            replay: ``once`` to take an assertion once, remembered in *state*; ``as-aws`` or None to take it until it ends; ``account`` for
                what ``account.toml`` says, which is ``once`` unless it says otherwise. A `ReplayCache` takes the place of *state*.
            state: Remembers what was used: ``sqlite:///PATH``, a path object for an SQLite file, or a `State`; None for the memory of this
                object, which ends with the process. Processes that name one file share it.
            neighbours: Directories of other accounts, as in the constructor.

        Raises:
            AccountFaults: A file of the directory is at fault; every fault is listed.
            AccountFault: The file of *state* cannot be used.
            RegistrationError: *state* or *replay* is none of these.
        """
        account = load_account(path)
        others = [load_account(neighbour) for neighbour in neighbours]
        memory = open_state(state) if isinstance(state, (str, os.PathLike)) else MemoryState() if state is None else state
        return cls(account, audit=audit, replay=_replay_cache(replay, account, memory), state=memory, neighbours=others)

    @property
    def account(self) -> Account:
        """The account it serves."""
        return self._account

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
        attempt = Attempt(saml.OPERATION, call, self._account.id, principal_arn)
        return self._answer(partial(saml.assume_role_with_saml, call), attempt, at=at)

    def assume_role_with_web_identity(  # noqa: PLR0913 - the parameters of the API
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
        attempt = Attempt(web_identity.OPERATION, call, self._account.id, provider_id)
        return self._answer(partial(web_identity.assume_role_with_web_identity, call, issuers=self._issuers), attempt, at=at)

    def _answer(self, exchange: Callable[[Circumstances], T], attempt: Attempt, *, at: datetime | None) -> T:
        """Run *exchange* and record what became of it: an exchange whose event cannot be recorded is not granted."""
        instant = clock.resolve(at)
        there = Circumstances(account=self._account, sealer=self._sealer, replay=self._replay, attempt=attempt, at=instant)
        return recorded(
            partial(exchange, there),
            audit=self._audit,
            granted=lambda session: attempt.granted(session, at=instant),
            refused=lambda refusal: attempt.refused(refusal, at=instant),
        )

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
            self._account, identity_or_report, role_arn=role_arn, session_name=role_session_name, at=clock.resolve(at)
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
        account = self._account
        return open_session(
            session_token, access_key_id, self._sealer, partition=account.partition, account=account.id, at=clock.resolve(at)
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
