"""Whose key signed a response that no registered key verifies: rotated, another provider's, altered, or not to be told."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from federation.account import Account
from federation.explanation import Explanation
from federation.saml.registration.provider import SamlProvider
from federation.testing import Encryption, SamlForge, SigningKey, to_base64
from federation.testing.encryption import encrypt_assertion
from tests.support.explaining import edit_of, element, explained, granted, refusal
from tests.support.sts import saml_login
from tests.support.sts.saml_login import PROVIDER, World, login, mint
from tests.support.world import ACCOUNT

OTHER_PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Second"


@cache
def new_key(kind: str = "rsa-2048") -> SigningKey:
    return SigningKey.generate(kind, common_name="rotated", at=datetime(2026, 11, 1, tzinfo=UTC))


def forged(key: SigningKey, **how: Any) -> str:
    forge = replace(saml_login.forge(), key=key)
    return to_base64(forge.response(login(), **{"sign": "assertion", **how}))


def fingerprint(forge: SamlForge) -> str:
    return SamlProvider.from_metadata(forge.metadata(), arn=PROVIDER).keys[0].fingerprint


def says_nothing_open(explanation: Explanation) -> None:
    """The diagnosis offers no way in: what is to be registered comes from the identity provider, not from the message."""
    for edit in explanation.first.edits:
        assert not edit.changes
        assert edit.new is None or "BEGIN" not in edit.new


@pytest.mark.parametrize("kind", ["rsa-2048", "p256"])
def test_a_rotated_certificate_is_told_from_an_altered_message(kind: str) -> None:
    rotated = replace(saml_login.forge(), key=new_key(kind))
    check = "signature" if kind == "rsa-2048" else "signature-algorithm"
    explanation = explained(World(), forged(new_key(kind)), check=check)
    cause, edit = explanation.first.causes[0], edit_of(explanation, "provider")
    was, now = fingerprint(saml_login.forge()), fingerprint(rotated)
    begins = "the identity provider changed its signing certificate: the response is intact and signed by `CN=rotated` (SHA-256 "
    assert cause.sentence.startswith(begins)
    assert f"(SHA-256 {now[:16]}…, valid from 2026-11-01 to 2036-10-29), which is not registered" in cause.sentence
    assert f"registered is SHA-256 {was[:16]}…, valid from 2026-01-01 to 2035-12-30" in cause.sentence
    assert (cause.comparisons[0].expected, cause.comparisons[0].found) == (was, now)
    assert cause.unverified
    assert (edit.old, edit.new, edit.place.file) == (was, now, "saml-providers/Example/metadata.xml")
    assert f"has the SHA-256 fingerprint {now}" in edit.instruction
    assert "aws iam update-saml-provider" in edit.instruction
    assert edit.command == "federation account update-saml-provider --name Example --metadata metadata.xml"
    says_nothing_open(explanation)
    replaced = SamlProvider.from_metadata(rotated.metadata(), arn=PROVIDER)
    assert granted(World(provider=replaced), forged(new_key(kind)))


def test_nothing_is_granted_by_the_carried_key() -> None:
    token = forged(new_key())
    assert refusal(World(), token).explanation.first.edits
    assert refusal(World(), token).check == "signature"


def test_what_would_refuse_after_the_signature_is_told_as_unverified() -> None:
    forge = replace(saml_login.forge(), key=new_key())
    token = to_base64(forge.response(login(audiences=("urn:other",)), sign="assertion"))
    explanation = explained(World(), token, check="signature")
    assert [each.causes[0].check for each in explanation.later] == ["sp-name-qualifier", "audience"][: len(explanation.later)]
    assert all(each.causes[0].unverified for each in explanation.later)


def test_a_stranger_is_no_rotation() -> None:
    forge = SamlForge(key=new_key(), issuer="https://stranger.example.com")
    explanation = explained(World(), to_base64(forge.response(login(), sign="assertion")), check="signature")
    assert "the response is of `https://stranger.example.com`, another identity provider" in explanation.cause


def test_the_key_of_another_provider_of_the_account_is_found() -> None:
    class Two(World):
        @property
        def account(self) -> Account:
            account = super().account
            forge = SamlForge(key=new_key(), issuer="https://second.example.com")
            other = SamlProvider.from_metadata(forge.metadata(), arn=OTHER_PROVIDER)
            return replace(account, saml_providers={**account.saml_providers, OTHER_PROVIDER: other})

    explanation = explained(Two(), forged(new_key()), check="signature")
    assert f"signed by a certificate of the provider `{OTHER_PROVIDER}`; the call names `{PROVIDER}`" in explanation.cause
    edit = edit_of(explanation, "call")
    assert (edit.place.path, edit.old, edit.new) == ("PrincipalArn", PROVIDER, OTHER_PROVIDER)


def renamed(response: Any) -> None:
    element(response, "NameID").text = "somebody-else"


def indented(response: Any) -> None:
    etree.indent(response)


def test_content_that_was_changed_is_altered_and_no_rotation() -> None:
    explanation = explained(World(), mint(after_signing=renamed), check="signature-digest")
    assert explanation.cause == (
        "a registered key signed the response, and its content was altered afterwards: the signed digest is of other content"
    )
    assert [edit.place.owner for edit in explanation.first.edits] == ["token"]
    assert explanation.later == ()


def test_indentation_is_undone_to_be_told() -> None:
    explanation = explained(World(), mint(after_signing=indented), check="signature")
    assert "it was indented; without the white space between its elements it verifies" in explanation.cause


def test_a_changed_message_of_a_new_key_is_both() -> None:
    explanation = explained(World(), forged(new_key(), after_signing=renamed), check="signature")
    assert "which is not registered, and its content was altered afterwards" in explanation.cause
    assert [edit.place.owner for edit in explanation.first.edits] == ["token", "provider"]
    assert not explanation.first.alternatives


def test_a_changed_signature_value_is_altered() -> None:
    def flip(response: Any) -> None:
        value = element(response, "SignatureValue")
        text = (value.text or "").strip()
        value.text = ("AAAA" if text[:4] != "AAAA" else "BBBB") + text[4:]

    explanation = explained(World(), mint(after_signing=flip), check="signature")
    assert explanation.cause.startswith(
        "the signature does not fit the text it signs, although it carries the certificate `CN=exchange tests`"
    )
    assert [edit.place.owner for edit in explanation.first.edits] == ["token"]


def test_without_a_certificate_nothing_is_guessed() -> None:
    signing = replace(saml_login.forge().signing(), key_info="none")
    explanation = explained(World(), forged(new_key(), signing=signing), check="signature")
    assert "the response carries no certificate in the clear, so whether it was altered" in explanation.cause
    assert edit_of(explanation, "provider").new is None


def test_an_assertion_that_was_encrypted_after_signing_is_told() -> None:
    ours = new_key()
    public = ours.private.public_key()
    assert isinstance(public, rsa.RSAPublicKey)

    def encrypt(response: Any) -> None:
        encrypt_assertion(element(response, "Assertion"), Encryption(recipient=public))

    pem = ours.private.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    world = World(provider=saml_login.provider(decryption_keys=pem))
    explanation = explained(world, mint(sign="response", after_signing=encrypt), check="signature-digest")
    assert explanation.cause.endswith("with the assertion in the clear the signature fits")
    assert edit_of(explanation, "identity-provider").instruction.endswith("encrypt the assertion first, and sign the Response after that.")
