"""The census: one assertion, signatures in their places, every ID once."""

import pytest
from lxml import etree

from federation.errors import FederationError
from federation.saml.parsing import parse_document
from federation.saml.structure import survey, survey_plaintext
from federation.saml.xml import DS, SAML, SAMLP, Element

SPACES = f'xmlns="{SAMLP[1:-1]}" xmlns:a="{SAML[1:-1]}" xmlns:d="{DS[1:-1]}" xmlns:x="urn:x"'
BARE = '<a:Assertion ID="_a"><a:Issuer/></a:Assertion>'
SIGNED = '<a:Assertion ID="_a"><a:Issuer/><d:Signature/><a:Subject/></a:Assertion>'


def tree(inside: str) -> Element:
    return parse_document(f'<Response {SPACES} ID="_r">{inside}</Response>'.encode())


def refusal(inside: str) -> str:
    with pytest.raises(FederationError) as caught:
        survey(tree(inside))
    return caught.value.check


@pytest.mark.parametrize(
    ("inside", "assertion", "response_signed", "assertion_signed"),
    [
        ("", None, False, False),
        ("<a:Issuer/><d:Signature/>", None, True, False),
        (BARE, "Assertion", False, False),
        (SIGNED, "Assertion", False, True),
        (f"<a:Issuer/><d:Signature/>{SIGNED}", "Assertion", True, True),
        (f"<d:Signature/>{BARE}", "Assertion", True, False),
        ('<a:Assertion ID="_a"><d:Signature/></a:Assertion>', "Assertion", False, True),
        ("<a:Issuer/><d:Signature/><a:EncryptedAssertion/>", "EncryptedAssertion", True, False),
    ],
)
def test_places(inside: str, assertion: str | None, response_signed: bool, assertion_signed: bool) -> None:  # noqa: FBT001 - a table
    root = tree(inside)
    found = survey(root)
    assert found.response is root
    assert (None if found.assertion is None else etree.QName(found.assertion).localname) == assertion
    assert found.encrypted is (assertion == "EncryptedAssertion")
    for signature, expected, parent in (
        (found.response_signature, response_signed, root),
        (found.assertion_signature, assertion_signed, found.assertion),
    ):
        assert (signature is not None) is expected
        assert signature is None or signature.getparent() is parent


@pytest.mark.parametrize(
    "inside",
    [
        BARE + BARE.replace("_a", "_b"),
        f"{BARE}<a:EncryptedAssertion/>",
        f"<Extensions>{BARE}</Extensions>",
        "<Extensions><a:EncryptedAssertion/></Extensions>",
        BARE.replace("a:Assertion", "x:Assertion"),
        "<x:EncryptedAssertion/>",
    ],
)
def test_there_is_one_assertion_in_one_place(inside: str) -> None:
    assert refusal(inside) == "assertion-count"


@pytest.mark.parametrize(
    "inside",
    [
        "<a:Issuer/><x:Signature/>",
        "<Extensions/><d:Signature/>",
        "<Extensions/><a:Issuer/><d:Signature/>",
        "<a:Issuer/><Extensions/><d:Signature/>",
        "<d:Signature/><a:Issuer/>",
        "<a:Issuer/><Extensions><d:Signature/></Extensions>",
        "<a:Issuer/><d:Signature/><d:Signature/>",
        "<a:Issuer/><d:Signature><d:Object><d:Signature/></d:Object></d:Signature>",
        "<a:EncryptedAssertion><d:Signature/></a:EncryptedAssertion>",
        "<a:EncryptedAssertion><a:Issuer/><d:Signature/></a:EncryptedAssertion>",
        '<a:Assertion ID="_a"><a:Issuer/><a:Subject><d:Signature/></a:Subject></a:Assertion>',
        '<a:Assertion ID="_a"><a:Issuer/><a:Subject/><d:Signature/></a:Assertion>',
    ],
)
def test_a_signature_anywhere_else_is_refused(inside: str) -> None:
    assert refusal(inside) == "signature-shape"


@pytest.mark.parametrize("inside", ["<Response/>", "<x:Response/>", f"<Extensions><Response/></Extensions>{BARE}"])
def test_there_is_one_response(inside: str) -> None:
    assert refusal(inside) == "root"


@pytest.mark.parametrize("root", ["<a:Response/>", "<Response/>", "<a:Assertion/>"])
def test_the_root_is_the_response_of_saml_2(root: str) -> None:
    element = etree.fromstring(f"<f {SPACES.replace('xmlns=', 'xmlns:p=')}>{root}</f>")[0]
    element.getparent().remove(element)  # type: ignore[union-attr] # it has one
    with pytest.raises(FederationError) as caught:
        survey(element)
    assert caught.value.check == "root"


@pytest.mark.parametrize("spelling", ["ID", "Id", "id", "AssertionID", "xml:id"])
@pytest.mark.parametrize("other", ["ID", "Id", "id", "AssertionID", "xml:id"])
def test_an_id_occurs_once_however_it_is_spelt(spelling: str, other: str) -> None:
    assert survey(tree(f'<Extensions><x:a {spelling}="_1"/><x:b {other}="_2"/></Extensions>')).assertion is None
    assert refusal(f'<Extensions><x:a {spelling}="_1"/><x:b {other}="_1"/></Extensions>') == "duplicate-id"
    assert refusal(f'<Extensions><x:a {spelling}="_r"/></Extensions>') == "duplicate-id"


def test_a_plaintext_is_one_assertion_whose_ids_are_not_those_of_the_message() -> None:
    outer = tree("<a:EncryptedAssertion/>")
    for plaintext, check in (
        (SIGNED, None),
        (BARE, None),
        (SIGNED.replace("_a", "_r"), "duplicate-id"),
        (SIGNED.replace("<a:Subject/>", '<a:Subject><x:a Id="_a"/></a:Subject>'), "duplicate-id"),
        (SIGNED.replace("<a:Subject/>", f"<a:Advice>{BARE.replace('_a', '_b')}</a:Advice>"), "assertion-count"),
        (SIGNED.replace("<a:Subject/>", "<a:Advice><Response/></a:Advice>"), "root"),
        (SIGNED.replace("<a:Subject/>", "<a:Subject><d:Signature/></a:Subject>"), "signature-shape"),
    ):
        element = tree(plaintext)[0]
        root = etree.fromstring(etree.tostring(element))
        if check is None:
            signature = survey_plaintext(root, outer)
            assert (signature is not None) is ("Signature" in plaintext)
        else:
            with pytest.raises(FederationError) as caught:
                survey_plaintext(root, outer)
            assert caught.value.check == check
