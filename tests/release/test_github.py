"""The files that GitHub and pre-commit read are valid by their schemas, ask for no more than they need, and name what there is."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner

from tests.support.paths import REPOSITORY

check_jsonschema = pytest.importorskip("check_jsonschema.cli", reason="make release installs check-jsonschema").main
pytestmark = pytest.mark.release

BIN: Final = Path(sys.executable).parent
GITHUB: Final = REPOSITORY / ".github"
WORKFLOWS: Final = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS: Final = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
ACTION: Final = REPOSITORY / "action.yml"
SCHEMAS: Final = {
    "vendor.github-workflows": WORKFLOWS,
    "custom.github-workflows-require-timeout": WORKFLOWS,
    "vendor.github-issue-forms": FORMS,
    "vendor.github-issue-config": [GITHUB / "ISSUE_TEMPLATE" / "config.yml"],
    "vendor.github-actions": [ACTION],
}
"""Those of check-jsonschema, by name, and the files that they describe: nothing is downloaded."""
MAY_WRITE: Final = {"attest": {"id-token", "attestations"}, "publish": {"id-token"}}
"""Jobs, with the permissions that they are for."""


def read(path: Path) -> Any:
    # In YAML 1.1 the key `on` is a boolean; the base loader keeps every scalar as it is written.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts, lists and mappings alone


def steps(path: Path) -> list[dict[str, Any]]:
    document = read(path)
    jobs = [document["runs"]] if path == ACTION else document["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_are_valid_by_their_schema(schema: str) -> None:
    assert SCHEMAS[schema]
    checked = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, *map(str, SCHEMAS[schema])])
    assert checked.exit_code == 0, checked.output


def test_a_fault_is_found(tmp_path: Path) -> None:
    (tmp_path / "ci.yml").write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "run-on:"), encoding="utf-8")
    words = ["--builtin-schema", "vendor.github-workflows", str(tmp_path / "ci.yml")]
    assert CliRunner().invoke(check_jsonschema, words).exit_code == 1


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_an_action_is_pinned_by_its_commit(path: Path) -> None:
    """A tag can be moved to other code; the comment says which release the commit is."""
    used = re.findall(r"^\s*(?:- )?uses: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", name)] == []


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_no_expression_is_part_of_a_script(path: Path) -> None:
    """An expression is replaced by its text before the shell reads the script: what an input or a branch is named would run."""
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_secret_and_no_right_that_it_does_not_need(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert set(job.get("permissions", {})) == MAY_WRITE.get(name, set())
    assert "pull_request_target" not in workflow["on"]
    assert "secrets." not in path.read_text(encoding="utf-8")
    kept = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert kept
    assert all(step["with"]["persist-credentials"] == "false" for step in kept)


def test_every_target_that_a_workflow_makes_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    made = {target for path in WORKFLOWS for step in steps(path) for target in re.findall(r"^make ([a-z]+)", step.get("run", ""))}
    assert {"lint", "test", "release"} <= made
    assert sorted(made - targets) == []


def test_every_supported_python_is_tested() -> None:
    classifiers = re.findall(r"Python :: (3\.\d+)", (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    matrix = read(GITHUB / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert classifiers
    assert set(classifiers) <= set(matrix)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_warns_of_live_tokens(path: Path) -> None:
    first = read(path)["body"][0]
    assert first["type"] == "markdown"
    assert "Never paste a live token" in first["attributes"]["value"]
    assert "federation explain --json" in first["attributes"]["value"]


def test_the_hook_lints_the_files_it_is_given(tmp_path: Path) -> None:
    """pre-commit appends the names of the changed files to `entry` and reads the exit status."""
    manifest = REPOSITORY / ".pre-commit-hooks.yaml"
    assert subprocess.run([BIN / "pre-commit", "validate-manifest", manifest], check=False).returncode == 0
    [hook] = read(manifest)
    for name, expected in {
        "trust.json": True,
        "roles/Deploy-trust-policy.json": True,
        "trust/deploy.json": False,
        "trust.json.bak": False,
    }.items():
        assert (re.search(hook["files"], name) is not None) is expected, name
    good, bad = REPOSITORY / "fixtures/account/roles/GitHubDeploy.json", tmp_path / "wide-trust.json"
    sound = tmp_path / "sound-trust.json"
    sound.write_text(json.dumps(json.loads(good.read_text(encoding="utf-8"))["AssumeRolePolicyDocument"]), encoding="utf-8")
    wide = sound.read_text(encoding="utf-8").replace("StringEquals", "StringLike").replace("octo-org/octo-repo:ref:refs/heads/main", "*")
    bad.write_text(wide, encoding="utf-8")
    entry: list[Path | str] = [BIN / shlex.split(hook["entry"])[0], *shlex.split(hook["entry"])[1:]]
    cases: tuple[tuple[list[Path], int], ...] = (([sound], 0), ([sound, bad], 1), ([tmp_path / "gone.json"], 2))
    for files, status in cases:
        assert subprocess.run([*entry, *files], capture_output=True, check=False).returncode == status
