"""What a client's XML may be, and the few readers of a parsed element.

The octets are refused before anything is interpreted: no DTD and hence no entities, no processing instructions, UTF-8 and XML 1.0 alone,
bounded size, depth, width and namespaces (attack rows X01 to X30). One parser, one tree: what was refused here no second library sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf
from typing import Final, NamedTuple

from lxml import etree

from federation import limits
from federation.errors import InvalidIdentityToken, show
from federation.saml import messages, parsing
from federation.saml.decode import BYTE_ORDER_MARK
from federation.saml.parsing import NotWellFormedError, parse_document

SAML: Final = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP: Final = "{urn:oasis:names:tc:SAML:2.0:protocol}"
MD: Final = "{urn:oasis:names:tc:SAML:2.0:metadata}"
DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
EC: Final = "{http://www.w3.org/2001/10/xml-exc-c14n#}"
XENC: Final = "{http://www.w3.org/2001/04/xmlenc#}"
XENC11: Final = "{http://www.w3.org/2009/xmlenc11#}"
XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
XML: Final = "{http://www.w3.org/XML/1998/namespace}"

RESPONSE: Final = f"{SAMLP}Response"
ASSERTION: Final = f"{SAML}Assertion"
ENCRYPTED_ASSERTION: Final = f"{SAML}EncryptedAssertion"
ISSUER: Final = f"{SAML}Issuer"
SIGNATURE: Final = f"{DS}Signature"

Element = parsing.Element

_DECLARATION: Final = re.compile(
    rb"""<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')"""
    rb"""(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"(?:UTF-8|US-ASCII)"|'(?:UTF-8|US-ASCII)'))?"""
    rb"""(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>""",
    re.IGNORECASE,
)
_DECLARATION_OCTETS: Final = 256

_TOO_DEEP: Final = "/" + "/".join(["*"] * (limits.XML_DEPTH + 1))
_CROWDED: Final = f"//*/@*[{limits.XML_ATTRIBUTES_PER_ELEMENT + 1}]"

# White space comes before every declaration and none is in a match, so that each begins a match of its own; what only looks like one is
# one more. A match that ends with a quotation mark holds the whole name, of which no character is less than an octet.
_DECLARED: Final = re.compile(rb'xmlns[^\s=]*(?:="[^\s"]{0,%d}")?' % limits.XML_NAMESPACE_CHARS)

_USUAL_DEPTH: Final = 10
"""Real responses are no deeper."""

# One question whose answer is no for nearly every document. Only a suspect is asked more.
_suspect = etree.XPath(f"boolean({'/*' * (_USUAL_DEPTH + 1)} or {_CROWDED})")
# They count, because boolean() of one such path puts all it finds in document order first, which takes the square of their number.
_too_deep = etree.XPath(f"count({_TOO_DEEP}) > 0")
_crowded = etree.XPath(f"count({_CROWDED}) > 0")
_instructions = etree.XPath("count(//processing-instruction()) > 0")
_comments = etree.XPath("count(//comment())")
# An element that holds a comment, and holds text too or may: between elements a comment splits nothing. An AttributeValue is a text even
# where it holds an element. Asked of the elements, because to ask each comment for its neighbours takes the square of their number.
_misplaced_comments = etree.XPath(
    "count(/comment()) + count(//*[comment()][not(*) or text()[normalize-space()] or ancestor-or-self::ds:Signature"
    " or ancestor-or-self::saml:AttributeValue or ($framed and not(parent::*))]) > 0",
    namespaces={"saml": SAML[1:-1], "ds": DS[1:-1]},
)


class Message(NamedTuple):
    """A parsed document: its root, and how many comments stood between its elements. They are gone from the tree."""

    root: Element
    comments: int


