"""`federation policy` on files that hold policies among other things: plans, templates, configurations, answers, directories."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.cli import Golden, Run
from tests.support.evidence import trust
from tests.support.paths import FIXTURES, REPOSITORY

EVIDENCE = "fixtures/evidence"
SCHEMA = json.loads((REPOSITORY / "docs" / "schemas" / "policy-lint.json").read_text(encoding="utf-8"))


def lint(run: Run, *words: object) -> Any:
    result = run("policy", "lint", *words, "--json")
    document = json.loads(result.stdout)
    jsonschema.validate(document, SCHEMA)
    return document


def test_text(run: Run, golden: Golden) -> None:
    result = run("policy", "lint", EVIDENCE)
    assert result.exit_code == 1
    golden("policy-lint-evidence", result.stdout)


def test_json_names_resource_line_and_what_is_unknown(run: Run) -> None:
    files = lint(run, f"{EVIDENCE}/plan.json", f"{EVIDENCE}/main.tf")["files"]
    told = {(Path(each["file"]).name, each["address"]): each for each in files}
    release = told["plan.json", "aws_iam_role.release"]
    assert (release["accepted"], release["format"], release["kind"], release["unknown"]) == (True, "terraform-plan", "trust", [])
    [finding] = release["findings"]
    assert (finding["id"], finding["line"]) == ("subject-too-wide", 30)
    nightly = told["plan.json", "aws_iam_role.nightly"]
    assert (nightly["accepted"], nightly["unjudged"]) == (None, ["$"])
    configured = told["main.tf", "aws_iam_role.release"]
    assert [each["expression"] for each in configured["unknown"]] == [
        "data.aws_partition.current.partition",
        "data.aws_caller_identity.current.account_id",
    ]
    assert [each["line"] for each in configured["findings"]] == [36]


def test_workloads_beside_the_role_that_they_ask_for(run: Run) -> None:
    files = lint(run, f"{EVIDENCE}/github")["files"]
    told = {each["address"]: each for each in files}
    production, report = told["job production"], told["job report"]
    assert [(each["id"], each["severity"], each["line"]) for each in production["findings"]] == [("workload-refused", "error", 20)]
    assert (production["accepted"], production["workload"]["role"], production["workload"]["admittance"]) == (None, "ReleaseRole", "none")
    [added, _] = production["findings"][0]["edits"]
    assert (added["place"]["file"], added["place"]["line"]) == (f"{EVIDENCE}/github/template.yaml", 22)
    assert [each["id"] for each in report["findings"]] == ["workload-without-token", "workload-refused"]
    assert run("policy", "lint", f"{EVIDENCE}/github", "--kind", "identity").exit_code == 0
    alone = run("policy", "lint", f"{EVIDENCE}/deploy.yaml")
    assert (alone.exit_code, alone.stdout.splitlines()[0]) == (
        0,
        f"· {EVIDENCE}/deploy.yaml: job deploy: its role is in none of the files",
    )


def test_the_region_of_a_workload_is_its_role(run: Run) -> None:
    log = json.loads(run("policy", "lint", "--sarif", f"{EVIDENCE}/github").stdout)
    results = [each for each in log["runs"][0]["results"] if each["ruleId"].startswith("workload-")]
    lines = (REPOSITORY / EVIDENCE / "github" / "release.yaml").read_text(encoding="utf-8").splitlines()
    for result in results:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "${{ env.ROLE }}"
        assert log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert len(results) == 3


def test_a_workflow_is_not_mended_by_a_program(run: Run) -> None:
    result = run("policy", "lint", "--fix", f"{EVIDENCE}/deploy.yaml")
    assert (result.exit_code, "--fix changes files that are a policy alone" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "address", "text"),
    [
        ("plan.json", "aws_iam_role.release", '\\"repo:acme*\\"'),
        ("main.tf", "aws_iam_role.release", '"repo:${var.owner}*"'),
        ("template.yaml", "DeployRole", '"repo:${Repository}"'),
    ],
)
def test_a_region_of_sarif_is_the_text_in_the_file(run: Run, name: str, address: str, text: str) -> None:
    log = json.loads(run("policy", "lint", "--sarif", f"{EVIDENCE}/{name}").stdout)
    places = [result["locations"][0] for result in log["runs"][0]["results"]]
    [place] = [each for each in places if each["logicalLocations"][0]["fullyQualifiedName"].startswith(f"{address}.Statement")]
    region = place["physicalLocation"]["region"]
    assert region["startLine"] == region["endLine"]
    line = (FIXTURES / "evidence" / name).read_text(encoding="utf-8").splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == text


def test_given_values_make_it_whole(run: Run) -> None:
    words = (f"{EVIDENCE}/template.yaml", "--given", "AWS::AccountId=123456789012", "--given", "AWS::Partition=aws")
    [file] = lint(run, *words)["files"]
    assert (file["unknown"], file["accepted"]) == ([], True)
    for wrong in ("AWS::AccountId", "=x"):
        assert run("policy", "lint", words[0], "--given", wrong).exit_code == 2
    assert run("policy", "lint", words[0], "--given", "a=1", "--given", "a=2").exit_code == 2


def test_kind_chooses_among_the_policies(run: Run, tmp_path: Path) -> None:
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    role = {"RoleName": "r", "AssumeRolePolicyDocument": trust(), "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": allow}]}
    path = tmp_path / "details.json"
    path.write_text(json.dumps({"RoleDetailList": [role]}), encoding="utf-8")
    assert [each["kind"] for each in lint(run, path)["files"]] == ["trust", "identity"]
    assert [each["kind"] for each in lint(run, path, "--kind", "identity")["files"]] == ["identity"]


def test_what_cannot_be_read_is_a_finding_of_its_own(run: Run, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "evidence", tmp_path / "evidence")
    broken = tmp_path / "evidence" / "broken.tf"
    broken.write_text('resource "aws_iam_role" "r" {\n', encoding="utf-8")
    result = run("policy", "lint", tmp_path)
    assert result.exit_code == 1
    assert re.search(r"✗ .*broken\.tf: cannot be read", result.stdout.replace("\n", ""))
    assert "subject-too-wide" in result.stdout
    [fault] = [each["fault"] for each in lint(run, tmp_path)["files"] if "fault" in each]
    assert (fault["error"]["check"], Path(fault["file"]).name) == ("document-syntax", "broken.tf")
    log = json.loads(run("policy", "lint", "--sarif", broken).stdout)
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == ["document-unreadable"]


def test_a_file_that_is_meant_as_a_policy_is_refused_as_iam_would(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text('{"Version": ', encoding="utf-8")
    [file] = lint(run, path)["files"]
    assert (file["accepted"], file["refusal"]["check"]) == (False, "policy-json")
    path = tmp_path / "compose.yaml"
    path.write_text("services: {}\n", encoding="utf-8")
    [file] = lint(run, path)["files"]
    assert file["fault"]["error"]["check"] == "document-format"


def test_only_a_policy_alone_is_mended(run: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    shutil.copyfile(FIXTURES / "evidence" / "plan.json", plan)
    before = plan.read_bytes()
    for words in (("--fix",), ("--fix", "--write")):
        result = run("policy", "lint", plan, *words)
        assert (result.exit_code, "edit the others by hand" in result.stderr) == (2, True)
    assert plan.read_bytes() == before


COMPARED = json.loads((REPOSITORY / "docs" / "schemas" / "policy-compare-roles.json").read_text(encoding="utf-8"))


def test_a_plan_is_compared_with_what_it_replaces(run: Run, golden: Golden) -> None:
    plan = f"{EVIDENCE}/plan.json"
    result = run("policy", "compare", plan)
    assert result.exit_code == 1
    golden("policy-compare-plan", result.stdout)
    golden("policy-compare-plan-markdown", run("policy", "compare", plan, "--markdown").stdout)
    told = json.loads(run("policy", "compare", plan, "--json").stdout)
    jsonschema.validate(told, COMPARED)
    assert told["nobody_new"] is False
    assert {each["address"]: each["fate"] for each in told["roles"]} == {
        "aws_iam_role.release": "added",
        "aws_iam_role.nightly": "added",
        "module.ci.aws_iam_role.deploy[0]": "changed",
    }


def test_files_are_compared_role_by_role_or_one_role_of_them(run: Run, tmp_path: Path) -> None:
    policy = tmp_path / "trust.json"
    policy.write_text(json.dumps(trust()), encoding="utf-8")
    plan, template = f"{EVIDENCE}/plan.json", f"{EVIDENCE}/template.yaml"
    role = "module.ci.aws_iam_role.deploy[0]"
    assert run("policy", "compare", template, template).exit_code == 0
    wider = run("policy", "compare", policy, plan, "--role", role)
    assert (wider.exit_code, wider.stdout.splitlines()[0]) == (1, "✗ wider: somebody new gets in")
    assert run("policy", "compare", plan, policy, "--role", role).exit_code == 0
    given = ("--given", "AWS::AccountId=123456789012", "--given", "AWS::Partition=aws")
    assert run("policy", "compare", policy, template, *given).stdout.splitlines()[0].startswith("✗ both")
    undecided = run("policy", "compare", policy, template)
    assert (undecided.exit_code, "document-unknown" in undecided.stderr) == (1, True)
    for words in ((plan, "--role", role), (template,), (policy, plan), (policy, plan, "--role", "none")):
        assert run("policy", "compare", *words).exit_code == 2


def test_who_can_asks_about_a_role_of_a_file(run: Run) -> None:
    plan = f"{EVIDENCE}/plan.json"
    result = run("policy", "who-can", "--policy", plan, "--role", "release")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"who can assume {plan}: aws_iam_role.release\n! STRANGERS")
    several = run("policy", "who-can", "--policy", plan)
    assert (several.exit_code, "choose one with --role" in several.stderr) == (2, True)
    assert "no role 'x'" in run("policy", "who-can", "--policy", plan, "--role", "x").stderr
    assert "has no role" in run("policy", "who-can", "--policy", f"{EVIDENCE}/deploy.yaml").stderr
    assert run("policy", "who-can", "--policy", f"{EVIDENCE}/none.json").exit_code == 2
