"""Sinks of audit events. Every call has one event, granted or refused."""

from __future__ import annotations

import json
import os
import stat
import time
from threading import Lock
from typing import Final, Protocol

from federation.errors import AccountFault, show
from federation.state.event import AuditEvent

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no such locks, so only one process may append there
    fcntl = None  # type: ignore[assignment]

BUSY_SECONDS: Final = 5.0
"""Longest time to wait for the lock of another process, which holds it for microseconds."""
_PAUSE_SECONDS: Final = 0.0002
_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


class AuditSink(Protocol):
    """Receives audit events. A call whose event cannot be recorded is not granted. Implementations must be thread-safe."""

    def record(self, event: AuditEvent) -> None:
        """Record *event*.

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
            FederationError: A sink cannot record it.
        """
        for sink in self._sinks:
            sink.record(event)


class JsonLinesAudit:
    """An `AuditSink` that appends one line of ASCII JSON per event to a file. A missing file is created with mode 0600.

    Several processes may append to one file, and the file may be rotated at any time. Where a full disk or the end of a process truncated a
    line, the next event starts on a new line, so that only the truncated event is lost. Its call was not granted.
    """

    __slots__ = ("_lock", "_path")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path, self._lock = os.fspath(path), Lock()

    def record(self, event: AuditEvent) -> None:
        """Append *event*.

        Raises:
            AccountFault: The file cannot be written.
        """
        # ensure_ascii: a line break or a bidirectional mark in a subject cannot forge a second record (attack row D07)
        line = json.dumps(event.as_dict(), ensure_ascii=True).encode("ascii")
        try:
            with self._lock:
                self._append(line)
        except (OSError, ValueError) as cause:
            reason = (cause.strerror if isinstance(cause, OSError) else str(cause)) or type(cause).__name__
            raise AccountFault(
                file="audit log",
                path="",
                expected="a file that can be read and appended to",
                found=show(reason),
                remedy="make room or correct the permissions: without its audit event nothing is granted",
                check="audit",
            ) from cause

    def _append(self, line: bytes) -> None:
        handle = os.open(self._path, _FLAGS, 0o600)  # opened for each event, because the file may have been rotated
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(None, "something else than a regular file")
            _lock_exclusively(handle)
            octets = _line_end_missing(handle) + line + b"\n"
            written = os.write(handle, octets)
            # Without the final line end the event is complete; the next writer adds the line end.
            if written < len(octets) - 1:
                raise OSError(None, f"room for {written} octets of {len(octets)}")
        finally:
            os.close(handle)


def _lock_exclusively(handle: int) -> None:
    """Lock the file until it is closed, so that no other process appends between the check of the last octet and the write.

    Raises:
        OSError: Another process holds the lock for longer than `BUSY_SECONDS`.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise OSError(None, f"locked by another process for {BUSY_SECONDS} seconds") from None
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _line_end_missing(handle: int) -> bytes:
    """Return a line end where the last line of the file is truncated, otherwise nothing."""
    if not os.fstat(handle).st_size:
        return b""
    os.lseek(handle, -1, os.SEEK_END)
    return b"" if os.read(handle, 1) == b"\n" else b"\n"
