"""Imports point downwards only: a room may use the rooms below it, never one beside or above it."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import federation
from tests.support.rooms import FLOORS

HOUSE = Path(federation.__file__).parent

RANK = {room: rank for rank, floor in enumerate(FLOORS) for room in floor}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(HOUSE.rglob("*.py")):
        relative = path.relative_to(HOUSE.parent).with_suffix("")
        yield ".".join(p for p in relative.parts if p != "__init__"), path


@cache
def imports(name: str, path: Path) -> tuple[str, ...]:
    """Every module of the project that *path* imports, anywhere in its body; imports for type checkers only do not load anything."""
    return tuple(imported(name, path))


def imported(name: str, path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "federation")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            if node.module and node.module.split(".")[0] == "federation" and (name != "federation" or id(node) not in typing_only):
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield inner if is_module(inner) else node.module


@cache
def is_module(dotted: str) -> bool:
    path = HOUSE.parent.joinpath(*dotted.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def room(dotted: str) -> str | None:
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 else None


@pytest.mark.parametrize(("name", "path"), tuple(modules()), ids=[name for name, _ in modules()])
def test_imports_point_downwards(name: str, path: Path) -> None:
    mine = room(name)
    if mine is None:
        assert list(imports(name, path)) == ["federation.explanation", "federation.lazy"], "the public face imports lazily"
        return
    assert mine in RANK, f"{mine} has no floor in FLOORS"
    for target in imports(name, path):
        theirs = room(target)
        if theirs is None:
            assert mine == "cli", f"{name} imports the public face"
        elif theirs != mine:
            assert RANK[theirs] < RANK[mine], f"{name} imports {target}, which is not below it"


def test_no_module_reaches_itself() -> None:
    graph = {name: set(imports(name, path)) - {name} for name, path in modules()}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")
