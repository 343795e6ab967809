"""The host names under which the server is addressed.

A browser lets a page send requests to the host name that the page came from, and the owner of a name can make it resolve to 127.0.0.1 (DNS
rebinding). What a browser reaches without a signature is therefore served only under names that such an owner does not control: loopback
names, names that the operator allows, and for the interface of STS those of AWS. A signature covers the Host field, so a signed request is
served under any name.
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
    """The Host field of a request, parsed.

    Attributes:
        name: The name, lower case, without port; an IPv6 address without its brackets.
        authority: The whole field, lower case.
        region: The region in the name of a regional endpoint of AWS; None in other names.
        is_aws: Whether AWS uses the name for STS, or for an account as an issuer of web identity tokens.
        is_address: Whether it is an IP address.
        is_loopback: Whether it is a loopback address, or a name that resolves to one everywhere.
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
        """Read the text of a Host field; None where it is not a name with an optional port."""
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
    """Return the host that *request* addresses.

    Raises:
        MalformedInput: The Host field is absent, repeated, not a name with an optional port, or differs from the authority of the request
            line (RFC 9112 3.2), so that two readers could see two hosts.
    """
    values = [value for name, value in request.headers if name == "host"]
    host = Host.parse(values[0]) if len(values) == 1 else None
    if host is None:
        found = "none" if not values else "several" if len(values) > 1 else show(values[0])
        raise _malformed("one Host field with a name and an optional port", found)
    if request.authority and request.authority.lower() != host.authority:
        raise _malformed(f"the host of the request line, {show(request.authority)}, in the Host field", show(host.authority))
    return host


class ServedNames:
    """The host names and addresses that belong to the server."""

    __slots__ = ("_any_address", "_names")

    def __init__(self, names: Iterable[str] = (), *, any_address: bool = False) -> None:
        """Accept loopback names and addresses, and *names*; with *any_address* every IP address as well.

        An IP address is safe: nobody can make one resolve elsewhere.
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
    """Require that a form was posted by a page of this server, where the browser sends an Origin field.

    Raises:
        AccessDenied: check ``origin``: the origin is another page, or ``null``.
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
        check="host", expected=expected, found=found, remedy="send one Host field that names the server, as HTTP/1.1 requires"
    )
