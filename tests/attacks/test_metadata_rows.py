"""Attack rows of section 9 that concern SAML: metadata and registration."""

from copy import deepcopy

import pytest
from lxml import etree

from federation.errors import RegistrationError
from federation.identity import VerifiedIdentity
from federation.saml.registration.metadata import read_metadata
from federation.saml.registration.provider import SamlProvider
from federation.testing import SigningKey
from federation.testing.signing import sign_element
from tests.support.saml import ARN, AT, ISSUER, forge, found, judge, provider, refused_by, respond, signing_key

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
GOOD = forge(shape="okta").metadata()


def refusal(document: bytes, entity_id: str | None = None) -> str:
    with pytest.raises(RegistrationError) as refused:
        read_metadata(document, entity_id=entity_id)
    return refused.value.check


def signed(by: SigningKey) -> etree._Element:
    root = etree.fromstring(GOOD)
    root.set("ID", "_metadata")
    return sign_element(root, by, forge().signing())


def strangers_key(root: etree._Element) -> None:
    other = etree.fromstring(forge("stranger-rsa2048", shape="okta").metadata())
    descriptor = found(root, "IDPSSODescriptor")
    descriptor.insert(0, deepcopy(found(other, "KeyDescriptor")))


def test_M01_a_signature_that_fits_proves_no_origin() -> None:
    """Whoever signs the file, what counts are the keys that were registered by hand."""
    metadata = read_metadata(etree.tostring(signed(signing_key("stranger-rsa2048"))))
    assert [key.fingerprint for key in metadata.keys] == [key.fingerprint for key in provider().keys]


def test_M01_a_key_added_after_signing_is_noticed() -> None:
    root = signed(signing_key())
    strangers_key(root)
    assert refusal(etree.tostring(root)) == "metadata-signature"


def test_M01_a_signed_child_is_not_a_signed_root() -> None:
    """Wrapping: the signed original beside a forged entity. Nothing of it is taken for a signature over the root."""
    forged = etree.fromstring(GOOD)
    strangers_key(forged)
    aggregate = etree.Element(f"{MD}EntitiesDescriptor")
    aggregate.append(forged)
    aggregate.append(signed(signing_key()))
    assert refusal(etree.tostring(aggregate), ISSUER) == "entity-id"


@pytest.mark.parametrize("first", [True, False])
def test_M02_two_entities_of_one_name(*, first: bool) -> None:
    forged = etree.fromstring(GOOD)
    strangers_key(forged)
    aggregate = etree.Element(f"{MD}EntitiesDescriptor")
    for root in (forged, etree.fromstring(GOOD)) if first else (etree.fromstring(GOOD), forged):
        aggregate.append(root)
    assert refusal(etree.tostring(aggregate)) == "entity-id"
    assert refusal(etree.tostring(aggregate), ISSUER) == "entity-id"


def test_M02_two_roles_in_one_entity() -> None:
    root = etree.fromstring(GOOD)
    root.append(deepcopy(found(root, "IDPSSODescriptor")))
    assert refusal(etree.tostring(root)) == "idp-descriptor"


def test_M03_no_usable_key_is_a_fault_of_the_registration() -> None:
    root = etree.fromstring(GOOD)
    found(root, "KeyDescriptor").set("use", "encryption")
    assert refusal(etree.tostring(root)) == "keys"
    found(root, "X509Certificate").text = "AAAA"
    found(root, "KeyDescriptor").set("use", "signing")
    assert refusal(etree.tostring(root)) == "certificate"


def test_M03_one_bad_key_is_not_skipped_for_a_good_one() -> None:
    root = etree.fromstring(GOOD)
    descriptor = deepcopy(found(root, "KeyDescriptor"))
    found(descriptor, "X509Certificate").text = "AAAA"
    found(root, "IDPSSODescriptor").insert(0, descriptor)
    assert refusal(etree.tostring(root)) == "certificate"


def test_M03_the_same_key_twice_is_one_key() -> None:
    root = etree.fromstring(GOOD)
    found(root, "IDPSSODescriptor").insert(0, deepcopy(found(root, "KeyDescriptor")))
    assert len(read_metadata(etree.tostring(root)).keys) == 1


def test_M04_stale_metadata_is_reported_and_used() -> None:
    root = etree.fromstring(GOOD)
    root.set("validUntil", "2020-01-01T00:00:00Z")
    root.set("cacheDuration", "PT1S")
    registered = SamlProvider.from_metadata(etree.tostring(root), arn=ARN)
    assert any("2020-01-01" in note for note in registered.notes)
    assert isinstance(judge(respond(), registered), VerifiedIdentity)


@pytest.mark.parametrize("name", [ISSUER + "/", " " + ISSUER, ISSUER.upper(), ISSUER.replace("integ", "%69nteg"), ISSUER + "#"])
def test_M05_entity_ids_are_exact(name: str) -> None:
    root = etree.fromstring(GOOD)
    root.set("entityID", name)
    registered = SamlProvider.from_metadata(etree.tostring(root), arn=ARN)
    assert registered.entity_ids == {name}
    assert refused_by(respond(), registered) == "issuer"


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a SYSTEM "https://evil.example/a.dtd">',
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b"<!DOCTYPE EntityDescriptor>",
    ],
)
def test_M06_no_dtd_through_the_admin_door(doctype: bytes) -> None:
    body = GOOD.partition(b"?>")[2]
    assert refusal(doctype + body) == "metadata"
    assert refusal(b'<?xml version="1.0"?>' + doctype + body) == "metadata"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "utf-8-sig"])
def test_M06_encodings_are_those_that_the_document_declares(encoding: str) -> None:
    text = GOOD.decode().partition("?>")[2].replace("<md:IDPSSODescriptor", "<!-- Zürich --><md:IDPSSODescriptor", 1)
    declared = "" if encoding.startswith("utf") else f'<?xml version="1.0" encoding="{encoding}"?>'
    found = read_metadata((declared + text).encode(encoding))
    assert (found.entity_id, found.keys) == (ISSUER, read_metadata(GOOD).keys)
    assert any("IAM accepts only UTF-8" in note for note in found.notes)
    assert not any("UTF-8" in note for note in read_metadata(GOOD).notes + read_metadata(text).notes + read_metadata(text.encode()).notes)


@pytest.mark.parametrize("encoding", ["utf-32", "utf-7", "cp037"])
def test_M06_other_encodings_are_not_guessed(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + GOOD.decode().partition("?>")[2]
    assert refusal(text.encode(encoding)) == "metadata"


def test_M06_an_undeclared_encoding_is_not_guessed() -> None:
    text = GOOD.decode().partition("?>")[2].replace("<md:IDPSSODescriptor", "<!-- Zürich --><md:IDPSSODescriptor", 1)
    assert refusal(text.encode("iso-8859-1")) == "metadata"


def test_M06_undefined_entities_are_not_text() -> None:
    assert refusal(GOOD.replace(ISSUER.encode(), b"&issuer;")) == "metadata"


def test_M07_a_provider_of_the_same_name_has_the_keys_it_was_registered_with() -> None:
    """Deleted and created again with another key: its old responses do not prove any more (recorded for AWS as well)."""
    again = SamlProvider.from_metadata(forge("idp-next-rsa2048", shape="okta").metadata(), arn=ARN)
    assert refused_by(respond(), again) == "signature"
    assert refused_by(respond(key="idp-next-rsa2048"), again, at=AT) is None
