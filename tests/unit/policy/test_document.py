"""Policy text: its limits from both sides, and where a fault is said to stand."""

import json
from typing import Any

import pytest

from federation import limits
from federation.errors import MalformedPolicyDocument
from federation.policy import Policy
from federation.policy.document import member, read_document
from tests.support.policies import document, statement


def found(source: object) -> tuple[str, str]:
    with pytest.raises(MalformedPolicyDocument) as caught:
        read_document(source)
    return caught.value.path, caught.value.found


def nested(depth: int) -> str:
    """Lists and objects in turn, so many deep."""
    pairs = [("[", "]") if level % 2 else ('{"a":', "}") for level in range(depth)]
    return "".join(opening for opening, _ in pairs) + "true" + "".join(closing for _, closing in reversed(pairs))


def test_depth() -> None:
    assert json.loads(nested(32)) == read_document(nested(32))[1]
    assert found(nested(33)) == ("$", "more")
    assert found('{"a":' * 33 + "1" + "}" * 33) == ("$", "more")
    assert found('{"a":[' + "[]," * 40 + "[" * 31 + "]" * 31 + "]}") == ("$", "more")
    for wide in ('{"a":[' + ",".join(["[]"] * 100) + "]}", json.dumps({"a": ["x", '[{"\\'] * 200, "b": [{"c": "]}"}] * 40})):
        assert read_document(wide)[1] == json.loads(wide)


def test_size() -> None:
    longest = '{"a":1}'.ljust(limits.POLICY_CHARS)
    for source in (longest, longest.encode()):
        assert read_document(source)[0] == longest
    with pytest.raises(MalformedPolicyDocument) as caught:
        read_document(longest + " ")
    assert caught.value.check == "policy-size"


@pytest.mark.parametrize(
    ("source", "path", "words"),
    [
        ('{"a":1,"b":2,"b":3}', "$", "`b` twice"),
        ('{"a":{"c":1,"b":2,"b":3,"c":4}}', "$.a", "`c` twice"),
        ('{"a":[0,{"b":1,"b":1}]}', "$.a[1]", "`b` twice"),
        ('{"a b":{"b":1,"b":1}}', '$["a b"]', "`b` twice"),
        ('{"\\ud800":1}', "$", "a lone surrogate"),
        ('{"a":{"\\udfff":1}}', "$.a", "a lone surrogate"),
        ('{"a":["x","\\ud800"]}', "$.a[1]", "a lone surrogate"),
        ('{"a":"\ud800"}', "$.a", "a lone surrogate"),
        ("[]", "$", "a JSON list"),
        ("1", "$", "a JSON Number"),
        ("null", "$", "a JSON NoneType"),
        ('{"a":Infinity}', "$", "`Infinity`"),
        ("{", "$", "Expecting property name enclosed in double quotes at line 1 column 2"),
        (b'{"a":"\xc3"}', "$", "an octet that is none at 6"),
        (bytearray(b"{}"), "$", "`bytearray`"),
        ({"a": {1, 2}}, "$", "TypeError"),
        ({"a": float("inf")}, "$", "ValueError"),
    ],
)
def test_faults(source: object, path: str, words: str) -> None:
    assert found(source) == (path, words)


def test_what_is_read() -> None:
    text = '{"a":"\u00e9\\ud83d\\ude00","b":1.50,"c":[1e3,true,null]}'
    assert read_document(text) == (text, {"a": "\u00e9\U0001f600", "b": "1.50", "c": ["1e3", True, None]})
    assert read_document({"a": "\u00e9", "b": [1]}) == ('{"a":"\u00e9","b":[1]}', {"a": "\u00e9", "b": ["1"]})


def test_paths() -> None:
    assert [member("$", name) for name in ("a", "_9", "a b", "9", "", "\u00e9")] == [
        "$.a",
        "$._9",
        '$["a b"]',
        '$["9"]',
        '$[""]',
        '$["\\u00e9"]',
    ]
    assert member("$", "x:" + "y" * 500) == f'$["x:{"y" * 126}"]'


