"""``python -m tests.mutation [--mutants N] [--seed S] [--package NAME]…``: how many small faults of the logic some test notices.

A sample of mutants per package is judged by the tests of the package's room and by the attack rows, each mutant up to the first failure.
Ends with status 1 where a package's kill rate is below the one that is asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console
from rich.table import Table

from tests.mutation.clocks import WithoutClocks
from tests.mutation.mutants import ROOT, SHARED_TESTS, Mutant, equivalents, mutants, packages, sample
from tests.mutation.scratch import copied
from tests.mutation.session import Judge, Verdict, write

ASKED: Final = 0.92


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description="Mutate the modules that check, and count what tests notice."
    )
    parser.add_argument("--mutants", type=int, default=40, metavar="N", help="mutants per package; 0 for all of them (default 40)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which sample (default 1)")
    parser.add_argument("--package", action="append", choices=sorted(packages()), help="this package only; may be repeated")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes at once (default: as many as cores)"
    )
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="most seconds of tests that judge one mutant (default 30)")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)  # where the process in the copy writes
    return parser.parse_args(words)


def chosen(options: argparse.Namespace) -> list[Mutant]:
    names = options.package or list(packages())
    known = equivalents()
    # Drawn before the known ones are left out: explaining a mutant must not exchange the rest of its sample for others.
    return [each for name in names for each in sample(mutants(packages()[name]), options.mutants, options.seed) if each.key not in known]


def main() -> int:
    options = arguments()
    if options.into:
        return judge(options)
    with copied(ROOT) as copy, tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "verdicts.json"
        words = [sys.executable, "-m", "tests.mutation", *sys.argv[1:], "--into", str(into)]
        subprocess.run(words, cwd=copy, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        found = json.loads(into.read_text(encoding="utf-8"))
    return report(options, found["verdicts"], found["faulty"])


def judge(options: argparse.Namespace) -> int:
    """Judge the mutants, inside the copy."""
    console = Console(stderr=True, highlight=False)
    total = chosen(options)

    def told(verdict: Verdict) -> None:
        place = f"{verdict.mutant.file}:{verdict.mutant.site.line}"
        console.print(f"{len(plugin.verdicts):4}/{len(total)} {verdict.outcome:<11} {verdict.seconds:6.1f} s  {place}", markup=False)

    plugin = Judge(total, workers=options.workers, seconds=options.seconds, told=told)
    paths = [*dict.fromkeys(path for mutant in total for path in packages()[mutant.package].tests), *SHARED_TESTS]
    code = pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-m", "not long", *paths], plugins=[plugin, WithoutClocks()])
    write(options.into, plugin.verdicts, plugin.faulty)
    return 0 if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else int(code)


def report(options: argparse.Namespace, rows: Sequence[tuple[str, str, str]], faulty: Sequence[str]) -> int:
    """Print the kill rate by package and every mutant that lives; return the exit status."""
    console = Console(highlight=False)
    table = Table(title=f"mutants noticed, {options.mutants or 'all'} per package, seed {options.seed}", title_justify="left")
    for heading in ("package", "mutants", "killed", "timed out", "survived", "not reached", "kill rate"):
        table.add_column(heading, justify="left" if heading == "package" else "right")
    enough = True
    for name in dict.fromkeys(row[0] for row in rows):
        outcomes = [outcome for package, outcome, _ in rows if package == name]
        counts = {outcome: outcomes.count(outcome) for outcome in ("killed", "timed out", "survived", "not reached")}
        rate = (counts["killed"] + counts["timed out"]) / len(outcomes)
        enough = enough and rate >= ASKED
        table.add_row(name, str(len(outcomes)), *map(str, counts.values()), f"{rate:.0%}")
    for _, outcome, mutant in rows:
        if outcome in {"survived", "not reached"}:
            console.print(f"{outcome}: {mutant}", markup=False)
    for test in faulty:
        console.print(f"left out, for it fails without a mutant: {test}", markup=False)
    console.print(table)
    console.print(
        f"{len(equivalents())} mutants are known to change nothing and are not counted: tests/mutation/equivalent.toml", markup=False
    )
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
