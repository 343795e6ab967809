"""Judging a stream of captured tokens, in this process or in several, in order and in bounded memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Final, Protocol, TypeVar

from federation import aws_texts
from federation.account.reading.directory import load_account
from federation.errors import InternalFailure
from federation.judging.capture import Capture
from federation.judging.judge import Judge, Judgement, JudgingInstant, TokenJudge

C = TypeVar("C")
J = TypeVar("J")
R = TypeVar("R")
J_co = TypeVar("J_co", covariant=True)

BATCH_TOKENS: Final = 64
BATCH_OCTETS: Final = 1_048_576
"""What travels to another process at once: so many tokens, or so many octets of them."""
BATCHES_PER_WORKER: Final = 2
"""Batches that wait or are judged, for each process: one in hand and one to take up next."""


class JudgeMaker(Protocol[J_co]):
    """Sets up a judge, here or in another process. It travels."""

    def judge(self) -> J_co:
        """Load the account and return its judge."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is needed to set up a `Judge`, here or in another process.

    Attributes:
        account: The account directory, or with *many* a directory of accounts (``docs/organizations.md``).
        instant: As `Judge` takes it.
        role_arn: Likewise.
        role_session_name: Likewise.
        many: Whether `account` holds many accounts, each loaded when a token is meant for it.
    """

    account: Path
    instant: JudgingInstant
    role_arn: str | None = None
    role_session_name: str | None = None
    many: bool = False

    def judge(self) -> TokenJudge:
        """Load the account and return its judge; with `many`, that of all accounts.

        Raises:
            FederationError: The account, or the organization, is at fault.
        """
        if self.many:
            from federation.judging.many import AccountsJudge  # noqa: PLC0415 - it brings the exchange

            return AccountsJudge(self.account, instant=self.instant, role_arn=self.role_arn, role_session_name=self.role_session_name)
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
    for batch, judgements in in_batches(captures, bench, _judge_each, octets_of=octets_of_token, workers=workers):
        yield from zip(batch, judgements, strict=True)


def _judge_each(judge: TokenJudge, batch: list[Capture]) -> list[Judgement]:
    return [judge.judge(capture) for capture in batch]


def octets_of_token(capture: Capture) -> int:
    """Return how many octets travel with *capture*."""
    return len(capture.token)


def in_batches(
    captures: Iterable[C],
    bench: JudgeMaker[J],
    work: Callable[[J, list[C]], R],
    *,
    octets_of: Callable[[C], int],
    workers: int,
    at_once: bool = True,
    most: int = BATCH_TOKENS,
) -> Iterator[tuple[list[C], R]]:
    """Yield batches of *captures*, in order, each with the result of *work* on it.

    Args:
        captures: What is judged; read on only as far as it can be judged soon.
        bench: For whom and when.
        work: What is done with a batch. It travels to other processes, and so does its result.
        octets_of: How many octets of one of *captures* travel.
        workers: Processes that work; 1 for this one.
        at_once: Whether in this process each capture is a batch, so that nothing waits for what follows it.
        most: Captures of a batch at most.

    Raises:
        FederationError: As for `judge_all`.
    """
    judge = bench.judge()  # first and here, so that faults of the account are reported once, before any token is judged
    if workers == 1:
        for batch in ([capture] for capture in captures) if at_once else _batches(captures, octets_of, most):
            yield batch, work(judge, batch)
        return
    _SEATED[:] = [judge]
    with ProcessPoolExecutor(workers, mp_context=_context(), initializer=_take_seat, initargs=(bench,)) as pool:
        try:
            with _unheard_interrupts():
                pool.submit(int)  # so that a copy is made before captures are read, which may start threads
            yield from _in_order(_batches(captures, octets_of, most), pool, work, most=workers * BATCHES_PER_WORKER)
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
    return multiprocessing.get_context("fork" if sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1 else "spawn")  # noqa: PTH208


@contextmanager
def _unheard_interrupts() -> Iterator[None]:
    """Hold an interrupt from the keyboard back. Processes begun meanwhile never hear one: whoever asked decides when they end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _in_order(
    batches: Iterable[list[C]], pool: ProcessPoolExecutor, work: Callable[[J, list[C]], R], *, most: int
) -> Iterator[tuple[list[C], R]]:
    """Keep at most *most* batches on their way and yield what comes of the oldest."""
    waiting: deque[tuple[list[C], Future[R]]] = deque()
    for batch in batches:
        with _unheard_interrupts():  # any submission may start a process, which inherits what is held back
            waiting.append((batch, pool.submit(_work_seated, work, batch)))
        if len(waiting) == most:
            done, future = waiting.popleft()
            yield done, future.result()
    for done, future in waiting:
        yield done, future.result()


def _batches(captures: Iterable[C], octets_of: Callable[[C], int], most: int) -> Iterator[list[C]]:
    batch: list[C] = []
    octets = 0
    for capture in captures:
        batch.append(capture)
        octets += octets_of(capture)
        if len(batch) == most or octets >= BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch


_SEATED: Final[list[Any]] = []
"""The judge of a process that judges for another, or that is about to be copied; empty in any other."""


def _take_seat(bench: JudgeMaker[object]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    if not _SEATED:
        _SEATED.append(bench.judge())
    gc.freeze()  # the account stays: no collection during the judging need look at it, nor copy its pages


def _end_with_parent() -> None:
    """End this process when the one that began it has ended, however that was: it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work_seated(work: Callable[[J, list[C]], R], batch: list[C]) -> R:
    return work(_SEATED[0], batch)
