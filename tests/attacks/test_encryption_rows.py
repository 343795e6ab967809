"""Section 5 of the attack matrix: encryption."""

import base64
import copy
import os
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from federation.errors import FederationError
from federation.profiles import Profile
from federation.saml import decryption
from federation.saml.decode import RawResponse
from federation.saml.reading.assertion import read_assertion
from federation.saml.response import examine_response
from federation.saml.xml import DS, SAML, XENC, Element
from tests.support.signatures import (
    LOGIN,
    Keys,
    changed,
    encryption,
    forge,
    genuine,
    own_decryption_key,
    part,
    prove,
    recipient,
    refused,
    signing_key,
    subject,
)

XENC_URI = XENC[1:-1]
NAME_ID = f'<saml:NameID xmlns:saml="{SAML[1:-1]}">{{}}</saml:NameID>'


def keys(**how: object) -> Keys:
    return Keys(decryption_keys=(own_decryption_key(),), **how)  # type: ignore[arg-type]


def sealed(plaintext: bytes, *, content: str = "http://www.w3.org/2009/xmlenc11#aes256-gcm", tag: int = 16) -> Element:
    """An EncryptedAssertion of any plaintext, which anybody can make with the public key alone."""
    key, nonce = os.urandom(32), os.urandom(12)
    wrapped = recipient().public_key().encrypt(key, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))  # noqa: S303
    cipher = nonce + AESGCM(key).encrypt(nonce, plaintext, None)
    if tag != 16:
        cipher = cipher[: tag - 16]
    xml = f"""<saml:EncryptedAssertion xmlns:saml="{SAML[1:-1]}"><x:EncryptedData xmlns:x="{XENC_URI}" Type="{XENC_URI}Element">
    <x:EncryptionMethod Algorithm="{content}"/><k:KeyInfo xmlns:k="{DS[1:-1]}"><x:EncryptedKey>
    <x:EncryptionMethod Algorithm="{XENC_URI}rsa-oaep-mgf1p"/><x:CipherData>
    <x:CipherValue>{base64.b64encode(wrapped).decode()}</x:CipherValue></x:CipherData></x:EncryptedKey></k:KeyInfo><x:CipherData><x:CipherValue>{base64.b64encode(cipher).decode()}</x:CipherValue>
    </x:CipherData></x:EncryptedData></saml:EncryptedAssertion>"""
    return etree.fromstring(xml)


def carrying(plaintext: bytes, **how: object) -> bytes:
    """An unsigned Response with *plaintext* in place of its assertion."""

    def replace(root: Element) -> None:
        root.replace(part(root, "saml:Assertion"), sealed(plaintext, **how))  # type: ignore[arg-type]

    return changed(genuine(), replace)


def assertion(octets: bytes) -> bytes:
    return etree.tostring(part(etree.fromstring(octets), "saml:Assertion"))


@pytest.mark.parametrize("verifier", ["strict", "signxml"])
@pytest.mark.parametrize("sign", ["assertion", "response", "both"])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"content": "aes128-gcm", "transport": "rsa-oaep", "digest": "sha256", "mask": "sha256"},
        {"transport": "rsa-oaep", "digest": "sha512", "mask": "sha1", "key_beside": True},
        {"content": "aes256-cbc", "digest": "sha256"},
    ],
)
def test_what_is_allowed_opens(how: dict[str, object], sign: str, verifier: str) -> None:
    permit = frozenset({"cbc"}) if how.get("content") == "aes256-cbc" and sign == "assertion" else frozenset[str]()
    proved = prove(genuine(sign, encryption(**how)), keys(permit=permit, verifier=verifier))
    assert (subject(proved), proved.encrypted) == (LOGIN.subject, True)


def test_E01_cbc_only_under_a_verified_response_signature_or_by_permit_or_as_aws() -> None:
    octets = genuine("assertion", encryption(content="aes128-cbc"))
    assert refused(octets, keys()).check == "encryption-algorithm"
    assert subject(prove(octets, keys(permit=frozenset({"cbc"})))) == LOGIN.subject
    assert subject(prove(octets, keys(profile=Profile.AWS))) == LOGIN.subject
    assert subject(prove(genuine("both", encryption(content="aes128-cbc")), keys())) == LOGIN.subject


