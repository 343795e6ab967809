"""Every check that a refusal can name, read from the code: docs/build.py writes tables from it, and a test holds that none is missed.

A check reaches an error as the argument ``check`` of its class or of a function that passes it on. Every call that gives one is found, and
the argument is resolved to text: a literal, a constant, either branch of a choice, an item of a literal table that is looped over. What
cannot be resolved is kept apart, for the test to refuse. A parameter of an operation is refused under the name of its flag.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Final

from federation import check_names, errors
from federation.iam.catalogue import OPERATIONS as IAM_OPERATIONS
from federation.sts.catalogue import OPERATIONS

HOUSE: Final = Path(__file__).parents[2] / "federation"
ROWS: Final = {"Check": "name", "Stage": "name"}
"""Classes of which another field is the name of a check."""
NAMES: Final = {"str", *check_names.__all__}
"""Types of a parameter that can be the name of a check."""
OF_PARAMETER: Final = "ParameterCheck(first.flag)"
"""The one expression that is not read from the code: each parameter of an operation is refused under the name of its flag."""
CODES: Final = {name: cls.code for name, cls in vars(errors).items() if isinstance(cls, type) and issubclass(cls, errors.FederationError)}


@dataclass(frozen=True, slots=True)
class Place:
    """One place that names a check: ``check`` is None where the code alone does not tell it, ``written`` is how it is written there."""

    module: str
    check: str | None
    expected: str | None
    codes: frozenset[str]
    written: str


@dataclass(frozen=True, slots=True)
class Taker:
    """A function or class that takes a check.

    Attributes:
        module: Where it stands.
        name: Its name; a method's begins with that of its class.
        parameters: In order, self and cls left out.
        check: The one that is the check; empty where the check is always the default.
        default: What the check is where a call gives none.
        codes: The codes of the errors it makes.
        told: What it says it expected, where its callers do not say.
    """

    module: str
    name: str
    parameters: tuple[str, ...]
    check: str
    default: str | None
    codes: frozenset[str]
    told: str | None = None

    def argument(self, call: ast.Call, name: str) -> ast.expr | None:
        """Return what *call* gives for the parameter *name*."""
        for keyword in call.keywords:
            if keyword.arg == name != "":
                return keyword.value
        place = self.parameters.index(name) if name in self.parameters else len(call.args)
        return call.args[place] if place < len(call.args) else None


@dataclass(frozen=True)
class Module:
    """One module of the house."""

    name: str
    tree: ast.Module

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The parent of every node."""
        return {child: node for node in _within(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """What the names of the module are assigned."""
        annotated = {
            node.target.id: node.value for node in self.tree.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        plain = {
            t.id: node.value for node in self.tree.body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)
        }
        return {name: value for name, value in {**annotated, **plain}.items() if value is not None}

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Name to the module it comes from and its name there."""
        return {
            alias.asname or alias.name: (node.module.partition(".")[2], alias.name)
            for node in _within(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "federation"
            for alias in node.names
        }

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what *node* stands in, from the inside out."""
        while (node := self.parents.get(node, self.tree)) is not self.tree:
            yield node


class House:
    """Every module, and who takes a check."""

    def __init__(self, root: Path = HOUSE) -> None:
        files = {path.relative_to(root).with_suffix("").as_posix().replace("/", "."): path for path in root.rglob("*.py")}
        self.modules = {name: Module(name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in sorted(files.items())}
        self.takers: dict[tuple[str, str], Taker] = {}
        known = None
        while self.takers != known:  # who passes a check on is known by whom it calls
            known = self.takers
            self.takers = {(taker.module, taker.name): taker for module in self.modules.values() for taker in self._takers(module)}

    def places(self) -> Iterator[Place]:
        """Yield every place that names a check."""
        for module in self.modules.values():
            for node in _within(module.tree):
                if isinstance(node, ast.Call) and (taker := self._taker(module, node)) is not None:
                    yield from self._named(module, node, taker)

    def _named(self, module: Module, call: ast.Call, taker: Taker) -> Iterator[Place]:
        given = taker.argument(call, taker.check)
        expected = taker.argument(call, "expected")
        text = taker.told if expected is None else next(iter(self._texts(module, expected)), None)
        codes = taker.codes or _codes(call)
        if given is None:
            if taker.default is not None:
                yield Place(module.name, taker.default, text, codes, taker.default)
            return
        if isinstance(given, ast.Name) and any(given.id in _parameters(node) for node in module.around(call)):
            return  # passed on: whoever calls this function is found too
        repeated = isinstance(given, ast.Call) and ast.unparse(given.func) == "check_of"
        if repeated or (isinstance(given, ast.Attribute) and given.attr == "check") or ast.unparse(given) == OF_PARAMETER:
            return  # a refusal that was made elsewhere
        checks = [check for check in self._texts(module, given) if "…" not in check]
        unknown: list[str | None] = [None]
        yield from (Place(module.name, check, text, codes, ast.unparse(given)) for check in checks or unknown)

    def _texts(self, module: Module, node: ast.expr) -> list[str]:
        """Return the texts that *node* can be; what is filled in at run time shows as an ellipsis."""
        match node:
            case ast.Constant(value=str(text)):
                found = [text]
            case ast.JoinedStr(values=parts):
                found = ["".join(each) for each in product(*(self._texts(module, part) or ["…"] for part in parts))]
            case ast.FormattedValue(value=ast.Attribute() as value):
                found = self._texts(module, value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                found = ["".join(next(iter(self._texts(module, part)), "…") for part in (left, right))]
            case ast.IfExp(body=body, orelse=other):
                found = self._texts(module, body) + self._texts(module, other)
            case ast.Name() | ast.Attribute():
                found = [text for source, value in self._meant(module, node) for text in self._texts(source, value)]
            case _:
                found = []
        return found

    def _meant(self, module: Module, node: ast.Name | ast.Attribute) -> Iterator[tuple[Module, ast.expr]]:
        """Yield what a name stands for, and the module in which that is written."""
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in module.imported:
                source = self.modules.get(".".join(filter(None, module.imported[name])))
                if source is not None and attribute in source.constants:
                    yield source, source.constants[attribute]
            case ast.Name(id=name) if name in module.imported:
                source, there = self.modules.get(module.imported[name][0]), module.imported[name][1]
                if source is not None and there in source.constants:
                    yield source, source.constants[there]
            case ast.Name(id=name):
                local = [*_looped(module, node, name), *_assigned(module, node, name)]
                whole = [module.constants[name]] if name in module.constants else []
                yield from ((module, value) for value in local or whole)
            case ast.Attribute(attr=attribute) if attribute != "check":
                yield from self._given(attribute)

    @cache  # noqa: B019 - a house lives as long as the process
    def _given(self, field: str) -> tuple[tuple[Module, ast.expr], ...]:
        """Return the literals that the constants of the house are made with for *field*, such as the noun of a kind of entity."""
        return tuple(
            (module, keyword.value)
            for module in self.modules.values()
            for value in module.constants.values()
            if isinstance(value, ast.Call) and value.args == []
            for keyword in value.keywords
            if keyword.arg == field and isinstance(keyword.value, ast.Constant)
        )

    def _taker(self, module: Module, call: ast.Call) -> Taker | None:
        match call.func:
            case ast.Name(id=name):
                return self.takers.get((module.name, name)) or self._exported(*module.imported.get(name, ("", "")))
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in module.imported:
                source = ".".join(filter(None, module.imported[owner]))
                return self._exported(source, name) or self._method(f"{owner}.{name}")
            case ast.Attribute(attr=name):
                named = [taker for taker in self.takers.values() if taker.name.endswith(f".{name}")]
                here = [taker for taker in named if taker.module == module.name]
                anywhere = [taker for taker in named if taker.check and taker.argument(call, "expected") is not None]
                return next(iter(here or anywhere), None)
        return None

    def _exported(self, source: str, name: str) -> Taker | None:
        """Return the taker that others import as *name* from *source*: a module, or a package that imports it from one of its own."""
        package = self.modules.get(f"{source}.__init__")
        if package is not None and name in package.imported:
            return self._exported(*package.imported[name])
        return self.takers.get((source, name))

    def _method(self, name: str) -> Taker | None:
        return next((taker for taker in self.takers.values() if taker.name == name), None)

    def _takers(self, module: Module) -> Iterator[Taker]:
        for node in _within(module.tree):
            if isinstance(node, ast.ClassDef):
                yield from _class(module, node)
            elif isinstance(node, ast.FunctionDef) and node.name != "__init__":
                yield from self._function(module, node)

    def _function(self, module: Module, node: ast.FunctionDef) -> Iterator[Taker]:
        """Yield the function at *node* where it takes a check, or is told what was expected and always refuses by one."""
        if not {"check", "expected"} & _parameters(node).keys():
            return
        owner = module.parents[node]
        name = f"{owner.name}.{node.name}" if isinstance(owner, ast.ClassDef) else node.name
        names = tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))[1 if owner is not module.tree else 0 :]
        calls = [call for call in _within(node) if isinstance(call, ast.Call)]
        inside = [(call, taker) for call in calls if (taker := self._taker(module, call)) is not None]
        codes = _codes(node).union(*(taker.codes for _, taker in inside))
        given = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "check"]
        if "check" in _parameters(node):
            told = [expected for call, taker in inside if (expected := taker.argument(call, "expected")) is not None]
            said = [text for expected in told for text in self._texts(module, expected)]
            yield Taker(module.name, name, names, "check", _default(node), codes, said[0] if said else None)
        elif "expected" in _parameters(node) and len(given) == 1:
            yield from (Taker(module.name, name, names, "", check, codes) for check in self._texts(module, given[0])[:1])


def _class(module: Module, node: ast.ClassDef) -> Iterator[Taker]:
    """Yield the class at *node* where its instances are made with a check."""
    fields = tuple(part.target.id for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name))
    if node.name in CODES:
        made = next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)
        yield Taker(module.name, node.name, (), "check", None if made is None else _default(made), frozenset({CODES[node.name]}))
    elif node.name in ROWS:
        yield Taker(module.name, node.name, fields, ROWS[node.name], None, frozenset())
    elif {"check", "error"} <= set(fields):
        yield Taker(module.name, node.name, fields, "check", None, frozenset())


