"""The scripts of action.yml, run by bash as a runner does: inputs in the environment, files named by whoever opens a pull request."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft4Validator

from tests.support.lint_examples import LINT_EXAMPLES
from tests.support.paths import REPOSITORY
from tests.support.world import GITHUB as ISSUER

pytestmark = pytest.mark.release

STEPS: Final = {
    step["name"]: step
    for step in yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    if "name" in step
}
INPUTS: Final = {name: each.get("default", "") for name, each in yaml.safe_load((REPOSITORY / "action.yml").read_text())["inputs"].items()}
SCHEMA: Final = REPOSITORY / "tests/interop/js/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
"""OASIS' schema, in the npm package of its editors."""


def policy(subject: str) -> str:
    condition = {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"}, "StringLike": {f"{ISSUER}:sub": subject}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A checkout, and the environment that the step before has installed."""
    (tmp_path / "temp/federation").mkdir(parents=True)
    (tmp_path / "temp/federation/bin").symlink_to(Path(sys.executable).parent)
    (tmp_path / "checkout").mkdir()
    return tmp_path


def lint(runner: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step with the inputs of the action, by their names with underscores."""
    values = INPUTS | {name.replace("_", "-"): value for name, value in inputs.items()}
    given = {variable: values[text.removeprefix("${{ inputs.").removesuffix(" }}")] for variable, text in STEPS["Lint"]["env"].items()}
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(runner),
        "RUNNER_TEMP": str(runner / "temp"),
        "GITHUB_OUTPUT": str(runner / "output"),
    }
    script = runner / "step.sh"
    script.write_text(STEPS["Lint"]["run"], encoding="utf-8")
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    return subprocess.run(words, cwd=runner / "checkout", env=variables | given, capture_output=True, text=True, check=False)


def log(runner: Path, name: str = "federation.sarif") -> dict[str, Any]:
    document: dict[str, Any] = json.loads((runner / "checkout" / name).read_text(encoding="utf-8"))
    return document


def test_a_finding_is_written_and_fails_the_job(runner: Path) -> None:
    (runner / "checkout/roles").mkdir()
    (runner / "checkout/roles/wide-trust.json").write_text(policy("repo:acme*"), encoding="utf-8")
    (runner / "checkout/sound-trust.json").write_text(policy("repo:acme/app:ref:refs/heads/*"), encoding="utf-8")
    (runner / "checkout/package.json").write_text("{}", encoding="utf-8")
    done = lint(runner)
    assert done.returncode == 0, done.stderr
    [result] = [each for each in log(runner)["runs"][0]["results"] if each["level"] == "error"]
    assert result["ruleId"] == "subject-too-wide"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "roles/wide-trust.json"
    output = (runner / "output").read_text(encoding="utf-8")
    assert output.startswith("status=1\nsarif-file<<")
    assert output.splitlines()[2] == "federation.sarif"
    ended = subprocess.run(["bash", "-c", STEPS["Result"]["run"]], env={"STATUS": "1"}, check=False)
    assert ended.returncode == 1


def test_no_finding(runner: Path) -> None:
    (runner / "checkout/trust.json").write_text(policy("repo:acme@65/app@74:ref:refs/heads/main"), encoding="utf-8")
    assert lint(runner, sarif_file="a b.sarif").returncode == 0
    assert log(runner, "a b.sarif")["runs"][0]["results"] == []
    assert (runner / "output").read_text(encoding="utf-8").startswith("status=0\n")


def test_the_name_of_a_file_is_a_name(runner: Path) -> None:
    names = [
        "$(touch broken)-trust.json",
        "`touch broken`-trust.json",
        "; touch broken #-trust.json",
        "--write-trust.json",
        "a\nb-trust.json",
    ]
    for name in names:
        (runner / "checkout" / name).write_text(policy("repo:acme*"), encoding="utf-8")
    assert lint(runner).returncode == 0
    assert [each["ruleId"] for each in log(runner)["runs"][0]["results"] if each["level"] == "error"] == ["subject-too-wide"] * len(names)
    assert {path.name for path in (runner / "checkout").iterdir()} == {*names, "federation.sarif"}


@pytest.mark.parametrize("inputs", [{"files": "$(touch broken)", "kind": "`touch broken`"}, {"fail_on": "error; touch broken"}])
def test_an_input_is_no_script(runner: Path, inputs: dict[str, str]) -> None:
    (runner / "checkout/trust.json").write_text(policy("repo:acme*"), encoding="utf-8")
    assert lint(runner, **inputs).returncode in {2, 3}
    assert [path.name for path in (runner / "checkout").iterdir()] == ["trust.json"]
    assert not (runner / "output").exists()


def test_text_of_a_policy_is_no_command_of_the_runner(runner: Path) -> None:
    """The runner obeys lines that begin with two colons, except between these two."""
    (runner / "checkout/trust.json").write_text(policy("repo:acme*"), encoding="utf-8")
    lines = lint(runner).stdout.splitlines()
    assert lines[0].startswith("::stop-commands::")
    token = lines[0].removeprefix("::stop-commands::")
    assert len(token) == 32
    assert lines[-1] == f"::{token}::"


def test_nothing_to_lint_fails(runner: Path) -> None:
    done = lint(runner)
    assert (done.returncode, done.stderr) == (2, "no file matches the input `files`\n")


def test_an_account(runner: Path) -> None:
    assert lint(runner, account=str(REPOSITORY / "fixtures/account")).returncode == 0
    assert {each["level"] for each in log(runner)["runs"][0]["results"]} == {"note"}


def test_sarif_is_valid_by_the_schema_of_oasis(runner: Path) -> None:
    if not SCHEMA.exists():
        pytest.skip("npm has not installed the schema of SARIF")
    for number, example in enumerate(each for each in LINT_EXAMPLES if each.kind == "trust"):
        (runner / "checkout" / f"{number}-trust.json").write_text(json.dumps(example.document, indent=2), encoding="utf-8")
    (runner / "checkout/refused-trust.json").write_text('{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}', encoding="utf-8")
    assert lint(runner).returncode == 0
    document = log(runner)
    results = document["runs"][0]["results"]
    assert {each["level"] for each in results} == {"error", "warning", "note"}
    assert any("fixes" in each for each in results)
    assert any(each["ruleId"] == "policy-refused" for each in results)
    validator = Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=Draft4Validator.FORMAT_CHECKER)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)] == []
    results[0]["level"] = "fatal"
    assert list(validator.iter_errors(document)), "a fault is found"
