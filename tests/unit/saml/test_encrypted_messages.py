"""Messages with encrypted parts: assertions, identifiers and attributes."""

import base64
import copy
from functools import partial

import pytest
from lxml import etree

from federation.errors import FederationError
from federation.saml.reading.assertion import read_assertion
from federation.saml.xml import DS, SAML, XENC, XENC11, Element
from federation.testing.encryption import encrypt_assertion
from tests.support.signatures import (
    LOGIN,
    Change,
    Keys,
    changed,
    encryption,
    forge,
    genuine,
    own_decryption_key,
    part,
    prove,
    refused,
    subject,
)


def hide_name_id(content: str = "aes256-gcm", transport: str = "rsa-oaep-mgf1p") -> bytes:
    """A signed assertion whose NameID is an EncryptedID."""

    def hide(root: Element) -> None:
        name_id = part(root, ".//saml:NameID")
        parent = name_id.getparent()
        assert parent is not None
        hidden = encrypt_assertion(name_id, encryption(content=content, transport=transport))
        hidden.tag = f"{SAML}EncryptedID"

    return genuine(before=hide)


@pytest.mark.parametrize("content", ["aes256-gcm", "aes256-cbc"])
def test_an_encrypted_id_inside_signed_octets_opens(content: str) -> None:
    proved = prove(hide_name_id(content), Keys(decryption_keys=(own_decryption_key(),)))
    assertion = read_assertion(proved.assertion.element, decrypt=proved.decrypt)
    assert assertion.subject is not None
    assert assertion.subject.name_id is not None
    assert assertion.subject.name_id.text == LOGIN.subject


def test_an_encrypted_id_holds_a_name_id_and_nothing_else() -> None:
    def hide(root: Element) -> None:
        wrong = copy.deepcopy(part(root, "saml:Assertion"))
        name_id = part(root, ".//saml:NameID")
        parent = name_id.getparent()
        assert parent is not None
        parent.replace(name_id, wrong)
        encrypt_assertion(wrong, encryption()).tag = f"{SAML}EncryptedID"

    proved = prove(genuine(before=hide), Keys(decryption_keys=(own_decryption_key(),)))
    with pytest.raises(FederationError) as caught:
        read_assertion(proved.assertion.element, decrypt=proved.decrypt)
    assert caught.value.check == "decryption"


def test_the_private_key_of_somebody_else_opens_nothing() -> None:
    def other(root: Element) -> None:
        value = part(root, f".//{XENC}EncryptedKey//{XENC}CipherValue")
        value.text = "AAAA"

    octets = forge().response(LOGIN, sign="assertion", encryption=encryption(), after_signing=other)
    assert refused(octets, Keys(decryption_keys=(own_decryption_key(),))).check == "decryption"


def test_the_plaintext_of_a_signed_response_is_proved_by_the_response() -> None:
    proved = prove(genuine("response", encryption()), Keys(decryption_keys=(own_decryption_key(),)))
    assert proved.assertion.signed.element == "Response"
    assert etree.QName(proved.assertion.element).localname == "Assertion"


OWN = Keys(decryption_keys=(own_decryption_key(),), permit=frozenset({"rsa1_5", "cbc"}))


def reshaped(change: Change, **how: object) -> FederationError:
    """The refusal of an encrypted assertion, sound but for *change*; nothing outside the ciphertext is signed."""
    return refused(changed(genuine("assertion", encryption(**how)), change), OWN)


def method(root: Element, of: str) -> Element:
    found = next(root.iter(f"{XENC}{of}")).find(f"{XENC}EncryptionMethod")
    assert found is not None
    return found


def ciphertext(octets: bytes) -> Change:
    def put(root: Element) -> None:
        root.findall(f".//{XENC}CipherValue")[-1].text = base64.b64encode(octets).decode()

    return put


@pytest.mark.parametrize("length", [1, 7, 8, 11, 12, 13, 16, 27, 28, 29])
def test_gcm_ciphertext_that_is_too_short_for_nonce_and_tag(length: int) -> None:
    assert reshaped(ciphertext(bytes(length)), content="aes256-gcm").check == "decryption"


@pytest.mark.parametrize("length", [1, 15, 16, 17, 31, 33, 47])
def test_cbc_ciphertext_that_is_not_in_blocks(length: int) -> None:
    assert reshaped(ciphertext(bytes(length)), content="aes256-cbc").check == "decryption"


