"""Lint of workloads: a finding rests on a proof about every token that the workload can have, and on nothing that the files leave open."""

from typing import Any

import pytest

from federation import limits
from federation.evidence.workloads import Admittance, lint_workloads
from tests.support.evidence import PROVIDER, trust
from tests.support.workloads import ROLE, account_of, evidence_of, lint_of, role_with, rules_of, workflow
from tests.support.world import GITHUB, ISSUED

REFUSED = [("workload-refused", "error")]
MAIN = {"push": {"branches": ["main"]}}
CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
CLUSTERS = PROVIDER.replace(GITHUB, CLUSTER)


def cluster_trust(subject: str = "system:serviceaccount:shop:web", host: str = CLUSTER) -> dict[str, Any]:
    condition = {"StringEquals": {f"{host}:sub": subject, f"{host}:aud": "sts.amazonaws.com"}}
    principal = {"Federated": PROVIDER.replace(GITHUB, host)}
    return trust() | {
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}]
    }


def changed(**members: Any) -> dict[str, Any]:
    document = trust()
    document["Statement"][0] |= members
    return document


def test_a_job_in_an_environment_at_a_role_for_a_branch() -> None:
    linted = lint_of(workflow(MAIN, environment="production"))
    assert (linted.admittance, rules_of(linted)) == (Admittance.NONE, REFUSED)
    [explained] = linted.findings
    [cause] = explained.obstacle.causes
    assert cause.sentence == (
        "Deploy lets in no token of job deploy: the token is a GitHub token for environment `production`; the policy trusts branch `main`"
    )
    assert cause.place is not None
    assert (cause.place.file, cause.place.path) == ("0.json", '$.jobs.deploy.steps[1].with["role-to-assume"]')
    assert linted.login.source.text[linted.login.written.start : linted.login.written.end] == f'"{ROLE}"'
    assert linted.login.source.text.splitlines()[linted.login.line - 1].strip().startswith('"role-to-assume"')
    first, other = explained.edits
    assert (first.place.file, first.new) == ("1.json", '["repo:acme/app:ref:refs/heads/main", "repo:acme/app:environment:production"]')
    assert first.place.line is not None
    assert other.instruction == "run the workflow on branch `main`, without `environment:` in the job"
    assert not any(each.applicable for each in explained.edits)


@pytest.mark.parametrize(
    ("job", "policy"),
    [
        (workflow(MAIN), trust()),
        (workflow("push"), trust()),
        (workflow("workflow_dispatch"), trust()),
        (workflow("workflow_dispatch"), trust("repo:acme/app:ref:refs/tags/v1")),
        (workflow("workflow_call"), trust()),
        (workflow("push", environment="production"), trust("repo:acme/app:environment:production")),
        (workflow("push", environment="${{ inputs.where }}"), trust("repo:acme/app:environment:production")),
        (workflow({"push": {"tags": ["v*"]}}), trust("repo:acme@1/app@2:ref:refs/tags/v1*")),
        (workflow("push", environment="a:b"), trust("repo:acme/app:environment:a%3Ab")),
        (workflow("push", environment="cost$"), trust("repo:acme/app:environment:cost${$}")),
        (workflow(MAIN), trust("repo:acme/*")),
        (account_of("web"), cluster_trust()),
    ],
)
def test_a_workload_that_is_let_in(job: dict[str, Any], policy: dict[str, Any]) -> None:
    linted = lint_of(job, policy)
    assert (linted.admittance, linted.findings) == (Admittance.SOME, ())


@pytest.mark.parametrize(
    ("job", "policy", "said"),
    [
        (workflow({"push": {"tags": ["v*"]}}), trust(), "the token is a GitHub token for tag `v1`; the policy trusts branch `main`"),
        (workflow("pull_request"), trust(), "the token is a GitHub token for pull requests; the policy trusts branch `main`"),
        (workflow(MAIN), trust("repo:acme/app:ref:refs/heads/Main"), "in upper and lower case alone"),
        (workflow(MAIN, given={"audience": "other"}), trust(), "the token is for the audience `other`"),
        (
            workflow(MAIN),
            cluster_trust(),
            "the token was proved by `arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com`",
        ),
        (workflow(MAIN), changed(Principal="*"), "the caller is federated and comes by"),
        (workflow(MAIN), changed(Action="sts:AssumeRole"), "sts:AssumeRoleWithWebIdentity"),
        (account_of("jobs"), cluster_trust(), "for service account `jobs`; the policy trusts service account `web`"),
        (account_of("web"), cluster_trust("system:serviceaccount:*:web"), "`system:serviceaccount:*:web`"),
        (account_of("web", **{"eks.amazonaws.com/audience": "other"}), cluster_trust(), "the audience `other`"),
    ],
)
def test_a_workload_that_is_refused(job: dict[str, Any], policy: dict[str, Any], said: str) -> None:
    linted = lint_of(job, policy)
    assert (linted.admittance, rules_of(linted)) == (Admittance.NONE, REFUSED)
    assert said in linted.findings[0].finding.message


