"""Mixed traffic on the cluster, at a share of what it can do, while faults are injected: what failed, how long answers took, and memory."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from threading import Event, Lock

from tests.nodes.clients import Client, Keys, clients, fresh_response
from tests.nodes.cluster import HUB, PROXY_PORT, Cluster
from tests.support.server import fresh_token

THREADS = 8
SHARE = 0.8
CAPACITY_SECONDS = 6
MIX = {"web identity": 50, "who": 30, "saml": 14, "used again": 4, "health": 2}
EXPECTED = {"web identity": 200, "who": 200, "saml": 200, "used again": 403, "health": 200}
SAMPLE_SECONDS = 2.0


@dataclass
class Answered:
    """One request: when it was due in seconds since the begin, what it was, how it was answered, and how long after it was due."""

    due: float
    kind: str
    status: int
    seconds: float
    why: str = ""


@dataclass
class Report:
    """What became of the traffic."""

    capacity: float
    rate: float
    answers: list[Answered] = field(default_factory=list)
    faults: list[tuple[float, str]] = field(default_factory=list)
    kilobytes: list[list[int]] = field(default_factory=list)

    def unexpected(self) -> list[Answered]:
        """Answers that a client without faults would not get."""
        return [each for each in self.answers if each.status != EXPECTED[each.kind]]

    def failed(self) -> list[Answered]:
        """Requests without an answer, and those that were answered by a status of the server's fault."""
        return [each for each in self.answers if each.status == 0 or each.status >= 500]

    def percentile(self, share: float) -> float:
        """How many milliseconds that share of the answers took, at most."""
        taken = sorted(each.seconds for each in self.answers)
        return 1000 * taken[min(len(taken) - 1, int(share * len(taken)))]

    def growth(self) -> list[float]:
        """Memory of each node in the last quarter beside the second one: medians, which a node that is just starting does not move."""
        found = []
        for samples in zip(*self.kilobytes, strict=True):
            quarter = max(1, len(samples) // 4)
            found.append(median(samples[-quarter:]) / median(samples[quarter : 2 * quarter]))
        return found

    def text(self) -> str:
        counts = Counter((each.kind, each.status) for each in self.answers)
        lines = [
            f"capacity {self.capacity:.0f} requests/s, load {self.rate:.0f} requests/s, {len(self.answers)} requests",
            f"milliseconds: p50 {self.percentile(0.5):.1f}, p99 {self.percentile(0.99):.1f}, p99.9 {self.percentile(0.999):.1f}",
            f"without answer or 5xx: {len(self.failed())}; not as expected: {len(self.unexpected())}",
            f"memory, last quarter beside second: {', '.join(f'{each:.3f}' for each in self.growth())}",
            *(f"  {kind:<13} {status}: {count}" for (kind, status), count in sorted(counts.items())),
            *(f"  fault at {at:6.1f} s: {name}" for at, name in self.faults),
            *(f"  {each.kind} due at {each.due:.1f} s: {each.status} {each.why}" for each in self.unexpected()[:20]),
        ]
        return "\n".join(lines)


class _User:
    """One thread of the traffic."""

    def __init__(self, place: Cluster, seed: int) -> None:
        self._client = Client(HUB, PROXY_PORT, place.authority.certificate)
        self._random = random.Random(seed)  # noqa: S311
        self._token, self._renewed = "", 0.0
        self._keys: Keys | None = None
        self._used = ""

    def close(self) -> None:
        self._client.close()

    def ask(self) -> tuple[str, int, str]:
        """Make one request, and return its kind, the status, and why there was no answer."""
        kind = self._random.choices(list(MIX), list(MIX.values()))[0]
        if kind == "who" and self._keys is None:
            kind = "web identity"
        if kind == "used again" and not self._used:
            kind = "saml"
        self._client.why = ""
        status, answer = self._asked(kind)
        why = self._client.why or ("" if status == EXPECTED[kind] else json.dumps(answer)[:300])
        return kind, status, why

    def _asked(self, kind: str) -> tuple[int, object]:
        if kind == "who":
            assert self._keys is not None
            return self._client.who(self._keys)
        if kind == "health":
            return self._client.get("/health")
        if kind == "used again":
            used, self._used = self._used, ""
            return self._client.saml(used)
        if kind == "saml":
            response = fresh_response()
            status, answer = self._client.saml(response)
            self._used = response if status == 200 else ""
            return status, answer
        if time.monotonic() - self._renewed > 30:
            self._token, self._renewed = fresh_token(), time.monotonic()
        status, answer = self._client.web_identity(self._token)
        if status == 200:
            self._keys = Keys.of(answer, "AssumeRoleWithWebIdentity")
        return status, answer


def capacity(place: Cluster) -> float:
    """Return how many requests a second all threads get answered that ask as soon as they can."""
    ends = time.monotonic() + CAPACITY_SECONDS

    def busy(seed: int) -> int:
        user, count = _User(place, seed), 0
        while time.monotonic() < ends:
            user.ask()
            count += 1
        user.close()
        return count

    with clients(place.hub, THREADS) as pool:
        return sum(pool.map(busy, range(THREADS))) / CAPACITY_SECONDS


def run(place: Cluster, *, seconds: float, every: float, faults: dict[str, Callable[[Cluster], None]]) -> Report:
    """Load *place* for *seconds*, and inject the next one of *faults* each *every* seconds."""
    able = capacity(place)
    report = Report(able, able * SHARE)
    begun, lock = time.monotonic() + 0.2, Lock()

    def user(number: int) -> None:
        mine = _User(place, 1000 + number)
        for turn in itertools.count():
            due = (turn * THREADS + number) / report.rate
            if due >= seconds:
                break
            time.sleep(max(0.0, begun + due - time.monotonic()))
            kind, status, why = mine.ask()
            taken = time.monotonic() - begun - due  # of the instant when it was due: who waits is counted as waiting
            with lock:
                report.answers.append(Answered(due, kind, status, taken, why))
        mine.close()

    ended = Event()
    with ThreadPoolExecutor(2) as watchers, clients(place.hub, THREADS) as pool:
        watchers.submit(_sample, place, report, ended)
        injecting = watchers.submit(_inject, place, report, begun, seconds, every, _turns(faults))
        try:
            list(pool.map(user, range(THREADS)))
        finally:
            ended.set()
        injecting.result()
    return report


def _turns(faults: dict[str, Callable[[Cluster], None]]) -> Iterator[tuple[str, Callable[[Cluster], None]]]:
    return itertools.cycle(faults.items())


def _inject(
    place: Cluster,
    report: Report,
    begun: float,
    seconds: float,
    every: float,
    turns: Iterator[tuple[str, Callable[[Cluster], None]]],
) -> None:
    for number in itertools.count(1):
        at = number * every
        if at > seconds - every / 2:
            return
        time.sleep(max(0.0, begun + at - time.monotonic()))
        name, fault = next(turns)
        report.faults.append((time.monotonic() - begun, name))
        fault(place)


def _sample(place: Cluster, report: Report, ended: Event) -> None:
    while not ended.wait(SAMPLE_SECONDS):
        report.kilobytes.append([node.kilobytes() for node in place.nodes])
