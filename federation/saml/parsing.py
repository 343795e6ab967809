"""The one place that makes XML parsers and canonical octets, and what they leave behind in memory.

libxml2 interns every name and namespace it meets in a dictionary, which lxml keeps for each thread until the thread has ended. What a
thread has met before must neither fill its memory nor change a verdict (ADR 16).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar, TypeVarTuple

from lxml import etree

from federation import limits
from federation.errors import InternalFailure

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Element = etree._Element  # noqa: SLF001 - lxml names the type of its elements only so

_names_known = etree.memory_debugger.dict_size  # to this thread's dictionary
_MAX_PREFIXES: Final = 1_024


class NotWellFormedError(Exception):
    """Octets that are no XML document, and why, in the parser's words."""


class _Thread(threading.local):
    """The parser of one thread, which cannot load, expand, repair or fetch anything; no state is shared (attack row X30).

    Attributes:
        strange: Octets of what brought the thread's dictionary a name it did not have.
    """

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
        self._prefixes: set[str] = set()
        self._helper: ThreadPoolExecutor | None = None
        self.strange = 0

    def parse(self, octets: bytes) -> Element:
        known = _names_known()
        try:
            return etree.fromstring(octets, self._parser)
        finally:
            if _names_known() != known:
                self.strange += len(octets)

    def canonicalise(self, element: Element, prefixes: tuple[str, ...]) -> bytes:
        if not self._prefixes.issuperset(prefixes):
            self._intern(prefixes)
        known, octets = _names_known(), b""
        try:
            octets = etree.tostring(element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes)
        finally:
            if _names_known() != known:  # lxml copies the element, and interns its attributes
                self.strange += len(octets) or limits.SAML_RESPONSE_OCTETS
        return octets

    def _intern(self, prefixes: Iterable[str]) -> None:
        """Make *prefixes* known to the dictionary, as namespaces, which may have any text.

        lxml leaves out of a PrefixList what the dictionary of this thread lacks. That is ``#default``, which is no name, unless a document
        used it as one; and every prefix of a document that another thread has parsed.
        """
        self.parse(b"<names>%b</names>" % b"".join(b'<name xmlns="%b"/>' % prefix.encode() for prefix in prefixes))
        if len(self._prefixes) < _MAX_PREFIXES:
            self._prefixes.update(prefixes)

    def delegate(self, work: Callable[[], T]) -> T:
        """Run *work* in the helper of this thread, which is thrown away with its dictionary when that is full too."""
        try:
            if self._helper is None:
                self._helper = ThreadPoolExecutor(1, "federation-xml")
            helped = self._helper.submit(work)
            strange = self._helper.submit(lambda: _own.strange)
        except RuntimeError:  # there are too many threads, or the interpreter is about to end
            self.forget_helper()  # whose queue holds the work, and with it the message
            expected, remedy = "a thread to parse in", "let the process have more threads"
            raise InternalFailure(check="xml-thread", expected=expected, found="none", remedy=remedy) from None
        try:
            return helped.result()
        finally:
            del helped  # else a refusal and the frames in its traceback keep each other, and the document, until somebody collects garbage
            if strange.result() >= limits.XML_STRANGE_OCTETS:
                self.forget_helper()

    def forget_helper(self) -> None:
        """Start the next work in a new helper; so must the child of a fork, which has none of its parent's threads."""
        self._helper = None


_own = _Thread()
os.register_at_fork(after_in_child=_own.forget_helper)


def contained(work: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Run *work* with *arguments*, which parses what strangers wrote, where the names it brings do not stay for ever.

    That is here while this thread has met few new names, and in a thread that will be thrown away when it has met many: a detour of two
    changes of thread. Trees may come back from there; nothing else uses them, or parses, meanwhile.

    Raises:
        InternalFailure: check ``xml-thread``: the system has no thread to run it in.
    """
    return work(*arguments) if _own.strange < limits.XML_STRANGE_OCTETS else _own.delegate(partial(work, *arguments))


def parse_document(octets: bytes) -> Element:
    """Parse *octets* and return the root element. Nothing is bounded here but what stays behind when the tree is gone.

    Raises:
        NotWellFormedError: They are not one well-formed XML document in UTF-8.
        InternalFailure: As `contained`.
    """
    try:
        return contained(_own.parse, octets)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise NotWellFormedError(str(fault).replace("\n", " ") or type(fault).__name__) from None


def canonical_octets(element: Element, prefixes: tuple[str, ...]) -> bytes:
    """Return the exclusive canonical form of *element* without comments, *prefixes* treated inclusively.

    Raises:
        lxml.etree.LxmlError: It has none.
        InternalFailure: As `contained`.
    """
    return contained(_own.canonicalise, element, prefixes)
