"""Encrypted identifiers, and the namespaces of a plaintext."""

import copy

import pytest
from lxml import etree

from federation.errors import FederationError
from federation.saml.assertion import read_assertion
from federation.saml.xml import SAML, XENC, Element
from federation.testing.encryption import encrypt_assertion
from tests.signed import LOGIN, Keys, encryption, forge, genuine, own_decryption_key, part, prove, refused


def hide_name_id(content: str = "aes256-gcm") -> bytes:
    """A signed assertion whose NameID is an EncryptedID."""

    def hide(root: Element) -> None:
        name_id = part(root, ".//saml:NameID")
        parent = name_id.getparent()
        assert parent is not None
        hidden = encrypt_assertion(name_id, encryption(content=content))
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
