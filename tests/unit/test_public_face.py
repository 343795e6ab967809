"""What a user of the library writes down in annotations can be imported from a package that says so in ``__all__``."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from tests.support.rooms import PUBLIC_ROOMS

BEHIND = {
    "federation.account.reading.directory.Contents": "what the files of a Draft say; its account() is for everybody",
    "federation.account.reading.faults.Faults": "a Draft is opened and saved by who writes several things at once; the loader reads it",
    "federation.account.reading.files.Tree": "likewise",
    "federation.account.reading.settings.Settings": "likewise",
    "federation.evidence.documents.rendering.Rendered": "a policy with the places of its parts; FoundDocument answers for it",
    "federation.evidence.documents.source.SourceFile": "the file of a FoundDocument, which has its name and the places in it",
    "federation.explaining.positions.TextSpan": "offsets; region() of a FoundDocument says lines and columns",
    "federation.policy.lint.finding.Hit": "what a rule yields; lint() makes findings of it",
    "federation.policy.lint.linted_statement.LintedStatement": "what a rule looks at; lint() takes a policy",
    "federation.vendors.model.KnownClaims": "what is known of a vendor; a report says what is not accounted for",
    "federation.policy.operands.RequestValues": "what the operators of one request read; the values themselves are in RequestContext",
    "federation.policy.operators.QualifiedOperator": "what a condition is compiled to; its name is in ConditionResult",
    "federation.policy.variables.Template": "what a resource is compiled to; its text is in ElementResult",
    "federation.policy.wildcard.Pattern": "likewise",
}
"""Types that are met and need not be named, each with the reason."""


def exported() -> Iterator[tuple[str, Any]]:
    for room in PUBLIC_ROOMS:
        module = import_module(room)
        yield from ((f"{room}.{name}", getattr(module, name)) for name in module.__all__)


def classes(hint: object) -> Iterator[type]:
    if isinstance(hint, type) and hint.__module__.split(".")[0] == "federation":
        yield hint
    for inner in get_args(hint):
        yield from classes(inner)


def functions(thing: Any) -> Iterator[Any]:
    """A function itself; of a class its public methods and properties."""
    if inspect.isfunction(thing):
        yield thing
    elif inspect.isclass(thing):
        for name in dir(thing):
            if not name.startswith("_"):
                member = inspect.getattr_static(thing, name)
                found = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
                if inspect.isfunction(found) and found.__module__.startswith("federation"):
                    yield found


def met(thing: Any) -> Iterator[type]:
    """Every class of ours that somebody meets who uses *thing*: in attributes, parameters and what is returned."""
    if inspect.isclass(thing):
        for name, hint in get_type_hints(thing, localns=dict.fromkeys(("OidcProvider", "OAuthProvider"), object)).items():
            if not name.startswith("_"):
                yield from classes(hint)
    for function in functions(thing):
        for hint in get_type_hints(function).values():
            yield from classes(hint)


@pytest.mark.parametrize(("name", "thing"), list(exported()), ids=[name for name, _ in exported()])
def test_every_type_that_is_met_can_be_imported(name: str, thing: Any) -> None:
    known = {id(value) for _, value in exported()}
    missing = {f"{each.__module__}.{each.__qualname__}" for each in met(thing) if id(each) not in known}

    assert missing - BEHIND.keys() == set(), name


@pytest.mark.parametrize("room", PUBLIC_ROOMS)
def test_a_room_exports_what_it_says(room: str) -> None:
    module = import_module(room)

    assert sorted(set(module.__all__), key=str) == sorted(module.__all__, key=str)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    with pytest.raises(AttributeError, match="has no attribute 'nobody'"):
        _ = module.nobody
    namespace: dict[str, object] = {}
    exec(f"from {room} import *", namespace)  # noqa: S102 - the point of the test
    assert set(module.__all__) <= namespace.keys()


@pytest.mark.parametrize("room", ["federation.sts", "federation.saml", "federation.oidc", "federation.oauth", "federation"])
def test_to_import_a_room_loads_nothing_heavy(room: str) -> None:
    script = f"import sys, {room}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert {"lxml", "cryptography", "lxml.etree"}.isdisjoint(loaded)


LAZY = (
    "federation",
    "federation.account",
    "federation.evidence",
    "federation.fixture",
    "federation.iam",
    "federation.oauth",
    "federation.oidc",
    "federation.policy",
    "federation.saml",
    "federation.state",
    "federation.sts",
)


@pytest.mark.parametrize("room", LAZY)
def test_what_is_loaded_on_use_is_what_a_type_checker_sees(room: str) -> None:
    """A lazy room names each thing twice: as an import for type checkers, and in the table from which it is loaded."""
    source = ast.parse(Path(str(import_module(room).__file__)).read_text(encoding="utf-8"))
    [loaded] = [
        ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict) and ast.unparse(node.annotation) == "Final"
    ]
    seen = {
        alias.name: str(statement.module).removeprefix(f"{room}.")
        for block in source.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }

    assert loaded == seen
    assert list(loaded) == sorted(loaded)


def test_every_lazy_room_is_held_to_that() -> None:
    assert {room for room in PUBLIC_ROOMS if hasattr(import_module(room), "__getattr__")} == set(LAZY)


def dictionaries() -> Iterator[tuple[str, Any]]:
    for name, thing in exported():
        for method in ("to_dict", "as_dict"):
            if inspect.isclass(thing) and hasattr(thing, method):
                yield f"{name}.{method}", getattr(thing, method)


@pytest.mark.parametrize(("name", "method"), list(dictionaries()), ids=[name for name, _ in dictionaries()])
def test_each_way_to_a_dict_says_which_it_is(name: str, method: Any) -> None:
    said = inspect.getdoc(method) or ""
    assert ("plain data" if name.endswith("as_dict") else "boto3") in said
