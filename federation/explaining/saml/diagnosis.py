"""Whose key signed a response of which no registered key verifies the signature, and whether it was altered after signing.

Only this module tries the keys in a message, and only for a diagnosis: what they verify is never trusted (attack row K01).
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
from federation.explaining.saml.evidence import ABOUT_SIGNATURES, CARRIED, Evidence, plain
from federation.explaining.trial import as_if
from federation.saml.decode import RawResponse, base64_octets, decode_response
from federation.saml.decryption import decrypt, read_encrypted
from federation.saml.registration.keys import VerificationKey, load_certificates
from federation.saml.registration.permits import PERMITS
from federation.saml.registration.provider import SamlProvider
from federation.saml.response import prove_response
from federation.saml.xml import ASSERTION, DS, ENCRYPTED_ASSERTION, SIGNATURE, Element, parse

_CERTIFICATES: Final = f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate"
_MOST: Final = 4
"""Certificates of a message that are asked."""
_INDENTATION: Final = re.compile(rb">[ \t]*\r?\n[ \t]*<")
INDENTED: Final = "it was indented; without the white space between its elements it verifies"
ENCRYPTED_LATER: Final = "its assertion was encrypted after the Response was signed; with the assertion in the clear the signature fits"
OTHER_CONTENT: Final = "the signed digest is of other content"
OTHER_SIGNATURE: Final = "the signature value is of another text"


@dataclass(frozen=True, slots=True)
class Carried:
    """A certificate that the message carries: its key, and the subject it claims."""

    key: VerificationKey
    subject: str

    def __str__(self) -> str:
        return f"{show(self.subject)} ({described(self.key)})"


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


def described(key: VerificationKey) -> str:
    """Return the fingerprint of *key*, and the dates of its certificate."""
    dates = "" if key.not_before is None else f", valid from {key.not_before:%Y-%m-%d} to {key.not_after:%Y-%m-%d}"
    return f"SHA-256 {key.fingerprint[:16]}…{dates}"


def diagnose_signature(evidence: Evidence) -> Diagnosis:
    """Return whose key signed the response, as far as the keys at hand tell."""
    found: Diagnosis | None = evidence.situation.kept.get("signature")
    if found is None:
        found = evidence.situation.kept["signature"] = Diagnosis() if evidence.provider is None else _diagnosed(evidence, evidence.provider)
    return found


def _diagnosed(evidence: Evidence, provider: SamlProvider) -> Diagnosis:
    registered = {key.fingerprint for key in provider.keys}
    carried = _carried(evidence)
    stranger = next((each for each in carried if each.key.fingerprint not in registered), None)
    named = stranger or next(iter(carried), None)
    if _was_indented(evidence, provider):
        return Diagnosis(carried=named, altered=INDENTED)
    if evidence.check == "signature-digest":
        return Diagnosis(carried=named, altered=ENCRYPTED_LATER if _was_encrypted_later(evidence, provider) else OTHER_CONTENT)
    owners = {key.fingerprint: owner for owner in evidence.others for key in owner.keys}
    others = as_if(provider, keys=(*provider.keys, *(key for owner in evidence.others for key in owner.keys)))
    signer = _signer(evidence, others, registered) if owners else None
    if isinstance(signer, VerificationKey):
        return Diagnosis(signer=signer, carried=named, owner=owners[signer.fingerprint])
    if named is None:
        return Diagnosis()
    with_carried = as_if(provider, keys=(*provider.keys, *(each.key for each in carried if each.key.fingerprint not in registered)))
    return _by_its_own_keys(evidence, named, with_carried, registered)


def _by_its_own_keys(evidence: Evidence, named: Carried, with_carried: SamlProvider, registered: set[str]) -> Diagnosis:
    """Return what the certificates that the message carries say of it; *with_carried* has their keys beside the registered ones."""
    stranger = named.key if named.key.fingerprint not in registered else None
    if stranger is not None and _was_indented(evidence, with_carried):
        return Diagnosis(signer=stranger, carried=named, altered=INDENTED)
    answer = _signer(evidence, with_carried, registered)
    if answer == "signature-digest":
        return Diagnosis(signer=stranger, carried=named, altered=OTHER_CONTENT)
    if isinstance(answer, str) or stranger is None:
        return Diagnosis(carried=named, altered=OTHER_SIGNATURE)
    return Diagnosis(signer=stranger, carried=named)


def _signer(evidence: Evidence, provider: SamlProvider, registered: set[str]) -> VerificationKey | str | None:
    """Return the key of *provider* that signed a part of the response and is none of those *registered*.

    Where a signature fails it returns the refusal's check; None where another step refuses, so that the signer is not told.
    """
    try:
        proved = prove_response(decode_response(evidence.situation.token), provider)
    except FederationError as refusal:
        return refusal.check if refusal.check in ABOUT_SIGNATURES else None
    signed = (proved.response, proved.assertion)
    return next((part.signed.key for part in signed if part is not None and part.signed.key.fingerprint not in registered), None)


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


def _was_encrypted_later(evidence: Evidence, provider: SamlProvider) -> bool:
    """Return whether the signature fits the response with its assertion in the clear.

    Ciphertext that can be altered is not asked: the answer would tell about its plaintext (attack rows E01, E02).
    """
    root = parse(decode_response(evidence.situation.token).octets).root
    container = root.find(ENCRYPTED_ASSERTION)
    if container is None or not provider.decryption_keys:
        return False
    try:
        encrypted = read_encrypted(container)
        if encrypted.weak:
            return False
        clear = decrypt(encrypted, provider.decryption_keys, container=container, expected=ASSERTION).root
        root.replace(container, clear)
        prove_response(RawResponse(etree.tostring(root)), as_if(provider, encryption="allowed"))
    except FederationError as refusal:
        return refusal.check not in ABOUT_SIGNATURES and container.getparent() is None
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