def test_E01_every_change_of_cbc_ciphertext_gets_the_same_words() -> None:
    octets = genuine("assertion", encryption(content="aes128-cbc"))
    answers = set()
    values = etree.fromstring(octets).findall(f".//{XENC}CipherValue")
    cipher = base64.b64decode(values[-1].text or "")
    for place in [0, 1, 15, 16, 40, len(cipher) - 33, len(cipher) - 17, len(cipher) - 1]:
        spoiled = bytearray(cipher)
        spoiled[place] ^= 1

        def spoil(root: Element, spoiled: bytes = bytes(spoiled)) -> None:
            root.findall(f".//{XENC}CipherValue")[-1].text = base64.b64encode(spoiled).decode()

        error = refused(changed(octets, spoil), keys(permit=frozenset({"cbc"})))
        answers.add((str(error), error.message, told(changed(octets, spoil))))
    unsigned = genuine("none", encryption(content="aes128-cbc"))
    answers.add((*next(iter(answers))[:2], told(unsigned)))
    assert len(answers) == 1
    assert next(iter(answers))[0].startswith("InvalidIdentityToken: decryption:")


def told(octets: bytes) -> str:
    """What a report says of a message with CBC ciphertext that nobody signed."""
    results, proved = examine_response(RawResponse(octets), keys(permit=frozenset({"cbc"})))
    assert proved is None
    return str([result.as_dict() for result in results])


def test_E01_E02_wrong_key_wrong_padding_wrong_tag_get_the_same_words() -> None:
    octets = genuine("assertion", encryption(transport="rsa-1_5"))
    permit = frozenset({"rsa1_5"})
    assert subject(prove(octets, keys(permit=permit))) == LOGIN.subject
    answers = set()
    for index in (0, 1):
        for place in (0, 3, -1):

            def spoil(root: Element, index: int = index, place: int = place) -> None:
                value = root.findall(f".//{XENC}CipherValue")[index]
                cipher = bytearray(base64.b64decode(value.text or ""))
                cipher[place] ^= 1
                value.text = base64.b64encode(cipher).decode()

            answers.add(str(refused(changed(octets, spoil), keys(permit=permit))))
    assert len(answers) == 1


@pytest.mark.parametrize("transport", ["rsa-1_5", "rsa-oaep-mgf1p"])
@pytest.mark.parametrize("length", [None, 0, 16, 31, 33, 64])
def test_E02_what_does_not_unwrap_is_deciphered_all_the_same_with_a_key_nobody_knows(
    transport: str, length: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever could tell a failed unwrapping from a failed decryption, by time or by a known substitute, has Bleichenbacher's oracle."""
    used: list[bytes] = []

    def recording(key: bytes) -> AESGCM:
        used.append(key)
        return AESGCM(key)

    monkeypatch.setattr(decryption, "AESGCM", recording)
    scheme = padding.PKCS1v15() if transport == "rsa-1_5" else padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
    wrapped = os.urandom(255) if length is None else recipient().public_key().encrypt(os.urandom(length), scheme)
    wrapped = wrapped.rjust(256, b"\0")

    def spoil(root: Element) -> None:
        root.findall(f".//{XENC}CipherValue")[0].text = base64.b64encode(wrapped).decode()
        next(root.iter(f"{XENC}EncryptedKey"))[0].set("Algorithm", f"{XENC_URI}{transport}")

    octets = changed(carrying(assertion(genuine())), spoil)
    for _ in range(2):
        assert refused(octets, keys(permit=frozenset({"rsa1_5"}))).check == "decryption"
    assert [len(key) for key in used] == [32, 32]
    # OpenSSL itself answers a failed PKCS#1 v1.5 unwrapping with octets made from the ciphertext and the private key.
    assert transport == "rsa-1_5" or used[0] != used[1]
    for known in (bytes(32), b"\xff" * 32):
        assert known not in used


def test_E02_pkcs1_v15_needs_a_permit_even_under_a_signature() -> None:
    assert refused(genuine("both", encryption(transport="rsa-1_5")), keys()).check == "encryption-algorithm"
    assert refused(genuine("both", encryption(transport="rsa-1_5")), keys(profile=Profile.AWS)).check == "encryption-algorithm"


def test_E03_encrypting_proves_nothing() -> None:
    forged = forge().response(LOGIN, sign=None)
    assert refused(carrying(assertion(forged)), keys()).check == "signature-missing"
    by_attacker = forge(name="attacker").response(LOGIN)
    assert refused(carrying(assertion(by_attacker)), keys()).check == "signature"


@pytest.mark.parametrize("first", [0, 1])
def test_E04_plain_and_encrypted_together(first: int) -> None:
    def add(root: Element) -> None:
        plain = part(root, "saml:Assertion")
        root.insert(root.index(plain) + first, sealed(assertion(genuine())))

    assert refused(changed(genuine(), add), keys()).check == "assertion-count"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda plain: plain * 2,
        lambda plain: b"text" + plain,
        lambda plain: plain + b"text",
        lambda plain: b"<x/>" + plain,
        lambda plain: genuine(),
        lambda plain: b"",
        lambda plain: b"</context>" + plain + b"<context>",
        lambda plain: b'<?xml version="1.0"?>' + plain,
        lambda plain: b"<!DOCTYPE x>" + plain,
        lambda plain: b'<!DOCTYPE x [<!ENTITY e "v">]>' + plain.replace(b"alice", b"&e;"),
        lambda plain: b"<?pi?>" + plain,
        lambda plain: b"<!-- -->" + plain,
        lambda plain: plain + b"<!-- -->",
        lambda plain: plain.replace(b"alice", b"al<!-- -->ice"),
        lambda plain: plain.replace(b"alice", b"\xff"),
        lambda plain: plain.decode().encode("utf-16"),
    ],
)
def test_E05_E06_other_plaintexts(wrap: Callable[[bytes], bytes]) -> None:
    assert refused(carrying(wrap(assertion(genuine()))), keys()).check == "decryption"


