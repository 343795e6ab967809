"""docs/plugins.md states the contract as it is run, and the members a plug-in must have."""

import pytest

from federation.testing.validator_contract import CONTRACT, Clause
from federation.validators import Plugin
from tests.shared import REPOSITORY

PAGE = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("clause", CONTRACT, ids=str)
def test_every_clause_stands_there(clause: Clause) -> None:
    assert f"| `{clause}` | {clause.promise} |" in PAGE


def test_every_member_stands_there() -> None:
    members = {name for name in dir(Plugin) if not name.startswith("_")} | {"kind"}
    assert [name for name in sorted(members) if f"| `{name}" not in PAGE] == []
