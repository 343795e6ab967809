"""Imports point downwards only: a room may use the rooms below it, never one beside or above it."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import federation
from tests.support.rooms import FLOORS
from tests.support.source import nodes, tree

pytestmark = pytest.mark.lint

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
    typing_only = {id(node) for block in nodes(path) if is_for_type_checkers(block) for node in ast.walk(block)}
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "federation")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            if node.module and node.module.split(".")[0] == "federation" and (name != "federation" or id(node) not in typing_only):
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield inner if is_module(inner) else node.module


def is_for_type_checkers(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(value=ast.Name(id="typing"), attr="TYPE_CHECKING")):
            return True
    return False


def imported_by_text(name: str, path: Path) -> Iterator[str]:
    """Every module of the project that *path* imports by text: in a table of `lazily`, or as the argument of ``import_module``.

    Of a text that is made at run time its constant beginning counts: it must name a package.
    """
    assigned = {
        node.target.id: node.value
        for node in tree(path).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
    for node in nodes(path):
        match node:
            case ast.Call(func=ast.Name(id="lazily"), args=[ast.Name(id="__name__"), ast.Name(id=table)]):
                homes = ast.literal_eval(assigned[table]).values()
                yield from (home if home.startswith("federation.") else f"{name}.{home}" for home in homes)
            case ast.Call(func=ast.Name(id="import_module"), args=[ast.Constant(value=str(text))]):
                yield text
            case ast.Call(func=ast.Name(id="import_module"), args=[ast.JoinedStr(values=[ast.Constant(value=str(text)), *_])]):
                yield text.rpartition(".")[0]
            case ast.Call(func=ast.Name(id="lazily" | "import_module")) if name != "federation.lazy":
                pytest.fail(f"{name}, line {node.lineno}: nobody can tell what this imports")


BY_TEXT = {
    "federation.lazy": {"importlib.import_module"},  # the tables of its callers are read above
    "federation.cli.main": {"importlib.import_module"},  # a verb's module is named like the verb
    "federation.validators": {"importlib.metadata.EntryPoint", "importlib.metadata.entry_points"},  # plug-ins
    "federation.records": {"exec"},  # constructors made of the names of fields, as dataclasses make theirs; they import nothing
}
"""Who may import by text, and by what. Every other import is a statement."""
HARMLESS = {f"importlib.metadata.{name}" for name in ("PackageNotFoundError", "requires", "version")} | {"importlib.util.find_spec"}
"""These ask what is installed and import nothing."""
LOADERS = {"importlib", "pkgutil", "runpy", "zipimport"}


@pytest.mark.parametrize(("name", "path"), tuple(modules()), ids=[name for name, _ in modules()])
def test_imports_are_statements(name: str, path: Path) -> None:
    used = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            used |= {alias.name for alias in node.names if alias.name.split(".")[0] in LOADERS}
        elif isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in LOADERS:
            used |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Name) and node.id in {"__import__", "__builtins__", "exec", "eval"}:
            used.add(node.id)
    assert used - HARMLESS == BY_TEXT.get(name, set())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("T: Final = {'a': 'inner'}\n__getattr__ = lazily(__name__, T)", {"federation.room.inner"}),
        ("def f():\n    import_module('federation.cli.main')", {"federation.cli.main"}),
        ("import_module(f'federation.cli.{x}')", {"federation.cli"}),
    ],
)
def test_an_import_by_text_is_seen(source: str, found: set[str], tmp_path: Path) -> None:
    (tmp_path / "room.py").write_text(source, encoding="utf-8")
    assert set(imported_by_text("federation.room", tmp_path / "room.py")) == found


@pytest.mark.parametrize("source", ["import_module(name)", "import_module(f'{name}')", "lazily(__name__, {})"])
def test_an_import_that_cannot_be_read_is_refused(source: str, tmp_path: Path) -> None:
    (tmp_path / "room.py").write_text(source, encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match="nobody can tell"):
        list(imported_by_text("federation.room", tmp_path / "room.py"))


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
    assert [target for target in imported_by_text(name, path) if not is_module(target)] == []
    if mine is None:
        assert list(imports(name, path)) == ["federation.explanation", "federation.lazy"], "the public face imports lazily"
        return
    assert mine in RANK, f"{mine} has no floor in FLOORS"
    for target in (*imports(name, path), *imported_by_text(name, path)):
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
