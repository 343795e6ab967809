"""Edits of a policy's text: what they do not touch keeps its formatting, and the text says what the changed document says."""

import json
from typing import Any

import pytest

from federation.errors import MalformedPolicyDocument, ValidationError
from federation.explaining import fixing
from federation.explaining.positions import line_of, locate, locate_name, read_path
from federation.explanation import ABSENT, Change

KEY = "token.actions.githubusercontent.com:sub"
AT = f'$.Statement[0].Condition.StringEquals["{KEY}"]'
TEXT = (
    '{\n    "Version": "2012-10-17",\n    "Statement": [\n        {\n            "Effect":  "Allow",\n'
    '            "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},\n'
    '            "Action": "sts:AssumeRoleWithWebIdentity",\n            "Condition": {\n                "StringEquals": {\n'
    f'                    "{KEY}": "repo:acme/app:ref:refs/heads/main"\n                }},\n'
    '                "NumericEquals": { "n:repository_id" : [74, 1.50] }\n            }\n        }\n    ]\n}\n'
)


def apply(path: str, old: Any, new: Any, text: str = TEXT) -> str:
    made = fixing.apply(text, [Change(path=path, old=old, new=new)])
    assert json.loads(made) == fixing.changed(json.loads(text), [Change(path=path, old=old, new=new)])
    return made


def test_a_value_becomes_a_list_and_nothing_else_is_touched() -> None:
    old = "repo:acme/app:ref:refs/heads/main"
    made = apply(AT, old, [old, "repo:acme/app:environment:prod"])
    assert made == TEXT.replace(json.dumps(old), json.dumps([old, "repo:acme/app:environment:prod"]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["a", "b"]', '["a", "b", "c"]'),
        ('["a","b"]', '["a","b", "c"]'),
        ('[\n  "a",\n  "b"\n]', '[\n  "a",\n  "b",\n  "c"\n]'),
        ("[]", '["c"]'),
    ],
)
def test_a_further_item_is_written_as_the_others_are(before: str, after: str) -> None:
    old = json.loads(before)
    assert apply("$.Action", old, [*old, "c"], f'{{"Action": {before} }}') == f'{{"Action": {after} }}'


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ('{"a": 1, "b": 2, "c": 3}', '{"a": 1, "c": 3}'),
        ('{\n  "b": 2,\n  "c": 3\n}', '{\n  "c": 3\n}'),
        ('{"a": 1,\n "b": 2}', '{"a": 1}'),
        ('{"b": 2}', "{}"),
    ],
)
def test_a_member_is_removed_with_its_comma(text: str, made: str) -> None:
    assert fixing.apply(text, [Change(path="$.b", old=2, new=ABSENT)]) == made


def test_a_member_is_added_in_the_style_of_the_others() -> None:
    made = apply("$.Statement[0].Condition.StringLike", ABSENT, {"k": "v*"})
    indented = '                "NumericEquals": { "n:repository_id" : [74, 1.50] },\n                "StringLike": {\n'
    assert f'{indented}                    "k": "v*"\n                }}\n            }}' in made


def test_a_statement_is_added_indented() -> None:
    made = apply("$.Statement[1]", ABSENT, {"Effect": "Deny", "Action": ["a", "b"]})
    assert made.endswith(
        '        },\n        {\n            "Effect": "Deny",\n            "Action": [\n                "a",\n                "b"\n'
        "            ]\n        }\n    ]\n}\n"
    )


def test_a_key_is_renamed_in_its_place() -> None:
    block = {KEY: "repo:acme/app:ref:refs/heads/main"}
    made = apply("$.Statement[0].Condition.StringEquals", block, {"k:sub": "x"})
    assert made == TEXT.replace(f'"{KEY}": "repo:acme/app:ref:refs/heads/main"', '"k:sub": "x"')


def test_numbers_keep_their_spelling() -> None:
    path = '$.Statement[0].Condition.NumericEquals["n:repository_id"]'
    made = fixing.apply(TEXT, [Change(path=path, old=[74, 1.5], new=[74, 1.5, "75"])])
    assert '{ "n:repository_id" : [74, 1.50, "75"] }' in made


def test_changes_are_made_in_order_and_within_a_file() -> None:
    file = f'{{"RoleName": "Deploy",\n "AssumeRolePolicyDocument": {TEXT}}}'
    action = "$.Statement[0].Action"
    changes = [
        Change(path=action, old="sts:AssumeRoleWithWebIdentity", new="sts:AssumeRole*"),
        Change(path=action, old="sts:AssumeRole*", new=["sts:AssumeRole*", "sts:TagSession"]),
    ]
    made = fixing.apply(file, changes, place="$.AssumeRolePolicyDocument")
    assert made == file.replace('"sts:AssumeRoleWithWebIdentity"', '["sts:AssumeRole*", "sts:TagSession"]')


@pytest.mark.parametrize(
    "change",
    [
        Change(path="$.Version", old="2008-10-17", new="2012-10-17"),
        Change(path="$.Version", old=ABSENT, new="2012-10-17"),
        Change(path="$.Statement[7].Action", old=ABSENT, new="x"),
        Change(path="$.Version.x", old=ABSENT, new="x"),
        Change(path="$.Id", old="x", new=ABSENT),
    ],
)
def test_a_change_of_something_else_is_refused(change: Change) -> None:
    with pytest.raises(ValidationError) as refused:
        fixing.apply(TEXT, [change])
    assert refused.value.check == "edit"


@pytest.mark.parametrize("path", ["", "Statement", "$.", "$[x]", "$..a", '$["a]', "$.a b"])
def test_what_is_no_json_path_is_refused(path: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_path(path)
    assert refused.value.check == "json-path"


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(MalformedPolicyDocument):
        fixing.apply("{", [])


def test_the_line_of_a_place() -> None:
    assert line_of(TEXT, AT) == 10
    assert line_of(TEXT, "$.Statement[0].Action") == 7
    assert line_of(TEXT, "$.Statement[1]") is None
    assert line_of("{", "$") is None
    assert line_of("[" * 5000, "$") is None


def test_a_name_that_a_path_cut_short_is_found_where_it_is_the_only_one() -> None:
    name = "x" * 200
    assert locate(json.dumps({name: 1}), f'$["{"x" * 128}"]') is not None
    assert locate(json.dumps({name: 1, f"{name}y": 2}), f'$["{"x" * 128}"]') is None
    assert fixing.changed({name: "a"}, [Change(path=f'$["{"x" * 128}"]', old="a", new="b")]) == {name: "b"}


def test_one_stretch_holds_several_changes() -> None:
    changes = [
        Change(path="$.Statement[0].Effect", old="Allow", new="Deny"),
        Change(path="$.Version", old="2012-10-17", new=ABSENT),
        Change(path="$.Statement[0].Sid", old=ABSENT, new="a"),
    ]
    start, end, written = fixing.replacement(TEXT, changes)
    assert TEXT[:start] + written + TEXT[end:] == fixing.apply(TEXT, changes)
    assert fixing.replacement(TEXT, []) == (len(TEXT), len(TEXT), "")


def test_the_name_of_a_member_is_found() -> None:
    span = locate_name(TEXT, AT)
    assert span is not None
    assert TEXT[span.start : span.end] == json.dumps(KEY)
    for path in ("$", "$.Statement[0]", "$.Nothing", "$.Statement[7].Effect"):
        assert locate_name(TEXT, path) is None
    assert locate_name("{", AT) is None
