"""The one place that makes XML parsers, and what they remember of the documents they have read.

libxml2 interns every name and namespace it meets in a dictionary, one for each thread, and lxml asks that dictionary which prefixes of a
PrefixList exist. What a thread has parsed before must change no verdict (ADR 16).
"""

from __future__ import annotations

import threading
from typing import Final

from lxml import etree

Element = etree._Element  # noqa: SLF001 - lxml names the type of its elements only so

_INTERNED: Final = b'<names xmlns="#default"/>'
"""Parsed first in every thread. lxml leaves out of a PrefixList what its dictionary lacks: right for a prefix, which is in there where the
document declares it; wrong for ``#default``, which is no name and would be in there only after a document that used it as one."""


class NotWellFormedError(Exception):
    """Octets that are no XML document, and why, in the parser's words."""


class _Parser(threading.local):
    """One parser per thread, which cannot load, expand, repair or fetch anything; no state is shared (attack row X30)."""

    def __init__(self) -> None:
        self._parser = etree.XMLParser(
            encoding="utf-8",  # and no other, whatever the document says of itself (X20)
            resolve_entities=False,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            no_network=True,
            huge_tree=False,
            recover=False,
            collect_ids=False,  # IDs are compared, never looked up (X06)
            strip_cdata=True,
            remove_comments=False,  # seen, so that those in a text can be refused
            remove_pis=False,
        )
        etree.fromstring(_INTERNED, self._parser)

    def parse(self, octets: bytes) -> Element:
        return etree.fromstring(octets, self._parser)


_own = _Parser()


def parse_document(octets: bytes) -> Element:
    """Parse *octets* and return the root element. Nothing is bounded here.

    Raises:
        NotWellFormedError: They are not one well-formed XML document in UTF-8.
    """
    try:
        return _own.parse(octets)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise NotWellFormedError(str(fault).replace("\n", " ") or type(fault).__name__) from None
