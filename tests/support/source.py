"""Source files as the tests that ask something of them read them: parsed once."""

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """The module in file *path*; not to be changed."""
    read = ast.parse(path.read_text(encoding="utf-8"))
    gc.freeze()  # it stays: the collector need not walk over it
    return read


def statements(path: Path) -> Iterator[ast.AST]:
    """Every statement of it, however deep: few beside all nodes."""
    waiting: list[ast.AST] = [tree(path)]
    while waiting:
        node = waiting.pop()
        yield node
        for block in ("body", "orelse", "handlers", "finalbody", "cases"):
            inner = getattr(node, block, None)
            waiting += inner if isinstance(inner, list) else []


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of it, as `ast.walk` gives them."""
    return tuple(ast.walk(tree(path)))
