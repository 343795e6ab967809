"""Input of the command line: files and standard input, read up to the limits of the engine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.cli.rendering.plain import note, safe
from federation.judging.kinds import KINDS
from federation.judging.pasted import FoundToken, Pasted, find_tokens
from federation.judging.pasted.bare import WRAPPED_JWT, mark_removed, stripped_token

FILE_SCHEME: Final = "file://"
_AROUND: Final = 64
"""Number of octets that may surround a token."""
_FILE_NAME_CHARS: Final = 255


def read_token(source: str, *, longest: int = limits.SAML_RESPONSE_CHARS) -> bytes:
    """Return the token in the file *source*, or on standard input for ``-``, without what editors, shells and mail add around it.

    What was left out, white space excepted, is reported on standard error, since a client that sends the file unchanged will be refused.
    The token itself is not changed. At most one octet more than *longest* is returned, so that the validator sees that it is too long.
    """
    octets, mark = mark_removed(_read(source, 2 * (longest + _AROUND)))
    token, left_out = stripped_token(octets)
    _tell_left_out((*mark, *left_out))
    return token[: longest + 1]


def read_pasted(source: str, pick: int | None) -> FoundToken:
    """Return the token in the file *source*, or on standard input for ``-``: alone, or in a HAR file, an HTTP message, a form, JSON, XML.

    What was left out around it is reported on standard error.

    Args:
        source: The file, or ``-``.
        pick: Which one of several different tokens, from 1; None where there must be only one.

    Raises:
        click.UsageError: There is none, or several and no *pick*.
    """
    found = picked(find_tokens(read_octets(source)), pick)
    tell_found(found)
    return found


def read_octets(source: str) -> bytes:
    """Return the content of the file *source*, or of standard input for ``-``, at most one octet more than tokens are looked for in."""
    return _read(source, limits.PASTED_OCTETS + 1)


def picked(pasted: Pasted, pick: int | None) -> FoundToken:
    """Return the only token of *pasted*, or the one with the number *pick*.

    Raises:
        click.UsageError: There is none, or several and no *pick*.
    """
    several = pasted.tokens
    unread = f"; not looked at: {pasted.unread}" if pasted.unread else ""
    if not several:
        raise click.UsageError(f"{pasted.container} holds no token{unread}")
    if pick is None and len(several) == 1:
        return several[0]
    if pick is None or pick > len(several):
        listed = "\n".join(f"  {number}  {safe(each.place) or 'alone'}: {KINDS[each.kind]}" for number, each in enumerate(several, 1))
        what = "1 token" if len(several) == 1 else f"{len(several)} different tokens"
        raise click.UsageError(f"{pasted.container or 'the input'} holds {what}; choose one with --pick N{unread}\n{listed}")
    return several[pick - 1]


def tell_found(found: FoundToken) -> None:
    """Report on standard error what was left out around a token, or done to have it."""
    _tell_left_out(found.left_out)
    if found.encoded:
        note("the XML was encoded as base64, as a client must send it")


def _tell_left_out(left_out: tuple[str, ...]) -> None:
    if left_out:
        note(f"left out around the token: {', '.join(left_out)}; sent unchanged, it would be refused")


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
    """Return the content of the file of a token, at most one character more than *longest*, as `as_sent`."""
    return as_sent(_read(str(source), 4 * (longest + 1)), longest=longest)


def as_sent(octets: bytes, *, longest: int) -> str:
    """Return the text of a token that a client sends as it stands, at most one character more than *longest*.

    What is not UTF-8, such as the UTF-16 that PowerShell's ``>`` writes, is decoded as Latin-1: the operation refuses it, and the
    explanation names the encoding.
    """
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
        if len(source) > _FILE_NAME_CHARS or WRAPPED_JWT.fullmatch(
            source.encode("utf-8", "surrogateescape")
        ):  # perhaps a token, so it is not printed
            raise click.UsageError("cannot read a file of that name; put a token into a file, or pipe it to -") from cause
        raise click.UsageError(f"cannot read {click.format_filename(source)}: {cause.strerror}") from cause
    except ValueError as cause:
        raise click.UsageError("cannot read a file of that name") from cause
