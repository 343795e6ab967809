"""Mixed traffic on the cluster, at a share of what it can do, while faults are injected."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from tests.nodes.clients import clients, of_the_proxy
from tests.nodes.cluster import Cluster
from tests.support.traffic.load import Report, User
from tests.support.traffic.load import run as run_traffic

THREADS = 8
SHARE = 0.8
CAPACITY_SECONDS = 6


def capacity(place: Cluster) -> float:
    """Return how many requests a second all threads get answered that ask as soon as they can."""
    ends = time.monotonic() + CAPACITY_SECONDS

    def busy(seed: int) -> int:
        user, count = User(of_the_proxy(place), seed), 0
        while time.monotonic() < ends:
            user.ask()
            count += 1
        user.close()
        return count

    with clients(place.hub, THREADS) as pool:
        return sum(pool.map(busy, range(THREADS))) / CAPACITY_SECONDS


def run(place: Cluster, *, seconds: float, every: float, faults: Mapping[str, Callable[[Cluster], None]]) -> Report:
    """Load *place* for *seconds*, and inject the next one of *faults* each *every* seconds."""
    able = capacity(place)
    report = Report(able * SHARE, able)
    bound = {name: lambda fault=fault: fault(place) for name, fault in faults.items()}
    users = [User(of_the_proxy(place), 1000 + number) for number in range(THREADS)]
    with clients(place.hub, THREADS) as pool:
        run_traffic(
            report,
            users,
            pool,
            seconds=seconds,
            every=every,
            faults=bound,
            kilobytes=lambda: [node.kilobytes() for node in place.nodes],
        )
    return report
