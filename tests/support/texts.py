"""The home of AWS's texts as tests read it: each text with its source, its template and the code that names it."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import federation
from tests.support.source import tree

HOUSE: Final = Path(federation.__file__).parent
HOME: Final = HOUSE / "aws_texts"
_WORD, _NUMBER = "\0", 987_654_321
_HOLES: Final = re.compile(f"{_WORD}|{_NUMBER}")
_ARGUMENTS: Final = {
    "str": _WORD,
    "str | None": _WORD,
    "object": _WORD,
    "int": _NUMBER,
    "Iterable[str]": [_WORD],
    "Sequence[str]": [_WORD],
}


@dataclass(frozen=True, slots=True)
class Text:
    """One text: ``name`` is that under which rules name it, ``place`` is file and line, ``said`` its docstring."""

    name: str
    place: str
    said: str

    @property
    def fixed(self) -> list[str]:
        """The parts of the text that are the same whatever words it repeats."""
        area, name = self.name.split(".")
        value: Any = getattr(import_module(f"federation.aws_texts.{area}"), name)
        if callable(value):
            value = value(**{each.name: _ARGUMENTS[each.annotation] for each in inspect.signature(value).parameters.values()})
        return _HOLES.split(value)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches the text, whatever words it repeats."""
        return re.compile(".*".join(map(re.escape, self.fixed)), re.DOTALL)


@cache
def home() -> dict[str, Text]:
    """Every text by its name, such as ``saml.EXPIRED``."""
    return {text.name: text for path in sorted(HOME.glob("*.py")) if path.name != "__init__.py" for text in _texts(path)}


def _texts(path: Path) -> Iterator[Text]:
    body = tree(path).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            follows = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            name, said = node.target.id, str(after.value.value) if follows else ""  # type: ignore[union-attr]
        elif isinstance(node, ast.FunctionDef):
            name, said = node.name, ast.get_docstring(node) or ""
        else:
            continue
        if not name.startswith("_"):
            yield Text(f"{path.stem}.{name}", f"{path.relative_to(HOUSE).as_posix()}:{node.lineno}", " ".join(said.split()))


@dataclass(frozen=True)
class Module:
    """One module of the package outside of the home."""

    name: str
    place: str
    tree: ast.Module

    @cached_property
    def areas(self) -> dict[str, str]:
        """The names that stand for the home or for one of its modules, to that module; the home itself is the empty text."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if node.module == "federation" and alias.name == "aws_texts":
                        found[alias.asname or alias.name] = ""
                    elif node.module == "federation.aws_texts":
                        found[alias.asname or alias.name] = alias.name
        return found

    def named(self, node: ast.AST) -> str | None:
        """Return the name of the text that *node* stands for; None where it is none of the home."""
        areas = self.areas
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if areas.get(owner):
                return f"{areas[owner]}.{name}"
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=owner), attr=area), attr=name) if areas.get(owner) == "":
                return f"{area}.{name}"
        return None


@cache
def others() -> tuple[Module, ...]:
    """Every module of the package outside of the home."""
    return tuple(
        Module(
            ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__"),
            path.relative_to(HOUSE.parent).as_posix(),
            tree(path),
        )
        for path in sorted(HOUSE.rglob("*.py"))
        if path.parent != HOME
    )
