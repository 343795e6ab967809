"""`federation policy test`: what it prints, writes and says to the shell."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from federation.cli.main import cli
from tests.support.cli import Run
from tests.support.paths import REPOSITORY

EXAMPLE = REPOSITORY / "fixtures" / "evidence" / "trust.test.yaml"
SUBJECT = "token.actions.githubusercontent.com:sub"


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    path = tmp_path / "trust.test.yaml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("../account", str(EXAMPLE.parent.parent / "account"))
    path.write_text(text.replace(f"expect: refused\n    because: {SUBJECT}", "expect: granted", 1), encoding="utf-8")
    return path


def test_all_as_expected(run: Run) -> None:
    result = run("policy", "test", EXAMPLE)
    assert result.exit_code == 0
    assert result.stdout.count("✓ ") == 7
    assert run("policy", "test", EXAMPLE, "--quiet").stdout.splitlines() == [f"{EXAMPLE}: as expected 7, not as expected 0"]


def test_one_is_not_as_expected(run: Run, failing: Path, tmp_path: Path) -> None:
    report = tmp_path / "trust.xml"
    result = run("policy", "test", EXAMPLE, failing, "--junit", report)
    assert result.exit_code == 1
    told = result.stdout.partition("✗ a pull request does not deploy")[2].partition("✓")[0]
    assert "the token is a GitHub token for pull requests" in " ".join(told.split())
    assert 'edit    add "repo:octo-org/octo-repo:pull_request"' in told
    suites = etree.fromstring(report.read_bytes())
    assert [(each.get("tests"), each.get("failures")) for each in suites] == [("7", "0"), ("7", "1")]
    document = json.loads(run("policy", "test", failing, "--json", "--only", "a pull request does not deploy").stdout)
    [test] = document["files"][0]["tests"]
    assert (test["expected"], test["verdict"], test["passed"]) == ("granted", "refused", False)
    assert test["reasons"] == ["trust-policy", SUBJECT]
    assert test["explanation"]["first"]["edits"]


def test_status(run: Run, failing: Path, tmp_path: Path) -> None:
    assert run("policy", "test").exit_code == 2
    for text in ("", "tests: [", "tests: [{name: x}]"):
        failing.write_text(text, encoding="utf-8")
        assert run("policy", "test", failing).exit_code == 2, text
    assert run("policy", "test", tmp_path / "none.yaml").exit_code == 2
    assert run("policy", "test", EXAMPLE, "--only", "none").exit_code == 2
    assert run("policy", "test", EXAMPLE, "--junit", tmp_path / "none" / "x.xml").exit_code == 2
    failing.write_text(EXAMPLE.read_text(encoding="utf-8").replace("../account", str(tmp_path)), encoding="utf-8")
    assert run("policy", "test", failing).exit_code == 3


def test_no_line_is_longer_than_the_screen(failing: Path) -> None:
    printed = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"}).invoke(cli, ["policy", "test", str(failing)]).stdout
    assert "edit    add" in printed
    assert [line for line in printed.splitlines() if len(line) > 80] == []
