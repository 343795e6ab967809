"""Section 4 of the attack matrix: keys, certificates, algorithms."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from federation.errors import RegistrationError
from federation.saml.registration.keys import VerificationKey, load_certificates, verification_key
from federation.saml.registration.metadata import read_metadata
from federation.saml.registration.provider import SamlProvider
from federation.saml.signature.algorithms import SignatureMethod
from federation.saml.xml import DS, Element
from federation.testing.forge import SamlForge
from federation.testing.keys import SigningKey
from tests.support.signatures import (
    ISSUER,
    LOGIN,
    Keys,
    changed,
    forge,
    genuine,
    part,
    prove,
    refused,
    registered,
    resign,
    signing_key,
    subject,
)


def test_K01_a_key_in_the_message_is_never_believed() -> None:
    assert refused(forge(name="attacker").response(LOGIN)).check == "signature"


def test_K02_a_certificate_that_looks_like_the_registered_one() -> None:
    clone = forge(name="clone").response(LOGIN)
    genuine_certificate = base64.b64encode(signing_key().certificate.public_bytes(Encoding.DER)).decode()

    def embed(root: Element) -> None:
        part(root, ".//ds:X509Certificate").text = genuine_certificate

    assert refused(changed(clone, embed)).check == "signature"


def test_K03_key_info_may_say_anything_and_decides_nothing() -> None:
    def rename(root: Element) -> None:
        info = part(root, ".//ds:KeyInfo")
        for child in list(info):
            info.remove(child)
        etree.SubElement(info, f"{DS}KeyName").text = "../../key"

    assert subject(prove(changed(genuine(), rename))) == LOGIN.subject

    def remove(root: Element) -> None:
        part(root, ".//ds:Signature").remove(part(root, ".//ds:KeyInfo"))

    assert subject(prove(changed(genuine(), remove))) == LOGIN.subject


@pytest.mark.parametrize("form", ["pem", "der", "spki", "modulus"])
def test_K05_hmac_keyed_with_the_public_key(form: str) -> None:
    certificate = signing_key().certificate
    public = certificate.public_key()
    secret = {
        "pem": certificate.public_bytes(Encoding.PEM),
        "der": certificate.public_bytes(Encoding.DER),
        "spki": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "modulus": public.public_numbers().n.to_bytes(256, "big"),  # type: ignore[union-attr]
    }[form]

    def change(root: Element) -> None:
        part(root, ".//ds:SignatureMethod").set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
        mac = hmac.HMAC(secret, hashes.SHA256())
        mac.update(etree.tostring(part(root, ".//ds:SignedInfo"), method="c14n", exclusive=True))
        part(root, ".//ds:SignatureValue").text = base64.b64encode(mac.finalize()).decode()

    assert refused(changed(genuine(), change)).check == "signature-algorithm"


MORE = "http://www.w3.org/2001/04/xmldsig-more#"


@pytest.mark.parametrize(
    "method",
    [
        MORE + "rsa-md5",
        MORE + "rsa-ripemd160",
        MORE + "rsa-sha224",
        MORE + "hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2009/xmldsig11#dsa-sha256",
        "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
        "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
        MORE + "RSA-SHA256",
        MORE + "rsa-sha256/",
        MORE + "rsa-sha256 ",
        MORE + "rsa%2Dsha256",
        "rsa-sha256",
        "",
        None,
    ],
)
def test_K06_K19_K20_S40_other_signature_methods_really_signed(method: str | None) -> None:
    def change(root: Element) -> None:
        element = part(root, ".//ds:SignatureMethod")
        del element.attrib["Algorithm"]
        if method is not None:
            element.set("Algorithm", method)
        resign(part(root, ".//ds:Signature"))

    assert refused(changed(genuine(), change)).check == "signature-algorithm"


@pytest.mark.parametrize(
    "method",
    ["http://www.w3.org/2000/09/xmldsig#sha1", MORE + "md5", MORE + "sha224", "http://www.w3.org/2001/04/xmlenc#ripemd160", "", "SHA256"],
)
def test_K06_K07_other_digests_under_a_strong_signature(method: str) -> None:
    def change(root: Element) -> None:
        part(root, ".//ds:DigestMethod").set("Algorithm", method)
        resign(part(root, ".//ds:Signature"))

    assert refused(changed(genuine(), change)).check == "signature-algorithm"


def test_K10_pss_parameters_are_not_the_messages_to_choose() -> None:
    def change(root: Element) -> None:
        method = part(root, ".//ds:SignatureMethod")
        method.set("Algorithm", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1")
        etree.SubElement(method, "{http://www.w3.org/2007/05/xmldsig-more#}RSAPSSParams")
        resign(part(root, ".//ds:Signature"))

    assert refused(changed(genuine(), change)).check == "signature-algorithm"


def test_K11_the_key_of_another_provider() -> None:
    assert refused(genuine(), Keys(keys=registered(signing_key(name="other")))).check == "signature"


def test_K13_the_dates_of_a_certificate_decide_nothing() -> None:
    (key,) = registered(signing_key())
    assert key.not_after is not None
    assert subject(prove(genuine(), Keys(keys=(key,)))) == LOGIN.subject


def test_K14_no_keys_verify_nothing() -> None:
    assert refused(genuine(), Keys(keys=())).check == "signature-algorithm"


def test_K16_a_dropped_key_no_longer_counts() -> None:
    old, new = signing_key(), signing_key(name="new")
    assert subject(prove(genuine(), Keys(keys=registered(old, new)))) == LOGIN.subject
    assert refused(genuine(), Keys(keys=registered(new))).check == "signature"


def test_K04_a_chain_proves_nothing() -> None:
    # The registered certificate is self-signed, hence an authority over everything it signs: a leaf under it is another key all the same.
    leaf = signing_key(name="leaf")
    authority = signing_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(authority.certificate.subject)
        .issuer_name(authority.certificate.subject)
        .public_key(leaf.certificate.public_key())
        .serial_number(authority.certificate.serial_number)
        .not_valid_before(authority.certificate.not_valid_before_utc)
        .not_valid_after(authority.certificate.not_valid_after_utc)
        .sign(authority.private, hashes.SHA256())
    )
    chained = SamlForge(key=SigningKey(leaf.private, certificate), issuer=ISSUER).response(LOGIN)
    assert refused(chained).check == "signature"


@pytest.mark.parametrize(("bits", "exponent", "check"), [(1024, 65_537, "key-size"), (2048, 3, "key-exponent")])
def test_K08_weak_keys_are_refused_when_they_are_registered(bits: int, exponent: int, check: str) -> None:
    key = rsa.generate_private_key(public_exponent=exponent, key_size=bits).public_key()
    with pytest.raises(RegistrationError) as caught:
        load_certificates(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert caught.value.check == check


@pytest.mark.parametrize(("number", "check"), [(2**2048 + 2**2047, "key-exponent"), (2**8200 + 1, "key-size")])
def test_K08_K17_even_and_enormous_moduli(number: int, check: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        verification_key(rsa.RSAPublicNumbers(65_537, number).public_key())
    assert caught.value.check == check


def test_K09_trailing_garbage_and_other_paddings_of_pkcs1() -> None:
    # DigestInfo shortened, lengthened or without NULL, raw-signed by the registered key: one library, and it must be strict.
    private = signing_key().private
    assert isinstance(private, rsa.RSAPrivateKey)
    numbers = private.private_numbers()
    prefix = bytes.fromhex("3031300d060960864801650304020105000420")

    def sign(info: bytes, tail: bytes = b"") -> Callable[[Element], None]:
        def change(root: Element) -> None:
            octets = etree.tostring(part(root, ".//ds:SignedInfo"), method="c14n", exclusive=True)
            inner = info + hashlib.sha256(octets).digest() + tail
            block = b"\0\1" + b"\xff" * (253 - len(inner)) + b"\0" + inner
            value = pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")
            part(root, ".//ds:SignatureValue").text = base64.b64encode(value).decode()

        return change

    assert subject(prove(changed(genuine(), sign(prefix)))) == LOGIN.subject
    without_null = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20"
    for info, tail in ((prefix, b"\0" * 40), (without_null, b""), (b"\x31" + prefix[1:], b""), (b"", b"")):
        assert refused(changed(genuine(), sign(info, tail))).check == "signature"


def test_K12_a_key_for_encryption_does_not_sign() -> None:
    encryption_only = forge().metadata().replace(b"<KeyDescriptor>", b'<KeyDescriptor use="encryption">')
    assert encryption_only != forge().metadata()
    with pytest.raises(RegistrationError) as caught:
        read_metadata(encryption_only)
    assert caught.value.check == "keys"


def test_K17_a_signature_costs_one_verification_for_each_key_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    verifies = SignatureMethod.verifies

    def counting(method: SignatureMethod, key: VerificationKey, signature: bytes, message: bytes) -> bool:
        tried.append(key.fingerprint)
        return verifies(method, key, signature, message)

    monkeypatch.setattr(SignatureMethod, "verifies", counting)
    strangers = registered(*(signing_key(name=f"stranger {number}") for number in range(3)))
    assert refused(genuine("both"), Keys(keys=strangers)).check == "signature"
    assert tried == [key.fingerprint for key in strangers]
    stranger = signing_key().certificate_pem()
    with pytest.raises(RegistrationError) as caught:
        SamlProvider(
            arn="arn:aws:iam::123456789012:saml-provider/Many",
            entity_ids=ISSUER,
            certificates=[
                *registered(signing_key()),
                *(replace(registered(signing_key())[0], fingerprint=f"{n}") for n in range(10)),
                stranger,
            ],
        )
    assert caught.value.check == "keys"


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.BrainpoolP256R1(), ec.SECP224R1()])
def test_K18_other_curves(curve: ec.EllipticCurve) -> None:
    try:
        key = ec.generate_private_key(curve).public_key()
    except UnsupportedAlgorithm:
        pytest.skip("the library does not know this curve any more")
    with pytest.raises(RegistrationError) as caught:
        load_certificates(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), source="K18")
    assert caught.value.check in {"key-curve", "certificate"}


@pytest.mark.parametrize("point", [b"\4" + bytes(64), b"\4" + b"\xff" * 64, b"\0"])
def test_K18_points_that_are_not_on_the_curve(point: bytes) -> None:
    algorithm = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
    bits = b"\0" + point
    body = algorithm + b"\x03" + bytes([len(bits)]) + bits
    der = b"\x30" + bytes([len(body)]) + body
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) + b"\n-----END PUBLIC KEY-----"
    with pytest.raises(RegistrationError) as caught:
        load_certificates(pem)
    assert caught.value.check == "certificate"
