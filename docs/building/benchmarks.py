"""The pages of the benchmarks, from the tables that were measured last."""

from pathlib import Path
from typing import Final

from benchmarks.matrix.pages import NAMES, benchmarks_page, with_goals
from benchmarks.matrix.results import Table
from benchmarks.matrix.stored import stored

PERFORMANCE: Final = Path(__file__).parents[1] / "performance.md"


def tables() -> list[Table]:
    """The tables, in the order of the page."""
    return [table for name in NAMES if (table := stored(name)) is not None]


def page() -> str:
    """docs/benchmarks.md."""
    return benchmarks_page(tables())


def performance_page() -> str:
    """docs/performance.md, with the figures against the goals written anew."""
    return with_goals(PERFORMANCE.read_text(encoding="utf-8"), tables())
