"""By which names the server is addressed.

A browser lets any page talk to the server that the page's own name leads to, and the owner of a name can let it lead to 127.0.0.1. What a
browser reaches without a signature is therefore served under names that such an owner cannot have: loopback ones, those the operator gave,
and for the interface those of AWS, whose SDKs sign for them. A signature covers the name, so what is signed is served under any.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from federation.errors import AccessDenied, FederationError, MalformedInput, show
from federation.server.messages import Request

GLOBAL_HOST: Final = "sts.amazonaws.com"
LOCALHOST: Final = "localhost"
_REGION: Final = r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}"
_REGIONAL_HOST: Final = re.compile(
    rf"(?:vpce-[a-z0-9-]{{1,64}}\.)?sts(?:-fips)?\.(?P<region>{_REGION})\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)", re.ASCII
)
_ISSUER_HOST: Final = re.compile(r"[0-9a-f-]{36}\.tokens\.sts\.global\.api\.aws", re.ASCII)
_NAME: Final = r"\[[0-9a-f:.]{2,45}\]|[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,126}"
_HOST: Final = re.compile(rf"(?P<name>{_NAME})\.?(?::\d{{1,5}})?", re.ASCII)
_ORIGIN: Final = re.compile(r"https?://(?P<authority>[^/]+)", re.ASCII)
_HOST_CHARS: Final = 262  # a name of 255 octets, a port


@dataclass(frozen=True, slots=True)
class Host:
    """What the Host field of a request names.

    Attributes:
        name: The name, lower case, without port; an IPv6 address without its brackets.
        authority: The whole field, lower case.
        region: The region that a name of AWS's regional endpoints holds.
        is_aws: Whether it is a name of AWS's for STS, or for an account as an issuer of web identity tokens.
        is_address: Whether it is an IP address.
        is_loopback: Whether it leads to this machine whoever looks it up.
    """

    name: str
    authority: str
    region: str | None
    is_aws: bool
    is_address: bool
    is_loopback: bool

    @classmethod
    @lru_cache(maxsize=256)
    def parse(cls, field: str) -> Host | None:
        """Read the text of a Host field; None where it is not a name and perhaps a port."""
        text = field.strip().lower() if len(field) <= _HOST_CHARS else ""
        match = _HOST.fullmatch(text)
        if match is None:
            return None
        name = match["name"].strip("[]")
        regional, address = _REGIONAL_HOST.fullmatch(name), _address(name)
        return cls(
            name=name,
            authority=text,
            region=None if regional is None else regional["region"],
            is_aws=name == GLOBAL_HOST or regional is not None or _ISSUER_HOST.fullmatch(name) is not None,
            is_address=address is not None,
            is_loopback=address.is_loopback if address is not None else name == LOCALHOST or name.endswith(f".{LOCALHOST}"),
        )


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def read_host(request: Request) -> Host:
    """Return whom *request* addresses.

    Raises:
        MalformedInput: It has no Host field, several, one that is no name and port, or one that is not that of its request line
            (RFC 9112 3.2): two readers would see two addressees.
    """
    values = [value for name, value in request.headers if name == "host"]
    host = Host.parse(values[0]) if len(values) == 1 else None
    if host is None:
        found = "none" if not values else "several" if len(values) > 1 else show(values[0])
        raise _malformed("one Host field with a name and perhaps a port", found)
    if request.authority and request.authority.lower() != host.authority:
        raise _malformed(f"the Host field to be that of the request line, {show(request.authority)}", show(host.authority))
    return host


class ServedNames:
    """The names that the server has of its own."""

    __slots__ = ("_any_address", "_names")

    def __init__(self, names: Iterable[str] = (), *, any_address: bool = False) -> None:
        """Serve under loopback names and addresses and under *names*; with *any_address* under every address, too.

        An address is no name: nobody can let one lead elsewhere.
        """
        self._names, self._any_address = frozenset(name.lower().strip("[]").removesuffix(".") for name in names), any_address

    def require_own(self, host: Host) -> None:
        """Require a name of the server.

        Raises:
            AccessDenied: check ``host``.
        """
        if not self._is_own(host):
            raise _denied(host, "a loopback name or address, or one given by --allow-host")

    def require_own_or_aws(self, host: Host) -> None:
        """Require a name of the server or of AWS's endpoints.

        Raises:
            AccessDenied: check ``host``.
        """
        if not (host.is_aws or self._is_own(host)):
            raise _denied(host, "a loopback name or address, one given by --allow-host, or one of AWS's endpoints for STS")

    def _is_own(self, host: Host) -> bool:
        return host.is_loopback or host.name in self._names or (self._any_address and host.is_address)


def is_name(text: str) -> bool:
    """Tell whether *text* is a name or an address, without port, that a Host field may hold."""
    return re.fullmatch(_NAME, text.lower(), re.ASCII) is not None


def check_origin(request: Request, host: Host) -> None:
    """Require that a form was posted by a page of this server, where the browser says whose page it was.

    Raises:
        AccessDenied: check ``origin``: another page, or one that hides its name.
    """
    for origin in (value for name, value in request.headers if name == "origin"):
        named = _ORIGIN.fullmatch(origin.strip().lower())
        if named is None or named["authority"] != host.authority:
            raise AccessDenied(
                check="origin",
                expected=f"a form of this server's own page, http://{host.authority}",
                found=show(origin),
                remedy="open the page itself and paste the token there",
            )


def _denied(host: Host, expected: str) -> FederationError:
    return AccessDenied(
        check="host",
        expected=expected,
        found=show(host.name),
        remedy=f"address the server as {LOCALHOST}, or start it with --allow-host {host.name} if that name is its own",
    )


def _malformed(expected: str, found: str) -> FederationError:
    return MalformedInput(
        check="host", expected=expected, found=found, remedy="send one Host field that names the server, as HTTP/1.1 demands"
    )
