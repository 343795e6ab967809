"""The tests of the how-to run in a directory of their own: green, and with the report that it shows of a wrong branch."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from federation.fixture import FederationSts
from federation.testing import strategies
from tests.support.pages import blocks
from tests.support.paths import REPOSITORY

GUIDE = REPOSITORY / "docs" / "how-to" / "ci-pytest.md"
PAGE = (REPOSITORY / "docs" / "testing.md").read_text(encoding="utf-8")
[EXAMPLE] = blocks(GUIDE, "python")
[REPORT] = blocks(GUIDE, "text")
UNEXPECTED = """

def test_unexpected(federation_sts, role):
    credentials(federation_sts.gitlab(project="acme/shop", branch="main"), role)
"""


def run(directory: Path, source: str) -> subprocess.CompletedProcess[str]:
    (directory / "test_release.py").write_text(source, encoding="utf-8")
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {**bare, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "100", "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "federation.fixture.plugin", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_guides_tests_are_green_and_a_wrong_branch_is_explained(tmp_path: Path) -> None:
    ran = run(tmp_path, EXAMPLE + UNEXPECTED)
    assert "1 failed, 3 passed" in ran.stdout, ran.stdout + ran.stderr
    assert "FAILED test_release.py::test_unexpected" in ran.stdout
    shown = "".join(".*" if part == "…" else re.escape(part) for part in re.split("(…)", REPORT.strip()))
    assert re.search(shown.replace(r"\-\-\-", "-*"), ran.stdout, re.DOTALL), ran.stdout


def test_the_page_names_every_part_of_the_fixture() -> None:
    table = PAGE.partition("| Part |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)", table))
    public = {name for name in dir(FederationSts) if not name.startswith("_")} | {"clock", "live"}
    assert named - {"code", "check", "explanation", "cause", "edits", "serve"} >= public - {"open", "close", "account_id", "refusal_behind"}


@pytest.mark.parametrize("name", strategies.__all__)
def test_the_page_names_every_strategy(name: str) -> None:
    assert f"`{name}`" in PAGE or name in {"FAULTS", "ClaimSet", "JudgedInstant", "UnmetPolicy"}
