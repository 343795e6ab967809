"""The shape of a Signature: every value in its place, once, with nothing beside it."""

import copy

import pytest

from federation import limits
from federation.errors import FederationError
from federation.saml.signature import signed_info
from federation.saml.signature.algorithms import EXCLUSIVE, Canonicalisation
from federation.saml.signature.signed_info import canonical_signed_info, canonicalise, read_signature, read_signed_info
from federation.saml.xml import DS, EC, Element, parse, reparse
from tests.support.signatures import Change, genuine, part


def signature() -> Element:
    return part(parse(genuine()).root, ".//ds:Signature")


def canonical() -> bytes:
    return canonical_signed_info(read_signature(signature()))


def refusal(octets: bytes) -> str:
    with pytest.raises(FederationError) as caught:
        read_signed_info(reparse(octets))
    return caught.value.check


def test_what_is_read_is_what_stands_there() -> None:
    info = read_signed_info(reparse(canonical()))
    assert info.canonicalisation.algorithm == EXCLUSIVE
    assert info.signature_method == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    assert info.digest_method == "http://www.w3.org/2001/04/xmlenc#sha256"
    assert info.uri.startswith("#_")
    assert len(info.digest) == 32


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<ds:Reference ", b'<ds:Reference Id="_x" '),
        (b"<ds:DigestValue>", b"<ds:DigestValue>\n "),
        (b"</ds:CanonicalizationMethod>", b"\n</ds:CanonicalizationMethod>\n"),
    ],
)
def test_an_id_and_white_space_say_nothing(old: bytes, new: bytes) -> None:
    octets = canonical()
    assert old in octets
    assert read_signed_info(reparse(octets.replace(old, new))) == read_signed_info(reparse(octets))


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        (b"<ds:Reference ", b'<ds:Reference Other="_x" ', "signature-shape"),
        (b"<ds:Reference ", b'<ds:Reference Type="urn:x" ', "signature-reference"),
        (b" URI=", b" Id=", "signature-reference"),
        (b"<ds:Transforms>", b'<ds:Transforms Id="_x">', "signature-shape"),
        (b"<ds:DigestValue>", b'<ds:DigestValue Id="_x">', "signature-shape"),
        (b"<ds:DigestValue>", b"<ds:DigestValue>=", "signature-shape"),
        (b"<ds:SignatureMethod ", b'<ds:SignatureMethod Id="_x" ', "signature-algorithm"),
        (b"<ds:DigestMethod ", b'<ds:DigestMethod Id="_x" ', "signature-algorithm"),
        (b"<ds:CanonicalizationMethod ", b'<ds:CanonicalizationMethod Id="_x" ', "signature-algorithm"),
        (b"</ds:SignatureMethod>", b"<ds:HMACOutputLength/></ds:SignatureMethod>", "signature-algorithm"),
        (b"</ds:DigestMethod>", b"<ds:x/></ds:DigestMethod>", "signature-algorithm"),
        (b"enveloped-signature", b"base64", "signature-transform"),
        (b'#enveloped-signature"', b'#enveloped-signature" Id="_x"', "signature-transform"),
        (b'#enveloped-signature">', b'#enveloped-signature"><ds:XPath/>', "signature-transform"),
        (b"</ds:Transforms>", b"<ds:Transform/></ds:Transforms>", "signature-transform"),
        (b"</ds:Reference>", b"<ds:Reference/></ds:Reference>", "signature-shape"),
        (b"</ds:SignedInfo>", b"<ds:Reference/></ds:SignedInfo>", "signature-shape"),
        (b"</ds:SignedInfo>", b"x</ds:SignedInfo>", "signature-shape"),
    ],
)
def test_anything_beside_is_refused(old: bytes, new: bytes, check: str) -> None:
    octets = canonical()
    assert old in octets
    assert refusal(octets.replace(old, new, 1)) == check


def test_an_empty_digest_is_read_and_fits_nothing() -> None:
    head, _, tail = canonical().partition(b"<ds:DigestValue>")
    assert read_signed_info(reparse(head + b"<ds:DigestValue>" + tail[tail.index(b"<") :])).digest == b""


def with_prefixes(inside: str) -> bytes:
    """SignedInfo whose own canonicalisation has *inside* as its content."""
    octets = canonical().replace(b'<ds:SignedInfo xmlns:ds="', f'<ds:SignedInfo xmlns:ec="{EC[1:-1]}" xmlns:ds="'.encode(), 1)
    return octets.replace(b"</ds:CanonicalizationMethod>", f"{inside}</ds:CanonicalizationMethod>".encode(), 1)


