"""CloudFormation, SAM and CDK: intrinsic functions say what the template alone says, and nothing more."""

import json
from typing import Any

import pytest

from federation import limits
from federation.policy import Kind
from tests.support.evidence import PROVIDER, at, only, read, trust
from tests.support.world import ACCOUNT, GITHUB

SUBJECT = f'$.Statement[0].Condition.StringLike["{GITHUB}:sub"]'


def template(properties: Any, **sections: Any) -> dict[str, Any]:
    return {**sections, "Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}, **sections.get("Resources", {})}}


def value(text: str) -> Any:
    plain = "".join("?" if 0xF0000 <= ord(character) <= 0xFFFFD else character for character in text)
    return json.loads(plain)["v"]


SECTIONS = {
    "Parameters": {
        "Owner": {"Type": "String", "Default": "acme"},
        "Names": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "Age": {"Type": "Number", "Default": 7},
        "Open": {"Type": "String"},
    },
    "Mappings": {"Sites": {"prod": {"branch": "main"}}},
    "Resources": {
        "GitHub": {"Type": "AWS::IAM::OIDCProvider", "Properties": {"Url": {"Fn::Sub": f"https://{GITHUB}"}}},
        "Idp": {"Type": "AWS::IAM::SAMLProvider", "Properties": {"Name": "idp"}},
        "Nameless": {"Type": "AWS::IAM::SAMLProvider"},
    },
}


@pytest.mark.parametrize(
    ("function", "said", "unknown"),
    [
        ({"Ref": "Owner"}, "acme", []),
        ({"Ref": "Age"}, "7", []),
        ({"Ref": "Names"}, ["a", "b"], []),
        ({"Ref": "Open"}, "?", ["Open"]),
        ({"Ref": "AWS::AccountId"}, "?", ["AWS::AccountId"]),
        ({"Ref": "GitHub"}, f"arn:?:iam::?:oidc-provider/{GITHUB}", ["AWS::Partition", "AWS::AccountId"]),
        ({"Fn::GetAtt": ["GitHub", "Arn"]}, f"arn:?:iam::?:oidc-provider/{GITHUB}", ["AWS::Partition", "AWS::AccountId"]),
        ({"Ref": "Idp"}, "arn:?:iam::?:saml-provider/idp", ["AWS::Partition", "AWS::AccountId"]),
        ({"Ref": "Nameless"}, "?", ["Nameless"]),
        ({"Fn::GetAtt": "Bucket.Arn"}, "?", ["Bucket.Arn"]),
        ({"Fn::Sub": "repo:${Owner}/${!literal}:*"}, "repo:acme/${literal}:*", []),
        ({"Fn::Sub": "${Open}-${GitHub.Arn}"}, f"?-arn:?:iam::?:oidc-provider/{GITHUB}", ["Open", "AWS::Partition", "AWS::AccountId"]),
        ({"Fn::Sub": ["${a}${b}", {"a": {"Ref": "Owner"}, "b": "x"}]}, "acmex", []),
        ({"Fn::Sub": [1]}, "?", ['{"Fn::Sub": [1]}']),
        ({"Fn::Join": ["/", ["a", {"Ref": "Owner"}, {"Ref": "Open"}]]}, "a/acme/?", ["Open"]),
        ({"Fn::Join": ["/", {"Ref": "Names"}]}, "a/b", []),
        ({"Fn::Join": ["/"]}, "?", ['{"Fn::Join": ["/"]}']),
        ({"Fn::Select": [1, {"Ref": "Names"}]}, "b", []),
        ({"Fn::Select": ["5", {"Ref": "Names"}]}, "?", ['{"Fn::Select": ["5", {"Ref": "Names"}]}']),
        ({"Fn::FindInMap": ["Sites", "prod", "branch"]}, "main", []),
        ({"Fn::If": ["Prod", "a", "b"]}, "?", ['{"Fn::If": ["Prod", "a", "b"]}']),
        ([{"Ref": "AWS::NoValue"}, "a"], ["a"], []),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}, []),
    ],
    ids=lambda each: json.dumps(each)[:40],
)
def test_what_a_function_says(function: Any, said: Any, unknown: list[str]) -> None:
    evidence = read("template.json", json.dumps(template({"AssumeRolePolicyDocument": {"v": function}}, **SECTIONS)))
    found = only(evidence)
    assert value(found.text) == said
    assert [each.expression for each in found.unknowns] == unknown


