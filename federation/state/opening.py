"""Opening of the `State` that a URL names. Each kind of store has a scheme."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from federation.errors import RegistrationError, show
from federation.state.memory import State

_SQLITE: Final = "sqlite:///"


def open_state(place: str | os.PathLike[str]) -> State:
    """Open the state at *place*.

    Args:
        place: ``sqlite:///PATH``; PATH is not decoded: ``sqlite:////var/lib/federation/used`` is absolute, ``sqlite:///used`` is relative
            to the working directory. A path object names an SQLite file.

    Raises:
        RegistrationError: *place* is neither.
        AccountFault: The file cannot be opened.
    """
    from federation.state.sqlite import SqliteState  # noqa: PLC0415 - SQLite is imported only where it is used

    return SqliteState(file_of(place))


def beside(account: str | os.PathLike[str]) -> str:
    """Return the default state file of `federation serve` for an account directory.

    It is beside the directory because the directory may be read-only and is watched for changes.
    """
    return f"{os.path.abspath(account)}.state.sqlite"  # noqa: PTH100 - Path.resolve would follow a symbolic link


def file_of(place: str | os.PathLike[str]) -> Path:
    """Return the file of the state at *place*, which has the form that `open_state` takes.

    Raises:
        RegistrationError: *place* names no file.
    """
    return Path(place if isinstance(place, os.PathLike) else _path_in(place))


def _path_in(url: object) -> str:
    if isinstance(url, str) and url.startswith(_SQLITE):
        path = url.removeprefix(_SQLITE)
        if path and not path.startswith(":") and "?" not in path and "#" not in path:
            return path
    scheme, mark, _ = url.partition("://") if isinstance(url, str) else (type(url).__name__, "", "")
    raise RegistrationError(  # the rest of a URL may hold a password, so it is not shown
        check="state-url",
        expected="sqlite:///PATH",
        found=show(scheme + mark),
        remedy="name a file, such as sqlite:////var/lib/federation/state.sqlite; other kinds of store are not supported",
    )
