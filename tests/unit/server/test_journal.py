"""A writer may end at any point of a change: the next one completes it, and every worker serves the same."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Thread

import pytest

from federation.account import add_oidc_provider, add_role, init_account, load_account
from federation.account.live import loaded
from federation.account.snapshot import Stamp
from federation.account.writing.oidc_providers import update_oidc_provider
from federation.account.writing.stores import Changes, DirectoryStore
from federation.account.writing.users import add_user, update_user
from federation.errors import AccountFault, EntityAlreadyExists
from federation.server import publishing
from federation.server.access_log import AccessLog
from federation.server.accounts import Serving, SharedAccount, advanced
from federation.server.endpoint import Endpoint
from federation.server.following import Follower
from federation.server.generations import Board, FaultRecord, copies_in, place_of
from federation.server.journal import Journal
from federation.server.publishing import Publisher
from federation.sts.service import SecurityTokenService
from tests.support.paths import ACCOUNT_DIRECTORY

TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}'
JWKS = next((ACCOUNT_DIRECTORY / "oidc-providers").rglob("jwks.json")).read_bytes()


class Ended(BaseException):
    """The process of a writer ends here."""


def load(place: Path) -> Serving:
    contents = loaded(DirectoryStore(*copies_in(place, 1)))
    return Serving(contents, Endpoint(SecurityTokenService(contents.account)))


class House:
    """Two workers of one account directory."""

    def __init__(self, place: Path) -> None:
        self.root, self.shared = init_account(place / "account", account_id="123456789012"), place / "shared"
        self.shared.mkdir()
        self.publisher = Publisher([self.root], self.shared, log=AccessLog(), living=frozenset)
        self.publisher.publish_first(load)
        self.one, self.two = self.worker(1), self.worker(2)

    def worker(self, number: int) -> SharedAccount:
        account = SharedAccount(self.root)
        account.follow(Follower(self.shared, load, advanced, voter=number))
        return account

    def agree(self, *roles: str) -> None:
        """Require that the directory, each worker and one that starts now have the same roles."""
        for account in (load_account(self.root), self.one.account, self.two.account, self.worker(3).account):
            assert sorted(role.name for role in account.roles.values()) == sorted(roles)
            assert account.users.keys() == self.one.account.users.keys()
            assert account.oidc_providers.keys() == self.one.account.oidc_providers.keys()
        assert self.publisher._difference() == frozenset()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_change_of_one_worker_is_served_by_the_other(house: House) -> None:
    add_role(house.one, name="First", trust_policy=TRUST)
    add_role(house.two, name="Second", trust_policy=TRUST)
    add_oidc_provider(house.one, url="https://idp.example.com/a", client_ids=["x"], jwks=JWKS)
    update_oidc_provider(house.two, url="https://idp.example.com/a", client_ids=["x", "y"])
    house.agree("First", "Second")
    assert Board(house.shared).served == (1, 4)
    with pytest.raises(EntityAlreadyExists):
        add_role(house.two, name="FIRST", trust_policy=TRUST)
    assert Board(house.shared).served == (1, 4)


def ends(monkeypatch: pytest.MonkeyPatch, owner: type, method: str, when: str) -> None:
    """Let the process of the next writer end *when*, before or after, it calls *method*."""
    real: Callable[..., object] = getattr(owner, method)

    def ending(*arguments: object, **named: object) -> object:
        monkeypatch.setattr(owner, method, real)
        if when == "after":
            real(*arguments, **named)
        raise Ended

    monkeypatch.setattr(owner, method, ending)


@pytest.mark.parametrize(
    ("owner", "method", "when", "written"),
    [
        (Journal, "intend", "before", []),
        (Journal, "confirm", "before", ["Second"]),
        (Journal, "confirm", "after", ["Second"]),
        (Board, "count", "before", ["Second"]),
        (Board, "count", "after", ["Second"]),
    ],
)
@pytest.mark.parametrize("found_by", ["writer", "supervisor"])
def test_a_writer_ends_in_the_middle(
    house: House, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, when: str, written: list[str], found_by: str
) -> None:
    add_role(house.one, name="First", trust_policy=TRUST)
    add_user(house.one, name="alice")
    ends(monkeypatch, owner, method, when)
    with pytest.raises(Ended):
        add_role(house.one, name="Second", trust_policy=TRUST)
    house.one = house.worker(1)  # granian starts another one
    if found_by == "writer":
        update_user(house.two, name="alice", new_name="alba")
    else:
        with house.publisher._writing_excluded(house.root):
            pass
    house.agree("First", *written)


def test_a_change_of_several_files_is_completed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rename of a user writes one file and removes another. The process ends between the two."""
    add_user(house.one, name="alice")
    real = DirectoryStore.apply

    def half(store: DirectoryStore, changes: Changes) -> None:
        monkeypatch.setattr(DirectoryStore, "apply", real)
        monkeypatch.setattr(Journal, "withdraw", lambda *_: None)  # a process that ended withdraws nothing
        real(store, {name: new for name, new in changes.items() if new is not None})
        raise Ended

    monkeypatch.setattr(DirectoryStore, "apply", half)
    with pytest.raises(Ended):
        update_user(house.one, name="alice", new_name="alba")
    monkeypatch.undo()
    assert {file.name for file in (house.root / "users").iterdir()} == {"alice.json", "alba.json"}
    add_role(house.two, name="First", trust_policy=TRUST)
    house.one = house.worker(1)
    assert {user.name for user in house.two.account.users.values()} == {"alba"}
    house.agree("First")