def test_nothing_is_made_up_where_the_policy_names_no_repository() -> None:
    for policy in (cluster_trust(), trust("environment:production")):
        told = str(lint_of(workflow(MAIN), policy).findings)
        assert "workload-refused" in told
        assert "owner/repository" not in told


def test_what_a_deny_refuses_whatever_the_repository() -> None:
    policy = trust("repo:acme/*")
    denied = {"StringLike": {f"{GITHUB}:sub": "repo:*:ref:refs/heads/*"}}
    policy["Statement"].append({"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": denied})
    assert lint_of(workflow(MAIN), policy).admittance is Admittance.NONE
    assert lint_of(workflow("pull_request"), policy).admittance is Admittance.SOME


@pytest.mark.parametrize("subject", ["repo:acme/app", "repo:acme/app:branch:main", "environment:production"])
def test_a_subject_of_another_form_may_be_customised(subject: str) -> None:
    linted = lint_of(workflow(MAIN), trust(subject))
    assert rules_of(linted) == [("workload-refused", "warning")]
    assert "unless its repository has customised the subject" in linted.findings[0].finding.message


def test_some_triggers_are_refused() -> None:
    linted = lint_of(workflow({"push": {"branches": ["main"]}, "pull_request": None}))
    assert (linted.admittance, rules_of(linted)) == (Admittance.SOME, [("workload-refused", "note")])
    assert linted.findings[0].finding.message == "Deploy lets in no token of job deploy for pull requests"


@pytest.mark.parametrize(
    ("permissions", "found"),
    [
        ({"contents": "read"}, True),
        ({}, True),
        ("read-all", True),
        ("write-all", False),
        ({"id-token": "write"}, False),
        (None, True),
    ],
)
def test_a_job_that_gets_no_token(permissions: object, found: bool) -> None:  # noqa: FBT001
    job = workflow(MAIN)
    del job["jobs"]["deploy"]["permissions"]
    if permissions is not None:
        job["permissions"] = permissions
    rules = [each.finding.id for each in lint_of(job).findings]
    assert ("workload-without-token" in rules) is found


@pytest.mark.parametrize("runner", ["self-hosted", ["self-hosted", "linux"], "${{ matrix.os }}", {"group": "large"}])
def test_a_machine_of_ones_own_may_have_credentials(runner: object) -> None:
    job = workflow(MAIN, permissions={"contents": "read"})
    job["jobs"]["deploy"]["runs-on"] = runner
    assert evidence_of(job).logins == ()
    job["jobs"]["deploy"]["runs-on"] = ["ubuntu-24.04"]
    assert rules_of(lint_of(job)) == [("workload-without-token", "error")]


def test_the_permissions_of_a_job_replace_those_of_the_workflow() -> None:
    job = workflow(MAIN, permissions={"contents": "read"}) | {"permissions": {"id-token": "write"}}
    assert rules_of(lint_of(job)) == [("workload-without-token", "error")]


def test_a_workflow_that_is_called_has_the_permissions_of_its_caller() -> None:
    job = workflow("workflow_call")
    del job["jobs"]["deploy"]["permissions"]
    assert lint_of(job).findings == ()


@pytest.mark.parametrize("inputs", [{"aws-access-key-id": "${{ secrets.KEY }}"}, {"role-chaining": True}, {"web-identity-token-file": "t"}])
def test_a_step_with_other_proof_is_no_workload(inputs: dict[str, Any]) -> None:
    assert evidence_of(workflow(MAIN, given=inputs)).logins == ()


def test_an_audience_that_the_provider_is_not_registered_for() -> None:
    provider = {"Type": "AWS::IAM::OIDCProvider", "Properties": {"Url": f"https://{GITHUB}", "ClientIdList": ["sts.amazonaws.com"]}}
    linted = lint_of(workflow(MAIN, given={"audience": "sigstore"}), None, provider)
    assert rules_of(linted) == [("workload-audience", "error")]
    assert [each.new for each in linted.findings[0].edits] == ["sts.amazonaws.com", "sigstore"]
    open_ = {"Type": "AWS::IAM::OIDCProvider", "Properties": {"Url": f"https://{GITHUB}", "ClientIdList": [{"Ref": "Client"}]}}
    assert lint_of(workflow(MAIN), None, open_).findings == ()
    other = {"Type": "AWS::IAM::OIDCProvider", "Properties": {"Url": "https://issuer.example", "ClientIdList": ["a"]}}
    assert lint_of(workflow(MAIN), None, other).findings == ()


def test_a_session_that_is_longer_than_the_role_allows() -> None:
    job = workflow(MAIN, given={"role-duration-seconds": 7200})
    role = role_with(trust())
    properties = role["Resources"]["Deploy"]["Properties"]

    def found() -> list[tuple[str, str]]:
        [linted] = lint_workloads(evidence_of(job, role), at=ISSUED)
        return rules_of(linted)

    assert found() == [], "the file does not say what the role allows"
    properties["MaxSessionDuration"] = 3600
    assert found() == [("workload-duration", "error")]
    properties["MaxSessionDuration"] = 7200
    assert found() == []


