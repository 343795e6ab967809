"""A verb that takes longer than a second says what it does, on a terminal alone, and leaves nothing of it."""

import io
import time

import pytest

from federation.cli.rendering import working as module
from federation.cli.rendering.working import working
from tests.support.cli import Run

ACCOUNT = "fixtures/account"


class Terminal(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def written(seconds: float, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> str:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with working("reading the account"):
        time.sleep(seconds)
    return stream.getvalue()


def test_long_work_is_told_and_the_line_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    told = written(1.0, monkeypatch, Terminal())
    assert "reading the account" in told
    assert told.endswith(("\x1b[2K", "\x1b[?25h", "\x1b[1A\x1b[2K")), "the last thing is that the line is erased"


def test_short_work_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(0, monkeypatch, Terminal()) == ""


def test_a_file_takes_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(0.3, monkeypatch, io.StringIO()) == ""


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (("account", "check", "--account", ACCOUNT), "✓ account 123456789012 has no faults"),
        (("policy", "lint", "--account", ACCOUNT), "findings: "),
        (
            ("policy", "evaluate", "--account", ACCOUNT, "--caller", "arn:aws:iam::123456789012:user/DevAdmin", "--action", "s3:Get"),
            "✓ allowed",
        ),
    ],
    ids=["check", "lint", "evaluate"],
)
def test_quiet_prints_the_verdict_alone(words: tuple[str, ...], verdict: str, run: Run) -> None:
    result = run(*words, "--quiet")
    assert result.stdout.splitlines()[0].startswith(verdict)
    assert len(result.stdout.splitlines()) == 1
    assert result.exit_code == run(*words).exit_code
    assert run(*words, "--quiet", "--json").exit_code == 2


def test_a_verbose_check_shows_the_account(run: Run) -> None:
    shown = run("account", "check", "--account", ACCOUNT, "--verbose").stdout
    assert "arn:aws:iam::123456789012:role/GitHubDeploy" in shown