def test_functions_in_functions_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.evidence.documents.intrinsics._DEEPEST", 5)
    function: Any = "x"
    for _ in range(6):
        function = {"Fn::Join": ["", [function]]}
    found = only(read("template.json", template({"AssumeRolePolicyDocument": {"v": function}})))
    assert value(found.text) == "?"


def test_what_is_given_is_known() -> None:
    evidence = read(
        "template.json",
        template({"AssumeRolePolicyDocument": trust(provider={"Ref": "GitHub"})}, **SECTIONS),
        **{"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws"},
    )
    assert json.loads(only(evidence).text) == trust()
    assert {each.arn for each in evidence.providers} == {PROVIDER, f"arn:aws:iam::{ACCOUNT}:saml-provider/idp", None}


def test_short_forms_in_yaml() -> None:
    evidence = read(
        "template.yaml",
        f"""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Join ["-", [deploy, !Ref AWS::Region]]
      MaxSessionDuration: 7200
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          Effect: Allow
          Principal: {{Federated: !Sub "arn:${{AWS::Partition}}:iam::{ACCOUNT}:oidc-provider/{GITHUB}"}}
          Action: sts:AssumeRoleWithWebIdentity
          Condition: !If [Prod, {{}}, !Ref AWS::NoValue]
""",
    )
    found = only(evidence)
    assert [each.expression for each in found.unknowns] == ["AWS::Partition", "!If [Prod, {}, !Ref AWS::NoValue]"]
    assert at(found, "$.Statement.Action") == "sts:AssumeRoleWithWebIdentity"
    assert found.region("$.Statement.Action").as_dict() == {"line": 13, "column": 19, "end_line": 13, "end_column": 48}
    [role] = evidence.roles
    assert (role.name, role.max_session, role.address) == (None, 7200, "Role")


def test_a_policy_in_a_string_with_variables() -> None:
    text = json.dumps(trust("repo:${Owner}/app:*"), indent=1)
    found = only(read("template.json", template({"AssumeRolePolicyDocument": {"Fn::Sub": text}}, **SECTIONS)))
    assert json.loads(found.text) == trust("repo:acme/app:*")
    assert at(found, SUBJECT) == '\\"repo:${Owner}/app:*\\"'


def test_other_resources() -> None:
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    inline = {"AssumeRolePolicyDocument": trust(), "Policies": [{"PolicyName": "p", "PolicyDocument": allow}]}
    resources = {
        "P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": allow}},
        "F": {"Type": "AWS::Serverless::Function", "Properties": {"AssumeRolePolicyDocument": trust()}},
        "G": {"Type": "AWS::Serverless::Function", "Properties": {}},
        "B": {"Type": "AWS::S3::Bucket"},
    }
    evidence = read("template.json", template(inline, Resources=resources))
    assert [(each.address, each.kind) for each in evidence.documents] == [
        ("R", Kind.TRUST),
        ("R.Policies[0]", Kind.IDENTITY),
        ("P", Kind.IDENTITY),
        ("F", Kind.TRUST),
    ]
    assert [each.address for each in evidence.roles] == ["R", "F"]


def test_a_resource_at_fault_does_not_hide_the_others() -> None:
    evidence = read(
        "template.json",
        template("no object", Resources={"S": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust()}}}),
    )
    [fault] = evidence.faults
    assert (fault.address, fault.refusal.check) == ("R", "document-resource")
    assert [each.address for each in evidence.documents] == ["S"]


def test_a_template_that_multiplies_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVIDENCE_VALUES", 2_000)
    long = {"Type": "String", "Default": "x" * 4000}
    evidence = read("template.json", template({"AssumeRolePolicyDocument": {"v": {"Fn::Sub": "${Long}" * 100}}}, Parameters={"Long": long}))
    [fault] = evidence.faults
    assert fault.refusal.check == "document-aliases"
