"""SimulateCustomPolicy, SimulatePrincipalPolicy and the condition keys of policies."""

import json
from typing import Any

import pytest

from federation.account.writing.policies import add_policy
from federation.account.writing.roles import add_role
from tests.support.iam import TRUST, Iam, allow
from tests.support.world import ACCOUNT

ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
DEPLOY = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
READERS = f"arn:aws:iam::{ACCOUNT}:group/readers"
LIMITS = f"arn:aws:iam::{ACCOUNT}:policy/Limits"
BUCKET = "arn:aws:s3:::bucket"


def document(*statements: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=indent)


def deny(*actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {**allow(*actions, resource=resource, **more), "Effect": "Deny"}


@pytest.fixture(scope="module")
def iam(tmp_path_factory: pytest.TempPathFactory) -> Iam:
    """An account for all tests: a simulation changes nothing."""
    made = Iam(tmp_path_factory.mktemp("simulation"))
    with made.live.changing() as draft:
        add_policy(draft, name="Limits", document=document(allow("s3:Get*")))
        add_role(draft, name="Deploy", trust_policy=TRUST, policy=document(allow("s3:*")), permissions_boundary=LIMITS)
    made("CreateGroup", GroupName="readers")
    made("PutGroupPolicy", GroupName="readers", PolicyName="list", PolicyDocument=document(allow("s3:ListBucket")))
    made("CreateUser", UserName="Alice")
    made("AddUserToGroup", UserName="Alice", GroupName="readers")
    made(
        "PutUserPolicy",
        UserName="Alice",
        PolicyName="own",
        PolicyDocument=document(allow("s3:Get*", resource=f"{BUCKET}/${{aws:username}}/*")),
    )
    return made


def custom(iam: Iam, *policies: str, actions: tuple[str, ...] = ("s3:GetObject",), **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = iam("SimulateCustomPolicy", PolicyInputList=list(policies), ActionNames=list(actions), **more)[
        "EvaluationResults"
    ]
    return found


def principal(iam: Iam, arn: str, *actions: str, **more: Any) -> list[str]:
    answer = iam("SimulatePrincipalPolicy", PolicySourceArn=arn, ActionNames=list(actions), **more)
    return [each["EvalDecision"] for each in answer["EvaluationResults"]]


@pytest.mark.parametrize(
    ("policies", "decision"),
    [
        ((document(allow("s3:Get*")),), "allowed"),
        ((document(allow("s3:Put*")),), "implicitDeny"),
        ((document(allow("s3:Get*")), document(deny("s3:*"))), "explicitDeny"),
        ((document(allow("s3:Get*", resource=f"{BUCKET}/*")),), "implicitDeny"),
    ],
)
def test_policies_that_are_passed(iam: Iam, policies: tuple[str, ...], decision: str) -> None:
    (result,) = custom(iam, *policies)
    assert (result["EvalActionName"], result["EvalResourceName"], result["EvalDecision"]) == ("s3:GetObject", "*", decision)


def test_every_action_is_asked_on_every_resource(iam: Iam) -> None:
    policy, resources = document(allow("s3:Get*", resource=f"{BUCKET}/a")), [f"{BUCKET}/a", f"{BUCKET}/b"]
    results = custom(iam, policy, actions=("s3:GetObject", "s3:PutObject"), ResourceArns=resources)
    assert [(each["EvalActionName"], each["EvalResourceName"][-1], each["EvalDecision"]) for each in results] == [
        ("s3:GetObject", "a", "allowed"),
        ("s3:GetObject", "b", "implicitDeny"),
        ("s3:PutObject", "a", "implicitDeny"),
        ("s3:PutObject", "b", "implicitDeny"),
    ]
    (specific,) = results[0]["ResourceSpecificResults"]
    assert (specific["EvalResourceName"], specific["EvalResourceDecision"]) == (f"{BUCKET}/a", "allowed")


def test_statements_that_decide_are_named_with_their_place(iam: Iam) -> None:
    text = document(allow("s3:Put*"), allow("s3:Get*"), indent=2)
    (result,) = custom(iam, document(allow("ec2:*")), text)
    (matched,) = result["MatchedStatements"]
    assert matched["SourcePolicyId"] == "PolicyInputList.2"
    lines = text.split("\n")
    start, end = matched["StartPosition"], matched["EndPosition"]
    assert lines[start["Line"] - 1][start["Column"] - 1] == "{"
    assert lines[end["Line"] - 1][end["Column"] - 2] == "}"
    chosen = lines[start["Line"] - 1 : end["Line"]]
    assert json.loads("\n".join(chosen).strip().rstrip(",")) == allow("s3:Get*")
    single = '{"Statement" : {"Effect":"Allow","Action":"*","Resource":"*"} , "Version":"2012-10-17"}'
    (result,) = custom(iam, single)
    (matched,) = result["MatchedStatements"]
    assert single[matched["StartPosition"]["Column"] - 1 : matched["EndPosition"]["Column"] - 1] == (
        '{"Effect":"Allow","Action":"*","Resource":"*"}'
    )
    (result,) = custom(iam, single, document(deny("s3:*")))
    assert [each["SourcePolicyId"] for each in result["MatchedStatements"]] == ["PolicyInputList.2"]


def test_condition_keys_are_passed(iam: Iam) -> None:
    policy = document(
        allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        allow("s3:*", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}),
    )
    (result,) = custom(iam, policy)
    assert result["EvalDecision"] == "implicitDeny"
    assert result["MissingContextValues"] == ["aws:PrincipalTag/team", "aws:SourceIp", "aws:TagKeys"]
    team = {"ContextKeyName": "AWS:principaltag/team", "ContextKeyValues": ["blue"], "ContextKeyType": "string"}
    address = {"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["10.1.1.1"], "ContextKeyType": "ip"}
    (result,) = custom(iam, policy, ContextEntries=[team, address])
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", ["aws:TagKeys"])
    keys = {"ContextKeyName": "aws:TagKeys", "ContextKeyValues": ["a"], "ContextKeyType": "stringList"}
    assert custom(iam, policy, ContextEntries=[keys])[0]["EvalDecision"] == "allowed"
    twice = iam.refusal("SimulateCustomPolicy", PolicyInputList=[policy], ActionNames=["s3:Get"], ContextEntries=[keys, keys])
    assert (twice.code, twice.check) == ("InvalidInput", "context-entries")


def test_a_boundary_that_is_passed(iam: Iam) -> None:
    boundary = [document(allow("s3:Put*"))]
    (result,) = custom(iam, document(allow("s3:*")), PermissionsBoundaryPolicyInputList=boundary)
    assert (result["EvalDecision"], result["PermissionsBoundaryDecisionDetail"]) == (
        "implicitDeny",
        {"AllowedByPermissionsBoundary": False},
    )
    (result,) = custom(iam, document(allow("s3:*")), actions=("s3:PutObject",), PermissionsBoundaryPolicyInputList=boundary)
    assert (result["EvalDecision"], result["PermissionsBoundaryDecisionDetail"]) == ("allowed", {"AllowedByPermissionsBoundary": True})


@pytest.mark.parametrize(
    ("levels", "decision"),
    [
        ([[allow("*")], [allow("s3:*")]], "allowed"),
        ([[allow("*")], [allow("ec2:*")]], "implicitDeny"),
        ([[allow("*")], [allow("*"), deny("s3:*")]], "explicitDeny"),
    ],
)
def test_every_level_of_the_organization_must_allow(iam: Iam, levels: Any, decision: str) -> None:
    given = [{"ServiceControlPolicyInputList": [document(*level)]} for level in levels]
    (result,) = custom(iam, document(allow("s3:*")), OrderedOrganizationPolicyInputList=given)
    assert (result["EvalDecision"], result["OrganizationsDecisionDetail"]) == (decision, {"AllowedByOrganizations": decision == "allowed"})


def test_the_policies_of_a_user_and_its_groups(iam: Iam) -> None:
    own, other = f"{BUCKET}/Alice/x", f"{BUCKET}/Bob/x"
    assert principal(iam, ALICE, "s3:GetObject", ResourceArns=[own, other]) == ["allowed", "implicitDeny"]
    assert principal(iam, ALICE, "s3:ListBucket", ResourceArns=[BUCKET]) == ["allowed"]
    exclusion = {
        "InlinePolicyIdentifier": {"PolicyName": "list", "AttachmentType": "group", "AttachmentName": "readers"},
    }
    assert principal(iam, ALICE, "s3:ListBucket", PolicyExclusionList=[exclusion]) == ["implicitDeny"]
    assert principal(iam, ALICE, "s3:GetObject", ResourceArns=[own], PolicyExclusionList=[exclusion]) == ["allowed"]
    assert principal(iam, ALICE, "s3:GetObject", ResourceArns=[own], PolicyExclusionList=[{"PolicyType": "inline"}]) == ["implicitDeny"]
    both = {**exclusion, "PolicyArn": LIMITS}
    union = iam.refusal("SimulatePrincipalPolicy", PolicySourceArn=ALICE, ActionNames=["s3:Get"], PolicyExclusionList=[both])
    assert (union.code, union.check) == ("InvalidInput", "policy-exclusion")
    assert principal(iam, ALICE, "s3:ListBucket", PolicyInputList=[document(deny("s3:List*"))]) == ["explicitDeny"]


def test_the_policies_of_a_role_within_its_boundary(iam: Iam) -> None:
    assert principal(iam, DEPLOY, "s3:GetObject", "s3:PutObject") == ["allowed", "implicitDeny"]
    exclusion = {"PolicyArn": LIMITS}
    for each in (exclusion, {"PolicyType": "permission-boundary"}):
        assert principal(iam, DEPLOY, "s3:PutObject", PolicyExclusionList=[each]) == ["allowed"]
    assert principal(iam, READERS, "s3:ListBucket", "s3:GetObject") == ["allowed", "implicitDeny"]


def test_a_simulation_agrees_with_the_call(iam: Iam) -> None:
    """The decision on an action of IAM is that of the operation itself."""
    iam("PutUserPolicy", UserName="Alice", PolicyName="iam", PolicyDocument=document(allow("iam:GetUser", resource=ALICE)))
    assert principal(iam, ALICE, "iam:GetUser", "iam:ListUsers", ResourceArns=[ALICE]) == ["allowed", "implicitDeny"]
    assert iam("GetUser", caller=ALICE)["User"]["Arn"] == ALICE
    assert iam.refusal("ListUsers", caller=ALICE).check == "authorization"


def test_a_policy_of_the_resource(iam: Iam) -> None:
    policy = document({**allow("s3:GetObject", resource=f"{BUCKET}/x"), "Principal": {"AWS": ALICE}})
    given: dict[str, Any] = {"ResourceArns": [f"{BUCKET}/x"], "ResourcePolicy": policy}
    assert custom(iam, document(allow("ec2:*")), CallerArn=ALICE, **given)[0]["EvalDecision"] == "allowed"
    elsewhere = {**given, "ResourceOwner": "arn:aws:iam::111122223333:root"}
    assert custom(iam, document(allow("ec2:*")), CallerArn=ALICE, **elsewhere)[0]["EvalDecision"] == "implicitDeny"
    missing = iam.refusal("SimulateCustomPolicy", PolicyInputList=[document(allow("*"))], ActionNames=["s3:Get"], **given)
    assert (missing.code, missing.check) == ("InvalidInput", "caller-arn")


def test_condition_keys_that_policies_name(iam: Iam) -> None:
    policy = document(allow("s3:*", resource=f"{BUCKET}/${{aws:username}}", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    assert iam("GetContextKeysForCustomPolicy", PolicyInputList=[policy]) == {"ContextKeyNames": ["aws:SecureTransport", "aws:username"]}
    keys = iam("GetContextKeysForPrincipalPolicy", PolicySourceArn=ALICE, PolicyInputList=[policy])["ContextKeyNames"]
    assert keys == ["aws:SecureTransport", "aws:username"]


def test_pages(iam: Iam) -> None:
    actions = [f"s3:Get{number}" for number in range(12)]
    first = iam("SimulateCustomPolicy", PolicyInputList=[document(allow("*"))], ActionNames=actions, MaxItems=5)
    rest = iam("SimulateCustomPolicy", PolicyInputList=[document(allow("*"))], ActionNames=actions, Marker=first["Marker"])
    assert [each["EvalActionName"] for page in (first, rest) for each in page["EvaluationResults"]] == actions


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("SimulateCustomPolicy", {"PolicyInputList": ["{}"], "ActionNames": ["s3:Get"]}, "InvalidInput"),
        ("SimulateCustomPolicy", {"PolicyInputList": [], "ActionNames": ["s"]}, "ValidationError"),
        ("SimulatePrincipalPolicy", {"PolicySourceArn": f"{ALICE}x", "ActionNames": ["s3:Get"]}, "NoSuchEntity"),
        ("SimulatePrincipalPolicy", {"PolicySourceArn": ALICE, "ActionNames": ["s3:Get"], "CallerArn": DEPLOY}, "InvalidInput"),
        ("GetContextKeysForCustomPolicy", {"PolicyInputList": ["[]"]}, "InvalidInput"),
    ],
)
def test_what_cannot_be_simulated(iam: Iam, operation: str, arguments: dict[str, Any], code: str) -> None:
    assert iam.refusal(operation, **arguments).code == code
