"""Answers of IAM, manifests of Kubernetes, workflows of GitHub; what is told by content, and what cannot be read."""

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from federation import limits
from federation.evidence.documents import DocumentFault, FoundDocument, read_documents, read_evidence, read_roles
from federation.policy import Kind
from tests.support.evidence import PROVIDER, at, only, read, trust
from tests.support.world import ACCOUNT, GITHUB

SUBJECT = f'$.Statement[0].Condition.StringLike["{GITHUB}:sub"]'
ARN = f"arn:aws:iam::{ACCOUNT}:role/deploy"


def role(document: object) -> dict[str, Any]:
    return {"RoleName": "deploy", "Arn": ARN, "AssumeRolePolicyDocument": document, "MaxSessionDuration": 3600}


@pytest.mark.parametrize("wrapped", [lambda each: {"Role": each}, lambda each: {"Roles": [each]}, lambda each: {"RoleDetailList": [each]}])
@pytest.mark.parametrize("document", [trust(), quote(json.dumps(trust())), json.dumps(trust())], ids=["object", "encoded", "text"])
def test_a_role_of_an_answer(wrapped: Any, document: object) -> None:
    evidence = read("answer.json", wrapped(role(document)))
    found = only(evidence)
    assert (found.address, found.kind, found.format) == (ARN, Kind.TRUST, "iam")
    assert json.loads(found.text) == trust()
    assert "repo%3Aacme" in at(found, SUBJECT) or "repo:acme" in at(found, SUBJECT)
    assert at(found, SUBJECT).strip("\\").startswith(("%22", '"'))
    [declared] = evidence.roles
    assert (declared.name, declared.arn, declared.max_session) == ("deploy", ARN, 3600)


def test_the_other_entities_of_the_details() -> None:
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    inline = [{"PolicyName": "p", "PolicyDocument": allow}]
    versions = [{"IsDefaultVersion": False, "Document": {}}, {"IsDefaultVersion": True, "Document": allow}]
    details = {
        "RoleDetailList": [{**role(trust()), "RolePolicyList": inline}],
        "UserDetailList": [{"UserName": "u", "UserPolicyList": inline}],
        "GroupDetailList": ["no object"],
        "Policies": [{"PolicyName": "m", "PolicyVersionList": versions}],
    }
    evidence = read("details.json", details)
    assert [(each.address, each.kind) for each in evidence.documents] == [
        (ARN, Kind.TRUST),
        (f"{ARN} p", Kind.IDENTITY),
        ("u p", Kind.IDENTITY),
        ("m", Kind.IDENTITY),
    ]
    [fault] = evidence.faults
    assert fault.refusal.check == "document-resource"


def test_a_provider_of_an_answer() -> None:
    [provider] = read("provider.json", {"Url": GITHUB, "ClientIDList": ["sts.amazonaws.com"]}).providers
    assert (provider.kind, provider.url, provider.client_ids) == ("oidc", f"https://{GITHUB}", ("sts.amazonaws.com",))


def test_a_service_account() -> None:
    manifest = f"""
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  namespace: shop
  annotations:
    eks.amazonaws.com/role-arn: {ARN}
---
apiVersion: v1
kind: List
items:
  - kind: ServiceAccount
    metadata:
      name: job
      annotations:
        eks.amazonaws.com/role-arn: "{{{{ .Values.role }}}}"
        eks.amazonaws.com/audience: other
  - kind: ServiceAccount
    metadata: {{name: plain}}
---
apiVersion: v1
kind: Service
"""
    web, job = read("accounts.yaml", manifest).logins
    assert (web.role, web.subjects, web.audience, web.line) == (ARN, ("system:serviceaccount:shop:web",), "sts.amazonaws.com", 8)
    assert (job.role, job.subjects, job.audience) == (None, ("system:serviceaccount:*:job",), "other")


def workflow(on: Any, **job: Any) -> dict[str, Any]:
    step = {"uses": "aws-actions/configure-aws-credentials@v5", "with": {"role-to-assume": ARN}}
    return {"on": on, "permissions": {"id-token": "write"}, "jobs": {"deploy": {"steps": [{"run": "make"}, step], **job}}}


