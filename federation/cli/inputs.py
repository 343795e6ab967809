"""What the command line reads: files and standard input, never more of them than the engine would look at."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from federation import limits

FILE_SCHEME: Final = "file://"


def read_token(source: str, *, longest: int = limits.SAML_RESPONSE_CHARS) -> bytes:
    """Return the token in file *source*, or on standard input for ``-``, without white space around it.

    One octet more than *longest* is read at most: enough for the validator to see, and to say, that the token is too long.
    """
    return _read(source, longest + 1).strip(b" \t\r\n")


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
        raise click.UsageError(f"cannot read {click.format_filename(source)}: {cause.strerror}") from cause
    except ValueError as cause:
        raise click.UsageError("cannot read a file of that name") from cause
