"""What the command line reads: files and standard input, never more of them than the engine would look at."""

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
"""Octets that may stand around a token."""
_BLANKS: Final = b" \t\r\n"
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER: Final = re.compile(rb"(?:authorization:\s*)?bearer\s+", re.IGNORECASE)
_QUOTED: Final = re.compile(rb"([\"'`])(.*)\1", re.DOTALL)
_JWT: Final = re.compile(rb"e[w-z0-9_-][A-Za-z0-9_\s-]*\.[A-Za-z0-9_\s-]*\.[A-Za-z0-9_\s-]*")
"""A compact token, wrapped or not."""
_FILE_NAME_CHARS: Final = 255


def read_token(source: str, *, longest: int = limits.SAML_RESPONSE_CHARS) -> bytes:
    """Return the token in file *source*, or on standard input for ``-``, without what editors, shells and mail put around it.

    What was left out beside white space is said on standard error, since a client that sends the file as it is will be refused. Of the
    token itself no octet is changed; one more than *longest* is returned at most: enough for the validator to see that it is too long.
    """
    token, left_out = _bare(_read(source, 2 * (longest + _AROUND)))
    if left_out:
        words = f"note: left out around the token: {', '.join(left_out)}; who sends it as it stands there is refused"
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
        left_out.append("the words before it")
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

    What is not UTF-8, such as the UTF-16 that PowerShell's ``>`` writes, is returned octet for octet: the operation refuses it, and the
    explanation tells what it is.
    """
    octets = _read(str(source), 4 * (longest + 1))
    try:
        return octets.decode("utf-8")[: longest + 1]
    except UnicodeDecodeError:
        return octets.decode("latin-1")[: longest + 1]


def token_or_file(value: str, *, longest: int) -> str:
    """Return a token in the AWS CLI's manner: ``file://PATH`` stands for the content of that file, anything else for itself."""
    if not value.startswith(FILE_SCHEME):
        return value
    return read_token_text(Path(value.removeprefix(FILE_SCHEME)), longest=longest).strip()


def literal_or_file(value: str, *, longest: int) -> str:
    """Return a parameter in the AWS CLI's manner: ``file://PATH`` stands for the content of that file, anything else for itself."""
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
        if len(source) > _FILE_NAME_CHARS or _JWT.fullmatch(source.encode("utf-8", "surrogateescape")):  # perhaps a token: not repeated
            raise click.UsageError("cannot read a file of that name; put a token into a file, or pipe it to -") from cause
        raise click.UsageError(f"cannot read {click.format_filename(source)}: {cause.strerror}") from cause
    except ValueError as cause:
        raise click.UsageError("cannot read a file of that name") from cause
