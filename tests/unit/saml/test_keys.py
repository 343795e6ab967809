"""Which keys may be registered."""

import base64
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from federation import limits
from federation.errors import RegistrationError
from federation.saml.registration.keys import load_certificates, load_decryption_key, parse_permit, verification_key
from federation.saml.registration.permits import PERMITS
from tests.support.signatures import AT, signing_key


def refusal(call: object) -> str:
    with pytest.raises(RegistrationError) as caught:
        call()  # type: ignore[operator]
    return caught.value.check


def rsa_public(modulus: int, exponent: int) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


@pytest.mark.parametrize("kind", ["rsa-2048", "p256", "p384", "p521"])
def test_ordinary_keys_load_from_every_form(kind: str) -> None:
    key = signing_key(kind)
    der = key.certificate.public_bytes(Encoding.DER)
    pem = key.certificate_pem()
    body = b"".join(pem.splitlines()[1:-1])
    found = [load_certificates(form)[0] for form in (pem, pem.decode(), der, body, body.decode(), b"\n  " + body + b"\n")]
    assert len({k.fingerprint for k in found}) == 1
    assert found[0].not_before == AT
    assert found[0].kind == ("rsa" if kind == "rsa-2048" else "ec")


def test_several_certificates_in_one_file_all_load() -> None:
    both = signing_key().certificate_pem() + b"some text\n" + signing_key("p256").certificate_pem()
    assert [key.kind for key in load_certificates(both)] == ["rsa", "ec"]


def test_a_bare_public_key_loads_without_dates() -> None:
    spki = signing_key().certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (key,) = load_certificates(spki)
    assert (key.not_before, key.not_after) == (None, None)


@pytest.mark.parametrize(
    "material",
    [None, 3, bytearray(b"0"), b"", "", "no certificate", b"0\x82garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"],
)
def test_garbage_is_refused(material: object) -> None:
    assert refusal(lambda: load_certificates(material)) == "certificate"


def test_a_private_key_is_no_certificate() -> None:
    with pytest.raises(RegistrationError) as caught:
        load_certificates(signing_key().private_pem())
    assert (caught.value.check, caught.value.expected) == ("certificate", "a certificate or public key")


def relabelled(label: str, der: bytes) -> str:
    return f"-----BEGIN {label}-----\n{base64.b64encode(der).decode()}\n-----END {label}-----"


