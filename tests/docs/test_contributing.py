"""The changes of CONTRIBUTING.md: every file and every test that they name is there."""

import re
from typing import Final

import pytest

from tests.support.paths import REPOSITORY

HEADING: Final = "## Twelve changes, file by file"
PAGE: Final = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(f"\n{HEADING}\n")[2].partition("\n## ")[0]
CHANGES: Final = dict(zip(*[iter(re.split(r"^### (.*)$", PAGE, flags=re.MULTILINE)[1:])] * 2, strict=True))


def rows(text: str) -> list[list[str]]:
    """The files and the test of each row."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")][1:]


def test_there_are_twelve() -> None:
    assert len(CHANGES) == 12
    assert all(len(rows(text)) > 2 for text in CHANGES.values())


@pytest.mark.parametrize("change", CHANGES)
def test_every_file_is_there(change: str) -> None:
    named = re.findall(r"`((?:docs|federation|tests)/[^`:]+|CHANGELOG.md)`", CHANGES[change])
    assert [file for file in named if not (REPOSITORY / file).exists()] == [], f"correct the table of {change!r} in CONTRIBUTING.md"


@pytest.mark.parametrize("change", CHANGES)
def test_every_test_is_there(change: str) -> None:
    for cells in rows(CHANGES[change]):
        assert len(cells) == 2
        for file, test in re.findall(r"`([^`]+)::([^`]+)`", cells[1]):
            path = REPOSITORY / file
            assert path.exists(), f"{file} is gone: correct the table of {change!r} in CONTRIBUTING.md"
            text = path.read_text(encoding="utf-8")
            assert f"\ndef {test}(" in text, f"{file} has no {test}: correct the table of {change!r} in CONTRIBUTING.md"


@pytest.mark.parametrize("change", CHANGES)
def test_the_first_edit_alone_may_have_no_test(change: str) -> None:
    """What is made first is the change itself; whatever else it takes, a test asks for."""
    without = [cells[0] for cells in rows(CHANGES[change]) if not cells[1]]
    assert without in ([], [rows(CHANGES[change])[0][0]])
