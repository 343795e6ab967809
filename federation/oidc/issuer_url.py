"""Issuer URLs in the form in which IAM stores them, and remedies for URLs that IAM refuses."""

from __future__ import annotations

import re
from typing import Final

from federation.errors import RegistrationError, show

MAX_CHARS: Final = 255
"""Longest issuer URL in characters (IAM API, CreateOpenIDConnectProvider)."""

_URL: Final = re.compile(r'https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?P<port>:443)?(?:/[!-"$->@-~]*)?', re.ASCII)
_SCHEME: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)")
_PUBLIC_URL: Final = (
    "set the public URL of the identity provider (its hostname or issuer setting) to https without a port, behind a proxy if need be, and "
    "get a new token; nothing here connects to it, so any such name serves for tests"
)


def read_url(url: object) -> str:
    """Return an issuer URL in the form in which IAM stores it, with its scheme (docs/observed.md 3.1).

    Raises:
        RegistrationError: check ``url``.
    """
    match = _URL.fullmatch(url) if isinstance(url, str) and len(url) <= MAX_CHARS else None
    if match is None:
        raise RegistrationError(
            check="url",
            expected=f"an https URL of at most {MAX_CHARS} characters: host and path, no user, port, query or fragment",
            found=show(url),
            remedy=how_to_register(url, "pass the issuer exactly as its tokens spell iss, https:// included"),
        )
    return match[0].replace(":443", "", 1) if match["port"] else match[0]


def how_to_register(url: object, usual: str) -> str:
    """Return the remedy for an unregistered issuer *url*: *usual*, or how to change a URL that IAM refuses."""
    fault = _fault(url) if isinstance(url, str) else None
    return usual if fault is None else f"{fault}: {_PUBLIC_URL}"


def _fault(url: str) -> str | None:
    """Return why IAM refuses *url*; None where it accepts it, or where *url* is not a URL."""
    split = _SCHEME.match(url)
    if split is None:
        return None
    if split["scheme"] != "https":
        return "IAM takes https issuers alone, with the scheme in lower case"
    if len(url) > MAX_CHARS:
        return f"IAM takes issuers of at most {MAX_CHARS} characters"
    if _URL.fullmatch(url) is not None:
        return None
    return "IAM takes no issuer with a port" if ":" in split["authority"].rpartition("@")[2] else "IAM takes issuers of host and path alone"
