"""Files of any octets: what cannot be read is a fault, nothing else escapes, and every place lies in the file."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.evidence.documents import read_evidence
from federation.evidence.documents.json_text import read_json
from federation.evidence.documents.linting import lint_document
from federation.evidence.documents.rendering import render
from federation.evidence.documents.spelling import offsets
from federation.evidence.documents.values import TextValue
from federation.evidence.documents.yaml_text import read_yaml
from tests.support.paths import FIXTURES

FILES = [path for path in sorted((FIXTURES / "evidence").glob("*.*")) if ".test." not in path.name]
WORDS = """{ } [ ] " ' \\ ${ %{ &a *a !Sub ! : - # null true Ref Fn::Sub jsonencode( ) Statement 0 $ &{"""
SPACES = [b"", b"\n", b"  ", b"<<EOF\n", b": ", b"- ", b"\x00", b"\xff", "\U000f0000".encode()]
PARTS = st.sampled_from([part.encode() for part in WORDS.split()] + SPACES)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A shipped file with a few parts cut out or put in."""
    path: Path = draw(st.sampled_from(FILES))
    octets = path.read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(octets)))
        octets = octets[:at] + draw(PARTS) + octets[at + draw(st.integers(0, 12)) :]
    return path.name, octets


def whole(name: str, octets: bytes) -> None:
    evidence = read_evidence([(name, octets)])
    evidence.as_dict()
    for found in evidence.documents:
        linted = lint_document(found)
        for path in ("$", *found.rendered.values):
            span = found.span(path)
            assert 0 <= span.start <= span.end <= len(found.source.text)
        for explained in linted.findings:
            assert explained.obstacle.causes[0].place is not None
    for fault in evidence.faults:
        assert fault.refusal.check.startswith("document-")
        assert fault.line >= 1


@settings(max_examples=150, deadline=None)
@given(damaged())
def test_a_damaged_file_is_a_fault_or_read(file: tuple[str, bytes]) -> None:
    whole(*file)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["x.json", "x.tf", "x.yaml", "x"]))
def test_any_octets(octets: bytes, name: str) -> None:
    whole(name, octets)


TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.sampled_from("é€\n\t"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_json_is_read_as_json_reads_it(document: object) -> None:
    for text in (json.dumps(document), json.dumps(document, indent=1, ensure_ascii=False)):
        assert json.loads(render_of(text)) == document
    [value] = read_yaml(json.dumps({"v": document}))
    assert json.loads(render(value, "").text) == {"v": document}


def render_of(text: str) -> str:
    value = read_json(text)
    return text if isinstance(value, TextValue) else render(value, text).text


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_characters_are_found_where_they_stand(text: str) -> None:
    for ascii_ in (True, False):
        source = json.dumps(text, ensure_ascii=ascii_)
        value = read_json(source)
        assert isinstance(value, TextValue)
        [piece] = value.pieces
        places = offsets(piece, source)
        assert places is not None
        assert len(places) == len(text) + 1
        read = [json.loads(f'"{source[start:end]}"') for start, end in pairwise(places)]
        assert "".join(read) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_shipped_files_are_read_whole(path: Path) -> None:
    evidence = read_evidence([path])
    assert evidence.faults == ()
    assert evidence.documents or evidence.logins
