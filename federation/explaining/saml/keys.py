"""A signature that no registered key verifies: who signed, what was altered, and which certificate to register."""

from __future__ import annotations

from typing import Final

from federation.errors import show
from federation.explaining.saml.diagnosis import (
    ENCRYPTED_LATER,
    OTHER_SIGNATURE,
    Diagnosis,
    described,
    diagnose_signature,
)
from federation.explaining.saml.edits import at_identity_provider, in_call, in_metadata, new_response
from federation.explaining.saml.evidence import CARRIED, Evidence, compared, evidence_of, listed
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explanation import Edit, Obstacle

_UNCHANGED: Final = new_response("Sign in again, and send the response as the identity provider posts it, unchanged.", path="Response")
_IN_METADATA: Final = "KeyDescriptor/KeyInfo/X509Data/X509Certificate"


def signature(situation: Situation) -> Obstacle:
    """Explain that no registered key verifies a signature, or that it does and the content differs from what was signed."""
    evidence = evidence_of(situation)
    found = diagnose_signature(evidence)
    registered = () if evidence.provider is None else evidence.provider.keys
    listing = listed(
        "registered keys, by SHA-256", (key.fingerprint for key in registered), found.carried.key.fingerprint if found.carried else ""
    )
    fingerprints = ", ".join(key.fingerprint for key in registered)
    comparisons = () if found.carried is None else (compared(fingerprints, found.carried.key.fingerprint),)
    sentence, edits = _told(evidence, found)
    # The digest is compared once a key has verified the SignedInfo that holds it.
    proved = evidence.check == "signature-digest" and all(key.source != CARRIED for key in registered)
    return evidence.obstacle(sentence, edits, comparisons=comparisons, listings=(listing,), alternatives=len(edits) == 1, proved=proved)


def with_its_key(situation: Situation) -> Trial | None:
    """Judge the response with the key that signed it. Nothing is proved by that: it shows what would refuse after the signature."""
    evidence = evidence_of(situation)
    found, trial, provider = diagnose_signature(evidence), situation.trial, evidence.provider
    if trial is None or provider is None or found.altered or found.signer is None:
        return None
    if found.owner is not None:
        return trial.with_call(principal_arn=found.owner.arn) if trial.call is not None else None
    return trial.with_provider(provider, keys=(*provider.keys, found.signer))


def _told(evidence: Evidence, found: Diagnosis) -> tuple[str, list[Edit]]:
    """Return the sentence and the edits of a diagnosis."""
    if found.owner is not None and evidence.provider is not None:
        named, owner = evidence.provider.arn, found.owner.arn
        sentence = f"the response is signed by a certificate of the provider {show(owner)}; the call names {show(named)}"
        return sentence, [
            in_call("PrincipalArn", named, owner, flag="--principal-arn") if evidence.situation.call is not None else _UNCHANGED
        ]
    if found.altered:
        return _altered(evidence, found)
    registered = _registered(evidence)
    if found.signer is None:
        sentence = (
            f"no registered key verifies the signature: {registered}; the response carries no certificate in the clear, "
            "so whether it was altered or the identity provider changed its key cannot be told"
        )
        return sentence, [_rotation(evidence, found)]
    stranger = evidence.issuer is not None and evidence.provider is not None and evidence.issuer not in evidence.provider.entity_ids
    why = (
        f"the response is of {show(evidence.issuer)}, another identity provider than the registered one"
        if stranger
        else "the identity provider changed its signing certificate"
    )
    sentence = f"{why}: the response is intact and signed by {found.carried}, which is not registered; {registered}"
    return sentence, [_rotation(evidence, found)]


def _altered(evidence: Evidence, found: Diagnosis) -> tuple[str, list[Edit]]:
    """Return the sentence and the edits where the response is not as it was signed."""
    if found.altered == OTHER_SIGNATURE:
        by = f", although it carries the certificate {found.carried}" if found.carried else ""
        sentence = f"the signature does not fit the text it signs{by}: the SignedInfo or the signature value was altered after signing"
        return sentence, [_UNCHANGED]
    if found.signer is not None:
        sentence = f"{found.carried} signed the response, which is not registered, and its content was altered afterwards: {found.altered}"
        return sentence, [_UNCHANGED, _rotation(evidence, found)]
    sentence = f"a registered key signed the response, and its content was altered afterwards: {found.altered}"
    if found.altered == ENCRYPTED_LATER:
        instruction = "encrypt the assertion first, and sign the Response after that"
        return sentence, [at_identity_provider(evidence, instruction, path="Response/Signature")]
    return sentence, [_UNCHANGED]


def _rotation(evidence: Evidence, found: Diagnosis) -> Edit:
    known = evidence.product.settings.get("certificate")
    page = f", under “{known.name}”," if known else ""
    check = f", check that its certificate has the SHA-256 fingerprint {found.carried.key.fingerprint}" if found.carried else ""
    return in_metadata(
        evidence,
        f"Export the metadata at {evidence.product.name}{page} afresh{check}, and register it in place of the old.",
        path=_IN_METADATA,
        old=", ".join(key.fingerprint for key in evidence.provider.keys) if evidence.provider else None,
        new=found.carried.key.fingerprint if found.carried else None,
    )


def _registered(evidence: Evidence) -> str:
    keys = () if evidence.provider is None else evidence.provider.keys
    return f"registered {'is' if len(keys) == 1 else 'are'} {' and '.join(described(key) for key in keys[:3])}"
