"""Section 2 of the attack matrix: signature structure and wrapping. Every message here is built from one that a registered key signed."""

import base64
import copy
from collections.abc import Callable
from functools import partial

import pytest
from lxml import etree

from federation.profiles import Profile
from federation.saml.xml import DS, SAML, SAMLP, Element
from federation.testing.mutating import wrapping
from federation.testing.mutating.trees import forged, strip_signatures
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
    resign,
    signing_key,
    subject,
)

ASSERTION = f"{SAML}Assertion"
SIGNATURE = f"{DS}Signature"


def check(change: Callable[[Element], None], sign: str = "assertion") -> str:
    return refused(changed(genuine(sign), change)).check


def test_genuine_messages_pass_through_this_harness() -> None:
    for sign in ("assertion", "response", "both"):
        assert subject(prove(changed(genuine(sign), lambda root: None))) == LOGIN.subject


def test_S01_original_response_inside_the_signature_of_a_copy() -> None:
    assert check(wrapping.response_in_signature, "response") == "root"


def test_S02_original_response_beside_the_signature() -> None:
    assert check(wrapping.response_beside_signature, "response") == "root"


@pytest.mark.parametrize("place", [0, 1, -1])
def test_S03_S11_forged_assertion_beside_the_signed_one(place: int) -> None:
    assert check(partial(wrapping.assertion_beside, place=place)) == "assertion-count"


def test_S04_signed_assertion_inside_the_forged_one() -> None:
    assert check(wrapping.assertion_in_forged) == "assertion-count"


def test_S05_forged_assertion_carries_the_signature_and_the_original_follows() -> None:
    assert check(wrapping.original_after_forged) == "assertion-count"


def test_S06_original_assertion_inside_the_forged_ones_signature() -> None:
    assert check(wrapping.assertion_in_signature) == "assertion-count"


def test_S07_signed_assertion_in_extensions() -> None:
    assert check(wrapping.assertion_in_extensions) == "assertion-count"


def test_S08_object_holds_the_original() -> None:
    assert check(wrapping.assertion_in_object) == "assertion-count"


def test_S08_object_without_an_assertion() -> None:
    assert (
        check(lambda root: etree.SubElement(part(root, ".//ds:Signature"), f"{DS}Object").append(etree.Element("x"))) == "signature-shape"
    )


@pytest.mark.parametrize("place", ["saml:Issuer", "samlp:Status", ".//saml:AttributeValue"])
def test_S09_signed_response_in_an_unexpected_place(place: str) -> None:
    assert check(partial(wrapping.response_in, path=place), "response") == "root"


def test_S10_response_signature_moved_into_the_assertion() -> None:
    assert check(wrapping.response_signature_in_assertion, "response") == "signature-reference"


def test_S12_S13_content_parked_in_a_second_signature() -> None:
    assert check(wrapping.content_in_second_signature, "response") == "signature-shape"


def test_S14_two_signed_infos() -> None:
    assert check(wrapping.two_signed_infos) == "signature-shape"


def test_S15_comment_in_the_digest_value() -> None:
    assert check(lambda root: part(root, ".//ds:DigestValue").insert(0, etree.Comment("forged"))) == "comment"


def test_S16_two_references_really_signed() -> None:
    def double(root: Element) -> None:
        reference = part(root, ".//ds:Reference")
        reference.addnext(copy.deepcopy(reference))
        resign(part(root, ".//ds:Signature"))

    assert check(double) == "signature-shape"


def test_S17_no_reference_really_signed() -> None:
    def drop(root: Element) -> None:
        info = part(root, ".//ds:SignedInfo")
        info.remove(part(info, "ds:Reference"))
        resign(part(root, ".//ds:Signature"))

    assert check(drop) == "signature-shape"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        None,
        "#",
        "#_other",
        "#xpointer(/)",
        "#xpointer(id('{id}'))",
        "#element(/1/3)",
        "file:///etc/passwd",
        "http://127.0.0.1/x",
        "{id}",
        "#{id} ",
    ],
)
def test_S18_S19_S20_other_uris_really_signed(uri: str | None) -> None:
    def change(root: Element) -> None:
        reference, assertion = part(root, ".//ds:Reference"), part(root, "saml:Assertion")
        del reference.attrib["URI"]
        if uri is not None:
            reference.set("URI", uri.format(id=assertion.get("ID")))
        resign(part(root, ".//ds:Signature"), reference=assertion)

    assert check(change) == "signature-reference"


