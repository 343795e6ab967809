"""The version of a release: package and changelog agree with the tag, or nothing is built."""

import re

import pytest

from federation import __version__
from release.__main__ import main
from release.changes import NEXT, disagreements
from tests.support.paths import REPOSITORY

RELEASED = "# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-12-01\n\n### Added\n\n- This.\n\n## 1.2.2 - 2026-11-01\n\n- That.\n"


def test_a_release_that_all_agree_on() -> None:
    assert disagreements("1.2.3", "1.2.3", RELEASED) == []
    assert disagreements("1.2.3", "1.2.3", RELEASED.replace("## Unreleased\n\n", "")) == []


@pytest.mark.parametrize(
    ("wanted", "packaged", "changelog", "told"),
    [
        ("1.2.3", "1.2.2", RELEASED, "write 1.2.3 in federation/__init__.py"),
        ("1.2.2", "1.2.2", RELEASED, "the newest release of CHANGELOG.md is `## 1.2.3 - 2026-12-01`"),
        ("1.2.3", "1.2.3", RELEASED.replace("## 1.2.3 - 2026-12-01\n", ""), "entries under `## Unreleased`"),
        ("1.2.3", "1.2.3", RELEASED.replace(" - 2026-12-01", ""), "write `## 1.2.3 - YYYY-MM-DD`"),
        ("1.2.3", "1.2.3", "# Changelog\n", "the newest release of CHANGELOG.md is no release"),
    ],
)
def test_what_stands_against_a_release(wanted: str, packaged: str, changelog: str, told: str) -> None:
    assert any(told in each for each in disagreements(wanted, packaged, changelog))


def test_nothing_is_built_that_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version", "999.0.0"]) == 1
    assert "write 999.0.0 in federation/__init__.py" in capsys.readouterr().err


def test_the_version_stands_once() -> None:
    """What needs it elsewhere reads it from the package."""
    written = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.")[0]
    assert re.search(r"^version\b", written, re.MULTILINE) is None
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", __version__)


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert f"\n## {NEXT}\n" in (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
