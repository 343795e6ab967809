"""Rows X27, X28, C05 and D01 of the attack matrix: what a message may cost.

Every message here carries a genuine signature with an InclusiveNamespaces PrefixList, so that its content is canonicalised before a digest
is compared. It may cost ten times as much as a sound one of its size, to whoever judges it. Time is that of the process, measured beside
the sound message, the best of a few turns.
"""

import base64
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlencode

import pytest
from lxml import etree

import federation
from federation import limits
from federation.errors import FederationError
from federation.saml.reading.inspection import inspect_response
from federation.saml.registration.metadata import read_metadata
from federation.saml.registration.provider import SamlProvider
from federation.server.endpoint import Endpoint
from federation.server.messages import Request
from federation.sts.service import SecurityTokenService
from federation.testing.signing import sign_element
from tests.support.paths import REPOSITORY
from tests.support.signatures import AT, ISSUER, LOGIN, forge, tree

pytestmark = pytest.mark.growth

TIMES = 10
TURNS = 4
PREFIXES = ("#default", *(f"p{number}" for number in range(limits.INCLUSIVE_PREFIXES - 1)))
POSTED = 350_000
"""Octets of a message that one post to the page can hold, encoded twice."""
SAML = b'xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"'


@cache
def provider() -> SamlProvider:
    return SamlProvider.from_metadata(forge().metadata(), arn="arn:aws:iam::123456789012:saml-provider/Cost")


@cache
def genuine(prefixes: tuple[str, ...], values: int = 1) -> bytes:
    login = replace(LOGIN, attributes={"groups": tuple(f"group {number:06} of the company" for number in range(values))})
    return forge().response(login, sign="assertion", signing=replace(forge().signing(), inclusive_prefixes=prefixes))


@cache
def sound(octets: int) -> bytes:
    values = (octets - len(genuine(PREFIXES))) // 147
    return genuine(PREFIXES, values)


def many(piece: bytes, octets: int) -> bytes:
    """*piece* again and again, numbered where it says so, as often as the bound on elements allows, filled up to *octets* with text."""
    elements = max(1, piece.count(b"<") - piece.count(b"</"))
    length = len(piece.replace(b"%d", b"00000"))
    count = int(min(octets / length, octets / limits.XML_OCTETS_PER_ELEMENT / elements))
    inside = b"".join(piece.replace(b"%d", b"%d" % number) for number in range(count))
    return inside + b"z" * (octets - len(inside))


def declarations(number: int, uri: bytes = b"urn:u") -> bytes:
    return b" ".join(b'xmlns:p%d="%b%d"' % (index, uri, index) for index in range(number))


def around(depth: int, octets: int, inside: Callable[[int], bytes], *, used: bool = False) -> bytes:
    uses = [b' p%d:a=""' % level if used else b"" for level in range(depth)]
    heads = b"".join(b'<x xmlns:p%d="urn:u%d"%b>' % (level, level, use) for level, use in enumerate(uses))
    return heads + inside(octets - len(heads) - depth * 4) + b"</x>" * depth


def attributes(number: int, name: bytes) -> bytes:
    return b"<y " + b" ".join(name % index for index in reversed(range(number))) + b"/>"


