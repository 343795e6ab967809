"""docs/architecture.md shows the house as it stands, and the pages around it can be found."""

import re
from importlib import import_module
from typing import Final

import pytest

from tests.support.paths import REPOSITORY
from tests.support.rooms import FLOORS

DOCS = REPOSITORY / "docs"
HOUSE = REPOSITORY / "federation"
PAGE = (DOCS / "architecture.md").read_text(encoding="utf-8")
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Cells of the first table below *heading*, without its head."""
    table = PAGE.partition(f"\n{heading}\n")[2].partition("\n|")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_floors_are_those_that_imports_keep_to() -> None:
    shown: dict[int, set[str]] = {}
    for floor, rooms, _ in rows("## The house"):
        shown.setdefault(int(floor), set()).update(re.findall(r"`(\w+)`", rooms))

    assert shown == dict(enumerate(FLOORS))


def test_every_room_has_a_floor() -> None:
    rooms = {path.stem for path in HOUSE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert rooms - {"__init__", "__main__"} == set().union(*FLOORS)


@pytest.mark.parametrize("row", rows("## One way through the house"), ids=lambda row: row[0])
def test_every_promised_type_is_where_the_page_says(row: list[str]) -> None:
    name, maker = row[0].strip("`"), row[1].strip("`").split(".")[0]
    sources = HOUSE.joinpath(maker).rglob("*.py") if HOUSE.joinpath(maker).is_dir() else HOUSE.rglob("*.py")

    assert any(f"\nclass {name}" in path.read_text(encoding="utf-8") for path in sources)


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_readme_leads_to_every_page(page: str) -> None:
    assert f"(docs/{page})" in README


GLOSSARY: Final = rows("## Glossary")


def test_glossary_is_in_order_and_has_each_term_once() -> None:
    terms = [row[0] for row in GLOSSARY]

    assert terms == sorted(set(terms), key=str.lower)


@pytest.mark.parametrize("row", GLOSSARY, ids=lambda row: row[0])
def test_every_term_is_the_type_of_the_place_it_names(row: list[str]) -> None:
    term, meaning, name, place = row[0], row[1], row[2].strip("`"), row[3].strip("`")

    defined = vars(import_module(f"federation.{place}")).get(name)

    assert meaning, f"docs/architecture.md says nothing of {term}"
    assert isinstance(defined, type), f"docs/architecture.md: {term}: federation/{place.replace('.', '/')}.py has no type {name}"
    assert defined.__module__ == f"federation.{place}", f"docs/architecture.md: {term}: {name} comes from {defined.__module__}"
