"""Writing of TOML for account directories: strings, integers, instants, lists of strings, and tables of strings or instants."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from federation.errors import RegistrationError
from federation.identity import timestamp

Scalar = str | int | datetime
Value = Scalar | Sequence[str] | Mapping[str, Scalar]

NONE: Final = "none"
"""The value of a setting that disables a rule."""


def toml_octets(values: Mapping[str, Value]) -> bytes:
    """Return *values* as a TOML document. A table without entries is left out.

    Raises:
        RegistrationError: A string has a lone surrogate.
    """
    lists = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value != {}}
    tables = {name: value for name, value in lists.items() if isinstance(value, Mapping)}
    text = _lines({name: value for name, value in lists.items() if name not in tables})
    text += "".join(f"\n[{name}]\n{_lines({_written(key): value for key, value in table.items()})}" for name, table in tables.items())
    try:
        if tomllib.loads(text) == lists:
            return text.encode("utf-8")
    except ValueError:
        text = ""
    raise RegistrationError(
        check="settings", expected="names of Unicode characters", found="a lone surrogate", remedy="correct the encoding of the arguments"
    )


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_written(value)}\n" for name, value in values.items())


def _written(value: Any) -> str:  # noqa: ANN401 - one of `Value`
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return str(timestamp(value))
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value) + '"'
