"""What the docstrings promise: each public name has one that states units, and the exceptions it names exist."""

import builtins
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final, NamedTuple

import pytest

from federation import errors
from tests.support.paths import REPOSITORY
from tests.support.rooms import PUBLIC_ROOMS

pytestmark = pytest.mark.lint

HOUSE: Final = REPOSITORY / "federation"
UNITS: Final = {
    "time": re.compile(r"\baware\b|\bUTC\b"),
    "duration": re.compile(r"\bseconds?\b|\btimedeltas?\b|\bminutes\b"),
    "size": re.compile(r"\boctets?\b|\bcharacters\b|\bbits\b"),
}
"""Kind of a value to the words by which a docstring states its unit."""
_DURATION: Final = re.compile(r"duration|max_age|clock_skew|seconds|validity|timeout|leeway")
_SIZE: Final = re.compile(r"(?:\w+_)?(?:size|octets|bits)")
_ENTRY: Final = re.compile(r"(?P<indent> +)(?P<name>\w+): ")


class Documented(NamedTuple):
    """A public name, its docstring, and the annotated parameters or fields that the docstring explains."""

    name: str
    doc: str
    values: dict[str, object]


def documented() -> Iterator[Documented]:
    for room in PUBLIC_ROOMS:
        module = import_module(room)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing):
                yield from of_class(f"{room}.{name}", thing)
            elif inspect.isfunction(thing):
                yield Documented(f"{room}.{name}", inspect.getdoc(thing) or "", parameters(thing))


def of_class(name: str, thing: type) -> Iterator[Documented]:
    """A class, which inherits the explanations of its bases, and each of its public methods and properties."""
    ours = [base for base in thing.__mro__ if base.__module__.startswith("federation")]
    hints = {key: hint for base in ours for key, hint in vars(base).get("__annotations__", {}).items() if not key.startswith("_")}
    docs = [base.__doc__ for base in ours if base.__doc__ and not base.__doc__.startswith(f"{base.__name__}(")]
    docs += [init.__doc__ for base in ours if (init := vars(base).get("__init__")) and init.__doc__]
    yield Documented(name, "\n".join(map(inspect.cleandoc, docs)) if own_docstring(thing) else "", hints)
    for member in dir(thing):
        static = inspect.getattr_static(thing, member)
        function = static.fget if isinstance(static, property) else getattr(static, "__func__", static)
        if not member.startswith("_") and inspect.isfunction(function) and function.__module__.startswith("federation"):
            yield Documented(f"{name}.{member}", inspect.getdoc(getattr(thing, member)) or "", parameters(function))


def own_docstring(thing: type) -> bool:
    """Whether a class has a docstring, other than the signature that `dataclass` generates."""
    return bool(thing.__doc__) and not str(thing.__doc__).startswith(f"{thing.__name__}(")


def parameters(function: Any) -> dict[str, object]:
    return {name: hint for name, hint in function.__annotations__.items() if name != "return"}


def kind_of(name: str, hint: object) -> str | None:
    """The kind of a value whose unit a docstring has to state; None for a value without a unit."""
    text = str(hint)
    if "datetime" in text:
        return "time"
    if "timedelta" in text or "Span" in text.replace("TextSpan", "") or ("int" in text and _DURATION.search(name)):
        return "duration"
    return "size" if "int" in text and _SIZE.fullmatch(name) else None


def explanation(doc: str, name: str) -> str:
    """The section entries for *name*; the whole docstring where it has none."""
    lines = doc.splitlines()
    found = []
    for start, line in enumerate(lines):
        entry = _ENTRY.match(line)
        if entry and entry["name"] == name:
            rest = lines[start + 1 :]
            end = next((at for at, each in enumerate(rest) if not each.startswith(entry["indent"] + " ")), len(rest))
            found += [line, *rest[:end]]
    return "\n".join(found) or doc


PUBLIC: Final = list(documented())


@pytest.mark.parametrize("public", PUBLIC, ids=lambda public: public.name)
def test_every_public_name_has_a_docstring_that_states_its_units(public: Documented) -> None:
    assert public.doc, f"{public.name} has no docstring"
    for name, hint in public.values.items():
        kind = kind_of(name, hint)
        if kind is not None:
            assert UNITS[kind].search(explanation(public.doc, name)), f"{public.name}: the docstring states no unit of {name}"


def test_a_missing_unit_is_noticed() -> None:
    doc = "Do it.\n\nArgs:\n    at: When.\n    age: Longest age,\n        in seconds."
    assert [UNITS["time"].search(explanation(doc, "at")), bool(UNITS["duration"].search(explanation(doc, "age")))] == [None, True]
    assert [kind_of("at", "datetime | None"), kind_of("max_age", "Span"), kind_of("duration_seconds", "int"), kind_of("bits", "int")] == [
        "time",
        "duration",
        "duration",
        "size",
    ]
    assert kind_of("index", "int") is kind_of("name", "str") is None


SECTION: Final = re.compile(r"^( +)Raises:\n((?:\1 {4}.*\n)+)", re.MULTILINE)


def named_exceptions() -> Iterator[tuple[str, str, str]]:
    """Each exception in a section Raises, with its file and the text of the file."""
    for path in HOUSE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for indent, entries in SECTION.findall(text):
            yield from ((path.name, name, text) for name in re.findall(rf"^{indent} {{4}}([\w.]+):", entries, re.MULTILINE))


def exists(name: str, text: str) -> bool:
    """Whether *name* is an exception of the engine or of Python, or a class that the file *text* defines or imports."""
    home, _, last = name.rpartition(".")
    thing = getattr(import_module(home), last, None) if home else getattr(errors, name, getattr(builtins, name, None))
    if isinstance(thing, type) and issubclass(thing, BaseException):
        return True
    return re.search(rf"^(?:class {name}\b|from [\w.]+ import .*\b{name}\b)", text, re.MULTILINE) is not None


def test_every_exception_that_a_docstring_names_exists() -> None:
    named = list(named_exceptions())
    assert len(named) > len(PUBLIC)
    assert [(file, name) for file, name, text in named if not exists(name, text)] == []


def test_an_exception_that_does_not_exist_is_noticed() -> None:
    assert not exists("NoSuchError", "from federation.errors import ValidationError\n")
    assert exists("ContractError", "class ContractError(AssertionError): ...\n")
