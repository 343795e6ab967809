"""What the suite asks of its own files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shared import REPOSITORY

TESTS = REPOSITORY / "tests"
FILES = sorted(path for path in TESTS.rglob("*.py") if "node_modules" not in path.parts)


def imported(path: Path) -> Iterator[str]:
    """Every module of the suite that *path* imports, anywhere in its body."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_no_file_imports_a_test_or_a_conftest(path: Path) -> None:
    """What two tests need is in tests/support: a test that is moved, renamed or run alone takes nothing with it."""
    borrowed = [name for name in imported(path) if re.match(r"tests\.(.*\.)?(test_|conftest\b)", name)]
    assert borrowed == [], f"{path.relative_to(REPOSITORY)}: move what it imports to a module of tests/support"