def test_half_a_line_is_no_change(house: House) -> None:
    add_role(house.one, name="First", trust_policy=TRUST)
    journal = place_of(house.shared, 1) / "changes"
    with journal.open("ab") as stream:
        stream.write(json.dumps({"files": {"roles/Second.json": None}})[:20].encode("ascii"))
    add_role(house.two, name="Third", trust_policy=TRUST)
    house.agree("First", "Third")


def test_a_refused_write_leaves_the_journal_as_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add_role(house.one, name="First", trust_policy=TRUST)
    before = (place_of(house.shared, 1) / "changes").read_bytes()
    full = AccountFault(file="x", path="", expected="room", found="No space left on device", remedy="make room", check="write")

    def refuse(*_: object) -> None:
        raise full

    with monkeypatch.context() as patched:
        patched.setattr(DirectoryStore, "apply", refuse)
        with pytest.raises(AccountFault):
            add_role(house.one, name="Second", trust_policy=TRUST)
    assert (place_of(house.shared, 1) / "changes").read_bytes() == before
    house.agree("First")


def test_what_workers_write_during_a_publication_belongs_to_the_new_generation(house: House) -> None:
    add_role(house.one, name="First", trust_policy=TRUST)
    add_role(house.root, name="ByHand", trust_policy=TRUST)
    copied = house.publisher._copy()
    assert copied is not None
    add_role(house.one, name="Second", trust_policy=TRUST)
    house.publisher._decide(copied, [])
    assert Board(house.shared).served == (2, 1)
    add_role(house.two, name="Third", trust_policy=TRUST)
    house.agree("ByHand", "First", "Second", "Third")


def test_a_long_journal_becomes_a_generation(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that runs for years must not read all their changes when it starts one more worker."""
    add_role(house.one, name="First", trust_policy=TRUST)
    monkeypatch.setattr(house.publisher, "_ask", list)
    house.publisher._look()
    assert Board(house.shared).served == (1, 1)
    house.publisher._renewed_at = 100
    house.publisher._look()
    assert Board(house.shared).served == (2, 0)
    house.agree("First")
    add_role(house.one, name="Second", trust_policy=TRUST)
    house.agree("First", "Second")


def test_a_journal_whose_generation_is_refused_is_not_tried_again_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = AccountFault(file="x", path="", expected="a", found="b", remedy="c")
    asked: list[int] = []

    def refuse() -> list[FaultRecord]:
        asked.append(1)
        return [fault.as_dict()]

    monkeypatch.setattr(house.publisher, "_ask", refuse)
    add_role(house.one, name="First", trust_policy=TRUST)
    house.publisher._renewed_at = 100
    house.publisher._look()
    house.publisher._look()
    assert (len(asked), Board(house.shared).served) == (1, (1, 1))


def test_a_slow_worker_is_not_taken_for_a_change_by_hand(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has written the directory and not yet the journal, for longer than the supervisor waits for that."""
    monkeypatch.setattr(publishing, "IN_FLIGHT_SECONDS", 0)
    written, real = Event(), Journal.confirm

    def slowly(journal: Journal, stamps: Mapping[str, Stamp | None]) -> None:
        written.set()
        time.sleep(0.5)
        real(journal, stamps)

    monkeypatch.setattr(Journal, "confirm", slowly)
    writing = Thread(target=lambda: add_role(house.one, name="First", trust_policy=TRUST))
    writing.start()
    written.wait()
    assert house.publisher._difference() != frozenset()
    monkeypatch.setattr(house.publisher, "_copy", lambda: pytest.fail("a generation is copied"))
    house.publisher._look()
    writing.join()
    assert Board(house.shared).served == (1, 1)
    house.agree("First")


def test_the_log_of_a_worker_that_never_followed(tmp_path: Path) -> None:
    account = SharedAccount(tmp_path)
    with pytest.raises(RuntimeError):
        account.present()
