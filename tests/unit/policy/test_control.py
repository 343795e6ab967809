"""The policies of an organization as documents: what AWS lets them say."""

from typing import Any

import pytest

from federation.errors import MalformedPolicyDocument
from federation.policy import Kind, Policy, Principal, RequestContext

SERVICE = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
RESOURCE = {"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*"}


def parsed(kind: Kind, statement: dict[str, Any], *, version: str = "2012-10-17") -> Policy:
    return Policy.parse({"Version": version, "Statement": statement}, kind=kind)


def without(statement: dict[str, Any], name: str) -> dict[str, Any]:
    return {member: value for member, value in statement.items() if member != name}


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        (Kind.SERVICE_CONTROL, SERVICE),
        (Kind.SERVICE_CONTROL, {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Sid": "any sid"}),
        (Kind.SERVICE_CONTROL, {**without(SERVICE, "Resource"), "NotResource": "arn:aws:s3:::bucket/*"}),
        (Kind.RESOURCE_CONTROL, RESOURCE),
        (Kind.RESOURCE_CONTROL, {**RESOURCE, "Principal": {"AWS": "*"}}),
        (Kind.RESOURCE_CONTROL, {**without(RESOURCE, "Resource"), "NotResource": "arn:aws:iam::123456789012:role/Free"}),
    ],
)
def test_what_an_organization_accepts(kind: Kind, statement: dict[str, Any]) -> None:
    assert parsed(kind, statement).kind is kind


@pytest.mark.parametrize(
    ("kind", "statement", "path"),
    [
        (Kind.SERVICE_CONTROL, {**SERVICE, "Principal": "*"}, "$.Statement.Principal"),
        (Kind.SERVICE_CONTROL, {**SERVICE, "NotPrincipal": "*"}, "$.Statement.NotPrincipal"),
        (Kind.SERVICE_CONTROL, without(SERVICE, "Resource"), "$.Statement"),
        (Kind.RESOURCE_CONTROL, without(RESOURCE, "Principal"), "$.Statement"),
        (Kind.RESOURCE_CONTROL, {**RESOURCE, "Principal": {"AWS": "123456789012"}}, "$.Statement.Principal"),
        (Kind.RESOURCE_CONTROL, {**RESOURCE, "Principal": {"AWS": "*", "Service": "ec2.amazonaws.com"}}, "$.Statement.Principal"),
        (Kind.RESOURCE_CONTROL, {**without(RESOURCE, "Principal"), "NotPrincipal": "*"}, "$.Statement.NotPrincipal"),
        (Kind.RESOURCE_CONTROL, {**without(RESOURCE, "Action"), "NotAction": "sts:*"}, "$.Statement.NotAction"),
    ],
)
def test_what_the_grammar_refuses(kind: Kind, statement: dict[str, Any], path: str) -> None:
    for read in (Policy.parse, Policy.stored):
        with pytest.raises(MalformedPolicyDocument) as caught:
            read({"Version": "2012-10-17", "Statement": statement}, kind=kind)
        assert (caught.value.check, caught.value.path) == ("policy-grammar", path)


def test_a_new_resource_control_policy_only_denies() -> None:
    with pytest.raises(MalformedPolicyDocument) as caught:
        parsed(Kind.RESOURCE_CONTROL, {**RESOURCE, "Effect": "Allow"})
    assert (caught.value.check, caught.value.path) == ("policy-effect", "$.Statement.Effect")


@pytest.mark.parametrize(("kind", "statement"), [(Kind.SERVICE_CONTROL, SERVICE), (Kind.RESOURCE_CONTROL, RESOURCE)])
def test_they_are_of_the_current_version(kind: Kind, statement: dict[str, Any]) -> None:
    with pytest.raises(MalformedPolicyDocument) as caught:
        parsed(kind, statement, version="2008-10-17")
    assert caught.value.check == "policy-version"


@pytest.mark.parametrize(
    "caller", [Principal.federated("accounts.google.com"), Principal.service("ec2.amazonaws.com"), Principal.anonymous(), None]
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_resource_control_policy_is_about_every_caller(caller: Principal | None, effect: str) -> None:
    policy = Policy.stored({"Version": "2012-10-17", "Statement": {**RESOURCE, "Effect": effect}}, kind=Kind.RESOURCE_CONTROL)
    request = RequestContext(principal=caller, action="sts:AssumeRole", resource="arn:aws:iam::123456789012:role/R")
    assert policy.evaluate(request).effect == effect
