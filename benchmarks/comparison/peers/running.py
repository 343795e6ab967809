"""What the programs share: reading the world, judging each case, timing the genuine one, printing the outcome."""

from __future__ import annotations

import json
import signal
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

TIMED: Final = 15
"""How often the genuine token is judged for the time."""
PATIENCE: Final = 20
"""Seconds that one judgement may take."""

Judge = Callable[[str, str], object]
"""Token and role to what the project says of it; raises where it refuses."""


class Slow(Exception):  # noqa: N818 - what it says, not that something failed
    """A judgement took longer than `PATIENCE`."""


def read() -> dict[str, Any]:
    """Return the world whose file is the first argument."""
    loaded: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    return loaded


def tell(distributions: list[str], judges: dict[str, Judge], world: dict[str, Any], *, timed: dict[str, Judge] | None = None) -> None:
    """Judge all cases of each kind and write the outcome as JSON to the file of the second argument.

    Args:
        distributions: The installed distributions whose versions matter.
        judges: ``saml``, ``oidc`` or both.
        world: What `read` returned.
        timed: What judges the genuine token again and again, where the judges accept it once.
    """
    signal.signal(signal.SIGALRM, _late)
    outcome: dict[str, Any] = {"versions": {name: version(name) for name in distributions}}
    for kind, judge in judges.items():
        answers = [[group, name, *_answer(judge, token, role)] for group, name, token, role in world[kind]["cases"]]
        _, _, token, role = world[kind]["cases"][0]
        outcome[kind] = {"answers": answers, "milliseconds": _timed((timed or judges)[kind], token, role)}
    Path(sys.argv[2]).write_text(json.dumps(outcome, default=str), encoding="utf-8")


def _late(*_: object) -> None:
    raise Slow(f"no answer within {PATIENCE} s")


def _answer(judge: Judge, token: str, role: str) -> tuple[bool, object]:
    """Return whether the token was accepted; and what was read of it, or why not."""
    signal.alarm(PATIENCE)
    try:
        return True, judge(token, role)
    except Exception as refusal:  # noqa: BLE001 - any of them refuses
        return False, f"{type(refusal).__name__}: {' '.join(str(refusal).split())[:160]}"
    finally:
        signal.alarm(0)


def _timed(judge: Judge, token: str, role: str) -> float:
    """Return the median of accepting the token, in milliseconds."""
    taken = []
    for _ in range(TIMED):
        started = time.perf_counter()
        judge(token, role)
        taken.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(taken), 2)
