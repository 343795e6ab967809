"""Where a workbench keeps what outlives one call: the clock, the keys of its issuers, snapshots, events.

`MemoryShelf` is for one process. `DirectoryShelf` is for the workers of one server, which must agree from one request to the next.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import wraps
from pathlib import Path
from threading import RLock
from typing import Final, ParamSpec, Protocol, TypeVar

from federation.errors import AccountFault, show

try:
    import fcntl
except ImportError:  # not POSIX: a server has one worker there
    fcntl = None  # type: ignore[assignment]

P = ParamSpec("P")
T = TypeVar("T")

KEPT_LINES: Final = 1_000
"""Most lines of one record that are kept."""
_TRIMMED_OCTETS: Final = 16_777_216
"""Size at which the older lines of a record are dropped."""


class Shelf(Protocol):
    """Named contents. Names are constants and hexadecimal digits. Every method is atomic, for all threads and processes of the shelf."""

    def read(self, name: str) -> bytes | None:
        """Return the content *name*; None where there is none."""
        ...

    def write(self, name: str, octets: bytes) -> None:
        """Make *octets* the content *name*."""
        ...

    def claim(self, name: str, octets: bytes) -> bytes:
        """Make *octets* the content *name* unless there is one, and return what it is now."""
        ...

    def remove(self, name: str) -> None:
        """Remove the content *name*, where there is one."""
        ...

    def append(self, name: str, line: bytes) -> None:
        """Add *line*, which has no line end, to the record *name*. The last `KEPT_LINES` are kept."""
        ...

    def lines(self, name: str) -> list[bytes]:
        """Return the lines of the record *name*, the oldest first, at most `KEPT_LINES`."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Keep all others out of such blocks, for a change of what was read."""
        ...


class MemoryShelf:
    """A `Shelf` in the memory of one process."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._contents: dict[str, bytes] = {}
        self._records: dict[str, deque[bytes]] = {}

    def read(self, name: str) -> bytes | None:
        """Return the content *name*; None where there is none."""
        return self._contents.get(name)

    def write(self, name: str, octets: bytes) -> None:
        """Make *octets* the content *name*."""
        self._contents[name] = octets

    def claim(self, name: str, octets: bytes) -> bytes:
        """Make *octets* the content *name* unless there is one, and return what it is now."""
        return self._contents.setdefault(name, octets)

    def remove(self, name: str) -> None:
        """Remove the content or record *name*."""
        self._contents.pop(name, None)
        self._records.pop(name, None)

    def append(self, name: str, line: bytes) -> None:
        """Add *line* to the record *name*."""
        self._records.setdefault(name, deque(maxlen=KEPT_LINES)).append(line)

    def lines(self, name: str) -> list[bytes]:
        """Return the lines of the record *name*, the oldest first."""
        return list(self._records.get(name, ()))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all other threads out of such blocks."""
        with self._lock:
            yield


def _as_faults(method: Callable[P, T]) -> Callable[P, T]:
    """Make *method* raise what the file system refuses as an `AccountFault`."""

    @wraps(method)
    def run(*arguments: P.args, **keywords: P.kwargs) -> T:
        try:
            return method(*arguments, **keywords)
        except OSError as cause:
            raise AccountFault(
                file="test control",
                path="",
                expected="a private directory that can be read and written",
                found=show(cause.strerror or type(cause).__name__),
                remedy="free space on the disk of the temporary directory",
                check="state",
            ) from cause

    return run


class DirectoryShelf:
    """A `Shelf` in a private directory that processes of one machine share.

    Every method raises an `AccountFault`, check ``state``, where the file system refuses.
    """

    @_as_faults
    def __init__(self, directory: Path) -> None:
        """Keep everything in *directory*, which is created where it is absent."""
        self._directory, self._lock, self._alone = directory, RLock(), False
        directory.mkdir(mode=0o700, exist_ok=True)

    @_as_faults
    def read(self, name: str) -> bytes | None:
        """Return the content *name*; None where there is none."""
        try:
            return (self._directory / name).read_bytes()
        except FileNotFoundError:
            return None

    @_as_faults
    def write(self, name: str, octets: bytes) -> None:
        """Make *octets* the content *name*."""
        self._unfinished(octets).replace(self._directory / name)

    @_as_faults
    def claim(self, name: str, octets: bytes) -> bytes:
        """Make *octets* the content *name* unless there is one, and return what it is now."""
        unfinished = self._unfinished(octets)
        try:
            with suppress(FileExistsError):
                os.link(unfinished, self._directory / name)
        finally:
            unfinished.unlink()
        return (self._directory / name).read_bytes()

    @_as_faults
    def remove(self, name: str) -> None:
        """Remove the content or record *name*."""
        (self._directory / name).unlink(missing_ok=True)

    @_as_faults
    def append(self, name: str, line: bytes) -> None:
        """Add *line* to the record *name*."""
        with self.alone():
            handle = os.open(self._directory / name, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                # A line that was truncated must not take this one with it.
                size = os.lseek(handle, 0, os.SEEK_END)
                if size:
                    os.lseek(handle, -1, os.SEEK_END)
                whole = not size or os.read(handle, 1) == b"\n"
                os.write(handle, (b"" if whole else b"\n") + line + b"\n")
            finally:
                os.close(handle)
            if size > _TRIMMED_OCTETS:
                kept = self.lines(name)
                self.write(name, b"".join(each + b"\n" for each in kept[len(kept) // 2 :]))

    @_as_faults
    def lines(self, name: str) -> list[bytes]:
        """Return the lines of the record *name*, the oldest first."""
        return (self.read(name) or b"").splitlines()[-KEPT_LINES:]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all other threads and processes out of such blocks. A block may hold another."""
        with self._lock:
            outermost, self._alone = not self._alone, True
            handle = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT, 0o600) if outermost else None
            try:
                if handle is not None and fcntl is not None:
                    fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                if handle is not None:
                    self._alone = False
                    os.close(handle)

    def _unfinished(self, octets: bytes) -> Path:
        handle, path = tempfile.mkstemp(dir=self._directory, prefix=".")
        with os.fdopen(handle, "wb") as stream:
            stream.write(octets)
        return Path(path)