@pytest.mark.parametrize(
    ("policy", "admittance"),
    [
        (trust({"Ref": "Subject"}), Admittance.OPEN),
        (trust({"Fn::Sub": "repo:acme/${Open}:ref:refs/heads/main"}), Admittance.OPEN),
        (trust({"Fn::Sub": "repo:acme/app:${Open}"}), Admittance.OPEN),
        (trust(provider={"Ref": "Provider"}), Admittance.SOME),
        (changed(Action={"Ref": "Action"}), Admittance.OPEN),
        ({"Ref": "Policy"}, Admittance.OPEN),
    ],
)
def test_nothing_is_found_in_what_the_file_leaves_open(policy: dict[str, Any], admittance: Admittance) -> None:
    linted = lint_of(workflow(MAIN), policy)
    assert (linted.admittance, linted.findings) == (admittance, ())


def test_what_is_refused_whatever_the_open_part() -> None:
    policy = trust({"Fn::Sub": "repo:acme/${Open}:environment:production"})
    linted = lint_of(workflow(MAIN), policy)
    assert (linted.admittance, rules_of(linted)) == (Admittance.NONE, REFUSED)


def test_a_role_that_the_files_do_not_have() -> None:
    [linted] = lint_workloads(evidence_of(workflow(MAIN)), at=ISSUED)
    assert (linted.role, linted.admittance, linted.findings) == (None, Admittance.OPEN, ())


@pytest.mark.parametrize(
    ("others", "admittance"), [("repo:acme/app:environment:production", Admittance.NONE), ("repo:acme/app:*", Admittance.SOME)]
)
def test_a_role_that_two_files_have(others: str, admittance: Admittance) -> None:
    job = workflow(MAIN, environment="staging")
    [linted] = lint_workloads(evidence_of(job, role_with(trust()), role_with(trust(others))), at=ISSUED)
    assert linted.admittance is admittance
    assert linted.role is not None
    assert linted.role.trust is not None
    assert linted.role.trust.file == ("1.json" if admittance is Admittance.NONE else "2.json")


def test_a_role_of_another_account_has_the_name_alone() -> None:
    elsewhere = PROVIDER.replace("123456789012", "111122223333")
    linted = lint_of(workflow(MAIN, environment="production"), trust(provider=elsewhere))
    assert (linted.admittance, linted.findings) == (Admittance.OPEN, ())
    both = trust(provider=[elsewhere, PROVIDER])
    assert rules_of(lint_of(workflow(MAIN, environment="production"), both)) == REFUSED


def test_a_provider_without_the_role_says_nothing_of_the_audience() -> None:
    provider = {"Type": "AWS::IAM::OIDCProvider", "Properties": {"Url": f"https://{GITHUB}", "ClientIdList": ["sts.amazonaws.com"]}}
    evidence = evidence_of(workflow(MAIN, given={"audience": "sigstore"}), {"Resources": {"Provider": provider}})
    assert [each.findings for each in lint_workloads(evidence, at=ISSUED)] == [()]


@pytest.mark.parametrize(
    "role",
    ["", "deploy", "arn:aws:iam::123456789012:user/deploy", "arn:aws:iam::1:role/deploy", "arn:" + "x" * 100_000, "${{ secrets.ROLE }}"],
)
def test_a_role_that_is_none(role: str) -> None:
    job = workflow(MAIN, given={"role-to-assume": role})
    assert [each.role for each in lint_workloads(evidence_of(job, role_with(trust())), at=ISSUED)] == [None]


def test_the_issuer_of_a_server_of_ones_own() -> None:
    host = "github.example.com/_services/token"
    policy = cluster_trust("repo:acme/app:ref:refs/heads/main", host)
    assert lint_of(workflow(MAIN), policy).admittance is Admittance.SOME
    assert lint_of(workflow(MAIN, environment="production"), policy).admittance is Admittance.NONE


def test_expressions_that_the_file_says() -> None:
    job = workflow(MAIN, given={"role-to-assume": "arn:aws:iam::${{ env.ACCOUNT }}:role/${{env.NAME}}"}, env={"NAME": "deploy"})
    job["env"] = {"ACCOUNT": "123456789012", "NAME": "other"}
    assert lint_of(job).login.role == ROLE
    job["env"]["ACCOUNT"] = "${{ vars.ACCOUNT }}"
    assert lint_of(job).login.role is None


def test_questions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lint_of(workflow(MAIN, environment="production")).admittance is Admittance.NONE
    monkeypatch.setattr(limits, "WORKLOAD_STEPS", 100)
    assert lint_of(workflow(MAIN, environment="production")).admittance is Admittance.OPEN


def test_names_of_files_stay_text() -> None:
    job = workflow(MAIN, environment="production")
    job["jobs"] = {"x\x1b[2J\n\u202egranted": job["jobs"]["deploy"]}
    [explained] = lint_of(job).findings
    assert "job x\\x1b[2J\\n\\u202egranted:" in explained.finding.message
    assert not set("\x1b\n\u202e") & set(str([each.instruction for each in explained.edits]) + explained.finding.message)


def test_plain_data() -> None:
    told = lint_of(workflow(MAIN)).as_dict()
    assert (told["role"], told["admittance"], told["login"]["role"]) == ("Deploy", "some", ROLE)
