"""Where audit events go: one for every call, granted or refused."""

from __future__ import annotations

import json
import os
from threading import Lock
from typing import Protocol

from federation.errors import AccountFault
from federation.state.event import AuditEvent


class AuditSink(Protocol):
    """Takes audit events. An exchange whose event cannot be recorded is not granted."""

    def record(self, event: AuditEvent) -> None:
        """Keep *event*, or raise a `FederationError`."""
        ...


class JsonLinesAudit:
    """An `AuditSink` that appends one line of ASCII JSON per event to a file, made with mode 0600 where it does not exist."""

    __slots__ = ("_lock", "_path", "_torn")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path, self._lock, self._torn = os.fspath(path), Lock(), False

    def record(self, event: AuditEvent) -> None:
        """Append *event*.

        Raises:
            AccountFault: The file cannot be written.
        """
        # ensure_ascii: a line break or a bidirectional mark in a subject cannot forge a second record (attack row D07)
        line = json.dumps(event.as_dict(), ensure_ascii=True).encode("ascii") + b"\n"
        if not self._append(line):
            raise AccountFault(
                file="audit log",
                path="",
                expected="a file that can be appended to",
                found="an error of the file system",
                remedy="make room or correct the permissions: without its audit event nothing is granted",
                check="audit",
            )

    def _append(self, line: bytes) -> bool:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            with self._lock:
                handle = os.open(self._path, flags, 0o600)
                try:
                    return self._write(handle, line)
                finally:
                    os.close(handle)
        except (OSError, ValueError):
            return False

    def _write(self, handle: int, line: bytes) -> bool:
        """Write *line* at once, so that lines of several processes do not mix; what a full disk cut off spoils its own line alone."""
        octets = b"\n" + line if self._torn else line
        written = os.write(handle, octets)
        self._torn = 0 < written < len(octets) or (self._torn and not written)
        return written == len(octets)
