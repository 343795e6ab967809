"""Supervisor and workers, without processes: every worker serves what the board says, and nobody serves what one of them refused."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from federation.account import Account, add_role, init_account, load_account
from federation.errors import AccountFaults, FederationError, InternalFailure
from federation.server import following, publishing
from federation.server.access_log import AccessLog
from federation.server.following import Follower
from federation.server.generations import Board, copies_in, place_of, vote, votes_on
from federation.server.journal import JournalEntry
from federation.server.publishing import Publisher

TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}'


def load(place: Path) -> Account:
    return load_account(*copies_in(place, 1))


def stay(account: Account, _: Sequence[JournalEntry]) -> Account:
    """A worker of an account that no worker changes."""
    return account


@dataclass
class House:
    """A publisher, its workers and its log."""

    root: Path
    shared: Path
    log: tuple[int, int]
    workers: dict[int, Follower[Account]] = field(default_factory=dict)
    living: set[int] = field(default_factory=set)
    lines: list[dict[str, Any]] = field(default_factory=list)
    publisher: Publisher = field(init=False)

    def __post_init__(self) -> None:
        os.set_blocking(self.log[0], False)
        log = AccessLog(self.log[1])
        self.publisher = Publisher([self.root], self.shared, log=log, living=lambda: frozenset(self.living))
        self.publisher.publish_first(load)

    def hire(self, worker: int, loading: Callable[[Path], Account] = load) -> Follower[Account]:
        self.living.add(worker)
        self.workers[worker] = Follower(self.shared, loading, stay, voter=worker)
        return self.workers[worker]

    def roles(self) -> list[list[str]]:
        """The names of the roles that each worker serves."""
        return [sorted(role.name for role in worker.current().roles.values()) for worker in self.workers.values()]

    def told(self, count: int) -> list[dict[str, Any]]:
        """Wait for *count* lines of the log, letting the workers look meanwhile."""
        for _ in range(1000):
            for worker in self.workers.values():
                worker.look()
            try:
                self.lines += [json.loads(line) for line in os.read(self.log[0], 65_536).splitlines()]
            except BlockingIOError:
                time.sleep(0.01)
            if len(self.lines) >= count:
                return self.lines
        pytest.fail(f"the log holds {self.lines}")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    root = init_account(tmp_path / "account", account_id="123456789012")
    add_role(root, name="First", trust_policy=TRUST)
    shared, log = tmp_path / "shared", os.pipe()
    shared.mkdir()
    built = House(root, shared, log)
    yield built
    built.publisher.stop()
    for end in log:
        os.close(end)


def test_all_workers_go_over_to_a_change_together(house: House) -> None:
    for number in (11, 12, 13):
        house.hire(number)
    assert house.roles() == [["First"]] * 3
    house.publisher.start()
    add_role(house.root, name="Second", trust_policy=TRUST)
    (line,) = house.told(1)
    assert {name: line[name] for name in ("event", "outcome", "generation")} == {
        "event": "account",
        "outcome": "taken over",
        "generation": 2,
    }
    assert house.roles() == [["First", "Second"]] * 3
    assert [path.name for path in house.shared.glob("generation-*")] == ["generation-2"]


def test_a_worker_that_did_not_look_serves_no_old_request(house: House) -> None:
    """The switch needs no worker's attention: a request that begins after it is served by the new generation."""
    idle = house.hire(11)
    place = place_of(house.shared, 2)
    house.publisher._copy()
    Board(house.shared).serve(2)
    assert place.is_dir()
    held = idle._held
    assert idle.current() is not held.value
    assert idle._held.mark == (2, 0)


def test_a_fault_is_told_with_file_and_place_and_the_old_account_stays(house: House) -> None:
    for number in (11, 12):
        house.hire(number)
    house.publisher.start()
    role = house.root / "roles" / "Second.json"
    role.write_text('{"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Alow"}}}', encoding="utf-8")
    lines = house.told(1)
    assert (lines[0]["outcome"], lines[0]["generation"]) == ("refused", 1)
    assert lines[0]["file"] == "roles/Second.json"
    assert lines[0]["path"].startswith("$.AssumeRolePolicyDocument.Statement")
    assert house.roles() == [["First"]] * 2
    count = len(house.lines)
    time.sleep(0.3)
    for worker in house.workers.values():
        worker.look()
    role.unlink()
    add_role(house.root, name="Second", trust_policy=TRUST)
    assert [line["outcome"] for line in house.told(count + 1)[count:]] == ["taken over"]
    assert house.roles() == [["First", "Second"]] * 2


def test_one_worker_that_cannot_load_it_keeps_all_from_it(house: House) -> None:
    def fragile(place: Path) -> Account:
        account = load(place)
        if len(account.roles) > 1:
            raise RuntimeError("s3cr3t of this worker")
        return account

    house.hire(11)
    house.hire(12, fragile)
    house.publisher.start()
    add_role(house.root, name="Second", trust_policy=TRUST)
    (line,) = house.told(1)
    assert (line["outcome"], line["check"]) == ("refused", "internal")
    assert "s3cr3t" not in json.dumps(line)
    assert house.roles() == [["First"]] * 2


def test_a_new_worker_begins_with_what_the_others_serve_not_with_what_lies_there(house: House) -> None:
    (house.root / "roles" / "First.json").write_text("{", encoding="utf-8")
    house.hire(11)
    assert house.roles() == [["First"]]


