"""docs/plugins.md states the contract as it is run, the members a plug-in must have, and every field of what it returns."""

from dataclasses import fields

import pytest

from federation.identity import Identity
from federation.protocols import Plugin
from federation.report import Check, CheckResult, Report
from federation.testing.validator_contract import CONTRACT, Clause, Specimen
from tests.support.paths import REPOSITORY

PAGE = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("clause", CONTRACT, ids=str)
def test_every_clause_stands_there(clause: Clause) -> None:
    assert f"| `{clause}` | {clause.promise} |" in PAGE


def test_every_member_stands_there() -> None:
    members = {name for name in dir(Plugin) if not name.startswith("_")} | {"kind"}
    assert [name for name in sorted(members) if f"| `{name}" not in PAGE] == []


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("`federation.Identity`", Identity._fields),
        ("`federation.report.Report`", [field.name for field in fields(Report) if field.init]),
        ("Field of the specimen", [field.name for field in fields(Specimen)]),
    ],
)
def test_every_field_has_its_row(heading: str, names: list[str]) -> None:
    after = PAGE.partition(heading)[2].partition("|---|---|\n")[2]
    rows = [line.split("`")[1] for line in after.partition("\n\n")[0].splitlines()]
    assert rows == list(names)


@pytest.mark.parametrize("cls", [Check, CheckResult])
def test_every_field_of_a_check_is_named(cls: type) -> None:
    assert [field.name for field in fields(cls) if f"`{field.name}`" not in PAGE] == []
