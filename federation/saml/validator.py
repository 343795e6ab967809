"""The validator of SAML responses: decode, verify, read and check, in this order."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from federation.errors import FederationError, show
from federation.identity import VerifiedIdentity, _verified, timestamp
from federation.protocols import Provider, registered
from federation.report import BOTH, CheckResult, Report, collect
from federation.saml.checks import CHECKS, RULES
from federation.saml.checks.presentation import PresentedAssertion, choose_confirmation
from federation.saml.decode import decode_response
from federation.saml.reading import attributes
from federation.saml.reading.assertion import AuthnStatement
from federation.saml.reading.inspection import inspect_response
from federation.saml.registration.provider import SamlProvider
from federation.saml.response import STAGES
from federation.saml.road.proved import ProvedAssertion
from federation.saml.road.proving import READING, examine, prove

KIND: Final = "saml2-response"
DECODING: Final = ("base64", "SAML Bindings 3.5.4; RFC 4648 section 4, canonical", BOTH)
_DECODED: Final = CheckResult(*DECODING, "passed")
_SESSION_END: Final[Callable[[AuthnStatement], datetime | None]] = attrgetter("session_not_on_or_after")


class SamlResponseValidator:
    """Validates base64 SAML responses. It has no state."""

    kind = KIND

    def recognises(self, token: object) -> bool:
        """Return whether *token* decodes to octets that begin like XML."""
        try:
            decode_response(token)
        except FederationError:
            return False
        return True

    def validate(self, token: object, provider: Provider, *, at: datetime) -> VerifiedIdentity:
        """See `federation.protocols.Validator.validate`."""
        registration = registered(provider, SamlProvider)
        proved = prove(decode_response(token), registration)
        presented = _present(proved, registration, at)
        for rule in RULES[registration.profile]:
            rule(presented)
        return _identity(presented, proved)

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        """See `federation.protocols.Validator.diagnose`."""
        registration = registered(provider, SamlProvider)
        results, proved, presented, notes = _examine(token, registration, at)
        refused = [result for result in results if result.refusal is not None and registration.profile in result.profiles]
        identity = _identity(presented, proved) if presented is not None and proved is not None and not refused else None
        claimed = inspect_response(token) if identity is None else {}
        return Report(
            kind=KIND,
            profile=registration.profile,
            results=results,
            identity=identity,
            claimed=claimed,
            notes=(notes or _whose(claimed, registration)) + registration.notes,
            engine="python" if proved is None else proved.engine,
        )


def present_response(token: object, provider: SamlProvider, *, at: datetime) -> PresentedAssertion:
    """Return what *token* proves, before any check of its content.

    Raises:
        FederationError: It proves nothing: its signature, structure or encryption is refused.
    """
    return _present(prove(decode_response(token), provider), provider, at)


def _examine(
    token: object, provider: SamlProvider, at: datetime
) -> tuple[tuple[CheckResult, ...], ProvedAssertion | None, PresentedAssertion | None, tuple[str, ...]]:
    """Run every step of `validate`. Return the results, what was proved, and the remarks on it. Steps without input are skipped."""
    try:
        raw = decode_response(token)
    except FederationError as refusal:
        return (
            (CheckResult(*DECODING, "refused", refusal), *_skipped(STAGES), CheckResult(*READING, "skipped"), *_skipped(CHECKS)),
            None,
            None,
            (),
        )
    stages, proved, notes = examine(raw, provider)
    results = (_DECODED, *stages)
    if proved is None:
        return (*results, *_skipped(CHECKS)), None, None, notes
    presented = _present(proved, provider, at)
    return (*results, *collect(CHECKS, presented)), proved, presented, notes


def _whose(claimed: Mapping[str, Any], provider: SamlProvider) -> tuple[str, ...]:
    """Return a remark where the unverified issuer of a response is not that of *provider*, whose keys then cannot verify it."""
    issuer = next((login["Issuer"] for login in claimed.get("assertions", ()) if login["Issuer"]), None)
    issuer = issuer or claimed.get("response", {}).get("Issuer")
    if issuer is None or issuer in provider.entity_ids:
        return ()
    return (f"the unverified issuer {show(issuer)} is not an entity id of this provider: judge it with the metadata of that issuer",)


def _skipped(checks: tuple[Any, ...]) -> tuple[CheckResult, ...]:
    return tuple(CheckResult(check.name, check.clause, check.profiles, "skipped") for check in checks)


def _present(proved: ProvedAssertion, provider: SamlProvider, at: datetime) -> PresentedAssertion:
    assertion = proved.assertion
    name_id = assertion.subject.name_id if assertion.subject else None
    confirmation = choose_confirmation(assertion, proved.envelope, provider, at)
    return PresentedAssertion(assertion, proved.envelope, provider, at, proved.encrypted, name_id, confirmation)


def _identity(presented: PresentedAssertion, proved: ProvedAssertion) -> VerifiedIdentity:
    """Return the verified identity. Every check of the deciding profile has passed, so subject, confirmation and conditions exist."""
    assertion, provider = presented.assertion, presented.provider
    name_id, confirmation, conditions = presented.name_id, presented.confirmation, assertion.conditions
    if name_id is None or confirmation is None or conditions is None:
        raise TypeError("an identity is made from a presentation that every rule accepted")
    audiences = tuple(chain.from_iterable(conditions.audience_restrictions))
    issuer, subject, subject_type = assertion.issuer, name_id.text, name_id.subject_type
    qualifier = name_qualifier(issuer, provider.doc)
    context = attributes.context_of(assertion.attributes)
    context["saml:iss"] = issuer
    context["saml:sub"] = subject
    context["saml:sub_type"] = subject_type
    context["saml:namequalifier"] = qualifier
    context["saml:doc"] = provider.doc
    if confirmation.recipient is not None:
        context["saml:aud"] = confirmation.recipient
    return _verified(
        kind=KIND,
        provider_arn=provider.arn,
        issuer=issuer,
        subject=subject,
        subject_type=subject_type,
        audience=next(filter(provider.audiences.__contains__, audiences), None),
        audiences=audiences,
        recipient=confirmation.recipient,
        name_qualifier=qualifier,
        token_id=assertion.assertion_id,
        issued_at=assertion.issue_instant,
        not_on_or_after=_earliest((conditions.not_on_or_after, confirmation.not_on_or_after)),
        session_not_on_or_after=_earliest(map(_SESSION_END, assertion.authn_statements)),
        attributes=MappingProxyType(assertion.attributes),
        context_keys=MappingProxyType(context),
        notes=_notes(presented, proved),
    )


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min(filter(None, moments), default=None)


@lru_cache(maxsize=256)
def name_qualifier(issuer: str, doc: str) -> str:
    """Return the NameQualifier of STS: base64 SHA-1 of issuer and *doc*, which is ``<account>/<provider name>``.

    It distinguishes equal subjects of different providers. SHA-1 is AWS's choice; collision resistance is not needed for verified issuers.
    """
    return b64encode(hashlib.sha1(f"{issuer}{doc}".encode(), usedforsecurity=False).digest()).decode("ascii")


def _notes(presented: PresentedAssertion, proved: ProvedAssertion) -> tuple[str, ...]:
    key = proved.signed.key
    if key.not_after is None or presented.at < key.not_after:
        return proved.notes
    return (*proved.notes, f"the certificate of the signing key expired on {timestamp(key.not_after)}; its validity is not enforced")
