"""How figures are written: the same on the terminal, on the page and in the charts."""

from __future__ import annotations

from benchmarks.matrix.model import Unit
from benchmarks.matrix.results import Cell, Table

_SECOND = 1e6
_LONG = 1e5
_FINE = 10
_COARSE = 100


def value(micros: float, unit: Unit) -> float:
    """Return what *unit* counts of a call of *micros* microseconds."""
    if unit == "requests/s":
        return _SECOND / micros
    return micros / 1000 if unit == "ms" else micros


def figure(micros: float, unit: Unit) -> str:
    """Return it as text; long times of a table in microseconds have a unit of their own."""
    if unit == "µs" and micros >= _SECOND:
        return f"{micros / _SECOND:.2f} s"
    if unit == "µs" and micros >= _LONG:
        return f"{micros / 1000:.0f} ms"
    shown = value(micros, unit)
    return f"{shown:.0f}" if shown >= _FINE else f"{shown:.1f}"


def times(cell: Cell, unit: Unit) -> float | None:
    """Return how many times the base it is, in what *unit* counts; None where the base was not measured."""
    if cell.times is None:
        return None
    return 1 / cell.times if unit == "requests/s" else cell.times


def ratio(cell: Cell, unit: Unit) -> str:
    """Return that as text."""
    found = times(cell, unit)
    if found is None:
        return ""
    return f"{found:.2f}" if found < _FINE else f"{found:.1f}" if found < _COARSE else f"{found:.0f}"


def versions_line(table: Table) -> str:
    """Return the versions of what was measured."""
    return ", ".join(f"{name.removeprefix('npm:')} {found.removeprefix(f'{name} ')}" for name, found in table.versions.items())


def machine_line(table: Table) -> str:
    """Return what the table was measured on."""
    found = table.machine
    cores = f"{found['cores']} core{'' if found['cores'] == '1' else 's'}"
    return f"{found['processor']}, {cores}, {found['system']}, Python {found['python']}, load average {found['load']}, {found['day']}"
