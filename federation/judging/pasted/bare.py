"""A token alone, without what editors, shells and mail add around it."""

from __future__ import annotations

import codecs
import re
from typing import Final

BLANKS: Final = b" \t\r\n"
WRAPPED_JWT: Final = re.compile(rb"e[w-z0-9_-][A-Za-z0-9_\s-]*\.[A-Za-z0-9_\s-]*\.[A-Za-z0-9_\s-]*")
"""A compact JWS, with or without line ends."""
_ENCODINGS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MARK: Final = ("a byte order mark",)
_HEADER: Final = re.compile(rb"(?:authorization:\s*)?bearer\s+", re.IGNORECASE)
_QUOTED: Final = re.compile(rb"([\"'`])(.*)\1", re.DOTALL)


def mark_removed(octets: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return *octets* in UTF-8 without a byte order mark, and what was left out."""
    if octets.startswith(codecs.BOM_UTF8):
        return octets.removeprefix(codecs.BOM_UTF8), _MARK
    encoding = _ENCODINGS.get(octets[:2])
    return (octets, ()) if encoding is None else (octets[2:].decode(encoding, "replace").encode("utf-8"), _MARK)


def stripped_token(octets: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return the token in *octets* without what surrounds it, and what was left out, white space excepted."""
    left_out = []
    token = octets.strip(BLANKS)
    if quoted := _QUOTED.fullmatch(token):
        token = quoted[2].strip(BLANKS)
        left_out.append("quotation marks")
    if header := _HEADER.match(token):
        token = token[header.end() :]
        left_out.append("the word Bearer before it")
    if WRAPPED_JWT.fullmatch(token) and len(token.split()) > 1:
        token = b"".join(token.split())
        left_out.append("line ends within it")
    return token, tuple(left_out)