def listed(number: int) -> str:
    return " ".join(f"p{place}" for place in range(number))


@pytest.mark.parametrize("prefixes", ["", "#default", " xs\n xsi ", listed(limits.INCLUSIVE_PREFIXES), "p" * limits.INCLUSIVE_PREFIX_CHARS])
def test_a_prefix_list_is_read_as_a_list(prefixes: str) -> None:
    info = read_signed_info(reparse(with_prefixes(f'<ec:InclusiveNamespaces PrefixList="{prefixes}"/>')))
    assert info.canonicalisation == Canonicalisation(EXCLUSIVE, tuple(prefixes.split()))


@pytest.mark.parametrize(
    "inside",
    [
        f'<ec:InclusiveNamespaces PrefixList="{listed(limits.INCLUSIVE_PREFIXES + 1)}"/>',
        f'<ec:InclusiveNamespaces PrefixList="{"p" * (limits.INCLUSIVE_PREFIX_CHARS + 1)}"/>',
        '<ec:InclusiveNamespaces PrefixList="a:b"/>',
        '<ec:InclusiveNamespaces PrefixList="xs 1a"/>',
        '<ec:InclusiveNamespaces PrefixList="xs"><ec:x/></ec:InclusiveNamespaces>',
        '<ec:InclusiveNamespaces PrefixList="xs"/><ec:InclusiveNamespaces PrefixList="xs"/>',
        '<ds:InclusiveNamespaces PrefixList="xs"/>',
    ],
)
def test_any_other_prefix_list_is_refused(inside: str) -> None:
    assert refusal(with_prefixes(inside)) == "signature-shape"


def without_key_info(element: Element) -> None:
    element.remove(element[2])


@pytest.mark.parametrize(
    "change",
    [
        without_key_info,
        lambda element: [each.set("Id", f"_{place}") for place, each in enumerate((element, *element))],
        lambda element: element[2].append(element[2].makeelement(f"{DS}KeyName")),
        lambda element: element[2].append(element[2].makeelement(f"{DS}KeyValue")),
    ],
)
def test_a_signature_may_lack_a_key_info_and_bear_ids(change: Change) -> None:
    element = signature()
    before = read_signature(signature())
    change(element)
    found = read_signature(element)
    assert (found.value, found.canonicalisation, found.signed_info.tag) == (before.value, before.canonicalisation, f"{DS}SignedInfo")


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda element: element.append(element.makeelement(f"{DS}Object")), "signature-shape"),
        (lambda element: element.append(copy.deepcopy(element[2])), "signature-shape"),
        (lambda element: element.insert(0, element[1]), "signature-shape"),
        (lambda element: element.remove(element[1]), "signature-shape"),
        (lambda element: element[2].append(element.makeelement(f"{DS}RetrievalMethod")), "signature-shape"),
        (lambda element: element[2][0].set("{urn:x}Id", "_x"), "signature-shape"),
        (lambda element: element.set("Other", "x"), "signature-shape"),
        (lambda element: element[0].set("Other", "x"), "signature-shape"),
        (lambda element: element[1].set("Other", "x"), "signature-shape"),
        (lambda element: element[2].set("Other", "x"), "signature-shape"),
        (lambda element: element[0].clear(), "signature-shape"),
        (lambda element: element[0].remove(element[0][0]), "signature-shape"),
        (lambda element: element[0][0].set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"), "signature-algorithm"),
        (lambda element: setattr(element[1], "text", "A"), "signature-shape"),
    ],
)
def test_any_other_signature_is_refused(change: Change, check: str) -> None:
    element = signature()
    change(element)
    with pytest.raises(FederationError) as caught:
        read_signature(element)
    assert caught.value.check == check


def test_signed_info_is_bounded_to_the_octet(monkeypatch: pytest.MonkeyPatch) -> None:
    octets, parts = canonical(), read_signature(signature())
    monkeypatch.setattr(limits, "SIGNED_INFO_OCTETS", len(octets))
    assert canonical_signed_info(parts) == octets
    monkeypatch.setattr(limits, "SIGNED_INFO_OCTETS", len(octets) - 1)
    with pytest.raises(FederationError) as caught:
        canonical_signed_info(parts)
    assert caught.value.check == "signature-shape"


@pytest.mark.parametrize("octets", [b"", b"text", b" <a/>"])
def test_canonical_octets_begin_with_a_tag(octets: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_info, "canonical_octets", lambda _element, _prefixes: octets)
    with pytest.raises(FederationError) as caught:
        canonicalise(signature(), Canonicalisation(EXCLUSIVE))
    assert caught.value.check == "canonicalisation"
