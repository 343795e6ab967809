"""Whose key signed a response of which no registered key verifies the signature.

The keys that a message carries are asked here alone, and for a diagnosis alone: what they verify is trusted by nobody (attack row K01).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from cryptography import x509
from lxml import etree

from federation.errors import FederationError, show
from federation.explaining.saml.edits import in_call, in_metadata, new_response
from federation.explaining.saml.evidence import CARRIED, Evidence, compared, listed, plain
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial, as_if
from federation.explanation import Edit, Obstacle
from federation.saml.decode import RawResponse, base64_octets, decode_response
from federation.saml.registration.keys import PERMITS, VerificationKey, load_certificates
from federation.saml.registration.provider import SamlProvider
from federation.saml.response import prove_response
from federation.saml.xml import DS, SIGNATURE, Element, parse

ABOUT_SIGNATURES: Final = frozenset(
    {
        "signature",
        "signature-digest",
        "signature-algorithm",
        "signature-shape",
        "signature-reference",
        "signature-transform",
        "canonicalisation",
    }
)
"""Checks of a signature: any other refusal comes after the signatures that stand before it."""
_CERTIFICATES: Final = f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate"
_MOST: Final = 4
"""Certificates of a message that are asked."""
_INDENTATION: Final = re.compile(rb">[ \t]*\r?\n[ \t]*<")
_INDENTED: Final = "it was indented; without the white space between its elements it verifies"
_OTHER_CONTENT: Final = "the signed digest is of other content"
_OTHER_SIGNATURE: Final = "the signature value is of another text"
_IN_METADATA: Final = "KeyDescriptor/KeyInfo/X509Data/X509Certificate"


@dataclass(frozen=True, slots=True)
class Carried:
    """A certificate that the message carries: its key, and the subject it claims."""

    key: VerificationKey
    subject: str

    def __str__(self) -> str:
        return f"{show(self.subject)} ({_described(self.key)})"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known of a signature that no registered key verifies.

    Attributes:
        signer: The key that the signature fits: a carried one, one of another provider of the account, or a registered one where only the
            content was changed; None where no known key fits.
        carried: The first certificate that the message carries; None where it carries none in the clear.
        owner: The other provider of the account whose key it is.
        altered: What was changed after signing, in words; empty where nothing was, or where nobody can tell.
    """

    signer: VerificationKey | None = None
    carried: Carried | None = None
    owner: SamlProvider | None = None
    altered: str = ""


def signature(situation: Situation) -> Obstacle:
    """Explain that no registered key verifies a signature, or that it does and the content differs from what was signed."""
    evidence = Evidence(situation)
    found = diagnose_signature(evidence)
    registered = () if evidence.provider is None else evidence.provider.keys
    listing = listed(
        "registered keys, by SHA-256", (key.fingerprint for key in registered), found.carried.key.fingerprint if found.carried else ""
    )
    fingerprints = ", ".join(key.fingerprint for key in registered)
    comparisons = () if found.carried is None else (compared(fingerprints, found.carried.key.fingerprint),)
    sentence, edits = _told(evidence, found)
    return evidence.obstacle(sentence, edits, comparisons=comparisons, listings=(listing,), alternatives=len(edits) == 1)


def with_its_key(situation: Situation) -> Trial | None:
    """Judge the response with the key that signed it. Nothing is proved by that: it shows what would refuse after the signature."""
    evidence = Evidence(situation)
    found, trial, provider = diagnose_signature(evidence), situation.trial, evidence.provider
    if trial is None or provider is None or found.altered or found.signer is None:
        return None
    if found.owner is not None:
        return trial.with_call(principal_arn=found.owner.arn) if trial.call is not None else None
    return trial.with_provider(provider, keys=(*provider.keys, found.signer))


def diagnose_signature(evidence: Evidence) -> Diagnosis:
    """Return whose key signed the response, as far as the keys at hand tell."""
    provider = evidence.provider
    if provider is None:
        return Diagnosis()
    carried = next(iter(_carried(evidence)), None)
    if _was_indented(evidence, provider):
        return Diagnosis(carried=carried, altered=_INDENTED)
    if evidence.check == "signature-digest":
        return Diagnosis(carried=carried, altered=_OTHER_CONTENT)
    keys = {key.fingerprint: (owner, key) for owner in evidence.others for key in owner.keys}
    signer = _signer(evidence, as_if(provider, keys=tuple(key for _, key in keys.values()))) if keys else None
    if isinstance(signer, VerificationKey):
        return Diagnosis(signer=signer, carried=carried, owner=keys[signer.fingerprint][0])
    return Diagnosis() if carried is None else _by_its_own_key(evidence, carried, as_if(provider, keys=(carried.key,)))


