"""A file of lines that several processes append to: whole lines, on the disk before `LineFile.append` returns. ADR 47 has the reasons."""

from __future__ import annotations

import os
import stat
import time
from threading import Lock
from typing import Final

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no such locks, so only one process may append there
    fcntl = None  # type: ignore[assignment]

BUSY_SECONDS: Final = 5.0
"""Longest time to wait for the lock of another process, which holds it for microseconds."""
MODE: Final = 0o600
"""The mode of a file that is made."""
_PAUSE_SECONDS: Final = 0.0002
_MOST_ROTATIONS: Final = 100
"""Times that a file may be renamed between its opening and its locking, until that is no rotation any more."""
_FLAGS: Final = (
    os.O_RDWR | os.O_APPEND | os.O_CREAT | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"))
)


class LineFile:
    """A file of lines. It is thread-safe; several processes may append to one file, which may be renamed at any time."""

    __slots__ = ("_path", "_synced", "_turn")

    def __init__(self, path: str | os.PathLike[str], *, synced: bool) -> None:
        """Append to *path*, which is made with mode 0600 where it is missing; *synced* waits for the disk with each line."""
        self._path, self._synced, self._turn = os.fspath(path), synced, Lock()

    def check(self) -> None:
        """Require that the file can be appended to. It is made where it is missing.

        Raises:
            OSError: It cannot.
            ValueError: There is no such path.
        """
        os.close(self._opened())

    def append(self, line: bytes) -> None:
        """Append *line*, which has no line end. What was not appended whole is removed again.

        Raises:
            OSError: It was not appended, or nobody knows whether the disk has it.
            ValueError: There is no such path.
        """
        with self._turn:
            handle, begins_file = self._appended(line)
        try:  # no lock is held any more, so that others append meanwhile, and the disk writes the lines of all at once
            if self._synced:
                getattr(os, "fdatasync", os.fsync)(handle)
                if begins_file:
                    self._sync_name()
        finally:
            os.close(handle)

    def _appended(self, line: bytes) -> tuple[int, bool]:
        """Return the file with *line*, open and unlocked, and whether it is the first line."""
        handle = self._locked()
        try:
            begins_file = _append(handle, line)
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_UN)
        except BaseException:
            os.close(handle)
            raise
        return handle, begins_file

    def _locked(self) -> int:
        """Return the file that has the path now, locked: what is renamed in between is perhaps compressed and deleted already."""
        for _ in range(_MOST_ROTATIONS):
            handle = self._opened()
            try:
                _lock(handle)
                if self._is_at_path(handle):
                    return handle
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)
        raise OSError(None, "a file that is replaced all the time")

    def _opened(self) -> int:
        handle = os.open(self._path, _FLAGS, MODE)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(None, "something else than a regular file")
        return handle

    def _is_at_path(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.lstat(self._path))
        except FileNotFoundError:
            return False

    def _sync_name(self) -> None:
        """Wait until the disk has the name of a new file."""
        if os.name == "posix":
            directory = os.open(os.path.dirname(self._path) or ".", os.O_RDONLY)  # noqa: PTH120 - the path is a text
            try:
                os.fsync(directory)
            finally:
                os.close(directory)


def _append(handle: int, line: bytes) -> bool:
    """Append *line* in one write, and return whether it is the first of the file.

    Raises:
        OSError: It was not written, and nothing of it is left.
    """
    size = os.fstat(handle).st_size
    octets = _line_end_missing(handle, size) + line + b"\n"
    written = os.write(handle, octets)
    # Without the final line end the line is complete; the next writer adds the line end.
    if written < len(octets) - 1:
        if os.fstat(handle).st_size == size + written:  # else somebody who does not lock appended as well
            os.ftruncate(handle, size)
        raise OSError(None, f"room for {written} octets of {len(octets)}")
    return size == 0


def _line_end_missing(handle: int, size: int) -> bytes:
    """Return a line end where the last line of the file is that of a process which was killed in the middle, otherwise nothing."""
    if not size:
        return b""
    os.lseek(handle, -1, os.SEEK_END)
    return b"" if os.read(handle, 1) == b"\n" else b"\n"


def _lock(handle: int) -> None:
    """Lock the file, so that no other process appends between the check of the last octet and the write.

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
