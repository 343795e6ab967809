"""Decryption of EncryptedAssertion, EncryptedID and EncryptedAttribute (XML Encryption 1.1).

Decryption proves nothing (attack row E03): the caller has verified the ciphertext or will verify the plaintext. Every failure between the
key transport and the parsed plaintext gives the same refusal, so that it is no oracle (rows E01, E02). Refusals before a key is used
(structure, algorithms) name their cause, because they depend on no secret.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from federation.errors import FederationError, InvalidIdentityToken, show
from federation.saml.decode import base64_octets
from federation.saml.foreign import refuse_foreign_attributes
from federation.saml.registration.keys import DecryptionKey, Permit
from federation.saml.xml import DS, XENC, XENC11, Element, Message, local_name, malformed, parse, text

_XMLENC: Final = "http://www.w3.org/2001/04/xmlenc#"
_XMLENC11: Final = "http://www.w3.org/2009/xmlenc11#"
_MAX_ENCRYPTED_KEYS: Final = 2
_MAX_DECRYPTION_KEYS: Final = 2
"""Most private keys of a provider (IAM quota). With two EncryptedKeys a message causes at most four RSA operations (row E09)."""
_BLOCK: Final = 16
_TAG: Final = 16
_NONCE: Final = 12

GCM: Final = {f"{_XMLENC11}aes128-gcm": 16, f"{_XMLENC11}aes192-gcm": 24, f"{_XMLENC11}aes256-gcm": 32}
CBC: Final = {f"{_XMLENC}aes128-cbc": 16, f"{_XMLENC}aes192-cbc": 24, f"{_XMLENC}aes256-cbc": 32}
"""Content encryption with AES-CBC: identifier to length of the key in octets. 3DES is always refused because of its short blocks."""

_OAEP_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "http://www.w3.org/2000/09/xmldsig#sha1": hashes.SHA1(),  # noqa: S303 - OAEP does not need collision resistance
    f"{_XMLENC}sha256": hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384(),
    f"{_XMLENC}sha512": hashes.SHA512(),
}
_MASKS: Final[dict[str, hashes.HashAlgorithm]] = {
    f"{_XMLENC11}mgf1sha1": hashes.SHA1(),  # noqa: S303
    f"{_XMLENC11}mgf1sha256": hashes.SHA256(),
    f"{_XMLENC11}mgf1sha384": hashes.SHA384(),
    f"{_XMLENC11}mgf1sha512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class Encrypted:
    """The parts of an encrypted element before decryption.

    Attributes:
        content: Algorithm identifier of the content encryption, one of `GCM` or `CBC`.
        ciphertext: The octets, initialisation vector or nonce first.
        keys: The encrypted content keys, each with the padding of its key transport.
        weak: Names of its weak algorithms, permitted or not: ``cbc``, ``rsa1_5``.
    """

    content: str
    ciphertext: bytes
    keys: tuple[tuple[padding.AsymmetricPadding, bytes], ...]
    weak: tuple[str, ...]


def read_encrypted(container: Element) -> Encrypted:
    """Return the parts of an EncryptedAssertion, EncryptedID or EncryptedAttribute.

    Raises:
        InvalidIdentityToken: Check ``encryption-shape`` or ``encryption-algorithm``.
    """
    refuse_foreign_attributes(container, "encryption-shape")
    data = [child for child in container if child.tag == f"{XENC}EncryptedData"]
    beside = [child for child in container if child.tag == f"{XENC}EncryptedKey"]
    if len(data) != 1 or container[0] is not data[0] or len(data) + len(beside) != len(container):
        raise _shape("EncryptedData, then EncryptedKeys", container)
    if data[0].get("Type", f"{_XMLENC}Element") != f"{_XMLENC}Element":
        raise _shape("EncryptedData of Type #Element", container)
    content = _method(data[0]).get("Algorithm", "")
    if content not in GCM and content not in CBC:
        raise _algorithm(content, "AES-GCM")
    keys = _encrypted_keys(data[0], beside)
    wrapped = tuple((_transport(_method(key)), _cipher_value(key)) for key in keys)
    weak = (("cbc",) if content in CBC else ()) + (("rsa1_5",) if any(isinstance(p, padding.PKCS1v15) for p, _ in wrapped) else ())
    return Encrypted(content, _cipher_value(data[0]), wrapped, weak)


def check_content(encrypted: Encrypted, permit: Permit) -> None:
    """Refuse AES-CBC without a permit. With it, an attacker who changes the ciphertext has the padding oracle of row E01.

    Raises:
        InvalidIdentityToken: check ``encryption-algorithm``.
    """
    if "cbc" in encrypted.weak and "cbc" not in permit:
        raise _weak("AES-CBC without a signature over the ciphertext", "cbc")


def check_key_transport(encrypted: Encrypted, permit: Permit) -> None:
    """Refuse RSA PKCS#1 v1.5 without a permit (row E02).

    Raises:
        InvalidIdentityToken: check ``encryption-algorithm``.
    """
    if "rsa1_5" in encrypted.weak and "rsa1_5" not in permit:
        raise _weak("RSA PKCS#1 v1.5 key transport", "rsa1_5")


def decrypt(encrypted: Encrypted, keys: Sequence[DecryptionKey], *, container: Element, expected: str) -> Message:
    """Decrypt *encrypted* and parse the plaintext as one element with the expanded name *expected*.

    The plaintext is parsed with the namespaces in scope at *container* (XML Encryption 4.4), by the same parser as the message (attack rows
    E05 to E07).

    Raises:
        InvalidIdentityToken: Check ``decryption``. It is equal for every cause.
    """
    for plaintext in _plaintexts(encrypted, keys):
        try:
            return _parse_in_context(plaintext, container, expected)
        except FederationError:
            continue
    raise undecryptable()


def undecryptable() -> InvalidIdentityToken:
    """Return the refusal for every failure of decryption."""
    return malformed(
        "decryption",
        "an encrypted element that a registered key opens",
        "one that cannot be opened",
        "register the private key of the certificate the IdP encrypts to",
    )


def _plaintexts(encrypted: Encrypted, keys: Sequence[DecryptionKey]) -> list[bytes]:
    found = []
    for key in keys[:_MAX_DECRYPTION_KEYS]:
        for transport, wrapped in encrypted.keys:
            plaintext = _decipher(encrypted, _unwrap(key, transport, wrapped, encrypted.content))
            if plaintext is not None:
                found.append(plaintext)
    return found


def _unwrap(key: DecryptionKey, transport: padding.AsymmetricPadding, wrapped: bytes, content: str) -> bytes:
    """Return the content key; a random key where unwrapping fails, so that the failure equals that of a wrong key (row E02)."""
    length = GCM.get(content) or CBC[content]
    substitute = os.urandom(length)
    try:
        unwrapped = key.private_key.decrypt(wrapped, transport)
    except ValueError:
        return substitute
    return unwrapped if len(unwrapped) == length else substitute


def _decipher(encrypted: Encrypted, key: bytes) -> bytes | None:
    octets = encrypted.ciphertext
    if encrypted.content in GCM:
        if len(octets) < _NONCE + _TAG:
            return None
        try:
            return AESGCM(key).decrypt(octets[:_NONCE], octets[_NONCE:], None)
        except InvalidTag:
            return None
    if len(octets) < 2 * _BLOCK or len(octets) % _BLOCK:
        return None
    decryptor = Cipher(algorithms.AES(key), modes.CBC(octets[:_BLOCK])).decryptor()
    padded = decryptor.update(octets[_BLOCK:]) + decryptor.finalize()
    return padded[: -padded[-1]] if 1 <= padded[-1] <= _BLOCK else None


def _parse_in_context(plaintext: bytes, container: Element, expected: str) -> Message:
    """Parse *plaintext* as the only content of an element that declares the namespaces in scope at *container*.

    A plaintext that closes this element is not well-formed: it leaves a second root or unbalanced tags.
    """
    scope = cast("dict[str, str]", container.nsmap)  # the default namespace has the key None, which the type stubs omit
    frame = etree.tostring(etree.Element("context", nsmap=scope))
    head, tail = frame[:-2] + b">", b"</context>"
    root, comments = parse(head + plaintext + tail, framed=True)
    if len(root) != 1 or root[0].tag != expected or (root.text or "").strip() or (root[0].tail or "").strip():
        raise malformed("decryption", f"one {expected.rpartition('}')[2]}", "other content", "encrypt one element alone")
    root[0].tail = None
    return Message(root[0], comments)


def _encrypted_keys(data: Element, beside: list[Element]) -> list[Element]:
    """Return the EncryptedKeys in the KeyInfo or beside the EncryptedData. A RetrievalMethod may only refer to the latter (row E10)."""
    infos = [child for child in data if child.tag == f"{DS}KeyInfo"]
    if len(infos) > 1:
        raise _shape("at most one KeyInfo", data)
    inside = [child for info in infos for child in info if child.tag == f"{XENC}EncryptedKey"]
    for info in infos:
        for pointer in info.iterchildren(f"{DS}RetrievalMethod"):
            if len(pointer) or pointer.get("URI") not in {f"#{key.get('Id')}" for key in beside if key.get("Id")}:
                raise _shape("a RetrievalMethod that names an EncryptedKey beside the EncryptedData", data)
    keys = inside + beside
    if not 1 <= len(keys) <= _MAX_ENCRYPTED_KEYS:
        raise _shape(f"one or {_MAX_ENCRYPTED_KEYS} EncryptedKeys", data)
    return keys


def _method(element: Element) -> Element:
    methods = element.findall(f"{XENC}EncryptionMethod")
    if len(methods) != 1:
        raise _shape("one EncryptionMethod", element)
    return methods[0]


def _transport(method: Element) -> padding.AsymmetricPadding:
    """Return the padding of a key transport: OAEP with a known digest and mask, or PKCS#1 v1.5 (see `check_key_transport`)."""
    algorithm = method.get("Algorithm", "")
    if algorithm == f"{_XMLENC}rsa-1_5" and len(method) == 0:
        return padding.PKCS1v15()
    digests = [child.get("Algorithm", "") for child in method if child.tag == f"{DS}DigestMethod"]
    masks = [child.get("Algorithm", "") for child in method if child.tag == f"{XENC11}MGF"]
    if len(digests) > 1 or len(masks) > 1 or len(digests) + len(masks) != len(method):
        raise _shape("at most a DigestMethod and an MGF", method)
    digest = _OAEP_DIGESTS.get(digests[0] if digests else "http://www.w3.org/2000/09/xmldsig#sha1")
    mask = _MASKS.get(masks[0] if masks else f"{_XMLENC11}mgf1sha1")
    oaep = algorithm == f"{_XMLENC11}rsa-oaep" or (algorithm == f"{_XMLENC}rsa-oaep-mgf1p" and not masks)
    if not oaep or digest is None or mask is None:
        raise _algorithm(algorithm, "RSA-OAEP with SHA-1 or SHA-2")
    return padding.OAEP(padding.MGF1(mask), digest, None)


