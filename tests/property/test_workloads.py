"""What lint says of a workload holds for every token that it can have, and for every value of what the files leave open."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from federation.evidence.documents import read_evidence
from federation.evidence.workloads import Admittance, lint_workloads
from federation.policy import Policy, RequestContext
from federation.policy.principal import Principal
from tests.support.evidence import PROVIDER, trust
from tests.support.open_policies import statements
from tests.support.workloads import ROLE, evidence_of, role_with, workflow
from tests.support.world import GITHUB, ISSUED

SUBJECTS = {
    "repo:*:environment:production": ["repo:acme/app:environment:production", "repo:acme@1/app@2:environment:production"],
    "repo:*:ref:refs/heads/main": ["repo:acme/app:ref:refs/heads/main", "repo:other/app:ref:refs/heads/main"],
    "repo:*:pull_request": ["repo:acme/app:pull_request"],
}
JOBS = st.sampled_from(
    [
        (workflow({"push": {"branches": ["main"]}}), ["repo:*:ref:refs/heads/main"]),
        (workflow("push", environment="production"), ["repo:*:environment:production"]),
        (workflow({"push": {"branches": ["main"]}, "pull_request": None}), ["repo:*:ref:refs/heads/main", "repo:*:pull_request"]),
    ]
)
PIECES = st.sampled_from(
    ["repo:acme/app:", "ref:refs/heads/main", "environment:", "production", "repo:", "*", "?", "${var.a}", "$", "acme"]
)
KEYS = st.sampled_from([f"{GITHUB}:sub", f"{GITHUB}:sub", f"{GITHUB}:aud", f"{GITHUB}:repository_id", "aws:SourceIp"])
WORDS = st.sampled_from(["repo:acme/app:", "production", "main", "*", "", "ref:refs/heads/main", "repo:acme/app:environment:production"])


@given(job=JOBS, written=statements(KEYS, PIECES), a=WORDS, identity=st.sampled_from(["1", "production", "*"]))
def test_no_token_of_a_workload_that_is_refused_gets_in(
    job: tuple[object, list[str]], written: list[object], a: str, identity: str
) -> None:
    asking, forms = job
    policy = {"Version": "2012-10-17", "Statement": written}
    module = f'resource "aws_iam_role" "r" {{\n  name = "deploy"\n  assume_role_policy = jsonencode({json.dumps(policy)})\n}}\n'
    sources = [("deploy.yml", json.dumps(asking).encode()), ("main.tf", module.encode())]
    [linted] = lint_workloads(read_evidence(sources), at=ISSUED)
    known = read_evidence(sources, given={"var.a": a, "var.b": GITHUB})
    whole = Policy.stored(known.documents[0].text)
    some = False
    for form in forms:
        admitted = False
        for subject in SUBJECTS[form]:
            keys = {f"{GITHUB}:sub": subject, f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:repository_id": identity}
            for more in ({}, {"aws:SourceIp": "192.0.2.1"}):
                request = RequestContext(
                    principal=Principal.federated(PROVIDER), action="sts:AssumeRoleWithWebIdentity", keys={**keys, **more}
                )
                admitted = admitted or whole.evaluate(request).allowed
        some = some or admitted
        refused = [each.finding.message for each in linted.findings if each.finding.severity == "note"]
        assert not (admitted and form == "repo:*:pull_request" and refused)
    assert not (some and linted.admittance is Admittance.NONE)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["${{ env.A }}", "push", "write-all", "id-token"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["env", "A", "branches", "tags", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
ROLES = st.sampled_from([ROLE, "", "${{ env.A }}", "arn:aws:iam::123456789012:role/", "arn:aws:iam::aws:role/deploy", "\ud800", "*"])


@given(
    on=ANYTHING,
    environment=ANYTHING,
    permissions=ANYTHING,
    env=ANYTHING,
    role=ROLES | st.text(max_size=30),
    audience=ANYTHING,
    subject=ANYTHING,
)
def test_any_workflow_is_judged(**parts: Any) -> None:
    given_ = {"role-to-assume": parts["role"], "audience": parts["audience"]}
    job = workflow(parts["on"], given=given_, **{name: parts[name] for name in ("environment", "permissions", "env")})
    for linted in lint_workloads(evidence_of(job, role_with(trust(parts["subject"]))), at=ISSUED):
        json.dumps(linted.as_dict())
        assert all(each.obstacle.causes and each.edits for each in linted.findings)
