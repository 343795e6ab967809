"""Shells complete what is typed: the printed script, run by the shells themselves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from federation.cli.completion import SHELLS, LineComplete
from federation.cli.main import VERBS, cli
from tests.support.cli import Run
from tests.support.paths import REPOSITORY

ACCOUNT = "fixtures/account"
ROLES = ["FederatedWebIdentityRole", "GitHubDeploy", "TestSaml", "xaccounts3access"]
BIN = Path(sys.executable).parent
ASK = """
eval "$(federation completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
_federation_completion federation
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(line: str, **variables: str) -> list[str]:
    """What bash would offer at the end of *line*."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    environment = {name: value for name, value in os.environ.items() if name != "FEDERATION_ACCOUNT"}
    environment |= {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **variables}
    asked = [bash, "--norc", "-c", ASK, "bash", line]
    result = subprocess.run(asked, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert result.stderr == ""
    return [word for word in result.stdout.splitlines() if word]


SHELL = {
    "verb": ("federation exp", ["explain"]),
    "role after =": (f"federation explain t.jwt --account {ACCOUNT} --role-arn=Git", ["GitHubDeploy"]),
    "ARN, after its last colon": (
        f"federation explain --account {ACCOUNT} --role-arn arn:aws:iam::123456789012:role/G",
        ["role/GitHubDeploy"],
    ),
    "file": ("federation inspect fixtures/oidc/gith", ["fixtures/oidc/github-branch.jwt", "fixtures/oidc/github.jwt"]),
}


@pytest.mark.parametrize(("line", "offered"), SHELL.values(), ids=SHELL)
def test_bash_completes(line: str, offered: list[str]) -> None:
    assert completed(line) == offered


def offers(line: str) -> list[str]:
    """What the program answers the script for *line*, without a shell."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMP_LINE", line)
        completion = LineComplete(cli, {}, "federation", "_FEDERATION_COMPLETE")
        return [item.value for item in completion.get_completions(*completion.get_completion_args()) if item.type == "plain"]


LINES = {
    "verbs": ("federation ", list(VERBS)),
    "commands of a verb": ("federation policy ", ["lint", "evaluate", "who-can", "compare", "test"]),
    "option": ("federation explain --role-a", ["--role-arn"]),
    "word of an option": ("federation validate --profile s", ["strict"]),
    "role": (f"federation explain t.jwt --account {ACCOUNT} --role-arn ", ROLES),
    "role after role/": (f"federation explain t.jwt --account {ACCOUNT} --role-arn role/Git", ["role/GitHubDeploy"]),
    "ARN for sts": (
        f"federation sts assume-role-with-web-identity --account {ACCOUNT} --role-arn ",
        [f"arn:aws:iam::123456789012:role/{name}" for name in ROLES],
    ),
    "ARN of a provider": (
        f"federation sts assume-role-with-saml --account {ACCOUNT} --principal-arn ",
        ["arn:aws:iam::123456789012:saml-provider/SAML-test"],
    ),
    "provider": (f"federation validate --account {ACCOUNT} --provider t", ["token.actions.githubusercontent.com"]),
    "name for a change": (f"federation account delete-role --account {ACCOUNT} --role-name Gi", ["GitHubDeploy"]),
    "nothing": ("federation validate --profile xyz", []),
    "no account": ("federation explain --account /nowhere --role-arn ", []),
    "words that are left open": ("federation explain 'a --role-arn ", []),
}


@pytest.mark.parametrize(("line", "offered"), LINES.values(), ids=LINES)
def test_words_that_are_offered(line: str, offered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.delenv("FEDERATION_ACCOUNT", raising=False)
    assert sorted(offers(line)) == sorted(offered)


def test_the_account_of_the_variable_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDERATION_ACCOUNT", str(REPOSITORY / ACCOUNT))
    assert offers("federation explain --role-arn Test") == ["TestSaml"]


def test_a_path_of_a_role_is_part_of_its_arn(tmp_path: Path) -> None:
    (tmp_path / "roles").mkdir()
    (tmp_path / "account.toml").write_text('id = "123456789012"\npartition = "aws-cn"\n', encoding="utf-8")
    (tmp_path / "roles" / "Deploy.json").write_text('{"Role": {"Path": "/ci/", "RoleName": "Deploy"}}', encoding="utf-8")
    assert offers(f"federation explain --account {tmp_path} --role-arn arn:") == ["arn:aws-cn:iam::123456789012:role/ci/Deploy"]


def test_a_name_that_a_shell_would_run_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "roles").mkdir()
    for name in ("Good", "$(touch x)", "a b", "`id`", "\x1b[2J"):
        (tmp_path / "roles" / f"{name}.json").write_text("{}", encoding="utf-8")
    assert offers(f"federation explain --account {tmp_path} --role-arn ") == ["Good"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_that_its_shell_reads(shell: str, run: Run, tmp_path: Path) -> None:
    printed = run("completion", shell)
    assert (printed.exit_code, printed.stderr) == (0, "")
    assert "_FEDERATION_COMPLETE" in printed.stdout
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(printed.stdout, encoding="utf-8")
    read = subprocess.run([program, "-n", script], capture_output=True, text=True, timeout=60, check=False)
    assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_words_that_other_shells_ask_for(shell: str) -> None:
    asked_for = {"COMP_WORDS": "federation insp", "COMP_CWORD": "insp" if shell == "fish" else "1"}
    environment = {**os.environ, "_FEDERATION_COMPLETE": f"{shell}_complete", **asked_for}
    asked = subprocess.run([BIN / "federation"], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "inspect" in asked.stdout


def test_an_unknown_shell_is_refused(run: Run) -> None:
    result = run("completion", "bsh")
    assert (result.exit_code, "Did you mean 'bash'?" in result.stderr) == (2, True)