EMPTY = b"<y/>"
IN_VALUE: dict[str, Callable[[int], bytes]] = {
    "thousands of declarations and of empty children": lambda n: b"<x " + declarations(n // 52) + b">" + EMPTY * (n // 8) + b"</x>",
    "thousands of declarations": lambda n: b"<x " + declarations(n // 42) + b">" + many(EMPTY, n // 4) + b"</x>",
    "declarations within the bound": lambda n: b"<x " + declarations(56) + b">" + many(EMPTY, n) + b"</x>",
    "declarations within the bound, nested": lambda n: around(52, n, lambda rest: many(EMPTY, rest)),
    "nested and used": lambda n: around(52, n, lambda rest: many(EMPTY, rest), used=True),
    "a declaration on each": lambda n: many(b'<y xmlns:p1="urn:u%d"/>', n),
    "relative namespaces": lambda n: many(b'<y xmlns="%d"/>', n),
    "a long namespace on each": lambda n: b'<x xmlns:q="urn:%b">' % (b"u" * 250) + many(b"<q:y/>", n) + b"</x>",
    "a longer namespace on each": lambda n: b'<x xmlns:q="urn:%b">' % (b"u" * (n // 2)) + many(b"<q:y/>", n // 2) + b"</x>",
    "attributes": lambda n: many(attributes(64, b'a%d=""'), n),
    "attributes in namespaces": lambda n: (
        b"<x " + declarations(56, b"urn:" + b"u" * 245) + b">" + many(attributes(56, b'p%d:a=""'), n) + b"</x>"
    ),
    "thousands of attributes": lambda n: attributes(n // 12, b'a%d=""'),
    "xml:*": lambda n: many(b'<y xml:lang="a" xml:base="b" xml:space="default"/>', n),
    "elements": lambda n: many(EMPTY, n),
    "elements beyond the bound": lambda n: EMPTY * (n // 4),
    "names": lambda n: many(b"<n%d/>", n),
    "attribute names": lambda n: many(b'<y n%d=""/>', n),
    "unbound prefixes": lambda n: many(b"<q%d:y/>", n),
    "nesting": lambda n: b"<x>" * (n // 7) + b"</x>" * (n // 7),
    "text in pieces": lambda n: many(b"z<y/>", n),
    "references": lambda n: b"&#65;" * (n // 5),
    "entities": lambda n: b"&lt;" * (n // 4),
    "CDATA": lambda n: many(b"<![CDATA[x]]>", n),
    "comments": lambda n: many(b"<!--x-->", n),
    "comments and elements": lambda n: many(b"<y/><!--x-->", n).rstrip(b"z"),
    "a long attribute": lambda n: b"<y a='%b'/>" % (b"&#10;" * (n // 5)),
    "identifiers": lambda n: many(b'<y ID="i%d" Id="j%d" id="k%d" AssertionID="l%d" xml:id="m%d"/>', n),
}
ELSEWHERE: dict[str, tuple[bytes, Callable[[int], bytes]]] = {
    "elements in SignedInfo": (b"</ds:SignedInfo>", lambda n: many(EMPTY, n)),
    "namespaces in SignedInfo": (b"</ds:SignedInfo>", lambda n: around(52, n, lambda rest: many(EMPTY, rest), used=True)),
    "References": (b"</ds:SignedInfo>", lambda n: many(b"<ds:Reference/>", n)),
    "Transforms": (b"</ds:Transforms>", lambda n: many(b"<ds:Transform/>", n)),
    "certificates": (b"</ds:X509Data>", lambda n: many(b"<ds:X509Certificate/>", n)),
    "Signatures": (b"</saml2:Assertion>", lambda n: many(b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>', n)),
    "Assertions": (b"</saml2p:Status>", lambda n: many(b"<saml2:Assertion %b/>" % SAML, n)),
    "nested Assertions": (
        b"</saml2p:Status>",
        lambda n: (
            (b"<saml2:Assertion %b>" % SAML) * 50
            + many(b"<saml2:Attribute><saml2:AttributeValue>v</saml2:AttributeValue></saml2:Attribute>", n - 4_500)
            + b"</saml2:Assertion>" * 50
        ),
    ),
    "nested Attributes": (
        b"</saml2p:Status>",
        lambda n: (
            b"<saml2:Assertion %b>" % SAML
            + b"<saml2:Attribute><saml2:AttributeValue>" * 28
            + many(b"v<y/>", n - 2_500)
            + b"</saml2:AttributeValue></saml2:Attribute>" * 28
            + b"</saml2:Assertion>"
        ),
    ),
    "details of the status": (b"</saml2p:Status>", lambda n: b"<saml2p:StatusDetail>%b</saml2p:StatusDetail>" % many(EMPTY, n)),
    "status codes": (b"</saml2p:Status>", lambda n: many(b"<saml2p:StatusCode/>", n)),
}


def message(shape: str, octets: int) -> bytes:
    base = genuine(PREFIXES)
    before, inside = ELSEWHERE[shape] if shape in ELSEWHERE else (b"</saml2:AttributeValue>", IN_VALUE[shape])
    assert before in base, before
    made = base.replace(before, inside(octets - len(base)) + before, 1)
    assert len(made) <= limits.SAML_RESPONSE_OCTETS
    return made


@cache
def endpoint() -> Endpoint:
    return Endpoint(SecurityTokenService.open(REPOSITORY / "fixtures" / "account"))


@cache
def form(token: str) -> Request:
    headers = (("content-type", "application/x-www-form-urlencoded"), ("host", "localhost"))
    return Request("POST", "/page", "", headers, urlencode({"pasted": token}).encode())


def page(token: str) -> None:
    exchange = endpoint().answer(form(token), at=datetime(2026, 11, 24, tzinfo=UTC))
    assert exchange.response.status == 200


JUDGES: dict[str, Callable[[str], object]] = {
    "validate": lambda token: federation.validate(token, provider(), at=AT),
    "diagnose": lambda token: federation.diagnose(token, provider(), at=AT),
    "inspect": inspect_response,
    "page": page,
}


def seconds(judge: Callable[[str], object], token: str) -> float:
    start = time.process_time()
    try:
        judge(token)
    except FederationError:
        return time.process_time() - start
    return time.process_time() - start


@pytest.mark.parametrize(
    ("octets", "judges"), [(POSTED, ["page"]), (1_000_000, ["validate", "diagnose", "inspect"])], ids=["posted", "longest"]
)
@pytest.mark.parametrize("shape", [*IN_VALUE, *ELSEWHERE])
def test_X27_C05_D01_no_message_costs_ten_times_a_sound_one_of_its_size(shape: str, octets: int, judges: Iterable[str]) -> None:
    hostile, good = (base64.b64encode(made).decode() for made in (message(shape, octets), sound(octets)))
    for name in judges:
        judge = JUDGES[name]
        best = sound_best = float("inf")
        for _ in range(TURNS):
            sound_best = min(sound_best, seconds(judge, good))
            best = min(best, seconds(judge, hostile))
            if best < TIMES * sound_best:
                break
        assert best < TIMES * sound_best, (name, best, sound_best)


def test_the_sound_messages_are_sound_and_the_others_carry_their_signature() -> None:
    for octets in (12_000, 1_000_000):
        good = sound(octets)
        assert 0.98 * octets < len(good) < 1.02 * octets
        assert federation.validate(base64.b64encode(good).decode(), provider(), at=AT).issuer == ISSUER
    with pytest.raises(FederationError) as caught:
        federation.validate(base64.b64encode(message("declarations within the bound, nested", 100_000)).decode(), provider(), at=AT)
    assert caught.value.check == "signature-digest"  # after the signature was verified, and the content canonicalised


@cache
def signed_metadata() -> bytes:
    signing = replace(forge().signing(), inclusive_prefixes=PREFIXES)
    signed = sign_element(tree(forge().metadata()), forge().key, signing)
    return bytes(etree.tostring(signed))


def metadata(inside: bytes) -> bytes:
    """Metadata whose own signature is genuine, *inside* put in afterwards."""
    octets = signed_metadata()
    end = octets.rindex(b"</")
    return octets[:end] + inside + octets[end:]


@pytest.mark.parametrize("shape", IN_VALUE)
def test_M01_D01_no_metadata_costs_more_than_its_size(shape: str) -> None:
    def cost(document: bytes) -> float:
        start = time.process_time()
        try:
            read_metadata(document)
        except FederationError:
            return time.process_time() - start
        return time.process_time() - start

    few, many = (metadata(IN_VALUE[shape](octets)) for octets in (25_000, 500_000))
    small = min(cost(few) for _ in range(3))
    # Quadratic would be four hundred times; the constant forgives a busy machine, as the second attempt does.
    assert any(cost(many) < 60 * small + 0.2 for _ in range(2))