@cache
def _within(node: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(node))


def _parameters(node: ast.AST) -> dict[str, ast.arg]:
    """Return the parameters of a function that are text, the name of a check, or of unknown type."""
    if not isinstance(node, ast.FunctionDef):
        return {}
    found = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return {argument.arg: argument for argument in found if argument.annotation is None or _types(argument.annotation) <= NAMES}


def _types(annotation: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(annotation) if isinstance(part, ast.Name)}


def _default(node: ast.FunctionDef) -> str | None:
    defaults = dict(zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True))
    value = next((default for argument, default in defaults.items() if argument.arg == "check"), None)
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


@cache
def _codes(node: ast.AST) -> frozenset[str]:
    return frozenset(CODES[part.id] for part in _within(node) if isinstance(part, ast.Name) and part.id in CODES)


def _assigned(module: Module, node: ast.AST, name: str) -> Iterator[ast.expr]:
    """Yield what the function around *node* assigns to *name*."""
    for outer in module.around(node):
        if isinstance(outer, ast.FunctionDef):
            for part in _within(outer):
                if isinstance(part, ast.Assign | ast.AnnAssign) and part.value is not None:
                    targets = part.targets if isinstance(part, ast.Assign) else [part.target]
                    yield from (part.value for target in targets if isinstance(target, ast.Name) and target.id == name)
            return


