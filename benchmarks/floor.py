"""The lxml floor: the cost of verifying one signature with lxml and OpenSSL alone, without checks, structure or result."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from benchmarks.saml import Sample

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"


def lxml_floor(sample: Sample) -> Callable[[], object]:
    """Return base64 + parse + exclusive canonicalisation twice + digest + RSA, of the one assertion of *sample*."""
    public = sample.key.certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    token, scheme, algorithm = sample.token, padding.PKCS1v15(), hashes.SHA256()

    def run() -> None:
        assertion = etree.fromstring(base64.b64decode(token)).find(f"{SAML}Assertion")
        assert assertion is not None
        signature = assertion[1]
        info = signature[0]
        prefixes = ["xsd"] if info.find(".//{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces") is not None else None
        signed = etree.tostring(info, method="c14n", exclusive=True, with_comments=False)
        public.verify(base64.b64decode(signature[1].text or ""), signed, scheme, algorithm)
        assertion.remove(signature)
        octets = etree.tostring(assertion, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes)
        digest = info.findtext(f"{DS}Reference/{DS}DigestValue", "")
        assert hashlib.sha256(octets).digest() == base64.b64decode(digest)

    return run


def openssl_floor(sample: Sample) -> Callable[[], object]:
    """Return RSA and SHA-256 over given octets, which every verifier needs."""
    public = sample.key.certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    assertion = etree.fromstring(base64.b64decode(sample.token)).find(f"{SAML}Assertion")
    assert assertion is not None
    value = base64.b64decode(assertion.findtext(f"{DS}Signature/{DS}SignatureValue", ""))
    signed = etree.tostring(assertion[1][0], method="c14n", exclusive=True, with_comments=False)
    octets = etree.tostring(assertion, method="c14n", exclusive=True)

    def run() -> None:
        public.verify(value, signed, padding.PKCS1v15(), hashes.SHA256())
        hashlib.sha256(octets).digest()

    return run
