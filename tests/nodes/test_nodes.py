"""Two machines behind nginx, with one state and one keyring: what the one does, the other knows, whatever happens to either."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import pytest

from federation.account.writing.keyring import rotate_keyring
from tests.nodes import faults
from tests.nodes.clients import clients, of_the_node, of_the_proxy
from tests.nodes.cluster import Cluster, cluster
from tests.nodes.load import run
from tests.support.paths import REPOSITORY
from tests.support.traffic.client import Keys, fresh_response

pytestmark = pytest.mark.nodes
AHEAD_SECONDS = 120
LOAD_SECONDS = 120
FAULT_SECONDS = 12


@pytest.fixture(scope="module")
def place() -> Iterator[Cluster]:
    # Not below the directory of pytest: the state's own files need no room there.
    with TemporaryDirectory(prefix="nodes-") as folder, cluster(Path(folder)) as running:
        yield running


def meanwhile(place: Cluster, act: Callable[[], None], *, count: int = 4) -> list[tuple[int, str]]:
    """Log in and use the session through the proxy again and again while *act* runs; the statuses, and why there was none."""
    ended = Event()

    def busy(_: int) -> list[tuple[int, str]]:
        client, found = of_the_proxy(place), []
        while not ended.is_set():
            status, answer = client.web_identity()
            found.append((status, client.why))
            if status == 200:
                found.append((client.who(Keys.of(answer, "AssumeRoleWithWebIdentity"))[0], client.why))
        client.close()
        return found

    with clients(place.hub, count) as pool:
        running = pool.map(busy, range(count))
        try:
            act()
        finally:
            ended.set()
        return [each for found in running for each in found]


def test_a_response_that_is_posted_to_both_nodes_is_granted_once(place: Cluster) -> None:
    def post(given: tuple[int, str]) -> int:
        client = of_the_node(place, given[0])
        try:
            return client.saml(given[1])[0]
        finally:
            client.close()

    with clients(place.hub, 8) as pool:
        for _ in range(20):
            response = fresh_response()
            answers = list(pool.map(post, [(number % 2, response) for number in range(8)]))
            assert Counter(answers) == {200: 1, 403: 7}


def test_nothing_fails_while_the_nodes_are_restarted_one_after_the_other(place: Cluster) -> None:
    answers = meanwhile(place, lambda: faults.restart(place))
    assert Counter(answers) == {(200, ""): len(answers)}
    assert len(answers) > 20


def test_nothing_fails_while_accounts_are_read_again_and_certificates_are_renewed(place: Cluster) -> None:
    def renew() -> None:
        told = [len(node.events(event="certificate", outcome="taken over")) for node in place.nodes]
        faults.reload_account(place)
        faults.renew_certificates(place)
        for node, before in zip(place.nodes, told, strict=True):
            node.await_event(before + 1, event="certificate", outcome="taken over")

    answers = meanwhile(place, renew)
    assert Counter(answers) == {(200, ""): len(answers)}


def test_a_node_that_is_killed_fails_nobody_behind_the_proxy(place: Cluster) -> None:
    answers = meanwhile(place, lambda: faults.kill_node(place))
    assert Counter(answers) == {(200, ""): len(answers)}


def test_a_session_opens_at_the_other_node_at_each_moment_of_a_rotation(place: Cluster) -> None:
    before = [len(node.events(event="account", outcome="taken over")) for node in place.nodes]
    begins = datetime.now(UTC) + timedelta(seconds=6)
    rotate_keyring(place.nodes[0].account, seals_from=begins)

    def login_and_use(number: int) -> int:
        issuing, using = of_the_node(place, number), of_the_node(place, 1 - number)
        status, answer = issuing.web_identity()
        found = using.who(Keys.of(answer, "AssumeRoleWithWebIdentity"))[0] if status == 200 else status
        issuing.close()
        using.close()
        return found

    found = []
    with clients(place.hub, 2) as pool:
        place.nodes[0].await_event(before[0] + 1, event="account", outcome="taken over")
        found += list(pool.map(login_and_use, range(2)))  # the other node does not have the key
        faults.distribute(place)
        place.nodes[1].await_event(before[1] + 1, event="account", outcome="taken over")
        assert datetime.now(UTC) < begins, "the machine is too slow for this test"
        while datetime.now(UTC) < begins + timedelta(seconds=1):
            found += list(pool.map(login_and_use, range(2)))
    assert set(found) == {200}


def test_a_token_is_granted_once_by_nodes_whose_clocks_differ() -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("shifting the calendar of a node takes a C compiler (cc)")
    with TemporaryDirectory(prefix="nodes-") as name:
        folder = Path(name)
        library = folder / "shift.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, REPOSITORY / "tests/calendar/shift.c", "-ldl"], check=True)
        skewed = {"LD_PRELOAD": str(library), "CALENDAR_SHIFT_SECONDS": str(AHEAD_SECONDS)}
        with cluster(folder, skewed=skewed) as place, clients(place.hub, 1) as pool:

            def both(order: tuple[int, int]) -> list[int]:
                response, found = fresh_response(), []
                for number in order:
                    client = of_the_node(place, number)
                    found.append(client.saml(response)[0])
                    client.close()
                return found

            assert list(pool.map(both, [(0, 1), (1, 0)])) == [[200, 403], [200, 403]]
            entries = place.nodes[1].events(operation="AssumeRoleWithSAML")
            ahead = datetime.fromisoformat(str(entries[-1]["time"])) - datetime.now(UTC)
            assert AHEAD_SECONDS - 60 < ahead.total_seconds() < AHEAD_SECONDS + 60


def test_two_minutes_of_mixed_traffic_with_faults(place: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    report = run(place, seconds=LOAD_SECONDS, every=FAULT_SECONDS, faults=faults.FAULTS)
    with capsys.disabled():
        print(f"\n{report.text()}")  # noqa: T201
    assert report.failed() == []
    late = [each for each in report.unexpected() if not (each.kind == "saml" and each.status == 403)]
    assert late == []
    assert len(report.unexpected()) <= 2, "a request that was tried again after its node was killed, and was recorded before"
    assert max(report.growth()) < 1.1
