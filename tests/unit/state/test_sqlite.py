import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from federation.errors import AccountFault
from federation.state import State
from federation.state.sqlite import SWEEP_ENTRIES, SqliteState
from federation.state.sqlite_file import connect
from tests.support.world import ISSUED

AT = ISSUED
UNTIL = AT + timedelta(minutes=5)
DEVICE = "arn:aws:iam::123456789012:mfa/a"


def grants(path: Path) -> tuple[int, int, int]:
    """How many of the same hundred tokens, codes and trade-in tokens one process is the first to use."""
    with closing(SqliteState(path)) as state:
        tokens = sum(state.first_use("https://idp.example.com", f"_{n}", until=UNTIL, at=AT) for n in range(100))
        codes = sum(state.claim(f"{DEVICE}{n}", 1) for n in range(100))
        return tokens, codes, sum(state.first_exchange(f"{n:064x}") for n in range(100))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[SqliteState]:
    with closing(SqliteState(tmp_path / "used")) as opened:
        yield opened


def test_processes_that_start_together_share_one_state(tmp_path: Path) -> None:
    path = tmp_path / "used"
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as workers:
        firsts = list(workers.map(grants, [path] * 4))
    assert [sum(column) for column in zip(*firsts, strict=True)] == [100, 100, 100]


def opened_and_closed(file: str) -> None:
    connection, _ = connect(file)
    connection.close()


class Overtaken(sqlite3.Connection):
    """Between the two reads of the header another process makes the file, or tries to for a while."""

    other: Thread | None = None

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql == "PRAGMA user_version" and Overtaken.other is None:
            (file,) = (row[2] for row in super().execute("PRAGMA database_list"))
            Overtaken.other = Thread(target=opened_and_closed, args=(file,))
            Overtaken.other.start()
            Overtaken.other.join(timeout=0.5)
        return super().execute(sql, *parameters)


def test_a_file_that_another_process_makes_meanwhile_is_not_foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Overtaken, "other", None)
    monkeypatch.setattr("federation.state.sqlite_file.sqlite3.connect", partial(sqlite3.connect, factory=Overtaken))
    with closing(SqliteState(tmp_path / "used")) as state:
        assert Overtaken.other is not None
        Overtaken.other.join(timeout=30)
        assert state.first_use("https://idp.example.com", "_a", until=UNTIL, at=AT)


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    assert grants(tmp_path / "used") == (100, 100, 100)
    assert grants(tmp_path / "used") == (0, 0, 0)


