"""SignedInfo, recalled and parsed: both say the same, and only what is known to the last octet is recalled."""

import pytest
from lxml import etree

from federation.errors import InvalidIdentityToken
from federation.saml.signature import templates
from federation.saml.signature.proof import check_signed_info, detach
from federation.saml.signature.signed_info import canonicalise, read_signature, read_signed_info
from federation.saml.xml import Element, parse, reparse
from tests.support.signatures import LOGIN, Keys, changed, genuine, part, prove, refused, registered, resign, signing_key, subject


@pytest.fixture(autouse=True)
def _no_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_templates", {})


def signed_info(octets: bytes) -> tuple[bytes, str]:
    root = parse(octets).root
    parts = read_signature(part(root, ".//ds:Signature"))
    return canonicalise(parts.signed_info, parts.canonicalisation), part(root, "saml:Assertion").get("ID", "")


def rename(root: Element) -> None:
    part(root, "saml:Assertion").set("ID", "_another-one.2")
    part(root, ".//saml:NameID").text = "bob@example.com"


def test_nothing_is_recalled_that_was_not_proved_before() -> None:
    canonical, element_id = signed_info(genuine())
    assert templates.recall(canonical, element_id) is None


def test_what_is_recalled_is_what_parsing_reads() -> None:
    prove(genuine())
    for octets in (genuine(), genuine(before=rename)):
        canonical, element_id = signed_info(octets)
        assert templates.recall(canonical, element_id) == read_signed_info(reparse(canonical))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"rsa-sha256", b"rsa-sha512"),
        (b"xmlenc#sha256", b"xmlenc#sha512"),
        (b"enveloped-signature", b"base64"),
        (b' URI="#', b' Type="x" URI="#'),
        (b"</ds:Reference>", b"</ds:Reference><ds:Reference/>"),
        (b"</ds:SignedInfo>", b" </ds:SignedInfo>"),
        (b"</ds:DigestValue>", b"<x/></ds:DigestValue>"),
        (b"</ds:DigestValue>", b"=</ds:DigestValue>"),
        (b"<ds:DigestValue>", b"<ds:DigestValue>&amp;"),
    ],
)
def test_any_other_octet_is_parsed(old: bytes, new: bytes) -> None:
    prove(genuine())
    canonical, element_id = signed_info(genuine())
    changed = canonical.replace(old, new)
    assert changed != canonical
    assert templates.recall(changed, element_id) is None


@pytest.mark.parametrize("element_id", [None, "", "_other", '_x" Type="y', "a&b", "a<b", "\u00e4"])
def test_any_other_id_is_parsed(element_id: str | None) -> None:
    prove(genuine())
    canonical, _ = signed_info(genuine())
    assert templates.recall(canonical, element_id) is None


def test_templates_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_MAX_TEMPLATES", 2)
    canonical, _ = signed_info(genuine())
    info = read_signed_info(reparse(canonical))
    for number in range(10):
        templates.remember(b"%d" % number + canonical, info)
        assert len(templates._templates) <= 2


@pytest.mark.parametrize(
    ("document", "left"),
    [
        ("<a>1<s/>2<b/>3</a>", "<a>12<b/>3</a>"),
        ("<a><b/>1<s/>2</a>", "<a><b/>12</a>"),
        ("<a><s/></a>", "<a/>"),
        ("<a><s/>2</a>", "<a>2</a>"),
        ("<a><b/><s/>2</a>", "<a><b/>2</a>"),
        ("<a>\n  <b/>\n  <s/>\n</a>", "<a>\n  <b/>\n  \n</a>"),
    ],
)
def test_detaching_leaves_every_other_octet(document: str, left: str) -> None:
    root = etree.fromstring(document)
    signature = root.find("s")
    assert signature is not None
    detach(signature)
    assert etree.tostring(root).decode() == left


@pytest.mark.parametrize(
    ("element_id", "uri"), [(None, "#None"), (None, "#"), (None, ""), ("", "#"), ("_a", "_a"), ("_a", "#_b"), ("_a", "")]
)
def test_the_reference_names_the_element_by_its_id(element_id: str | None, uri: str) -> None:
    info = read_signed_info(reparse(signed_info(genuine())[0]))._replace(uri=uri)
    with pytest.raises(InvalidIdentityToken) as caught:
        check_signed_info(info, element_id, frozenset())
    assert caught.value.check == "signature-reference"


@pytest.mark.parametrize("field", ["signature_method", "digest_method"])
@pytest.mark.parametrize(("identifier", "permit"), [("urn:none", ""), ("http://www.w3.org/2000/09/xmldsig#{}sha1", "{}sha1")])
def test_algorithms_are_known_and_strong_or_permitted(field: str, identifier: str, permit: str) -> None:
    known = read_signed_info(reparse(signed_info(genuine())[0]))._replace(uri="#_a")
    weak = "rsa-" if field == "signature_method" else ""
    named = identifier.format(weak)
    info = known._replace(signature_method=named) if field == "signature_method" else known._replace(digest_method=named)
    with pytest.raises(InvalidIdentityToken) as caught:
        check_signed_info(info, "_a", frozenset())
    assert caught.value.check == "signature-algorithm"
    assert ("permit `" in caught.value.remedy) is bool(permit)
    if permit:
        check_signed_info(info, "_a", frozenset({permit.format(weak)}))


def test_a_refusal_counts_the_keys_of_the_kind() -> None:
    for others, found in (((), "one that none of 1 key verifies"), (("rsa-1024",), "one that none of 2 keys verifies")):
        keys = (signing_key(name="attacker"), signing_key("p256"), *(signing_key(kind) for kind in others))
        assert refused(genuine(), Keys(keys=registered(*keys, permit=frozenset({"rsa-1024"})))).found == found


def test_a_signature_that_stands_alone_signs_nothing() -> None:
    with pytest.raises(InvalidIdentityToken) as caught:
        detach(etree.fromstring("<s/>"))
    assert caught.value.check == "signature-shape"


@pytest.mark.parametrize(
    "place", ["ds:SignatureMethod", "ds:CanonicalizationMethod", "ds:Reference/ds:DigestMethod", "ds:Reference/ds:Transforms/ds:Transform"]
)
@pytest.mark.parametrize("where", ["text", "tail"])
def test_text_between_the_elements_is_refused_even_where_it_is_signed(place: str, where: str) -> None:
    # The text looks like the place where a template begins: what is then recalled would name another element than the Reference does.
    def speak(root: Element) -> None:
        signature = part(root, ".//ds:Signature")
        setattr(part(signature, f"ds:SignedInfo/{place}"), where, f' URI="#{part(root, "saml:Assertion").get("ID")}"')
        resign(signature)

    refusal = refused(changed(genuine(), speak))
    assert refusal.check == "signature-shape"
    assert not templates._templates


def test_a_long_signed_info_is_read_and_not_kept() -> None:
    def lengthen(root: Element) -> None:
        signature = part(root, ".//ds:Signature")
        part(signature, "ds:SignedInfo").text = "\n" * 5_000
        resign(signature)

    assert subject(prove(changed(genuine(), lengthen))) == LOGIN.subject
    assert not templates._templates
