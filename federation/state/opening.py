"""Which `State` a URL names. A store of another kind is one more scheme here."""

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
        place: ``sqlite:///PATH``, where PATH is taken as it stands: ``sqlite:////var/lib/federation/used`` is absolute, ``sqlite:///used``
            relative to the working directory. A path object is an SQLite file, too.

    Raises:
        RegistrationError: It is no such URL.
        AccountFault: The file cannot be used.
    """
    from federation.state.sqlite import SqliteState  # noqa: PLC0415 - SQLite is loaded where state is kept in it

    return SqliteState(file_of(place))


def beside(account: str | os.PathLike[str]) -> str:
    """Return the file that `federation serve` keeps the state of an account directory in, unless told otherwise.

    Beside it and not in it: the directory says what the account's owner decided, may be read-only, and is watched for changes.
    """
    return f"{os.path.abspath(account)}.state.sqlite"  # noqa: PTH100 - a link to the account of the day is not to be followed


def file_of(place: str | os.PathLike[str]) -> Path:
    """Return the file that the state at *place* is kept in, as `open_state` takes it.

    Raises:
        RegistrationError: It names none.
    """
    return Path(place if isinstance(place, os.PathLike) else _path_in(place))


def _path_in(url: object) -> str:
    if isinstance(url, str) and url.startswith(_SQLITE):
        path = url.removeprefix(_SQLITE)
        if path and not path.startswith(":") and "?" not in path and "#" not in path:
            return path
    scheme, mark, _ = url.partition("://") if isinstance(url, str) else (type(url).__name__, "", "")
    raise RegistrationError(  # what follows the scheme may hold a password
        check="state-url",
        expected="sqlite:///PATH",
        found=show(scheme + mark),
        remedy="name a file, such as sqlite:////var/lib/federation/state.sqlite; other stores are not known",
    )
