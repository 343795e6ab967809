"""The console entry in a process of its own: statuses, streams, signals, start-up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT

AT = JUDGED_TEXT
CONSOLE = Path(sys.executable).parent / "federation"
VALIDATE = ["validate", "fixtures/saml/documented.b64", "--account", "fixtures/account", "--at", AT]


def federation(*words: str, env: dict[str, str] | None = None, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "NO_COLOR": "1", **(env or {})}
    return subprocess.run(
        [str(CONSOLE), *words], cwd=REPOSITORY, env=environment, input=stdin, capture_output=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (VALIDATE, 0),
        (["validate", "fixtures/saml/refused/tampered.b64", *VALIDATE[2:]], 1),
        (["validate", "-", *VALIDATE[2:]], 1),
        (["validate"], 2),
        (["account", "check", "--account", "tests"], 3),
        (["--version"], 0),
        (["--help"], 0),
        ([], 2),
    ],
)
def test_statuses(words: list[str], status: int) -> None:
    result = federation(*words)
    assert result.returncode == status, result.stderr
    assert b"Traceback" not in result.stderr


def test_a_terminal_without_unicode_still_gets_the_verdict() -> None:
    result = federation(*VALIDATE, env={"PYTHONIOENCODING": "ascii"})
    assert result.returncode == 0
    assert rb"\u2713 strict accepts" in result.stdout


def test_a_reader_that_leaves_gets_neither_a_traceback_nor_a_verdict() -> None:
    with subprocess.Popen([str(CONSOLE), "demo"], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        status = process.wait(timeout=60)
    assert (status, complaint) == (141, b"")


@pytest.mark.usefixtures("interruptible")
def test_interrupt_is_not_a_refusal() -> None:
    with subprocess.Popen(
        [str(CONSOLE), "validate", "-", "--account", "fixtures/account"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=2.5)  # past the imports, waiting for its input
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        complaint = process.stderr.read()
    assert process.returncode == 130
    assert b"Traceback" not in complaint


@pytest.mark.parametrize(
    ("words", "unneeded"),
    [
        (["--help"], {"lxml", "cryptography", "rich", "federation.saml", "federation.sts"}),
        (["--version"], {"lxml", "cryptography", "rich", "federation.saml", "federation.sts", "federation.policy", "federation.account"}),
        (["validate", "--help"], {"lxml", "cryptography", "federation.account", "federation.policy", "federation.validators"}),
        (["explain", "--help"], {"lxml", "federation.saml.response", "federation.validators", "federation.explaining.engine"}),
        (["inspect", "fixtures/saml/documented.b64"], {"rich", "signxml", "federation.sts", "federation.account"}),
        (VALIDATE, {"signxml", "federation.sts", "federation.testing"}),
    ],
)
def test_start_up_imports_only_what_the_verb_needs(words: list[str], unneeded: set[str]) -> None:
    script = (
        "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); from federation.cli.main import main; main()"
    )
    result = subprocess.run([sys.executable, "-c", script, *words], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0
    assert unneeded.isdisjoint(result.stderr.split())


FULL = Path("/dev/full")


def under_shell(redirection: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = f'"$@" {redirection}'
    return subprocess.run(
        ["/bin/sh", "-c", command, "sh", str(CONSOLE), *words], cwd=REPOSITORY, capture_output=True, timeout=60, check=False
    )


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [VALIDATE, [*VALIDATE, "--json"], ["--help"], ["--version"]])
def test_a_full_disk_is_a_fault_and_no_verdict(words: list[str]) -> None:
    result = under_shell(f">{FULL}", *words)
    assert result.returncode == 3
    assert result.stderr.startswith(b"error: ")
    assert b"Traceback" not in result.stderr


REFUSED = ["sts", "get-caller-identity", "--account", "fixtures/account", "--caller", "arn:aws:iam::123456789012:user/Nobody"]


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    ("words", "status"),
    [(REFUSED, 1), (["validate", "fixtures/oidc/github.jwt"], 2), (["account", "check", "--account", "absent"], 3), (VALIDATE, 0)],
)
def test_a_status_needs_no_standard_error(words: list[str], status: int) -> None:
    result = under_shell(f"2>{FULL}", *words)
    assert result.returncode == status


@pytest.mark.parametrize(
    ("redirection", "words", "status"),
    [(">&-", VALIDATE, 0), (">&- 2>&-", VALIDATE, 0), ("<&-", ["validate", "-", *VALIDATE[2:]], 1), ("<&-", ["inspect", "-"], 1)],
)
def test_streams_that_the_shell_closed(redirection: str, words: list[str], status: int) -> None:
    result = under_shell(redirection, *words)
    assert result.returncode == status
    assert b"Traceback" not in result.stderr
