"""Mutants: which there are, and a module's code with one of them in it."""

from __future__ import annotations

import ast
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, Final

from tests.mutation.operators import Site, sites

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
SHARED_TESTS: Final = ("tests/attacks",)


@dataclass(frozen=True, slots=True)
class Package:
    """Modules that are mutated together, and the tests of their room."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module; ``index`` counts the sites of the file."""

    package: str
    file: str
    index: int
    site: Site

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names it as long as the code around it stands: file, function, before, after."""
        return (self.file, self.site.function, self.site.before, self.site.after)

    def code(self) -> CodeType:
        """Return the code of the module with the change in it."""
        tree = ast.parse((ROOT / self.file).read_text(encoding="utf-8"), self.file)
        sites(tree)[self.index].apply()
        return compile(ast.fix_missing_locations(tree), str(ROOT / self.file), "exec")

    def __str__(self) -> str:
        return f"{self.file}:{self.site.line} {self.site.function or 'module'}\n    - {self.site.before}\n    + {self.site.after}"


@cache
def packages() -> dict[str, Package]:
    """Return the packages by name, as packages.toml has them."""
    found = {}
    for name, words in tomllib.loads((HERE / "packages.toml").read_text(encoding="utf-8")).items():
        files = sorted(
            path for pattern in words["files"] for path in ROOT.glob(pattern) if path.stem not in {"__init__", *words["without"]}
        )
        found[name] = Package(name, tuple(str(path.relative_to(ROOT)) for path in files), tuple(words["tests"]))
    return found


def mutants(package: Package) -> list[Mutant]:
    """Return every mutant of *package*, in a fixed order."""
    return [
        Mutant(package.name, file, index, site)
        for file in package.files
        for index, site in enumerate(sites(ast.parse((ROOT / file).read_text(encoding="utf-8"))))
    ]


def sample(found: Sequence[Mutant], number: int, seed: int) -> list[Mutant]:
    """Return *number* of the mutants *found*, the same for the same *seed*; all of them for zero."""
    return list(found) if not number or number >= len(found) else random.Random(seed).sample(found, number)  # noqa: S311 - a sample, no secret


@cache
def equivalents() -> dict[tuple[str, str, str, str], str]:
    """Return the mutants that no test can notice, each with the reason, as equivalent.toml has them."""
    written: list[dict[str, Any]] = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8")).get("mutant", [])
    return {(each["file"], each["function"], each["before"], each["after"]): each["reason"] for each in written}
