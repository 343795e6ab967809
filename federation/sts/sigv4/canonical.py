"""Computation of Signature Version 4: canonical request, string to sign, signing key, signature (AWS General Reference, SigV4).

Checks of signatures are in `federation.sts.sigv4.checks` and `federation.sts.sigv4.verification`.
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
class CredentialScope:
    """The scope of a derived signing key: day, region and service."""

    date: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{TERMINATOR}"


def canonical_path(path: bytes, *, normalize: bool) -> str:
    """Return the canonical URI of a raw path.

    Normalised (every service except S3): empty, ``.`` and ``..`` segments are removed (RFC 3986 5.2.4), and the path is percent-encoded
    again. Not normalised (S3): only characters that HTTP requires to be escaped are percent-encoded.
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
    """Return the canonical query string: parameters in canonical escaping, sorted by name and value, without those named in *without*.

    Parameters are first unescaped, so that ``%7e``, ``%7E`` and ``~`` are equal.

    Raises:
        MalformedQueryString: A percent sign does not begin an escape sequence.
    """
    omitted = {name.encode("utf-8") for name in without}
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query_pairs(query) if name not in omitted)
    return "&".join(f"{name}={value}" for name, value in pairs)


def canonical_headers(request: SignedRequest, names: Sequence[str]) -> bytes:
    """Return a line for each of *names*: values in the order sent, joined by commas, with white space collapsed and trimmed."""
    values: dict[str, list[bytes]] = {name: [] for name in names}
    for name, value in request.headers:
        if name in values:
            values[name].append(b" ".join(value.split()))
    return b"".join(name.encode("utf-8") + b":" + b",".join(values[name]) + b"\n" for name in names)


def canonical_request(request: SignedRequest, *, signed_headers: Sequence[str], presigned: bool, normalize_path: bool) -> bytes:
    """Return the canonical request, whose hash is signed. The payload hash is computed and never taken from the request.

    Args:
        request: The request.
        signed_headers: Lower-case names in the order of the signature.
        presigned: Whether the signature is a parameter of the query, which is then left out.
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
    """Return the SHA-256 of the body in lower-case hexadecimal."""
    return hashlib.sha256(request.body).hexdigest()


def string_to_sign(canonical: bytes, *, timestamp: str, scope: CredentialScope) -> str:
    """Return algorithm, time (``YYYYMMDDThhmmssZ``), scope and hash of the canonical request, each in a line."""
    return f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"


def signature_of(text: str, *, secret: str, scope: CredentialScope) -> str:
    """Return the signature of *text* by the key derived from *secret* for *scope*, in lower-case hexadecimal."""
    key = b"AWS4" + secret.encode("utf-8")
    for part in (scope.date, scope.region, scope.service, TERMINATOR):
        key = hmac.digest(key, part.encode("utf-8"), "sha256")
    return hmac.digest(key, text.encode("utf-8"), "sha256").hex()