KILLED = """
import os, signal, sys
from datetime import datetime
from federation.state.sqlite import SqliteState
state = SqliteState(sys.argv[1])
at, until = (datetime.fromisoformat(text) for text in sys.argv[2:])
for number in range(20):
    assert state.first_use("idp", f"_{number}", until=until, at=at)
assert state.claim("device", 7) and state.first_exchange("digest")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_granted_survives_the_kill_of_its_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "used"), AT.isoformat(), UNTIL.isoformat()]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    with closing(SqliteState(tmp_path / "used")) as state:
        assert not any(state.first_use("idp", f"_{number}", until=UNTIL, at=AT) for number in range(20))
        assert not state.claim("device", 7)
        assert not state.first_exchange("digest")


def test_a_kill_in_the_middle_of_a_write_leaves_the_state_whole(tmp_path: Path) -> None:
    with closing(SqliteState(tmp_path / "used")) as state:
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED.replace("range(20)", "range(10**9)"), str(tmp_path / "used"), AT.isoformat(), UNTIL.isoformat()]
        )
        while not len(state):
            assert child.poll() is None
        child.kill()
        child.wait(timeout=30)
        recorded = len(state)
        assert not state.first_use("idp", f"_{recorded - 1}", until=UNTIL, at=AT)
        assert state.first_use("idp", f"_{recorded}", until=UNTIL, at=AT)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_opens_the_file_for_itself(state: SqliteState) -> None:
    assert state.first_use("idp", "_parent", until=UNTIL, at=AT)
    child = os.fork()
    if child == 0:
        told = state.first_use("idp", "_parent", until=UNTIL, at=AT), state.first_use("idp", "_child", until=UNTIL, at=AT)
        os._exit(0 if told == (False, True) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert not state.first_use("idp", "_child", until=UNTIL, at=AT)


def test_a_long_pause_is_not_paid_for_by_one_call(state: SqliteState) -> None:
    for number in range(SWEEP_ENTRIES + 10):
        state.first_use("idp", f"_{number}", until=UNTIL + timedelta(seconds=number), at=AT)
    later = AT + timedelta(days=1)
    state.first_use("idp", "_a", until=later + timedelta(minutes=5), at=later)
    assert len(state) == 11
    state.first_use("idp", "_b", until=later + timedelta(minutes=5), at=later)
    assert len(state) == 2


def test_the_file_is_private_and_names_nobody(tmp_path: Path, state: State) -> None:
    state.first_use("https://idp.example.com", "_alice", until=UNTIL, at=AT)
    state.claim("arn:aws:iam::123456789012:mfa/alice", 1)
    files = list(tmp_path.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not any(b"alice" in file.read_bytes() or b"idp.example" in file.read_bytes() for file in files)


def absent(folder: Path) -> Path:
    return folder / "absent" / "used"


def folder_itself(folder: Path) -> Path:
    return folder


def link(folder: Path) -> Path:
    (folder / "link").symlink_to(folder / "elsewhere")
    return folder / "link"


def readable_by_others(folder: Path) -> Path:
    SqliteState(folder / "used").close()
    (folder / "used").chmod(0o644)
    return folder / "used"


def no_database(folder: Path) -> Path:
    (folder / "used").write_bytes(b"not a database " * 100)
    (folder / "used").chmod(0o600)
    return folder / "used"


def of_another_program(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "used")) as database:
        database.execute("CREATE TABLE accounts (name TEXT)")
    (folder / "used").chmod(0o600)
    return folder / "used"


def of_a_later_version(folder: Path) -> Path:
    SqliteState(folder / "used").close()
    with closing(sqlite3.connect(folder / "used")) as database:
        database.execute("PRAGMA user_version = 2")
    return folder / "used"


def with_nul(folder: Path) -> Path:
    return folder / "a\0b"


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (absent, "No such file or directory"),
        (folder_itself, "something else than a regular file"),
        (link, "something else than a regular file"),
        (readable_by_others, "mode 0644 instead of 0600"),
        (no_database, "file is not a database"),
        (of_another_program, "a database of another program"),
        (of_a_later_version, "version 2 of the format instead of 1"),
        (with_nul, "embedded null byte"),
    ],
)
def test_a_file_that_cannot_serve_is_refused(tmp_path: Path, make: object, found: str) -> None:
    file = make(tmp_path)  # type: ignore[operator]
    before = file.read_bytes() if "\0" not in str(file) and file.is_file() else b""
    with pytest.raises(AccountFault) as refused:
        SqliteState(file)
    assert (refused.value.check, refused.value.found) == ("state", f"`{found}`")
    assert "--state sqlite:///" in refused.value.remedy
    assert not (tmp_path / "elsewhere").exists()
    assert before == (file.read_bytes() if before else b"")


def refusals(state: SqliteState) -> set[str]:
    """What the three questions are refused with."""
    found = set()
    questions: tuple[Callable[[], bool], ...] = (
        lambda: state.first_use("idp", "_1", until=UNTIL, at=AT),
        lambda: state.claim(DEVICE, 1),
        lambda: state.first_exchange("1"),
    )
    for question in questions:
        with pytest.raises(AccountFault) as caught:
            question()
        assert caught.value.check == "state"
        found.add(caught.value.found)
    return found


def test_a_state_that_is_closed_removed_or_replaced_grants_nothing(tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "used")
    (tmp_path / "used").unlink()
    assert refusals(state) == {"`No such file or directory`"}
    SqliteState(tmp_path / "used").close()
    assert refusals(state) == {"`another file than the one that was opened`"}
    state.close()
    assert refusals(state) == {"`one that was closed`"}


def test_a_full_file_grants_nothing_and_keeps_what_it_has(state: SqliteState) -> None:
    assert state._connection is not None
    (pages,) = state._connection.execute("PRAGMA page_count").fetchone()
    state._connection.execute(f"PRAGMA max_page_count = {pages}")
    recorded: list[str] = []

    def fill() -> None:
        while state.first_use("idp", f"_{len(recorded)}", until=UNTIL, at=AT):
            recorded.append(f"_{len(recorded)}")

    with pytest.raises(AccountFault) as refused:
        fill()
    assert refused.value.found == "`database or disk is full`"
    assert recorded
    assert not any(state.first_use("idp", token, until=UNTIL, at=AT) for token in recorded)
