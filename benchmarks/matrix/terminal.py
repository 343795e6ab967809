"""The tables on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Drawn
from rich.text import Text

from benchmarks.matrix.figures import figure, ratio
from benchmarks.matrix.results import Cell, Table

WIDTH = 100
"""Columns of the terminal that a table takes at most."""


def console() -> Console:
    """Return the console of the tables."""
    found = Console(highlight=False)
    return Console(highlight=False, width=min(found.width, WIDTH) if found.is_terminal else WIDTH)


def show(on: Console, table: Table) -> None:
    """Print *table*, and who was skipped."""
    drawn = Drawn(box=None, padding=(0, 1, 0, 0))
    drawn.add_column("")
    for column in table.columns:
        drawn.add_column(column, justify="right", no_wrap=True)
    for label, cells in table.measured().items():
        drawn.add_row(escape(label), *(_text(cell, table) for cell in cells), style="bold" if label == table.base else "")
    on.print(Text(f"\n{table.title}", style="bold"))
    on.print(Text(f"{table.unit}, x {table.base}: {table.command}", style="dim"))
    on.print(drawn)
    for label, reason in table.skipped().items():
        on.print(Text(f"skipped: {label}: {reason}", style="yellow"))


def _text(cell: Cell | str, table: Table) -> str:
    return "-" if isinstance(cell, str) else f"{figure(cell.median, table.unit)} {'x' + ratio(cell, table.unit):>5}"