def test_E05_E06_comments_between_the_elements_of_the_plaintext_are_left_out_with_a_note() -> None:
    def comment(root: Element) -> None:
        part(root, "saml:Assertion").insert(1, etree.Comment(" made by idp "))

    proved = prove(genuine("both", encryption(), before=comment), keys())
    assert subject(proved) == LOGIN.subject
    assert proved.notes[-1].startswith("comments between elements were left out (1)")


def test_E05_an_assertion_inside_the_assertion() -> None:
    plain = etree.fromstring(assertion(genuine()))
    part(plain, "saml:Subject").append(copy.deepcopy(plain))
    assert refused(carrying(etree.tostring(plain)), keys()).check == "assertion-count"


def test_E05_an_id_of_the_envelope_inside_the_plaintext() -> None:
    octets = genuine()
    response_id = etree.fromstring(octets).get("ID", "")
    plain = assertion(octets).replace(b"<saml2:AuthnStatement ", f'<saml2:AuthnStatement ID="{response_id}" '.encode(), 1)
    assert refused(carrying(plain), keys()).check == "duplicate-id"


def bare(prefix: str, declarations: str) -> bytes:
    """A message whose plaintext leaves the prefix of SAML, *prefix*, to the surroundings, which bear *declarations*."""
    plain = assertion(genuine())
    own = b' xmlns:saml2="%b"' % SAML[1:-1].encode()
    fragment = plain.replace(own, b"", 1)
    assert fragment != plain
    # The signature inside no longer fits under another prefix; that the plaintext was opened shows in what is refused.
    if prefix != "saml2":
        fragment = fragment.replace(b"<saml2:", f"<{prefix}:".encode() if prefix else b"<")
        fragment = fragment.replace(b"</saml2:", f"</{prefix}:".encode() if prefix else b"</")
    octets = carrying(fragment).replace(b"saml2:", b"outer:").replace(b"xmlns:saml2=", b"xmlns:outer=")
    start = b"<outer:EncryptedAssertion>"
    assert octets.count(start) == 1
    return octets.replace(start, start[:-1] + f" {declarations}>".encode())


URI = SAML[1:-1]


@pytest.mark.parametrize(
    ("prefix", "declarations", "check"),
    [
        ("saml2", f'xmlns:saml2="{URI}"', None),
        ("saml2", f"""xmlns:saml2="{URI}" xmlns:q="urn:q?a=1&amp;b='2'" """, None),
        ("p", f'xmlns:p="{URI}"', "signature-digest"),
        ("", f'xmlns="{URI}"', "signature-digest"),
        ("outer", "", "signature-digest"),
        ("saml2", "", "decryption"),
        ("saml2", 'xmlns:saml2="urn:other"', "decryption"),
        ("", "", "decryption"),
        ("", 'xmlns="urn:other"', "decryption"),
    ],
)
def test_E07_namespaces_come_from_the_surroundings_and_from_nowhere_else(prefix: str, declarations: str, check: str | None) -> None:
    octets = bare(prefix, declarations)
    if check is None:
        assert subject(prove(octets, keys())) == LOGIN.subject
    else:
        assert refused(octets, keys()).check == check


@pytest.mark.parametrize("tag", [0, 4, 12, 15])
def test_E08_short_tags(tag: int) -> None:
    assert refused(carrying(assertion(genuine()), tag=tag), keys()).check == "decryption"


def test_E09_many_encrypted_keys() -> None:
    def multiply(root: Element) -> None:
        key = part(root, f".//{XENC}EncryptedKey")
        for _ in range(99):
            key.addnext(copy.deepcopy(key))

    assert refused(changed(carrying(assertion(genuine())), multiply), keys()).check == "encryption-shape"


