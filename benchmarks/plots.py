"""The tables of the benchmarks as charts and as data: for each ``NAME.svg`` and ``NAME.json``, with the machine and the command."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path

from benchmarks.timing import Timing
from federation.drawing.charts import as_document, bars


def machine() -> str:
    """Return what the figures were measured on, without its name."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def write_plot(directory: Path, title: str, found: Mapping[str, Timing], *, measure: str, command: str) -> tuple[Path, Path]:
    """Write the chart and the data of one table into *directory* and return their files.

    Args:
        directory: Where they go; it is made where it is missing.
        title: The title of the table, from which the names of the files are made.
        found: The table.
        measure: The row that the others are compared with.
        command: The command that measured it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    name = "bench-" + "-".join(re.findall("[a-z0-9]+", title.lower()))[:60]
    rows = [(what, {"median": timed.median}) for what, timed in found.items()]
    note = f"median \u00b5s of processor time; {machine()}; {command}"
    chart, data = directory / f"{name}.svg", directory / f"{name}.json"
    chart.write_text(as_document(bars(name, title, rows, first=4, note=note)), encoding="utf-8")
    base = found[measure].median
    table = {
        what: {"median_us": round(timed.median, 2), "best_us": round(timed.best, 2), "times": round(timed.median / base, 3)}
        for what, timed in found.items()
    }
    told = {"title": title, "machine": machine(), "command": command, "measure": measure, "rows": table}
    data.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return chart, data
