"""Metadata: what registers a provider, and what each other kind of file is called when it is refused."""

import base64
import json
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from federation.errors import RegistrationError
from federation.saml.registration.keys import load_certificates
from federation.saml.registration.metadata import read_metadata
from federation.testing import SHAPES, SigningKey
from tests.support.saml import AT, ISSUER, forge, found, respond, signing_key

MD = "urn:oasis:names:tc:SAML:2.0:metadata"
GOOD = forge(shape="okta").metadata()
PEM = signing_key().certificate_pem()
DER = signing_key().certificate.public_bytes(Encoding.DER)


def changed(*edits: Callable[[etree._Element], None], source: bytes = GOOD) -> bytes:
    root = etree.fromstring(source)
    for edit in edits:
        edit(root)
    return etree.tostring(root)


def aggregate(*documents: bytes) -> bytes:
    inner = b"".join(etree.tostring(etree.fromstring(document)) for document in documents)
    return (
        b'<md:EntitiesDescriptor xmlns:md="'
        + MD.encode()
        + b'"><md:EntitiesDescriptor>'
        + inner
        + b"</md:EntitiesDescriptor></md:EntitiesDescriptor>"
    )


def renamed(entity_id: str) -> bytes:
    return changed(lambda root: root.set("entityID", entity_id))


def use(value: str | None) -> Callable[[etree._Element], None]:
    def edit(root: etree._Element) -> None:
        descriptor = found(root, "KeyDescriptor")
        descriptor.attrib.pop("use", "")
        if value is not None:
            descriptor.set("use", value)

    return edit


def as_service_provider(root: etree._Element) -> None:
    found(root, "IDPSSODescriptor").tag = f"{{{MD}}}SPSSODescriptor"


def certificate(text: str) -> Callable[[etree._Element], None]:
    def edit(root: etree._Element) -> None:
        for element in root.iter("{*}X509Certificate"):
            element.text = text

    return edit


@pytest.mark.parametrize("shape", SHAPES)
def test_every_product(shape: str) -> None:
    made = forge("idp-p256", shape=shape).metadata(signing_key("idp-next-rsa2048"))
    metadata = read_metadata(made)
    assert metadata.entity_id == ISSUER
    expected = [load_certificates(signing_key(key).certificate_pem())[0].fingerprint for key in ("idp-p256", "idp-next-rsa2048")]
    assert [key.fingerprint for key in metadata.keys] == expected
    assert len([note for note in metadata.notes if "its validity is not enforced" in note]) == 2
    assert read_metadata(made.decode()) == metadata
    assert read_metadata(b"\xef\xbb\xbf" + made).keys == metadata.keys


@pytest.mark.parametrize(("value", "counts"), [("signing", True), (None, True), ("encryption", False), ("both", False)])
def test_use(value: str | None, *, counts: bool) -> None:
    document = changed(use(value))
    if counts:
        assert len(read_metadata(document).keys) == 1
    else:
        with pytest.raises(RegistrationError) as refused:
            read_metadata(document)
        assert refused.value.check == "keys"


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(DER).decode(),
        base64.encodebytes(DER).decode(),
        base64.b64encode(PEM).decode(),
        PEM.decode(),
        "\n      " + base64.b64encode(DER).decode() + "\n   ",
    ],
    ids=["one line", "lines", "pem encoded once more", "pem", "indented"],
)
def test_certificates_as_they_are_written(text: str) -> None:
    assert read_metadata(changed(certificate(text))).keys == read_metadata(GOOD).keys


def test_key_value_without_certificate() -> None:
    numbers = load_certificates(PEM)[0].public_key.public_numbers()
    modulus, exponent = (
        base64.b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()
        for value in (numbers.n, numbers.e)  # type: ignore[union-attr]
    )

    def edit(root: etree._Element) -> None:
        info = found(root, "KeyInfo")
        info.clear()
        xml = (
            f"<KeyValue xmlns='http://www.w3.org/2000/09/xmldsig#'><RSAKeyValue><Modulus>{modulus}</Modulus><Exponent>{exponent}</Exponent>"
        )
        info.append(etree.fromstring(f"{xml}</RSAKeyValue></KeyValue>"))

    [key] = read_metadata(changed(edit)).keys
    assert key.public_key.public_numbers() == numbers


def test_dates_are_notes() -> None:
    document = changed(lambda root: root.set("validUntil", "2014-02-22T00:39:43Z"))
    assert "the metadata has validUntil `2014-02-22T00:39:43Z`, which is not enforced" in read_metadata(document).notes


