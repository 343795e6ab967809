"""Signature Version 4 as arithmetic: canonical request, string to sign, signing key, signature (AWS General Reference, SigV4).

Pure functions from octets to octets; who may sign what is decided in `federation.sts.sigv4`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from federation.sts.sigv4.request import SignedRequest, query_pairs

ALGORITHM: Final = "AWS4-HMAC-SHA256"
TERMINATOR: Final = "aws4_request"
SIGNATURE_PARAMETER: Final = "X-Amz-Signature"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a derived signing key is good for: one day, one region, one service."""

    date: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{TERMINATOR}"


def canonical_path(path: bytes, *, normalize: bool) -> str:
    """Canonical URI of a raw path.

    Normalised (every service but S3): empty, ``.`` and ``..`` segments go (RFC 3986 5.2.4; ``..`` never climbs above the root), and the
    path as sent is percent-encoded once more. Not normalised (S3): the path as sent, with only what HTTP should have escaped escaped.
    """
    if not normalize:
        return quote(path, safe="/~%")
    kept: list[bytes] = []
    for segment in path.split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in {b"", b"."}:
            kept.append(segment)
    trailing = b"/" if kept and path.endswith(b"/") else b""
    return quote(b"/" + b"/".join(kept) + trailing, safe="/~")


def canonical_query(query: bytes, *, without: Collection[str] = ()) -> str:
    """Every parameter unescaped, escaped the one canonical way and sorted by name, then value; parameters named in *without* are left out.

    Unescaping first makes ``%7e``, ``%7E`` and ``~`` one spelling: they are one parameter to whoever serves the request.

    Raises:
        MalformedQueryString: A percent sign does not begin an escape.
    """
    omitted = {name.encode("utf-8") for name in without}
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query_pairs(query) if name not in omitted)
    return "&".join(f"{name}={value}" for name, value in pairs)


def canonical_headers(request: SignedRequest, names: Sequence[str]) -> bytes:
    """One line for each of *names*: values in the order sent, joined by commas, white space (folding included) collapsed and trimmed."""
    values: dict[str, list[bytes]] = {name: [] for name in names}
    for name, value in request.headers:
        if name in values:
            values[name].append(b" ".join(value.split()))
    return b"".join(name.encode("utf-8") + b":" + b",".join(values[name]) + b"\n" for name in names)


def canonical_request(request: SignedRequest, *, signed_headers: Sequence[str], presigned: bool, normalize_path: bool) -> bytes:
    """The text whose hash is signed. The payload hash is always computed, never taken from the request.

    Args:
        request: The request.
        signed_headers: Lower-case names, in the order the signer lists them.
        presigned: The signature stands in the query, so that parameter is not part of what it signs.
        normalize_path: See `canonical_path`.
    """
    lines = (
        request.method.encode("ascii"),
        canonical_path(request.path, normalize=normalize_path).encode("ascii"),
        canonical_query(request.query, without=(SIGNATURE_PARAMETER,) if presigned else ()).encode("ascii"),
        canonical_headers(request, signed_headers),
        ";".join(signed_headers).encode("utf-8"),
        payload_hash(request).encode("ascii"),
    )
    return b"\n".join(lines)


def payload_hash(request: SignedRequest) -> str:
    """SHA-256 of the body, in lower-case hexadecimal."""
    return hashlib.sha256(request.body).hexdigest()


def string_to_sign(canonical: bytes, *, timestamp: str, scope: Scope) -> str:
    """Algorithm, instant (``YYYYMMDDThhmmssZ``), scope and hash of the canonical request, a line each."""
    return f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"


def signature_of(text: str, *, secret: str, scope: Scope) -> str:
    """Sign *text* with the key derived from *secret* for *scope*; lower-case hexadecimal."""
    key = b"AWS4" + secret.encode("utf-8")
    for part in (scope.date, scope.region, scope.service, TERMINATOR):
        key = hmac.digest(key, part.encode("utf-8"), "sha256")
    return hmac.digest(key, text.encode("utf-8"), "sha256").hex()
