"""Pickling and copying of results. Proofs can be neither pickled nor copied.

A result is rebuilt by its constructor from the values of its fields, so a pickle cannot hold a value that the constructor refuses. A proof,
such as `SignedOctets`, states that a key signed certain octets. It is valid only in the process that verified them (docs/adr/0021).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any, NoReturn

Recipe = tuple[Callable[..., object], tuple[Any, ...]]


def rebuilt(result: Any, make: Callable[..., object] | None = None) -> Recipe:  # noqa: ANN401 - any class uses it
    """Return the value of ``__reduce__`` for *result*, a dataclass or a named tuple.

    Unpickling calls the class of *result*, or *make* where the class has no public constructor.

    `pickle` does not support `MappingProxyType`: such fields are pickled as a dict and are read-only again afterwards.
    """
    names = [field.name for field in fields(result) if field.init] if is_dataclass(result) else result._fields
    values = {name: getattr(result, name) for name in names}
    views = {name: dict(value) for name, value in values.items() if isinstance(value, MappingProxyType)}
    return _build, (make or type(result), {name: value for name, value in values.items() if name not in views}, views)


def _build(make: Callable[..., object], values: Mapping[str, Any], views: Mapping[str, dict[str, Any]]) -> object:
    return make(**values, **{name: MappingProxyType(view) for name, view in views.items()})


def kept_here(proof: object, _protocol: object) -> NoReturn:
    """Refuse to pickle or copy *proof*. A class assigns it to ``__reduce_ex__``.

    Raises:
        TypeError: Always.
    """
    raise TypeError(f"a {type(proof).__name__} proves something in this process alone: it cannot be pickled or copied")
