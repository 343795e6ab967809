"""The choice of the engine: ``python`` never uses the fast one, ``fast`` demands that it is installed, ``auto`` uses it where it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, get_args

from federation.errors import RegistrationError, show

EngineName = Literal["auto", "fast", "python"]
ENGINES: Final = get_args(EngineName)
VARIABLE: Final = "FEDERATION_ENGINE"
"""The environment variable that chooses the engine of a process; `chosen` sets it, so that child processes choose the same."""
EXTENSION: Final = "sts_federation_core"
DISTRIBUTION: Final = "sts-federation-core"
EXTRA: Final = "fast"

Propose = Callable[[bytes], Any]
"""The function of the extension. Its result is typed by the stub of the extension, and given names in `signature.proof`."""

_chosen: dict[Literal["propose"], Propose | None] = {}


def proposer() -> Propose | None:
    """Return the function of the fast engine; None where the Python engine judges alone.

    Raises:
        RegistrationError: check ``engine``: the environment names no engine, or demands the fast one, which is not installed.
    """
    try:
        return _chosen["propose"]
    except KeyError:
        _chosen["propose"] = found = _load(_named())
        return found


@contextmanager
def chosen(name: str) -> Iterator[None]:
    """Choose the engine of this process, and of those that it starts meanwhile, for the time of a ``with`` block.

    Raises:
        RegistrationError: As for `proposer`.
    """
    before, used = os.environ.get(VARIABLE), _chosen.copy()
    use(_load(name))
    os.environ[VARIABLE] = name
    try:
        yield
    finally:
        _chosen.clear()
        _chosen.update(used)
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def use(propose: Propose | None) -> None:
    """Let this process use *propose*, which `proposer` has returned: for those that switch between engines with every call."""
    _chosen["propose"] = propose


def _named() -> str:
    return os.environ.get(VARIABLE) or "auto"


def describe() -> str:
    """Return which engine judges here, and why, in words."""
    from importlib.metadata import version  # noqa: PLC0415 - slow to import, and read by reports alone

    if proposer() is not None:
        return f"fast ({EXTENSION} {version(DISTRIBUTION)})"
    return "python (chosen)" if _named() == "python" else f"python (the extra {EXTRA} is not installed)"


def _load(name: str) -> Propose | None:
    if name not in ENGINES:
        expected = f"one of {', '.join(ENGINES)}"
        raise RegistrationError(check="engine", expected=expected, found=show(name), remedy=f"choose one of them, or unset {VARIABLE}")
    if name == "python":
        return None
    try:
        from sts_federation_core import propose  # noqa: PLC0415 - the extension is an extra
    except ImportError:
        if name == "auto":
            return None
        remedy = f"install the extra `{EXTRA}`, or choose `auto`"
        raise RegistrationError(check="engine", expected=f"the extension {EXTENSION}", found="none", remedy=remedy) from None
    return propose