@pytest.mark.parametrize("label", ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY"])
def test_every_label_of_a_public_key_is_read(label: str) -> None:
    certificate = signing_key().certificate
    public = certificate.public_key()
    forms = {
        "PUBLIC KEY": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "RSA PUBLIC KEY": public.public_bytes(Encoding.DER, PublicFormat.PKCS1),
    }
    (key,) = load_certificates(relabelled(label, forms.get(label, certificate.public_bytes(Encoding.DER))))
    assert key.bits == 2048
    assert (key.not_after is None) is (label in forms)


@pytest.mark.parametrize("label", ["CERTIFICATE REQUEST", "NEW CERTIFICATE", "EC PARAMETERS"])
def test_any_other_label_is_refused(label: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        load_certificates(relabelled(label, signing_key().certificate.public_bytes(Encoding.DER)))
    assert (caught.value.check, caught.value.expected) == ("certificate", "a certificate or public key")


def test_what_rfc_5280_forbids_in_a_certificate_is_no_matter_and_no_warning() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    public = signing_key().certificate.public_key()
    builder = x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=public, serial_number=1)
    der = builder.not_valid_before(AT).not_valid_after(AT).sign(signing_key().private, hashes.SHA256()).public_bytes(Encoding.DER)
    serial = der.index(b"\x02\x01\x01")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (key,) = load_certificates(der[:serial] + b"\x02\x01\x00" + der[serial + 3 :])
    assert key.bits == 2048


def test_material_is_bounded_to_the_octet(monkeypatch: pytest.MonkeyPatch) -> None:
    pem = signing_key().certificate_pem()
    monkeypatch.setattr(limits, "METADATA_OCTETS", len(pem))
    assert len(load_certificates(pem)) == 1
    with pytest.raises(RegistrationError) as caught:
        load_certificates(pem + b"\n")
    assert (caught.value.check, caught.value.found) == ("certificate", f"{len(pem) + 1}")


def test_1024_bits_need_a_permit_by_name() -> None:
    weak = signing_key("rsa-1024")
    assert refusal(lambda: load_certificates(weak.certificate_pem())) == "key-size"
    assert load_certificates(weak.certificate_pem(), parse_permit(["rsa-1024"]))[0].bits == 1024


def test_a_permit_is_only_advised_where_it_helps() -> None:
    for bits, advised in ((1024, True), (512, False), (9000, False)):
        with pytest.raises(RegistrationError) as caught:
            verification_key(rsa_public((1 << (bits - 1)) + 1, 65537))
        assert (caught.value.check, "rsa-1024" in caught.value.remedy) == ("key-size", advised)


def test_the_largest_modulus_that_is_taken() -> None:
    assert verification_key(rsa_public((1 << 8191) + 1, 65537)).bits == 8192
    assert refusal(lambda: verification_key(rsa_public((1 << 8192) + 1, 65537))) == "key-size"


def test_the_smallest_modulus_that_is_taken() -> None:
    permit = parse_permit(["rsa-1024"])
    assert verification_key(rsa_public((1 << 2047) + 1, 65539)).bits == 2048
    assert refusal(lambda: verification_key(rsa_public((1 << 2047) - 1, 65537))) == "key-size"
    assert verification_key(rsa_public((1 << 1023) + 1, 65537), permit).bits == 1024
    assert refusal(lambda: verification_key(rsa_public((1 << 1023) - 1, 65537), permit)) == "key-size"


@pytest.mark.parametrize("modulus", [(1 << 2047) + 2, (1 << 2047) + 6])
def test_an_even_modulus_is_refused(modulus: int) -> None:
    assert refusal(lambda: verification_key(rsa_public(modulus, 65537))) == "key-exponent"


@pytest.mark.parametrize("exponent", [3, 17, 257, 65535])
def test_small_exponents_are_refused(exponent: int) -> None:
    assert refusal(lambda: verification_key(rsa_public((1 << 2047) + 1, exponent))) == "key-exponent"


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.SECP224R1(), ec.BrainpoolP256R1()])
def test_other_curves_are_refused(curve: ec.EllipticCurve) -> None:
    assert refusal(lambda: verification_key(ec.generate_private_key(curve).public_key())) == "key-curve"


def test_other_kinds_of_key_are_refused() -> None:
    for key in (dsa.generate_private_key(2048).public_key(), ed25519.Ed25519PrivateKey.generate().public_key(), b"secret", None):
        assert refusal(lambda key=key: verification_key(key)) == "key-type"


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_decryption_keys_load_and_stay_out_of_sight(form: PrivateFormat) -> None:
    pem = signing_key().private.private_bytes(Encoding.PEM, form, NoEncryption())
    key = load_decryption_key(pem.decode())
    assert "PRIVATE" not in repr(key)
    assert "object" not in repr(key)


def test_only_unencrypted_rsa_private_keys_decrypt() -> None:
    locked = signing_key().private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x"))
    for material in (locked, b"", None, "x", signing_key().certificate_pem(), bytearray(signing_key().private_pem())):
        assert refusal(lambda material=material: load_decryption_key(material)) == "decryption-key"
    assert refusal(lambda: load_decryption_key(signing_key("p256").private_pem())) == "key-type"


def test_permits_are_known_names_in_a_collection() -> None:
    assert parse_permit(PERMITS) == PERMITS == {"sha1", "rsa-sha1", "ecdsa-sha1", "rsa-1024", "cbc", "rsa1_5"}
    assert parse_permit(()) == frozenset()
    refused: list[object] = [["md5"], "sha1", [None], ["SHA1"], b"sha1", 5, None, "", b"", [[]], ["sha1", "md5"]]
    for names in refused:
        assert refusal(lambda names=names: parse_permit(names)) == "permit"