def _cipher_value(element: Element) -> bytes:
    """Return the CipherValue. A CipherReference, which fetches or transforms data, is refused (row E15)."""
    data = element.findall(f"{XENC}CipherData")
    if len(data) != 1 or len(data[0]) != 1 or data[0][0].tag != f"{XENC}CipherValue":
        raise _shape("one CipherData with a CipherValue", element)
    try:
        return base64_octets(text(data[0][0]))
    except ValueError:
        raise _shape("canonical base64 in CipherValue", element) from None


def _shape(expected: str, element: Element) -> InvalidIdentityToken:
    found = show(", ".join(local_name(child) for child in list(element)[:8]) or "nothing")
    return malformed("encryption-shape", f"{expected} in {local_name(element)}", found, "let the IdP encrypt as SAML Core 6 demands")


def _algorithm(found: str, expected: str) -> InvalidIdentityToken:
    return malformed("encryption-algorithm", expected, show(found), "let the IdP encrypt with AES-GCM and RSA-OAEP")


def _weak(found: str, permit: str) -> InvalidIdentityToken:
    return malformed(
        "encryption-algorithm",
        "AES-GCM content and RSA-OAEP key transport",
        found,
        f"let the IdP encrypt with AES-GCM and RSA-OAEP, or permit `{permit}` by name for this provider",
    )