def _looped(module: Module, node: ast.AST, name: str) -> Iterator[ast.expr]:
    """Yield what *name* stands for where a loop around *node* goes over a literal table."""
    for outer in module.around(node):
        if not isinstance(outer, ast.For):
            continue
        targets = outer.target.elts if isinstance(outer.target, ast.Tuple) else [outer.target]
        place = next((n for n, target in enumerate(targets) if isinstance(target, ast.Name) and target.id == name), None)
        table = outer.iter
        if isinstance(table, ast.Name):
            table = next(_assigned(module, outer, table.id), table)
        match table:
            case ast.Tuple(elts=rows) | ast.List(elts=rows) if place is not None:
                yield from (row.elts[place] if isinstance(row, ast.Tuple) and len(targets) > 1 else row for row in rows)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=constant), attr="items")) if place == 0:
                keys = module.constants.get(constant)
                yield from (key for key in (keys.keys if isinstance(keys, ast.Dict) else ()) if key is not None)


def _of_parameters() -> Iterator[Place]:
    codes, demand = frozenset({errors.ValidationError.code}), "what the service model demands of the parameter"
    for call in (*(each.call for each in OPERATIONS.values()), *(each.call for each in IAM_OPERATIONS.values())):
        for each in call.parameters:
            yield Place(call.__module__.removeprefix("federation."), each.flag, demand, codes, OF_PARAMETER)


@cache
def places() -> tuple[Place, ...]:
    """Every place of the house that names a check."""
    return (*House().places(), *_of_parameters())
