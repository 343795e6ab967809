"""XML parsing and canonicalisation with bounded memory.

libxml2 stores every name and namespace in a dictionary, which lxml keeps for each thread until the thread ends. Names of earlier documents
must neither fill the memory nor change a verdict (ADR 16).
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
Element = etree._Element  # noqa: SLF001 - lxml has no public name for the type of its elements

_names_known = etree.memory_debugger.dict_size  # number of names in this thread's dictionary
_MAX_PREFIXES: Final = 1_024


class NotWellFormedError(Exception):
    """The octets are not well-formed XML. The text is that of the parser."""


class _Thread(threading.local):
    """The parser of one thread. It loads no DTD, expands no entities, repairs nothing and uses no network (attack row X30).

    Attributes:
        strange: Octets of the documents that added names to the thread's dictionary.
    """

    def __init__(self) -> None:
        self._parser = etree.XMLParser(
            encoding="utf-8",  # also where the document declares another encoding (X20)
            resolve_entities=False,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            no_network=True,
            huge_tree=False,
            recover=False,
            collect_ids=False,  # elements are never looked up by ID (X06)
            strip_cdata=True,
            remove_comments=False,  # kept, so that comments inside a text can be refused
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
            if _names_known() != known:  # lxml copies the element and interns its attributes
                self.strange += len(octets) or limits.SAML_RESPONSE_OCTETS
        return octets

    def _intern(self, prefixes: Iterable[str]) -> None:
        """Add *prefixes* to the dictionary, as namespace names, which may be any text.

        lxml ignores prefixes of a PrefixList that the dictionary of this thread lacks: ``#default``, unless a document used it as a name,
        and the prefixes of documents that another thread parsed.
        """
        self.parse(b"<names>%b</names>" % b"".join(b'<name xmlns="%b"/>' % prefix.encode() for prefix in prefixes))
        if len(self._prefixes) < _MAX_PREFIXES:
            self._prefixes.update(prefixes)

    def delegate(self, work: Callable[[], T]) -> T:
        """Run *work* in the helper thread of this thread. The helper is discarded when its dictionary is full too."""
        try:
            if self._helper is None:
                self._helper = ThreadPoolExecutor(1, "federation-xml")
            helped = self._helper.submit(work)
            strange = self._helper.submit(lambda: _own.strange)
        except RuntimeError:  # no thread can be started, or the interpreter is shutting down
            self.forget_helper()  # its queue holds the work and the message
            expected, remedy = "a thread to parse in", "let the process have more threads"
            raise InternalFailure(check="xml-thread", expected=expected, found="none", remedy=remedy) from None
        try:
            return helped.result()
        finally:
            del helped  # breaks the reference cycle of a refusal and the frames of its traceback, which hold the document
            if strange.result() >= limits.XML_STRANGE_OCTETS:
                self.forget_helper()

    def forget_helper(self) -> None:
        """Discard the helper. A forked child must do so too, because it has no threads of its parent."""
        self._helper = None


_own = _Thread()
os.register_at_fork(after_in_child=_own.forget_helper)


def contained(work: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Run *work* with *arguments*, which parses what strangers wrote, where the names it brings do not stay for ever.

    It runs in this thread until documents of `limits.XML_STRANGE_OCTETS` have added names, and then in a helper thread that is discarded in
    turn. *work* may return trees: the helper does not use them, or parse, meanwhile.

    Raises:
        InternalFailure: Check ``xml-thread``: no thread can be started.
    """
    return work(*arguments) if _own.strange < limits.XML_STRANGE_OCTETS else _own.delegate(partial(work, *arguments))


def parse_document(octets: bytes) -> Element:
    """Return the root element of the document *octets*. Its size is not checked here.

    Raises:
        NotWellFormedError: *octets* is not one well-formed XML document in UTF-8.
        InternalFailure: As for `contained`.
    """
    try:
        return contained(_own.parse, octets)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise NotWellFormedError(str(fault).replace("\n", " ") or type(fault).__name__) from None


def canonical_octets(element: Element, prefixes: tuple[str, ...]) -> bytes:
    """Return the exclusive canonical form of *element* without comments; *prefixes* is the PrefixList of InclusiveNamespaces.

    Raises:
        lxml.etree.LxmlError: The element has no canonical form.
        InternalFailure: As for `contained`.
    """
    return contained(_own.canonicalise, element, prefixes)
