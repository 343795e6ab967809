"""The generated pages of docs/ are those that the code of today generates."""

import importlib.util
from types import ModuleType
from typing import Any

import pytest

from federation.report import Check
from federation.saml.checks import CHECKS
from federation.saml.response import STAGES
from tests.support.paths import REPOSITORY

DOCS = REPOSITORY / "docs"


def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = build().PAGES


@pytest.mark.lint
@pytest.mark.parametrize("name", PAGES)
def test_page_is_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


@pytest.mark.lint  # it makes the page, which takes long
def test_every_rule_is_listed_once_with_its_code() -> None:
    table = PAGES["checks.md"]().partition("## SAML responses")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    listed: list[Check[Any]] = [*STAGES, *CHECKS]
    for check in listed:
        [row] = [row for row in rows if row[0] == f"| `{check.name}`" and len(row) == 5]
        expired = check.name == "age" or check.name.endswith("-expiry")
        code = "ExpiredTokenException" if expired else "IDPRejectedClaim" if check.name == "status" else "InvalidIdentityToken"
        assert row[3] == f"`{code}`"
        assert row[1], f"{check.name} says what it demands"