@pytest.mark.parametrize("of", ["EncryptedData", "EncryptedKey"])
def test_an_encryption_method_is_there_and_once(of: str) -> None:
    def remove(root: Element) -> None:
        next(root.iter(f"{XENC}{of}")).remove(method(root, of))

    assert reshaped(remove).check == "encryption-shape"
    assert reshaped(lambda root: method(root, of).addnext(copy.deepcopy(method(root, of)))).check == "encryption-shape"


def parameters(*names: tuple[str, str]) -> Change:
    """Give the key transport these parameters and no others: element and Algorithm."""

    def put(root: Element) -> None:
        transport = method(root, "EncryptedKey")
        for child in list(transport):
            transport.remove(child)
        for tag, algorithm in names:
            etree.SubElement(transport, tag, Algorithm=algorithm)

    return put


SHA1, SHA256 = (f"{DS}DigestMethod", f"{DS[1:-1]}sha1"), (f"{DS}DigestMethod", f"{XENC[1:-1]}sha256")
MGF1_SHA1, MGF1_SHA256 = ((f"{XENC11}MGF", f"{XENC11[1:-1]}mgf1sha{size}") for size in (1, 256))


@pytest.mark.parametrize(
    ("transport", "given", "check"),
    [
        ("rsa-1_5", [SHA1], "encryption-algorithm"),
        ("rsa-1_5", [MGF1_SHA1], "encryption-algorithm"),
        ("rsa-1_5", [("{urn:x}Other", "")], "encryption-shape"),
        ("rsa-oaep-mgf1p", [MGF1_SHA1], "encryption-algorithm"),
        ("rsa-oaep-mgf1p", [SHA1, MGF1_SHA1], "encryption-algorithm"),
        ("rsa-oaep-mgf1p", [(f"{DS}DigestMethod", "urn:md5")], "encryption-algorithm"),
        ("rsa-oaep-mgf1p", [SHA256], "decryption"),
        ("rsa-oaep-mgf1p", [SHA1, SHA1], "encryption-shape"),
        ("rsa-oaep-mgf1p", [SHA1, ("{urn:x}Other", "")], "encryption-shape"),
        ("rsa-oaep", [MGF1_SHA1, MGF1_SHA1], "encryption-shape"),
        ("rsa-oaep", [SHA1, (f"{XENC11}MGF", "urn:mgf2")], "encryption-algorithm"),
        ("rsa-oaep", [SHA1, MGF1_SHA256], "decryption"),
        ("rsa-oaep", [SHA256, MGF1_SHA1], "decryption"),
    ],
)
def test_parameters_of_the_key_transport(transport: str, given: list[tuple[str, str]], check: str) -> None:
    assert reshaped(parameters(*given), transport=transport).check == check


@pytest.mark.parametrize(
    ("transport", "given"), [("rsa-oaep-mgf1p", []), ("rsa-oaep-mgf1p", [SHA1]), ("rsa-oaep", []), ("rsa-oaep", [SHA1, MGF1_SHA1])]
)
def test_absent_parameters_of_oaep_are_sha1(transport: str, given: list[tuple[str, str]]) -> None:
    octets = changed(genuine("assertion", encryption(transport=transport)), parameters(*given))
    assert subject(prove(octets, OWN)) == LOGIN.subject


def test_an_encrypted_id_needs_a_permit_for_its_key_transport() -> None:
    for permit, check in ((frozenset[str](), "encryption-algorithm"), (frozenset({"rsa1_5"}), None)):
        proved = prove(hide_name_id(transport="rsa-1_5"), Keys(decryption_keys=(own_decryption_key(),), permit=permit))
        if check is None:
            assert read_assertion(proved.assertion.element, decrypt=proved.decrypt).subject is not None
        else:
            with pytest.raises(FederationError) as caught:
                read_assertion(proved.assertion.element, decrypt=proved.decrypt)
            assert caught.value.check == check


def test_an_encrypted_attribute_holds_no_comments_for_nobody_would_be_told() -> None:
    def hide(root: Element, *, comment: bool) -> None:
        attribute = part(root, ".//saml:Attribute")
        if comment:
            attribute.insert(0, etree.Comment("c"))
        encrypt_assertion(attribute, encryption()).tag = f"{SAML}EncryptedAttribute"

    for comment in (False, True):
        proved = prove(genuine(before=partial(hide, comment=comment)), Keys(decryption_keys=(own_decryption_key(),)))
        if comment:
            with pytest.raises(FederationError) as caught:
                read_assertion(proved.assertion.element, decrypt=proved.decrypt)
            assert caught.value.check == "decryption"
        else:
            assert read_assertion(proved.assertion.element, decrypt=proved.decrypt).attributes["groups"] == ("engineering", "on-call")
