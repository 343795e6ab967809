"""The lower bounds: what verifying costs with lxml and OpenSSL alone, without checks, structure or result."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from benchmarks.matrix.model import Skip
from benchmarks.matrix.running import InProcess
from benchmarks.matrix.saml import SamlSample, judging, signed_parts

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
XENC = "{http://www.w3.org/2001/04/xmlenc#}"
EXCLUSIVE = "{http://www.w3.org/2001/10/xml-exc-c14n#}"

Verify = Callable[[bytes, bytes], object]
"""Verifies a signature value, as XML Signature writes it, over octets."""


def verifier(given: SamlSample) -> Verify:
    """Return the verification of the signer's signatures by OpenSSL."""
    public = given.forge.key.certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        scheme, digest = padding.PKCS1v15(), hashes.SHA256()
        return lambda value, octets: public.verify(value, octets, scheme, digest)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    curve_scheme = ec.ECDSA(hashes.SHA256())

    def verify(value: bytes, octets: bytes) -> None:
        half = len(value) // 2  # RFC 4050: r and s side by side
        der = encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))
        public.verify(der, octets, curve_scheme)

    return verify


def lxml_floor(given: SamlSample) -> InProcess:
    """Base64, parse, decryption where it is encrypted, and for each signature two canonicalisations, a digest and a verification."""
    verify, parts = verifier(given), tuple(signed_parts(given.case.sign))

    def judge(token: str) -> None:
        root = etree.fromstring(base64.b64decode(token))
        assertion = decrypted(root, given) if given.case.encrypted else root.find(f"{SAML}Assertion")
        for part in parts:
            element = root if part == "response" else assertion
            assert element is not None
            signed, value, octets, digest = canonical(element)
            verify(value, signed)
            if hashlib.sha256(octets).digest() != digest:
                raise ValueError("the digest differs")

    return judging(given, judge)


def openssl_floor(given: SamlSample) -> InProcess:
    """SHA-256 and the verification of the signatures over octets that are at hand."""
    if given.case.encrypted:
        raise Skip("what is signed is encrypted")
    verify, root = verifier(given), etree.fromstring(base64.b64decode(given.token))
    elements = [root if part == "response" else root.find(f"{SAML}Assertion") for part in signed_parts(given.case.sign)]
    needed = [canonical(element) for element in elements if element is not None]

    def run() -> None:
        for signed, value, octets, _ in needed:
            verify(value, signed)
            hashlib.sha256(octets).digest()

    return InProcess(run)


def canonical(element: etree._Element) -> tuple[bytes, bytes, bytes, bytes]:
    """Remove the signature of *element*; return canonical SignedInfo, signature value, canonical element and digest value."""
    signature = element[1]
    info = signature[0]
    listed = info.find(f".//{EXCLUSIVE}InclusiveNamespaces")
    prefixes = (listed.get("PrefixList") or "").split() if listed is not None else None
    signed = etree.tostring(info, method="c14n", exclusive=True, with_comments=False)
    element.remove(signature)
    octets = etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False, inclusive_ns_prefixes=prefixes)
    digest = info.findtext(f"{DS}Reference/{DS}DigestValue", "")
    return signed, base64.b64decode(signature[1].text or ""), octets, base64.b64decode(digest)


def decrypted(root: etree._Element, given: SamlSample) -> etree._Element:
    """Return the assertion that *root* has encrypted."""
    wrapped, sealed = (base64.b64decode(each.text or "") for each in root.iter(f"{XENC}CipherValue"))
    key = given.decryption.decrypt(wrapped, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))  # noqa: S303 - of the format
    return etree.fromstring(AESGCM(key).decrypt(sealed[:12], sealed[12:], None))
