"""What was measured: tables, as objects and as JSON."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.matrix.model import Question, Unit

PROGRAMS = {"java": ("java", "--version"), "node": ("node", "--version"), "xmlsec1": ("xmlsec1", "--version")}
"""Programs that print their version."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One contestant with one sample.

    Attributes:
        median: Microseconds of a call, the median of the rounds.
        best: The least of them.
        times: The median of the ratios to the base of the same round; None where the base was not measured.
    """

    median: float
    best: float
    times: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The answer to a question.

    Attributes:
        name: As of the question, like the next six.
        title: The title.
        told: What the rows do.
        command: What measured it.
        unit: What is shown.
        base: The row that the others are compared with.
        charted: The column that is drawn.
        columns: Heads of the columns.
        rows: For each contestant a cell or, where there is none, why, for each column.
        machine: What it was measured on, and when.
        versions: Versions of what was measured.
    """

    name: str
    title: str
    told: str
    command: str
    unit: Unit
    base: str
    charted: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Cell | str, ...]]
    machine: Mapping[str, str]
    versions: Mapping[str, str]

    def cell(self, label: str, column: str) -> Cell | None:
        """The cell of a row and a column, where both are there and it was measured."""
        if label not in self.rows or column not in self.columns:
            return None
        found = self.rows[label][self.columns.index(column)]
        return found if isinstance(found, Cell) else None

    def measured(self) -> dict[str, tuple[Cell | str, ...]]:
        """The rows that have a figure."""
        return {label: cells for label, cells in self.rows.items() if any(isinstance(cell, Cell) for cell in cells)}

    def skipped(self) -> dict[str, str]:
        """Who was skipped, wholly or with a sample, and why."""
        found: dict[str, str] = {}
        for label, cells in self.rows.items():
            reasons: dict[str, list[str]] = {}
            for column, cell in zip(self.columns, cells, strict=True):
                if isinstance(cell, str):
                    reasons.setdefault(cell, []).append(column)
            for reason, columns in reasons.items():
                whole = len(columns) == len(self.columns)
                found[label if whole else f"{label} ({', '.join(columns)})"] = reason
        return found

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, with figures rounded to what they tell."""
        rows = {label: [_plain(cell) for cell in cells] for label, cells in self.rows.items()}
        return {**asdict(self), "columns": list(self.columns), "rows": rows}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Table:
        """Return the table that `as_json` gave."""
        rows = {label: tuple(cell if isinstance(cell, str) else Cell(**cell) for cell in cells) for label, cells in data["rows"].items()}
        return cls(**{**data, "columns": tuple(data["columns"]), "rows": rows})


def _plain(cell: Cell | str) -> dict[str, float | None] | str:
    if isinstance(cell, str):
        return cell
    times = None if cell.times is None else round(cell.times, 3)
    return {"median": round(cell.median, 2), "best": round(cell.best, 2), "times": times}


def machine() -> dict[str, str]:
    """Return what is measured on, without its name."""
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        system = platform.system()
    cores = os.cpu_count() or 1
    return {
        "processor": _processor(),
        "cores": str(cores),
        "system": f"{system}, {platform.machine()}",
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.1f}",
        "day": datetime.now(UTC).date().isoformat(),
    }


def _processor() -> str:
    """Return the model of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def versions(question: Question, rows: Mapping[str, tuple[Cell | str, ...]]) -> dict[str, str]:
    """Return the versions of what was measured, by distribution or program."""
    run = [each for each in question.contestants if any(isinstance(cell, Cell) for cell in rows[each.label])]
    return {name: _version(name) for name in dict.fromkeys(name for each in run for name in each.versions)}


def _version(name: str) -> str:
    if name in PROGRAMS:
        program, option = PROGRAMS[name]
        found = shutil.which(program)
        said = subprocess.run([found, option], capture_output=True, text=True, check=False) if found else None
        return (said.stdout or said.stderr).splitlines()[0].strip() if said else "unknown"
    if name.startswith("npm:"):
        return _of_node(name.removeprefix("npm:"))
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _of_node(package: str) -> str:
    file = Path(__file__).parents[1] / "node" / "node_modules" / package / "package.json"
    return str(json.loads(file.read_text(encoding="utf-8"))["version"]) if file.exists() else "unknown"
