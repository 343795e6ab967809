import re
from pathlib import Path

from tests.support.cli import Run
from tests.support.paths import REPOSITORY

SERIAL = "arn:aws:iam::123456789012:mfa/DevAdmin"


def test_examples_print_the_way_to_all_seven_answers(run: Run, tmp_path: Path) -> None:
    outcome = run("mint", "examples", str(tmp_path / "examples"))
    assert outcome.exit_code == 0, outcome.stderr
    assert re.findall(r"^aws sts ([\w-]+)", outcome.stdout, re.MULTILINE) == [
        "assume-role-with-saml",
        "assume-role-with-web-identity",
        "assume-role",
        "decode-authorization-message",
        "get-caller-identity",
        "get-federation-token",
        "get-session-token",
    ]
    for name in re.findall(rf"{re.escape(str(tmp_path))}\S*?(?=[\s)]|$)", outcome.stdout):
        assert Path(name).exists(), name
    again = run("mint", "examples", str(tmp_path / "examples"))
    assert (again.exit_code, again.stdout) == (3, "")


def test_mfa_code(run: Run) -> None:
    account = ["--account", str(REPOSITORY / "fixtures" / "account")]
    outcome = run("mint", "mfa-code", SERIAL, *account, "--at", "2026-11-24T12:00:30Z")
    assert (outcome.exit_code, outcome.stdout) == (0, "123456\n")
    unknown = run("mint", "mfa-code", f"{SERIAL}s", *account)
    assert (unknown.exit_code, unknown.stdout) == (3, "")
    assert "mfa-device" in unknown.stderr