def test_S19_an_id_that_is_a_pointer_is_only_a_string() -> None:
    """The ID of a signed element is whatever the IdP wrote; it is compared, never interpreted."""

    def change(root: Element) -> None:
        assertion = part(root, "saml:Assertion")
        assertion.set("ID", "element(/1/3)")
        part(root, ".//ds:Reference").set("URI", "#element(/1/3)")
        resign(part(root, ".//ds:Signature"), reference=assertion)

    assert subject(prove(changed(genuine(), change))) == LOGIN.subject


@pytest.mark.parametrize("attribute", ["ID", "Id", "id", "AssertionID"])
@pytest.mark.parametrize("place", [0, 1])
def test_S21_S22_the_signed_id_twice(attribute: str, place: int) -> None:
    assert check(partial(wrapping.id_on_another, attribute=attribute, place=place)) == "duplicate-id"


def test_S22_xml_id_of_the_same_value() -> None:
    def change(root: Element) -> None:
        value = part(root, "saml:Assertion").get("ID", "")
        part(root, ".//saml:AttributeValue").set("{http://www.w3.org/XML/1998/namespace}id", value)

    assert check(change) == "duplicate-id"


@pytest.mark.parametrize("name", ["Signature", "DigestValue"])
def test_S23_an_earlier_signature_or_digest_elsewhere(name: str) -> None:
    change = partial(wrapping.digest_elsewhere, name=name)
    assert check(change) == ("signature-shape" if name == "Signature" else "signature-digest")


@pytest.mark.parametrize("sign", ["assertion", "response", "both"])
def test_S25_every_signature_stripped(sign: str) -> None:
    assert check(strip_signatures, sign) == "signature-missing"


def test_S25_an_empty_signature() -> None:
    assert check(wrapping.signature_emptied) == "signature-shape"


@pytest.mark.parametrize("value", ["", "AA==", "not base64", "Zm9yZ2Vk" * 40])
def test_S26_errors_while_verifying_are_refusals(value: str) -> None:
    def change(root: Element) -> None:
        part(root, ".//ds:SignatureValue").text = value

    assert check(change) in {"signature", "signature-shape"}


def test_S27_key_info_holds_nothing_but_keys() -> None:
    assert check(wrapping.content_in_key_info) == "signature-shape"


@pytest.mark.parametrize(
    "transforms",
    [
        [],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature"],
        ["http://www.w3.org/2001/10/xml-exc-c14n#"],
        ["http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature"] * 2,
        [
            "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
            "http://www.w3.org/2001/10/xml-exc-c14n#",
            "http://www.w3.org/2001/10/xml-exc-c14n#",
        ],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xpath-19991116"],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2002/06/xmldsig-filter2"],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2000/09/xmldsig#base64"],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xslt-19991116"],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", ""],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n"],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/XML-EXC-C14N#"],
        ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n# "],
    ],
)
def test_S28_S29_C06_other_transforms_really_signed(transforms: list[str]) -> None:
    def change(root: Element) -> None:
        parent = part(root, ".//ds:Transforms")
        for child in list(parent):
            parent.remove(child)
        for algorithm in transforms:
            etree.SubElement(parent, f"{DS}Transform", Algorithm=algorithm)
        resign(part(root, ".//ds:Signature"), reference=part(root, "saml:Assertion"))

    assert check(change) == "signature-transform"


def test_S28_a_transform_with_content_really_signed() -> None:
    def change(root: Element) -> None:
        etree.SubElement(part(root, ".//ds:Transform"), f"{DS}XPath").text = "not(ancestor::x)"
        resign(part(root, ".//ds:Signature"), reference=part(root, "saml:Assertion"))

    assert check(change) == "signature-transform"


def test_S30_hmac_output_length() -> None:
    def change(root: Element) -> None:
        etree.SubElement(part(root, ".//ds:SignatureMethod"), f"{DS}HMACOutputLength").text = "0"
        resign(part(root, ".//ds:Signature"))

    assert check(change) == "signature-algorithm"


def test_S31_typed_references_really_signed() -> None:
    def change(root: Element) -> None:
        part(root, ".//ds:Reference").set("Type", "http://www.w3.org/2000/09/xmldsig#Manifest")
        resign(part(root, ".//ds:Signature"))

    assert check(change) == "signature-reference"


@pytest.mark.parametrize("name", ["LogoutResponse", "AuthnRequest", "ArtifactResponse"])
def test_S32_P19_another_message_of_the_same_provider(name: str) -> None:
    def change(root: Element) -> None:
        root.tag = f"{SAMLP}{name}"

    assert check(change) == "root"


