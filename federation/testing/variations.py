"""Variations of a token for the contract: changed tokens, tokens of other kinds, and values that are not tokens."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Final

MAX_TAMPERED: Final = 200
"""Most characters of the token that are changed, one at a time, evenly distributed."""

SAMPLES: Final = {
    "saml2-response": b64encode(
        b'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0" IssueInstant="2026-01-01T00:00:00Z"/>'
    ).decode("ascii"),
    "oidc-id-token": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZSIsInN1YiI6ImEifQ.c2lnbmF0dXJl",
    "oauth-access-token": "Atza|IQEBLjAsAhRmHjNgHpi0U-Dme37rR6CuUpSR",
}
"""Texts with the form of a token of each built-in kind."""


def tampered(token: str) -> Iterator[str]:
    """Yield *token* with one character changed, at up to `MAX_TAMPERED` places, and then truncated, doubled and extended."""
    step = max(1, len(token) // MAX_TAMPERED)
    for place in range(0, len(token), step):
        char = token[place]
        other = "B" if char != "B" else "C"
        yield token[:place] + other + token[place + 1 :]
    yield from (token[:-1], token[1:], token[: len(token) // 2], token + token, f"A{token}")
    yield from (
        f"{token}{more}" for more in ("A", ".", "..", ".AAAAAAAA", ".e30", f".{token}", f".{token.rpartition('.')[2]}", "=", "#", "?a")
    )


def other_types() -> Iterator[object]:
    """Yield values of other types, and texts that are not tokens."""
    yield from (None, True, 0, -1.5, float("nan"), 10**400, object(), [], {}, (), set(), bytearray(b"x"), memoryview(b"x"), ValueError("x"))
    yield from ("", b"", " ", "\0", ".", "..", "...", "\ud800", "\u202e", "A" * 100, b"\xff\xfe", "[" * 10_000, '{"a":' * 5_000)


def oversized(token: str, length: int) -> Iterator[str | bytes]:
    """Yield texts of more than *length* characters: *token* repeated, *token* padded at its ends and in its middle, and others."""
    half = len(token) // 2
    yield token * (length // len(token) + 1)
    yield token[:half] + "A" * length + token[half:]
    yield from ("A" * length, b"." * length, token + "\n" * length, token + "A" * length)
