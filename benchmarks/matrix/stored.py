"""The tables that were measured last, as JSON, and their charts, beside each other in one directory."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.load import REPOSITORY
from benchmarks.matrix.figures import machine_line, value
from benchmarks.matrix.results import Cell, Table
from federation.drawing.charts import as_document, bars

IMAGES = REPOSITORY / "docs" / "images"


def store(table: Table, directory: Path = IMAGES) -> None:
    """Write *table* and its chart into *directory*."""
    directory.mkdir(parents=True, exist_ok=True)
    data = json.dumps(table.as_json(), indent=1, ensure_ascii=False) + "\n"
    (directory / f"bench-{table.name}.json").write_text(data, encoding="utf-8")
    (directory / f"bench-{table.name}.svg").write_text(chart(table), encoding="utf-8")


def stored(name: str, directory: Path = IMAGES) -> Table | None:
    """Return the table of the question *name*, where there is one."""
    file = directory / f"bench-{name}.json"
    return Table.from_json(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def chart(table: Table) -> str:
    """Return one column of *table* as an SVG document."""
    place = table.columns.index(table.charted)
    cells = ((label, row[place]) for label, row in table.rows.items())
    rows = [(label, {"median": value(cell.median, table.unit)}) for label, cell in cells if isinstance(cell, Cell)]
    title = f"{table.title}: {table.charted}, {table.unit}"
    return as_document(bars(f"bench-{table.name}", title, rows, first=4, note=f"{machine_line(table)}; {table.command}"))
