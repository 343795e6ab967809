"""Mixed traffic by a fixed timetable while faults are injected: what failed, how long answers took, and memory."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from threading import Event, Lock

from tests.support.server import fresh_token
from tests.support.traffic.client import Client, Keys, fresh_response

MIX = {"web identity": 50, "who": 30, "saml": 14, "used again": 4, "health": 2}
AGAIN = "saml, asked twice"
"""A server that did not answer may have recorded the use before it ended: the next one may refuse it, and rightly."""
EXPECTED = {"web identity": {200}, "who": {200}, "saml": {200}, AGAIN: {200, 403}, "used again": {403}, "health": {200}}
SAMPLE_SECONDS = 2.0
TOKEN_SECONDS = 30.0
"""How long a user shows one ID token."""


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

    rate: float
    capacity: float | None = None
    answers: list[Answered] = field(default_factory=list)
    faults: list[tuple[float, str]] = field(default_factory=list)
    kilobytes: list[list[int]] = field(default_factory=list)

    def unexpected(self) -> list[Answered]:
        """Answers that a client without faults would not get."""
        return [each for each in self.answers if each.status not in EXPECTED[each.kind]]

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
        able = "" if self.capacity is None else f"capacity {self.capacity:.0f} requests/s, "
        lines = [
            f"{able}load {self.rate:.0f} requests/s, {len(self.answers)} requests",
            f"milliseconds: p50 {self.percentile(0.5):.1f}, p99 {self.percentile(0.99):.1f}, p99.9 {self.percentile(0.999):.1f}",
            f"without answer or 5xx: {len(self.failed())}; not as expected: {len(self.unexpected())}",
            f"memory, last quarter beside second: {', '.join(f'{each:.3f}' for each in self.growth())}",
            *(f"  {kind:<17} {status}: {count}" for (kind, status), count in sorted(counts.items())),
            *(f"  fault at {at:6.1f} s: {name}" for at, name in self.faults),
            *(f"  {each.kind} due at {each.due:.1f} s: {each.status} {each.why}" for each in self.unexpected()[:20]),
        ]
        return "\n".join(lines)


class User:
    """One user of the servers, who asks one thing after the other."""

    def __init__(self, client: Client, seed: int) -> None:
        self._client = client
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
        if kind == "saml" and self._client.tries > 1:
            kind = AGAIN
        why = self._client.why or ("" if status in EXPECTED[kind] else json.dumps(answer)[:300])
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
        if time.monotonic() - self._renewed > TOKEN_SECONDS:
            self._token, self._renewed = fresh_token(), time.monotonic()
        status, answer = self._client.web_identity(self._token)
        if status == 200:
            self._keys = Keys.of(answer, "AssumeRoleWithWebIdentity")
        return status, answer


def run(
    report: Report,
    users: Sequence[User],
    threads: Executor,
    *,
    seconds: float,
    every: float,
    faults: Mapping[str, Callable[[], None]],
    kilobytes: Callable[[], list[int]],
) -> None:
    """Let *users* ask for *seconds* at the rate of *report*, each in one of *threads*.

    The next one of *faults* is injected each *every* seconds. *kilobytes* says how much memory each server takes.
    """
    begun, lock, ended = time.monotonic() + 0.2, Lock(), Event()

    def ask_by_the_timetable(number: int) -> None:
        for turn in itertools.count():
            due = (turn * len(users) + number) / report.rate
            if due >= seconds:
                return
            time.sleep(max(0.0, begun + due - time.monotonic()))
            kind, status, why = users[number].ask()
            taken = time.monotonic() - begun - due  # of the instant when it was due: who waits is counted as waiting
            with lock:
                report.answers.append(Answered(due, kind, status, taken, why))

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            report.kilobytes.append(kilobytes())

    def inject() -> None:
        for number, (name, fault) in enumerate(itertools.cycle(faults.items()), start=1):
            if number * every > seconds - every / 2:
                return
            time.sleep(max(0.0, begun + number * every - time.monotonic()))
            report.faults.append((time.monotonic() - begun, name))
            fault()

    with ThreadPoolExecutor(2) as watchers:
        sampling, injecting = watchers.submit(sample), watchers.submit(inject)
        try:
            list(threads.map(ask_by_the_timetable, range(len(users))))
        finally:
            ended.set()
            for user in users:
                user.close()
        injecting.result()
        sampling.result()
