"""Which elements of a response, as it was sent, a registered key signed. For display: no decision rests on it.

It is taken from what verification returned, never from a reference in the message: an element counts as signed where it is found again,
with equal name, attributes and text, in the parsed `SignedOctets`. So a signature over one element cannot make another one look signed
(attack rows S01 to S09).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from federation.saml.decode import BYTE_ORDER_MARK, decode_response
from federation.saml.registration.provider import SamlProvider
from federation.saml.response import ProvedResponse, examine_response
from federation.saml.signature.proof import SignedElement, detach
from federation.saml.xml import SIGNATURE, Element, parse


class SourceSpan(NamedTuple):
    """A stretch of the document as it was sent, in octets, and whether a registered key signed it."""

    start: int
    end: int
    signed: bool


@dataclass(frozen=True, slots=True)
class SourceElement:
    """An element or a comment of the document as it was sent.

    Attributes:
        name: Its name with its prefix; empty for a comment.
        depth: How many elements it is in.
        attributes: Names and values as written, declarations of namespaces among them.
        text: The text before its first child; of a comment its text.
        start: Offset of its start tag in the document, in octets.
        end: Offset behind its end tag.
        signed: Whether a registered key signed it. Comments never are: the canonical form has none.
    """

    name: str
    depth: int
    attributes: tuple[tuple[str, str], ...] = field(repr=False)
    text: str = field(repr=False)
    start: int
    end: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """A response as it was sent, and what of it is signed.

    Attributes:
        octets: The document.
        elements: Its elements and comments in document order.
        signed_by: What each verified signature covers and the SHA-256 of the key that verified it, e.g. ``Assertion`` and hex digits.
        plaintext: The canonical octets of the assertion where it was encrypted and is proved; else None.
    """

    octets: bytes = field(repr=False)
    elements: tuple[SourceElement, ...] = field(repr=False)
    signed_by: tuple[tuple[str, str], ...]
    plaintext: bytes | None = field(repr=False)

    @property
    def spans(self) -> tuple[SourceSpan, ...]:
        """The document in stretches, in order: signed where the innermost element that has the octets is signed."""
        return tuple(_spans(self))


def cover(token: object, provider: SamlProvider | None) -> Coverage:
    """Return what of the response *token* the keys of *provider* signed; nothing where it is None, or where a signature does not verify.

    Raises:
        InvalidIdentityToken: *token* cannot be decoded or parsed.
    """
    raw = decode_response(token)
    root = parse(raw.octets).root
    proved = None if provider is None else examine_response(raw, provider)[1]
    signed = frozenset(_signed(root, proved)) if proved is not None else frozenset()
    document = raw.octets.removeprefix(BYTE_ORDER_MARK)
    return Coverage(
        octets=document,
        elements=_read(document, signed),
        signed_by=() if proved is None else tuple(_signers(proved)),
        plaintext=proved.assertion.signed.octets if proved is not None and proved.encrypted else None,
    )


def _signers(proved: ProvedResponse) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for part in (proved.response, proved.assertion):
        if part is not None:
            seen[part.signed.element] = part.signed.key.fingerprint
    yield from seen.items()


def _signed(root: Element, proved: ProvedResponse) -> Iterator[int]:
    """Yield the numbers, in document order, of the elements below *root* that were signed."""
    numbers = {element: number for number, element in enumerate(root.iter())}
    for part in (proved.response, proved.assertion):
        if part is not None:
            yield from (numbers[element] for element in _found_again(root, part))


def _found_again(root: Element, part: SignedElement) -> Iterator[Element]:
    """Yield the elements below *root* that stand in the octets of *part*, all of them or none."""
    covered = part.signed.parse().element
    own = [element for element in root.iter(covered.tag) if element.get("ID") == part.signed.element_id]
    if len(own) != 1:
        return
    for signature in [child for child in own[0] if child.tag == SIGNATURE][:1]:
        detach(signature)
    pairs = list(zip(own[0].iter(), covered.iter(), strict=False))
    if sum(1 for _ in own[0].iter()) == sum(1 for _ in covered.iter()) and all(_equal(*pair, root=covered) for pair in pairs):
        yield from (sent for sent, _ in pairs)


def _equal(sent: Element, signed: Element, *, root: Element) -> bool:
    return (
        sent.tag == signed.tag
        and len(sent) == len(signed)
        and (sent.text or "") == (signed.text or "")
        and sorted(sent.items()) == sorted(signed.items())
        and (signed is root or (sent.tail or "") == (signed.tail or ""))
    )


class _OpenElement(NamedTuple):
    """An element whose end has not been read: its place in the list, and the pieces of its text."""

    place: int
    name: str
    attributes: list[str]
    start: int
    signed: bool
    pieces: list[str]


class _SourceReading:
    """The elements of a document while it is read. It was parsed before, so it has no DTD and is within the limits of depth and size."""

    def __init__(self, octets: bytes, signed: frozenset[int]) -> None:
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.CommentHandler = self.comment
        self.octets, self.signed, self.count = octets, signed, 0
        self.found: list[SourceElement | None] = []
        self.open: list[_OpenElement] = []

    def start(self, name: str, attributes: list[str]) -> None:
        self.open.append(_OpenElement(len(self.found), name, attributes, self.parser.CurrentByteIndex, self.count in self.signed, []))
        self.found.append(None)
        self.count += 1

    def characters(self, text: str) -> None:
        if self.open[-1].place == len(self.found) - 1:  # before the first child
            self.open[-1].pieces.append(text)

    def comment(self, text: str) -> None:
        start = self.parser.CurrentByteIndex
        end = self.octets.find(b"-->", start) + 3
        self.found.append(SourceElement("", len(self.open), (), text, start, end, signed=False))

    def end(self, _: str) -> None:
        done, at = self.open.pop(), self.parser.CurrentByteIndex
        is_empty = done.place == len(self.found) - 1 and not done.pieces and self.octets.endswith(b"/>", 0, at)
        end = at if is_empty else self.octets.find(b">", at) + 1
        pairs = tuple(zip(done.attributes[::2], done.attributes[1::2], strict=True))
        self.found[done.place] = SourceElement(done.name, len(self.open), pairs, "".join(done.pieces), done.start, end, done.signed)


def _read(octets: bytes, signed: frozenset[int]) -> tuple[SourceElement, ...]:
    reading = _SourceReading(octets, signed)
    try:
        reading.parser.Parse(octets, True)  # noqa: FBT003 - positional in the standard library
    except expat.ExpatError:  # libxml2 accepts what expat does not: nothing is shown of it
        return ()
    finally:
        del reading.parser  # its handlers are methods of the reading: a cycle that would keep the document
    return tuple(element for element in reading.found if element is not None)


def _spans(coverage: Coverage) -> Iterator[SourceSpan]:
    """Yield the stretches between the begins and ends of elements, neighbours of one kind joined."""
    edges = sorted(
        [(element.start, 1, number) for number, element in enumerate(coverage.elements)]
        + [(element.end, 0, number) for number, element in enumerate(coverage.elements)]
    )
    inside: list[int] = []
    at, signed = 0, False
    for place, begins, number in edges:
        now = coverage.elements[number].signed if begins else bool(inside[:-1]) and coverage.elements[inside[-2]].signed
        if now != signed:
            if place > at:
                yield SourceSpan(at, place, signed)
            at, signed = place, now
        if begins:
            inside.append(number)
        else:
            inside.pop()
    if at < len(coverage.octets):
        yield SourceSpan(at, len(coverage.octets), signed)
