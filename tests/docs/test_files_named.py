"""A file that a page names is there: a reader who looks for it finds it."""

import re
from pathlib import Path

import pytest

from tests.support.paths import REPOSITORY

PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md")),
    *(page for page in sorted((REPOSITORY / "docs").rglob("*.md")) if page.parent.name != "adr"),
]
"""Decisions are left out: they speak of the files of their day."""
BEGINNINGS = ("", "federation", "docs")
"""Where the paths of pages begin: at the root, or in the package or the pages that the text is about."""
OTHERS = ("saml-providers/", "oidc-providers/")
"""Beginnings of paths in an account directory."""


def is_there(file: str) -> bool:
    return any((REPOSITORY / beginning / file).exists() for beginning in BEGINNINGS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_file_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"`((?:[\w-]+/)+[\w-]+\.(?:py|toml|md))`", page.read_text(encoding="utf-8")))

    assert sorted(file for file in named if not file.startswith(OTHERS) and not is_there(file)) == [], f"correct the path in {page.name}"
