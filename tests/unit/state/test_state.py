"""What every `State` keeps to: in memory, in a file, and on servers."""

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.errors import FederationError, RegistrationError
from federation.state import MemoryState, State, beside, open_state
from federation.state.sqlite import SqliteState
from tests.support.world import ISSUED

AT = ISSUED
MINUTE = timedelta(minutes=1)
UNTIL = AT + 5 * MINUTE
DEVICE = "arn:aws:iam::123456789012:mfa/a"


def test_a_token_is_used_once(state: State) -> None:
    assert state.first_use("idp", "_1", until=UNTIL, at=AT)
    assert not state.first_use("idp", "_1", until=UNTIL, at=AT + 4 * MINUTE)
    assert state.first_use("idp", "_2", until=UNTIL, at=AT)
    assert state.first_use("other", "_1", until=UNTIL, at=AT)
    assert state.first_use("id", "p_1", until=UNTIL, at=AT)
    assert not state.may_have_forgotten(AT)


def test_what_has_ended_is_forgotten_and_its_id_may_come_again(state: State) -> None:
    assert state.first_use("idp", "_1", until=UNTIL, at=AT)
    assert not state.first_use("idp", "_1", until=UNTIL, at=UNTIL)
    assert state.may_have_forgotten(UNTIL)
    assert not state.may_have_forgotten(UNTIL + timedelta(microseconds=1))
    assert state.first_use("idp", "_1", until=UNTIL + 5 * MINUTE, at=UNTIL)


@pytest.mark.parametrize("ahead", [10 * MINUTE, timedelta(days=365), timedelta(days=365 * 100)])
def test_a_clock_that_steps_forward_and_back_brings_no_use_back(state: State, ahead: timedelta) -> None:
    assert state.first_use("idp", "_1", until=UNTIL, at=AT)
    assert state.first_use("idp", "_ahead", until=AT + ahead + 5 * MINUTE, at=AT + ahead)
    assert not state.first_use("idp", "_1", until=UNTIL, at=AT + MINUTE)
    # Unused, but not to be told from what was forgotten.
    assert not state.first_use("idp", "_2", until=UNTIL, at=AT + MINUTE)
    # Whatever ends later was never forgotten: logins go on within minutes, however far the clock was ahead.
    assert state.first_use("idp", "_3", until=UNTIL + MINUTE, at=AT + MINUTE)
    assert not state.first_use("idp", "_3", until=UNTIL + MINUTE, at=AT + MINUTE)
    assert not state.first_use("idp", "_ahead", until=AT + ahead + 5 * MINUTE, at=AT + MINUTE)


def test_uses_forgotten_in_a_wrong_year_keep_nobody_out_of_the_right_one(state: State) -> None:
    ahead = AT + timedelta(days=36_500)
    assert state.first_use("idp", "_1", until=ahead + 5 * MINUTE, at=ahead)
    assert state.first_use("idp", "_2", until=ahead + 90 * MINUTE, at=ahead + 60 * MINUTE)
    assert not state.first_use("idp", "_1", until=ahead + 5 * MINUTE, at=ahead)
    assert state.first_use("idp", "_3", until=UNTIL, at=AT)
    assert not state.first_use("idp", "_3", until=UNTIL, at=AT)


def test_a_clock_that_steps_back_forgets_nothing(state: State) -> None:
    assert state.first_use("idp", "_1", until=UNTIL, at=AT)
    assert state.first_use("idp", "_2", until=UNTIL - timedelta(days=1), at=AT - timedelta(days=1))
    assert not state.first_use("idp", "_1", until=UNTIL, at=AT)
    assert state.may_have_forgotten(UNTIL - timedelta(days=1))
    assert not state.may_have_forgotten(UNTIL)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(st.tuples(st.integers(0, 12), st.integers(-2000, 2000)), max_size=40),
    ends=st.lists(st.integers(-1000, 1000), min_size=13, max_size=13),
)
def test_no_token_is_first_twice_whatever_the_clock_does(state: State, calls: list[tuple[int, int]], ends: list[int]) -> None:
    state.forget_all()
    firsts: list[int] = []
    for token, now in calls:
        until, at = AT + ends[token] * timedelta(seconds=1), AT + now * timedelta(seconds=1)
        firsts += [token] * state.first_use("idp", str(token), until=until, at=at)
    assert len(firsts) == len(set(firsts))
    assert state.first_use("idp", "fresh", until=AT + timedelta(days=1), at=AT)


