"""`federation sts … --state URL`: what one command used, the next one knows."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from federation.testing.mfa import mfa_code, mfa_device
from tests.support.cli import Run
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT

AT = JUDGED_TEXT
SAML = (
    "sts", "assume-role-with-saml", "--account", "fixtures/account", "--at", AT, "--role-arn", "arn:aws:iam::123456789012:role/TestSaml",
    "--principal-arn", "arn:aws:iam::123456789012:saml-provider/SAML-test", "--saml-assertion", "file://fixtures/saml/documented.b64",
)  # fmt: skip
DEVICE = "arn:aws:iam::123456789012:mfa/DevAdmin"


def saml_login() -> tuple[str, ...]:
    return SAML


def mfa_login() -> tuple[str, ...]:
    code = mfa_code(mfa_device(REPOSITORY / "fixtures" / "account", DEVICE), at=datetime.fromisoformat(AT))
    caller = ("--account", "fixtures/account", "--at", AT, "--caller", "arn:aws:iam::123456789012:user/DevAdmin")
    return ("sts", "get-session-token", *caller, "--serial-number", DEVICE, "--token-code", code)


@pytest.mark.parametrize(("login", "check"), [(saml_login, "replay"), (mfa_login, "mfa-code")])
def test_a_state_outlives_the_command(run: Run, tmp_path: Path, login: Callable[[], tuple[str, ...]], check: str) -> None:
    command = login()
    for _ in range(2):
        assert run(*command).exit_code == 0  # nothing is remembered beyond the call
    kept = (*command, "--state", f"sqlite:///{tmp_path}/used.sqlite")
    assert run(*kept).exit_code == 0
    again = run(*kept)
    assert again.exit_code == 1
    assert check in again.stderr


def test_a_state_that_cannot_serve(run: Run, tmp_path: Path) -> None:
    for url, check in (
        ("redis://127.0.0.1:1/0", "state"),
        ("mysql://localhost/0", "state-url"),
        (f"sqlite:///{tmp_path}", "state"),
        ("sqlite:///", "state-url"),
    ):
        refused = run(*SAML, "--state", url)
        assert (refused.exit_code, refused.stdout) == (3, "")
        assert check in refused.stderr
    assert json.loads(run(*SAML).stdout)["Credentials"]
