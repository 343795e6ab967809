"""Changes of octets after signing: some leave the canonical form as it is, some break it or the document."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.twins.names import NAMES
from tests.twins.structure import STRUCTURE
from tests.twins.tree import read, write
from tests.twins.values import TEXTS, VALUES

_BETWEEN = re.compile(rb"(?<=>)(?=<)|(?<=>)(?=[^<>]*<)")
_TAG = re.compile(rb"<[A-Za-z_][^<>]*>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=<>]+)\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
_TEXT = re.compile(rb">([^<>&]+)<")
_INSERTED = (
    b"<!-- c -->", b"<?pi x?>", b"<![CDATA[]]>", b" ", b"\n", b"\r\n", b"\r", b"&#32;", b"&amp;", b"&#x9;", b"&lt;!-- -->",
    b"&undefined;",
    b"]]>", b"<x/>", b"&#0;", b"&#xD800;", b"&#x110000;", b"&#xFFFE;", b"\xff", b"\x00", b"\xef\xbf\xbf", b"\xc0\xaf", b"\xed\xa0\x80",
    b"&", b"&;",
    b"&#;", b"&#x;", b"&#65", b"&#00000000065;", b"&#x0041;", b"&quot", b"&#13;", b"&#xD;", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8",
    b"\xc2\x85", b"\x0c",
    b"\x1f", b"\xef\xbb\xbf", b"<", b">", b"&apos;", b"&#XA;", b"&#+65;", b"&# 65;", b"&#6_5;", b"<!>", b"<!DOCTYPE x>", b"</x>",
    b"&#-1;",
)  # fmt: skip


def insert(octets: bytes, rng: Random) -> bytes:
    at = rng.randint(0, len(octets))
    return octets[:at] + rng.choice(_INSERTED) + octets[at:]


def insert_between(octets: bytes, rng: Random) -> bytes:
    places = [match.start() for match in _BETWEEN.finditer(octets)]
    at = rng.choice(places or [0])
    return octets[:at] + rng.choice(_INSERTED) + octets[at:]


def beside(octets: bytes, rng: Random) -> bytes:
    """White space or a comment between two tags, which most readers pass over."""
    places = [match.start() for match in _BETWEEN.finditer(octets)]
    at = rng.choice(places or [0])
    return octets[:at] + rng.choice((b" ", b"\n", b"\n  ", b"\t", b"&#32;", b"<!-- c -->", b"\r\n")) + octets[at:]


def flip(octets: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(octets))
    return octets[:at] + bytes([rng.choice((rng.randrange(256), octets[at] ^ 0x20, octets[at] ^ 1))]) + octets[at + 1 :]


def cut(octets: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(octets))
    return octets[:at] + octets[at + rng.choice((1, 2, 10, 200)) :]


def paste(octets: bytes, rng: Random) -> bytes:
    begin, at = rng.randrange(len(octets)), rng.randrange(len(octets))
    return octets[:at] + octets[begin : begin + rng.choice((1, 5, 60, 600))] + octets[at:]


def truncate(octets: bytes, rng: Random) -> bytes:
    return octets[: rng.randrange(len(octets))]


def append(octets: bytes, rng: Random) -> bytes:
    return octets + rng.choice((b"\n", b" ", b"<!-- c -->", b"<?pi?>", b"x", b"<a/>", b"\x00", b"\r", b"&#32;", octets[:200], octets))


def prepend(octets: bytes, rng: Random) -> bytes:
    return rng.choice((b"\xef\xbb\xbf", b"\n", b" ", b"<!-- c -->", b'<?xml version="1.0"?>', b"<!DOCTYPE a>", b"x", b"&#32;")) + octets


def reference(octets: bytes, rng: Random) -> bytes:
    """A character of a text as a reference: the canonical form stays."""
    texts = list(_TEXT.finditer(octets))
    if not texts:
        return octets
    match = rng.choice(texts)
    at = rng.randrange(match.start(1), match.end(1))
    form = rng.choice(("&#{};", "&#x{:x};", "&#00{};", "&#x{:X};"))
    return octets[:at] + form.format(octets[at]).encode() + octets[at + 1 :] if octets[at] < 0x80 else octets


def shuffle_attributes(octets: bytes, rng: Random) -> bytes:
    tags = [match for match in _TAG.finditer(octets) if len(_ATTRIBUTE.findall(match.group())) > 1]
    if not tags:
        return octets
    match = rng.choice(tags)
    attributes = [found.group() for found in _ATTRIBUTE.finditer(match.group())]
    start = match.group().index(attributes[0])
    tail = match.group()[start + sum(map(len, attributes)) :]
    rng.shuffle(attributes)
    return octets[: match.start()] + match.group()[:start] + b"".join(attributes) + tail + octets[match.end() :]


def space_in_a_tag(octets: bytes, rng: Random) -> bytes:
    tags = list(_TAG.finditer(octets))
    if not tags:
        return octets
    match = rng.choice(tags)
    places = [found.start() for found in _ATTRIBUTE.finditer(match.group())] or [len(match.group()) - 1]
    at = match.start() + rng.choice(places)
    return octets[:at] + rng.choice((b" ", b" ", b"\n", b"\t", b"\n   ", b"\r\n", b"\x0b")) + octets[at:]


def double_attribute(octets: bytes, rng: Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(octets))
    if not found:
        return octets
    one, other = rng.choice(found), rng.choice(found)
    return octets[: one.end()] + other.group() + octets[one.end() :]


def line_ends(octets: bytes, rng: Random) -> bytes:
    return octets.replace(b"\n", rng.choice((b"\r\n", b"\r", b"&#10;", b"\n\n")))


def value_of_a_signature(octets: bytes, rng: Random) -> bytes:
    places = [match.end() for match in re.finditer(rb"(?:SignatureValue|DigestValue|X509Certificate)>", octets)]
    if not places:
        return octets
    at = rng.choice(places) + rng.randint(-20, 30)
    return octets[:at] + rng.choice((b"\n", b" ", b"=", b"A", b"&#13;", b"-", b"\xc2\xa0", b"&#10;", b"==", b"&#61;")) + octets[at:]


def recode(octets: bytes, rng: Random) -> bytes:
    coding = rng.choice(("utf-16", "utf-16-le", "latin-1", "utf-7", "utf-8-sig", "cp037"))
    return octets.decode("utf-8", "replace").encode(coding, "replace")


def exchange_text(octets: bytes, rng: Random) -> bytes:
    texts = list(_TEXT.finditer(octets))
    if not texts:
        return octets
    match = rng.choice(texts)
    return octets[: match.start(1)] + rng.choice(TEXTS).encode("utf-8", "replace") + octets[match.end(1) :]


def rebuild(octets: bytes, rng: Random) -> bytes:
    """A change of the tree after signing: what was signed is moved, wrapped or exchanged."""
    try:
        root = read(octets)
    except ValueError:
        return octets
    rng.choice((rng.choice(STRUCTURE), rng.choice(NAMES), rng.choice(VALUES)))(root, rng)
    return write(root, rng)


Change = Callable[[bytes, Random], bytes]
KEEPING: tuple[Change, ...] = (reference, shuffle_attributes, space_in_a_tag, line_ends, beside)
"""Most of these leave the canonical form as it is."""
BREAKING: tuple[Change, ...] = (
    insert, insert_between, flip, cut, paste, truncate, append, prepend, double_attribute, value_of_a_signature, recode, exchange_text,
    rebuild,
    rebuild, rebuild,
)  # fmt: skip