def parse(octets: bytes, *, framed: bool = False, max_octets: int = limits.SAML_RESPONSE_OCTETS) -> Message:
    """Parse *octets* as one XML document, and leave out the comments between elements: the canonical text, which is read, has none.

    A comment that splits a text is refused (attack rows X12, T01, T02), and so is one inside a ds:Signature or outside the root element.

    Args:
        octets: The document.
        framed: Whether the root is but a frame around what is meant, and may hold no comment itself.
        max_octets: Most octets that are parsed.

    Raises:
        InvalidIdentityToken: check ``size``, ``encoding``, ``doctype``, ``processing-instruction``, ``comment``, ``well-formed``,
            ``depth``, ``attributes``, ``elements`` or ``namespaces``.
    """
    if len(octets) > max_octets:
        raise malformed("size", f"at most {max_octets} octets of XML", f"{len(octets)}", "let the IdP release fewer attributes")
    octets = octets.removeprefix(BYTE_ORDER_MARK)
    begin = _check_declaration(octets)
    # DTDs and comments are written with a "!", instructions with a "?". Most documents lack the signs, and to look for one costs nothing.
    exclaims = b"!" in octets
    if exclaims and b"<!DOCTYPE" in octets:
        raise malformed("doctype", "a document without DTD", "a document type declaration", "remove it; SAML has no use for one")
    root = _parse(octets)
    if octets.find(b"?", begin) >= 0 and _instructions(root):
        raise malformed("processing-instruction", "no processing instructions", "at least one", "remove style sheets and the like")
    return Message(root, _leave_out_comments(root, framed=framed) if exclaims else 0)


def parse_registered(octets: bytes) -> Element:
    """Parse *octets* that somebody registered and did not post: within the same bounds, whatever comments and instructions they hold.

    Raises:
        InvalidIdentityToken: check ``well-formed``, ``depth``, ``attributes``, ``elements`` or ``namespaces``.
    """
    return _parse(octets)


def _parse(octets: bytes) -> Element:
    _check_elements(octets)
    anyhow, usually = _most_in_scope(octets)
    try:
        root = parse_document(octets)
    except NotWellFormedError as fault:
        raise malformed("well-formed", "one well-formed XML document", show(str(fault)), "send the IdP's response unchanged") from None
    suspect = _suspect(root)
    if (anyhow if suspect else usually) > limits.XML_NAMESPACES:
        _check_namespaces(root)
    if suspect:
        _refuse_crowds(root)
    return root


def reparse(octets: bytes) -> Element:
    """Parse canonical octets of a tree that `parse` has accepted: its bounds hold already, and canonical form has no DTD to refuse.

    Raises:
        InvalidIdentityToken: check ``well-formed``; no canonical form is not well-formed, so this is a last line and not a path.
    """
    try:
        return parse_document(octets)
    except NotWellFormedError as fault:
        raise malformed("well-formed", "well-formed canonical octets", show(str(fault)), "report this response") from None


def _check_declaration(octets: bytes) -> int:
    """Refuse any XML declaration but that of XML 1.0 in UTF-8 (rows X20, X22), and return where the document goes on behind it."""
    if octets.startswith(BYTE_ORDER_MARK):
        raise malformed("encoding", "at most one byte order mark", "two", "serialise the response as XML 1.0 in UTF-8")
    if not octets.startswith(b"<?xml"):
        return 0
    declaration = _DECLARATION.match(octets[:_DECLARATION_OCTETS])
    if declaration is None:
        found = show(octets[:64].partition(b"?>")[0].decode("ascii", "replace"))
        raise malformed("encoding", "XML 1.0 in UTF-8", found, "serialise the response as XML 1.0 in UTF-8")
    return declaration.end()


def _check_elements(octets: bytes) -> None:
    """Refuse more elements than a document of its size has, before a tree of them is built (row X27).

    They are what costs time, in the parser and at every step after it, and without a bound they are as many as a quarter of the octets.
    """
    most = limits.XML_ELEMENTS_ALWAYS + len(octets) // limits.XML_OCTETS_PER_ELEMENT
    tags = octets.count(b"<")
    if tags > most and tags - octets.count(b"</") > most:
        expected = f"at most {most} elements, comments and the like in {len(octets)} octets"
        raise malformed("elements", expected, f"{tags - octets.count(b'</')}", "send the IdP's response unchanged")


