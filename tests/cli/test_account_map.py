"""`federation account map`: each format, to a terminal and to a file."""

import json
from pathlib import Path

import pytest

from tests.support.cli import Golden, Run
from tests.support.paths import REPOSITORY

ACCOUNT = REPOSITORY / "fixtures" / "account"


@pytest.mark.parametrize("form", ["text", "mermaid", "dot"])
def test_the_account_of_the_fixtures(run: Run, golden: Golden, form: str) -> None:
    result = run("account", "map", "--account", ACCOUNT, "--format", form)
    assert result.exit_code == 0
    golden(f"account-map-{form}", result.stdout)


def test_json_by_either_option(run: Run) -> None:
    by_format = run("account", "map", "--account", ACCOUNT, "--format", "json").stdout
    assert run("account", "map", "--account", ACCOUNT, "--json").stdout == by_format
    found = json.loads(by_format)
    assert list(found) == ["account_id", "sources", "groups", "roles"]
    assert list(found["groups"][0]) == ["source", "principal", "operation", "conditions", "not_principal", "reach", "warnings", "roles"]


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("a.svg", "<svg "), ("a.mmd", "flowchart LR"), ("a.gv", "digraph"), ("a.json", "{"), ("a.txt", "Who can assume")],
)
def test_the_name_of_the_file_says_the_format(run: Run, tmp_path: Path, name: str, beginning: str) -> None:
    result = run("account", "map", "--account", ACCOUNT, "--output", tmp_path / name)
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_faults(run: Run, tmp_path: Path) -> None:
    unknown = run("account", "map", "--account", ACCOUNT, "--role", "Nobody")
    assert (unknown.exit_code, "role-name: expected the ARN or the name of a role" in unknown.stderr) == (2, True)
    unwritable = run("account", "map", "--account", ACCOUNT, "--output", tmp_path / "no" / "a.svg")
    assert (unwritable.exit_code, "a place that can be written" in unwritable.stderr) == (3, True)
    assert run("account", "map", "--account", ACCOUNT, "--format", "png").exit_code == 2
