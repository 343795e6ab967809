"""Parsing of a client's XML with strict limits, and functions that read parsed elements.

Accepted is XML 1.0 in UTF-8 without DTD (and hence entities) and processing instructions, of limited size, depth, width and number of
namespaces (attack rows X01 to X30). All later steps use the tree of this one parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf
from typing import Final, NamedTuple

from lxml import etree

from federation import aws_texts, limits
from federation.check_names import SamlCheck
from federation.errors import InvalidIdentityToken, show
from federation.saml import parsing
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
_USUAL_DECLARATIONS: Final = frozenset(
    b'<?xml version="1.0"%b?>' % encoding for encoding in (b"", b' encoding="UTF-8"', b' encoding="utf-8"')
)

_TOO_DEEP: Final = "/" + "/".join(["*"] * (limits.XML_DEPTH + 1))
_CROWDED: Final = f"//*/@*[{limits.XML_ATTRIBUTES_PER_ELEMENT + 1}]"

# White space comes before every declaration and none is in a match, so that each begins a match of its own; what only looks like one is
# one more. A match that ends with a quotation mark holds the whole name, of which no character is less than an octet.
_DECLARED: Final = re.compile(rb'xmlns[^\s=]*(?:="[^\s"]{0,%d}")?' % limits.XML_NAMESPACE_CHARS)

_USUAL_DEPTH: Final = 10
"""Real responses are no deeper."""

# One question whose answer is no for nearly every document. Only a suspect is asked more.
_suspect = etree.XPath(f"boolean({'/*' * (_USUAL_DEPTH + 1)} or {_CROWDED})")
# The paths use count(), because boolean() of such a path first sorts its result in document order, which takes quadratic time.
_too_deep = etree.XPath(f"count({_TOO_DEEP}) > 0")
_crowded = etree.XPath(f"count({_CROWDED}) > 0")
_instructions = etree.XPath("count(//processing-instruction()) > 0")
_comments = etree.XPath("count(//comment())")
# An element with a comment and text. Comments between elements do not split a text. AttributeValue counts as text even if it has an
# element. The path starts at elements, because looking up the siblings of each comment takes quadratic time.
_misplaced_comments = etree.XPath(
    "count(/comment()) + count(//*[comment()][not(*) or text()[normalize-space()] or ancestor-or-self::ds:Signature"
    " or ancestor-or-self::saml:AttributeValue or ($framed and not(parent::*))]) > 0",
    namespaces={"saml": SAML[1:-1], "ds": DS[1:-1]},
)


class Message(NamedTuple):
    """A parsed document: its root, and the number of comments between its elements, which were removed from the tree."""

    root: Element
    comments: int


def parse(octets: bytes, *, framed: bool = False, max_octets: int = limits.SAML_RESPONSE_OCTETS) -> Message:
    """Parse *octets* as an XML document and remove the comments between elements, because canonical XML has none.

    A comment that splits a text is refused (attack rows X12, T01, T02), and so is one inside a ds:Signature or outside the root element.

    Args:
        octets: The document.
        framed: Whether the root is only a container for the parsed element and may have no comment itself.
        max_octets: Largest document in octets.

    Raises:
        InvalidIdentityToken: Check ``size``, ``encoding``, ``doctype``, ``processing-instruction``, ``comment``, ``well-formed``,
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
    """Parse *octets* of a registered document within the same limits. Comments and processing instructions are allowed.

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
    """Parse the canonical octets of a tree that `parse` has accepted, whose limits have been checked.

    Raises:
        InvalidIdentityToken: Check ``well-formed``. Canonical octets are always well-formed, so this should not occur.
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
    end = octets.find(b">", 0, _DECLARATION_OCTETS) + 1
    if octets[:end] in _USUAL_DECLARATIONS:
        return end
    declaration = _DECLARATION.match(octets[:_DECLARATION_OCTETS])
    if declaration is None:
        found = show(octets[:64].partition(b"?>")[0].decode("ascii", "replace"))
        raise malformed("encoding", "XML 1.0 in UTF-8", found, "serialise the response as XML 1.0 in UTF-8")
    return declaration.end()


def _check_elements(octets: bytes) -> None:
    """Refuse too many elements for the size of the document before its tree is built (row X27).

    The time of parsing and of every later step depends on the number of elements, which can be a quarter of the number of octets.
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
    """Refuse too many namespaces in scope, or too long ones, because canonicalisation searches and repeats them (row X27)."""
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
    """Refuse a document that exceeds a limit on depth or attributes. Only documents that the fast check found are passed."""
    unchanged = "send the IdP's response unchanged"
    if _too_deep(root):
        raise malformed("depth", f"elements nested at most {limits.XML_DEPTH} deep", "deeper nesting", unchanged)
    if _crowded(root):
        most = limits.XML_ATTRIBUTES_PER_ELEMENT
        raise malformed("attributes", f"at most {most} XML attributes on one element", "more", unchanged)


def _leave_out_comments(root: Element, *, framed: bool) -> int:
    """Remove the comments between elements and return their number. Other comments are refused."""
    comments = int(_comments(root))  # type: ignore[arg-type] # count() is a number
    if comments:
        if _misplaced_comments(root, framed=framed):
            expected = "comments between elements alone, and none in a Signature: they can split the text they stand in"
            raise malformed("comment", expected, "another", "remove the comments at the IdP")
        etree.strip_tags(root, etree.Comment)
    return comments


def malformed(check: SamlCheck, expected: str, found: str, remedy: str) -> InvalidIdentityToken:
    """Return the refusal of a malformed document. AWS has one text for all defects."""
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy=remedy, message=aws_texts.saml.MALFORMED)


def text(element: Element) -> str:
    """Return the complete text of a leaf element, not trimmed.

    Raises:
        InvalidIdentityToken: Check ``text``: the element has child nodes, so that its text is ambiguous (attack rows T01 to T03).
    """
    if len(element):
        raise malformed("text", f"text alone inside {local_name(element)}", "child elements", "let the IdP send the value as plain text")
    return element.text or ""


def attributes(element: Element, allowed: frozenset[str], check: SamlCheck) -> Callable[[str], str | None]:
    """Return the getter of the attributes of *element*, after refusing attributes that are not in *allowed* (attack rows X19, X24).

    Attributes of a foreign namespace are never allowed.

    Raises:
        InvalidIdentityToken: *check*.
    """
    names = element.keys()
    if names and not allowed.issuperset(names):
        other = next(name for name in names if name not in allowed)
        raise malformed(check, f"only the attributes of the schema on {local_name(element)}", show(other), "send the IdP's response")
    return element.get


def local_name(element: Element) -> str:
    """Return the local name of *element* for error texts. Comments and processing instructions have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "a comment or processing instruction"
