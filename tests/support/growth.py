"""Measurement of the growth of a cost with the size of its input, in processor time and robust to noise."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ATTEMPTS = 4
FLOOR = 0.004
"""Seconds below which a measurement is too imprecise."""


@contextmanager
def spends_at_most(seconds: float) -> Iterator[None]:
    """Require that the block takes at most so much processor time.

    The garbage collector is off meanwhile, since its time depends on the objects of the whole suite.
    """
    gc.disable()
    begun = time.process_time()
    try:
        yield
        spent = time.process_time() - begun
    finally:
        gc.enable()
    assert spent < seconds


def cost(action: Callable[[], object], *, runs: int = 3) -> float:
    """Processor seconds of *action*, the least of so many runs."""
    measured = []
    for _ in range(runs):
        begun = time.process_time()
        action()
        measured.append(time.process_time() - begun)
    return min(measured)


def assert_grows_linearly(
    make: Callable[[int], Callable[[], object]], *, small: int, times: int = 8, slack: float = 3, within: float = 0.5
) -> None:
    """Require that *times* the size costs at most *slack* times as much as a linear cost would, and *within* so many processor seconds.

    A quadratic cost fails by far. *make* prepares what is measured, of a given size. A measurement that was disturbed is taken again.
    """
    seen = []
    few_of, many_of = make(small), make(small * times)
    for _ in range(ATTEMPTS):
        few, many = cost(few_of), cost(many_of, runs=1)
        if many <= min(slack * times * max(few, FLOOR / times), within):
            return
        seen.append((round(few, 4), round(many, 4)))
    raise AssertionError(f"{small} cost and {small * times} cost, in seconds: {seen}")
