"""``python -m tests.twins [--mutants N] [--seed S] [--workers N]``: mutants judged by both engines, and each difference made small.

Ends with status 1 where there is a difference, and 2 where the fast engine is not installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context

from tests.support.engines import INSTALLED
from tests.support.jdk import has_jdk, running_jdk
from tests.twins.judging import Tally, tally_of_range
from tests.twins.mutants import mutant
from tests.twins.resigned import tally_of_resigned
from tests.twins.smaller import smallest

CHUNK = 5_000


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.twins", description="Mutate signed responses, and compare the two engines.")
    parser.add_argument("--mutants", type=int, default=10_000, metavar="N", help="how many (default 10000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which ones (default 1)")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), metavar="N", help="processes (default: 2 at most)")
    parser.add_argument("--sample", type=int, default=300, metavar="N", help="the JDK sees one proposal of N; 0 for none (default 300)")
    parser.add_argument("--resigned", type=int, default=0, metavar="N", help="further mutants, signed by libxmlsec and the JDK (default 0)")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="differences that are made small and shown (default 20)")
    return parser.parse_args(words)


def tallies(options: argparse.Namespace) -> Iterator[Tally]:
    # A process is replaced now and then: libxml2 keeps names, and mutants bring new ones.
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn"), max_tasks_per_child=20) as pool:
        waiting = deque[Future[Tally]]()
        for first in range(0, options.mutants, CHUNK):
            numbers = range(first, min(first + CHUNK, options.mutants))
            waiting.append(pool.submit(tally_of_range, options.seed, numbers, options.sample))
            if len(waiting) > 2 * options.workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def main(words: Sequence[str] | None = None) -> int:
    options = arguments(words)
    if not INSTALLED:
        print("The fast engine is not installed: there is nothing to compare.", file=sys.stderr)
        return 2
    total, began, told = Tally(), time.monotonic(), 0.0
    for tally in tallies(options):
        total.add(tally)
        for difference in tally.differences:
            print(*difference, flush=True)
        if time.monotonic() - told > 20 or total.mutants == options.mutants:
            told = time.monotonic()
            print(f"{total.line()}; {(told - began) / 60:.1f} minutes", flush=True)
    print("\n".join(total.report()))
    again = Tally()
    if options.resigned:
        with running_jdk() if has_jdk() else nullcontext() as jdk:
            again = tally_of_resigned(options.seed, range(options.resigned), jdk)
        print(f"signed by libxmlsec and the JDK: {again.line()}", *again.differences, sep="\n", flush=True)
    for kind, numbers in by_kind(total).items():
        for number in numbers[: max(1, options.show // max(1, len(by_kind(total))))]:
            found = smallest(mutant(options.seed, number), number, kind)
            print(f"\nmutant {number} ({', '.join(found.kinds)}): {kind}\n{found.octets()!r}", flush=True)
    return 1 if total.differences or again.differences else 0


def by_kind(total: Tally) -> dict[str, list[int]]:
    kinds = Counter(kind for _, kind in total.differences)
    return {kind: [number for number, each in total.differences if each == kind] for kind, _ in kinds.most_common()}


if __name__ == "__main__":
    sys.exit(main())
