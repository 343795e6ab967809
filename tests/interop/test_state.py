"""`federation serve`: what it remembers across restarts, kills and workers, and how often it takes a token."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.paths import ACCOUNT_DIRECTORY
from tests.support.posting import post
from tests.support.server import Served, forge_response, free_port, need_server, serve


@pytest.fixture
def account(tmp_path: Path) -> Path:
    need_server()
    return Path(shutil.copytree(ACCOUNT_DIRECTORY, tmp_path / "account"))


def served(account: Path, *options: str) -> Served:
    return serve(account.parent / "access.log", *options, account=account)


def beside(account: Path) -> str:
    return f"sqlite:///{account}.state.sqlite"


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_brings_no_assertion_back(account: Path, end: signal.Signals) -> None:
    response = forge_response(datetime.now(UTC), seed=os.urandom(8).hex())
    first = served(account, "--workers", "2", "--state", beside(account))
    with ThreadPoolExecutor(4) as clients:
        assert sorted(clients.map(post, [first] * 7, [response] * 7)) == [200, *[403] * 6]
    workers = first.workers() if end is signal.SIGKILL else []
    first.process.send_signal(end)
    first.ended()
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, end)
    again = served(account, "--state", beside(account))
    try:
        assert post(again, response) == 403
        assert post(again, forge_response(datetime.now(UTC), seed=os.urandom(8).hex())) == 200
    finally:
        again.stop()


def test_the_state_is_kept_beside_the_account_and_is_none_of_it(account: Path) -> None:
    command = [sys.executable, "-c", "from federation.cli.main import main; main()"]
    port = str(free_port())
    process = subprocess.Popen(
        [*command, "serve", "--account", str(account), "--port", port], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    try:
        kept = sorted(file for file in account.parent.iterdir() if file.name.startswith("account."))
        assert kept[0] == account.parent / "account.state.sqlite"
        assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}
        assert subprocess.run([*command, "account", "check", "--account", str(account)], check=False, capture_output=True).returncode == 0
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert sorted(file.name for file in account.iterdir()) == sorted(file.name for file in ACCOUNT_DIRECTORY.iterdir())


@pytest.mark.parametrize("how", ["option", "account.toml"])
def test_a_patient_broker_may_use_one_assertion_twice(account: Path, how: str) -> None:
    settings, options = account / "account.toml", ["--replay", "as-aws"] if how == "option" else []
    if not options:
        settings.write_text('replay = "as-aws"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    now = datetime.now(UTC)
    response = forge_response(now, seed=os.urandom(8).hex())
    server = served(account, *options)
    try:
        assert [post(server, response) for _ in range(3)] == [200, 200, 200]
        # Every other check holds: this one is too old, that one was changed.
        assert post(server, forge_response(now - timedelta(minutes=10), seed="old")) == 400
        assert post(server, response[:2000] + ("A" if response[2000] != "A" else "B") + response[2001:]) == 400
    finally:
        server.stop()


def test_the_log_of_a_second_use_names_the_flag(account: Path) -> None:
    response = forge_response(datetime.now(UTC), seed=os.urandom(8).hex())
    server = served(account, "--replay", "once")
    try:
        assert [post(server, response) for _ in range(2)] == [200, 403]
    finally:
        server.stop()
    entries = [json.loads(line) for line in server.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    (refused,) = [entry for entry in entries if entry.get("check") == "replay"]
    assert "--replay as-aws" in refused["refusal"]


@pytest.mark.parametrize(
    ("url", "check"),
    [
        ("redis://127.0.0.1:1/0", "state"),
        pytest.param("postgresql://127.0.0.1:1/x", "state", marks=pytest.mark.wide),
        ("mysql://localhost/0", "state-url"),
        pytest.param("sqlite:////nonexistent/state.sqlite", "state", marks=pytest.mark.wide),
        pytest.param("/var/lib/state.sqlite", "state-url", marks=pytest.mark.wide),
    ],
)
def test_a_state_that_cannot_serve_starts_nothing(account: Path, url: str, check: str) -> None:
    command = [sys.executable, "-c", "from federation.cli.main import main; main()", "serve", "--account", str(account)]
    outcome = subprocess.run(
        [*command, "--port", str(free_port()), "--state", url], capture_output=True, text=True, timeout=60, check=False
    )
    assert (outcome.returncode, outcome.stdout) == (3, "")
    assert check in outcome.stderr


def test_a_state_that_is_removed_while_serving_grants_nothing(account: Path) -> None:
    server = served(account, "--state", beside(account))
    try:
        Path(f"{account}.state.sqlite").unlink()
        assert post(server, forge_response(datetime.now(UTC), seed=os.urandom(8).hex())) == 500
    finally:
        server.stop()
