"""Interleaved timing: every contestant runs in every round, so that a slow moment of the machine slows them all.

The processor time of the thread is measured, not elapsed time, so that other processes have no influence.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import thread_time_ns

ROUNDS = 40
ROUND_NANOSECONDS = 3_000_000


@dataclass(frozen=True, slots=True)
class Timing:
    """Median and best of one contestant, microseconds per call."""

    median: float
    best: float


def interleave(contestants: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS) -> dict[str, Timing]:
    """Time each of *contestants* once per round, calling it as often as fills a round."""
    calls = {name: _calls(run) for name, run in contestants.items()}
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    gc.collect()
    for _ in range(rounds):
        for name, run in contestants.items():
            samples[name].append(_time(run, calls[name]))
    return {name: Timing(median(times), min(times)) for name, times in samples.items()}


def _calls(run: Callable[[], object]) -> int:
    """Warm *run* up and return how many calls fill one round."""
    for _ in range(5):
        run()
    return max(1, int(ROUND_NANOSECONDS / (1000 * _time(run, 5))))


def _time(run: Callable[[], object], calls: int) -> float:
    start = thread_time_ns()
    for _ in range(calls):
        run()
    return (thread_time_ns() - start) / calls / 1000
