"""Judging a stream of captured tokens, in this process or in several, in order and in bounded memory."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from federation import aws_texts
from federation.account.reading.directory import load_account
from federation.errors import InternalFailure
from federation.judging.captures import Capture
from federation.judging.judge import Judge, Judgement, JudgingInstant

BATCH_TOKENS: Final = 64
BATCH_OCTETS: Final = 1_048_576
"""What travels to another process at once: so many tokens, or so many octets of them."""
BATCHES_PER_WORKER: Final = 2
"""Batches that wait or are judged, for each process: one in hand and one to take up next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is needed to set up a `Judge`, here or in another process.

    Attributes:
        account: The account directory.
        instant: As `Judge` takes it.
        role_arn: Likewise.
        role_session_name: Likewise.
    """

    account: Path
    instant: JudgingInstant
    role_arn: str | None = None
    role_session_name: str | None = None

    def judge(self) -> Judge:
        """Load the account and return its judge.

        Raises:
            FederationError: The account is at fault.
        """
        account = load_account(self.account)
        return Judge(account, instant=self.instant, role_arn=self.role_arn, role_session_name=self.role_session_name)


def judge_all(captures: Iterable[Capture], bench: Bench, *, workers: int = 1) -> Iterator[tuple[Capture, Judgement]]:
    """Yield each of *captures* with what becomes of it, in their order.

    Args:
        captures: The captured tokens; read on only as far as they can be judged soon.
        bench: For whom and when they are judged.
        workers: Processes that judge; 1 for this one.

    Raises:
        FederationError: The account is at fault; `InternalFailure` where a process died.
    """
    judge = bench.judge()  # first and here, so that faults of the account are reported once, before any token is judged
    if workers == 1:
        for capture in captures:
            yield capture, judge.judge(capture)
        return
    # spawn: a process of its own, not a copy of one that may have threads
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_take_seat, initargs=(bench,)) as pool:
        try:
            yield from _in_order(captures, pool, most=workers * BATCHES_PER_WORKER)
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


@contextmanager
def _unheard_interrupts() -> Iterator[None]:
    """Hold an interrupt from the keyboard back. Processes begun meanwhile never hear one: whoever asked decides when they end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _in_order(captures: Iterable[Capture], pool: ProcessPoolExecutor, *, most: int) -> Iterator[tuple[Capture, Judgement]]:
    """Keep at most *most* batches on their way and yield what comes of the oldest."""
    waiting: deque[tuple[list[Capture], Future[list[Judgement]]]] = deque()
    for batch in _batches(captures):
        with _unheard_interrupts():  # any submission may start a process, which inherits what is held back
            waiting.append((batch, pool.submit(_judge_batch, batch)))
        if len(waiting) == most:
            judged, future = waiting.popleft()
            yield from zip(judged, future.result(), strict=True)
    for judged, future in waiting:
        yield from zip(judged, future.result(), strict=True)


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


_SEATED: Final[list[Judge]] = []
"""The judge of a process that judges for another; empty in any other."""


def _take_seat(bench: Bench) -> None:
    _SEATED[:] = [bench.judge()]


def _judge_batch(batch: list[Capture]) -> list[Judgement]:
    return [_SEATED[0].judge(capture) for capture in batch]
