"""Registration: what is no usable provider is refused when it is registered."""

import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from unittest.mock import ANY

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import federation
from federation.errors import FederationError, RegistrationError
from federation.profiles import Profile
from federation.saml.registration.keys import VerificationKey, load_certificates, load_decryption_key, verification_key
from federation.saml.registration.provider import SamlProvider
from federation.saml.verifiers import named
from tests.support.saml import (
    ARN,
    ISSUER,
    SIGN_IN,
    decryption_pem,
    forge,
    good_login,
    judge,
    provider,
    respond,
    signing_key,
    to_service_provider,
)

PEM = signing_key().certificate_pem()


def der() -> bytes:
    return signing_key().certificate.public_bytes(Encoding.DER)


def test_defaults_are_those_of_aws() -> None:
    registered = provider()
    assert registered.kind == "saml2-response"
    assert registered.profile is Profile.STRICT
    assert registered.audiences == {"urn:amazon:webservices", SIGN_IN}
    assert registered.max_age == timedelta(minutes=5)
    assert registered.clock_skew == timedelta(0)
    assert registered.permit == frozenset()
    assert (registered.encryption, registered.signed, registered.verifier) == ("allowed", "either", "strict")
    assert (registered.account, registered.doc) == ("123456789012", "123456789012/SAML-test")


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        (SIGN_IN, True),
        ("https://eu-central-1.signin.aws.amazon.com/saml", True),
        ("https://us-iso-east-1.signin.aws.amazon.com/saml", True),
        ("https://signin.aws.amazon.com/static/saml", True),
        ("https://signin.aws.amazon.com/saml/", False),
        ("https://signin.aws.amazon.com/saml?x", False),
        ("https://signin.aws.amazon.com:443/saml", False),
        ("http://signin.aws.amazon.com/saml", False),
        ("https://signin.aws.amazon.com.evil.example/saml", False),
        ("https://evil.signin.aws.amazon.com/saml", False),
        ("https://signinXaws.amazon.com/saml", False),
        ("https://SIGNIN.aws.amazon.com/saml", False),
        ("https://signin.aws.amazon.com/saml\n", False),
        ("https://signin.amazonaws.cn/saml", False),
        ("https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSPABC", False),
        ("", False),
    ],
)
def test_where_responses_are_taken(url: str, *, ours: bool) -> None:
    assert provider().receives_at(url) is ours


def test_registered_recipients_replace_the_default() -> None:
    own = "https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSPABC"
    registered = provider(recipients=[own])
    assert registered.receives_at(own)
    assert not registered.receives_at(SIGN_IN)


def test_other_partitions() -> None:
    china = provider(arn="arn:aws-cn:iam::123456789012:saml-provider/SAML-test")
    assert china.audiences == {"urn:amazon:webservices:cn-north-1", "https://signin.amazonaws.cn/saml"}
    assert china.receives_at("https://cn-north-1.signin.amazonaws.cn/saml")
    assert not china.receives_at(SIGN_IN)
    government = provider(arn="arn:aws-us-gov:iam::123456789012:saml-provider/SAML-test")
    assert government.audiences == {"urn:amazon:webservices:govcloud", "https://signin.amazonaws-us-gov.com/saml"}
    assert government.receives_at("https://signin.amazonaws-us-gov.com/saml")


def test_a_partition_whose_sign_in_nobody_knows() -> None:
    unknown = "arn:aws-iso:iam::123456789012:saml-provider/SAML-test"
    incomplete: list[dict[str, Any]] = [{}, {"audiences": ["urn:a"]}, {"recipients": ["urn:b"]}]
    for words in incomplete:
        with pytest.raises(RegistrationError) as refused:
            provider(arn=unknown, **words)
        assert (refused.value.check, refused.value.expected) == ("audience", "audiences and recipients for partition `aws-iso`")
    registered = provider(arn=unknown, audiences=["urn:a"], recipients=["urn:b"])
    assert registered.audiences == {"urn:a"}
    assert registered.receives_at("urn:b")
    assert not registered.receives_at(SIGN_IN)


@pytest.mark.parametrize(
    "material",
    [PEM, PEM.decode(), der(), [PEM], (PEM, PEM), load_certificates(PEM), [*load_certificates(PEM)]],
    ids=["pem", "text", "der", "list", "twice", "keys", "list of keys"],
)
def test_certificates_in_every_form(material: Any) -> None:
    [key] = provider(certificates=material).keys
    assert key.fingerprint == load_certificates(PEM)[0].fingerprint


def test_a_generator_is_read_once() -> None:
    registered = provider(certificates=(pem for pem in [PEM]), entity_ids=(i for i in [ISSUER]), audiences=(a for a in ["urn:a"]))
    assert len(registered.keys) == 1
    assert registered.entity_ids == {ISSUER}
    assert registered.audiences == {"urn:a"}


