"""One server of each kind, started once, and emptied for every test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from federation.state import MemoryState, open_state
from federation.state.sqlite import SqliteState
from tests.support.stores import PostgresqlStore, RedisStore, Store, started


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the tests that ask for a server to `make stores`."""
    for item in items:
        if not {"redis", "postgresql"}.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.stores)


@pytest.fixture(scope="session")
def redis() -> Iterator[Store]:
    with started(RedisStore) as store:
        yield store


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Store]:
    with started(PostgresqlStore) as store:
        yield store


SERVERS = [pytest.param(name, marks=pytest.mark.stores) for name in ("redis", "postgresql")]


@pytest.fixture(params=SERVERS)
def store(request: pytest.FixtureRequest) -> Store:
    """A server without a state."""
    running: Store = request.getfixturevalue(request.param)
    running.clear()
    return running


@pytest.fixture(params=["memory", "sqlite", *SERVERS])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A state of each kind."""
    if request.param == "memory":
        yield MemoryState()
    elif request.param == "sqlite":
        with closing(SqliteState(tmp_path / "used")) as opened:
            yield opened
    else:
        running: Store = request.getfixturevalue(request.param)
        running.clear()
        with closing(open_state(running.url)) as opened:  # type: ignore[type-var]
            yield opened
