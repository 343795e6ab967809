"""The rows of docs/attacks.toml, the modules that cite them and the tests that are named after them: docs/build.py writes a page from it.

A citation is the id of a row in a comment, a docstring or another text of the code. ``S01 to S13`` cites every row of that range. A test
belongs to the rows that its name begins with: ``test_S03_S11_…``, in either case.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
DATA: Final = REPOSITORY / "docs" / "attacks.toml"
ATTACKER: Final = REPOSITORY / "federation" / "testing" / "mutating"
"""The modules that make attacks. What they cite is no rule that refuses one."""
_TESTS: Final = REPOSITORY / "tests"
_NAME: Final = re.compile(r"^ *def test((?:_[A-Za-z][0-9]{2})+)(?=_|\()", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """One attack: ``rule`` refuses it; ``untested`` says why no test is named after it, empty where one is."""

    id: str
    attack: str
    rule: str
    untested: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """The rows of one letter."""

    title: str
    rows: tuple[Row, ...]


@cache
def areas() -> tuple[Area, ...]:
    """Return the table as it stands in docs/attacks.toml."""
    read = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return tuple(
        Area(area["title"], tuple(Row(id=key, **fields) for key, fields in area.items() if key != "title")) for area in read.values()
    )


def citations(directory: Path, *, without: Path | None = None) -> Mapping[str, list[str]]:
    """Return row id to the Python files under *directory*, but not under *without*, that cite it, as paths within the repository."""
    files = (path for path in sorted(directory.rglob("*.py")) if without not in path.parents)
    return _by_row((row, path) for path in files for row in cited(path.read_text(encoding="utf-8")))


def cited(text: str) -> Iterator[str]:
    """Yield the ids that *text* cites, each end and everything between the ends of a range."""
    letters = "".join(sorted({row.id[0] for area in areas() for row in area.rows}))
    for letter, first, last in re.findall(rf"\b([{letters}])([0-9]{{2}})(?: to \1([0-9]{{2}}))?\b", text):
        for number in range(int(first), int(last or first) + 1):
            yield f"{letter}{number:02}"


@cache
def named_tests() -> Mapping[str, list[str]]:
    """Return row id to the files with a test that is named after it."""
    return _by_row((row, path) for path in sorted(_TESTS.rglob("test_*.py")) for row in _named(path))


def _named(path: Path) -> Iterator[str]:
    for rows in _NAME.findall(path.read_text(encoding="utf-8")):
        yield from rows.upper().split("_")[1:]


def _by_row(found: Iterator[tuple[str, Path]]) -> dict[str, list[str]]:
    files: dict[str, dict[str, None]] = {}
    for row, path in found:
        files.setdefault(row, {})[path.relative_to(REPOSITORY).as_posix()] = None
    return {row: list(names) for row, names in files.items()}
