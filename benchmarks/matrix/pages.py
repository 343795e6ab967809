"""The pages of docs/ that show the tables: `docs/benchmarks.md`, and the part of `docs/performance.md` with the goals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.matrix.figures import figure, machine_line, ratio, times, versions_line
from benchmarks.matrix.results import Cell, Table

NAMES: Final = ("saml-size", "saml-key", "saml-signed", "jwt", "policies", "accounts", "explain", "wire", "startup", "server")
"""The questions, in the order of the page."""
BEGIN: Final = "<!-- Figures: written by docs/build.py; run `make bench` to measure them again. -->"
END: Final = "<!-- End of the figures. -->"

HEAD: Final = """# Benchmarks

<!-- Written by docs/build.py from docs/images/bench-*.json: run `make bench`, or change benchmarks/matrix/pages.py. -->

What the work costs, side by side with other libraries and with moto's server, measured in one run. [Performance](performance.md) says what
the figures mean and where the goals stand.

```sh
make bench                        # every table, in less than five minutes; writes this page
python -m benchmarks saml-size    # one table, on the terminal; --docs also writes it here
```

A cell is a median, and in brackets the median of its ratios to the base of the same round, whose row is bold. Compare the ratios: machines
differ. Every contestant runs in every round, so that a slow moment of the machine slows them all. Times are processor time of the thread,
with that of processes that it ran, unless a table says otherwise. Before it is timed, whoever verifies tokens must accept the genuine one
and refuse one that a stranger signed and, unless it is encrypted, one that was altered. Who is not installed is skipped by name. Where the
load average exceeds the number of cores, other work ran beside the benchmarks, and even ratios are rough.
"""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be at most: times the base of its table or, where *milliseconds*, itself."""

    name: str
    column: str
    row: str
    most: float
    milliseconds: bool = False


GOALS: Final = (
    Goal("saml-size", "8 KB", "federation.validate, python engine", 2.35),
    Goal("saml-size", "8 KB", "assume_role_with_saml, python engine", 2.9),
    Goal("saml-size", "8 KB", "federation.validate, fast engine", 0.6),
    Goal("saml-size", "127 KB", "federation.validate, fast engine", 0.35),
    Goal("saml-size", "8 KB", "assume_role_with_saml, fast engine", 1.0),
    Goal("jwt", "RS256", "federation.validate", 1.0),
    Goal("jwt", "RS256", "assume_role_with_web_identity", 1.0),
    Goal("server", "AssumeRoleWithSAML", "moto_server", 0.083),
    Goal("server", "AssumeRoleWithWebIdentity", "moto_server", 0.083),
    Goal("explain", "1 role", "explained: the trust policy", 5, milliseconds=True),
    Goal("explain", "10 000 roles", "explained: no such role", 100, milliseconds=True),
)


def benchmarks_page(tables: Sequence[Table]) -> str:
    """Return `docs/benchmarks.md`."""
    return HEAD + "".join(f"\n{_section(table)}" for table in tables)


def with_goals(page: str, tables: Sequence[Table]) -> str:
    """Return *page* with the part between `BEGIN` and `END` written anew."""
    written = "\n".join((BEGIN, "", *_against_goals(tables), "", END))
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: written, page, flags=re.DOTALL)


def _section(table: Table) -> str:
    blocks = [
        f"## {table.title}",
        table.told,
        "\n".join(markdown(table)),
        f"![{table.title}: the column {table.charted}](images/bench-{table.name}.svg)",
        f"`{table.command}` ([data](images/bench-{table.name}.json)): {machine_line(table)}."
        + (f" Versions: {versions_line(table)}." if table.versions else ""),
    ]
    if skipped := table.skipped():
        blocks.append("Not measured:\n\n" + "\n".join(f"- {label}: {reason}" for label, reason in skipped.items()))
    return "\n\n".join(blocks) + "\n"


def markdown(table: Table) -> Iterator[str]:
    """Yield the lines of *table* as Markdown."""
    yield f"| {table.unit} | {' | '.join(table.columns)} |"
    yield f"| --- |{' ---: |' * len(table.columns)}"
    for label, cells in table.measured().items():
        shown = (f"{figure(cell.median, table.unit)} ({ratio(cell, table.unit)})" if isinstance(cell, Cell) else "-" for cell in cells)
        head = f"**{label}**" if label == table.base else label
        yield f"| {head} | {' | '.join(shown)} |"


def _against_goals(tables: Sequence[Table]) -> Iterator[str]:
    known = {table.name: table for table in tables}
    yield "| | measured | goal, at most | |"
    yield "| --- | ---: | ---: | --- |"
    for goal in GOALS:
        table = known.get(goal.name)
        cell = table.cell(goal.row, goal.column) if table else None
        if table is None or cell is None:
            continue
        found, unit = (cell.median / 1000, "ms") if goal.milliseconds else (times(cell, table.unit), f"times {table.base}")
        if found is not None:
            verdict = "met" if found <= goal.most else "missed"
            yield f"| {goal.row}, {goal.column} | {found:.2f} {unit} | {goal.most:g} | {verdict} |"
