"""`federation audit --events`: months of records, judged again; what a change would have done to last month's logins."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import world
from tests.support.cli import Run
from tests.support.events import RECORDS, event, written
from tests.support.many_accounts import fill
from tests.support.paths import FIXTURES

ACCOUNT = ("--account", "fixtures/account")
FOLDER = "fixtures/evidence/cloudtrail/AWSLogs"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The account, whose role trusts the environment production instead of the main branch."""
    copy = Path(shutil.copytree(FIXTURES / "account", tmp_path / "account"))
    role = copy / "roles" / "GitHubDeploy.json"
    role.write_text(role.read_text(encoding="utf-8").replace(":ref:refs/heads/main", ":environment:production"), encoding="utf-8")
    return copy


def test_lines_and_summary(run: Run) -> None:
    result = run("audit", "--events", FOLDER, *ACCOUNT, "--json")
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["outcome"] for line in lines] == ["kept", "kept", "refused", "unproved"]
    summary = json.loads(result.stderr)
    assert (summary["logins"], summary["other_events"]) == (4, 1)
    assert summary["unused_roles"] == ["arn:aws:iam::123456789012:role/FederatedWebIdentityRole"]


def test_a_change_that_takes_and_gives_access(run: Run, changed: Path) -> None:
    result = run("audit", "--events", FOLDER, "--account", changed, "--no-lines")
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.search(r"would lose access +│ +1 ", result.stderr)
    assert re.search(r"would gain access +│ +1 ", result.stderr)
    assert "who     repo:octo-org/octo-repo:ref:refs/heads/*" in result.stderr


def test_against_another_account(run: Run, changed: Path) -> None:
    same = run("audit", "--events", FOLDER, "--account", changed, "--against", changed, "--no-lines", "--json")
    assert (same.exit_code, json.loads(same.stderr)["outcomes"]["lost"]) == (0, 0)
    other = run("audit", "--events", FOLDER, "--account", changed, "--against", "fixtures/account", "--no-lines", "--json")
    assert (other.exit_code, json.loads(other.stderr)["outcomes"]["lost"]) == (1, 1)


