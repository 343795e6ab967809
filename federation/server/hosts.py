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
    """The name in the Host field of a request, lower case, without port; an IPv6 address without its brackets."""

    name: str
    authority: str

    @property
    def region(self) -> str | None:
        """The region that a name of AWS's regional endpoints holds."""
        named = _REGIONAL_HOST.fullmatch(self.name)
        return None if named is None else named["region"]

    @property
    def is_aws(self) -> bool:
        """Whether it is a name of AWS's for STS, or for an account as an issuer of web identity tokens."""
        return self.name == GLOBAL_HOST or self.region is not None or _ISSUER_HOST.fullmatch(self.name) is not None


def read_host(request: Request) -> Host:
    """Return whom *request* addresses.

    Raises:
        MalformedInput: It has no Host field, several, one that is no name and port, or one that is not that of its request line
            (RFC 9112 3.2): two readers would see two addressees.
    """
    values = [value for name, value in request.headers if name == "host"]
    text = values[0].strip().lower() if len(values) == 1 else ""
    match = _HOST.fullmatch(text) if len(text) <= _HOST_CHARS else None
    if match is None:
        found = "none" if not values else "several" if len(values) > 1 else show(values[0])
        raise _malformed("one Host field with a name and perhaps a port", found)
    if request.authority and request.authority.lower() != text:
        raise _malformed(f"the Host field to be that of the request line, {show(request.authority)}", show(text))
    return Host(match["name"].strip("[]"), text)


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
        if not self._is_own(host.name):
            raise _denied(host, "a loopback name or address, or one given by --allow-host")

    def require_own_or_aws(self, host: Host) -> None:
        """Require a name of the server or of AWS's endpoints.

        Raises:
            AccessDenied: check ``host``.
        """
        if not (host.is_aws or self._is_own(host.name)):
            raise _denied(host, "a loopback name or address, one given by --allow-host, or one of AWS's endpoints for STS")

    def _is_own(self, name: str) -> bool:
        if name == LOCALHOST or name.endswith(f".{LOCALHOST}") or name in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._any_address or address.is_loopback


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
