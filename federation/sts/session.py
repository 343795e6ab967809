"""A role session: everything about it travels in the sealed token, so any process with the keyring recognises it without a database."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from federation import limits
from federation.errors import ExpiredToken, PackedPolicyTooLarge
from federation.identity import SessionTag
from federation.sts.sealing import SealedToken, Sealer, invalid_token

ROLE_SESSION: Final = b"R"
"""Kind of the sealed payload, see `Sealer.seal`."""
LASTING_KEYS: Final = ("saml:sub", "saml:sub_type", "saml:namequalifier")
"""Condition keys of the login that live on in the session's own requests (IAM user guide, SAML condition keys)."""

_COMPRESS_FROM: Final = 256
_PLAIN, _DEFLATED = b"\0", b"\1"
_MAX_PAYLOAD: Final = 65_536
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSession:
    """What a session token says.

    Attributes:
        partition: Partition of the account.
        account: Twelve digits.
        role: Path and name of the role, ``/division/Name``.
        role_id: Unique id of the role when the session began: a role made again under the name is another.
        name: RoleSessionName.
        issued_at: Start, aware UTC, whole seconds; ``aws:TokenIssueTime``.
        expires_at: End, aware UTC, whole seconds.
        federated_provider: ARN of the identity provider, or its built-in name; ``aws:FederatedProvider``.
        federated_keys: Condition keys of the login that last, e.g. ``saml:sub``.
        tags: Session tags.
        transitive_tag_keys: Keys of those that outlive role chaining.
        source_identity: SourceIdentity, or None.
        policy: Inline session policy, JSON text, or None.
        policy_arns: Managed session policies.
    """

    partition: str
    account: str
    role: str
    role_id: str
    name: str
    issued_at: datetime
    expires_at: datetime
    federated_provider: str
    federated_keys: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[SessionTag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()

    @property
    def role_arn(self) -> str:
        """ARN of the role, path included."""
        return f"arn:{self.partition}:iam::{self.account}:role{self.role}"

    @property
    def arn(self) -> str:
        """ARN of the session: ``arn:<partition>:sts::<account>:assumed-role/<role name>/<session name>``."""
        return f"arn:{self.partition}:sts::{self.account}:assumed-role/{self.role.rpartition('/')[2]}/{self.name}"

    @property
    def user_id(self) -> str:
        """``<role id>:<session name>``, the AssumedRoleId and ``aws:userid``."""
        return f"{self.role_id}:{self.name}"


def seal_session(session: RoleSession, sealer: Sealer, *, minimum_size: int = 0) -> SealedToken:
    """Seal *session* into a token of at least *minimum_size* characters.

    Raises:
        PackedPolicyTooLarge: The token exceeds `limits.SESSION_TOKEN_OCTETS`; the size of each item is named, the biggest first.
    """
    payload = _pack(session)
    size = sealer.token_chars(len(payload))
    if size > limits.SESSION_TOKEN_OCTETS:
        raise _too_large(session, size)
    if size < minimum_size:
        payload += bytes(sealer.payload_octets(minimum_size) - len(payload))
    return sealer.seal(payload, kind=ROLE_SESSION)


def open_session(token: object, access_key_id: object, sealer: Sealer, *, partition: str, account: str, at: datetime) -> RoleSession:
    """Return the session that *token* seals, at the aware UTC instant *at*.

    Raises:
        InvalidClientTokenId: The token is not ours, or *access_key_id* is not its own.
        ExpiredToken: The session has ended.
    """
    sealed = sealer.open(token, kind=ROLE_SESSION)
    if sealed.access_key_id != access_key_id:
        raise invalid_token()
    session = _unpack(sealed.payload, partition, account)
    if at >= session.expires_at:
        raise ExpiredToken(
            check="session-expiration",
            expected="a session that has not ended",
            found=f"one that ended {int((at - session.expires_at).total_seconds())} s ago",
            remedy="assume the role again",
            message="The security token included in the request is expired",
        )
    return session


def _pack(session: RoleSession) -> bytes:
    """Return the payload: a mark and a JSON array, deflated where that is worth it. Trailing absent items are left out."""
    prefix = f"arn:{session.partition}:iam::{session.account}:"
    items: list[Any] = [
        session.role,
        session.role_id,
        session.name,
        int(session.issued_at.timestamp()),
        int((session.expires_at - session.issued_at).total_seconds()),
        session.federated_provider.removeprefix(prefix),
        list(session.federated_keys.values()) if tuple(session.federated_keys) == LASTING_KEYS else dict(session.federated_keys),
        session.source_identity,
        [text for tag in session.tags for text in (tag.key, tag.value)],
        session.transitive_tag_keys,
        session.policy,
        session.policy_arns,
    ]
    while not items[-1]:
        items.pop()
    text = _encode(items).encode("utf-8", "surrogatepass")
    if len(text) < _COMPRESS_FROM:
        return _PLAIN + text
    deflated = zlib.compress(text, level=6, wbits=-zlib.MAX_WBITS)
    return _DEFLATED + deflated if len(deflated) < len(text) else _PLAIN + text


def _unpack(payload: bytes, partition: str, account: str) -> RoleSession:
    """Read what `_pack` wrote and the seal proved. Padding is zero octets; neither JSON nor a finished deflate stream goes on with them."""
    mark, body = payload[:1], payload[1:]
    text = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, _MAX_PAYLOAD) if mark == _DEFLATED else body.rstrip(b"\0")
    items = json.loads(text.decode("utf-8", "surrogatepass"))
    items += [None] * (12 - len(items))
    role, role_id, name, issued, seconds, provider, lasting, source, tags, transitive, policy, arns = items
    issued_at = datetime.fromtimestamp(issued, UTC)
    return RoleSession(
        partition=partition,
        account=account,
        role=role,
        role_id=role_id,
        name=name,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=seconds),
        federated_provider=provider if "/" not in provider else f"arn:{partition}:iam::{account}:{provider}",
        federated_keys=dict(zip(LASTING_KEYS, lasting, strict=True)) if isinstance(lasting, list) else lasting or {},
        tags=tuple(SessionTag(key, value) for key, value in zip(*[iter(tags or ())] * 2, strict=True)),
        transitive_tag_keys=tuple(transitive or ()),
        source_identity=source,
        policy=policy,
        policy_arns=tuple(arns or ()),
    )


def _too_large(session: RoleSession, size: int) -> PackedPolicyTooLarge:
    named = {
        "session policy": session.policy or "",
        "managed policy ARNs": "".join(session.policy_arns),
        "session tags": "".join(tag.key + tag.value for tag in session.tags),
        "transitive tag keys": "".join(session.transitive_tag_keys),
        "subject and provider": session.federated_provider + "".join(session.federated_keys.values()),
        "source identity": session.source_identity or "",
    }
    sizes = sorted(((len(text.encode("utf-8", "surrogatepass")), name) for name, text in named.items() if text), reverse=True)
    limit = limits.SESSION_TOKEN_OCTETS
    return PackedPolicyTooLarge(
        check="session-token-size",
        expected=f"a session token of at most {limit} octets",
        found=f"{size} octets; before packing: " + ", ".join(f"{name} {octets}" for octets, name in sizes),
        remedy="shorten the biggest item first; repeated text packs well",
        message=f"Session token size of {size} bytes exceeds the maximum of {limit} bytes.",
    )