@pytest.mark.parametrize("token_id", ["", "\x00", "\ud800", "é" * 5000, "'; DROP TABLE used; --"])
def test_any_id_is_only_an_id(state: State, token_id: str) -> None:
    assert state.first_use("idp", token_id, until=UNTIL, at=AT)
    assert not state.first_use("idp", token_id, until=UNTIL, at=AT)


@pytest.mark.parametrize("instant", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar_are_instants(state: State, instant: datetime) -> None:
    assert state.first_use("idp", "_1", until=instant, at=AT)
    state.first_use("idp", "_2", until=instant, at=instant)
    assert not state.first_use("idp", "_1", until=instant, at=AT)
    assert state.may_have_forgotten(instant)


def test_d09_what_has_ended_is_forgotten(state: MemoryState | SqliteState) -> None:
    for number in range(300):
        state.first_use("idp", f"_{number}", until=AT + timedelta(seconds=number), at=AT)
    for _ in range(2):  # a call forgets so many at most
        state.first_use("idp", "_last", until=UNTIL, at=AT + timedelta(seconds=290))
    assert len(state) == 10


def test_concurrent_uses_have_one_first(state: State) -> None:
    first: list[bool] = []
    threads = [threading.Thread(target=lambda: first.append(state.first_use("idp", "_1", until=UNTIL, at=AT))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(first) == 1


def test_a_code_is_spent_once_and_never_backwards(state: State) -> None:
    assert state.claim(DEVICE, 100)
    assert not state.claim(DEVICE, 100)
    assert not state.claim(DEVICE, 99)
    assert state.claim("arn:aws:iam::123456789012:mfa/b", 99)
    assert state.claim(DEVICE, 101)


def test_a_trade_in_token_is_exchanged_once_for_good(state: State) -> None:
    assert state.first_exchange("a" * 64)
    assert not state.first_exchange("a" * 64)
    assert state.first_use("idp", "_1", until=AT + 36_500 * timedelta(days=1), at=AT + 36_000 * timedelta(days=1))
    assert not state.first_exchange("a" * 64)
    assert state.first_exchange("b" * 64)


def test_a_state_of_tests_forgets_everything(state: MemoryState | SqliteState) -> None:
    for _ in range(2):
        assert state.first_use("issuer", "id", until=UNTIL, at=AT)
        assert state.first_use("issuer", "later", until=UNTIL + 5 * MINUTE, at=UNTIL + MINUTE)
        assert not state.first_use("issuer", "id", until=UNTIL, at=AT)
        assert state.claim("device", 7)
        assert state.first_exchange("digest")
        state.forget_all()
    assert not state.may_have_forgotten(UNTIL)


def test_a_url_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place, file in ((f"sqlite:///{tmp_path}/one", "one"), ("sqlite:///two", "two"), (tmp_path / "three", "three")):
        with closing(open_state(place)) as state:  # type: ignore[type-var]
            assert isinstance(state, SqliteState)
            assert (tmp_path / file).is_file()
    assert beside("account/") == str(tmp_path / "account.state.sqlite")
    (tmp_path / "current").symlink_to(tmp_path / "release-1")
    assert beside(tmp_path / "current") == f"{tmp_path}/current.state.sqlite"


@pytest.mark.parametrize(
    "place",
    [
        "redis:/user:hunter2@localhost/0",
        "rediss:user:hunter2@localhost/0",
        "postgres://user:hunter2@localhost/state",
        "mysql://user:hunter2@localhost/state",
        "sqlite://relative",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file?mode=memory",
        "SQLITE:///x",
        "/var/lib/state",
        "",
        5,
        b"sqlite:///x",
    ],
)
def test_any_other_url_is_refused(place: object) -> None:
    with pytest.raises(RegistrationError) as refused:
        open_state(place)  # type: ignore[arg-type]
    assert refused.value.check == "state-url"
    assert "hunter2" not in str(refused.value)
    assert isinstance(refused.value, FederationError)