OTHER_FILES: Mapping[str, tuple[object, str, str]] = {
    "nothing": (b"", "metadata", "0"),
    "white space": (b" \n\t", "metadata", "an empty file"),
    "certificate": (PEM, "metadata", "a bare certificate"),
    "certificate text": (PEM.decode(), "metadata", "a bare certificate"),
    "certificate in base64": (base64.b64encode(DER), "metadata", "a bare certificate in base64"),
    "certificate in DER": (DER, "metadata", "a DER file, perhaps a certificate"),
    "private key": (signing_key().private_pem(), "metadata", "a private key"),
    "discovery document": (json.dumps({"issuer": "https://example.com"}).encode(), "metadata", "JSON, such as an OIDC discovery document"),
    "login page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "metadata", "an HTML page"),
    "page": (b"\n <HTML><body>404</body></HTML>", "metadata", "an HTML page"),
    "URL": (b"https://idp.example.com/metadata", "metadata", "a URL"),
    "text": (b"metadata", "metadata", "`syntax error: line 1, column 0`"),
    "cut off": (GOOD[: len(GOOD) // 2], "metadata", ""),
    "response": (base64.b64decode(respond()), "metadata", "`{urn:oasis:names:tc:SAML:2.0:protocol}Response`"),
    "DTD": (b'<!DOCTYPE x [<!ENTITY a "b">]>' + GOOD, "metadata", "a document type declaration"),
    "external DTD": (b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + GOOD, "metadata", "a document type declaration"),
    "no namespace": (GOOD.replace(MD.encode(), b"urn:other"), "metadata", "`{urn:other}EntityDescriptor`"),
    "octets": (b"\xff\xfe\x00", "metadata", ""),
    "lone surrogate": (GOOD.decode() + "\ud800", "metadata", ""),
    "NUL": (GOOD + b"\0", "metadata", ""),
    "number": (5, "metadata", "int"),
    "None": (None, "metadata", "NoneType"),
    "too long": (b"<" * 10_000_001, "metadata", "10000001"),
    "service provider": (changed(as_service_provider), "idp-descriptor", "metadata of a service provider"),
    "other protocol": (
        changed(lambda root: found(root, "IDPSSODescriptor").set("protocolSupportEnumeration", "urn:oasis:names:tc:SAML:1.1:protocol")),
        "idp-descriptor",
        "an IDPSSODescriptor for another protocol",
    ),
    "no keys": (changed(lambda root: found(root, "KeyDescriptor").clear()), "keys", "0"),
    "no entity id": (changed(lambda root: root.set("entityID", "")), "entity-id", "none"),
    "broken certificate": (changed(certificate("MIIBroken")), "certificate", ""),
    "empty aggregate": (b'<md:EntitiesDescriptor xmlns:md="' + MD.encode() + b'"/>', "entity-id", "no EntityDescriptor"),
}


@pytest.mark.parametrize("what", OTHER_FILES)
def test_other_files_are_called_by_their_name(what: str) -> None:
    document, check, found_text = OTHER_FILES[what]
    with pytest.raises(RegistrationError) as refused:
        read_metadata(document)
    assert refused.value.check == check
    assert found_text in refused.value.found
    assert refused.value.remedy
    assert len(str(refused.value)) < 600


def test_weak_keys_are_refused_unless_permitted() -> None:
    weak = SigningKey.generate("rsa-1024", common_name="weak", at=AT).certificate_pem()
    document = changed(certificate("".join(weak.decode().split("\n")[1:-2])))
    with pytest.raises(RegistrationError) as refused:
        read_metadata(document)
    assert refused.value.check == "key-size"
    assert len(read_metadata(document, permit=frozenset({"rsa-1024"})).keys) == 1


def test_an_aggregate_needs_a_name() -> None:
    document = aggregate(
        GOOD, renamed("https://other.example.com/idp"), changed(as_service_provider, source=renamed("https://sp.example.com"))
    )
    with pytest.raises(RegistrationError) as refused:
        read_metadata(document)
    assert refused.value.check == "entity-id"
    assert ISSUER in refused.value.found
    assert read_metadata(document, entity_id=ISSUER).entity_id == ISSUER
    for other in ("https://integ.example.com/idp/Shibboleth", ISSUER + "/", "", "https://sp.example.com"):
        with pytest.raises(RegistrationError) as refused:
            read_metadata(document, entity_id=other)
        assert refused.value.check in {"entity-id", "idp-descriptor"}


def test_one_provider_among_service_providers_needs_none() -> None:
    document = aggregate(GOOD, changed(as_service_provider, source=renamed("https://sp.example.com")))
    assert read_metadata(document).entity_id == ISSUER


def test_too_many_keys() -> None:
    def edit(root: etree._Element) -> None:
        info = found(root, "X509Data")
        for n in range(11):
            key = SigningKey.generate("p256", common_name=f"{n}", at=AT).certificate.public_bytes(Encoding.DER)
            element = etree.SubElement(info, "{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
            element.text = base64.b64encode(key).decode()

    with pytest.raises(RegistrationError) as refused:
        read_metadata(changed(edit))
    assert refused.value.check == "keys"


def test_deep_nesting_is_no_trouble() -> None:
    depth = 100_000
    with pytest.raises(RegistrationError):
        read_metadata(b"<a>" * depth + b"</a>" * depth)
    entities = f'<EntitiesDescriptor xmlns="{MD}">'.encode()
    with pytest.raises(RegistrationError) as refused:
        read_metadata(entities * 1000 + b"</EntitiesDescriptor>" * 1000)
    assert refused.value.check == "entity-id"