@cache
def elliptic_keys(number: int) -> list[VerificationKey]:
    return [verification_key(ec.generate_private_key(ec.SECP256R1()).public_key()) for _ in range(number)]


def test_as_much_as_the_limits_allow_is_taken() -> None:
    registered = provider(
        certificates=elliptic_keys(10),
        entity_ids=["e", "e" * 2048, *(f"urn:{n}" for n in range(8))],
        audiences=[f"urn:{n}" for n in range(100)],
        recipients=["r", "r" * 2048],
        notes=("a", "b"),
    )
    assert (len(registered.keys), len(registered.entity_ids), len(registered.audiences)) == (10, 10, 100)
    assert registered.notes == ("a", "b")


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "no certificate": ({"certificates": []}, "keys"),
    "None as certificate": ({"certificates": None}, "certificate"),
    "text as certificate": ({"certificates": "not a certificate"}, "certificate"),
    "private key as certificate": ({"certificates": signing_key().private_pem()}, "certificate"),
    "eleven keys": ({"certificates": elliptic_keys(11)}, "keys"),
    "number as certificate": ({"certificates": [1]}, "certificate"),
    "bytearray as certificate": ({"certificates": [bytearray(PEM)]}, "certificate"),
    "no entity id": ({"entity_ids": []}, "entity-id"),
    "empty entity id": ({"entity_ids": ""}, "entity-id"),
    "number as entity id": ({"entity_ids": 5}, "entity-id"),
    "bytes as entity id": ({"entity_ids": b"x"}, "entity-id"),
    "eleven entity ids": ({"entity_ids": [f"urn:{n}" for n in range(11)]}, "entity-id"),
    "long entity id": ({"entity_ids": "e" * 2049}, "entity-id"),
    "no audience": ({"audiences": []}, "audience"),
    "number among the audiences": ({"audiences": ["urn:a", 5]}, "audience"),
    "octets among the audiences": ({"audiences": [b"urn:a"]}, "audience"),
    "long audience": ({"audiences": ["urn:a", "a" * 2049]}, "audience"),
    "too many audiences": ({"audiences": [f"urn:{n}" for n in range(101)]}, "audience"),
    "number as audiences": ({"audiences": 5}, "audience"),
    "number as recipients": ({"recipients": 5}, "recipient"),
    "text as audiences": ({"audiences": "urn:a"}, "audience"),
    "no recipient": ({"recipients": ()}, "recipient"),
    "empty recipient": ({"recipients": [""]}, "recipient"),
    "arn": ({"arn": "SAML-test"}, "provider-arn"),
    "arn of a role": ({"arn": "arn:aws:iam::123456789012:role/SAML-test"}, "provider-arn"),
    "arn of another service": ({"arn": "arn:aws:sts::123456789012:saml-provider/SAML-test"}, "provider-arn"),
    "arn with a long name": ({"arn": f"arn:aws:iam::123456789012:saml-provider/{'a' * 129}"}, "provider-arn"),
    "arn without name": ({"arn": "arn:aws:iam::123456789012:saml-provider/"}, "provider-arn"),
    "arn without account": ({"arn": "arn:aws:iam::aws:saml-provider/SAML-test"}, "provider-arn"),
    "arn with a path": ({"arn": "arn:aws:iam::123456789012:saml-provider/a/b"}, "provider-arn"),
    "arn None": ({"arn": None}, "provider-arn"),
    "permit": ({"permit": {"md5"}}, "permit"),
    "permit as text": ({"permit": "sha1"}, "permit"),
    "max_age zero": ({"max_age": timedelta(0)}, "max-age"),
    "max_age bool": ({"max_age": True}, "max-age"),
    "max_age text": ({"max_age": "300"}, "max-age"),
    "max_age beyond the calendar": ({"max_age": 10**20}, "max-age"),
    "negative skew": ({"clock_skew": timedelta(seconds=-1)}, "clock-skew"),
    "great skew": ({"clock_skew": timedelta(seconds=601)}, "clock-skew"),
    "skew fraction": ({"clock_skew": 0.5}, "clock-skew"),
    "great skew number": ({"clock_skew": 601}, "clock-skew"),
    "encryption": ({"encryption": "sometimes"}, "encryption"),
    "required without key": ({"encryption": "required"}, "encryption"),
    "signed": ({"signed": "none"}, "signed"),
    "profile": ({"profile": "lax"}, "profile"),
    "verifier": ({"verifier": "none"}, "verifier"),
    "decryption key": ({"decryption_keys": "no key"}, "decryption-key"),
    "decryption key None": ({"decryption_keys": None}, "decryption-key"),
    "decryption key number": ({"decryption_keys": [5]}, "decryption-key"),
    "notes as list": ({"notes": ["a"]}, "notes"),
    "notes as text": ({"notes": "a"}, "notes"),
    "number among the notes": ({"notes": ("a", 5)}, "notes"),
    # It is equal to every name, and none.
    "encryption that equals everything": ({"encryption": ANY}, "encryption"),
    "profile of another type": ({"profile": 5}, "profile"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    words, check = REFUSED[what]
    with pytest.raises(RegistrationError) as refused:
        provider(**words)
    assert refused.value.check == check
    assert "MII" not in str(refused.value)


def test_a_verifier_that_is_not_installed_is_refused_at_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "federation.saml.signature.signxml_twin", None)
    named.cache_clear()
    with pytest.raises(RegistrationError) as refused:
        provider(verifier="signxml")
    assert refused.value.check == "verifier"


