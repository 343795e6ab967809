"""CloudTrail records out of files, folders and standard input, one after the other: never more than one of them in memory.

What a file is, its first octets say: gzip, zstd or none; Parquet; a list of records, the answer of ``lookup-events``, one record, or one
after the other, as lines of JSON. A record that cannot be read is one finding, and the rest is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from federation import extras
from federation.errors import FederationError
from federation.evidence.cloudtrail.found import PassedEvents, RawRecord, RecordFault, may_be_of_login
from federation.evidence.cloudtrail.login_record import LoginRecord, read_record
from federation.evidence.cloudtrail.scanning import Damage, cut_objects
from federation.judging import compression
from federation.judging.captures import STANDARD_INPUT, files_below, shown_path

EventSources = Iterable[str | os.PathLike[str]]
_MOST_PASSED: Final = 10_000
"""Events that are no logins are told at least so often."""


def read_logins(sources: EventSources, *, standard_input: BinaryIO | None = None) -> Iterator[LoginRecord | RecordFault | PassedEvents]:
    """Yield the federated logins of *sources*, in order, with what cannot be read, and how many other events there were.

    Args:
        sources: Files, folders, or ``-``. The files of a folder come sorted by name; links to folders are not followed.
        standard_input: What ``-`` stands for.
    """
    for found in read_raw(sources, standard_input=standard_input):
        yield login_in(found) if isinstance(found, RawRecord) else found


def login_in(raw: RawRecord) -> LoginRecord | RecordFault | PassedEvents:
    """Return the login that *raw* records."""
    try:
        login = read_record(raw.octets, place=raw.place)
    except FederationError as refusal:
        return RecordFault(raw.place, refusal.expected, refusal.found)
    return PassedEvents(1, raw.taken) if login is None else login


def read_raw(sources: EventSources, *, standard_input: BinaryIO | None = None) -> Iterator[RawRecord | RecordFault | PassedEvents]:
    """Yield what `read_logins` decodes: what is plainly of another event is only counted, and not decoded.

    Args:
        sources: As for `read_logins`.
        standard_input: Likewise.
    """
    for source in sources:
        name = os.fspath(source)
        if name == STANDARD_INPUT and standard_input is not None:
            yield from _read(standard_input, name)
        elif os.path.isdir(name):  # noqa: PTH112 - paths by the hundred thousand stay text
            yield from _read_folder(name)
        else:
            yield from _read_file(name)


def _read_folder(path: str) -> Iterator[RawRecord | RecordFault | PassedEvents]:
    try:
        for entry in files_below(path):
            if entry.is_file():
                yield from _read_file(entry.path)
            else:  # opening a pipe would wait for somebody to write
                yield RecordFault(shown_path(entry.path), "a file", "something else, or a link to none")
    except OSError as fault:
        yield _unreadable(path, fault)


def _read_file(path: str) -> Iterator[RawRecord | RecordFault | PassedEvents]:
    try:
        stream = open(path, "rb")  # noqa: PTH123, SIM115 - as above; closed below
    except (OSError, ValueError) as fault:
        yield _unreadable(path, fault)
        return
    with stream:
        yield from _read(stream, shown_path(path))


def _read(stream: BinaryIO, name: str) -> Iterator[RawRecord | RecordFault | PassedEvents]:
    try:
        if compression.beginning(stream) == compression.PARQUET:
            yield from _read_parquet(stream, name)
        else:
            yield from _cut(compression.uncompressed(stream), name)
    except (*compression.FAULTS, FederationError) as fault:
        yield _unreadable(name, fault)


def _cut(stream: BinaryIO, name: str) -> Iterator[RawRecord | RecordFault | PassedEvents]:
    passed = taken = 0
    for number, found in enumerate(cut_objects(stream), 1):
        if isinstance(found, Damage):
            yield RecordFault(f"{name}#{number}", found.expected, found.found)
        elif may_be_of_login(found.octets):
            yield RawRecord(f"{name}#{number}", found.octets, found.taken)
        else:
            passed, taken = passed + 1, taken + found.taken
            if passed == _MOST_PASSED:
                yield PassedEvents(passed, taken)
                passed = taken = 0
    if passed:
        yield PassedEvents(passed, taken)


def _read_parquet(stream: BinaryIO, name: str) -> Iterator[RawRecord | RecordFault | PassedEvents]:
    extras.require("pyarrow", extra="arrow", check="arrow-extra")
    if not stream.seekable():
        yield RecordFault(name, "Parquet in a file, whose end can be read first", "Parquet in a pipe")
        return
    from federation.evidence.cloudtrail.rows import read_rows  # noqa: PLC0415 - an extra

    yield from read_rows(stream, name)


def _unreadable(path: str, fault: Exception) -> RecordFault:
    if isinstance(fault, FederationError):
        return RecordFault(shown_path(path), fault.expected, fault.found)
    reason = fault.strerror if isinstance(fault, OSError) else None
    return RecordFault(shown_path(path), "a file that can be read", reason or type(fault).__name__)