def own(**members: Any) -> dict[str, Any]:
    return document({"Effect": "Allow", "Action": "*", "Resource": "*", **members})


@pytest.mark.parametrize(
    ("source", "kind", "path"),
    [
        (document(statement(Sid="a b", Resource="*")), "resource", ""),
        (document(statement(Sid="a", Resource="*"), statement(Sid="a", Resource="*")), "resource", "$.Statement[1].Sid"),
        (document(statement(Sid="a"), statement(Sid="b"), statement(), statement(Sid="")), "trust", ""),
        (document(statement(Sid="a"), statement(Sid="b"), statement(Sid="a")), "trust", "$.Statement[2].Sid"),
        (document(statement(Sid=1)), "trust", "$.Statement[0].Sid"),
        (document(statement(Principal={"CanonicalUser": "x"})), "trust", ""),
        (document(statement(Principal={"AWS": []})), "trust", "$.Statement[0].Principal"),
        (document(statement(Principal=["*"])), "trust", "$.Statement[0].Principal"),
        (document(statement(Principal="**")), "trust", "$.Statement[0].Principal"),
        (document(statement(Principal=None)), "trust", "$.Statement[0]"),
        (document(statement(NotPrincipal="*")), "trust", "$.Statement[0]"),
        (document(statement(Action=["a:b", 1])), "trust", "$.Statement[0].Action"),
        (document(statement()), "resource", "$.Statement[0]"),
        (own(), "identity", ""),
        (own(Resource=[]), "identity", "$.Statement[0]"),
        (own(NotResource="*"), "identity", "$.Statement[0]"),
        (own(NotPrincipal="*"), "identity", "$.Statement[0].NotPrincipal"),
        (own(Condition=None), "identity", "$.Statement[0].Condition"),
        (own(Effect=["Allow"]), "identity", "$.Statement[0].Effect"),
        ({**own(), "Version": None}, "identity", "$.Version"),
        ({**own(), "Version": ["2012-10-17"]}, "identity", "$.Version"),
        ({**own(), "Id": ["x"]}, "identity", "$.Id"),
        ({**own(), "Statement": []}, "identity", "$.Statement"),
        ({**own(), "Statement": {}}, "identity", "$.Statement.Effect"),
        ({**own(), "Statements": []}, "identity", "$"),
    ],
)
def test_where_the_grammar_is_broken(source: Any, kind: str, path: str) -> None:
    if not path:
        assert Policy.stored(source, kind=kind).statements
        return
    with pytest.raises(MalformedPolicyDocument) as caught:
        Policy.stored(source, kind=kind)
    assert (caught.value.check, caught.value.path) == ("policy-grammar", path)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("ForAnyValue:stringequalsIfExists", "did you mean StringEquals?"),
        ("StringEqual", "did you mean StringEquals?"),
        ("Bools", "did you mean Bool?"),
        ("ArnLikes", "did you mean ArnLike?"),
        ("numericlessthan", "did you mean NumericLessThan?"),
        ("Equals", "use an operator of the IAM reference"),
        ("", "use an operator of the IAM reference"),
    ],
)
def test_the_nearest_operator(name: str, remedy: str) -> None:
    with pytest.raises(MalformedPolicyDocument) as caught:
        Policy.stored(own(Condition={name: {"a:b": "x"}}), kind="identity")
    assert caught.value.remedy == remedy


def test_values_compare_as_text() -> None:
    policy = Policy.stored(own(Condition={"StringEquals": {"a:b": [True, False, 1, "x"]}, "Bool": {"a:c": False}}), kind="identity")
    assert [each.expected for each in policy.statements[0].conditions] == [("true", "false", "1", "x"), ("false",)]


def test_members_that_are_nearly_right() -> None:
    for name, remedy in (("effect", "write Effect"), ("Effects", "remove the member")):
        with pytest.raises(MalformedPolicyDocument) as caught:
            Policy.stored(own(**{name: "Allow"}), kind="identity")
        assert caught.value.remedy == remedy
