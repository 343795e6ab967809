"""The result of every validator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from federation.portable import Recipe, rebuilt

ContextValue = str | tuple[str, ...]
"""A condition-key value: a str for a single-valued key; a tuple for a multivalued key, also where it has one value."""


@dataclass(frozen=True, slots=True)
class SessionTag:
    """A session tag (STS service model 2011-06-15): ``key`` of 1 to 128 characters, ``value`` of 0 to 256."""

    key: str
    value: str


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class VerifiedIdentity(NamedTuple):
    """The identity that a token proved. A validator constructs it after every check of the provider's profile has passed.

    It is immutable. It is a named tuple because that is five times cheaper to construct than a frozen dataclass.

    Attributes:
        kind: Kind of the token, e.g. ``saml2-response``, ``oidc-id-token``, ``oauth-access-token``.
        provider_arn: ARN of the registered provider whose key proved the token; for a provider built into AWS its name.
        issuer: Text of the assertion's Issuer, or the ``iss`` claim.
        subject: Text of the NameID, or the ``sub`` claim. Compare it code point by code point; it is never trimmed or case-folded.
        subject_type: NameID Format as STS reports it, without the SAML 2.0 prefix; empty for OIDC and OAuth.
        audience: The audience that matched the registration: an Audience of the assertion, or ``azp`` or ``aud``; None where none matched.
        audiences: Every audience the token names, in order.
        recipient: SAML: Recipient of the bearer SubjectConfirmationData that passed. OIDC and OAuth: None.
        name_qualifier: SAML: NameQualifier of STS, the base64 SHA-1 of issuer, account and provider name. None for OIDC and OAuth.
        token_id: ID of the assertion, or the ``jti`` claim; replay is detected by `issuer` and `token_id`. None where there is none.
        issued_at: IssueInstant of the assertion, or ``iat``, aware UTC; None where an opaque token has none.
        not_on_or_after: The earliest instant at which the token ends, aware UTC; None where it states none.
        session_not_on_or_after: Latest end of a session built on the token, aware UTC; None where the identity provider set none.
        attributes: SAML: attribute Name to its values in document order. OIDC and OAuth: every claim by name, as decoded JSON.
        context_keys: The IAM condition keys of this identity for the evaluation of a trust policy, e.g. ``saml:sub``.
        notes: Remarks that did not affect the verdict, e.g. a permitted weak algorithm or an expired certificate.
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
