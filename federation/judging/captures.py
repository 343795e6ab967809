"""Captured tokens, one after the other, out of files, directories and standard input; never more than one line of a file in memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain, islice
from typing import BinaryIO, Final, NamedTuple

from federation import extras, limits
from federation.errors import FederationError
from federation.judging import compression
from federation.judging.capture import STRIPPED, Capture, CaptureFault, bounded
from federation.judging.kinds import OIDC, kind_of
from federation.judging.records import read_record

STANDARD_INPUT: Final = "-"
LONGEST_LINE: Final = 2 * limits.SAML_RESPONSE_CHARS
"""Octets of one line that are looked at: the longest token, and as much again for what a record says of it."""
_WRAPPED_COLUMNS: Final = 76
"""Columns at which base64 is wrapped at most (RFC 2045 6.8)."""
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_PIECE: Final = 65_536


class Form(StrEnum):
    """How tokens lie in a file."""

    AUTO = "auto"
    WHOLE = "token"
    LINES = "lines"
    RECORDS = "jsonl"
    PARQUET = "parquet"


class _CaptureLine(NamedTuple):
    """A line that is not blank: its number from 1, its text without white space around it, and what was read for it."""

    number: int
    text: bytes
    octets: int


def read_captures(sources: Iterable[str | os.PathLike[str]], *, standard_input: BinaryIO, form: Form = Form.AUTO) -> Iterator[Capture]:
    """Yield what *sources* hold, in order; a directory's files come sorted by name, those of its directories in their place.

    What cannot be read is yielded too, with its ``fault``: nothing is passed over in silence. Links to directories are not followed.

    Args:
        sources: Files, directories, or ``-``.
        standard_input: What ``-`` stands for.
        form: How tokens lie in the files; `Form.AUTO` tells by their first two lines.
    """
    for source in sources:
        name = os.fspath(source)
        if name == STANDARD_INPUT:
            yield from _read(standard_input, name, form)
        elif os.path.isdir(name):  # noqa: PTH112 - paths by the hundred thousand stay text
            yield from _read_directory(name, form)
        else:
            yield from _read_file(name, form)


def fingerprint(sources: Iterable[str | os.PathLike[str]]) -> str:
    """Return a text that is another one once a file of *sources* is added, removed, renamed or written: a digest of names, sizes and times.

    Raises:
        OSError: The file system refuses.
    """
    digest = hashlib.sha256()
    for source in sources:
        name = os.fspath(source)
        files = [] if name == STANDARD_INPUT else [entry.path for entry in files_below(name)] if os.path.isdir(name) else [name]  # noqa: PTH112
        digest.update(repr((name, len(files))).encode("utf-8", "surrogatepass"))
        for path in files:
            state = os.stat(path)  # noqa: PTH116 - paths by the hundred thousand stay text
            digest.update(repr((path, state.st_size, state.st_mtime_ns)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def octets_in(sources: Iterable[str | os.PathLike[str]]) -> int | None:
    """Return how many octets the files of *sources* have, to measure progress by; None where that cannot be known."""
    total = 0
    for source in sources:
        name = os.fspath(source)
        if name == STANDARD_INPUT:
            return None
        try:
            if os.path.isdir(name):  # noqa: PTH112 - as above
                total += sum(entry.stat().st_size for entry in files_below(name) if entry.is_file())
            else:
                total += os.stat(name).st_size  # noqa: PTH116 - as above
        except (OSError, ValueError):
            return None
    return total


def _read_directory(path: str, form: Form) -> Iterator[Capture]:
    try:
        for entry in files_below(path):
            if entry.is_file():
                yield from _read_file(entry.path, form)
            else:  # opening a pipe would wait for somebody to write
                yield Capture(id=shown_path(entry.path), fault=CaptureFault("a file", "something else, or a link to none"))
    except OSError as fault:
        yield _unreadable(path, fault)


def files_below(path: str) -> Iterator[os.DirEntry[str]]:
    """Yield everything below *path* that is no directory, sorted by name; open directories are those on the way down.

    Raises:
        OSError: A directory cannot be read.
    """
    with os.scandir(path) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.is_dir(follow_symlinks=False):
            yield from files_below(entry.path)
        else:
            yield entry


def _read_file(path: str, form: Form) -> Iterator[Capture]:
    try:
        stream = open(path, "rb")  # noqa: PTH123, SIM115 - as above; closed below
    except (OSError, ValueError) as fault:
        yield _unreadable(path, fault)
        return
    with stream:
        yield from _read(stream, shown_path(path), form)


def _read(stream: BinaryIO, name: str, form: Form) -> Iterator[Capture]:
    if form is Form.PARQUET or (form is Form.AUTO and compression.beginning(stream) == compression.PARQUET):
        yield from _read_parquet(stream, name)
        return
    try:
        plain = compression.uncompressed(stream)
        lines = _lines(plain)
        first = list(islice(lines, 2)) if form is Form.AUTO else []
        captures = _captures(chain(first, lines), name, _form_of(first) if form is Form.AUTO else form)
        yield from captures if plain is stream or not stream.seekable() else _measured(captures, stream)
    except (*compression.FAULTS, FederationError) as fault:
        yield _unreadable(name, fault)


def _measured(captures: Iterable[Capture], stream: BinaryIO) -> Iterator[Capture]:
    """Yield *captures* with the octets that were read for them from *stream*, which is compressed."""
    before = 0
    for capture in captures:
        now = stream.tell()
        yield capture._replace(octets=now - before)
        before = now


def _read_parquet(stream: BinaryIO, name: str) -> Iterator[Capture]:
    try:
        extras.require("pyarrow", extra="arrow", check="arrow-extra")
    except FederationError as refusal:
        yield _unreadable(name, refusal)
        return
    from federation.judging.columns.parquet import read_tokens  # noqa: PLC0415 - an extra

    if not stream.seekable():
        yield Capture(id=name, fault=CaptureFault("Parquet in a file, whose end can be read first", "Parquet in a pipe"))
        return
    yield from read_tokens(stream, name)


def _captures(lines: Iterator[_CaptureLine], name: str, form: Form) -> Iterator[Capture]:
    if form is Form.WHOLE:
        yield _whole(lines, name)
        return
    for line in lines:
        place = f"{name}:{line.number}"
        yield _record(line, place) if form is Form.RECORDS else Capture(id=place, token=bounded(line.text), octets=line.octets)


def _form_of(lines: list[_CaptureLine]) -> Form:
    """Tell the form of a file by its first two lines that are not blank."""
    if not lines:
        return Form.WHOLE
    first, second = lines[0].text, lines[1].text if len(lines) > 1 else None
    if first.startswith(b"{") and first.endswith(b"}"):
        return Form.RECORDS
    if second is None or first.startswith((b"{", b"[", b"<")):  # no token; its decoder says best what it is instead
        return Form.WHOLE
    wrapped = kind_of(first) != OIDC and len(second) <= len(first) <= _WRAPPED_COLUMNS
    return Form.WHOLE if wrapped else Form.LINES


def _lines(stream: BinaryIO) -> Iterator[_CaptureLine]:
    """Yield the lines of *stream* that are not blank, each at most `LONGEST_LINE` octets of it."""
    number = octets = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        octets += len(line)
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            octets += _skip_line(stream)
        text = (line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line).strip(STRIPPED)
        if text:
            yield _CaptureLine(number, text, octets)
            octets = 0


def _skip_line(stream: BinaryIO) -> int:
    """Read the rest of a line, forget it, and return how long it was."""
    octets = 0
    while piece := stream.readline(_PIECE):
        octets += len(piece)
        if piece.endswith(b"\n"):
            break
    return octets


def _whole(lines: Iterator[_CaptureLine], name: str) -> Capture:
    """Return all *lines* as one token, and of a file that is too long enough for its validator to see that."""
    texts, size, octets = [], 0, 0
    for line in lines:
        octets += line.octets
        texts.append(line.text)
        size += len(line.text)
        if size > limits.SAML_RESPONSE_CHARS:
            break
    return Capture(id=name, token=bounded(b"\n".join(texts)), octets=octets)


def _record(line: _CaptureLine, place: str) -> Capture:
    try:
        record = read_record(line.text)
    except FederationError as refusal:
        return Capture(id=place, fault=CaptureFault(refusal.expected, refusal.found), octets=line.octets)
    name = place if record.id is None else record.id
    token = bounded(record.token.strip(STRIPPED))
    return Capture(id=name, token=token, at=record.at, issued=record.issued, role_arn=record.role_arn, octets=line.octets)


def _unreadable(path: str, fault: Exception) -> Capture:
    if isinstance(fault, FederationError):
        return Capture(id=shown_path(path), fault=CaptureFault(fault.expected, fault.found))
    reason = fault.strerror if isinstance(fault, OSError) else None
    return Capture(id=shown_path(path), fault=CaptureFault("a file that can be read", reason or type(fault).__name__))


def shown_path(path: str) -> str:
    """Return *path* as text that has a UTF-8 form; octets of a name that are none show as such."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
