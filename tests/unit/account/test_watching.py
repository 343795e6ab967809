import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.account import watching
from federation.account.watching import Watcher


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    watched = Watcher([tmp_path], leave_out=frozenset({str(tmp_path / "own")}))
    yield watched
    watched.stop()


def reported(watcher: Watcher, change: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a change is reported before it is time to look."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 1.5)
    told: list[str] = []
    watcher.start(unreported=told.append)
    time.sleep(0.3)  # the system begins to report
    change.write_text("x", encoding="utf-8")
    begun = time.monotonic()
    assert watcher.wait()
    assert told == []
    return time.monotonic() - begun < 1


def test_a_change_is_reported_at_once(watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("watchfiles")
    assert reported(watcher, tmp_path / "role.json", monkeypatch)


@pytest.mark.parametrize("name", ["own", ".hidden"])
def test_what_is_no_part_of_the_account_is_not_reported(
    watcher: Watcher, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("watchfiles")
    assert not reported(watcher, tmp_path / name, monkeypatch)


def test_without_reports_it_says_so_and_looks(watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "find_spec", lambda _: None)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.01)
    told: list[str] = []
    watcher.start(unreported=told.append)
    assert told == ["the package watchfiles is not installed"]
    before = watcher.signatures()
    (tmp_path / "role.json").write_text("x", encoding="utf-8")
    assert watcher.wait()
    assert watcher.signatures() != before


def test_reports_that_fail_are_told_of(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    told: list[str] = []
    watcher = Watcher([tmp_path / "nowhere"])
    watcher.start(unreported=told.append)
    for _ in range(200):
        if told:
            break
        time.sleep(0.01)
    watcher.stop()
    assert told == ["the system reports no changes: FileNotFoundError"]


def test_it_settles_once_two_looks_agree(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "QUIET_SECONDS", 0)
    looks = [2, 3, 3, 4]
    assert watcher.settled(1, lambda: looks.pop(0)) == 3
    assert looks == [4]


def test_a_stopped_watcher_waits_for_nothing(watcher: Watcher) -> None:
    watcher.stop()
    assert not watcher.wait()
    watcher.pause(60)
    assert watcher.settled(1, lambda: 2) == 1
