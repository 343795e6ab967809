"""The parser's memory: what strangers' names may take of it, and that nobody notices."""

import itertools
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from federation import limits
from federation.errors import InternalFailure
from federation.saml import parsing
from federation.saml.parsing import NotWellFormedError, canonical_octets, contained, parse_document
from tests.support.paths import REPOSITORY
from tests.support.signatures import LOGIN, Keys, encryption, genuine, own_decryption_key, prove, strange, subject

FEW_OCTETS = 20_000


def in_a_new_thread(work: Callable[[], Any]) -> Any:
    """The result of *work* in a thread that has parsed nothing; the thread of the tests keeps the memory it has."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "XML_STRANGE_OCTETS", FEW_OCTETS)


def test_only_documents_with_new_names_count() -> None:
    def work() -> list[int]:
        counts = []
        for octets in (b"<a b='c'/>", b"<a b='d'>e</a>", b"<a></a>", b"<new/>", b"<a xmlns='urn:new'/>", b"<a><broken></a>"):
            before = parsing._own.strange
            try:
                parse_document(octets)
            except NotWellFormedError:
                assert octets == b"<a><broken></a>"
            counts.append(parsing._own.strange - before)
        return counts

    parse_document(b"<a b='c'/>")
    first, *others = in_a_new_thread(work)
    assert first in {0, 10}  # the threads of lxml know what the first of them knows
    assert others == [0, 0, 6, 20, 15]


def test_a_full_dictionary_grows_no_more(few: None) -> None:
    def work() -> tuple[int, int, int]:
        numbers = itertools.count()
        while parsing._own.strange < FEW_OCTETS:
            parse_document(strange(next(numbers)))
        names = parsing._names_known()
        helpers = []
        for _ in range(20):
            assert parse_document(strange(next(numbers)))[0].tag.startswith("n")
            helpers.append(parsing._own._helper is not None)
        return names, parsing._names_known(), helpers.count(False)

    before, after, thrown_away = in_a_new_thread(work)
    assert after == before
    assert thrown_away == 2


@pytest.mark.parametrize("verifier", ["strict", "signxml"])
def test_a_full_dictionary_changes_no_verdict(verifier: str, few: None) -> None:
    keys = Keys(decryption_keys=(own_decryption_key(),), verifier=verifier)
    messages = [genuine("assertion"), genuine("both"), genuine("both", encryption())]

    def work() -> list[tuple[str | None, bytes]]:
        found = [prove(octets, keys) for octets in messages]
        return [(subject(proved), proved.assertion.signed.octets) for proved in found]

    def work_when_full() -> list[tuple[str | None, bytes]]:
        parsing._own.strange = FEW_OCTETS
        found = work()
        with pytest.raises(NotWellFormedError, match="tag mismatch"):
            parse_document(b"<a><b></a>")
        assert parsing._own._helper is not None
        return found

    proved = in_a_new_thread(work_when_full)
    assert proved == in_a_new_thread(work)
    assert {name for name, _ in proved} == {LOGIN.subject}


def test_the_child_of_a_fork_has_a_helper_of_its_own(few: None) -> None:
    def work() -> int | None:
        parsing._own.strange = FEW_OCTETS
        parse_document(b"<a/>")
        child = multiprocessing.get_context("fork").Process(target=lambda: os._exit(parse_document(b"<a/>").tag != "a"))
        child.start()
        child.join(20)
        if child.is_alive():
            child.kill()
        return child.exitcode

    assert in_a_new_thread(work) == 0


def test_without_a_thread_to_be_had_it_refuses_and_keeps_no_message(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An executor queues the work before it asks for a thread: the messages would wait there, and be judged when nobody asks any more."""

    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    judged: list[str] = []

    def refused_and_then_not() -> None:
        parsing._own.strange = FEW_OCTETS
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", none)
            with pytest.raises(InternalFailure) as caught:
                contained(lambda: judged.append("without a thread"))
        assert caught.value.check == "xml-thread"
        contained(lambda: judged.append("with one"))

    in_a_new_thread(refused_and_then_not)
    assert judged == ["with one"]


