"""The trial of a SAML login as if one check had passed, for the checks where it can be computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.explaining import assuming
from federation.explaining.saml import keys, parties
from federation.explaining.saml.evidence import evidence_of
from federation.explaining.saml.signatures import weak_names
from federation.explaining.situation import Assume, Situation
from federation.explaining.trial import Trial
from federation.profiles import Profile

_OTHER: Final = {Profile.STRICT: Profile.AWS, Profile.AWS: Profile.STRICT}


def by_the_other_profile(situation: Situation) -> Trial | None:
    """Judge the response by the profile that does not make the check, so that what comes after it is asked."""
    provider = evidence_of(situation).provider
    return None if provider is None else _registered(situation, profile=_OTHER[provider.profile])


def with_its_qualifier(situation: Situation) -> Trial | None:
    """Judge the response by a registration that has its audiences, of which SPNameQualifier is one where one setting makes both."""
    trial = assuming.with_its_audiences(situation)
    refusal = None if trial is None else trial.outcome().refusal
    met = refusal is None or refusal.check != situation.refusal.check
    return trial if met else by_the_other_profile(situation)


def with_weak_algorithms(situation: Situation) -> Trial | None:
    """Judge the response by a registration that permits its weak algorithms."""
    provider, weak = evidence_of(situation).provider, weak_names(situation)
    if provider is None or not weak:
        return keys.with_its_key(situation) if situation.refusal.check == "signature-algorithm" else None
    return _registered(situation, permit=provider.permit | frozenset(weak))


def with_what_is_signed(situation: Situation) -> Trial | None:
    """Judge the response by what is signed of it; None where nothing is."""
    signed = any(situation.claims.get("signatures", ()))
    return _registered(situation, signed="either", profile=Profile.STRICT) if signed else None


def in_the_clear(situation: Situation) -> Trial | None:
    """Judge the response by a registration that takes assertions in the clear."""
    return _registered(situation, encryption="allowed")


def taken_as_met(situation: Situation) -> Trial | None:
    """Judge the login as if the check of the attribute were met, so that the trust policy is asked."""
    return None if situation.trial is None else situation.trial.past(situation.refusal.check)


def _registered(situation: Situation, **changes: object) -> Trial | None:
    trial, provider = situation.trial, evidence_of(situation).provider
    return None if trial is None or provider is None else trial.with_provider(provider, **changes)


ASSUMED: Final[Mapping[str, Assume]] = {
    **assuming.ASSUMED,
    "provider": parties.with_the_provider_of_its_issuer,
    "issuer": parties.with_its_issuer,
    "signature": keys.with_its_key,
    "signature-missing": with_what_is_signed,
    "encryption": in_the_clear,
    **dict.fromkeys(("signature-algorithm", "encryption-algorithm"), with_weak_algorithms),
    **dict.fromkeys(("response-fields", "foreign-attributes", "issuer-format", "response-issuer"), by_the_other_profile),
    **dict.fromkeys(("in-response-to", "name-id-format", "single-confirmation"), by_the_other_profile),
    "sp-name-qualifier": with_its_qualifier,
    **dict.fromkeys(("role-pair", "session-duration"), taken_as_met),
}
"""Check to the trial that would be if it were met."""
