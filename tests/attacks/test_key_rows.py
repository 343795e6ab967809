"""Section 4 of the attack matrix: keys, certificates, algorithms."""

import base64

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from federation.saml.xml import DS, Element
from tests.signed import LOGIN, Keys, changed, forge, genuine, part, prove, refused, registered, resign, signing_key, subject


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
