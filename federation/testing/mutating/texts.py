"""Documents and values that two readers may read differently: comments, declarations, encodings (attack rows X01 to X22, T01, T02)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from lxml import etree

from federation.testing.forge import Hook

_DOCTYPES: Final = (
    ("external entity", ("X01",), b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
    ("parameter entity", ("X02",), b'<!DOCTYPE r [<!ENTITY % e SYSTEM "http://127.0.0.1/x">%e;]>'),
    ("external subset", ("X03",), b'<!DOCTYPE r SYSTEM "http://127.0.0.1/x">'),
    ("nested entities", ("X04",), b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
    ("ID declared", ("X06",), b"<!DOCTYPE r [<!ATTLIST r ID ID #IMPLIED>]>"),
)
_COMMENTED: Final = (("NameID", "T01"), ("Audience", "T02"), ("Issuer", "T02"), ("AttributeValue", "T02"))


def text_edits(root: etree._Element) -> Iterator[tuple[str, tuple[str, ...], Hook]]:
    """Yield edits that put a comment, or a processing instruction, into each value that decides."""
    for place, element in enumerate(root.iter(etree.Element)):
        name = etree.QName(element).localname
        rows = tuple(row for known, row in _COMMENTED if known == name)
        if rows and len(element.text or "") > 1:
            yield f"comment in {name} ({place})", rows, partial(_split, place=place, node=etree.Comment("x"))
            instruction = etree.ProcessingInstruction("x")
            yield f"processing instruction in {name} ({place})", ("X10",), partial(_split, place=place, node=instruction)


def octet_changes(document: bytes) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    """Yield name, attack rows and octets of changes to *document* outside of its tree."""
    body = document[document.index(b"?>") + 2 :] if document.startswith(b"<?xml") else document
    for name, rows, doctype in _DOCTYPES:
        yield f"DOCTYPE: {name}", rows, doctype + body
    yield "XML 1.1", ("X22",), b'<?xml version="1.1"?>' + body
    yield "a second root", ("X14",), body + b"<x/>"
    yield "another encoding than declared", ("X20",), b'<?xml version="1.0" encoding="UTF-16"?>' + body
    yield "NUL at the end", ("X21",), body + b"\0"
    yield "cut off", ("X15",), body[:-1]


def _split(root: etree._Element, *, place: int, node: etree._Element) -> None:
    element = next(each for number, each in enumerate(root.iter(etree.Element)) if number == place)
    text = element.text or ""
    middle = len(text) // 2
    element.text = text[:middle]
    node.tail = text[middle:]
    element.insert(0, node)
