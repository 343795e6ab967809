"""A response proved: what comes out, and from which signature."""

import copy
from dataclasses import replace

import pytest
from lxml import etree

from federation import aws_texts
from federation.errors import InternalFailure, InvalidIdentityToken, RegistrationError
from federation.profiles import Profile
from federation.saml.decode import RawResponse
from federation.saml.registration.keys import load_decryption_key
from federation.saml.response import STAGES, _reached, examine_response
from federation.saml.signature.proof import SignedElement, SignedOctets
from federation.saml.verifiers import named
from federation.saml.xml import SAML
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
    refused,
    registered,
    signing_key,
    subject,
)


@pytest.mark.parametrize("verifier", ["strict", "signxml"])
@pytest.mark.parametrize("sign", ["assertion", "response", "both"])
def test_every_placing_of_the_signature_proves_the_assertion(sign: str, verifier: str) -> None:
    proved = prove(genuine(sign), Keys(verifier=verifier))
    assert subject(proved) == LOGIN.subject
    assert proved.assertion.signed.element == ("Response" if sign == "response" else "Assertion")
    assert proved.envelope.signed is (sign != "assertion")
    assert (proved.response is None) is (sign == "assertion")


@pytest.mark.parametrize("verifier", ["strict", "signxml"])
@pytest.mark.parametrize(
    ("kind", "algorithm", "digest"),
    [
        ("rsa-2048", "rsa-sha256", "sha256"),
        ("rsa-2048", "rsa-sha384", "sha384"),
        ("rsa-2048", "rsa-sha512", "sha512"),
        ("rsa-2048", "sha256-rsa-MGF1", "sha256"),
        ("rsa-2048", "sha512-rsa-MGF1", "sha512"),
        ("p256", "ecdsa-sha256", "sha256"),
        ("p384", "ecdsa-sha384", "sha512"),
        ("p521", "ecdsa-sha512", "sha512"),
    ],
)
def test_every_allowed_algorithm_proves(kind: str, algorithm: str, digest: str, verifier: str) -> None:
    idp = forge(kind)
    octets = idp.response(LOGIN, signing=idp.signing(algorithm=algorithm, digest=digest))
    assert subject(prove(octets, Keys(keys=registered(signing_key(kind)), verifier=verifier))) == LOGIN.subject


def test_the_second_registered_key_proves_and_is_named() -> None:
    old, new = signing_key(name="old"), signing_key()
    proved = prove(genuine(), Keys(keys=registered(old, signing_key("p256"), new)))
    assert proved.assertion.signed.key == registered(new)[0]
    assert registered(new)[0].fingerprint in proved.notes[0]


@pytest.mark.parametrize(("permit", "weak"), [({"sha1", "rsa-sha1"}, {"sha1", "rsa-sha1"})])
def test_weak_algorithms_prove_only_where_permitted_by_name_and_are_noted(permit: set[str], weak: set[str]) -> None:
    idp = forge()
    octets = idp.response(LOGIN, signing=idp.signing(algorithm="rsa-sha1", digest="sha1"))
    for short in [frozenset[str](), *(frozenset(permit - {name}) for name in permit)]:
        assert refused(octets, Keys(permit=short)).check == "signature-algorithm"
    proved = prove(octets, Keys(permit=frozenset(permit)))
    assert set(proved.assertion.signed.weak) == weak
    assert "weak algorithm used: sha1" in proved.notes


def test_prefix_lists_of_both_canonicalisations_are_honoured() -> None:
    idp = forge()
    proved = prove(idp.response(LOGIN, signing=replace(idp.signing(), inclusive_prefixes=("xs", "xsi", "#default"))))
    assert subject(proved) == LOGIN.subject


@pytest.mark.parametrize(("sign", "signed"), [("assertion", "response"), ("response", "assertion"), ("none", "either")])
def test_a_missing_signature_is_missing_whatever_else_is_signed(sign: str, signed: str) -> None:
    octets = forge().response(LOGIN, sign=None) if sign == "none" else genuine(sign)
    error = refused(octets, Keys(signed=signed))
    assert (error.check, error.message) == ("signature-missing", aws_texts.saml.UNSIGNED_ASSERTION)


def test_aws_wants_the_assertion_itself_signed_and_strict_does_not() -> None:
    octets = genuine("response")
    assert subject(prove(octets)) == LOGIN.subject
    error = refused(octets, Keys(profile=Profile.AWS))
    assert (error.check, error.message) == ("signature-missing", aws_texts.saml.UNSIGNED_ASSERTION)


