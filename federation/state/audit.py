"""Where audit events go: one for every call, granted or refused."""

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
except ImportError:  # pragma: no cover - Windows has no such locks: one process may append there
    fcntl = None  # type: ignore[assignment]

BUSY_SECONDS: Final = 5.0
"""How long an event waits for another process's, which takes microseconds."""
_PAUSE_SECONDS: Final = 0.0002
_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


class AuditSink(Protocol):
    """Takes audit events. An exchange whose event cannot be recorded is not granted."""

    def record(self, event: AuditEvent) -> None:
        """Keep *event*, or raise a `FederationError`."""
        ...


class JsonLinesAudit:
    """An `AuditSink` that appends one line of ASCII JSON per event to a file, made with mode 0600 where it does not exist.

    Any number of processes may append to one file, and it may be rotated meanwhile. What is written stays: a line that a full disk or a
    kill cut off is ended by whoever appends next, so that it spoils no event but its own, whose call was not granted.
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
        handle = os.open(self._path, _FLAGS, 0o600)  # each time, since it may have been rotated
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(None, "something else than a regular file")
            _lock_exclusively(handle)
            octets = _line_end_missing(handle) + line + b"\n"
            written = os.write(handle, octets)
            # A line end that did not fit is missing to the next one, not to this event.
            if written < len(octets) - 1:
                raise OSError(None, f"room for {written} octets of {len(octets)}")
        finally:
            os.close(handle)


def _lock_exclusively(handle: int) -> None:
    """Keep others out until the file is closed: between looking at its last octet and appending nobody may append.

    Raises:
        OSError: Somebody else keeps us out.
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
    """Return the line end that the last line lacks, torn by a full disk or the end of its process; nothing where it has one."""
    if not os.fstat(handle).st_size:
        return b""
    os.lseek(handle, -1, os.SEEK_END)
    return b"" if os.read(handle, 1) == b"\n" else b"\n"