@pytest.mark.parametrize(
    ("on", "job", "subjects"),
    [
        ("push", {}, ("repo:*:ref:refs/heads/*", "repo:*:ref:refs/tags/*")),
        (["pull_request", "schedule"], {}, ("repo:*:pull_request", "repo:*:ref:refs/heads/*")),
        ("workflow_dispatch", {}, ("repo:*:ref:refs/heads/*", "repo:*:ref:refs/tags/*")),
        ("pull_request_target", {}, ("repo:*:pull_request", "repo:*:ref:refs/heads/*")),
        (
            {"push": {"branches": ["main", "release/**", "!x"]}},
            {},
            tuple(f"repo:*:ref:refs/heads/{each}" for each in ("main", "release/*", "*")),
        ),
        ({"push": {"tags": "v*"}}, {}, ("repo:*:ref:refs/tags/v*",)),
        ({"push": None, "release": None}, {}, ("repo:*:ref:refs/heads/*", "repo:*:ref:refs/tags/*")),
        ("push", {"environment": "prod:eu"}, ("repo:*:environment:prod%3Aeu",)),
        ("push", {"environment": {"name": "${{ inputs.where }}"}}, ("repo:*:environment:*",)),
        ("workflow_call", {}, ("repo:*",)),
        ("schedule", {"environment": None}, ("repo:*:ref:refs/heads/*",)),
    ],
)
def test_the_subjects_of_a_workflow(on: Any, job: dict[str, Any], subjects: tuple[str, ...]) -> None:
    [login] = read("deploy.yml", workflow(on, **job)).logins
    assert login.subjects == subjects
    assert (login.role, login.audience, login.issuer) == (ARN, "sts.amazonaws.com", f"https://{GITHUB}")


def test_a_job_without_the_permission_may_not_ask() -> None:
    [login] = read("deploy.yml", workflow("push", permissions={"contents": "read"})).logins
    assert not login.may_ask
    [login] = read("deploy.yml", {**workflow("push"), "permissions": "write-all"}).logins
    assert login.may_ask


def test_a_configuration_in_json_is_not_passed_over(tmp_path: Path) -> None:
    role = {"resource": {"aws_iam_role": {"deploy": {"assume_role_policy": "${jsonencode({})}"}}}}
    (tmp_path / "main.tf.json").write_text(json.dumps(role), encoding="utf-8")
    (tmp_path / "other.json").write_text(json.dumps({"aws_iam_": 1}), encoding="utf-8")
    found = read_evidence([tmp_path])
    [fault] = found.faults
    assert (fault.file, fault.refusal.check) == (str(tmp_path / "main.tf.json"), "document-format")
    assert "terraform show -json PLAN" in fault.refusal.remedy
    assert found.passed_over == (str(tmp_path / "other.json"),)


def test_a_policy_alone_is_one() -> None:
    found = only(read("trust.json", trust()))
    assert (found.format, found.kind, found.address) == ("policy", None, "")
    assert found.policy().kind is Kind.TRUST


@pytest.mark.parametrize(
    ("name", "octets", "check"),
    [
        ("x.json", b"{}", "document-format"),
        ("x.json", b"[1, 2]", "document-format"),
        ("x.json", b'{"a": ', "document-syntax"),
        ("x.yaml", b"a: [", "document-syntax"),
        ("x.json", b"\xff\xfe\x00", "document-text"),
        ("x.json", gzip.compress(b"{}", mtime=0), "document-text"),
        ("x.json", b"", "document-format"),
    ],
)
def test_a_file_that_is_nothing_known(name: str, octets: bytes, check: str) -> None:
    [fault] = read_evidence([(name, octets)]).faults
    assert (fault.refusal.check, fault.file) == (check, name)
    assert json.dumps(fault.as_dict())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_powershell_writes_is_read(encoding: str) -> None:
    evidence = read_evidence([("trust.json", json.dumps(trust()).encode(encoding))])
    assert json.loads(only(evidence).text) == trust()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVIDENCE_OCTETS", 10)
    missing, large = read_evidence([tmp_path / "none.json", ("large.json", b" " * 11)]).faults
    assert (missing.refusal.check, missing.refusal.found) == ("document-file", "No such file or directory")
    assert large.refusal.check == "document-size"


def test_what_a_directory_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trust.json").write_text(json.dumps(trust()), encoding="utf-8")
    (tmp_path / "package.json").write_text("{}", encoding="utf-8")
    (tmp_path / "image.json").write_bytes(b"\xff")
    (tmp_path / "notes.txt").write_text("AWS::IAM::Role", encoding="utf-8")
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "trust.json").write_text(json.dumps(trust()), encoding="utf-8")
    evidence = read_evidence([tmp_path])
    assert [Path(each.file).name for each in evidence.documents] == ["trust.json"]
    assert [Path(each).name for each in evidence.passed_over] == ["image.json", "package.json"]
    assert evidence.faults == ()
    assert json.dumps(evidence.as_dict())
    monkeypatch.setattr(limits, "EVIDENCE_FILES", 1)
    [fault] = read_evidence([tmp_path]).faults
    assert fault.refusal.check == "document-size"


def test_the_parts_of_evidence_have_doors_of_their_own() -> None:
    answer = json.dumps({"Roles": [role(trust()), "no object"]}).encode()
    found, fault = read_documents([("a.json", answer)])
    assert isinstance(found, FoundDocument)
    assert isinstance(fault, DocumentFault)
    assert [each.arn for each in read_roles([("a.json", answer)])] == [ARN]
    assert PROVIDER in found.text