def _most_in_scope(octets: bytes) -> tuple[float, float]:
    """Tell from the octets alone the most declarations that `_check_namespaces` may find in one scope; infinity where the tree must tell.

    To walk the tree of every document would cost more than anything else here.

    Returns:
        The bound for a tree of any depth, and that for one no deeper than `_USUAL_DEPTH`: one element declares a prefix once.
    """
    declared = _DECLARED.findall(octets)
    distinct = set(declared)
    if not all(declaration.endswith(b'"') for declaration in distinct):
        return inf, inf
    return len(declared), min(len(declared), _USUAL_DEPTH * len(distinct))


def _check_namespaces(root: Element) -> None:
    """Refuse more namespaces in scope, or longer ones, than canonicalisation copes with: it searches and repeats them (row X27)."""
    most, longest = limits.XML_NAMESPACES, limits.XML_NAMESPACE_CHARS
    in_scope = 0
    for event, declared in etree.iterwalk(root, events=("start-ns", "end-ns")):
        if event == "end-ns":
            in_scope -= 1
            continue
        in_scope += 1
        if in_scope > most or len(declared[1]) > longest:
            expected = f"at most {most} namespaces in scope, none longer than {longest} characters"
            found = "more" if in_scope > most else f"one of {len(declared[1])} characters"
            raise malformed("namespaces", expected, found, "send the IdP's response unchanged")


def _refuse_crowds(root: Element) -> None:
    """Say which bound a suspect breaks, if it does; to be deep is only suspect, to be too deep is refused."""
    unchanged = "send the IdP's response unchanged"
    if _too_deep(root):
        raise malformed("depth", f"elements nested at most {limits.XML_DEPTH} deep", "deeper nesting", unchanged)
    if _crowded(root):
        most = limits.XML_ATTRIBUTES_PER_ELEMENT
        raise malformed("attributes", f"at most {most} XML attributes on one element", "more", unchanged)


def _leave_out_comments(root: Element, *, framed: bool) -> int:
    """Remove the comments between elements and return their number; refuse any other."""
    comments = int(_comments(root))  # type: ignore[arg-type] # count() is a number
    if comments:
        if _misplaced_comments(root, framed=framed):
            expected = "comments between elements alone, and none in a Signature: they can split the text they stand in"
            raise malformed("comment", expected, "another", "remove the comments at the IdP")
        etree.strip_tags(root, etree.Comment)
    return comments


def malformed(check: str, expected: str, found: str, remedy: str) -> InvalidIdentityToken:
    """Return the refusal of a document that is not shaped as it must be; AWS has one text for all of them."""
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy=remedy, message=messages.MALFORMED)


def text(element: Element) -> str:
    """Return the complete text of a leaf element, untrimmed.

    Raises:
        InvalidIdentityToken: check ``text``: it has child nodes, so that its text has no single reading (attack rows T01 to T03).
    """
    if len(element):
        raise malformed("text", f"text alone inside {local_name(element)}", "child elements", "let the IdP send the value as plain text")
    return element.text or ""


def attributes(element: Element, allowed: frozenset[str], check: str) -> Callable[[str], str | None]:
    """Return what tells the value of an attribute of *element*, after refusing one outside *allowed* (attack rows X19, X24).

    An attribute in a foreign namespace is never allowed.

    Raises:
        InvalidIdentityToken: *check*.
    """
    names = element.keys()
    if names and not allowed.issuperset(names):
        other = next(name for name in names if name not in allowed)
        raise malformed(check, f"only the attributes of the schema on {local_name(element)}", show(other), "send the IdP's response")
    return element.get


def local_name(element: Element) -> str:
    """Return the name of *element* without its namespace, for error texts; a comment or processing instruction has none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "a comment or processing instruction"
