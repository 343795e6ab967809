"""``python -m benchmarks [NAME …] [--docs] [--seconds S]``: the tables, side by side with other libraries, in one run.

With ``--docs`` each table is also written to docs/images as a chart and as JSON, and to the pages of docs/ that show them. Longer
measurements have commands of their own: ``python -m benchmarks.server``, ``.iam``, ``.iam_wire``, ``.audit``, ``.stacks``, ``.comparison``.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from time import perf_counter

from rich.console import Console

from benchmarks.load import REPOSITORY
from benchmarks.matrix.pages import NAMES
from benchmarks.matrix.questions import QUESTIONS
from benchmarks.matrix.running import measured
from benchmarks.matrix.stored import store
from benchmarks.matrix.terminal import console, show
from docs.building import benchmarks as pages

SECONDS = 0.25
DOCS = REPOSITORY / "docs"
PAGES = {"benchmarks.md": pages.page, "performance.md": pages.performance_page}


def main(words: Sequence[str]) -> None:
    """Measure and print what *words* name, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(NAMES)}; all where none is named")
    parser.add_argument("--docs", action="store_true", help="also write charts, JSON and pages of docs/")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"about how long a cell may take; default {SECONDS}")
    options = parser.parse_args(words)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    tables, progress, started = console(), Console(stderr=True, highlight=False), perf_counter()
    warnings.simplefilter("ignore")  # of peers, about their own deprecations
    for question in QUESTIONS:
        if options.names and question.name not in options.names:
            continue
        table = measured(question, seconds=options.seconds, progress=lambda said: progress.print(said, style="dim"))
        show(tables, table)
        if options.docs:
            store(table)
    if options.docs:
        for name, page in PAGES.items():
            (DOCS / name).write_text(page(), encoding="utf-8")
    tables.print(f"\nmeasured in {perf_counter() - started:.0f} s", style="dim")


if __name__ == "__main__":
    main(sys.argv[1:])
