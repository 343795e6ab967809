"""What every validator produces and everything after it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from federation.portable import Recipe, rebuilt

ContextValue = str | tuple[str, ...]
"""A condition-key value: a str for a single-valued key, a tuple for a key that is multivalued by definition, even with one value."""


@dataclass(frozen=True, slots=True)
class SessionTag:
    """A session tag: ``key`` 1 to 128 characters, ``value`` 0 to 256."""

    key: str
    value: str


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class VerifiedIdentity(NamedTuple):
    """Who a token proved somebody to be. Validators alone construct it, by keywords, when every check of the profile was content.

    A named tuple cannot be changed at all, and is made at a fifth of the cost of a frozen dataclass.

    Attributes:
        kind: What the token was, e.g. ``saml2-response``, ``oidc-id-token``, ``oauth-access-token``.
        provider_arn: ARN of the registered provider whose key proved the token; for AWS's built-in providers their name.
        issuer: Text of the assertion's Issuer, or the ``iss`` claim.
        subject: Text of the NameID, or the ``sub`` claim. Compared code point by code point, never trimmed or folded.
        subject_type: NameID Format as STS reports it (the SAML 2.0 prefix removed); empty for OIDC and OAuth.
        audience: The one audience by which the token addressed us: the matching Audience, or ``azp``/``aud``; None where none matched.
        audiences: Every audience the token names, in order.
        recipient: SAML: Recipient of the bearer SubjectConfirmationData that was satisfied. OIDC: None.
        name_qualifier: SAML: base64 of SHA-1 over issuer, account and provider name, as STS returns it. None for OIDC and OAuth.
        token_id: ID of the assertion or the ``jti`` claim; with `issuer` the key under which replay is noticed. None where there is none.
        issued_at: IssueInstant of the assertion, or ``iat``. Aware UTC; None where an opaque token has none.
        not_on_or_after: The earliest instant at which the token ends. Aware UTC; None where it never says.
        session_not_on_or_after: Latest end of a session built on the token, where the identity provider set one. Aware UTC.
        attributes: SAML: attribute Name to its values in document order. OIDC: every claim by name, as decoded JSON.
        context_keys: The IAM condition keys this identity contributes to a trust-policy evaluation, e.g. ``saml:sub``.
        notes: Remarks that decided nothing, e.g. a permitted weak algorithm or a key whose certificate has ended.
    """

    kind: str
    provider_arn: str
    issuer: str
    subject: str
    subject_type: str = ""
    audience: str | None = None
    audiences: tuple[str, ...] = ()
    recipient: str | None = None
    name_qualifier: str | None = None
    token_id: str | None = None
    issued_at: datetime | None = None
    not_on_or_after: datetime | None = None
    session_not_on_or_after: datetime | None = None
    attributes: Mapping[str, Any] = _NOTHING
    context_keys: Mapping[str, ContextValue] = _NOTHING
    notes: tuple[str, ...] = ()

    def __reduce__(self) -> Recipe:
        return rebuilt(self)

    def as_dict(self) -> dict[str, Any]:
        """Return the identity as plain data: the documented schema of ``--json``."""
        return {
            "kind": self.kind,
            "provider_arn": self.provider_arn,
            "issuer": self.issuer,
            "subject": self.subject,
            "subject_type": self.subject_type,
            "audience": self.audience,
            "audiences": list(self.audiences),
            "recipient": self.recipient,
            "name_qualifier": self.name_qualifier,
            "token_id": self.token_id,
            "issued_at": timestamp(self.issued_at),
            "not_on_or_after": timestamp(self.not_on_or_after),
            "session_not_on_or_after": timestamp(self.session_not_on_or_after),
            "attributes": {name: list(v) if isinstance(v, tuple) else v for name, v in self.attributes.items()},
            "context_keys": {name: list(v) if isinstance(v, tuple) else v for name, v in self.context_keys.items()},
            "notes": list(self.notes),
        }


def timestamp(moment: datetime | None) -> str | None:
    """Return *moment* as ISO 8601 UTC with ``Z``, or None."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
