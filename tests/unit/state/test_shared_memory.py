from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from federation.errors import AccountFault
from federation.state.replay import ReplayCache
from federation.state.shared_memory import SWEEP_SECONDS, SharedMemory
from federation.sts.mfa import UsedCodes

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
UNTIL = AT + timedelta(minutes=5)


def grants(path: Path) -> int:
    """How many of the same hundred tokens one worker is the first to use."""
    with closing(SharedMemory(path)) as memory:
        return sum(memory.first_use("https://idp.example.com", f"_{n}", until=UNTIL, at=AT) for n in range(100))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[SharedMemory]:
    with closing(SharedMemory(tmp_path / "used")) as opened:
        yield opened


def test_a_token_is_used_once(memory: ReplayCache) -> None:
    assert memory.first_use("idp", "_1", until=UNTIL, at=AT)
    assert not memory.first_use("idp", "_1", until=UNTIL, at=AT + timedelta(minutes=4))
    assert memory.first_use("idp", "_2", until=UNTIL, at=AT)
    assert memory.first_use("other", "_1", until=UNTIL, at=AT)


def test_what_has_ended_is_forgotten(memory: SharedMemory) -> None:
    memory.first_use("idp", "_1", until=UNTIL, at=AT)
    memory.first_use("idp", "_2", until=UNTIL, at=UNTIL + timedelta(seconds=SWEEP_SECONDS))
    assert len(memory) == 1
    assert memory.first_use("idp", "_1", until=UNTIL + timedelta(minutes=5), at=UNTIL)


def test_workers_share_one_memory(tmp_path: Path) -> None:
    path = tmp_path / "used"
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as workers:
        assert sum(workers.map(grants, [path] * 4)) == 100


@pytest.mark.parametrize("token_id", ["", "\x00", "\ud800", "é" * 5000, "'; DROP TABLE used; --"])
def test_any_id_is_only_an_id(memory: SharedMemory, token_id: str) -> None:
    assert memory.first_use("idp", token_id, until=UNTIL, at=AT)
    assert not memory.first_use("idp", token_id, until=UNTIL, at=AT)


def test_a_memory_that_cannot_be_used_grants_nothing(tmp_path: Path) -> None:
    with pytest.raises(AccountFault) as caught:
        SharedMemory(tmp_path / "absent" / "used")
    assert caught.value.check == "replay"
    memory = SharedMemory(tmp_path / "used")
    memory.close()
    with pytest.raises(AccountFault):
        memory.first_use("idp", "_1", until=UNTIL, at=AT)


def test_a_code_is_spent_once_and_never_backwards(memory: SharedMemory) -> None:
    used: UsedCodes = memory
    assert used.claim("arn:aws:iam::123456789012:mfa/a", 100)
    assert not used.claim("arn:aws:iam::123456789012:mfa/a", 100)
    assert not used.claim("arn:aws:iam::123456789012:mfa/a", 99)
    assert used.claim("arn:aws:iam::123456789012:mfa/b", 99)
    assert used.claim("arn:aws:iam::123456789012:mfa/a", 101)
