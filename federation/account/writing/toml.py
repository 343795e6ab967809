"""Writing of TOML for account directories: flat tables of strings, integers and lists of strings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from federation.errors import RegistrationError

Value = str | int | Sequence[str]

NONE: Final = "none"
"""The value of a setting that disables a rule."""


def toml_octets(values: Mapping[str, Value]) -> bytes:
    """Return *values* as a TOML document.

    Raises:
        RegistrationError: A string has a lone surrogate.
    """
    lists = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    text = "".join(f"{name} = {_written(value)}\n" for name, value in lists.items())
    try:
        if tomllib.loads(text) == lists:
            return text.encode("utf-8")
    except ValueError:
        text = ""
    raise RegistrationError(
        check="settings", expected="names of Unicode characters", found="a lone surrogate", remedy="correct the encoding of the arguments"
    )


def _written(value: Any) -> str:  # noqa: ANN401 - one of `Value`
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, int):
        return str(value)
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value) + '"'
