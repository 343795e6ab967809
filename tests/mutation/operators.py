"""What is done to a module: one small change of its logic at a time, each of which some test must notice.

Error texts and what prepares them, docstrings, annotations and representations are left alone: what a refusal says is held by other
tests, and no verdict depends on it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_TEXT_METHODS = frozenset(
    {"get", "startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "strip", "pop"}
)
_SHOWING = frozenset({"repr", "compare"})
"""Arguments of a dataclass field that say how it is shown."""
_SPEECHLESS = frozenset({"__repr__", "__str__"})
_ERRORS = ("Error", "Exception", "InvalidIdentityToken", "InternalFailure", "Claim", "Denied")

Apply = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Site:
    """One place where a tree can be changed.

    Attributes:
        line: Line of the source.
        function: Qualified name of the function around it; empty at module level.
        first_line: First line of that function, decorators included, as its code object has it; 0 at module level, and where it caches.
        names: Names that the statement assigns, where it stands at module level.
        before: Source text of what is changed.
        after: Source text of what it becomes.
        apply: Changes the tree that the site was found in.
    """

    line: int
    function: str
    first_line: int
    names: frozenset[str]
    before: str
    after: str
    apply: Apply


@dataclass(slots=True)
class _Place:
    function: str = ""
    first_line: int = 0
    names: frozenset[str] = frozenset()


def sites(tree: ast.Module) -> list[Site]:
    """Return every site of *tree* in a fixed order."""
    return list(_Finder().module(tree))


class _Finder:
    def module(self, tree: ast.Module) -> Iterator[Site]:
        yield from self._block(tree.body, _Place(), "")

    def _block(self, body: list[ast.stmt], place: _Place, scope: str) -> Iterator[Site]:
        refuses = isinstance(body[-1], ast.Raise) and place.function
        for index, statement in enumerate(body):
            if refuses and isinstance(statement, (ast.Assign, ast.AugAssign)):
                continue  # words for the refusal
            if place.function == "" and scope == "":
                place = _Place(names=_assigned(statement))
            yield from self._statement(body, index, statement, place, scope)

    def _statement(self, body: list[ast.stmt], index: int, statement: ast.stmt, place: _Place, scope: str) -> Iterator[Site]:
        if isinstance(statement, ast.FunctionDef):
            yield from self._function(statement, place, scope)
        elif isinstance(statement, ast.ClassDef):
            yield from self._block(statement.body, _Place(names=frozenset({statement.name})), f"{scope}{statement.name}.")
        elif isinstance(statement, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Assert, ast.Pass)) or _is_docstring(
            statement
        ):
            return
        elif isinstance(statement, ast.Raise):
            yield _put(body, index, statement, ast.Pass(), place)
        elif isinstance(statement, (ast.Break, ast.Continue)):
            other = ast.Continue() if isinstance(statement, ast.Break) else ast.Break()
            yield _put(body, index, statement, other, place)
        else:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                yield _put(body, index, statement, ast.Pass(), place)
            yield from self._inside(statement, place, scope)

    def _function(self, function: ast.FunctionDef, place: _Place, scope: str) -> Iterator[Site]:
        if function.name in _SPEECHLESS or _makes_an_error(function):
            return
        first = function.decorator_list[0].lineno if function.decorator_list else function.lineno
        cached = any("cache" in ast.unparse(decorator) for decorator in function.decorator_list)
        # What a cached function returned once is seen by every test, so no one test can be told to reach it.
        place = _Place(f"{scope.lstrip('.')}{function.name}", 0 if cached else first, frozenset({function.name}) if cached else frozenset())
        for default in (function.args.defaults, function.args.kw_defaults):
            for index, value in enumerate(default):
                if value is not None:
                    yield from self._expression(value, _setter(default, index), place)
        yield from self._block(function.body, place, f"{scope}{function.name}.")

    def _inside(self, node: ast.AST, place: _Place, scope: str) -> Iterator[Site]:
        """Walk the parts of a statement: blocks as blocks, expressions as expressions; annotations not at all."""
        inner = scope or ("." if place.function else "")
        if isinstance(node, (ast.If, ast.While)):
            yield from _negation(node.test, _attribute_setter(node, "test"), place)
        if isinstance(node, ast.AugAssign):
            yield from _operator(node, place)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from self._block(value, place, inner)
            elif name not in {"annotation", "type_params"}:
                yield from self._parts(node, name, value, place, inner)

    def _expression(self, node: ast.expr, put: Callable[[ast.expr], None], place: _Place) -> Iterator[Site]:
        if isinstance(node, ast.JoinedStr) or _says_something(node) or _is_type(node):
            return
        yield from _changes(node, put, place)
        if isinstance(node, ast.IfExp):
            yield from _negation(node.test, _attribute_setter(node, "test"), place)
        for name, value in ast.iter_fields(node):
            if name != "args" or not isinstance(node, ast.Lambda):
                yield from self._parts(node, name, value, place, "")

    def _parts(self, node: ast.AST, name: str, value: object, place: _Place, scope: str) -> Iterator[Site]:
        """Walk one field of *node*, an expression or a list of parts."""
        if isinstance(value, ast.expr):
            yield from self._expression(value, _attribute_setter(node, name), place)
        for index, each in enumerate(value if isinstance(value, list) else ()):
            if isinstance(each, ast.expr):
                yield from self._expression(each, _setter(value, index), place)  # type: ignore[arg-type] # it is a list
            elif isinstance(each, ast.keyword):
                if each.arg not in _SHOWING:
                    yield from self._expression(each.value, _attribute_setter(each, "value"), place)
            elif isinstance(each, ast.comprehension):
                yield from self._comprehension(each, place)
            elif isinstance(each, ast.AST):
                yield from self._inside(each, place, scope)

    def _comprehension(self, node: ast.comprehension, place: _Place) -> Iterator[Site]:
        yield from self._expression(node.iter, _attribute_setter(node, "iter"), place)
        for index, condition in enumerate(node.ifs):
            yield _site(condition, ast.Constant(value=True), _setter(node.ifs, index), place)
            yield from self._expression(condition, _setter(node.ifs, index), place)


def _changes(node: ast.expr, put: Callable[[ast.expr], None], place: _Place) -> Iterator[Site]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            yield _compared(node, index, _COMPARISONS[type(operator)], place)
    elif isinstance(node, ast.BoolOp):
        other: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _site(node, ast.BoolOp(other, node.values), put, place)
        for index in range(len(node.values)):
            kept = node.values[:index] + node.values[index + 1 :]
            yield _site(node, kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept), put, place)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _site(node, node.operand, put, place)
    elif isinstance(node, ast.BinOp):
        yield from _operator(node, place)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):  # a bool is one
        yield _site(node, ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1), put, place)
    for text in _deciding_texts(node, place):
        yield _lengthened(text, place)


def _deciding_texts(node: ast.expr, place: _Place) -> list[ast.Constant]:
    """Texts that decide: what is compared, looked up or cut by, and the members of a table."""
    found: list[ast.expr | None] = []
    if isinstance(node, ast.Compare):
        found = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_METHODS:
        found = [*node.args[:1]]
    elif place.names and not place.function:
        found = [*node.elts] if isinstance(node, (ast.Set, ast.List, ast.Tuple)) else [*node.keys] if isinstance(node, ast.Dict) else []
    return [each for each in found if isinstance(each, ast.Constant) and isinstance(each.value, (str, bytes))]


def _lengthened(node: ast.Constant, place: _Place) -> Site:
    value = node.value
    other = value + b"x" if isinstance(value, bytes) else f"{value}x"

    def apply() -> None:
        node.value = other

    return Site(node.lineno, place.function, place.first_line, place.names, repr(value), repr(other), apply)


def _negation(test: ast.expr, put: Callable[[ast.expr], None], place: _Place) -> Iterator[Site]:
    """A condition turned round, where no other operator turns it."""
    if not isinstance(test, (ast.Compare, ast.BoolOp)) and not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
        yield _site(test, ast.UnaryOp(ast.Not(), test), put, place)


def _operator(node: ast.BinOp | ast.AugAssign, place: _Place) -> Iterator[Site]:
    other = _ARITHMETIC.get(type(node.op))
    if other is not None and not (isinstance(node, ast.BinOp) and _is_text(node)):
        old = node.op

        def apply() -> None:
            node.op = other()

        before = ast.unparse(node)
        node.op = other()
        after = ast.unparse(node)
        node.op = old
        yield Site(node.lineno, place.function, place.first_line, place.names, before, after, apply)


def _compared(node: ast.Compare, index: int, other: type[ast.cmpop], place: _Place) -> Site:
    def apply() -> None:
        node.ops[index] = other()

    old, before = node.ops[index], ast.unparse(node)
    node.ops[index] = other()
    after = ast.unparse(node)
    node.ops[index] = old
    return Site(node.lineno, place.function, place.first_line, place.names, before, after, apply)


def _site(node: ast.expr, other: ast.expr, put: Callable[[ast.expr], None], place: _Place) -> Site:
    def apply() -> None:
        put(ast.fix_missing_locations(ast.copy_location(other, node)))

    return Site(node.lineno, place.function, place.first_line, place.names, ast.unparse(node), ast.unparse(other), apply)


def _put(body: list[ast.stmt], index: int, statement: ast.stmt, other: ast.stmt, place: _Place) -> Site:
    def apply() -> None:
        body[index] = ast.copy_location(other, statement)

    before = ast.unparse(statement)
    return Site(statement.lineno, place.function, place.first_line, place.names, before, ast.unparse(other), apply)


def _setter(values: list[ast.expr] | list[ast.expr | None], index: int) -> Callable[[ast.expr], None]:
    def put(node: ast.expr) -> None:
        values[index] = node

    return put


def _attribute_setter(owner: ast.AST, name: str) -> Callable[[ast.expr], None]:
    def put(node: ast.expr) -> None:
        setattr(owner, name, node)

    return put


def _assigned(statement: ast.stmt) -> frozenset[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
    return frozenset(node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_text(node: ast.BinOp) -> bool:
    """Whether a plus joins texts: the other operators are errors there, which any test sees."""
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, (str, bytes)))
        for side in (node.left, node.right)
    )


def _makes_an_error(function: ast.FunctionDef) -> bool:
    return function.returns is not None and any(part in ast.unparse(function.returns) for part in _ERRORS)


def _is_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal"


def _says_something(node: ast.expr) -> bool:
    """Whether *node* makes an error text: `show` quotes for one, and an error is made with the words for it."""
    return isinstance(node, ast.Call) and (
        (isinstance(node.func, ast.Name) and node.func.id == "show") or any(keyword.arg == "remedy" for keyword in node.keywords)
    )
