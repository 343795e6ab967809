"""Mutants judged: tests are collected once, and each mutant lives and dies in a process forked from there."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import Final, Literal

import pytest

from tests.mutation import reach, swap
from tests.mutation.mutants import Mutant, packages
from tests.mutation.reach import Reached

Outcome = Literal["killed", "timed out", "survived", "not reached"]

KILLED: Final = 1
SURVIVED: Final = 0
_NOTING: Final = 3600.0
_SLACK: Final = 30.0
_TIMES: Final = 8
"""A mutant may take so many times the processor time its tests take without it, and some seconds: what takes longer hangs, and a test would
notice. Processor time is the measure because a mutant must not be judged by what else the machine does."""
_WAITING: Final = 4
"""So many times as long by the clock, for a mutant that waits for what never comes and uses no processor."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant, and in how many seconds."""

    mutant: Mutant
    outcome: Outcome
    seconds: float


@dataclass(slots=True)
class _Child:
    pid: int
    began: float
    limit: float
    done: Callable[[int | None, float], None]


class Judge:
    """The plug-in that takes pytest's loop over: first it notes what every test reaches, then it judges mutant after mutant."""

    def __init__(self, mutants: Sequence[Mutant], *, workers: int, seconds: float, told: Callable[[Verdict], None]) -> None:
        self.verdicts: list[Verdict] = []
        self.faulty: list[str] = []
        self._mutants, self._workers, self._seconds, self._told = mutants, workers, seconds, told
        self._rooms = {name: package.tests for name, package in packages().items()}
        # Of every package, so that what is noted serves any sample.
        self._files = frozenset(file for package in packages().values() for file in package.files)
        self._failed = False
        self._children: list[_Child] = []
        self._notes: dict[str, Reached] = {}
        self._items: dict[str, pytest.Item] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._items = {item.nodeid: item for item in session.items}
        self._note_all()
        self.faulty = sorted(name for name, note in self._notes.items() if not note.passed)
        for mutant in self._mutants:
            self._judge(mutant)
        self._wait(0)
        return True

    # What every test reaches --------------------------------------------------------------------------------------------------------------

    def _note_all(self) -> None:
        by_file: dict[str, list[pytest.Item]] = defaultdict(list)
        for name, item in self._items.items():
            by_file[name.partition("::")[0]].append(item)
        marks = {file: reach.fingerprint(file, self._files) for file in by_file}
        for file, items in by_file.items():
            if reach.remembered(marks[file]) is None:
                self._fork(partial(self._note, items, marks[file]), _NOTING, lambda _code, _seconds: None)
        self._wait(0)
        for file in by_file:
            # Notes may be of a run that had other tests of the file.
            self._notes |= {name: note for name, note in (reach.remembered(marks[file]) or {}).items() if name in self._items}

    def _note(self, items: Sequence[pytest.Item], mark: str) -> int:
        recorder, notes = reach.Recorder(self._files), {}
        for item in items:
            began = _processor_seconds()
            recorder.start()
            failed = self._run([item])
            notes[item.nodeid] = Reached(not failed, _processor_seconds() - began, recorder.stop())
        reach.remember(mark, notes)
        return 0

    # One mutant ---------------------------------------------------------------------------------------------------------------------------

    def _judge(self, mutant: Mutant) -> None:
        # A function that no test enters has run before any of them: it is judged as what stands at module level is.
        in_function = bool(mutant.site.first_line) and any(_entry(mutant) in note.functions for note in self._notes.values())
        chosen = self._choose(mutant, wide=not in_function)
        if not chosen:
            self._say(Verdict(mutant, "not reached", 0.0))
            return

        def first(code: int | None, seconds: float) -> None:
            if code == SURVIVED and in_function:
                # What was made while tests were collected was made by the sound code: only a fresh load settles that nothing notices.
                again = self._choose(mutant, wide=True)
                self._fork(
                    lambda: self._kill_loaded_again(mutant, again), self._limit(again), lambda code, more: last(code, seconds + more)
                )
            else:
                last(code, seconds)

        def last(code: int | None, seconds: float) -> None:
            outcome: Outcome = "timed out" if code is None else "survived" if code == SURVIVED else "killed"
            self._say(Verdict(mutant, outcome, seconds))

        judge = self._kill if in_function else self._kill_loaded_again
        self._fork(lambda: judge(mutant, chosen), self._limit(chosen), first)

    def _say(self, verdict: Verdict) -> None:
        self.verdicts.append(verdict)
        self._told(verdict)

    def _limit(self, chosen: Iterable[str]) -> float:
        return _SLACK + _TIMES * sum(self._notes[name].seconds for name in chosen)

    def _choose(self, mutant: Mutant, *, wide: bool) -> list[str]:
        """Return the tests that reach *mutant*, quickest files first, the room's before all; *wide* for all that reach its module.

        They take no longer than the seconds allowed: what is beyond is not run.
        """
        by_file: dict[str, list[str]] = defaultdict(list)
        for name, note in self._notes.items():
            if note.passed and (
                any(each.startswith(f"{mutant.file}:") for each in note.functions) if wide else _entry(mutant) in note.functions
            ):
                by_file[name.partition("::")[0]].append(name)

        def rank(file: str) -> tuple[bool, bool, float]:
            own = Path(file).stem == f"test_{Path(mutant.file).stem}"
            of_room = file.startswith(self._rooms[mutant.package])
            return (not own, not of_room, sum(self._notes[name].seconds for name in by_file[file]) / len(by_file[file]))

        chosen: list[str] = []
        left = self._seconds
        for file in sorted(by_file, key=rank):
            for name in sorted(by_file[file], key=lambda name: self._notes[name].seconds):
                left -= self._notes[name].seconds
                if left >= 0 or not chosen:
                    chosen.append(name)
        return chosen

    def _kill(self, mutant: Mutant, chosen: Sequence[str]) -> int:
        if not swap.put_into_functions(mutant):
            return self._kill_loaded_again(mutant, chosen)
        return KILLED if self._run([self._items[name] for name in chosen]) else SURVIVED

    def _kill_loaded_again(self, mutant: Mutant, chosen: Sequence[str]) -> int:
        swap.load_again(mutant)
        files = list(dict.fromkeys(name.partition("::")[0] for name in chosen))
        code = pytest.main(["-q", "-s", "-x", "-p", "no:cacheprovider", *files], plugins=[_Only(chosen)])
        return SURVIVED if code == pytest.ExitCode.OK else KILLED

    def _run(self, items: Sequence[pytest.Item]) -> bool:
        """Run *items* up to the first failure and tell whether there was one."""
        self._failed = False
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                break
        return self._failed

    # Processes ----------------------------------------------------------------------------------------------------------------------------

    def _fork(self, work: Callable[[], int], limit: float, done: Callable[[int | None, float], None]) -> None:
        self._wait(self._workers - 1)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _silence()
            resource.setrlimit(resource.RLIMIT_CPU, (ceil(limit), ceil(limit) + 1))
            code = KILLED
            try:
                code = work()
            finally:
                os._exit(code)  # nothing of what follows in this process is the child's business
        self._children.append(_Child(pid, time.monotonic(), _WAITING * limit, done))

    def _wait(self, most: int) -> None:
        """Wait until at most *most* children are left; one that is over its time is ended."""
        while len(self._children) > most:
            for child in list(self._children):
                pid, status = os.waitpid(child.pid, os.WNOHANG)
                seconds = time.monotonic() - child.began
                if pid == 0 and seconds > child.limit:
                    os.kill(child.pid, signal.SIGKILL)
                    os.waitpid(child.pid, 0)
                    self._children.remove(child)
                    child.done(None, seconds)
                elif pid:
                    self._children.remove(child)
                    code = os.waitstatus_to_exitcode(status)
                    child.done(None if code == -signal.SIGXCPU else code, seconds)
            time.sleep(0.01)


def _processor_seconds() -> float:
    """Return what this process and the children it waited for have used of the processor."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _entry(mutant: Mutant) -> str:
    return f"{mutant.file}:{mutant.site.first_line}"


class _Only:
    """Runs the tests named, in that order."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self._names), key=lambda item: self._names[item.nodeid])


def _silence() -> None:
    """Let a child say nothing: hundreds of failures are what is hoped for."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def write(path: Path, verdicts: Iterable[Verdict], faulty: Sequence[str]) -> None:
    """Write *verdicts* where the process that started this one reads them."""
    rows = [(each.mutant.package, each.outcome, str(each.mutant)) for each in verdicts]
    path.write_text(json.dumps({"verdicts": rows, "faulty": list(faulty)}), encoding="utf-8")
