"""The forge, judged by an implementation that is neither ours nor the one it signs with: xmlsec."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import xmlsec
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from federation.errors import RegistrationError, ValidationError
from federation.testing import SHAPES, Encryption, Login, SamlForge, SigningKey, aws_attributes, to_base64
from federation.testing.names import DS, SAML, SAMLP, XENC
from federation.testing.shapes import shape_named
from tests.support.world import ISSUED, SAML_PROVIDER, SAML_ROLE

AT = ISSUED
ROLE = SAML_ROLE
PROVIDER = SAML_PROVIDER
LOGIN = Login(at=AT, subject="zoë & <co>", attributes=aws_attributes(role=ROLE, provider=PROVIDER, session_name="zoe"), seed="unit")


@pytest.fixture(scope="module")
def rsa_key() -> SigningKey:
    return SigningKey.generate(common_name="TEST ONLY", at=AT)


@pytest.fixture(scope="module", params=["p256", "p384", "p521"])
def ec_key(request: pytest.FixtureRequest) -> SigningKey:
    return SigningKey.generate(request.param, common_name="TEST ONLY", at=AT)


def verified(document: bytes, key: SigningKey) -> Iterator[str]:
    """The local names of the elements whose signature xmlsec finds good; raises on a bad one."""
    root = etree.fromstring(document)
    xmlsec.tree.add_ids(root, ["ID"])
    for signature in root.iter(f"{{{DS}}}Signature"):
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(key.certificate_pem(), xmlsec.constants.KeyDataFormatCertPem)
        context.verify(signature)
        parent = signature.getparent()
        assert parent is not None
        assert etree.QName(parent[0]).localname == "Issuer"
        assert parent[1] is signature, "the schema wants the signature right after the issuer"
        yield etree.QName(parent).localname


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_verifies(name: str, rsa_key: SigningKey) -> None:
    forge = SamlForge(key=rsa_key, shape=SHAPES[name])
    wanted = {"both": ["Response", "Assertion"], "assertion": ["Assertion"], "response": ["Response"]}
    assert list(verified(forge.response(LOGIN), rsa_key)) == wanted[SHAPES[name].signed]
    for part, parts in wanted.items():
        assert list(verified(forge.response(LOGIN, sign=part), rsa_key)) == parts  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_states_the_same_login(name: str, rsa_key: SigningKey) -> None:
    root = etree.fromstring(SamlForge(key=rsa_key, shape=SHAPES[name]).response(LOGIN))
    assert root.tag == f"{{{SAMLP}}}Response"
    assert root.findtext(f".//{{{SAML}}}NameID") == "zoë & <co>"
    assert root.findtext(f".//{{{SAML}}}Audience") == "https://signin.aws.amazon.com/saml"
    assert [value.text for value in root.iter(f"{{{SAML}}}AttributeValue")] == [f"{ROLE},{PROVIDER}", "zoe"]
    assert {issuer.text for issuer in root.iter(f"{{{SAML}}}Issuer")} == {SHAPES[name].issuer}


@pytest.mark.parametrize("name", SHAPES)
def test_metadata_publishes_the_key(name: str, rsa_key: SigningKey) -> None:
    document = SamlForge(key=rsa_key, shape=SHAPES[name]).metadata()
    assert 1000 <= len(document) <= 10_000_000, "the bounds of SAMLMetadataDocument"
    root = etree.fromstring(document)
    assert root.get("entityID") == SHAPES[name].issuer
    published = "".join(rsa_key.certificate_pem().decode().split("\n")[1:-2])
    assert published in {text.text for text in root.iter(f"{{{DS}}}X509Certificate")}


@pytest.mark.parametrize("algorithm", ["rsa-sha1", "rsa-sha256", "rsa-sha384", "rsa-sha512", "sha256-rsa-MGF1", "sha512-rsa-MGF1"])
@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_rsa_algorithms(algorithm: str, digest: str, rsa_key: SigningKey) -> None:
    forge = SamlForge(key=rsa_key)
    document = forge.response(LOGIN, signing=forge.signing(algorithm=algorithm, digest=digest))
    assert list(verified(document, rsa_key)) == ["Response", "Assertion"]
    assert set(re.findall(rb'SignatureMethod Algorithm="[^"]*#([^"]*)"', document)) == {algorithm.encode()}


@pytest.mark.parametrize("algorithm", ["", "ecdsa-sha384", "ecdsa-sha512"])
def test_ecdsa_algorithms(algorithm: str, ec_key: SigningKey) -> None:
    forge = SamlForge(key=ec_key)
    assert list(verified(forge.response(LOGIN, signing=forge.signing(algorithm=algorithm)), ec_key)) == ["Response", "Assertion"]


@pytest.mark.parametrize("content", ["aes128-gcm", "aes256-gcm", "aes128-cbc", "aes256-cbc"])
@pytest.mark.parametrize("transport", ["rsa-oaep-mgf1p", "rsa-oaep", "rsa-1_5"])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_encryption_opens_with_xmlsec(content: str, transport: str, digest: str, rsa_key: SigningKey) -> None:
    public = rsa_key.private.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    encryption = Encryption(recipient=public, content=content, transport=transport, digest=digest, mask=digest)
    document = SamlForge(key=rsa_key).response(LOGIN, encryption=encryption)
    assert b"NameID" not in document
    assert list(verified(document, rsa_key)) == ["Response"]
    root = etree.fromstring(document)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(rsa_key.private_pem(), xmlsec.constants.KeyDataFormatPem))
    data = root.find(f".//{{{XENC}}}EncryptedData")
    assert data is not None
    opened = xmlsec.EncryptionContext(manager).decrypt(data)
    assert list(verified(etree.tostring(opened), rsa_key)) == ["Assertion"]


def test_the_same_login_gives_the_same_octets(rsa_key: SigningKey) -> None:
    forge = SamlForge(key=rsa_key)
    assert forge.response(LOGIN) == forge.response(LOGIN)
    assert forge.response(LOGIN) != forge.response(replace(LOGIN, seed="another"))


def test_hooks_run_before_and_after_signing(rsa_key: SigningKey) -> None:
    def rename(response: etree._Element) -> None:
        for name in response.iter(f"{{{SAML}}}NameID"):
            name.text = "mallory"

    forge = SamlForge(key=rsa_key)
    assert list(verified(forge.response(LOGIN, before_signing=rename), rsa_key)) == ["Response", "Assertion"]
    with pytest.raises(xmlsec.Error):
        list(verified(forge.response(LOGIN, after_signing=rename), rsa_key))


def test_none_leaves_things_out(rsa_key: SigningKey) -> None:
    bare = replace(
        LOGIN,
        issuer=None,
        subject=None,
        audiences=(),
        recipient=None,
        destination=None,
        not_before=None,
        validity=None,
        session=None,
        attributes={},
    )
    document = SamlForge(key=rsa_key).response(bare, sign=None)
    for absent in (b"NameID ", b"Audience", b"Recipient", b"Destination", b"NotBefore", b"NotOnOrAfter", b"Attribute", b"Signature"):
        assert absent not in document
    assert document.count(b"Issuer>") == 2, "the issuer of the response alone, opened and closed"


def test_a_failure_status_carries_no_assertion(rsa_key: SigningKey) -> None:
    document = SamlForge(key=rsa_key).response(replace(LOGIN, status="urn:oasis:names:tc:SAML:2.0:status:Responder"))
    assert b"Assertion " not in document
    assert list(verified(document, rsa_key)) == ["Response"]


def test_no_key_info(rsa_key: SigningKey) -> None:
    forge = SamlForge(key=rsa_key)
    document = forge.response(LOGIN, signing=replace(forge.signing(), key_info="none"))
    assert b"KeyInfo" not in document
    assert list(verified(document, rsa_key)) == ["Response", "Assertion"]


def test_instants_are_utc(rsa_key: SigningKey) -> None:
    document = SamlForge(key=rsa_key).response(replace(LOGIN, validity=timedelta(minutes=1)))
    assert b'IssueInstant="2026-11-24T12:00:00.000Z"' in document
    assert b'NotOnOrAfter="2026-11-24T12:01:00.000Z"' in document


def test_without_signxml_the_error_names_the_extra(rsa_key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "signxml.signer", None)
    with pytest.raises(RegistrationError) as refused:
        SamlForge(key=rsa_key).response(LOGIN)
    assert refused.value.check == "testing-extra"
    assert "sts-federation[testing]" in refused.value.remedy


def test_keys_that_do_not_belong_together(rsa_key: SigningKey, ec_key: SigningKey) -> None:
    assert SigningKey.from_pem(rsa_key.private_pem(), rsa_key.certificate_pem()).certificate == rsa_key.certificate
    for key, certificate in ((rsa_key.private_pem(), ec_key.certificate_pem()), (b"?", rsa_key.certificate_pem())):
        with pytest.raises(RegistrationError) as refused:
            SigningKey.from_pem(key, certificate)
        assert refused.value.check == "signing-key"
    for kind, at in (("rsa-lots", AT), ("p256", AT.replace(year=1949)), ("p256", AT.replace(year=9999))):
        with pytest.raises(RegistrationError):
            SigningKey.generate(kind, common_name="TEST ONLY", at=at)
    assert "PRIVATE" not in repr(rsa_key)


def test_unknown_shape() -> None:
    with pytest.raises(ValidationError) as refused:
        shape_named("acme")
    assert refused.value.check == "shape"


def test_base64_is_one_line(rsa_key: SigningKey) -> None:
    assert re.fullmatch(r"[A-Za-z0-9+/]+=*", to_base64(SamlForge(key=rsa_key).response(LOGIN)))
