"""Refusals about signed parts, algorithms and encryption."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator
from itertools import islice
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from federation.errors import FederationError, show
from federation.explaining.saml import keys
from federation.explaining.saml.edits import at_identity_provider, file_of, in_settings, new_response, setting, update_command
from federation.explaining.saml.evidence import Evidence, compared, evidence_of, plain
from federation.explaining.situation import Situation
from federation.explanation import Edit, Obstacle, Place
from federation.profiles import Profile
from federation.saml.decode import base64_octets, decode_response
from federation.saml.signature.algorithms import DIGESTS, SIGNATURES
from federation.saml.xml import DS, XENC, Element, parse

_SHA256: Final = {"rsa": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "ec": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"}
_GCM: Final = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
_OAEP: Final = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
_RSA_1_5: Final = "http://www.w3.org/2001/04/xmlenc#rsa-1_5"
_WEAK_LETS_IN: Final = "whoever can forge what the weak algorithm protects, as if this identity provider had sent it"


def unsigned(situation: Situation) -> Obstacle:
    """Explain that what must be signed is not."""
    evidence = evidence_of(situation)
    provider = evidence.provider
    places = [each["in"] for each in situation.claims.get("signatures", ())]
    wants_response = provider is not None and provider.signed == "response"
    who = (
        "the provider is registered to demand"
        if provider and provider.signed != "either" and provider.profile is Profile.STRICT
        else "AWS demands"
    )
    what = "the Response" if wants_response and "Response" not in places else "the Assertion itself"
    there = (
        "neither the Response nor the Assertion is signed"
        if not places
        else f"only the {' and the '.join(dict.fromkeys(places))} is signed"
    )
    if situation.claims.get("encrypted") and not places:
        there = "the Response is not signed, nor is the Assertion inside the EncryptedAssertion"
    path = "Response/Signature" if what == "the Response" else "Assertion/Signature"
    new = path.partition("/")[0]
    if what == "the Response":
        edits = [at_identity_provider(evidence, "have the Response signed as well", path=path, new=new)]
        edits.append(
            in_settings(
                evidence,
                "signed",
                "Register that the Assertion must be signed, as AWS demands.",
                old="response",
                new="assertion",
                flags=("--signed", "assertion"),
                lets_in="whoever sends a signed Assertion of this identity provider in a Response that is not signed",
            )
        )
    else:
        edits = [setting(evidence, "signing", path=path, old=places[0] if places else None, new=new, to="sign the assertion")]
    return evidence.obstacle(f"{there}; {who} a signature over {what}", edits)


def algorithm(situation: Situation) -> Obstacle:
    """Explain that an algorithm of the signature is not accepted."""
    evidence = evidence_of(situation)
    refusal = situation.refusal
    used = refusal.found.strip("`")
    if "fits a registered key" in refusal.expected:
        return keys.signature(situation)
    if "canonicalisation" in refusal.expected:
        sentence = f"the signature is over the canonicalisation {refusal.found}, which depends on what stands around the element"
        edit = setting(evidence, "canonicalisation", path="CanonicalizationMethod", old=used, new="http://www.w3.org/2001/10/xml-exc-c14n#")
        return evidence.obstacle(sentence, [edit])
    kind = next((key.kind for key in evidence.provider.keys), "rsa") if evidence.provider else "rsa"
    weak = weak_names(situation)
    sentence = f"the signature uses {refusal.found}" + (
        ", which is weak: it is taken where the registration permits it by name" if weak else ""
    )
    edits: list[Edit] = [setting(evidence, "algorithm", path="SignedInfo/SignatureMethod", old=used, new=_SHA256[kind])]
    if weak:
        edits.append(_permit(evidence, weak))
    return evidence.obstacle(sentence + ("" if weak else f"; {refusal.expected} is demanded"), edits)


def not_encrypted(situation: Situation) -> Obstacle:
    """Explain that the assertion came in the clear, where the registration demands that it is encrypted."""
    evidence = evidence_of(situation)
    edit = setting(
        evidence, "encryption", path="Response/EncryptedAssertion", old="Assertion", new="EncryptedAssertion", to="encrypt assertions"
    )
    sentence = "the assertion is not encrypted, and the provider is registered with encryption required"
    return evidence.obstacle(sentence, [edit])


def no_decryption_key(situation: Situation) -> Obstacle:
    """Explain that the assertion is encrypted, and no private key is registered."""
    evidence = evidence_of(situation)
    sentence = f"the assertion is encrypted{_recipient(evidence)}, and the provider has no decryption key"
    off = setting(evidence, "encryption", path="Response/EncryptedAssertion", old="EncryptedAssertion", new="Assertion", to="off")
    return evidence.obstacle(sentence, [_register_key(evidence), off])


def undecryptable(situation: Situation) -> Obstacle:
    """Explain that no registered key opens the assertion.

    What is told comes from the message in the clear and from the registration, never from how the decryption failed (attack row E01).
    """
    evidence = evidence_of(situation)
    provider = evidence.provider
    registered = [key.fingerprint for key in provider.decryption_keys] if provider else []
    if provider is not None and "cbc" in provider.permit and any("-cbc" in method for method in _methods(situation)):
        sentence = "the assertion could not be decrypted, or what it holds is not signed as it must be: with AES-CBC no more is told"
        gcm = setting(evidence, "encryption", path="EncryptionMethod/@Algorithm", old=_methods(situation)[0], new=_GCM, to=show(_GCM))
        return evidence.obstacle(sentence, [gcm, _register_key(evidence)])
    named = next(iter(_recipients(evidence)), None)
    held = ", ".join(f"SHA-256 {each[:16]}…" for each in registered)
    sentence = f"the registered decryption keys ({held}) do not open the assertion"
    if named is None:
        return evidence.obstacle(f"{sentence}; the message does not say to which key it is encrypted", [_register_key(evidence)])
    fingerprint, subject = named
    comparison = compared(", ".join(registered), fingerprint)
    if fingerprint in registered:
        sentence += f", although it names the registered one, of {show(subject)}: the ciphertext was altered"
        unchanged = new_response("Sign in again, and send the response as the identity provider posts it, unchanged.")
        return evidence.obstacle(sentence, [unchanged], comparisons=(comparison,))
    sentence += f": it is encrypted to the key SHA-256 {fingerprint[:16]}… of the certificate {show(subject)}"
    return evidence.obstacle(
        sentence, [_certificate(evidence, fingerprint, registered), _register_key(evidence)], comparisons=(comparison,)
    )


def encryption_algorithm(situation: Situation) -> Obstacle:
    """Explain that an algorithm of the encryption is not accepted."""
    evidence = evidence_of(situation)
    methods = _methods(situation)
    weak = weak_names(situation)
    used = _RSA_1_5 if weak == ["rsa1_5"] else next(iter(methods), "")
    new = _OAEP if weak == ["rsa1_5"] else _GCM
    reason = {"rsa1_5": "whose padding can be attacked", "cbc": "which can be altered where no signature covers it"}
    sentence = f"the assertion is encrypted with {show(used)}" + (
        f", {reason[weak[0]]}" if weak else f"; {situation.refusal.expected} is demanded"
    )
    edits: list[Edit] = [setting(evidence, "encryption", path="EncryptionMethod/@Algorithm", old=used, new=new, to=show(new))]
    if weak:
        edits.append(_permit(evidence, weak))
    return evidence.obstacle(sentence, edits)


def encryption_form(situation: Situation) -> Obstacle:
    """Explain that the encrypted element does not have the form of XML Encryption."""
    evidence = evidence_of(situation)
    refusal = situation.refusal
    sentence = f"the encrypted element does not have the form of XML Encryption: found {refusal.found}, expected {refusal.expected}"
    edit = at_identity_provider(evidence, "encrypt as SAML Core 6 demands", path="Response/EncryptedAssertion")
    return evidence.obstacle(sentence, [edit])


def signature_form(situation: Situation) -> Obstacle:
    """Explain that the signature does not have the form that SAML demands."""
    evidence = evidence_of(situation)
    refusal = situation.refusal
    sentence = f"the signature does not have the form of SAML Core 5.4: found {refusal.found}, expected {refusal.expected}"
    return evidence.obstacle(sentence, [at_identity_provider(evidence, "sign as SAML Core 5.4 demands", path="Signature")])


def _methods(situation: Situation) -> list[str]:
    return [method or "" for each in situation.claims.get("encrypted", ()) for method in each["EncryptionMethods"]]


def _permit(evidence: Evidence, weak: list[str]) -> Edit:
    held = sorted(evidence.provider.permit) if evidence.provider else []
    wanted = sorted({*held, *weak})
    return in_settings(
        evidence,
        "permit",
        f"Permit {' and '.join(show(name) for name in weak)} for this provider, until the identity provider has changed.",
        old=", ".join(held) or None,
        new=", ".join(wanted),
        flags=[word for name in wanted for word in ("--permit", name)],
        lets_in=_WEAK_LETS_IN,
    )


def weak_names(situation: Situation) -> list[str]:
    """Return the names by which the weak algorithms that were refused can be permitted; empty where one of them has no such name."""
    if situation.refusal.check == "encryption-algorithm":
        found = situation.refusal.found
        return ["rsa1_5"] if "PKCS" in found else ["cbc"] if "AES-CBC" in found else []
    names: dict[str, None] = {}
    for each in situation.claims.get("signatures", ()):
        for known in (SIGNATURES.get(each["SignatureMethod"]), DIGESTS.get(each["DigestMethod"])):
            if known is None:
                return []
            if known.permit:
                names[known.permit] = None
    return list(names)


def _register_key(evidence: Evidence) -> Edit:
    provider = evidence.provider
    arn = "" if provider is None else provider.arn
    at_aws = shlex.join(["aws", "iam", "update-saml-provider", "--saml-provider-arn", arn, "--add-private-key", "file://key.pem"])
    return Edit(
        place=Place(owner="provider", file=file_of(evidence, "key.pem"), path="decryption_keys"),
        instruction=f"Register the private key whose certificate the identity provider encrypts to. At AWS: {at_aws}",
        command=update_command(evidence, ("--decryption-key", "key.pem")),
    )


def _certificate(evidence: Evidence, fingerprint: str, registered: list[str]) -> Edit:
    new = ", ".join(registered)
    to = f"the certificate of a registered key (SHA-256 of its key: {new})"
    return setting(evidence, "encryption", path="EncryptedKey/KeyInfo/X509Data/X509Certificate", old=fingerprint, new=new, to=to)


def _recipient(evidence: Evidence) -> str:
    named = next(iter(_recipients(evidence)), None)
    return "" if named is None else f" to the key SHA-256 {named[0][:16]}… of the certificate {show(named[1])}"


def _recipients(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Return the keys that the message says it is encrypted to: the SHA-256 of each in hex, and the subject of its certificate."""
    try:
        root = parse(decode_response(evidence.situation.token).octets).root
    except FederationError:
        return ()
    return tuple(islice(_encrypted_to(root), 2))


def _encrypted_to(root: Element) -> Iterator[tuple[str, str]]:
    for key in root.iter(f"{XENC}EncryptedKey"):
        for text in (each.text or "" for each in key.iterfind(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate")):
            try:
                certificate = x509.load_der_x509_certificate(base64_octets(text))
                spki = certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            except ValueError:
                continue
            yield hashlib.sha256(spki).hexdigest(), plain(certificate.subject.rfc4514_string())
