"""One word for one thing: no two classes of the house share a name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.paths import REPOSITORY
from tests.support.source import tree

pytestmark = pytest.mark.lint

HOUSE: Final = REPOSITORY / "federation"
NATURAL: Final[dict[str, str]] = {}
"""Names that two modules may define, each with the reason why a reader cannot take one for the other."""


def type_names(tree: ast.Module) -> Iterator[str]:
    """The classes and aliases of types that a module defines, without the underscore of private ones."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name.lstrip("_")
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and is_alias(target.id, node.value):
                    yield target.id.lstrip("_")


def is_alias(name: str, value: ast.expr) -> bool:
    """Whether *name* is spelled like a type and stands for one that the module makes up itself, not for another module's of that name."""
    word = name.lstrip("_")
    if len(word) < 2 or not word[0].isupper() or word.isupper():
        return False
    return not (isinstance(value, ast.Attribute) and value.attr == name)


def homes_of_names(house: Path) -> dict[str, list[str]]:
    homes = defaultdict(list)
    for path in sorted(house.rglob("*.py")):
        for name in type_names(tree(path)):
            homes[name].append(path.relative_to(house).as_posix())
    return homes


def test_no_two_types_share_a_name() -> None:
    double = {name: homes for name, homes in homes_of_names(HOUSE).items() if len(homes) > 1 and name not in NATURAL}

    assert not double, f"one word for two things: rename one of each, or give the reason in NATURAL of {Path(__file__).name}: {double}"


def test_every_exception_is_still_needed() -> None:
    homes = homes_of_names(HOUSE)

    assert all(len(homes[name]) > 1 for name in NATURAL)


def test_a_double_name_is_found_in_every_form(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("class Word: ...\nEdge = int | str\nclass _Private: ...\n")
    (tmp_path / "two.py").write_text("import one\nclass _Word: ...\nEdge: TypeAlias = int\nPrivate = one.Private\nT = TypeVar('T')\n")

    homes = homes_of_names(tmp_path)

    assert {name for name, where in homes.items() if len(where) > 1} == {"Word", "Edge"}