def test_nothing_is_expanded_defaulted_looked_up_validated_or_repaired() -> None:
    """What `parse` refuses beforehand, the parser alone would not act upon either."""
    entity = parse_document(b'<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>')
    assert (entity.text, len(entity)) == (None, 1)
    assert not parse_document(b'<!DOCTYPE a [<!ELEMENT b ANY><!ATTLIST a b CDATA "d">]><a/>').attrib
    assert len(parse_document(b'<a xml:id="x"><b xml:id="x"/></a>')) == 1
    assert etree.tostring(parse_document(b"<a>x<![CDATA[<y>]]>z</a>")) == b"<a>x&lt;y&gt;z</a>"
    assert len(parse_document(b"<a><!-- c --><?p i?></a>")) == 2
    for octets in (b"<a>" * 300 + b"</a>" * 300, b"<a><b></a>", b"<a/><b/>", b"<a>\xe9</a>"):
        with pytest.raises(NotWellFormedError, match=r"."):
            parse_document(octets)


def test_the_canonical_form_is_exclusive_and_has_no_comments() -> None:
    root = parse_document(b'<x:a xmlns:x="urn:x" xmlns:y="urn:y"><x:b><!-- c -->t</x:b></x:a>')
    assert canonical_octets(root[0], ()) == b'<x:b xmlns:x="urn:x">t</x:b>'
    assert canonical_octets(root[0], ("y",)) == b'<x:b xmlns:x="urn:x" xmlns:y="urn:y">t</x:b>'


def test_the_prefixes_that_are_kept_as_known_are_bounded() -> None:
    def work() -> list[int]:
        thread = parsing._Thread()
        counts = [thread.strange]
        for number in range(1_030):
            thread._intern((f"p{number}",))
            if number in (0, 1_023, 1_029):
                counts.append(len(thread._prefixes))
        return counts

    assert in_a_new_thread(work) == [0, 1, 1_024, 1_024]


RELATIVE = b'<a><b xmlns="relative-and-new" never-seen-before=""/></a>'
"""Which has no canonical form."""


def test_what_canonicalising_adds_to_a_dictionary_counts() -> None:
    """The tree comes from another thread; what brings no octets about counts as the longest message."""
    sound, relative = (in_a_new_thread(partial(parse_document, octets)) for octets in (strange(-1), RELATIVE))

    def work() -> tuple[int, int, int]:
        before = parsing._own.strange
        octets = canonical_octets(sound[0], ())
        between = parsing._own.strange
        again = canonical_octets(sound[0], ())
        return between - before, len(octets), parsing._own.strange - between if again == octets else -1

    grown, octets, then = in_a_new_thread(work)
    assert (grown, then) == (octets, 0)

    def fail() -> int:
        thread = parsing._Thread()
        with pytest.raises(etree.LxmlError):
            thread.canonicalise(relative[0], ())
        return thread.strange

    assert in_a_new_thread(fail) == limits.SAML_RESPONSE_OCTETS


def test_a_dictionary_is_full_when_it_has_met_as_much_as_the_bound_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> list[bool]:
        found = []
        for strange_octets, length in ((99, 0), (100, 0), (100, 100), (100, 99)):
            parsing._own.strange = strange_octets
            parsing._own.forget_helper()
            name = f"<n{length}".encode()
            parse_document(name + b" " * (length - len(name) - 2) + b"/>" if length else b"<a/>")
            found.append(parsing._own._helper is not None)
        return found

    monkeypatch.setattr(limits, "XML_STRANGE_OCTETS", 100)
    # Not full: parsed here. Full: in the helper, which is thrown away when it is full as well.
    assert in_a_new_thread(work) == [False, True, False, True]


def test_one_thread_helps(few: None) -> None:
    def work() -> set[int]:
        parsing._own.strange = FEW_OCTETS
        return {contained(threading.get_ident) for _ in range(20)} | {threading.get_ident()}

    assert len(in_a_new_thread(work)) == 2


MEASURE = """
import os, sys
from federation.errors import FederationError
from tests.support.signatures import LOGIN, genuine, prove, strange, subject

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def post(number):
    try:
        prove(strange(number, 250_000))
    except FederationError as refusal:
        return refusal.check

assert subject(prove(genuine())) == LOGIN.subject
checks = {post(number) for number in range(40)}
before = resident()
checks |= {post(number) for number in range(40, 40 + int(sys.argv[1]))}
assert subject(prove(genuine())) == LOGIN.subject
assert checks == {"root"}, checks
print(resident() - before)
"""


@pytest.mark.growth
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read from /proc")
def test_a_process_stays_as_large_as_it_is_whatever_names_are_posted() -> None:
    command = [sys.executable, "-c", MEASURE, "60"]
    found = subprocess.run(command, capture_output=True, check=True, text=True, cwd=REPOSITORY).stdout
    # Sixty documents whose names are kept take 60 MB; a helper that is still filling its dictionary takes some too.
    assert int(found) < 16_000_000
