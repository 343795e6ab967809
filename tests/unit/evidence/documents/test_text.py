"""JSON and YAML to values with their places: strict, bounded, and exact."""

import json

import pytest

from federation import limits
from federation.errors import ValidationError
from federation.evidence.documents.json_text import read_json
from federation.evidence.documents.rendering import render
from federation.evidence.documents.values import DocumentValue, MapValue, TextValue
from federation.evidence.documents.yaml_text import read_yaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def text(value: DocumentValue, source: str) -> str:
    return source[value.start : value.end]


def test_a_json_value_has_its_place() -> None:
    source = '{ "a": [1.50, true, null, "\\u00e9\\n"], "b" : {} }'
    value = read_json(source)
    assert isinstance(value, MapValue)
    listed = value.get("a")
    assert listed is not None
    assert text(listed, source) == '[1.50, true, null, "\\u00e9\\n"]'
    assert json.loads(render(value, source).text) == json.loads(source)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("", "the end of the text at line 1 column 1"),
        ('{"a" 1}', "no ':' at line 1 column 6"),
        ('{"a": 1 "b": 2}', "no ',' at line 1 column 9"),
        ("{a: 1}", "no name of a member at line 1 column 2"),
        ("[1,\n 01]", "no ',' at line 2 column 3"),
        ("[1] 2", "text after the value at line 1 column 5"),
        ("NaN", "no value at line 1 column 1"),
        ('"\\ud800"', "a lone surrogate at line 1 column 1"),
        ('"a\nb"', "a string that does not end, or with a control character or a wrong escape at line 1 column 1"),
        ("[" * 1000, "deeper nesting at line 1 column 97"),
    ],
)
def test_what_is_no_json_is_refused(source: str, found: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_json(source)
    assert (refusal.value.check, refusal.value.found) == ("document-syntax", found)


def test_a_yaml_value_has_its_place() -> None:
    source = "# é😀\na: &x plain text\nb:\n  - 'it''s'\n  - \"q\\u00e9\"\n  - *x\nc: {d: 012, e: 12}\non: [yes, ~]\n"
    [value] = read_yaml(source)
    assert json.loads(render(value, source).text) == {
        "a": "plain text",
        "b": ["it's", "qé", "plain text"],
        "c": {"d": "012", "e": 12},
        "on": [True, None],
    }
    places = render(value, source).values
    shown = {path: source[span.start : span.end] for path, span in places.items()}
    assert shown["$.a"] == "plain text"
    assert shown["$.b"] == "- 'it''s'\n  - \"q\\u00e9\""
    assert shown["$.b[0]"] == "'it''s'"
    assert shown["$.c"] == "{d: 012, e: 12}"


@pytest.mark.parametrize("tagged", ['!Sub "a"', "!Sub a", "!Sub\n  - a\n  - {b: c}"])
def test_a_short_form_is_its_long_form(tagged: str) -> None:
    [value] = read_yaml(f"v: {tagged}\n")
    assert isinstance(value, MapValue)
    inner = value.get("v")
    assert isinstance(inner, MapValue)
    [member] = inner.members
    assert member.name.known == "Fn::Sub"


def test_a_tag_constructs_nothing() -> None:
    [value] = read_yaml("v: !!python/object/apply:os.system ['false']\n")
    assert json.loads(render(value, "").text) == {"v": ["false"]}


def test_documents_of_a_stream_are_apart() -> None:
    assert [value.start for value in read_yaml("---\na: 1\n---\nb: 2\n")] == [4, 13]


@pytest.mark.parametrize(
    ("source", "check"),
    [
        ("a: [", "document-syntax"),
        ("a: \x01", "document-syntax"),
        ("[" * 200, "document-syntax"),
        ("".join(f"{'  ' * depth}a:\n" for depth in range(200)), "document-syntax"),
        ("a: *b", "document-aliases"),
        ("a: &a [*a]", "document-aliases"),
        (BOMB, "document-aliases"),
    ],
    ids=["open", "control", "deep flow", "deep block", "no anchor", "own anchor", "billion laughs"],
)
def test_what_yaml_is_refused(source: str, check: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_yaml(source)
    assert refusal.value.check == check


def test_aliases_count_what_they_stand_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVIDENCE_VALUES", 12)
    read_yaml("a: &a [1, 2]\nb: *a\nc: 3\n")
    with pytest.raises(ValidationError) as refusal:
        read_yaml("a: &a [1, 2]\nb: [*a, *a]\nc: 3\n")
    assert refusal.value.check == "document-aliases"


@pytest.mark.parametrize(
    "source",
    [
        '{"p": "{\\"a\\": \\"\\\\u00e9\\\\n\\", \\"b\\": [\\"here\\"]}"}',
        'p: |\n  {\n    "a": 1,\n    "b": ["here"]\n  }\n',
        'p: >-\n  {"a": 1,\n\n\n   "b":\n   ["here"]}\n',
        'p: \'{"a": "it\'\'s", "b": ["here"]}\'\n',
        'p: "{\\"a\\": \\\n   \\"x\\\\ty\\", \\"b\\":\n  [\\"here\\"]}"\n',
        'p: {"b": ["here"]}\n',
    ],
    ids=["json", "literal", "folded", "single quotes", "double quotes", "flow"],
)
def test_json_in_a_string_keeps_its_places(source: str) -> None:
    value = read_json(source) if source.startswith("{") else read_yaml(source)[0]
    assert isinstance(value, MapValue)
    policy = value.get("p")
    assert policy is not None
    rendered = render(policy, source)
    span = rendered.values["$.b[0]"]
    assert source[span.start : span.end].replace("\\", "") == '"here"'
    name = rendered.names["$.b"]
    assert source[name.start : name.end].replace("\\", "") == '"b"'


def test_the_place_of_a_string_that_is_spelled_otherwise_is_that_of_the_whole() -> None:
    source = '{"p": "{\\"b\\": 1}"}'
    value = read_json(source)
    assert isinstance(value, MapValue)
    policy = value.get("p")
    assert isinstance(policy, TextValue)
    rendered = render(policy, source.replace("b", "c"))
    assert source[rendered.values["$.b"].start :] == '{\\"b\\": 1}"}'
