"""EncryptedAssertion for forged messages, with the primitives of `cryptography`."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from federation.testing import names

_CONTENT: Final = {
    "aes128-cbc": (f"{names.XENC}aes128-cbc", 16),
    "aes256-cbc": (f"{names.XENC}aes256-cbc", 32),
    "aes128-gcm": (f"{names.XENC11}aes128-gcm", 16),
    "aes256-gcm": (f"{names.XENC11}aes256-gcm", 32),
}
_TRANSPORT: Final = {
    "rsa-oaep-mgf1p": f"{names.XENC}rsa-oaep-mgf1p",
    "rsa-oaep": f"{names.XENC11}rsa-oaep",
    "rsa-1_5": f"{names.XENC}rsa-1_5",
}
_DIGESTS: Final[dict[str, tuple[str, type[hashes.HashAlgorithm]]]] = {
    "sha1": (f"{names.DS}sha1", hashes.SHA1),
    "sha256": (f"{names.XENC}sha256", hashes.SHA256),
    "sha384": ("http://www.w3.org/2001/04/xmldsig-more#sha384", hashes.SHA384),
    "sha512": (f"{names.XENC}sha512", hashes.SHA512),
}
_BLOCK: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """How an assertion is encrypted.

    Attributes:
        recipient: Public key of the service provider.
        content: ``aes128-gcm``, ``aes256-gcm``, ``aes128-cbc`` or ``aes256-cbc``.
        transport: ``rsa-oaep-mgf1p``, ``rsa-oaep`` (XML Encryption 1.1) or ``rsa-1_5``.
        digest: OAEP digest: ``sha1``, ``sha256``, ``sha384``, ``sha512``.
        mask: Digest of the mask generation function. ``rsa-oaep-mgf1p`` always has SHA-1.
        key_beside: Whether EncryptedKey is a sibling of EncryptedData instead of a child of its KeyInfo.
        entropy: Function that returns random octets for keys and initialisation vectors, by length in octets.
    """

    recipient: rsa.RSAPublicKey
    content: str = "aes256-gcm"
    transport: str = "rsa-oaep-mgf1p"
    digest: str = "sha1"
    mask: str = "sha1"
    key_beside: bool = False
    entropy: Callable[[int], bytes] = os.urandom


def encrypt_assertion(assertion: etree._Element, encryption: Encryption) -> etree._Element:
    """Return the EncryptedAssertion of *assertion* and put it in place of *assertion* in its parent.

    The plaintext is serialised separately, so that it declares every namespace that it uses.
    """
    uri, length = _CONTENT[encryption.content]
    key = encryption.entropy(length)
    saml = next((prefix for prefix, ns in assertion.nsmap.items() if ns == names.SAML), "saml")
    whole = etree.Element(f"{{{names.SAML}}}EncryptedAssertion", nsmap=names.bound((saml, names.SAML)))
    data = etree.SubElement(whole, f"{{{names.XENC}}}EncryptedData", {"Type": f"{names.XENC}Element"}, nsmap={"xenc": names.XENC})
    etree.SubElement(data, f"{{{names.XENC}}}EncryptionMethod", {"Algorithm": uri})
    info = etree.SubElement(data, f"{{{names.DS}}}KeyInfo", nsmap={"ds": names.DS})
    (whole if encryption.key_beside else info).append(_encrypted_key(key, encryption))
    sealed = _sealed(etree.tostring(assertion, with_tail=False), key, encryption)
    _cipher_value(data, sealed)
    parent = assertion.getparent()
    if parent is not None:
        parent.replace(assertion, whole)
    return whole


def _encrypted_key(key: bytes, encryption: Encryption) -> etree._Element:
    element = etree.Element(f"{{{names.XENC}}}EncryptedKey", nsmap={"xenc": names.XENC})
    method = etree.SubElement(element, f"{{{names.XENC}}}EncryptionMethod", {"Algorithm": _TRANSPORT[encryption.transport]})
    if encryption.transport != "rsa-1_5":
        etree.SubElement(method, f"{{{names.DS}}}DigestMethod", {"Algorithm": _DIGESTS[encryption.digest][0]}, nsmap={"ds": names.DS})
    if encryption.transport == "rsa-oaep":
        etree.SubElement(
            method, f"{{{names.XENC11}}}MGF", {"Algorithm": f"{names.XENC11}mgf1{encryption.mask}"}, nsmap={"xenc11": names.XENC11}
        )
    _cipher_value(element, encryption.recipient.encrypt(key, _padding(encryption)))
    return element


def _padding(encryption: Encryption) -> AsymmetricPadding:
    if encryption.transport == "rsa-1_5":
        return PKCS1v15()
    mask = encryption.mask if encryption.transport == "rsa-oaep" else "sha1"
    return OAEP(mgf=MGF1(_DIGESTS[mask][1]()), algorithm=_DIGESTS[encryption.digest][1](), label=None)


def _sealed(plain: bytes, key: bytes, encryption: Encryption) -> bytes:
    if encryption.content.endswith("gcm"):
        nonce = encryption.entropy(12)
        return nonce + AESGCM(key).encrypt(nonce, plain, None)
    vector = encryption.entropy(_BLOCK)
    missing = _BLOCK - len(plain) % _BLOCK
    # XML Encryption 5.2: the last octet counts the padding, the others are arbitrary.
    padded = plain + bytes(missing - 1) + bytes([missing])
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return vector + encryptor.update(padded) + encryptor.finalize()


def _cipher_value(parent: etree._Element, octets: bytes) -> None:
    data = etree.SubElement(parent, f"{{{names.XENC}}}CipherData")
    etree.SubElement(data, f"{{{names.XENC}}}CipherValue").text = b64encode(octets).decode()