@pytest.mark.parametrize("uri", ["http://127.0.0.1/key", "#self", "", "#"])
def test_E10_retrieval_methods_point_to_a_sibling_or_nowhere(uri: str) -> None:
    def point(root: Element) -> None:
        etree.SubElement(part(root, f".//{DS}KeyInfo"), f"{DS}RetrievalMethod", URI=uri, Id="self")

    assert refused(changed(carrying(assertion(genuine())), point), keys()).check == "encryption-shape"


def test_E12_the_ciphertext_of_another_message_under_this_signature() -> None:
    def swap(root: Element) -> None:
        root.replace(part(root, "saml:EncryptedAssertion"), sealed(assertion(genuine())))

    assert refused(changed(genuine("both", encryption()), swap), keys()).check == "signature-digest"


@pytest.mark.parametrize("content", ["tripledes-cbc", "kw-aes128", "aes512-gcm", "", "AES256-GCM"])
def test_E13_other_content_algorithms(content: str) -> None:
    octets = carrying(assertion(genuine()), content=f"{XENC_URI}{content}")
    for permit in (frozenset[str](), frozenset({"cbc", "rsa1_5"})):
        assert refused(octets, keys(permit=permit)).check == "encryption-algorithm"
    assert refused(octets, keys(profile=Profile.AWS)).check == "encryption-algorithm"


def test_E13_other_key_transports() -> None:
    for wrong in ("rsa-oaep", "kw-aes128", ""):
        octets = carrying(assertion(genuine())).replace(b"#rsa-oaep-mgf1p", f"#{wrong}".encode())
        assert refused(octets, keys()).check == "encryption-algorithm"


@pytest.mark.parametrize("tag", [f"{SAML}EncryptedAssertion", f"{DS}KeyInfo"])
def test_X19_foreign_attributes_around_the_ciphertext(tag: str) -> None:
    octets = changed(carrying(assertion(genuine())), lambda root: next(root.iter(tag)).set("{urn:foreign}Id", "_x"))
    assert refused(octets, keys()).check == "encryption-shape"


def test_E14_encryption_inside_encryption() -> None:
    assert refused(carrying(etree.tostring(sealed(assertion(genuine())))), keys()).check == "decryption"


def test_E15_cipher_references() -> None:
    def refer(root: Element) -> None:
        value = root.findall(f".//{XENC}CipherValue")[-1]
        value.tag = f"{XENC}CipherReference"
        value.set("URI", "http://127.0.0.1/x")

    assert refused(changed(carrying(assertion(genuine())), refer), keys()).check == "encryption-shape"


def test_without_a_decryption_key_the_refusal_says_so() -> None:
    assert refused(genuine("both", encryption())).check == "decryption-key"
    assert signing_key().private_pem() not in str(refused(genuine("both", encryption()))).encode()


@pytest.mark.parametrize(
    ("plaintext", "check"),
    [
        (NAME_ID.format("alice<!---->@example.com"), "decryption"),
        (NAME_ID.format("alice<?x y?>@example.com"), "decryption"),
        ("<!---->" + NAME_ID.format("alice"), "decryption"),
        (NAME_ID.format("a") + NAME_ID.format("b"), "decryption"),
        (f'<saml:Assertion xmlns:saml="{SAML[1:-1]}" ID="_x"/>', "decryption"),
        (NAME_ID.format("a<x/>"), "text"),
        ("<!DOCTYPE x>" + NAME_ID.format("a"), "decryption"),
    ],
)
def test_E11_an_encrypted_identifier_is_one_name_and_keeps_its_rules(plaintext: str, check: str) -> None:
    def hide(root: Element) -> None:
        name_id = part(root, ".//saml:Subject/saml:NameID")
        container = etree.Element(f"{SAML}EncryptedID")
        container.append(sealed(plaintext.encode())[0])
        parent = name_id.getparent()
        assert parent is not None
        parent.replace(name_id, container)

    proved = prove(genuine(before=hide), keys())
    with pytest.raises(FederationError) as caught:
        read_assertion(proved.assertion.element, decrypt=proved.decrypt)
    assert caught.value.check == check


def test_E11_without_a_key_an_encrypted_identifier_is_refused() -> None:
    def hide(root: Element) -> None:
        name_id = part(root, ".//saml:Subject/saml:NameID")
        name_id.tag = f"{SAML}EncryptedID"

    proved = prove(genuine(before=hide))
    with pytest.raises(FederationError) as caught:
        read_assertion(proved.assertion.element, decrypt=proved.decrypt)
    assert caught.value.check == "decryption-key"
