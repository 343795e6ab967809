"""Frozen dataclasses that are made as fast as open ones (docs/adr/0042).

The constructor of a frozen dataclass sets each field with ``object.__setattr__``, which costs ten times what a plain assignment costs. Here
an object is filled while its class is an open twin with the same slots, and is then given its own class, which is frozen. No other code
can see the object before that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Final, TypeVar, dataclass_transform

T = TypeVar("T")

_switch: Final = object.__dict__["__class__"].__set__


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field))
def record(*, kw_only: bool = False, repr: bool = True) -> Callable[[type[T]], type[T]]:  # noqa: A002 - the name that dataclasses have
    """Return the decorator that makes a class ``dataclass(frozen=True, slots=True)``, with a constructor that is three times as fast.

    Args:
        kw_only: Whether the constructor takes its arguments by name alone.
        repr: Whether the class has the repr of dataclasses.

    Raises:
        TypeError: A field has a default factory, which these constructors do not call.
    """

    def decorate(declared: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, kw_only=kw_only, repr=repr)(declared)
        setattr(made, "__init__", _constructor(made))  # noqa: B010 - to a type checker a method cannot be assigned
        return made

    return decorate


def filler(kind: type[T]) -> Callable[..., T]:
    """Return the function that makes an object of the frozen dataclass *kind* with slots, for a class that has a constructor of its own.

    It takes the values of all fields in order. Nothing is checked.
    """
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]  # a dataclass
    lines = ["self = new(opened)", *(f"self.{name} = {name}" for name in names), "self.__class__ = kind", "return self"]
    fill: Callable[..., T] = _compiled(f"fill({', '.join(names)})", lines, kind=kind, new=object.__new__)
    return fill


def _constructor(kind: type) -> Callable[..., None]:
    """Return the constructor of the frozen dataclass *kind*; an object of a subclass is left to that of dataclasses."""
    if any(each.default_factory is not MISSING for each in fields(kind)):
        raise TypeError(f"{kind.__name__} has a field with a default factory")
    slow = kind.__init__  # type: ignore[misc]  # that of dataclasses
    code = slow.__code__
    by_place, named = code.co_varnames[1 : code.co_argcount], code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    stored = {each.name for each in fields(kind) if each.init}
    passed = [name for name in (*by_place, *named) if name not in stored]
    lines = [
        "if type(self) is not kind:",
        f"    return slow(self, {', '.join([*by_place, *(f'{name}={name}' for name in named)])})",
        "switch(self, opened)",
        *(f"self.{name} = {name}" for name in (*by_place, *named) if name in stored),
        "self.__class__ = kind",
        *([f"self.__post_init__({', '.join(passed)})"] if hasattr(kind, "__post_init__") else []),
    ]
    made: Any = _compiled(f"__init__({', '.join(['self', *by_place, *(['*'] if named else []), *named])})", lines, kind=kind, slow=slow)
    made.__qualname__, made.__module__ = slow.__qualname__, kind.__module__
    made.__defaults__, made.__kwdefaults__, made.__annotations__ = slow.__defaults__, slow.__kwdefaults__, slow.__annotations__
    init: Callable[..., None] = made
    return init


def _compiled(head: str, lines: list[str], *, kind: type, **names: object) -> Any:  # noqa: ANN401 - a function of any signature
    """Return the function of *head* and *lines*: source made of the names of fields, as dataclasses make theirs."""
    opened = type(kind.__name__, (kind,), {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__})
    scope: dict[str, object] = {"kind": kind, "opened": opened, "switch": _switch, **names}
    exec("\n    ".join([f"def {head}:", *lines]), scope)  # noqa: S102 - names of fields are identifiers of this package
    return scope[head.partition("(")[0]]
