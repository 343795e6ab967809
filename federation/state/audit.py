"""Sinks of audit events. Every call has one event, granted or refused."""

from __future__ import annotations

import json
import os
from typing import Protocol

from federation.state.audit_faults import as_unwritten
from federation.state.event import AuditEvent
from federation.state.line_file import LineFile


class AuditSink(Protocol):
    """Receives audit events. A call whose event cannot be recorded is not granted. Implementations must be thread-safe."""

    def record(self, event: AuditEvent) -> None:
        """Record *event*, and return once it is kept.

        Raises:
            FederationError: It cannot be recorded.
        """
        ...


class AuditSinks:
    """An `AuditSink` that passes each event to several, in order."""

    __slots__ = ("_sinks",)

    def __init__(self, *sinks: AuditSink) -> None:
        """Pass events to *sinks*."""
        self._sinks = sinks

    def record(self, event: AuditEvent) -> None:
        """Record *event* in every sink.

        Raises:
            FederationError: A sink cannot record it. Those before it have it.
        """
        for sink in self._sinks:
            sink.record(event)


class JsonLinesAudit:
    """An `AuditSink` that appends one line of ASCII JSON per event to a file. A missing file is created with mode 0600.

    Several processes may append to one file, and the file may be renamed at any time. A line for which there is no room is removed again.
    Where the end of a process truncated one, the next event starts on a new line, so that only the truncated event is lost. Its call was
    not granted.
    """

    __slots__ = ("_file",)

    def __init__(self, path: str | os.PathLike[str], *, synced: bool = True) -> None:
        """Append to *path*.

        Args:
            path: The file.
            synced: Whether each event is on the disk before its call is answered. Otherwise a power cut may lose the last seconds; the end
                of the process loses nothing.
        """
        self._file = LineFile(path, synced=synced)

    def record(self, event: AuditEvent) -> None:
        """Append *event*.

        Raises:
            AccountFault: The file cannot be written.
        """
        # ensure_ascii: a line break or a bidirectional mark in a subject cannot forge a second record (attack row D07)
        line = json.dumps(event.as_dict(), ensure_ascii=True).encode("ascii")
        with as_unwritten():
            self._file.append(line)

    def check(self) -> None:
        """Require that the file can be appended to. It is made where it is missing.

        Raises:
            AccountFault: It cannot.
        """
        with as_unwritten():
            self._file.check()
