"""The measured results behind docs/comparison.md: whole, and of the projects that are described."""

import json
from typing import Any

import pytest

from benchmarks.comparison.projects import EVERYTHING, PROJECTS
from benchmarks.comparison.world import OIDC_GROUPS, SAML_GROUPS, oidc_group, saml_group
from docs.building.comparison import GROUPS, RESULTS, UNALTERED
from tests.support.paths import REPOSITORY

MEASURED: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
KINDS = [(name, kind) for name, outcome in MEASURED.items() for kind in GROUPS if kind in outcome]


def test_what_was_measured_is_described() -> None:
    assert set(MEASURED) <= {project.name for project in PROJECTS}
    assert [each.program for each in PROJECTS if not (REPOSITORY / "benchmarks/comparison/peers" / each.program).exists()] == []


@pytest.mark.parametrize("project", [each for each in PROJECTS if each.name in MEASURED], ids=lambda project: project.name)
def test_it_was_measured_at_the_version_that_is_installed(project: Any) -> None:
    pinned = dict(line.replace("[server]", "").replace("[runtime]", "").split("==") for line in project.requirements)
    told = MEASURED[project.name]["versions"]
    assert {name: told[name] for name in pinned if name in told} == {name: version for name, version in pinned.items() if name in told}
    assert "day" in MEASURED[project.name]


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_a_project_was_given_every_token_and_took_the_genuine_one(name: str, kind: str) -> None:
    groups = MEASURED[name][kind]["groups"]
    assert set(groups) == set(GROUPS[kind])
    assert {group: found["count"] for group, found in groups.items()} == {
        group: found["count"] for group, found in MEASURED["federation"][kind]["groups"].items()
    }
    assert groups["genuine"]["same"] == ["genuine"]


def test_what_is_not_claimed_is_a_row() -> None:
    for project in PROJECTS:
        for kind, silent in project.silent.items():
            assert silent == EVERYTHING or silent <= set(GROUPS[kind])
    assert set(UNALTERED["saml"]) <= set(SAML_GROUPS)
    assert set(UNALTERED["oidc"]) <= set(OIDC_GROUPS)


def test_a_mutation_is_in_the_row_of_its_attack() -> None:
    assert [saml_group(rows) for rows in [(), ("S03", "S11"), ("K05",), ("S25",), ("T01",), ("X14",), ("S30",), ("C01",)]] == [
        "content",
        "wrapping",
        "key",
        "key",
        "texts",
        "xml",
        "signature",
        "signature",
    ]
    assert [oidc_group(rows) for rows in [(), ("J01",), ("J03",), ("J09",), ("J24",), ("J25",)]] == [
        "content",
        "none",
        "hmac",
        "key",
        "signature",
        "form",
    ]
