"""What IAM and STS accept of a document that is offered: each rule from both sides, for each kind of policy."""

from typing import Any

import pytest

from federation.errors import MalformedPolicyDocument
from federation.policy import Policy
from federation.policy.wildcard import Pattern
from federation.policy.writes import ASSUME_ACTIONS
from tests.support.policies import document, statement
from tests.support.world import ACCOUNT

OTHER_ACTIONS = [
    *("AssumeRoot", "DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetCallerIdentity", "GetDelegatedAccessToken"),
    *("GetFederationToken", "GetServiceBearerToken", "GetSessionToken", "GetWebIdentityToken", "TagGetWebIdentityToken"),
]


def written(source: Any, kind: str = "trust", *, managed: bool = False) -> str:
    """The check that refuses the document, with its path; empty where it is accepted."""
    try:
        Policy.parse(source, kind=kind, managed=managed)
    except MalformedPolicyDocument as refused:
        return f"{refused.check} {refused.path}"
    return ""


def own(**members: Any) -> dict[str, Any]:
    return document({"Effect": "Allow", "Action": "s3:*", "Resource": "*", **members})


@pytest.mark.parametrize("action", ASSUME_ACTIONS)
def test_the_actions_of_a_trust_policy(action: str) -> None:
    assert written(document(statement(Action=action))) == ""
    assert written(document(statement(Action=f"{action}x"))) == "policy-action $.Statement[0]"


def test_there_are_six_of_them() -> None:
    assert [each.removeprefix("sts:") for each in ASSUME_ACTIONS] == [
        *("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "TagSession", "SetSourceIdentity", "SetContext")
    ]


ONE_OTHER = {
    "AssumeRoot": "sts:*A?????????",
    "DecodeAuthorizationMessage": "sts:*A*i?????????????",
    "GetAccessKeyInfo": "sts:*A*e?????????",
    "GetCallerIdentity": "sts:*e???????????????",
    "GetDelegatedAccessToken": "sts:*e????????????",
    "GetFederationToken": "sts:*r??????????",
    "GetServiceBearerToken": "sts:*e???????????????????",
    "GetSessionToken": "sts:*t????????????",
    "TagGetWebIdentityToken": "sts:T*n",
}
"""Patterns that cover an action of a trust policy, and of the other actions of STS this one alone."""


@pytest.mark.parametrize("action", OTHER_ACTIONS)
def test_a_pattern_may_cover_no_other_action_of_sts(action: str) -> None:
    assert written(document(statement(Action=f"sts:{action}"))) == "policy-action $.Statement[0]"
    if action in ONE_OTHER:
        matches = Pattern.read(ONE_OTHER[action]).matches
        assert [each for each in OTHER_ACTIONS if matches(f"sts:{each}")] == [action]
        assert any(map(matches, ASSUME_ACTIONS))
        assert written(document(statement(Action=ONE_OTHER[action]))) == "policy-action $.Statement[0]"


@pytest.mark.parametrize(
    ("action", "refused"),
    [
        ("s3:*", False),
        ("*", False),
        ("s3:Get\nObject", False),
        ("s*:?", False),
        ("s3:", True),
        (":x", True),
        ("s3", True),
        ("s3:a:b", True),
        ("s\u00e9:a", True),
        ("s3.x:a", True),
    ],
)
def test_actions_have_a_service(*, action: str, refused: bool) -> None:
    for kind in ("identity", "session", "boundary", "resource"):
        source = own(Action=action, **({"Principal": "*"} if kind == "resource" else {}))
        assert written(source, kind) == ("policy-action $.Statement[0]" if refused else "")


@pytest.mark.parametrize(
    ("resource", "refused"),
    [("*", False), ("arn:x:y", False), ("arn::", False), ("arn:x", True), ("x:y:z", True), ("arn", True), ("**", True), ("", True)],
)
def test_resources_are_arns_or_a_star(*, resource: str, refused: bool) -> None:
    for element in ("Resource", "NotResource"):
        source = document({"Effect": "Allow", "Action": "s3:*", element: ["*", resource]})
        for kind in ("identity", "session", "boundary"):
            assert written(source, kind) == ("policy-resource $.Statement[0]" if refused else "")
        assert written(document({"Effect": "Allow", "Principal": "*", "Action": "s3:*", element: ["*", resource]}), "resource") == ""


@pytest.mark.parametrize(
    ("principal", "path"),
    [
        ({"AWS": ACCOUNT}, ""),
        ({"AWS": "*"}, ""),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, ""),
        ({"AWS": "1234567890123"}, ".AWS"),
        ({"AWS": [ACCOUNT, "bob"]}, ".AWS"),
        ({"Federated": "accounts.google.com"}, ""),
        ({"Federated": "google"}, ".Federated"),
        ({"Service": "ec2.amazonaws.com"}, ""),
        ({"Service": "ec2"}, ".Service"),
        ({"CanonicalUser": "anything at all"}, ""),
    ],
)
@pytest.mark.parametrize(("element", "effect"), [("Principal", "Allow"), ("NotPrincipal", "Deny")])
def test_principals_of_a_trust_policy(principal: dict[str, Any], path: str, element: str, effect: str) -> None:
    source = document(statement(**{"Principal": None, element: principal, "Effect": effect, "Action": "sts:AssumeRole"}))
    assert written(source) == (f"policy-principal $.Statement[0].{element}{path}" if path else "")
    assert (
        written(document(statement(**{"Principal": None, element: "*", "Effect": effect}))) == f"policy-principal $.Statement[0].{element}"
    )
    assert written(document({"Effect": effect, element: principal, "Action": "s3:*", "Resource": "*"}), "resource") == ""


