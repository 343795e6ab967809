"""How results travel: between processes, into caches, and as copies. How proofs do not.

A result is rebuilt by its constructor from the values of its fields, so a pickle brings nothing that the constructor would refuse. A proof
says that a key signed certain octets; it holds in the process that verified them and cannot be pickled or copied (docs/adr/0021).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any, NoReturn

Recipe = tuple[Callable[..., object], tuple[Any, ...]]


def rebuilt(result: Any) -> Recipe:  # noqa: ANN401 - whatever class takes it
    """Return how to make *result*, a dataclass or a named tuple, again; for its ``__reduce__`` to return.

    Read-only views of a dict, which `pickle` does not know, travel as the dict and are read-only again on arrival.
    """
    names = [field.name for field in fields(result) if field.init] if is_dataclass(result) else result._fields
    values = {name: getattr(result, name) for name in names}
    views = {name: dict(value) for name, value in values.items() if isinstance(value, MappingProxyType)}
    return _build, (type(result), {name: value for name, value in values.items() if name not in views}, views)


def _build(cls: type, values: Mapping[str, Any], views: Mapping[str, dict[str, Any]]) -> object:
    return cls(**values, **{name: MappingProxyType(view) for name, view in views.items()})


def kept_here(proof: object, _protocol: object) -> NoReturn:
    """Refuse to pickle or to copy *proof*. A class takes it as its ``__reduce_ex__``.

    Raises:
        TypeError: Always.
    """
    raise TypeError(f"a {type(proof).__name__} proves something in this process alone: it cannot be pickled or copied")
