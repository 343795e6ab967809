"""One encrypted element: its shape, its keys, and what its plaintext may be."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from federation.errors import FederationError
from federation.saml.decryption import Encrypted, decrypt, read_encrypted
from federation.saml.registration.keys import load_decryption_key
from federation.saml.xml import DS, XENC, XENC11, Element
from tests.support.signatures import (
    own_decryption_key,
    recipient,
    signing_key,
)

GCM_KEYS, CBC_KEYS = {"aes128-gcm": 16, "aes192-gcm": 24, "aes256-gcm": 32}, {"aes128-cbc": 16, "aes192-cbc": 24, "aes256-cbc": 32}
OAEP = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - inside OAEP no collision resistance is needed
CONTAINER = etree.fromstring('<a xmlns="urn:x"/>')


def wrapped(key: bytes) -> tuple[padding.AsymmetricPadding, bytes]:
    return OAEP, recipient().public_key().encrypt(key, OAEP)


def gcm(plaintext: bytes, key: bytes) -> bytes:
    return bytes(12) + AESGCM(key).encrypt(bytes(12), plaintext, None)


def cbc(padded: bytes, key: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
    return bytes(16) + encryptor.update(padded) + encryptor.finalize()


def opened(content: str, ciphertext: bytes, *keys: bytes) -> bytes:
    """The canonical form of the element that is opened with the content *keys*, each wrapped to our key; empty where it is refused."""
    uri = (XENC11 if content.endswith("gcm") else XENC)[1:-1] + content
    encrypted = Encrypted(uri, ciphertext, tuple(map(wrapped, keys)), ())
    try:
        message = decrypt(encrypted, [own_decryption_key()], container=CONTAINER, expected="{urn:x}a")
    except FederationError as refusal:
        return b"" if refusal.check == "decryption" else refusal.check.encode()
    assert message.root.tail is None
    return etree.tostring(message.root, method="c14n")


@pytest.mark.parametrize(("content", "length"), [*GCM_KEYS.items(), *CBC_KEYS.items()])
def test_every_content_algorithm_opens_with_a_key_of_its_length(content: str, length: int) -> None:
    key = bytes(range(length))
    ciphertext = gcm(b"<a/>", key) if content in GCM_KEYS else cbc(b"<a/>" + bytes(11) + b"\x0c", key)
    assert opened(content, ciphertext, key) == b'<a xmlns="urn:x"></a>'
    for other in (bytes(length), key[:-1], key + b"\0"):
        assert opened(content, ciphertext, other) == b""


@pytest.mark.parametrize("pad", range(18))
def test_cbc_padding_says_its_own_length(pad: int) -> None:
    """The other octets of the padding are anything (XML Encryption 5.2)."""
    key, room = bytes(16), 32 - max(pad, 1)
    for rest in (b"\0", b"\xff", b"<"):
        padded = b"<a/>".ljust(room) + rest * (max(pad, 1) - 1) + bytes([pad])
        assert opened("aes128-cbc", cbc(padded, key), key) == (b'<a xmlns="urn:x"></a>' if 1 <= pad <= 16 else b"")


def test_one_block_is_enough_for_a_small_element() -> None:
    assert opened("aes128-cbc", cbc(b"<a/>" + bytes(11) + b"\x0c", bytes(16)), bytes(16)) == b'<a xmlns="urn:x"></a>'
    assert opened("aes128-cbc", cbc(b" " * 15 + b"\x0f", bytes(16)), bytes(16)) == b""
    assert opened("aes128-gcm", gcm(b"", bytes(16)), bytes(16)) == b""


@pytest.mark.parametrize("plaintext", [b"<a/>", b" <a/>", b"<a/>\n", b"\t<a/>\r\n"])
def test_white_space_around_the_element_is_left_out(plaintext: bytes) -> None:
    assert opened("aes128-gcm", gcm(plaintext, bytes(16)), bytes(16)) == b'<a xmlns="urn:x"></a>'


@pytest.mark.parametrize(
    "plaintext", [b"", b" ", b"x", b"x<a/>", b"<a/>x", b"<a/><a/>", b"<b/>", b'<a xmlns=""/>', b"<b/><a/>", b"<a>", b"</context>"]
)
def test_anything_but_the_one_element_is_refused(plaintext: bytes) -> None:
    assert opened("aes128-gcm", gcm(plaintext, bytes(16)), bytes(16)) == b""


def test_the_second_key_opens_what_the_first_only_garbles() -> None:
    key = bytes(16)
    ciphertext = cbc(b"<a/>".ljust(31) + b"\x01", key)
    decryptors = ((bytes([n]) * 16, Cipher(algorithms.AES(bytes([n]) * 16), modes.CBC(bytes(16))).decryptor()) for n in range(1, 256))
    garbles = next(other for other, decryptor in decryptors if 1 <= decryptor.update(ciphertext[16:])[-1] <= 16)
    assert opened("aes128-cbc", ciphertext, garbles) == b""
    assert opened("aes128-cbc", ciphertext, garbles, key) == opened("aes128-cbc", ciphertext, key) == b'<a xmlns="urn:x"></a>'


def test_two_of_our_keys_are_tried_and_no_third() -> None:
    other = load_decryption_key(signing_key(name="attacker").private_pem())
    encrypted = Encrypted(f"{XENC11[1:-1]}aes128-gcm", gcm(b"<a/>", bytes(16)), (wrapped(bytes(16)),), ())
    assert decrypt(encrypted, [other, own_decryption_key()], container=CONTAINER, expected="{urn:x}a").root.tag == "{urn:x}a"
    with pytest.raises(FederationError) as caught:
        decrypt(encrypted, [other, other, own_decryption_key()], container=CONTAINER, expected="{urn:x}a")
    assert caught.value.check == "decryption"


VALUE = "<e:CipherData><e:CipherValue>AAAA</e:CipherValue></e:CipherData>"
KEY_METHOD = f'<e:EncryptionMethod Algorithm="{XENC[1:-1]}rsa-oaep-mgf1p"/>'
KEY = f'<e:EncryptedKey Id="_k">{KEY_METHOD}{VALUE}</e:EncryptedKey>'
METHOD = f'<e:EncryptionMethod Algorithm="{XENC11[1:-1]}aes256-gcm"/>'
INFO = f"<d:KeyInfo>{KEY}</d:KeyInfo>"
POINTER = '<d:RetrievalMethod URI="{}"/>'


def container(inside: str) -> Element:
    return etree.fromstring(f'<c xmlns:e="{XENC[1:-1]}" xmlns:d="{DS[1:-1]}" xmlns:x="urn:x">{inside}</c>')


def data(inside: str, kind: str = f'Type="{XENC[1:-1]}Element"') -> str:
    return f"<e:EncryptedData {kind}>{inside}</e:EncryptedData>"


@pytest.mark.parametrize(
    ("inside", "keys"),
    [
        (data(METHOD + INFO + VALUE), 1),
        (data(METHOD + INFO + VALUE, ""), 1),
        (data(METHOD + f"<d:KeyInfo><d:KeyName>k</d:KeyName>{KEY}<d:X509Data/></d:KeyInfo>" + VALUE), 1),
        (data(METHOD + f"<d:KeyInfo>{KEY}{KEY}</d:KeyInfo>" + VALUE), 2),
        (data(METHOD + VALUE) + KEY, 1),
        (data(METHOD + VALUE) + KEY + KEY, 2),
        (data(METHOD + INFO + VALUE) + KEY, 2),
        (data(METHOD + f"<d:KeyInfo>{POINTER.format('#_k')}</d:KeyInfo>" + VALUE) + KEY, 1),
        (data(METHOD + INFO + VALUE.replace("AAAA", " AA\n AA ")), 1),
    ],
)
def test_where_encrypted_keys_stand(inside: str, keys: int) -> None:
    found = read_encrypted(container(inside))
    assert (len(found.keys), found.ciphertext, found.weak) == (keys, bytes(3), ())
    assert {octets for _, octets in found.keys} == {bytes(3)}


@pytest.mark.parametrize(
    "inside",
    [
        "",
        KEY,
        KEY + data(METHOD + INFO + VALUE),
        data(METHOD + INFO + VALUE) * 2,
        data(METHOD + INFO + VALUE) + "<x:Other/>",
        "<x:Other/>" + data(METHOD + INFO + VALUE),
        data(METHOD + INFO + VALUE, f'Type="{XENC[1:-1]}Content"'),
        data(METHOD + INFO + VALUE, 'Type=""'),
        data(METHOD + VALUE),
        data(METHOD + "<d:KeyInfo><d:KeyName>k</d:KeyName></d:KeyInfo>" + VALUE),
        data(METHOD + "<d:KeyInfo/>" + INFO + VALUE),
        data(METHOD + f"<d:KeyInfo>{KEY}{KEY}{KEY}</d:KeyInfo>" + VALUE),
        data(METHOD + INFO + VALUE) + KEY + KEY,
        data(METHOD + f"<d:KeyInfo>{POINTER.format('#_k')}{KEY}</d:KeyInfo>" + VALUE),
        data(METHOD + f"<d:KeyInfo>{POINTER.format('#None')}</d:KeyInfo>" + VALUE) + KEY.replace(' Id="_k"', ""),
        data(METHOD + f"<d:KeyInfo>{POINTER.format('#')}</d:KeyInfo>" + VALUE) + KEY.replace("_k", ""),
        data(METHOD + "<d:KeyInfo><d:RetrievalMethod/></d:KeyInfo>" + VALUE) + KEY,
        data(METHOD + '<d:KeyInfo><d:RetrievalMethod URI="#_k"><d:Transforms/></d:RetrievalMethod></d:KeyInfo>' + VALUE) + KEY,
        data(METHOD + INFO),
        data(METHOD + INFO + VALUE + VALUE),
        data(METHOD + INFO + "<e:CipherData/>"),
        data(METHOD + INFO + VALUE.replace("CipherValue", "CipherReference")),
        data(METHOD + INFO + VALUE.replace("</e:CipherData>", "<e:CipherValue>AAAA</e:CipherValue></e:CipherData>")),
        data(METHOD + INFO + VALUE.replace("AAAA", "AAB=")),
        data(METHOD + INFO + VALUE.replace("AAAA", "A")),
        data(METHOD + INFO.replace("AAAA", "AAA=A") + VALUE),
    ],
)
def test_any_other_shape_is_refused(inside: str) -> None:
    with pytest.raises(FederationError) as caught:
        read_encrypted(container(inside))
    assert caught.value.check == "encryption-shape"


def test_oaep_with_the_digests_of_sha_2() -> None:
    for size, algorithm in (("sha384", hashes.SHA384()), ("sha512", hashes.SHA512())):
        uri = f"{XENC[1:-1]}sha512" if size == "sha512" else "http://www.w3.org/2001/04/xmldsig-more#sha384"
        parts = f'<d:DigestMethod Algorithm="{uri}"/><f:MGF xmlns:f="{XENC11[1:-1]}" Algorithm="{XENC11[1:-1]}mgf1{size}"/>'
        transport = f'<e:EncryptionMethod Algorithm="{XENC11[1:-1]}rsa-oaep">{parts}</e:EncryptionMethod>'
        ((found, _),) = read_encrypted(container(data(METHOD + INFO.replace(KEY_METHOD, transport) + VALUE))).keys
        assert isinstance(found, padding.OAEP)
        assert (found.algorithm.name, found.mgf._algorithm.name) == (algorithm.name, algorithm.name)
