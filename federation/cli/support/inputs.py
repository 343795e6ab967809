"""Input of the command line: files and standard input, read up to the limits of the engine."""

from __future__ import annotations

import codecs
import re
import sys
from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.cli.rendering.plain import tell

FILE_SCHEME: Final = "file://"
_AROUND: Final = 64
"""Number of octets that may surround a token."""
_BLANKS: Final = b" \t\r\n"
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER: Final = re.compile(rb"(?:authorization:\s*)?bearer\s+", re.IGNORECASE)
_QUOTED: Final = re.compile(rb"([\"'`])(.*)\1", re.DOTALL)
_JWT: Final = re.compile(rb"e[w-z0-9_-][A-Za-z0-9_\s-]*\.[A-Za-z0-9_\s-]*\.[A-Za-z0-9_\s-]*")
"""A compact JWS, with or without line ends."""
_FILE_NAME_CHARS: Final = 255


def read_token(source: str, *, longest: int = limits.SAML_RESPONSE_CHARS) -> bytes:
    """Return the token in the file *source*, or on standard input for ``-``, without what editors, shells and mail add around it.

    What was left out, white space excepted, is reported on standard error, since a client that sends the file unchanged will be refused.
    The token itself is not changed. At most one octet more than *longest* is returned, so that the validator sees that it is too long.
    """
    token, left_out = _bare(_read(source, 2 * (longest + _AROUND)))
    if left_out:
        words = f"note: left out around the token: {', '.join(left_out)}; sent unchanged, it would be refused"
        tell(lambda: click.echo(words, err=True))
    return token[: longest + 1]


def _bare(octets: bytes) -> tuple[bytes, list[str]]:
    """Return the token in *octets* and what was left out."""
    left_out = []
    for mark, encoding in _MARKS:
        if octets.startswith(mark):
            octets = octets[len(mark) :].decode(encoding, "replace").encode("utf-8")
            left_out.append("a byte order mark")
    token = octets.strip(_BLANKS)
    if quoted := _QUOTED.fullmatch(token):
        token = quoted[2].strip(_BLANKS)
        left_out.append("quotation marks")
    if header := _HEADER.match(token):
        token = token[header.end() :]
        left_out.append("the word Bearer before it")
    if _JWT.fullmatch(token) and len(token.split()) > 1:
        token = b"".join(token.split())
        left_out.append("line ends within it")
    return token, left_out


def read_document(source: Path, *, longest: int) -> bytes:
    """Return the content of a policy or metadata file, at most one octet more than *longest*."""
    return _read(str(source), longest + 1)


def read_text(source: Path, *, longest: int) -> str:
    """Return the content of a UTF-8 file, at most one character more than *longest*."""
    octets = _read(str(source), 4 * (longest + 1))
    try:
        return octets.decode("utf-8")[: longest + 1]
    except UnicodeDecodeError as cause:
        raise click.UsageError(f"{click.format_filename(source)} is not UTF-8 text") from cause


def read_token_text(source: Path, *, longest: int) -> str:
    """Return the content of the file of a token, at most one character more than *longest*.

    A file that is not UTF-8, such as the UTF-16 that PowerShell's ``>`` writes, is decoded as Latin-1: the operation refuses it, and the
    explanation names the encoding.
    """
    octets = _read(str(source), 4 * (longest + 1))
    try:
        return octets.decode("utf-8")[: longest + 1]
    except UnicodeDecodeError:
        return octets.decode("latin-1")[: longest + 1]


def token_or_file(value: str, *, longest: int) -> str:
    """Return the token in *value*, as the AWS CLI does: the content of the file for ``file://PATH``, otherwise *value* itself."""
    if not value.startswith(FILE_SCHEME):
        return value
    return read_token_text(Path(value.removeprefix(FILE_SCHEME)), longest=longest).strip()


def literal_or_file(value: str, *, longest: int) -> str:
    """Return the parameter in *value*, as the AWS CLI does: the content of the file for ``file://PATH``, otherwise *value* itself."""
    if not value.startswith(FILE_SCHEME):
        return value
    return read_text(Path(value.removeprefix(FILE_SCHEME)), longest=longest).strip()


def _read(source: str, most: int) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read(most)
    try:
        with Path(source).open("rb") as file:
            return file.read(most)
    except OSError as cause:
        if len(source) > _FILE_NAME_CHARS or _JWT.fullmatch(
            source.encode("utf-8", "surrogateescape")
        ):  # perhaps a token, so it is not printed
            raise click.UsageError("cannot read a file of that name; put a token into a file, or pipe it to -") from cause
        raise click.UsageError(f"cannot read {click.format_filename(source)}: {cause.strerror}") from cause
    except ValueError as cause:
        raise click.UsageError("cannot read a file of that name") from cause
