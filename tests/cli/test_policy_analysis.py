"""`federation policy who-can` and `compare`: what they print, and their exit statuses."""

import json
from pathlib import Path

import pytest

from federation import limits
from tests.support.cli import Golden, Run
from tests.support.paths import REPOSITORY
from tests.support.policies import document, statement
from tests.support.trusts import scoped, web
from tests.support.world import GITHUB

ACCOUNT = REPOSITORY / "fixtures" / "account"
CHANGE = REPOSITORY / "fixtures" / "tutorials" / "change"
BEFORE, WIDER, NARROWER = (CHANGE / f"{name}.json" for name in ("before", "wider", "narrower"))


@pytest.fixture
def loud(tmp_path: Path) -> Path:
    """A policy with everybody, strangers, exceptions and a statement that lets nobody in."""
    path = tmp_path / "trust.json"
    everybody = statement(Principal={"AWS": "*"}, Action=["sts:AssumeRole", "sts:TagSession"])
    mallory = statement(Effect="Deny", Principal={"AWS": "arn:aws:iam::111122223333:user/mallory"}, Action="*")
    idle = statement(Condition={"StringEquals": {"saml:sub": []}})
    path.write_text(json.dumps(document(web(GITHUB), scoped("gitlab.com", "project_path:acme*", "StringLike"), everybody, mallory, idle)))
    return path


def test_a_role_of_an_account(run: Run, golden: Golden) -> None:
    result = run("policy", "who-can", "GitHubDeploy", "--account", ACCOUNT)
    assert result.exit_code == 0
    golden("who-can-role", result.stdout)


def test_everybody_is_loud(run: Run, golden: Golden, loud: Path) -> None:
    result = run("policy", "who-can", "--policy", loud)
    assert result.exit_code == 0
    golden("who-can-everybody", result.stdout.replace(str(loud), "trust.json"))
    markdown = run("policy", "who-can", "--policy", loud, "--markdown")
    golden("who-can-markdown", markdown.stdout.replace(str(loud), "trust.json"))


def test_json_has_the_login(run: Run) -> None:
    found = json.loads(run("policy", "who-can", "--policy", NARROWER, "--json").stdout)
    [admission] = found["admissions"]
    assert (found["decided"], found["everybody"], admission["login"]["keys"][f"{GITHUB}:aud"]) == (True, False, "sts.amazonaws.com")
    assert [[demand["values"] for demand in each] for each in admission["unless"]] == [[["*:ref:refs/heads/draft/*"]]]


@pytest.mark.parametrize(
    ("old", "new", "status", "first"),
    [
        (BEFORE, NARROWER, 0, "✓ narrower: nobody new gets in, and some who could get in no longer can"),
        (NARROWER, BEFORE, 1, "✗ wider: somebody new gets in"),
        (BEFORE, BEFORE, 0, "✓ equal: nobody new gets in, and nobody is shut out"),
        (WIDER, NARROWER, 0, "✓ narrower: nobody new gets in, and some who could get in no longer can"),
    ],
)
def test_the_exit_status_says_whether_somebody_new_gets_in(run: Run, old: Path, new: Path, status: int, first: str) -> None:
    quiet = run("policy", "compare", old, new, "--quiet")
    assert (quiet.exit_code, quiet.stdout) == (status, f"{first}\n")
    assert run("policy", "compare", old, new, "--json").exit_code == status


def test_a_change_as_markdown(run: Run, golden: Golden) -> None:
    result = run("policy", "compare", BEFORE, WIDER, "--markdown")
    assert result.exit_code == 1
    golden("compare-markdown", result.stdout)


def test_what_is_not_decided_does_not_pass(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANALYSIS_STEPS", 0)
    result = run("policy", "compare", BEFORE, WIDER)
    assert (result.exit_code, result.stdout) == (1, "✗ undecided: whether somebody new gets in is not decided within the bound\n")
    result = run("policy", "who-can", "--policy", BEFORE)
    assert (result.exit_code, "? not everything is decided within the bound" in result.stdout) == (1, True)
    assert "not decided within the bound: there may be nobody" in result.stdout


def test_usage(run: Run, tmp_path: Path) -> None:
    assert run("policy", "compare", BEFORE).exit_code == 2
    assert run("policy", "compare", BEFORE, WIDER, "--quiet", "--json").exit_code == 2
    assert run("policy", "compare", BEFORE, WIDER, "--markdown", "--json").exit_code == 2
    assert run("policy", "who-can", "--policy", BEFORE, "--markdown", "--json").exit_code == 2
    assert "pass ROLE with --account, or --policy" in run("policy", "who-can", "--account", ACCOUNT).stderr
    assert "pass ROLE with --account, or --policy" in run("policy", "who-can", "X", "--policy", BEFORE).stderr
    assert run("policy", "who-can", "Nobody", "--account", ACCOUNT).exit_code == 2
    unknown = run("policy", "who-can", "arn:aws:iam::123456789012:role/Nobody", "--account", ACCOUNT)
    assert (unknown.exit_code, "the account has no role" in unknown.stderr) == (2, True)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert (run("policy", "compare", BEFORE, broken).exit_code, run("policy", "who-can", "--policy", broken).exit_code) == (1, 1)
