"""Opening of the `State` that a URL names. Each kind of store has a scheme."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from federation.errors import RegistrationError, show
from federation.state.memory import State
from federation.state.servers import need_extra

PLACES: Final = "sqlite:///PATH, redis://HOST, rediss://HOST or postgresql://HOST/DATABASE"
"""The forms of a URL of a state, in short."""
_SQLITE: Final = "sqlite:///"
_REDIS: Final = ("redis://", "rediss://")
_POSTGRESQL: Final = "postgresql://"


def open_state(place: str | os.PathLike[str]) -> State:
    """Open the state at *place*. The package of a server is imported only where its scheme is named.

    Args:
        place: ``sqlite:///PATH``; PATH is not decoded: ``sqlite:////var/lib/federation/used`` is absolute, ``sqlite:///used`` is relative
            to the working directory. A path object names an SQLite file. ``redis://[USER@]HOST[:PORT][/NUMBER]``, ``rediss://…`` with TLS
            (extra ``redis``), or ``postgresql://…`` as libpq reads it (extra ``postgresql``). The password of a server may be in the
            environment variable ``FEDERATION_STATE_PASSWORD`` instead.

    Raises:
        RegistrationError: *place* is none of them, or the extra is not installed.
        AccountFault: The file or the server cannot be used.
    """
    if isinstance(place, str) and place.startswith(_REDIS):
        need_extra("redis", "redis")
        from federation.state.redis_state import RedisState  # noqa: PLC0415

        return RedisState(place)
    if isinstance(place, str) and place.startswith(_POSTGRESQL):
        need_extra("psycopg", "postgresql")
        from federation.state.postgresql_state import PostgresqlState  # noqa: PLC0415

        return PostgresqlState(place)
    from federation.state.sqlite import SqliteState  # noqa: PLC0415

    return SqliteState(_file_of(place))


def beside(account: str | os.PathLike[str]) -> str:
    """Return the default state file of `federation serve` for an account directory.

    It is beside the directory because the directory may be read-only and is watched for changes.
    """
    return f"{os.path.abspath(account)}.state.sqlite"  # noqa: PTH100 - Path.resolve would follow a symbolic link


def files_of(place: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Return the file of the state at *place*, which has the form that `open_state` takes; nothing where a server has the state.

    Raises:
        RegistrationError: *place* names no state.
    """
    return () if isinstance(place, str) and place.startswith((*_REDIS, _POSTGRESQL)) else (_file_of(place),)


def _file_of(place: str | os.PathLike[str]) -> Path:
    return Path(place if isinstance(place, os.PathLike) else _path_in(place))


def _path_in(url: object) -> str:
    if isinstance(url, str) and url.startswith(_SQLITE):
        path = url.removeprefix(_SQLITE)
        if path and not path.startswith(":") and "?" not in path and "#" not in path:
            return path
    scheme, mark, _ = url.partition("://") if isinstance(url, str) else ("", "", "")
    raise RegistrationError(  # the rest of a URL may hold a password, so it is not shown
        check="state-url",
        expected=PLACES,
        found=show(scheme + mark) if mark else "a text without scheme" if isinstance(url, str) else type(url).__name__,
        remedy="name a file, such as sqlite:////var/lib/federation/state.sqlite, or a server",
    )
