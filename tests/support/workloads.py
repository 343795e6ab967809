"""Helpers for tests of workloads beside the roles that they ask for."""

import json
from typing import Any

from federation.evidence.documents import FoundEvidence, read_evidence
from federation.evidence.workloads import LintedWorkload, lint_workloads
from tests.support.evidence import trust
from tests.support.world import ACCOUNT, ISSUED

ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"


def workflow(on: Any = "push", *, given: dict[str, Any] | None = None, **job: Any) -> dict[str, Any]:
    """A workflow with a job that asks for the role; *given* are further inputs of the step."""
    step = {"uses": "aws-actions/configure-aws-credentials@v5", "with": {"role-to-assume": ROLE, **(given or {})}}
    return {"on": on, "jobs": {"deploy": {"permissions": {"id-token": "write"}, "steps": [{"run": "make"}, step], **job}}}


def account_of(name: str, namespace: str = "shop", **annotations: str) -> dict[str, Any]:
    """A ServiceAccount that asks for the role."""
    asked = {"eks.amazonaws.com/role-arn": ROLE, **annotations}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace, "annotations": asked}}


def role_with(policy: object, *further: dict[str, Any]) -> dict[str, Any]:
    """A template with the role and *further* resources."""
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "deploy", "AssumeRolePolicyDocument": policy}}
    return {"Resources": {"Deploy": role, **{f"R{number}": each for number, each in enumerate(further)}}}


def evidence_of(*contents: object) -> FoundEvidence:
    """What files with *contents* say together."""
    return read_evidence([(f"{number}.json", json.dumps(each, indent=2).encode()) for number, each in enumerate(contents)])


def lint_of(login: object, policy: object = None, *further: dict[str, Any]) -> LintedWorkload:
    """What lint says of the only workload of *login*, beside the role with the trust *policy*."""
    [linted] = lint_workloads(evidence_of(login, role_with(trust() if policy is None else policy, *further)), at=ISSUED)
    return linted


def rules_of(linted: LintedWorkload) -> list[tuple[str, str]]:
    """The rules that found something, each with its severity."""
    return [(each.finding.id, each.finding.severity) for each in linted.findings]
