"""AWS's texts have one home: a refusal names a text there, and each has a source, is used, and is written once."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import pytest

from federation import errors
from tests.support.source import nodes
from tests.support.texts import HOME, Module, home, others

pytestmark = pytest.mark.lint

SOURCE: Final = re.compile(
    r"(?:(?:Recorded|Observed|Documented|Reported): (?:docs/observed\.md [0-9]+\.[0-9]+|(?:STS|S3) API reference, [a-z ]+)"
    r"|This project's wording: .+)\.$"
)
"""How the docstring of a text ends."""
CARRIED: Final = ("message", "aws_message")
GIVEN: Final = (*CARRIED, "global_refusal")
"""Under these names a refusal is given what AWS says; under the first two it, or what it is made from, carries it."""
OF_CODE: Final = "text"
"""The attribute of a class of errors that is the text of its code."""
OWN: Final = "federation.policy.lint"
"""The message of a finding is not AWS's."""
FEW: Final = 16
"""Parts of a text that are shorter may stand elsewhere by chance."""


def test_the_home_is_complete() -> None:
    assert len(home()) > 150
    areas = {path.stem for path in HOME.glob("*.py")} - {"__init__"}
    assert {name.partition(".")[0] for name in home()} == areas


@pytest.mark.parametrize("name", home())
def test_a_text_has_its_source(name: str) -> None:
    text = home()[name]
    assert SOURCE.search(text.said), (
        f"federation/{text.place}: end the docstring of {name} with its source: `Recorded: docs/observed.md 9.1.`, or Observed, "
        f"Documented, Reported, or `This project's wording: what AWS says here is not known.`"
    )


def test_a_text_is_used() -> None:
    used = {name for module in others() if module.areas for node in ast.walk(module.tree) if (name := module.named(node)) is not None}
    for path in HOME.glob("*.py"):
        used |= {f"{path.stem}.{node.id}" for node in nodes(path) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    idle = {f"federation/{text.place}": name for name, text in home().items() if name not in used}
    assert not idle, f"remove these texts, or let a rule send them: {idle}"


def test_a_text_is_written_once() -> None:
    same = defaultdict(list)
    for name, text in home().items():
        same[tuple(text.fixed)].append(name)
    assert [names for names in same.values() if len(names) > 1] == []

    parts = {part: name for name, text in home().items() for part in [max(text.fixed, key=len)] if len(part) >= FEW}
    anywhere = re.compile("|".join(map(re.escape, parts)))
    copies = {
        f"{module.place}:{line}": f"aws_texts.{parts[found[0]]}"
        for module in others()
        for line, written in _written(module.tree)
        if (found := anywhere.search(written))
    }
    assert not copies, f"name the text instead of writing it again: {copies}"


def _written(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of every literal that is no docstring."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


class Refusals:
    """Every value that a refusal of the package is given as AWS's text, followed to where it is written."""

    def __init__(self, modules: tuple[Module, ...]) -> None:
        self.modules = {module.name: module for module in modules if not module.name.startswith(OWN)}
        self.takers = {(name, taker): place for name, module in self.modules.items() for taker, place in _takers(module.tree)}

    def literals(self) -> Iterator[str]:
        """Yield file and line of each literal among them."""
        for module in self.modules.values():
            for value, scope in self._values(module):
                yield from (f"{module.place}:{line}" for line in self._lines(module, value, scope, frozenset()))

    def _values(self, module: Module) -> Iterator[tuple[ast.expr, ast.AST]]:
        for scope, node in _within(module.tree, module.tree):
            match node:
                case ast.Call() if not ast.unparse(node.func).startswith("click."):
                    yield from ((keyword.value, scope) for keyword in node.keywords if keyword.arg in GIVEN)
                    place = self.takers.get(self._called(module, node.func))
                    if place is not None and place < len(node.args):
                        yield node.args[place], scope
                case ast.FunctionDef(name=name):
                    if name in CARRIED:
                        yield from ((each.value, node) for each in ast.walk(node) if isinstance(each, ast.Return) and each.value)
                    positional = zip(reversed(node.args.args), reversed(node.args.defaults), strict=False)
                    defaults = [*positional, *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
                    yield from ((default, scope) for argument, default in defaults if argument.arg in GIVEN and default)
                case ast.ClassDef(body=body) if module.name.startswith(f"{errors.__name__}."):
                    for each in body:
                        targets = each.targets if isinstance(each, ast.Assign) else [each.target] if isinstance(each, ast.AnnAssign) else []
                        if isinstance(each, ast.Assign | ast.AnnAssign) and each.value and ast.unparse(targets[0]) == OF_CODE:
                            yield each.value, scope

    def _called(self, module: Module, func: ast.expr) -> tuple[str, str]:
        if not isinstance(func, ast.Name):
            return "", ""
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == func.id for alias in node.names):
                return str(node.module), func.id
        return module.name, func.id

    def _lines(self, module: Module, value: ast.AST, scope: ast.AST, seen: frozenset[str]) -> Iterator[int]:
        """Yield the lines of the literals that *value* can be; words that a text of the home repeats are none."""
        match value:
            case ast.Call(func=func) if module.named(func):
                return
            case ast.JoinedStr() | ast.Constant(value=str()) if getattr(value, "value", True):
                yield value.lineno
            case ast.IfExp(body=body, orelse=other):
                yield from (line for each in (body, other) for line in self._lines(module, each, scope, seen))
            case ast.Subscript(value=table):
                yield from self._lines(module, table, scope, seen)
            case ast.Compare() | ast.Attribute(attr="message" | "aws_message"):
                return  # whoever made the object that carries a text is found, too
            case ast.Name(id=name) if name not in seen:
                for each in (*_assigned(scope, name), *_assigned(module.tree, name)):
                    yield from self._lines(module, each, scope, seen | {name})
            case ast.Dict(values=values):
                yield from (line for each in values for line in self._lines(module, each, scope, seen))
            case _:
                yield from (line for each in ast.iter_child_nodes(value) for line in self._lines(module, each, scope, seen))


def _within(node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield every node below *node* with the function around it."""
    for child in ast.iter_child_nodes(node):
        yield scope, child
        yield from _within(child, child if isinstance(child, ast.FunctionDef) else scope)


def _assigned(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield what *scope*, a function or a module, assigns to *name* or adds to it; of a function of that name, what it returns."""
    for _, node in _within(scope, scope) if isinstance(scope, ast.FunctionDef) else ((scope, each) for each in ast.iter_child_nodes(scope)):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                yield value
            case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr="append"), args=[added]) if target == name:
                yield added
            case ast.FunctionDef(name=target) if target == name and isinstance(scope, ast.Module):
                yield from (each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value)


def _takers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield each function or class of a module that takes AWS's text by place, and the place; a function gives it to what it makes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            gives = any(isinstance(each, ast.keyword) and each.arg in CARRIED for each in ast.walk(node))
            names = [argument.arg for argument in node.args.args if gives]
        elif isinstance(node, ast.ClassDef):
            names = [each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)]
        else:
            continue
        yield from ((node.name, names.index(name)) for name in CARRIED if name in names)


