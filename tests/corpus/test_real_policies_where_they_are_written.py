"""Real trust policies in every form in which one can be written: read back the same, with the same findings at places in the file."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
import yaml

from federation.errors import MalformedPolicyDocument
from federation.evidence.documents.linting import lint_document
from federation.explaining.linting import explain_policy
from federation.policy import Policy
from tests.support.evidence import only, read
from tests.support.shared import manifest, needs_shared

POLICIES: Final = manifest("policies/real-trust-policies.json", {"policies": []})["policies"]

pytestmark = needs_shared


def hcl(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


def template(policy: Any) -> dict[str, Any]:
    return {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy}}}}


def plan(policy: Any) -> dict[str, Any]:
    role = {"address": "aws_iam_role.r", "type": "aws_iam_role", "values": {"assume_role_policy": json.dumps(policy)}}
    return {"format_version": "1.2", "planned_values": {"root_module": {"resources": [role]}}}


def in_hcl(expression: str) -> str:
    return f'resource "aws_iam_role" "r" {{\n  assume_role_policy = {expression}\n}}\n'


def alone(policy: Any) -> list[tuple[str, str]]:
    """The findings on a policy that is a file of its own."""
    try:
        return [(each.finding.id, each.finding.path) for each in explain_policy(Policy.stored(policy))]
    except MalformedPolicyDocument:
        return []


FORMS: Final[dict[str, Callable[[Any], str]]] = {
    "template.json": lambda policy: json.dumps(template(policy), indent=2),
    "template.yaml": lambda policy: yaml.safe_dump(template(policy), sort_keys=False),
    "sub.yaml": lambda policy: yaml.safe_dump(template({"Fn::Sub": json.dumps(policy, indent=1).replace("${", "${!")})),
    "plan.json": lambda policy: json.dumps(plan(policy)),
    "heredoc.tf": lambda policy: in_hcl(f"<<EOF\n{hcl(json.dumps(policy, indent=1))}\nEOF\n"),
    "jsonencode.tf": lambda policy: in_hcl(f"jsonencode({hcl(json.dumps(policy, indent=1))})"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_policy_says_the_same_in_every_form(form: str) -> None:
    for row in POLICIES:
        policy = row["policy"]
        found = only(read(form, FORMS[form](policy)))
        assert json.loads(found.text) == policy, row["source"]
        assert found.unknowns == ()
        linted = lint_document(found)
        assert [(each.finding.id, each.finding.path) for each in linted.findings] == alone(policy), row["source"]
        for each in linted.findings:
            span = found.span(each.finding.path)
            assert 0 < span.start < span.end <= len(found.source.text)