def test_a_worker_that_ends_over_it_is_waited_for_and_the_offer_repeated(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_AGAIN_SECONDS", 0.01)
    house.hire(11)
    house.living.add(12)  # never looks
    house.publisher.start()
    add_role(house.root, name="Second", trust_policy=TRUST)
    for _ in range(500):
        if Board(house.shared).offered:
            break
        time.sleep(0.01)
    assert Board(house.shared).offered == 2
    house.workers[11].look()
    assert house.roles() == [["First"]]
    house.living.remove(12)
    (line,) = house.told(1)
    assert (line["outcome"], house.roles()) == ("taken over", [["First", "Second"]])
    assert Board(house.shared).served.generation > 2


def test_an_account_over_which_workers_end_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_AGAIN_SECONDS", 0)
    house.living.update({11})
    answers = [frozenset({11}), frozenset()] * 3
    monkeypatch.setattr(house.publisher, "_living", lambda: answers.pop(0))
    house.publisher.start()
    add_role(house.root, name="Second", trust_policy=TRUST)
    (line,) = house.told(1)
    assert (line["outcome"], line["found"], answers) == ("refused", "workers that end while they load it", [])
    assert (Board(house.shared).served.generation, Board(house.shared).offered) == (1, 0)


def test_renewing_reads_an_unchanged_account_again(house: House) -> None:
    house.hire(11)
    house.publisher.start()
    house.publisher.renew()
    (line,) = house.told(1)
    assert (line["outcome"], line["generation"]) == ("taken over", 2)


def test_a_directory_that_is_gone_is_told_of(house: House) -> None:
    house.hire(11)
    house.publisher.start()
    house.root.rename(house.root.with_name("moved"))
    (line,) = house.told(1)
    assert (line["outcome"], line["found"]) == ("refused", "no such directory")
    house.root.with_name("moved").rename(house.root)
    house.publisher.renew()
    assert house.told(2)[1]["outcome"] == "taken over"


def test_a_disk_without_room_is_told_of(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.hire(11)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "copy_account", full)
    house.publisher.start()
    house.publisher.renew()
    (line,) = house.told(1)
    assert (line["outcome"], line["found"], line["file"]) == ("refused", "No space left on device", str(house.shared))


def test_a_faulty_account_is_not_published_at_all(tmp_path: Path) -> None:
    root = init_account(tmp_path / "account", account_id="123456789012")
    (root / "account.toml").write_text("id = 1", encoding="utf-8")
    (tmp_path / "shared").mkdir()
    publisher = Publisher([root], tmp_path / "shared", log=AccessLog(), living=frozenset)
    with pytest.raises(AccountFaults):
        publisher.publish_first(load)
    assert Board(tmp_path / "shared").served == (0, 0)


def test_a_worker_that_cannot_load_what_is_served_serves_nothing(house: House) -> None:
    follower = house.hire(11)
    place_of(house.shared, 2).mkdir()
    Board(house.shared).serve(2)
    with pytest.raises(FederationError):
        follower.current()
    follower.look()
    with pytest.raises(FederationError):
        follower.current()


def test_an_offer_taken_back_is_forgotten(house: House) -> None:
    follower = house.hire(11)
    house.publisher._copy()
    Board(house.shared).offer(2)
    follower.look()
    assert votes_on(house.shared, 2) == {11: []}
    assert follower._prepared is not None
    Board(house.shared).offer(0)
    follower.look()
    assert follower._prepared is None


def test_requests_while_the_offer_is_loaded_wait_for_nothing_else(house: House) -> None:
    """A switch that comes while a worker still loads the offer is served by that load, not by a second one."""
    loads: list[str] = []

    def slowly(place: Path) -> Account:
        loads.append(place.name)
        time.sleep(0.1 if place.name == "generation-2" else 0)
        return load(place)

    follower = house.hire(11, slowly)
    house.publisher._copy()
    Board(house.shared).offer(2)
    looking = Thread(target=follower.look)
    looking.start()
    while "generation-2" not in loads:
        time.sleep(0.001)
    Board(house.shared).serve(2)
    follower.current()
    looking.join()
    assert loads == ["generation-1", "generation-2"]
    assert follower._held.mark.generation == 2


def test_votes_come_back_as_they_were_cast(tmp_path: Path) -> None:
    faults = InternalFailure(check="internal", expected="e", found="é\n", remedy="r").as_dict()
    vote(tmp_path, 3, voter=11, faults=[faults])
    vote(tmp_path, 3, voter=12, faults=[])
    vote(tmp_path, 31, voter=13, faults=[])
    assert votes_on(tmp_path, 3) == {11: [faults], 12: []}


def test_a_vote_that_cannot_be_written_does_not_keep_a_worker_alive(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk has no room, or a sibling has removed what was shared after the supervisor was killed in the middle of an offer."""
    follower, supervisors = house.hire(11), [1, 1, 0]
    house.publisher._copy()
    Board(house.shared).offer(2)
    monkeypatch.setattr(following, "FIRST_LOOK_SECONDS", 0)
    monkeypatch.setattr(os, "getppid", lambda: supervisors.pop(0))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    def ended(pid: int, number: int) -> None:
        raise SystemExit(pid, number)

    monkeypatch.setattr(following, "vote", full)
    monkeypatch.setattr(os, "kill", ended)
    with pytest.raises(SystemExit) as end:
        follower.follow(1)
    assert end.value.args == (os.getpid(), signal.SIGINT)
    assert not house.shared.exists()
