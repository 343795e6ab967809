"""What is signed and how, and what is encrypted to whom: what is there, what is demanded, and the setting to change."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from federation.testing import Encryption, SigningKey
from tests.support.explaining import edit_of, element, explained, granted
from tests.support.sts import saml_login
from tests.support.sts.saml_login import AT, World, login, mint

AWS = World(provider=saml_login.provider(profile="aws"))


@cache
def recipient(name: str) -> SigningKey:
    return SigningKey.generate("rsa-2048", common_name=name, at=AT)


def encryption(name: str = "ours", **how: Any) -> Encryption:
    public = recipient(name).private.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    return Encryption(recipient=public, **how)


def private(name: str = "ours") -> bytes:
    return recipient(name).private.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.mark.parametrize(
    ("sign", "there"),
    [("response", "only the Response is signed"), (None, "neither the Response nor the Assertion is signed")],
)
def test_the_assertion_itself_must_be_signed_at_aws(sign: Any, there: str) -> None:
    explanation = explained(AWS, mint(sign=sign), check="signature-missing")
    assert explanation.cause == f"{there}; AWS demands a signature over the Assertion itself"
    edit = edit_of(explanation, "identity-provider")
    assert (edit.place.path, edit.new) == ("Assertion/Signature", "Assertion")
    assert explanation.aws_message is not None
    assert explanation.aws_message.startswith("Response (with optional signature) must contain an assertion with a mandatory signature")
    assert granted(AWS, mint(sign="assertion"))


def test_a_signature_over_the_response_that_only_the_registration_demands() -> None:
    world = World(provider=saml_login.provider(signed="response"))
    explanation = explained(world, mint(), check="signature-missing")
    assert explanation.cause == "only the Assertion is signed; the provider is registered to demand a signature over the Response"
    edit = edit_of(explanation, "provider")
    assert (edit.place.path, edit.old, edit.new) == ("signed", "response", "assertion")
    assert granted(World(provider=saml_login.provider(signed=edit.new)), mint())


def test_a_weak_algorithm_is_changed_or_permitted_by_name() -> None:
    weak = saml_login.forge().signing(algorithm="rsa-sha1", digest="sha1")
    explanation = explained(World(), mint(signing=weak), check="signature-algorithm")
    assert "`http://www.w3.org/2000/09/xmldsig#rsa-sha1`, which is weak" in explanation.cause
    first, second = explanation.first.edits
    assert (first.place.owner, first.new) == ("identity-provider", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
    assert (second.place.file, second.place.path, second.new) == ("saml-providers/Example/provider.toml", "permit", "rsa-sha1, sha1")
    assert second.lets_in
    assert granted(World(provider=saml_login.provider(permit=str(second.new).split(", "))), mint(signing=weak))


def test_an_inclusive_canonicalisation_is_named() -> None:
    inclusive = replace(saml_login.forge().signing(), canonicalization="http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
    inclusive = replace(inclusive, inclusive_prefixes=())
    explanation = explained(World(), mint(signing=inclusive), check="signature-algorithm")
    assert "depends on what stands around the element" in explanation.cause
    assert edit_of(explanation, "identity-provider").new == "http://www.w3.org/2001/10/xml-exc-c14n#"


def test_an_encrypted_assertion_without_a_registered_key() -> None:
    explanation = explained(World(), mint(encryption=encryption()), check="decryption-key")
    assert explanation.cause == "the assertion is encrypted, and the provider has no decryption key"
    edit = edit_of(explanation, "provider")
    assert edit.command == "federation account update-saml-provider --name Example --decryption-key key.pem"
    assert "--add-private-key file://key.pem" in edit.instruction
    assert granted(World(provider=saml_login.provider(decryption_keys=private())), mint(encryption=encryption()))


def named(name: str) -> Any:
    """Have the EncryptedKey name the certificate it is encrypted to."""

    def add(response: Any) -> None:
        key = element(response, "EncryptedKey")
        ds = "{http://www.w3.org/2000/09/xmldsig#}"
        info = etree.Element(f"{ds}KeyInfo")
        key.insert(1, info)
        data = etree.SubElement(info, f"{ds}X509Data")
        certificate = recipient(name).certificate.public_bytes(Encoding.PEM).decode()
        etree.SubElement(data, f"{ds}X509Certificate").text = "".join(certificate.splitlines()[1:-1])

    return add


def test_the_key_that_the_message_names_is_compared_with_ours() -> None:
    world = World(provider=saml_login.provider(decryption_keys=private("ours")))
    explanation = explained(world, mint(encryption=encryption("theirs"), after_signing=named("theirs")), check="decryption")
    cause = explanation.first.causes[0]
    assert "of the certificate `CN=theirs`" in cause.sentence
    ours = world.provider.decryption_keys[0].fingerprint
    assert cause.comparisons[0].expected == ours
    assert cause.comparisons[0].found != ours
    assert edit_of(explanation, "identity-provider").new == ours


def test_a_message_to_our_key_that_does_not_open_was_altered() -> None:
    world = World(provider=saml_login.provider(decryption_keys=private("ours")))
    explanation = explained(world, mint(encryption=encryption("theirs"), after_signing=named("ours")), check="decryption")
    assert "although it names the registered one, of `CN=ours`: the ciphertext was altered" in explanation.cause
    silent = explained(world, mint(encryption=encryption("theirs")), check="decryption")
    assert "the message does not say to which key it is encrypted" in silent.cause


def test_an_assertion_in_the_clear_where_encryption_is_required() -> None:
    world = World(provider=saml_login.provider(decryption_keys=private(), encryption="required"))
    explanation = explained(world, mint(), check="encryption")
    assert explanation.cause == "the assertion is not encrypted, and the provider is registered with encryption required"
    edit = edit_of(explanation, "identity-provider")
    assert (edit.old, edit.new) == ("Assertion", "EncryptedAssertion")


@pytest.mark.parametrize(
    ("how", "permit", "part", "new"),
    [
        ({"content": "aes256-cbc"}, "cbc", "can be altered", "http://www.w3.org/2009/xmlenc11#aes256-gcm"),
        ({"transport": "rsa-1_5"}, "rsa1_5", "whose padding can be attacked", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"),
    ],
)
def test_weak_encryption_is_changed_or_permitted_by_name(how: dict[str, Any], permit: str, part: str, new: str) -> None:
    world = World(provider=saml_login.provider(decryption_keys=private()))
    explanation = explained(world, mint(encryption=encryption(**how)), check="encryption-algorithm")
    assert part in explanation.cause
    first, second = explanation.first.edits
    assert first.new == new
    assert (second.place.path, second.new) == ("permit", permit)
    permitting = World(provider=saml_login.provider(decryption_keys=private(), permit=[permit]))
    assert granted(permitting, mint(encryption=encryption(**how)))


def test_malleable_ciphertext_tells_nothing_more() -> None:
    world = World(provider=saml_login.provider(decryption_keys=private("ours"), permit=["cbc"]))
    explanation = explained(world, mint(encryption=encryption("theirs", content="aes256-cbc")), check="decryption")
    assert explanation.cause.endswith("with AES-CBC no more is told")


def test_a_signature_of_another_form_is_shown() -> None:
    def lose(response: Any) -> None:
        element(response, "Reference").attrib.pop("URI")

    explanation = explained(World(), mint(after_signing=lose), check="signature-reference")
    assert "does not have the form of SAML Core 5.4" in explanation.cause


def test_the_login_of_these_tests_is_good() -> None:
    assert granted(World(), mint(login()))
