"""The result of every validator.

Anybody can construct an `Identity`. Only a validator can make a `VerifiedIdentity` (docs/adr/0027).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Never, Self, final

from federation.portable import Recipe, rebuilt

ContextValue = str | tuple[str, ...]
"""A condition-key value: a str for a single-valued key; a tuple for a multivalued key, also where it has one value."""


@dataclass(frozen=True, slots=True)
class SessionTag:
    """A session tag (STS service model 2011-06-15): ``key`` of 1 to 128 characters, ``value`` of 0 to 256."""

    key: str
    value: str


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Identity(NamedTuple):
    """The identity that a token names. The ``validate`` of a plug-in returns it after every check of the provider's profile has passed.

    It proves nothing by itself: `federation.validate` returns a `VerifiedIdentity`, which has the same fields.

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


@final
class VerifiedIdentity(Identity):
    """The identity that a token proved: every check of the provider's profile passed. It has the fields of `Identity`.

    `federation.validate` and `federation.diagnose` return it. It cannot be constructed, subclassed, changed, or copied with a change: each
    raises `TypeError` or `AttributeError`. It can be pickled and copied unchanged; a pickle of unknown origin proves nothing.
    """

    # A tuple because not even object.__setattr__ can change one, and it is five times cheaper to make than a frozen dataclass.
    __slots__ = ()

    def __new__(cls, *_: Never, **__: Never) -> Self:  # noqa: D102 - the class says it
        _refuse_to_make()

    def __init_subclass__(cls) -> Never:
        _refuse_to_make()

    @classmethod
    def _make(cls, *_: Never) -> Never:  # type: ignore[override]  # nobody may call it
        _refuse_to_make()

    def _replace(self, **_: Never) -> Never:  # type: ignore[override]  # nobody may call it
        _refuse_to_make()

    __replace__ = _replace  # what copy.replace calls, from Python 3.13 on

    def __reduce__(self) -> Recipe:
        return rebuilt(self, _arrived)


def _refuse_to_make() -> Never:
    raise TypeError("only federation.validate and federation.diagnose make a VerifiedIdentity; a plug-in returns an Identity")


_verified = partial(Identity.__new__, VerifiedIdentity)
"""Makes a `VerifiedIdentity` of the fields of an `Identity`. Only a validator calls it, after every check of the profile has passed."""


def _arrived(**fields: Any) -> VerifiedIdentity:  # noqa: ANN401 - the values that were pickled
    return _verified(**fields)


def timestamp(moment: datetime | None) -> str | None:
    """Return *moment* as ISO 8601 UTC with ``Z``, or None."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