def test_no_refusal_has_a_literal() -> None:
    found = list(Refusals(others()).literals())
    assert not found, f"give these texts a name and a source in federation/aws_texts, and name them here: {found}"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f():\n    raise E(check='c', message='AWS says')", [2]),
        ("def f(x):\n    raise E(check='c', message=f'AWS says {x}')", [2]),
        ("TEXT = 'AWS says'\ndef f():\n    raise E(message=TEXT)", [1]),
        ("def f(x):\n    text = 'AWS says'\n    raise E(message=text if x else None)", [2]),
        ("def f():\n    faults = []\n    faults.append('AWS says')\n    raise E(message=' '.join(faults))", [4, 3]),
        ("def g():\n    return 'AWS says'\ndef f():\n    raise E(message=g())", [2]),
        ("def g(check, message):\n    raise E(check=check, message=message)\ndef f():\n    g('c', 'AWS says')", [4]),
        ("def g(check, *, message='AWS says'):\n    raise E(check=check, message=message)", [1]),
        ("class G:\n    check: str\n    message: str\nx = G('c', 'AWS says')", [4]),
        ("T = {'a': {'b': 'AWS says'}}\ndef f(a, b):\n    g = T[a]\n    raise E(message=g[b])", [1]),
        ("class A:\n    @property\n    def message(self):\n        return 'AWS says'", [4]),
        ("from federation import aws_texts\ndef f(x):\n    raise E(message=aws_texts.saml.EXPIRED if x == 'a' else None)", []),
        ("from federation.aws_texts import iam as texts\ndef f(x):\n    raise E(message=texts.name_taken('role', x))", []),
    ],
)
def test_a_literal_is_found_wherever_it_is_written(source: str, lines: list[int]) -> None:
    module = Module("m", "m.py", ast.parse(source))
    assert list(Refusals((module,)).literals()) == [f"m.py:{line}" for line in lines]


@pytest.mark.parametrize(
    "cls", [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.FederationError)]
)
def test_the_text_of_a_class_is_one_of_the_home(cls: type[errors.FederationError]) -> None:
    assert [name for name, text in home().items() if text.fixed == [cls.text]], (
        f"{cls.__name__}.text is not written in federation/aws_texts"
    )
