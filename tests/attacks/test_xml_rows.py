"""Section 1 of the attack matrix: XML parsing."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from federation import limits
from federation.errors import FederationError
from federation.profiles import Profile
from federation.saml.reading.assertion import Assertion, read_assertion
from federation.saml.xml import Element
from tests.support.signatures import LOGIN, Keys, changed, genuine, part, prove, refused, resign, subject


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port on which nothing may ever knock."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server
        with pytest.raises(TimeoutError):
            server.accept()


def url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/x"


def with_doctype(doctype: str, reference: str = "") -> bytes:
    text = genuine().decode()
    head = text.index("<saml2p:Response") if "<saml2p:Response" in text else text.index("<", text.index("?>") + 2 if "?>" in text else 0)
    body = text[head:].replace("engineering", f"engineering{reference}")
    return (doctype + body).encode()


@pytest.mark.parametrize(
    ("doctype", "reference"),
    [
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "&x;"),
        ('<!DOCTYPE r [<!ENTITY % x SYSTEM "{url}"> %x;]>', ""),
        ('<!DOCTYPE r SYSTEM "{url}">', ""),
        ('<!DOCTYPE r PUBLIC "-//X//Y" "{url}">', ""),
        ("<!DOCTYPE r [<!ATTLIST x foo ID #IMPLIED>]>", ""),
        ('<!DOCTYPE r [<!ATTLIST x Destination CDATA "https://evil.example.com">]>', ""),
        ('<!DOCTYPE r [<!ENTITY x "_forged">]>', "&x;"),
        ("<!DOCTYPE r [<!ENTITY x '--&gt;<r/>'>]>", ""),
    ],
)
def test_X01_X02_X03_X06_X07_X08_X09_any_doctype(doctype: str, reference: str, listener: socket.socket) -> None:
    assert refused(with_doctype(doctype.replace("{url}", url(listener)), reference)).check == "doctype"


def test_X04_X05_entity_expansion_costs_nothing() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
    laughs = with_doctype(f'<!DOCTYPE r [<!ENTITY l0 "ha">{levels}]>', "&l10;")
    blow_up = with_doctype(f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 2000)
    for octets in (laughs, blow_up):
        start = time.process_time()
        assert refused(octets).check == "doctype"
        assert time.process_time() - start < 0.05


@pytest.mark.parametrize("path", [".//saml:NameID", "samlp:Status", ".//ds:SignedInfo"])
def test_X10_processing_instructions_anywhere(path: str) -> None:
    octets = changed(genuine(), lambda root: part(root, path).insert(0, etree.ProcessingInstruction("x", "not-")))
    assert refused(octets).check == "processing-instruction"


def test_X10_processing_instructions_around_the_root() -> None:
    assert refused(b"<?x y?>" + genuine().partition(b"?>")[2]).check in {"processing-instruction", "encoding"}
    assert refused(genuine() + b"<?x y?>").check == "processing-instruction"


def test_X11_cdata_is_text_and_all_of_it_comes_out() -> None:
    octets = genuine().replace(b">alice@example.com<", b">alice<![CDATA[@example]]>.com<")
    assert b"CDATA" in octets
    assert subject(prove(octets)) == LOGIN.subject


@pytest.mark.parametrize(
    "path",
    [
        ".//saml:NameID",
        ".//saml:Audience",
        ".//saml:AttributeValue",
        ".//saml:SubjectConfirmationData",
        "saml:Issuer",
        ".//samlp:StatusCode",
        ".//ds:DigestValue",
        ".//ds:Signature",
        ".//ds:SignedInfo",
        ".//ds:Transforms",
        ".//ds:KeyInfo",
    ],
)
def test_X12_T01_T02_comments_in_a_text_or_in_a_signature(path: str) -> None:
    assert refused(changed(genuine(), lambda root: part(root, path).insert(0, etree.Comment("")))).check == "comment"


def test_X12_T01_comments_in_a_text_that_was_signed_with_them() -> None:
    def comment(root: Element) -> None:
        part(root, ".//saml:NameID").insert(0, etree.Comment(".evil.example"))

    assert refused(genuine(before=comment)).check == "comment"


def comments_between_elements(root: Element) -> None:
    """Put three comments before the first child of every element that holds elements, and one after its last."""
    for parent in [element for element in root.iter(etree.Element) if len(element)]:
        for turn in range(3):
            comment = etree.Comment(f" {turn} <saml:NameID>admin</saml:NameID> ")
            comment.tail = "\n"
            parent.insert(0, comment)
        parent.append(etree.Comment(" last "))


@pytest.mark.parametrize("verifier", ["strict", "signxml"])
@pytest.mark.parametrize(
    ("sign", "profile"),
    [("assertion", Profile.STRICT), ("response", Profile.STRICT), ("both", Profile.STRICT), ("assertion", Profile.AWS)],
)
def test_X12_comments_between_elements_are_left_out_with_a_note(sign: str, profile: Profile, verifier: str) -> None:
    octets = genuine(sign, before=comments_between_elements)
    provider = Keys(profile=profile, verifier=verifier)
    proved = prove(octets, provider)
    assert subject(proved) == LOGIN.subject
    assert b"<!--" not in proved.assertion.signed.octets
    assert proved.assertion.signed.octets.count(b"NameID") == 2
    left_out = f"comments between elements were left out ({octets.count(b'<!--')})"
    assert proved.notes[-1] == f"{left_out}: the canonical text, which is read, has none"


def test_X12_comments_put_in_after_signing_change_nothing_that_is_read() -> None:
    octets = genuine()
    marked = octets.replace(b"<saml2:Conditions ", b"<!-- a --><saml2:Conditions ")
    assert marked != octets
    assert prove(marked).assertion.signed.octets == prove(octets).assertion.signed.octets


@pytest.mark.parametrize("before", [b"<!-- made by idp -->", b"<!----> "])
def test_X12_X14_comments_around_the_response(before: bytes) -> None:
    assert refused(before + genuine().partition(b"?>")[2]).check in {"comment", "encoding"}
    assert refused(genuine() + before).check == "comment"


def test_X12_T01_the_classic_comment_inside_the_name() -> None:
    octets = genuine().replace(b">alice@example.com<", b">alice@example.com<!-- -->.evil.example<")
    assert refused(octets).check == "comment"


def test_X13_xinclude_is_an_element_like_any_other(listener: socket.socket) -> None:
    def include(root: Element) -> None:
        element = etree.SubElement(part(root, "samlp:Status"), "{http://www.w3.org/2001/XInclude}include")
        element.set("href", url(listener))

    assert refused(changed(genuine(), include)).check == "envelope-shape"


@pytest.mark.parametrize("trailing", [b"<x/>", b"text", b"\0", b"&#32;", b"<!-- -->"])
def test_X14_trailing_data(trailing: bytes) -> None:
    assert refused(genuine() + trailing).check in {"well-formed", "comment"}


def test_X14_trailing_white_space_is_no_data() -> None:
    assert subject(prove(genuine() + b"\r\n \t")) == LOGIN.subject


@pytest.mark.parametrize(
    "octets",
    [
        b"<a><b></a>",
        b"<p:a/>",
        b"<a:b:c xmlns:a='u'/>",
        b"<a xmlns:xmlns='u'/>",
        b"<a =''/>",
        b"<a b='' b=''/>",
        b"<a b=c/>",
        b"<a>&amp</a>",
    ],
)
def test_X15_X16_X17_nothing_is_repaired(octets: bytes) -> None:
    assert refused(octets).check == "well-formed"


def test_X18_prefixes_mean_nothing_namespaces_everything() -> None:
    octets = genuine()
    other = octets.replace(b"urn:oasis:names:tc:SAML:2.0:assertion", b"urn:oasis:names:tc:SAML:2.0:assertion2")
    assert refused(other).check == "assertion-count"
    assert refused(octets.replace(b"urn:oasis:names:tc:SAML:2.0:protocol", b"urn:oasis:names:tc:SAML:1.0:protocol")).check == "root"


SHAPES = {"envelope-shape", "assertion-shape", "signature-shape", "signature-algorithm"}


def read(octets: bytes) -> Assertion:
    return read_assertion(prove(octets).assertion.element)


@pytest.mark.parametrize(
    "path",
    [".", "saml:Issuer", "samlp:Status", "saml:Assertion", ".//saml:NameID", ".//saml:Conditions", ".//ds:Signature", ".//ds:KeyInfo"],
)
@pytest.mark.parametrize("name", ["ID", "URI", "Destination", "Anything"])
def test_X19_X24_foreign_attributes_on_saml_and_signature_elements(path: str, name: str) -> None:
    def add(root: Element) -> None:
        part(root, path).set(f"{{urn:foreign}}{name}", "_x")

    octets = changed(genuine(), add) if "ds:" in path else genuine(before=add)
    with pytest.raises(FederationError) as caught:
        read(octets)
    assert caught.value.check in SHAPES


def test_X19_foreign_attributes_inside_signed_info_really_signed() -> None:
    def add(root: Element) -> None:
        part(root, ".//ds:Reference").set("{urn:foreign}URI", "#other")
        resign(part(root, ".//ds:Signature"))

    assert refused(changed(genuine(), add)).check == "signature-shape"


@pytest.mark.parametrize("path", [".//ds:X509Data", ".//ds:X509Certificate"])
def test_X19_foreign_attributes_inside_key_info(path: str) -> None:
    assert refused(changed(genuine(), lambda root: part(root, path).set("{urn:foreign}Id", "_x"))).check == "signature-shape"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp037"])
def test_X20_other_encodings(encoding: str) -> None:
    assert refused(genuine().decode().encode(encoding)).check in {"well-formed", "encoding"}


@pytest.mark.parametrize("declared", ["UTF-16", "ISO-8859-1", "utf-7", "x", ""])
def test_X20_other_declarations(declared: str) -> None:
    body = genuine().decode()
    body = body[body.index("?>") + 2 :] if body.startswith("<?xml") else body
    assert refused(f'<?xml version="1.0" encoding="{declared}"?>{body}'.encode()).check == "encoding"


@pytest.mark.parametrize(
    "spoil", [b"\0", b"&#0;", b"\x01", b"&#x1;", b"\xed\xa0\x80", b"&#xD800;", b"\xc0\xaf", b"&#xFFFF;", b"\xef\xbf\xbf"]
)
def test_X21_T09_characters_that_xml_does_not_have(spoil: bytes) -> None:
    assert refused(genuine().replace(b"alice", b"al" + spoil + b"ice")).check == "well-formed"


def test_X21_one_leading_byte_order_mark_is_dropped_and_no_other() -> None:
    assert subject(prove(b"\xef\xbb\xbf" + genuine())) == LOGIN.subject
    assert refused(b"\xef\xbb\xbf" * 2 + genuine()).check == "encoding"


def test_X22_xml_11() -> None:
    assert refused(b'<?xml version="1.1"?><a>&#x1;</a>').check == "encoding"


@pytest.mark.parametrize("name", ["base", "space", "id", "lang"])
def test_X24_xml_attributes_outside_values(name: str) -> None:
    def add(root: Element) -> None:
        part(root, "saml:Assertion").set(f"{{http://www.w3.org/XML/1998/namespace}}{name}", "x")

    with pytest.raises(FederationError) as caught:
        read(genuine(before=add))
    assert caught.value.check == "assertion-shape"


def test_X25_schema_locations_are_never_fetched(listener: socket.socket) -> None:
    name = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
    assert refused(changed(genuine(), lambda root: root.set(name, f"urn:x {url(listener)}"))).check == "envelope-shape"


@pytest.mark.parametrize("path", [".//saml:AttributeValue", ".//ds:KeyInfo", "samlp:Status"])
def test_X26_deep_nesting(path: str) -> None:
    nested = b"<x                       >" * 15_000 + b"</x>" * 15_000
    tag = part(etree.fromstring(genuine()), path).tag
    root = etree.fromstring(genuine())
    part(root, path).text = "MARK"
    assert str(tag)
    octets = etree.tostring(root).replace(b"MARK", nested)
    start = time.process_time()
    assert refused(octets).check in {"well-formed", "depth"}
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("number", "check"), [(limits.XML_ATTRIBUTES_PER_ELEMENT, None), (limits.XML_ATTRIBUTES_PER_ELEMENT + 1, "attributes")]
)
@pytest.mark.parametrize("when", ["before signing", "after signing"])
def test_X27_attributes_of_one_element_of_a_genuine_message_are_bounded(number: int, check: str | None, when: str) -> None:
    def crowd(root: Element) -> None:
        value = part(root, ".//saml:AttributeValue")
        for place in range(number - len(value.keys())):
            value.set(f"a{place}", "")
        assert len(value.keys()) == number

    octets = genuine(before=crowd) if when == "before signing" else changed(genuine(), crowd)
    if check is None and when == "before signing":
        assert subject(prove(octets)) == LOGIN.subject
    else:
        assert refused(octets).check == (check or "signature-digest")


@pytest.mark.parametrize("where", [".//saml:AttributeValue", ".//ds:X509Certificate", "samlp:Status"])
def test_X27_a_genuine_message_with_a_huge_text_is_refused_for_its_size(where: str) -> None:
    def swell(root: Element) -> None:
        part(root, where).text = " " * 10_000_000

    octets = genuine(before=swell) if "ds:" not in where else changed(genuine(), swell)
    start = time.process_time()
    assert refused(octets).check == "size"
    assert time.process_time() - start < 0.05


def test_X27_the_size_of_a_genuine_message_is_bounded_to_the_octet() -> None:
    short = genuine()
    fill = limits.SAML_RESPONSE_OCTETS - len(short)
    assert subject(prove(short + b" " * fill)) == LOGIN.subject
    assert refused(short + b" " * (fill + 1)).check == "size"


@pytest.mark.parametrize(
    "octets",
    [
        b"<a " + b" ".join(b'a%d=""' % n for n in range(10_000)) + b"/>",
        b"<a " + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(3_000)) + b">" + b"<b/>" * 10_000 + b"</a>",
        b"".join(b'<a xmlns:a%d="u">' % n for n in range(60)) + b"<b/>" * 20_000 + b"</a>" * 60,
        b"<a>" + b"<b x='1'/>" * 9_000 + b"</a>",
        b"<a>" + b"&#65;" * 20_000 + b"</a>",
        b"<a b='" + b"&lt;" * 24_000 + b"'/>",
        b"<a>" + b"<!--x-->" * 12_000 + b"</a>",
        b"<a>" + b"<?x y?>" * 12_000 + b"</a>",
        b"<a>" * 62 + b"<b><c><d/></c></b>" * 5_000 + b"</a>" * 62,
    ],
)
def test_X27_X28_any_shape_of_100_kb_is_judged_at_once(octets: bytes) -> None:
    start = time.process_time()
    assert refused(octets).check
    assert time.process_time() - start < 0.25


@pytest.mark.parametrize(
    "each", [b"<!--x-->", b"<?x y?>", b'<b ID="i%d" Id="j%d"/>', b"<Signature/>", b'<b ID="i%d"/>', b"<b><c/></b>", b"<b a='1' c='2'/>"]
)
def test_X27_D01_a_megabyte_costs_ten_times_a_tenth_of_it(each: bytes) -> None:
    def seconds(size: int) -> float:
        count = size // len(each)
        inside = b"".join(each % (n, n) if each.count(b"%d") == 2 else each % n if b"%d" in each else each for n in range(count))
        octets = b'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="a">' + inside + b"</samlp:Response>"
        start = time.process_time()
        assert refused(octets).check
        return time.process_time() - start

    # Quadratic would be a hundred times; the constant forgives a busy machine.
    assert seconds(700_000) < 30 * seconds(70_000) + 0.5


def test_X27_namespaces_in_scope_of_a_signature_are_bounded() -> None:
    many = b" ".join(b'xmlns:n%d="urn:n%d"' % (n, n) for n in range(3_000))
    octets = genuine().replace(b"<saml2p:Response ", b"<saml2p:Response " + many + b" ", 1)
    assert many in octets
    start = time.process_time()
    assert refused(octets).check == "namespaces"
    assert time.process_time() - start < 1


def test_X29_catalogs_have_no_effect(monkeypatch: pytest.MonkeyPatch, listener: socket.socket) -> None:
    monkeypatch.setenv("XML_CATALOG_FILES", url(listener))
    assert subject(prove(genuine())) == LOGIN.subject


def test_X30_no_two_threads_use_one_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[tuple[int, object]] = []
    real = etree.fromstring

    def recording(text: bytes, parser: etree.XMLParser | None = None) -> Any:
        used.append((threading.get_ident(), parser))
        return real(text, parser)

    octets, ready = genuine(), threading.Barrier(8)
    monkeypatch.setattr(etree, "fromstring", recording)

    def work() -> None:
        ready.wait()
        prove(octets)
        ready.wait()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    owners: dict[int, set[int]] = {}
    for thread_id, parser in used:
        owners.setdefault(id(parser), set()).add(thread_id)
    assert len({thread_id for thread_id, _ in used}) == 8
    assert all(len(threads_of) == 1 for threads_of in owners.values())


def test_X30_threads_share_no_parser_state() -> None:
    valid, broken = genuine(), genuine().replace(b"</saml2p:Response>", b"")
    commented = genuine().replace(b"alice@", b"alice<!---->@", 1)
    failures: list[str] = []

    def work(number: int) -> None:
        for turn in range(15):
            octets, expected = ((valid, LOGIN.subject), (broken, "well-formed"), (commented, "comment"))[(number + turn) % 3]
            try:
                verdict = subject(prove(octets))
            except FederationError as refusal:
                verdict = refusal.check
            if verdict != expected:
                failures.append(f"{verdict} instead of {expected}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