def test_what_a_principal_that_is_none_is_told() -> None:
    for type_, message in (
        ("AWS", 'Invalid principal in policy: "AWS":"bob"'),
        ("Service", 'Invalid principal in policy: "Service":"bob"'),
        ("Federated", "Federated principals must be valid domain names or SAML metadata ARNs"),
    ):
        with pytest.raises(MalformedPolicyDocument) as caught:
            Policy.parse(document(statement(Principal={type_: "bob"})), kind="trust")
        assert caught.value.message == message


@pytest.mark.parametrize(
    ("operator", "value"), [("NumericEquals", "x"), ("DateLessThan", "x"), ("IpAddress", "1.2.3"), ("NotIpAddress", "x"), ("ArnLike", "x")]
)
def test_values_are_of_the_type_where_the_kind_demands_it(operator: str, value: str) -> None:
    sound = {"NumericEquals": "1", "DateLessThan": "1", "IpAddress": "::/0", "NotIpAddress": "1.2.3.4", "ArnLike": "arn:aws:s3:::b"}[
        operator
    ]
    for condition, at in (
        ({operator: {"a:b": [sound, value]}}, f'policy-value $.Statement[0].Condition.{operator}["a:b"]'),
        ({operator: {"a:b": sound}}, ""),
    ):
        assert written(document(statement(Condition=condition))) == at
        for kind, refused in (("identity", at), ("boundary", at), ("session", ""), ("resource", "")):
            members = {"Principal": "*"} if kind == "resource" else {}
            assert written(own(Condition=condition, **members), kind) == refused


@pytest.mark.parametrize("operator", ["Bool", "StringEquals", "StringLike", "Null"])
def test_other_operators_have_no_malformed_values(operator: str) -> None:
    assert written(own(Condition={operator: {"a:b": "x"}}), "identity") == ""


@pytest.mark.parametrize(
    ("key", "refused"),
    [("a:b", False), (":", False), ("ab", True), ("", True), ("https://x:sub", True), ("HTTPS://x:sub", True), ("http://x:sub", False)],
)
def test_keys_of_conditions(*, key: str, refused: bool) -> None:
    for kind in ("identity", "session", "boundary", "resource"):
        source = own(Condition={"Null": {key: "true"}}, **({"Principal": "*"} if kind == "resource" else {}))
        assert written(source, kind).partition(" ")[0] == ("policy-condition-key" if refused else "")


def test_versions_of_managed_policies() -> None:
    for version, managed, kind, refused in (
        ("2012-10-17", True, "identity", False),
        ("2008-10-17", True, "identity", True),
        ("2008-10-17", False, "identity", False),
        ("2008-10-17", False, "session", False),
        ("2008-10-17", False, "boundary", True),
        ("2012-10-17", False, "boundary", False),
    ):
        source = {**own(), "Version": version}
        assert written(source, kind, managed=managed) == ("policy-version $.Version" if refused else "")


def test_every_statement_is_looked_at() -> None:
    assert written(document(statement(), statement(Action="s3:*"))) == "policy-action $.Statement[1]"
    assert written(document(statement(), statement(Principal={"AWS": "bob"}))) == "policy-principal $.Statement[1].Principal.AWS"
