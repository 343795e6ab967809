"""Writing that is never half done and never replaces what is there."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from federation.errors import AccountFault, show

PRIVATE_MODE: Final = 0o600
PUBLIC_MODE: Final = 0o644


def write_file(target: Path, octets: bytes, *, mode: int = PUBLIC_MODE) -> None:
    """Make *target* with the whole of *octets*, or not at all.

    The new file is written and synced beside it and then linked to its name: linking, unlike renaming, refuses a name that exists.

    Raises:
        AccountFault: *target* exists, or the file system refuses.
    """
    beside = _beside(target)
    with _as_faults(target):
        try:
            _write_synced(beside, octets, mode)
            _publish(beside, target)
        finally:
            beside.unlink(missing_ok=True)
        _sync_directory(target.parent)


def write_files(directory: Path, files: Mapping[str, bytes]) -> None:
    """Make every file of *files*, by name, in the existing *directory*: thousands of them, synced together.

    Each is there whole or not at all; where one cannot be made, those before it stay.

    Raises:
        AccountFault: A name exists, or the file system refuses.
    """
    beside = {name: _beside(directory / name) for name in files}
    with _as_faults(directory):
        try:
            for name, octets in files.items():
                beside[name].write_bytes(octets)
            if hasattr(os, "sync"):
                os.sync()
            for name in files:
                with _as_faults(directory / name):
                    _publish(beside[name], directory / name)
        finally:
            for path in beside.values():
                path.unlink(missing_ok=True)
        _sync_directory(directory)


def replace_file(target: Path, octets: bytes, *, mode: int = PUBLIC_MODE) -> None:
    """Put the whole of *octets* in the place of *target*, or leave it as it is; readers see the old content or the new.

    Raises:
        AccountFault: The file system refuses.
    """
    beside = _beside(target)
    with _as_faults(target):
        try:
            _write_synced(beside, octets, mode)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
        _sync_directory(target.parent)


def write_directory(target: Path, files: Mapping[str, tuple[bytes, int]], *, directories: tuple[str, ...] = ()) -> None:
    """Make directory *target* with *files* (name to content and mode) and empty *directories* inside, or not at all.

    Raises:
        AccountFault: *target* exists and is not an empty directory, or the file system refuses.
    """
    beside = _beside(target)
    with _as_faults(target):
        if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
            raise FileExistsError
        beside.mkdir()
        try:
            for name, (octets, mode) in files.items():
                _write_synced(beside / name, octets, mode)
            for name in directories:
                (beside / name).mkdir()
            beside.rename(target)
        except OSError:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        _sync_directory(target.parent)


def _beside(target: Path) -> Path:
    """Return a hidden name in the same directory, hence on the same file system; readers of the account skip hidden names."""
    return target.parent / f".{target.name}.{secrets.token_hex(4)}"


def _write_synced(path: Path, octets: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(octets)
        stream.flush()
        os.fsync(stream.fileno())


def _publish(beside: Path, target: Path) -> None:
    try:
        os.link(beside, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError from None
        beside.rename(target)


def _sync_directory(directory: Path) -> None:
    with contextlib.suppress(OSError):  # not every system syncs directories; the file itself is synced
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _as_faults(target: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise _fault(target, "one that exists", "choose another name, or remove the old one first") from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
        raise _fault(target, reason, "correct the path or its permissions") from None


def _fault(target: Path, found: str, remedy: str) -> AccountFault:
    return AccountFault(
        file=show(target.name).strip("`"), path="", expected="a name not yet taken", found=found, remedy=remedy, check="write"
    )