def test_a_plain_assertion_where_encryption_is_required_gets_the_catch_all() -> None:
    error = refused(genuine(), Keys(encryption="required", decryption_keys=(own_decryption_key(),)))
    assert (error.check, error.message) == ("encryption", aws_texts.saml.MALFORMED)


def test_altered_text_is_refused_with_the_text_of_aws() -> None:
    def alter(root: etree._Element) -> None:
        part(root, ".//saml:NameID").text = "mallory@example.com"

    error = refused(changed(genuine(), alter))
    assert (error.check, error.message) == ("signature-digest", aws_texts.saml.SIGNATURE_INVALID)


def test_the_assertion_is_read_from_the_octets_that_were_signed() -> None:
    proved = prove(genuine("both"))
    again = etree.tostring(proved.assertion.element, method="c14n", exclusive=True, inclusive_ns_prefixes=["xsd"])
    assert again == proved.assertion.signed.octets
    assert b"Signature" not in proved.assertion.signed.octets


def test_nobody_else_can_make_the_types_that_mean_proved() -> None:
    proved = prove(genuine())
    with pytest.raises(TypeError):
        SignedOctets(object(), "Assertion", "_1", None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        SignedElement(object(), proved.assertion.element, proved.assertion.signed)
    with pytest.raises(AttributeError):
        proved.assertion.signed.octets = b""
    with pytest.raises(AttributeError):
        proved.assertion.element = None  # type: ignore[assignment]
    assert str(LOGIN.subject) not in repr(proved.assertion)


def test_examining_walks_the_same_stages_and_skips_after_the_refusal() -> None:
    results, proved = examine_response(RawResponse(genuine()), Keys())
    assert [r.outcome for r in results] == ["passed"] * len(STAGES)
    assert proved is not None
    results, proved = examine_response(RawResponse(b"<a/>"), Keys())
    assert [r.outcome for r in results] == ["passed", "refused", *["skipped"] * (len(STAGES) - 2)]
    assert proved is None


def test_what_does_not_open_is_refused_where_it_is_opened_unless_that_would_tell() -> None:
    """With ciphertext that anybody can change, the stage that refuses would be the oracle's answer (attack row E01)."""
    nobody = load_decryption_key(signing_key(name="attacker").private_pem())
    for content, stage in (("aes256-gcm", "decryption"), ("aes256-cbc", "assertion-signature")):
        keys = Keys(decryption_keys=(nobody,), permit=frozenset({"cbc"}))
        results, proved = examine_response(RawResponse(genuine("assertion", encryption(content=content))), keys)
        assert proved is None
        assert [(r.name, r.refusal.check) for r in results if r.refusal is not None] == [(stage, "decryption")]


@pytest.mark.parametrize("content", ["aes256-gcm", "aes256-cbc"])
def test_under_a_signature_over_the_ciphertext_the_reason_is_told(content: str) -> None:
    keys = Keys(decryption_keys=(own_decryption_key(),), signed="assertion")
    assert refused(genuine("response", encryption(content=content)), keys).check == "signature-missing"


def test_a_stage_that_lacks_what_comes_before_it_is_our_fault() -> None:
    with pytest.raises(InternalFailure):
        _reached(None)
    assert _reached(0) == 0


def test_one_child_of_a_name_is_taken_and_two_are_refused() -> None:
    proved = prove(genuine("response"))
    assert proved.response is not None
    response = proved.response
    assert response.child(f"{SAML}Nothing") is None
    found = response.child(f"{SAML}Assertion")
    assert found is not None
    assert found.element is response.element.find(f"{SAML}Assertion")
    response.element.append(copy.deepcopy(found.element))
    with pytest.raises(InvalidIdentityToken) as caught:
        response.child(f"{SAML}Assertion")
    assert caught.value.check == "assertion-count"


def test_a_rule_of_one_profile_blocks_nothing_in_the_report() -> None:
    results, proved = examine_response(RawResponse(genuine("response")), Keys())
    assert [(r.name, r.outcome) for r in results][-1] == ("assertion-signed", "refused")
    assert proved is not None


def test_an_unknown_verifier_is_a_fault_of_registration() -> None:
    with pytest.raises(RegistrationError) as caught:
        named("none")
    assert caught.value.check == "verifier"


def test_encrypted_identifiers_open_inside_signed_octets_alone() -> None:
    proved = prove(genuine("both", encryption()), Keys(decryption_keys=(own_decryption_key(),)))
    assert proved.encrypted
    assert proved.decrypt is not None
    assert prove(genuine()).decrypt is None
    assert proved.assertion.element.tag == f"{SAML}Assertion"
