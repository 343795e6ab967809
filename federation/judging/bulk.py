"""Judging a stream of captured tokens, in this process or in several, in order and in bounded memory."""

from __future__ import annotations

import gc
import json
import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from federation import aws_texts
from federation.account.reading.directory import load_account
from federation.errors import InternalFailure
from federation.judging.captures import Capture
from federation.judging.chronicle import Chronicle
from federation.judging.judge import Judge, JudgingInstant
from federation.judging.tally import Tally

BATCH_TOKENS: Final = 64
BATCH_OCTETS: Final = 1_048_576
"""What travels to another process at once: so many tokens, or so many octets of them."""
BATCHES_PER_WORKER: Final = 2
"""Batches that wait or are judged, for each process: one in hand and one to take up next."""

Counts: TypeAlias = "Tally | Chronicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is needed to set up a `Judge`, here or in another process, and what is wanted of it.

    Attributes:
        account: The account directory.
        instant: As `Judge` takes it.
        role_arn: Likewise.
        role_session_name: Likewise.
        lines: Whether a line of JSON is wanted for each token.
        story: Whether a `Chronicle` is wanted; a `Tally` where not.
    """

    account: Path
    instant: JudgingInstant
    role_arn: str | None = None
    role_session_name: str | None = None
    lines: bool = True
    story: bool = False

    def judge(self) -> Judge:
        """Load the account and return its judge.

        Raises:
            FederationError: The account is at fault.
        """
        account = load_account(self.account)
        return Judge(account, instant=self.instant, role_arn=self.role_arn, role_session_name=self.role_session_name)

    def counts(self) -> Counts:
        """Return where judgements are counted, with nothing in it."""
        return Chronicle() if self.story else Tally()


class JudgedBatch(NamedTuple):
    """Tokens that were judged: a line of JSON for each, where lines are wanted, how many there were, and the octets read for them."""

    lines: str
    tokens: int
    octets: int


def judge_all(captures: Iterable[Capture], bench: Bench, counts: Counts, *, workers: int = 1) -> Iterator[JudgedBatch]:
    """Judge *captures*, count what becomes of them in *counts*, and yield their lines in order.

    Args:
        captures: The captured tokens; read on only as far as they can be judged soon.
        bench: For whom and when they are judged, and what is wanted.
        counts: Of `Bench.counts`.
        workers: Processes that judge; 1 for this one, which yields each token by itself.

    Raises:
        FederationError: The account is at fault; `InternalFailure` where a process died.
    """
    judge = bench.judge()  # first and here, so that faults of the account are reported once, before any token is judged
    if workers == 1:
        for capture in captures:
            yield JudgedBatch(_judge((capture,), judge, bench, counts), 1, capture.octets)
        return
    _SEATED[:] = [(judge, bench)]
    with ProcessPoolExecutor(workers, mp_context=_context(), initializer=_take_seat, initargs=(bench,)) as pool:
        try:
            yield from _in_order(captures, pool, counts, most=workers * BATCHES_PER_WORKER)
        except BrokenProcessPool as cause:
            raise InternalFailure(
                check="internal",
                expected="worker processes that run until all tokens are judged",
                found="a worker process that ended early",
                remedy="give it more memory, or judge with --workers 1",
                message=aws_texts.service.INTERNAL_FAILURE,
            ) from cause
        finally:
            pool.shutdown(cancel_futures=True)
            _SEATED.clear()


def _context() -> multiprocessing.context.BaseContext:
    """Copy this process, with the account it has loaded, where no other thread can hold a lock that the copy would wait for."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn")


@contextmanager
def _unheard_interrupts() -> Iterator[None]:
    """Hold an interrupt from the keyboard back. Processes begun meanwhile never hear one: whoever asked decides when they end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _in_order(captures: Iterable[Capture], pool: ProcessPoolExecutor, counts: Counts, *, most: int) -> Iterator[JudgedBatch]:
    """Keep at most *most* batches on their way and yield what comes of the oldest."""
    waiting: deque[tuple[list[Capture], Future[tuple[str, Counts]]]] = deque()
    for batch in _batches(captures):
        with _unheard_interrupts():  # any submission may start a process, which inherits what is held back
            waiting.append((batch, pool.submit(_judge_batch, batch)))
        if len(waiting) == most:
            yield _taken(*waiting.popleft(), counts)
    while waiting:
        yield _taken(*waiting.popleft(), counts)


def _taken(batch: list[Capture], future: Future[tuple[str, Counts]], counts: Counts) -> JudgedBatch:
    lines, theirs = future.result()
    counts.merge(theirs)  # type: ignore[arg-type] # both are of one bench
    return JudgedBatch(lines, len(batch), sum(capture.octets for capture in batch))


def _batches(captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    batch: list[Capture] = []
    octets = 0
    for capture in captures:
        batch.append(capture)
        octets += len(capture.token)
        if len(batch) == BATCH_TOKENS or octets >= BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch


_SEATED: Final[list[tuple[Judge, Bench]]] = []
"""The judge of a process that judges for another, or that is about to be copied; empty in any other."""


def _take_seat(bench: Bench) -> None:
    if not _SEATED:
        _SEATED.append((bench.judge(), bench))
    gc.freeze()  # the account stays: no collection during the judging need look at it, nor copy its pages


def _judge_batch(batch: list[Capture]) -> tuple[str, Counts]:
    judge, bench = _SEATED[0]
    counts = bench.counts()
    return _judge(batch, judge, bench, counts), counts


def _judge(batch: Iterable[Capture], judge: Judge, bench: Bench, counts: Counts) -> str:
    lines: list[str] = []
    for capture in batch:
        judgement = judge.judge(capture)
        counts.count(judgement)
        if bench.lines:
            lines.append(json.dumps(judgement.as_dict()) + "\n")
    return "".join(lines)