@pytest.mark.parametrize("namespace", ["", "{urn:other}", f"{SAML}"])
def test_S33_signature_of_another_namespace(namespace: str) -> None:
    def change(root: Element) -> None:
        part(root, "samlp:Status").append(etree.Element(f"{namespace}Signature"))

    assert check(change) == "signature-shape"


@pytest.mark.parametrize("place", [0, 2, -1])
def test_S34_signature_elsewhere_among_the_children(place: int) -> None:
    assert check(partial(wrapping.signature_moved, place=place)) == "signature-shape"


@pytest.mark.parametrize("path", ["saml:Issuer", "samlp:Status"])
def test_S35_doubled_parts_of_the_response_really_signed(path: str) -> None:
    octets = genuine("response", before=lambda root: root.append(copy.deepcopy(part(root, path))))
    assert refused(octets).check == "envelope-shape"


def test_S36_assertion_in_advice() -> None:
    def change(root: Element) -> None:
        assertion = part(root, "saml:Assertion")
        advice = etree.Element(f"{SAML}Advice")
        advice.append(forged(assertion))
        part(assertion, "saml:Conditions").addnext(advice)

    assert refused(genuine(before=change)).check == "assertion-count"


def test_S37_fields_of_an_unsigned_response_are_marked_as_such() -> None:
    proved = prove(changed(genuine(), lambda root: root.set("Destination", "https://evil.example.com/")))
    assert proved.envelope.signed is False


@pytest.mark.parametrize("path", ["ds:Signature", "saml:Assertion/ds:Signature"])
def test_S39_one_of_two_signatures_invalid(path: str) -> None:
    def change(root: Element) -> None:
        value = part(root, f"{path}/ds:SignatureValue")
        value.text = base64.b64encode(base64.b64decode(value.text or "")[::-1]).decode()
        if path != "ds:Signature":
            resign(part(root, "ds:Signature"), reference=root)

    assert check(change, "both") == "signature"


@pytest.mark.parametrize("method", ["ecdsa-sha256", "ecdsa-sha512"])
def test_S40_method_of_another_kind_of_key(method: str) -> None:
    def change(root: Element) -> None:
        part(root, ".//ds:SignatureMethod").set("Algorithm", f"http://www.w3.org/2001/04/xmldsig-more#{method}")
        resign(part(root, ".//ds:Signature"))

    assert check(change) == "signature-algorithm"


@pytest.mark.parametrize("spoil", ["der", "short", "long", "zero", "r-zero", "overflow"])
def test_S41_ecdsa_values_of_other_forms(spoil: str) -> None:
    idp = forge("p256")
    root = etree.fromstring(idp.response(LOGIN))
    value = part(root, ".//ds:SignatureValue")
    raw = base64.b64decode(value.text or "")
    r, s = raw[:32], raw[32:]
    value.text = base64.b64encode(
        {
            "der": b"\x30\x44\x02\x20" + r + b"\x02\x20" + s,
            "short": raw[:-1],
            "long": b"\0" + r + b"\0" + s,
            "zero": bytes(64),
            "r-zero": bytes(32) + s,
            "overflow": b"\xff" * 64,
        }[spoil]
    ).decode()
    assert refused(etree.tostring(root), Keys(keys=registered(signing_key("p256")))).check == "signature"


def test_S42_what_was_proved_does_not_change_with_the_document() -> None:
    proved = prove(genuine("both", encryption()), Keys(decryption_keys=(own_decryption_key(),)))
    octets = bytes(proved.assertion.signed.octets)
    proved.assertion.element.clear()
    assert proved.assertion.signed.octets == octets
    assert proved.assertion.signed.parse().element.tag == ASSERTION


def test_S24_what_is_read_is_what_was_digested() -> None:
    proved = prove(genuine("both"))
    assert proved.response is not None
    for element in (proved.response, proved.assertion):
        # Canonical octets parsed and written canonically are themselves: nothing was read that they do not hold.
        assert etree.tostring(element.element, method="c14n") == element.signed.octets


def test_S38_an_assertion_copied_out_of_a_signed_response_is_unsigned() -> None:
    copied = changed(genuine("response"), wrapping.assertion_copied_out)
    assert refused(copied).check == "signature-missing"
    assert refused(genuine("response"), Keys(profile=Profile.AWS)).check == "signature-missing"
    assert refused(genuine("response"), Keys(signed="assertion")).check == "signature-missing"
