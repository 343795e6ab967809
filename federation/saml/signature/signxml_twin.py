"""A second verifier of signatures that uses the library signxml. It is slower than the built-in one and independent of it.

Structure and algorithms are checked by the same rules as in the built-in verifier; canonicalisation, digest and signature by signxml.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from federation.saml.registration.keys import Permit, VerificationKey
from federation.saml.signature.algorithms import weaknesses
from federation.saml.signature.proof import Verified, check_signed_info, fitting_keys
from federation.saml.signature.signed_info import SignedInfo, canonical_signed_info, read_signature, read_signed_info, refuse
from federation.saml.xml import ASSERTION, Element, reparse

_BEGIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
_END: Final = datetime(2100, 1, 1, tzinfo=UTC)
_NAME: Final = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "registered key")])
_FAULTS: Final = (SignXMLException, etree.LxmlError, ValueError, TypeError, LookupError)


class SignxmlVerifier:
    """Verifies enveloped signatures with signxml. See `federation.saml.signature.proof.Verifier`."""

    def verify(self, element: Element, signature: Element, keys: Sequence[VerificationKey], permit: Permit) -> Verified:
        """See `Verifier.verify`."""
        parts = read_signature(signature)
        info = read_signed_info(reparse(canonical_signed_info(parts)))
        method, digest_method = check_signed_info(info, element.get("ID"), permit)
        for key in fitting_keys(method, keys):
            octets = _verify(element, info, key)
            if octets is not None:
                return Verified(octets, key, weaknesses(key, method, digest_method))
        remedy = "register the IdP's current signing certificate, or check that the message was not changed"
        raise refuse("signature", "a signature by a registered key", "one that signxml does not verify", remedy)


def _verify(element: Element, info: SignedInfo, key: VerificationKey) -> bytes | None:
    """Return the canonical octets that *key* signed, or None where signxml refuses."""
    inside = element.tag == ASSERTION and element.getparent() is not None
    config = SignatureConfiguration(
        location=f"./{ASSERTION}/" if inside else "./",
        expect_references=1,
        signature_methods=frozenset({SignatureMethod(info.signature_method)}),
        digest_algorithms=frozenset({DigestAlgorithm(info.digest_method)}),
        verification_time=_BEGIN,
    )
    try:
        found = XMLVerifier().verify(
            element.getparent() if inside else element, x509_cert=_container(key), id_attribute="ID", expect_config=config
        )
    except _FAULTS:
        return None
    return found.signed_data if isinstance(found, VerifyResult) else None


def _container(key: VerificationKey) -> x509.Certificate:
    """Return a certificate of *key*, because signxml accepts keys only in certificates. Its own signature is not checked."""
    builder = x509.CertificateBuilder(subject_name=_NAME, issuer_name=_NAME, public_key=key.public_key, serial_number=1)
    return builder.not_valid_before(_BEGIN).not_valid_after(_END).sign(ed25519.Ed25519PrivateKey.generate(), None)
