"""docs/dependencies.md has a line for everything that is installed with the package, and names what development uses."""

import re
import tomllib

import pytest

from tests.support.paths import REPOSITORY

PAGE = (REPOSITORY / "docs" / "dependencies.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
TABLE, _, DEVELOPMENT = PAGE.partition("\nDevelopment only:")


def name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return found[0].lower()


def extras() -> list[tuple[str, str]]:
    return [(name(line), extra) for extra, lines in PROJECT["project"]["optional-dependencies"].items() for line in lines]


def test_the_table_lists_the_dependencies_and_nothing_else() -> None:
    listed = {row.split("|")[1].split("(")[0].strip().lower() for row in TABLE.splitlines() if row.startswith("| ")} - {"library"}

    assert listed == {name(line) for line in PROJECT["project"]["dependencies"]} | {library for library, _ in extras()}


@pytest.mark.parametrize(("library", "extra"), extras())
def test_extras_are_named(library: str, extra: str) -> None:
    assert re.search(rf"^\| {library} \(extras? [^)]*`{extra}`", TABLE, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize("library", sorted({name(line) for group in PROJECT["dependency-groups"].values() for line in group}))
def test_development_is_named(library: str) -> None:
    assert library in DEVELOPMENT.lower() or f"| {library} " in TABLE