def _by_its_own_key(evidence: Evidence, carried: Carried, own: SamlProvider) -> Diagnosis:
    """Return what the certificate that the message carries says of it; *own* has its key alone."""
    if _was_indented(evidence, own):
        return Diagnosis(signer=carried.key, carried=carried, altered=_INDENTED)
    answer = _signer(evidence, own)
    if answer == "signature-digest":
        return Diagnosis(signer=carried.key, carried=carried, altered=_OTHER_CONTENT)
    if isinstance(answer, str):
        return Diagnosis(carried=carried, altered=_OTHER_SIGNATURE)
    return Diagnosis(signer=carried.key, carried=carried)


def _told(evidence: Evidence, found: Diagnosis) -> tuple[str, list[Edit]]:
    """Return the sentence and the edits of a diagnosis."""
    registered = _registered(evidence)
    unchanged = new_response("Sign in again, and send the response as the identity provider posts it, unchanged.", path="Response")
    if found.owner is not None and evidence.provider is not None:
        named, owner = evidence.provider.arn, found.owner.arn
        sentence = f"the response is signed by a certificate of the provider {show(owner)}; the call names {show(named)}"
        edit = in_call("principal_arn", named, owner, flag="--principal-arn") if evidence.situation.call is not None else unchanged
        return sentence, [edit]
    if found.altered == _OTHER_SIGNATURE:
        by = f", although it carries the certificate {found.carried}" if found.carried else ""
        sentence = f"the signature does not fit the text it signs{by}: the SignedInfo or the signature value was altered after signing"
        return sentence, [unchanged]
    if found.altered:
        if found.signer is None:
            return f"a registered key signed the response, and its content was altered afterwards: {found.altered}", [unchanged]
        sentence = f"{found.carried} signed the response, which is not registered, and its content was altered afterwards: {found.altered}"
        return sentence, [unchanged, _rotation(evidence, found)]
    if found.signer is None:
        sentence = (
            f"no registered key verifies the signature: {registered}; the response carries no certificate in the clear, "
            "so whether it was altered or the identity provider changed its key cannot be told"
        )
        return sentence, [_rotation(evidence, found)]
    stranger = evidence.issuer is not None and evidence.provider is not None and evidence.issuer not in evidence.provider.entity_ids
    why = (
        f"it is the response of {show(evidence.issuer)}, another identity provider than the registered one"
        if stranger
        else "the identity provider changed its signing certificate"
    )
    return f"the response is intact and signed by {found.carried}, which is not registered; {registered}: {why}", [
        _rotation(evidence, found)
    ]


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
    return f"registered {'is' if len(keys) == 1 else 'are'} {' and '.join(_described(key) for key in keys[:3])}"


def _described(key: VerificationKey) -> str:
    dates = "" if key.not_before is None else f", valid from {key.not_before:%Y-%m-%d} to {key.not_after:%Y-%m-%d}"
    return f"SHA-256 {key.fingerprint[:16]}…{dates}"


def _signer(evidence: Evidence, provider: SamlProvider) -> VerificationKey | str | None:
    """Return the key of *provider* that signed the assertion; the refusal's check where a signature fails; None where another step does."""
    try:
        proved = prove_response(decode_response(evidence.situation.token), provider)
    except FederationError as refusal:
        return refusal.check if refusal.check in ABOUT_SIGNATURES else None
    return proved.assertion.signed.key


def _was_indented(evidence: Evidence, provider: SamlProvider) -> bool:
    """Return whether the keys of *provider* verify the response once the white space between its elements is taken out."""
    try:
        octets = decode_response(evidence.situation.token).octets
        if not _INDENTATION.search(octets):
            return False
        prove_response(RawResponse(_without_indentation(parse(octets).root)), provider)
    except FederationError as refusal:
        return refusal.check not in ABOUT_SIGNATURES
    return True


def _without_indentation(root: Element) -> bytes:
    for element in root.iter():
        if len(element):
            if element.text is not None and not element.text.strip():
                element.text = None
            for child in element:
                if child.tail is not None and not child.tail.strip():
                    child.tail = None
    return etree.tostring(root)


def _carried(evidence: Evidence) -> Sequence[Carried]:
    """Return the certificates that the signatures of the message carry in the clear, those that can be read."""
    try:
        root = parse(decode_response(evidence.situation.token).octets).root
    except FederationError:
        return ()
    texts = (certificate.text or "" for signature in root.iter(SIGNATURE) for certificate in signature.iterfind(_CERTIFICATES))
    return tuple(_readable(islice(texts, _MOST)))


def _readable(texts: Iterator[str]) -> Iterator[Carried]:
    for text in texts:
        try:
            (key,) = load_certificates(text, PERMITS, source=CARRIED)
            subject = x509.load_der_x509_certificate(base64_octets(text)).subject.rfc4514_string()
        except (FederationError, ValueError):
            continue
        yield Carried(key, plain(subject))
