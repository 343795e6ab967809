"""Plans and states of Terraform: addresses, what is not known yet, what a plan replaces, and places in the JSON text of the file."""

import json
from typing import Any

from federation.policy import Kind
from tests.support.evidence import PROVIDER, at, only, read, trust
from tests.support.world import ACCOUNT, GITHUB

SUBJECT = f'$.Statement[0].Condition.StringLike["{GITHUB}:sub"]'


def role(address: str, **values: Any) -> dict[str, Any]:
    return {"address": address, "mode": "managed", "type": "aws_iam_role", "name": "x", "values": values}


def plan(*resources: dict[str, Any], changes: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    planned = {"root_module": {"resources": list(resources)}}
    return {"format_version": "1.2", "planned_values": planned, "resource_changes": list(changes), **more}


def change(address: str, kind: str = "aws_iam_role", **members: Any) -> dict[str, Any]:
    return {"address": address, "type": kind, "mode": "managed", "change": members}


def test_a_role_of_a_module_is_found_by_its_address() -> None:
    inner = {"resources": [role("module.ci.aws_iam_role.deploy[0]", assume_role_policy=json.dumps(trust()), max_session_duration=7200)]}
    planned = {"root_module": {"child_modules": [{"address": "module.ci", "resources": [], "child_modules": [inner]}]}}
    evidence = read("plan.json", {"format_version": "1.2", "planned_values": planned})
    found = only(evidence)
    assert (found.address, found.format, found.kind) == ("module.ci.aws_iam_role.deploy[0]", "terraform-plan", Kind.TRUST)
    assert json.loads(found.text) == trust()
    assert at(found, SUBJECT) == '\\"repo:acme/app:ref:refs/heads/main\\"'
    assert found.region(SUBJECT).line == found.source.text[: found.source.text.index("repo:acme")].count("\n") + 1
    [declared] = evidence.roles
    assert (declared.max_session, declared.name, declared.arn) == (7200, None, None)


def test_a_plan_tells_what_it_replaces() -> None:
    address = "aws_iam_role.deploy"
    before, after = json.dumps(trust()), json.dumps(trust("repo:acme/*"))
    evidence = read(
        "plan.json",
        plan(
            role(address, assume_role_policy=after, name="deploy"),
            changes=(change(address, before={"assume_role_policy": before}, after={}, after_unknown={}),),
        ),
    )
    [declared] = evidence.roles
    assert declared.trust is not None
    assert declared.earlier is not None
    assert (declared.trust.text, declared.earlier.text) == (after, before)
    assert evidence.documents == (declared.trust,)
    assert all(declared.is_called(each) for each in (address, "deploy"))


def test_a_role_that_goes_has_only_an_earlier_policy() -> None:
    gone = change("aws_iam_role.old", before={"assume_role_policy": json.dumps(trust()), "name": "old"}, after=None, after_unknown={})
    evidence = read("plan.json", plan(changes=(gone,)))
    [declared] = evidence.roles
    assert declared.trust is None
    assert declared.earlier is not None
    assert evidence.documents == ()


def test_changes_alone_are_enough() -> None:
    new = change("aws_iam_role.new", before=None, after={"assume_role_policy": json.dumps(trust())}, after_unknown={})
    assert only(read("plan.json", {"format_version": "1.2", "resource_changes": [new]})).address == "aws_iam_role.new"


def test_a_policy_that_is_not_known_yet_is_unknown_as_a_whole() -> None:
    address = "aws_iam_role.new"
    evidence = read("plan.json", plan(role(address), changes=(change(address, after={}, after_unknown={"assume_role_policy": True}),)))
    found = only(evidence)
    [unknown] = found.unknowns
    assert unknown.expression == "aws_iam_role.new.assume_role_policy"


def test_a_data_source_that_is_read_later_says_what_it_knows() -> None:
    """The identifiers of a new provider are not known before the apply; the rest of the policy is."""
    statement = {
        "actions": ["sts:AssumeRoleWithWebIdentity"],
        "condition": [{"test": "StringLike", "values": ["repo:acme*"], "variable": f"{GITHUB}:sub"}],
        "effect": None,
        "principals": [{"type": "Federated"}],
    }
    unknown = {"json": True, "statement": [{"principals": [{"identifiers": True}]}]}
    data = "module.ci.data.aws_iam_policy_document.trust[0]"
    address = "module.ci.aws_iam_role.deploy[0]"
    references = [
        "data.aws_iam_policy_document.trust[0].json",
        "data.aws_iam_policy_document.trust[0]",
        "data.aws_iam_policy_document.trust",
    ]
    resource = {"address": "aws_iam_role.deploy", "expressions": {"assume_role_policy": {"references": references[1:]}}}
    evidence = read(
        "plan.json",
        plan(
            role(address),
            changes=(
                change(address, after={}, after_unknown={"assume_role_policy": True}),
                change(data, "aws_iam_policy_document", after={"statement": [statement]}, after_unknown=unknown),
            ),
            configuration={"root_module": {"module_calls": {"ci": {"module": {"resources": [resource]}}}}},
        ),
    )
    found = only(evidence)
    assert [each.expression for each in found.unknowns] == [f"{data}.statement[0].principals[0].identifiers"]
    assert at(found, SUBJECT) == '"repo:acme*"'
    assert json.loads(found.text)["Statement"][0]["Effect"] == "Allow"


def test_a_state_as_shown_and_as_its_file_say_the_same() -> None:
    address = 'module.ci.aws_iam_role.deploy["a.b"]'
    text = json.dumps(trust())
    shown = {"format_version": "1.0", "values": {"root_module": {"resources": [role(address, assume_role_policy=text, arn="arn")]}}}
    instance = {"index_key": "a.b", "attributes": {"assume_role_policy": text, "arn": "arn"}}
    resource = {"module": "module.ci", "mode": "managed", "type": "aws_iam_role", "name": "deploy", "instances": [instance]}
    stored = {"version": 4, "terraform_version": "1.13.4", "serial": 7, "resources": [resource]}
    both = [read("state.json", shown), read("terraform.tfstate", stored)]
    assert [only(each).address for each in both] == [address] * 2
    assert [only(each).format for each in both] == ["terraform-state"] * 2
    assert [each.roles[0].arn for each in both] == ["arn"] * 2


def test_providers_and_other_policies_are_read() -> None:
    provider = {
        "address": "aws_iam_openid_connect_provider.github",
        "mode": "managed",
        "type": "aws_iam_openid_connect_provider",
        "values": {"url": GITHUB, "client_id_list": ["sts.amazonaws.com"], "arn": PROVIDER},
    }
    saml = {"address": "aws_iam_saml_provider.idp", "type": "aws_iam_saml_provider", "values": {"name": "idp"}}
    allow = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    policy = {"address": "aws_iam_role_policy.p", "type": "aws_iam_role_policy", "values": {"policy": allow}}
    inline = role("aws_iam_role.r", assume_role_policy=json.dumps(trust()), inline_policy=[{"name": "n", "policy": allow}])
    evidence = read("plan.json", plan(provider, saml, policy, inline))
    assert [(each.address, each.kind) for each in evidence.documents] == [
        ("aws_iam_role_policy.p", Kind.IDENTITY),
        ("aws_iam_role.r", Kind.TRUST),
        ("aws_iam_role.r.inline_policy[0]", Kind.IDENTITY),
    ]
    github, idp = evidence.providers
    assert (github.url, github.client_ids, github.arn) == (f"https://{GITHUB}", ("sts.amazonaws.com",), PROVIDER)
    assert (idp.kind, idp.name) == ("saml", "idp")
    assert ACCOUNT in (github.arn or "")


def test_a_resource_at_fault_does_not_hide_the_others() -> None:
    stored = {"version": 4, "terraform_version": "1", "serial": 1, "resources": []}
    private = "\U000f0000"
    evidence = read(
        "plan.json",
        plan(role("aws_iam_role.a", assume_role_policy=private), role("aws_iam_role.b", assume_role_policy=json.dumps(trust()))),
    )
    [fault] = evidence.faults
    assert (fault.address, fault.refusal.check, fault.line) == ("aws_iam_role.a", "document-text", 11)
    assert [each.address for each in evidence.documents] == ["aws_iam_role.b"]
    assert read("terraform.tfstate", stored).faults == ()