def test_immutable_and_silent_about_keys() -> None:
    registered = provider(decryption_keys=decryption_pem())
    with pytest.raises(AttributeError):
        registered.profile = Profile.AWS  # type: ignore[misc]
    assert repr(registered) == f"<SamlProvider {ARN} strict>"


def test_reprofiled_shares_everything_else() -> None:
    strict = provider(decryption_keys=[load_decryption_key(decryption_pem())], clock_skew=timedelta(seconds=5))
    aws = strict.reprofiled("aws")
    assert (aws.profile, strict.profile) == (Profile.AWS, Profile.STRICT)
    assert aws.keys is strict.keys
    assert aws.decryption_keys is strict.decryption_keys
    assert aws.clock_skew == timedelta(seconds=5)
    with pytest.raises(RegistrationError):
        strict.reprofiled("lax")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signed", "sign", "check"),
    [
        ("either", "assertion", None),
        ("either", "response", None),
        ("either", "both", None),
        ("assertion", "response", "signature-missing"),
        ("assertion", "both", None),
        ("response", "assertion", "signature-missing"),
        ("response", "both", None),
        ("either", None, "signature-missing"),
    ],
)
def test_what_must_be_signed(signed: str, sign: str | None, check: str | None) -> None:
    verdict = judge(respond(sign=sign), provider(signed=signed))
    assert (verdict.check if isinstance(verdict, FederationError) else None) == check


def test_rollover_and_strangers() -> None:
    both = provider(certificates=[PEM, signing_key("idp-next-rsa2048").certificate_pem()])
    for key in ("idp-rsa2048", "idp-next-rsa2048"):
        assert isinstance(judge(respond(key=key), both), federation.VerifiedIdentity)
    stranger = judge(respond(key="stranger-rsa2048"), both)
    assert isinstance(stranger, FederationError)
    assert stranger.check == "signature"


def test_encryption_required() -> None:
    registered = provider(encryption="required", decryption_keys=decryption_pem())
    assert isinstance(judge(respond(encryption=to_service_provider()), registered), federation.VerifiedIdentity)
    plain = judge(respond(), registered)
    assert isinstance(plain, FederationError)
    assert plain.check == "encryption"


def test_from_metadata_is_the_same_registration() -> None:
    registered = SamlProvider.from_metadata(forge().metadata(), arn=ARN, profile="aws", clock_skew=timedelta(seconds=1))
    assert registered.entity_ids == {ISSUER}
    assert [key.fingerprint for key in registered.keys] == [key.fingerprint for key in provider().keys]
    assert (registered.profile, registered.clock_skew) == (Profile.AWS, timedelta(seconds=1))
    assert SamlProvider.from_metadata(forge().metadata(), arn=ARN).clock_skew == timedelta(0)
    assert any("its validity is not enforced" in note for note in registered.notes)


def test_certificate_dates_decide_nothing() -> None:
    registered = provider()
    ends = registered.keys[0].not_after
    assert ends is not None
    late = ends + timedelta(days=1)
    identity = judge(respond(good_login(at=late)), registered, at=late)
    assert isinstance(identity, federation.VerifiedIdentity)
    assert any("certificate of the signing key expired" in note for note in identity.notes)


def test_a_certificate_ends_at_the_instant_it_says_and_a_bare_key_never() -> None:
    ends = provider().keys[0].not_after
    assert ends is not None
    public = signing_key().certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    second = timedelta(seconds=1)
    for registered, at, said in (
        (provider(), ends, True),
        (provider(), ends - second, False),
        (provider(certificates=public), ends, False),
    ):
        identity = judge(respond(good_login(at=at)), registered, at=at)
        assert isinstance(identity, federation.VerifiedIdentity)
        assert any("certificate of the signing key expired" in note for note in identity.notes) is said
