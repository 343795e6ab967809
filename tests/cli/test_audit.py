"""`federation audit`: a line for every token, a summary, and a status that says whether any was refused."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from click.testing import Result

from federation.cli.main import cli
from tests.support import world
from tests.support.cli import Run
from tests.support.many_accounts import assertion, fill
from tests.support.paths import REPOSITORY
from tests.support.sts import saml_login
from tests.support.world import JUDGED_TEXT

ACCOUNT = REPOSITORY / "fixtures" / "account"
AT = JUDGED_TEXT
GITHUB = (REPOSITORY / "fixtures" / "oidc" / "github.jwt").read_text(encoding="ascii").strip()
DOCUMENTED = (REPOSITORY / "fixtures" / "saml" / "documented.b64").read_text(encoding="ascii").strip()
TAMPERED = (REPOSITORY / "fixtures" / "saml" / "refused" / "tampered.b64").read_text(encoding="ascii").strip()
MEMBERS = ["id", "kind", "account", "provider", "profile", "at", "accepted", "verdicts", "issuer", "subject", "token_id", "claimed", "role"]


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_both_kinds_of_token_from_a_directory(run: Run, tmp_path: Path) -> None:
    (tmp_path / "1.jwt").write_text(GITHUB, encoding="ascii")
    (tmp_path / "2.b64").write_text(DOCUMENTED, encoding="ascii")
    result = run("audit", tmp_path, "--account", ACCOUNT, "--at", AT)
    assert result.exit_code == 0
    first, second = lines(result)
    assert (first["kind"], second["kind"]) == ("oidc-id-token", "saml2-response")
    assert list(first) == [*MEMBERS, "refusal"]
    assert (second["subject"], second["accepted"]) == ("SamlExample", True)
    assert "saml2-response" in result.stderr


def test_one_refused_among_many(run: Run) -> None:
    result = run("audit", "-", "--account", ACCOUNT, "--at", AT, "--json", stdin=f"{GITHUB}\n{TAMPERED}\n")
    assert result.exit_code == 1
    good, bad = lines(result)
    assert (good["accepted"], bad["accepted"], bad["refusal"]["check"]) == (True, False, "signature-digest")
    assert json.loads(result.stderr) == {
        "accepted": 1,
        "refused": 1,
        "kinds": {"oidc-id-token": {"accepted": 1, "refused": 0}, "saml2-response": {"accepted": 0, "refused": 1}},
        "checks": [{"check": "signature-digest", "code": "InvalidIdentityToken", "refused": 1}],
    }


def test_each_at_its_own_instant(run: Run) -> None:
    records = [
        {"token": GITHUB, "at": AT, "id": "a"},
        {"token": DOCUMENTED, "at": "issued"},
        {"token": GITHUB, "at": "2027-01-01T00:00:00Z"},
    ]
    result = run("audit", "-", "--account", ACCOUNT, stdin="\n".join(map(json.dumps, records)))
    assert [line["accepted"] for line in lines(result)] == [True, True, False]
    assert [line["id"] for line in lines(result)] == ["a", "-:2", "-:3"]
    issued = run("audit", "-", "--account", ACCOUNT, "--at", "issued", stdin=f"{GITHUB}\n{GITHUB}")
    assert issued.exit_code == 0


def test_the_role_of_a_record_is_asked(run: Run) -> None:
    records = [{"token": GITHUB, "role_arn": f"arn:aws:iam::123456789012:role/{name}"} for name in ("GitHubDeploy", "Absent")]
    result = run("audit", "-", "--account", ACCOUNT, "--at", AT, "--role-session-name", "job", stdin="\n".join(map(json.dumps, records)))
    asked, absent = lines(result)
    assert (asked["accepted"], asked["role"]) == (True, {"arn": records[0]["role_arn"], "effect": "Allow"})
    assert (absent["accepted"], absent["refusal"]["check"], absent["role"]["effect"]) == (False, "role", None)


def test_a_role_of_a_record_that_is_no_text(run: Run) -> None:
    (line,) = lines(run("audit", "-", "--account", ACCOUNT, "--at", AT, stdin=json.dumps({"token": GITHUB, "role_arn": 1})))
    assert (line["accepted"], line["refusal"]["check"]) == (False, "capture")


@pytest.mark.parametrize("workers", [1, 2])
def test_tokens_of_many_accounts(run: Run, tmp_path: Path, workers: int) -> None:
    root = tmp_path / "accounts"
    for account in (world.ACCOUNT, world.OTHER):
        fill(root, account, trusts=world.ACCOUNT)
    tokens = [assertion(account) for account in (world.ACCOUNT, world.OTHER)]
    report = tmp_path / "report.html"
    result = run(
        *("audit", "-", "--accounts", root, "--at", saml_login.AT.isoformat(), "--workers", workers, "--report", report),
        stdin="\n".join([*tokens, GITHUB]),
    )
    assert [(line["account"], line["accepted"]) for line in lines(result)] == [(world.ACCOUNT, True), (world.OTHER, True), (None, False)]
    assert "Audit of the accounts in accounts" in report.read_text(encoding="utf-8")


def test_one_account_and_many_are_not_given_together(run: Run, tmp_path: Path) -> None:
    assert run("audit", "-", "--account", ACCOUNT, "--accounts", tmp_path, stdin=GITHUB).exit_code == 2


def test_a_role_is_asked(run: Run) -> None:
    branch = (REPOSITORY / "fixtures" / "oidc" / "github-branch.jwt").read_text(encoding="ascii").strip()
    role = "arn:aws:iam::123456789012:role/GitHubDeploy"
    result = run(
        "audit", "-", "--account", ACCOUNT, "--at", AT, "--role-arn", role, "--role-session-name", "job", stdin=f"{GITHUB}\n{branch}"
    )
    assert result.exit_code == 1
    assert [(line["accepted"], line["role"]["effect"]) for line in lines(result)] == [(True, "Allow"), (False, "ImplicitDeny")]
    assert "sub" in lines(result)[1]["refusal"]["found"]


def test_two_processes_say_the_same(run: Run) -> None:
    words = ["audit", REPOSITORY / "fixtures" / "saml", REPOSITORY / "fixtures" / "oidc", "--account", ACCOUNT, "--at", AT]
    assert run(*words, "--workers", "2").stdout == run(*words).stdout


def test_no_token_is_repeated(run: Run) -> None:
    result = run("audit", REPOSITORY / "fixtures" / "saml", REPOSITORY / "fixtures" / "oidc", "--account", ACCOUNT, "--at", AT)
    for token in (GITHUB, DOCUMENTED):
        for piece in (token[:120], token[-120:], token.rpartition(".")[2]):
            assert piece not in result.stdout
    assert GITHUB.rpartition(".")[2] not in result.stderr


def test_usage_and_faults(run: Run, tmp_path: Path) -> None:
    assert run("audit", "--account", ACCOUNT).exit_code == 2
    assert run("audit", tmp_path / "missing", "--account", ACCOUNT).exit_code == 2
    assert run("audit", tmp_path, "--account", ACCOUNT, "--at", "yesterday").exit_code == 2
    empty = run("audit", tmp_path, "--account", ACCOUNT)
    assert (empty.exit_code, "no token" in empty.stderr) == (2, True)
    broken = run("audit", "-", "--account", tmp_path, "--json", stdin=GITHUB)
    assert (broken.exit_code, "error" in json.loads(broken.stdout)) == (3, True)


def test_a_bug_in_one_line_ends_with_its_status_after_all_lines(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("federation.judging.judge.diagnose", broken)
    result = run("audit", "-", "--account", ACCOUNT, "--at", AT, stdin=f"{GITHUB}\n{GITHUB}")
    assert (result.exit_code, len(lines(result))) == (70, 2)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_for_a_person_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    path = str(REPOSITORY / "fixtures" / "oidc" / "github.jwt")
    status = cli(["audit", path, "--account", str(ACCOUNT), "--at", AT], standalone_mode=False)
    assert status == 0
    assert "1 tokens" in terminal.getvalue()
    assert json.loads(capsys.readouterr().out)["accepted"] is True


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_ends_it_and_its_processes_without_a_word(workers: str, tmp_path: Path) -> None:
    many = tmp_path / "many.txt"
    many.write_text(f"{GITHUB}\n" * 600, encoding="ascii")
    console = Path(sys.executable).parent / "federation"
    words = [str(console), "audit", str(many), "-", "--account", str(ACCOUNT), "--at", AT, "--workers", workers]
    with subprocess.Popen(words, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["accepted"] is True
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 130
        assert b"Traceback" not in said


def processes_of(group: int) -> list[str]:
    """The processes of a process group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            state, _, its_group, *_ = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            found += [state] if int(its_group) == group and state != "Z" else []
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are listed by /proc")
def test_its_processes_end_when_it_is_killed(tmp_path: Path) -> None:
    many = tmp_path / "many.txt"
    many.write_text(f"{GITHUB}\n" * 600, encoding="ascii")
    console = Path(sys.executable).parent / "federation"
    words = [str(console), "audit", str(many), "-", "--account", str(ACCOUNT), "--at", AT, "--workers", "2"]
    with subprocess.Popen(words, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["accepted"] is True
        assert len(processes_of(process.pid)) >= 3
        process.kill()
        process.wait(timeout=30)
        ends = time.monotonic() + 30
        while processes_of(process.pid) and time.monotonic() < ends:
            time.sleep(0.05)
        left = processes_of(process.pid)
        if left:
            os.killpg(process.pid, signal.SIGKILL)
    assert left == []


def test_a_report_beside_the_other_outputs(run: Run, tmp_path: Path) -> None:
    words = ["audit", "-", "--account", ACCOUNT, "--at", AT, "--json"]
    plain = run(*words, stdin=f"{GITHUB}\n{TAMPERED}\n")
    result = run(*words, "--report", tmp_path / "out.html", stdin=f"{GITHUB}\n{TAMPERED}\n")
    assert (result.exit_code, result.stdout, result.stderr) == (plain.exit_code, plain.stdout, plain.stderr)
    report = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert report.startswith("<!doctype html>")
    assert "signature-digest" in report
    assert [path.name for path in tmp_path.iterdir()] == ["out.html"]
    for token in (GITHUB, TAMPERED):
        for piece in (token[:120], token[-120:], token.rpartition(".")[2]):
            assert piece not in report


def test_a_report_alone(run: Run, tmp_path: Path) -> None:
    result = run("audit", "-", "--account", ACCOUNT, "--at", AT, "--no-lines", "--report", tmp_path / "out.html", stdin=GITHUB)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "out.html").exists()


def test_a_report_that_cannot_be_written_is_refused_before_any_token(run: Run, tmp_path: Path) -> None:
    result = run("audit", "-", "--account", ACCOUNT, "--report", tmp_path / "no" / "out.html", stdin=GITHUB)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no directory that can be written" in result.stderr


def test_no_report_is_left_where_there_is_no_token(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("audit", tmp_path / "empty", "--account", ACCOUNT, "--report", tmp_path / "out.html").exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_a_missing_extra_is_refused_before_any_token(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda _: None)
    result = run("audit", "-", "--account", ACCOUNT, "--json", "--report", tmp_path / "out.html", stdin=GITHUB)
    assert (result.exit_code, json.loads(result.stdout)["error"]["check"]) == (3, "report-extra")
