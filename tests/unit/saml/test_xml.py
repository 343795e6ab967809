"""The one parser: what it refuses, by name."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from federation import limits
from federation.errors import InvalidIdentityToken
from federation.saml.xml import parse, parse_registered, reparse, text


def check(octets: bytes, max_octets: int = limits.SAML_RESPONSE_OCTETS) -> str:
    with pytest.raises(InvalidIdentityToken) as caught:
        parse(octets, max_octets=max_octets)
    return caught.value.check


@pytest.mark.parametrize(
    "octets",
    [
        b"<a/>",
        b"\xef\xbb\xbf<a/>",
        b'<?xml version="1.0"?><a/>',
        b"<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<a/>",
        b'<?xml version="1.0" encoding="US-ASCII"?><a/>',
        b"<?xml" + b" " * 236 + b'version="1.0"?><a/>',
    ],
)
def test_xml_in_utf8_parses(octets: bytes) -> None:
    assert parse(octets).root.tag == "a"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b'<?xml version="1.1"?><a/>', "encoding"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "encoding"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>', "encoding"),
        (b"<?xml" + b" " * 1000 + b'version="1.0"?><a/>', "encoding"),
        (b"<?xml" + b" " * 237 + b'version="1.0"?><a/>', "encoding"),  # of 257 octets
        (b"\xef\xbb\xbf\xef\xbb\xbf<a/>", "encoding"),
        (b"<a>\xe9</a>", "well-formed"),
        (b"", "well-formed"),
        (b"<a>", "well-formed"),
        (b"<a/><!-- c -->", "comment"),
        (b"<?p i?><a/>", "processing-instruction"),
        (b"<a><?p i?></a>", "processing-instruction"),
        (b"<a/><?p i?>", "processing-instruction"),
        (b" \n<?p i?><a/>", "processing-instruction"),
        (b'<?xml version="1.0"?><?p i?><a/>', "processing-instruction"),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<a/><?p?>', "processing-instruction"),
        (b"\xef\xbb\xbf<?p i?><a/>", "processing-instruction"),
        (b"<a><!-- c --><?p i?></a>", "processing-instruction"),
        (b"<!DOCTYPE a><a/>", "doctype"),
    ],
)
def test_other_documents_are_refused(octets: bytes, expected: str) -> None:
    assert check(octets) == expected


@pytest.mark.parametrize("octets", [b'<?xml version="1.0"?><a b="?!"/>', b"<a>?!</a>", b"<a><![CDATA[?>]]></a>"])
def test_the_signs_of_comments_and_instructions_may_stand_in_texts(octets: bytes) -> None:
    assert parse(octets).comments == 0


def test_what_only_looks_like_a_comment_is_text() -> None:
    assert text(parse(b"<a><![CDATA[<!-- <?x -->]]></a>").root) == "<!-- <?x -->"


@pytest.mark.parametrize(
    ("octets", "left", "number"),
    [
        (b"<a><!-- x --><b/></a>", b"<a><b></b></a>", 1),
        (b"<a> <!--x--> <b>t</b><!--y--><!--z-->\n</a>", b"<a>  <b>t</b>\n</a>", 3),
        (b"<a><b><c/><!----></b></a>", b"<a><b><c></c></b></a>", 1),
        (b"<a/>", b"<a></a>", 0),
    ],
)
def test_comments_between_elements_are_left_out_and_counted(octets: bytes, left: bytes, number: int) -> None:
    parsed = parse(octets)
    assert (etree.tostring(parsed.root, method="c14n"), parsed.comments) == (left, number)


@pytest.mark.parametrize(
    "octets",
    [
        b"<a>t<!----></a>",
        b"<a><!----></a>",
        b"<a><!---->t<b/></a>",
        b"<a><b/>&#160;<!----></a>",
        b"<a><b/><!----><c/>t</a>",
        b"<!----><a/>",
        b"<a/><!---->",
        b"<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><!----><b/></Signature>",
        b"<a xmlns:d='http://www.w3.org/2000/09/xmldsig#'><d:Signature><b><!----><c/></b></d:Signature></a>",
        b"<a><s:AttributeValue xmlns:s='urn:oasis:names:tc:SAML:2.0:assertion'><!----><b/></s:AttributeValue></a>",
    ],
)
def test_comments_anywhere_else_are_refused(octets: bytes) -> None:
    assert check(octets) == "comment"


def test_a_frame_holds_no_comment_but_what_it_frames_may() -> None:
    assert parse(b"<a><b><!----><c/></b></a>", framed=True).comments == 1
    with pytest.raises(InvalidIdentityToken) as caught:
        parse(b"<a><!----><b/></a>", framed=True)
    assert caught.value.check == "comment"


def test_depth_is_bounded_to_the_element() -> None:
    assert parse(b"<a>" * limits.XML_DEPTH + b"</a>" * limits.XML_DEPTH).root.tag == "a"
    assert check(b"<a>" * (limits.XML_DEPTH + 1) + b"</a>" * (limits.XML_DEPTH + 1)) == "depth"


def test_attributes_are_bounded_per_element_not_in_all() -> None:
    def crowd(number: int) -> bytes:
        return b" ".join(b'a%d=""' % index for index in range(number))

    most = limits.XML_ATTRIBUTES_PER_ELEMENT
    assert len(parse(b"<r><a %b/><a %b/></r>" % (crowd(most), crowd(most))).root) == 2
    assert check(b"<r><a %b/></r>" % crowd(most + 1)) == "attributes"


def test_elements_are_bounded_by_the_size_of_the_document() -> None:
    def many(number: int, octets: int) -> bytes:
        inside = b"<a/>" * (number - 1)
        return b"<r>" + inside + b"x" * (octets - len(inside) - 7) + b"</r>"

    always, each = limits.XML_ELEMENTS_ALWAYS, limits.XML_OCTETS_PER_ELEMENT
    assert len(parse(many(always, 4 * always + 10)).root) == always - 1
    for octets in (10_000, 300_000):
        most = always + octets // each
        assert len(parse(many(most, octets)).root) == most - 1
        assert check(many(most + 1, octets)) == "elements"
    assert len(parse(b"<r>" + b"<AttributeValue>x</AttributeValue>" * 9_000 + b"</r>").root) == 9_000  # the shortest of sound documents


def test_namespaces_are_bounded_where_they_are_in_scope_not_in_all() -> None:
    def declared(first: int, number: int) -> bytes:
        return b" ".join(b'xmlns:p%d="urn:p%d"' % (index, index) for index in range(first, first + number))

    most = limits.XML_NAMESPACES
    half = most // 2
    assert len(parse(b"<r><a %b/><a %b/></r>" % (declared(0, most), declared(0, most))).root) == 2
    assert check(b"<r><a %b/></r>" % declared(0, most + 1)) == "namespaces"
    assert len(parse(b"<r %b><a %b/><a %b/></r>" % (declared(0, half), declared(0, half), declared(half, half))).root) == 2
    assert check(b"<r %b><a/><a %b><b xmlns=''/></a></r>" % (declared(0, half), declared(half, half))) == "namespaces"
    assert check(b"<r %b><a %b/><a %b/></r>" % (declared(0, half), declared(0, half), declared(half, half + 1))) == "namespaces"


def test_a_namespace_is_bounded_in_length() -> None:
    most = limits.XML_NAMESPACE_CHARS
    for quote in "\"'":
        assert parse(f"<r><p:a xmlns:p={quote}{'u' * most}{quote}/></r>".encode()).root.tag == "r"
        assert check(f"<r><p:a xmlns:p={quote}{'u' * (most + 1)}{quote}/></r>".encode()) == "namespaces"
    assert check(f"<r xmlns='{'&amp;' * (most + 1)}'/>".encode()) == "namespaces"


def test_size_is_bounded() -> None:
    assert check(b"<a>" + b" " * 100 + b"</a>", max_octets=50) == "size"
    assert check(b"<a>  </a>", max_octets=8) == "size"
    assert parse(b"<a>  </a>", max_octets=9).root.text == "  "


def test_what_was_registered_may_hold_comments_and_instructions_and_no_crowds() -> None:
    assert len(parse_registered(b"<a><!-- c --><?p i?><b/></a>")) == 3
    most = limits.XML_DEPTH + 1
    for octets, expected in (
        (b"<a>" * most + b"</a>" * most, "depth"),
        (b"<a %b/>" % b" ".join(b'a%d=""' % place for place in range(limits.XML_ATTRIBUTES_PER_ELEMENT + 1)), "attributes"),
        (b"<a>", "well-formed"),
    ):
        with pytest.raises(InvalidIdentityToken) as caught:
            parse_registered(octets)
        assert caught.value.check == expected


def test_a_refusal_names_no_more_than_it_must() -> None:
    with pytest.raises(InvalidIdentityToken) as caught:
        parse(b"<" + b"x" * 100_000)
    assert len(str(caught.value)) < 600


def test_text_of_a_leaf_is_whole_and_untrimmed() -> None:
    assert text(parse(b"<a> x\n</a>").root) == " x\n"
    assert text(parse(b"<a/>").root) == ""


def test_text_with_children_has_no_reading() -> None:
    with pytest.raises(InvalidIdentityToken) as caught:
        text(parse(b"<a>admin<b/>@evil</a>").root)
    assert caught.value.check == "text"


def test_reparsing_refuses_what_is_no_document() -> None:
    with pytest.raises(InvalidIdentityToken):
        reparse(b"")


def test_threads_do_not_share_a_parser() -> None:
    def run(number: int) -> str:
        octets = b"<a>%d</a>" % number if number % 2 else b"<a>%d" % number
        try:
            return text(parse(octets).root)
        except InvalidIdentityToken as error:
            return error.check

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(run, range(800)))
    assert found == [str(number) if number % 2 else "well-formed" for number in range(800)]


def nested(start: str, depth: int) -> bytes:
    return "".join(f"<{start.replace('#', str(n))}>" for n in range(depth)).encode() + b"</a>" * depth


LONGEST = "u" * 256


@pytest.mark.parametrize(
    ("octets", "refused"),
    [
        (nested('a xmlns:p="u" xmlns:q="v"', 32), False),
        (nested('a xmlns:p="u" xmlns:q="v"', 33), True),
        (nested("a xmlns:p='u' xmlns:q='v'", 33), True),
        (nested('a xmlns:p = "u"\nxmlns:q\t=\n"v"', 33), True),
        (nested('a xmlns="u" xmlns:q="v"', 33), True),
        (nested('a xmlns:p="xmlns" xmlns:xmlnsq="xmlns:q="', 32), False),
        (nested('a xmlns:p="xmlns" xmlns:xmlnsq="xmlns:q="', 33), True),
        (nested(" ".join(["a", *(f'xmlns:p{n}="u"' for n in range(9))]), 8), True),
        (nested(" ".join(["a", *(f'xmlns:p{n}="u"' for n in range(9))]), 7), False),
        (b"<a>" + b'<b xmlns:p="u"/>' * 200 + b"x" * 3200 + b"</a>", False),
        (b'<a xmlns:p="%s"/>' % LONGEST.encode(), False),
        (b'<a xmlns:p="%su"/>' % LONGEST.encode(), True),
        (b"<a xmlns='%su'/>" % LONGEST.encode(), True),
        (b'<a b=\'xmlns="\' xmlns:p="%su" c="d"/>' % LONGEST.encode(), True),
        (b'<a b="xmlns" xmlns:p= "%su"/>' % LONGEST.encode(), True),
        (b"<a>xmlns=" + b'<b xmlns:p="%su"/></a>' % LONGEST.encode(), True),
        (b'<a xmlns:p="%s&#117;"/>' % LONGEST.encode(), True),
    ],
)
def test_namespaces_are_bounded_however_they_are_written(octets: bytes, *, refused: bool) -> None:
    if refused:
        assert check(octets) == "namespaces"
    else:
        assert parse(octets).comments == 0