def test_the_accounts_of_a_directory(run: Run, changed: Path, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts"
    accounts.mkdir()
    changed.rename(accounts / world.ACCOUNT)
    fill(accounts, world.OTHER, trusts=world.ACCOUNT)
    for workers in ("1", "2"):
        result = run(
            "audit", "--events", FOLDER, "--accounts", accounts, "--workers", workers, "--report", tmp_path / "report.html", "--json"
        )
        lines = [json.loads(line)["outcome"] for line in result.stdout.splitlines()]
        told = json.loads(result.stderr)
        assert (result.exit_code, sorted(lines)) == (1, ["gained", "kept", "lost", "unproved"])
        assert {arn.split(":")[4] for arn in told["unused_roles"]} == {world.ACCOUNT, world.OTHER}
        assert "Logins to the accounts in accounts: 1 of 4 lost, 1 gained" in (tmp_path / "report.html").read_text(encoding="utf-8")
    shutil.rmtree(accounts / world.ACCOUNT)
    alone = run("audit", "--events", FOLDER, "--accounts", accounts, "--no-lines", "--json")
    assert (alone.exit_code, json.loads(alone.stderr)["outcomes"]["elsewhere"]) == (0, 4)


def test_an_account_of_a_directory_at_fault_ends_the_audit_before_it_begins(run: Run, tmp_path: Path) -> None:
    fill(tmp_path, world.OTHER, trusts=world.ACCOUNT)
    (tmp_path / world.OTHER / "roles" / "Broken.json").write_text("{", encoding="utf-8")
    result = run("audit", "--events", FOLDER, "--accounts", tmp_path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "Broken.json" in result.stderr.replace("\n", "")


def plan(folder: Path, *roles: Any) -> Path:
    about = {"mode": "managed", "type": "aws_iam_role"}
    resources = [{"address": f"aws_iam_role.r{number}", **about, "values": role} for number, role in enumerate(roles)]
    file = folder / "plan.json"
    planned_values = {"root_module": {"resources": resources}}
    file.write_text(json.dumps({"format_version": "1.2", "planned_values": planned_values, "resource_changes": []}), encoding="utf-8")
    return file


def planned(name: str, subject: str) -> dict[str, Any]:
    provider = "token.actions.githubusercontent.com"
    condition = {"StringEquals": {f"{provider}:aud": "sts.amazonaws.com", f"{provider}:sub": subject}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{world.ACCOUNT}:oidc-provider/{provider}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    return {"name": name, "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def test_what_a_plan_would_have_done(run: Run, tmp_path: Path) -> None:
    words = ("audit", "--events", FOLDER, *ACCOUNT, "--no-lines", "--json", "--with")
    changed = run(*words, plan(tmp_path, planned("GitHubDeploy", "repo:octo-org/octo-repo:environment:production")))
    outcomes = json.loads(changed.stderr)["outcomes"]
    assert (changed.exit_code, outcomes["lost"], outcomes["gained"]) == (1, 1, 1)
    same = planned("GitHubDeploy", "repo:octo-org/octo-repo:ref:refs/heads/main")
    kept = run(*words, plan(tmp_path, same, planned("Added", "repo:a/b:pull_request")))
    assert (kept.exit_code, json.loads(kept.stderr)["outcomes"]["lost"]) == (0, 0)


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ([{"name": "GitHubDeploy", "assume_role_policy": "{"}], "JSON"),
        ([{"assume_role_policy": planned("x", "y")["assume_role_policy"]}], "whose name is not known"),
        ([planned("GitHubDeploy", "a"), planned("githubdeploy", "b")], "every role once"),
        ([], "files that declare roles"),
    ],
)
def test_a_change_that_is_not_known_is_not_guessed(run: Run, tmp_path: Path, roles: list[Any], said: str) -> None:
    result = run("audit", "--events", FOLDER, *ACCOUNT, "--with", plan(tmp_path, *roles))
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())


def test_two_processes(run: Run) -> None:
    one, two = (run("audit", "--events", str(RECORDS), *ACCOUNT, "--workers", workers, "--json") for workers in ("1", "2"))
    assert (one.stdout, one.stderr, one.exit_code) == (two.stdout, two.stderr, two.exit_code)


def test_what_cannot_be_read_is_told_and_is_no_success(run: Run, tmp_path: Path) -> None:
    result = run("audit", "--events", written(tmp_path / "a.json", event("granted"), event(userIdentity="x")), *ACCOUNT, "--no-lines")
    assert result.exit_code == 1
    assert "a.json#2: expected the record as one whose userIdentity is an object or null" in " ".join(result.stderr.split())


def test_report(run: Run, changed: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    result = run("audit", "--events", FOLDER, "--account", changed, "--no-lines", "--report", report)
    assert result.exit_code == 1
    text = report.read_text(encoding="utf-8")
    assert "<title>Logins to account 123456789012: 1 of 4 lost, 1 gained</title>" in text
    for heading in (
        "Who would lose access",
        "Who would gain access",
        "Federated roles that nobody used",
        "By form of subject",
        "Over time",
    ):
        assert f">{heading}</h2>" in text
    assert "<script" not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--events", FOLDER, "--at", "issued"), "--events takes no --at"),
        (("--events", FOLDER, "--accounts", "fixtures", "--against", "fixtures/account"), "--accounts goes without --against and --with"),
        (("--events", FOLDER, "--output", "x.jsonl"), "--events takes no --output"),
        (("--events", FOLDER, "--role-arn", "GitHubDeploy"), "--events takes no --role-arn"),
        ((FOLDER, "--against", "fixtures/account"), "--against requires --events"),
        (("--events", "-"), "PATH has no federated login"),
        (("--events", FOLDER, "--report", "nowhere/report.html"), "nowhere is no directory that can be written"),
    ],
)
def test_usage(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("audit", *words, *ACCOUNT, stdin=b"")
    assert result.exit_code == 2
    assert said in result.stderr
