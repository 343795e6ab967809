"""What the suite asks of its own files."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.areas import AREAS, TESTS, main, paths
from tests.support import world
from tests.support.paths import REPOSITORY
from tests.support.source import statements, tree

FILES = sorted(path for path in TESTS.rglob("*.py") if "node_modules" not in path.parts)
WORLD = {value: name for name, value in vars(world).items() if isinstance(value, str | datetime) and not name.startswith("_")}
"""Constants of the world by value."""
CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")


def imported(path: Path) -> Iterator[str]:
    """Every name that *path* imports, anywhere in its body."""
    for node in statements(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names)


def constants(path: Path) -> Iterator[tuple[int, object]]:
    """Line and value of every text and instant that *path* gives a name to."""
    for node in tree(path).body:
        match node:
            case ast.Assign(value=ast.Constant(value=value)) | ast.AnnAssign(value=ast.Constant(value=value)):
                yield node.lineno, value
            case ast.Assign(value=ast.Call(func=ast.Name(id="datetime"), args=args) as call):
                if ast.unparse(call).endswith("tzinfo=UTC)") and all(isinstance(each, ast.Constant) for each in args):
                    yield node.lineno, datetime(*map(ast.literal_eval, args)).replace(tzinfo=UTC)  # noqa: DTZ001


def test_no_file_imports_a_test_or_a_conftest() -> None:
    """A test that is moved, renamed or run alone takes nothing with it. What two tests need is in tests/support."""
    borrowed = [
        f"{path.relative_to(REPOSITORY)} imports {name}"
        for path in FILES
        for name in imported(path)
        if re.match(r"\.|tests\.(.*\.)?(test_|conftest\b)", name)
    ]
    assert borrowed == []


def test_no_file_writes_a_constant_of_the_world_again() -> None:
    again = [
        f"{path.relative_to(REPOSITORY)}:{line} writes {WORLD[value]} of tests/support/world.py"
        for path in FILES
        if path != Path(world.__file__)
        for line, value in constants(path)
        if isinstance(value, str | datetime) and value in WORLD
    ]
    assert again == []


def test_every_test_is_of_an_area() -> None:
    gone = [f"{area}: {pattern}" for area, patterns in AREAS.items() for pattern in patterns if not list(TESTS.glob(pattern))]
    assert gone == [], "tests/areas.py names what is not there"
    held = [path for area in AREAS for path in paths(area)]
    files = [path for path in FILES if path.name.startswith("test_")]
    homeless = [str(path.relative_to(TESTS)) for path in files if not any(path.is_relative_to(each) for each in held)]
    assert homeless == [], "name them in an area of tests/areas.py"


def test_every_room_is_an_area() -> None:
    rooms = {path.parent.name for path in (REPOSITORY / "federation").glob("*/__init__.py")}
    assert rooms - set(AREAS) == set(), "add the room to AREAS of tests/areas.py"
    assert [room for room in sorted(rooms) if f"`{room}`" not in CONTRIBUTING] == [], "name the room among the areas of CONTRIBUTING.md"


def test_the_tests_of_an_area(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["oauth", "vendors"]) == 0
    assert capsys.readouterr().out.split()[:2] == ["tests/unit/oauth", "tests/property/test_verdicts.py"]
    assert main(["sMAL"]) == 2
    assert f"no area sMAL; the areas are {' '.join(sorted(AREAS))}" in capsys.readouterr().err
