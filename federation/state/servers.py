"""What every `State` on a server has in common: its password, how long it is waited for, and the refusal when it cannot be used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

from federation import extras
from federation.errors import AccountFault, RegistrationError, printable, show
from federation.state.telling import told

ANSWER_SECONDS: Final = 2
"""Longest time to wait for a connection, and for an answer: a login waits as long, and no longer."""
OPENING_SECONDS: Final = 10
"""Longest time to wait for an answer when a process opens the state: no login waits then, and another may be making the tables."""
PASSWORD_VARIABLE: Final = "FEDERATION_STATE_PASSWORD"  # noqa: S105 - the name of a variable
"""Holds the password of the server, which on the command line every user of the machine could read."""


class UrlFault(Protocol):
    """Makes the refusal of a URL; see `url_fault`."""

    def __call__(self, scheme: str, *, expected: str, found: str, remedy: str) -> RegistrationError:
        """Return it; *found* does not repeat the URL."""
        ...


def url_fault(scheme: str, *, expected: str, found: str, remedy: str) -> RegistrationError:
    """Return the refusal of a URL of a state. *found* never repeats the URL, which may hold a password."""
    return RegistrationError(check="state-url", expected=expected, found=f"{scheme}://…: {found}", remedy=remedy)


def password_for(scheme: str, written: str | None, *, variable: str = PASSWORD_VARIABLE, fault: UrlFault = url_fault) -> str | None:
    """Return the password of the server: *written* in its URL, or that of the environment in *variable*; None where there is none.

    Raises:
        RegistrationError: It is in both places; made by *fault*.
    """
    found = os.environ.get(variable) or None
    if found is not None and written is not None:
        raise fault(scheme, expected="one password", found=f"one in the URL and one in {variable}", remedy="remove the one in the URL")
    return found or written


def cautions(place: str | os.PathLike[str]) -> Iterator[str]:
    """Yield what the operator of the state at *place*, a URL that `federation.state.open_state` takes, should be warned of."""
    parts = urlsplit(place if isinstance(place, str) else "")
    if parts.password is not None or "password=" in parts.query:
        yield f"every user of this machine can read the password of --state in the list of processes: put it in {PASSWORD_VARIABLE}"
    secured = parts.scheme == "rediss" or "sslmode=verify-full" in parts.query
    if parts.scheme in ("redis", "rediss", "postgresql") and not secured and not is_here(parts.hostname):
        how = "rediss://" if parts.scheme == "redis" else "sslmode=verify-full"
        yield f"whoever is between here and {parts.scheme}://{parts.hostname} can have a token granted twice: use {how}"


def is_here(host: str | None) -> bool:
    """Return whether *host* is this machine; None stands for a socket of it."""
    try:
        return host is None or ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def need_extra(package: str, extra: str) -> None:
    """Require *package*, which *extra* installs.

    Raises:
        RegistrationError: It is not installed.
    """
    extras.require(package, extra=extra, check="state-extra")


def unusable(server: str, found: str, *, expected: str, remedy: str, password: str | None = None) -> AccountFault:
    """Return the refusal of a call, or of the start, because the state at *server* cannot be used. The first line of *found* is shown."""
    line = found.strip().partition("\n")[0]
    return told(
        AccountFault(
            file=printable(server),
            path="",
            expected=expected,
            found=show(line.replace(password, "…") if password else line),
            remedy=f"{remedy}: what cannot be recorded as used is not granted",
            check="state",
        )
    )
