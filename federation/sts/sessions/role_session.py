"""Role sessions. The sealed session token holds the whole session, so every process with the keyring can open it without a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from federation.identity import ContextValue, SessionTag
from federation.portable import Recipe, rebuilt
from federation.sts.sessions.packing import check_not_ended, open_items, seal_items
from federation.sts.sessions.sealing import SealedToken, Sealer
from federation.vendors import BUILT_IN, GOOGLE, key_name

ROLE_SESSION: Final = b"R"
"""Kind of the sealed payload of a role session, see `Sealer.seal`."""
SAML_LASTING_KEYS: Final = ("saml:sub", "saml:sub_type", "saml:namequalifier")
LASTING_KEYS: Final = frozenset(
    {*SAML_LASTING_KEYS, *(key_name(issuer, claim) for issuer, claims in BUILT_IN.items() for claim in claims)} - {key_name(GOOGLE, "oaud")}
)
"""Condition keys of the login that are also in requests of the session (IAM user guide, condition keys for SAML and OIDC federation). Of
web identity providers only those built into AWS have such keys, and of Google's keys ``oaud`` is not among them."""

_IAM_PROVIDERS: Final = ("saml-provider/", "oidc-provider/")
_ITEMS: Final = 13
_NONE: Final[Mapping[str, ContextValue]] = MappingProxyType({})


class RoleSession(NamedTuple):
    """The content of a session token.

    Attributes:
        partition: Partition of the account.
        account: Twelve digits.
        role: Path and name of the role, ``/division/Name``.
        role_id: Unique id of the role at the start of the session. A role that is deleted and created again has another id.
        name: RoleSessionName.
        issued_at: Start of the session, aware UTC, whole seconds; ``aws:TokenIssueTime``.
        expires_at: End of the session, aware UTC, whole seconds.
        federated_provider: ARN or built-in name of the identity provider; ``aws:FederatedProvider``. None where the role was assumed with
            AWS credentials.
        federated_keys: The condition keys of the login that are among `LASTING_KEYS`, e.g. ``saml:sub``.
        tags: Session tags.
        transitive_tag_keys: Keys of the session tags that pass to chained sessions.
        source_identity: SourceIdentity, or None.
        policy: Inline session policy, JSON text, or None.
        policy_arns: ARNs of the managed session policies.
        mfa_at: Time of the MFA authentication, aware UTC, whole seconds; None where there was none.
    """

    partition: str
    account: str
    role: str
    role_id: str
    name: str
    issued_at: datetime
    expires_at: datetime
    federated_provider: str | None = None
    federated_keys: Mapping[str, ContextValue] = _NONE
    tags: tuple[SessionTag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    mfa_at: datetime | None = None

    def __reduce__(self) -> Recipe:
        return rebuilt(self)

    @property
    def role_arn(self) -> str:
        """ARN of the role, with the path."""
        return f"arn:{self.partition}:iam::{self.account}:role{self.role}"

    @property
    def arn(self) -> str:
        """ARN of the session: ``arn:<partition>:sts::<account>:assumed-role/<role name>/<session name>``."""
        return f"arn:{self.partition}:sts::{self.account}:assumed-role/{self.role.rpartition('/')[2]}/{self.name}"

    @property
    def user_id(self) -> str:
        """``<role id>:<session name>``, the AssumedRoleId and ``aws:userid``."""
        return f"{self.role_id}:{self.name}"


def lasting_keys(keys: Mapping[str, ContextValue]) -> Mapping[str, ContextValue]:
    """Return the condition *keys* of the login that are among `LASTING_KEYS`."""
    return _NONE if LASTING_KEYS.isdisjoint(keys) else {name: value for name, value in keys.items() if name in LASTING_KEYS}


def seal_session(session: RoleSession, sealer: Sealer, *, minimum_size: int = 0) -> SealedToken:
    """Return the session token of *session*, padded to at least *minimum_size* octets.

    Raises:
        PackedPolicyTooLarge: The token exceeds `limits.SESSION_TOKEN_OCTETS`. The refusal lists the size of each item, the largest first.
    """
    return seal_items(_items(session), sealer, kind=ROLE_SESSION, named=partial(_named, session), minimum_size=minimum_size)


def open_session(token: object, access_key_id: object, sealer: Sealer, *, partition: str, account: str, at: datetime) -> RoleSession:
    """Return the session of the session token *token* at the instant *at*, aware UTC.

    Raises:
        InvalidClientTokenId: No key of the keyring opens the token, or *access_key_id* does not belong to it.
        ExpiredToken: The session has ended.
    """
    session = _read(open_items(token, access_key_id, sealer, kind=ROLE_SESSION, count=_ITEMS), partition, account)
    check_not_ended(session.expires_at, at)
    return session


def _items(session: RoleSession) -> list[Any]:
    prefix = f"arn:{session.partition}:iam::{session.account}:"
    provider = session.federated_provider
    return [
        session.role,
        session.role_id,
        session.name,
        int(session.issued_at.timestamp()),
        int((session.expires_at - session.issued_at).total_seconds()),
        provider.removeprefix(prefix) if provider is not None else None,
        _pack_keys(session.federated_keys) if session.federated_keys else None,
        session.source_identity,
        [text for tag in session.tags for text in (tag.key, tag.value)] if session.tags else None,
        session.transitive_tag_keys,
        session.policy,
        session.policy_arns,
        None if session.mfa_at is None else int((session.issued_at - session.mfa_at).total_seconds()) + 1,
    ]


def _read(items: list[Any], partition: str, account: str) -> RoleSession:
    role, role_id, name, issued, seconds, provider, lasting, source, tags, transitive, policy, arns, mfa = items
    issued_at = datetime.fromtimestamp(issued, UTC)
    return RoleSession(
        partition=partition,
        account=account,
        role=role,
        role_id=role_id,
        name=name,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=seconds),
        federated_provider=f"arn:{partition}:iam::{account}:{provider}" if (provider or "").startswith(_IAM_PROVIDERS) else provider,
        federated_keys=_unpack_keys(lasting),
        tags=tuple(SessionTag(key, value) for key, value in zip(*[iter(tags or ())] * 2, strict=True)),
        transitive_tag_keys=tuple(transitive or ()),
        source_identity=source,
        policy=policy,
        policy_arns=tuple(arns or ()),
        mfa_at=None if mfa is None else issued_at - timedelta(seconds=mfa - 1),
    )


def _pack_keys(keys: Mapping[str, ContextValue]) -> list[ContextValue] | dict[str, ContextValue]:
    """Return the lasting keys in packed form. A SAML login always has the same three, whose names are left out."""
    if keys.keys() == set(SAML_LASTING_KEYS):
        return [keys[name] for name in SAML_LASTING_KEYS]
    return dict(keys)


def _unpack_keys(packed: list[str] | dict[str, Any] | None) -> dict[str, ContextValue]:
    if isinstance(packed, list):
        return dict(zip(SAML_LASTING_KEYS, packed, strict=True))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in (packed or {}).items()}


def _named(session: RoleSession) -> dict[str, str]:
    """Return the items that determine the size of the token, by the name that a refusal shows."""
    return {
        "session policy": session.policy or "",
        "managed policy ARNs": "".join(session.policy_arns),
        "session tags": "".join(tag.key + tag.value for tag in session.tags),
        "transitive tag keys": "".join(session.transitive_tag_keys),
        "subject and provider": (session.federated_provider or "") + "".join("".join(value) for value in session.federated_keys.values()),
        "source identity": session.source_identity or "",
    }
