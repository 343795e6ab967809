"""Scrapes of a running server of two workers: what was asked is counted once, whoever answered, and whoever was killed."""

import os
import re
import shutil
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.support.paths import ACCOUNT_DIRECTORY
from tests.support.posting import post
from tests.support.scrapes import parsed, scrape, sum_of
from tests.support.server import Served, forge_response, need_server, serve

PATIENCE_SECONDS = 20
SCRAPES = 12
"""Each is a connection of its own, so that both workers answer some."""


@pytest.fixture
def account(tmp_path: Path) -> Path:
    need_server()
    return Path(shutil.copytree(ACCOUNT_DIRECTORY, tmp_path / "account"))


@pytest.fixture
def server(account: Path) -> Iterator[Served]:
    state = f"sqlite:///{account}.state.sqlite"
    running = serve(account.parent / "access.log", "--workers", "2", "--state", state, account=account)
    yield running
    running.stop()


def seeded() -> str:
    return forge_response(datetime.now(UTC), seed=os.urandom(8).hex())


def logins(server: Served, **labels: str) -> float:
    return sum_of(parsed(scrape(server.url)), "federation_requests_total", operation="AssumeRoleWithSAML", **labels)


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_any_worker_tells_what_all_of_them_answered(server: Served) -> None:
    responses = [seeded() for _ in range(10)]
    with ThreadPoolExecutor(4) as clients:
        assert sorted(clients.map(post, [server] * 20, responses * 2)) == [200] * 10 + [403] * 10
    for _ in range(SCRAPES):
        samples = parsed(scrape(server.url))
        for labels, count in (({"outcome": "granted"}, 10), ({"outcome": "refused", "check": "replay"}, 10), ({}, 20)):
            assert sum_of(samples, "federation_requests_total", operation="AssumeRoleWithSAML", **labels) == count
        assert sum_of(samples, "federation_request_seconds_count", operation="AssumeRoleWithSAML") == 20
        # Of each worker the first login is measured, and one of seventeen from then on.
        stages = {
            sum_of(samples, "federation_stage_seconds_count", stage=each) for each in ("decode", "verify", "check", "evaluate", "issue")
        }
        assert len(stages) == 1
        assert 1 <= stages.pop() <= 3
        assert sum_of(samples, "federation_state_seconds_count", call="first_use") == 20


def test_a_killed_worker_takes_no_count_with_it(server: Served) -> None:
    assert [post(server, seeded()) for _ in range(8)] == [200] * 8
    for kills in (1, 2):
        before = set(server.workers())
        os.kill(min(before), signal.SIGKILL)
        until(lambda before=before: len(workers := set(server.workers())) == 2 and workers != before)  # type: ignore[misc]

        def all_started(kills: int = kills) -> bool:
            with suppress(URLError, ConnectionError):  # the connection was in the queue of the killed one
                return sum_of(parsed(scrape(server.url)), "federation_worker_starts_total") == 2 + kills
            return False

        until(all_started)
        for _ in range(SCRAPES):
            assert logins(server, outcome="granted") == 8
    assert post(server, seeded()) == 200
    assert logins(server) == 9


def test_a_state_that_goes_away_is_seen(server: Served, account: Path) -> None:
    assert sum_of(parsed(scrape(server.url)), "federation_state_failures_total") == 0
    Path(f"{account}.state.sqlite").unlink()
    assert post(server, seeded()) == 500
    samples = parsed(scrape(server.url))
    assert sum_of(samples, "federation_state_failures_total", call="first_use") == 1
    assert sum_of(samples, "federation_requests_total", outcome="failed", check="state", operation="AssumeRoleWithSAML") == 1


def test_a_change_of_the_account_is_seen(server: Served, account: Path) -> None:
    role = account / "roles" / "GitHubDeploy.json"
    good = role.read_text(encoding="utf-8")
    role.write_text("{", encoding="utf-8")
    until(lambda: sum_of(parsed(scrape(server.url)), "federation_account_outcomes_total", outcome="refused") == 1)
    assert sum_of(parsed(scrape(server.url)), "federation_account_generation") == 1
    role.write_text(re.sub("$", "\n", good), encoding="utf-8")
    until(lambda: sum_of(parsed(scrape(server.url)), "federation_account_generation") > 1)
    assert sum_of(parsed(scrape(server.url)), "federation_account_outcomes_total", outcome="taken over") == 1


def test_a_scrape_through_a_proxy_is_refused(server: Served) -> None:
    asked = urllib.request.Request(f"{server.url}/metrics", headers={"X-Forwarded-For": "127.0.0.1"})  # noqa: S310 - our own server
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=60)  # noqa: S310 - our own server
    refused.value.close()
    assert refused.value.code == 403
    assert sum_of(parsed(scrape(server.url)), "federation_requests_total", operation="metrics", check="metrics-peer") == 1
