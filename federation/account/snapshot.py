"""Consistent copies of an account directory, so that all processes load the same octets."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from federation import limits
from federation.account.reading.directory import is_left_alone
from federation.account.reading.faults import Faults
from federation.account.reading.files import DIRECTORY_ENTRIES, DirectoryTree

DEEPEST: Final = 32
"""Deepest nesting of directories that is read. The URL of a provider has fewer segments."""
_SQLITE_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")

Stamp = tuple[int, ...]
"""Kind, mode, inode, size and times of a file; kind, mode and inode of a directory."""
Fingerprint = Mapping[str, Stamp]
"""Relative name of each file and directory that loading reads, to its stamp."""


def companions(files: Iterable[Path]) -> frozenset[str]:
    """Return the absolute names of *files* and of SQLite's files beside them. Writes of the server are no changes of the account."""
    return frozenset(f"{file.absolute()}{suffix}" for file in files for suffix in _SQLITE_COMPANIONS)


def signature_of(root: Path, *, leave_out: frozenset[str] = frozenset()) -> Fingerprint:
    """Return the signature of the directory *root*, which changes with its content, without reading a file.

    Hidden files are ignored, as in loading, and so are the files *leave_out*. Directories that cannot be listed count as empty.
    """
    found: dict[str, Stamp] = {}
    _sign(found, root.absolute(), "", leave_out, depth=0)
    return found


def copy_account(root: Path, target: Path, *, leave_out: frozenset[str] = frozenset()) -> Fingerprint | None:
    """Copy the account directory *root* to the new directory *target* and return its signature; None where it changed meanwhile.

    Names and modes are copied, so that loading the copy gives the same result as loading the original.

    Raises:
        AccountFaults: *root* holds entries that loading cannot read: links, pipes, files without permission.
        OSError: *target* cannot be written.
    """
    faults, absolute = Faults(), root.absolute()
    before = signature_of(absolute, leave_out=leave_out)
    target.mkdir(mode=0o700)
    _copy(DirectoryTree(absolute, faults), "", target, leave_out, depth=0)
    if signature_of(absolute, leave_out=leave_out) != before:
        return None
    if len(faults):
        raise faults.error()
    return before


def _sign(found: dict[str, Stamp], root: Path, directory: str, leave_out: frozenset[str], *, depth: int) -> None:
    try:
        with os.scandir(root / directory) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError:
        return
    for name in names[: DIRECTORY_ENTRIES + 1]:  # one more than loading accepts, so that the removal of an excess entry is noticed
        relative = f"{directory}/{name}" if directory else name
        if str(root / relative) in leave_out:
            continue
        stamp = stamp_of(root / relative)
        if stamp is None:
            continue
        found[relative] = stamp
        if stat.S_ISDIR(stamp[0]) and depth < DEEPEST:
            _sign(found, root, relative, leave_out, depth=depth + 1)


def stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of *path*; None where there is nothing."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if stat.S_ISDIR(status.st_mode):
        return (status.st_mode, status.st_ino)  # without times: those of a directory also change with ignored files
    return (status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _copy(tree: DirectoryTree, directory: str, target: Path, leave_out: frozenset[str], *, depth: int) -> None:
    for name in tree.entries(directory):
        relative = f"{directory}/{name}" if directory else name
        if str(tree.root / relative) in leave_out or (not directory and is_left_alone(name)):
            continue
        if tree.is_directory(relative) and depth < DEEPEST:
            (target / relative).mkdir(mode=0o700)
            _copy(tree, relative, target, leave_out, depth=depth + 1)
            continue
        octets = tree.read(relative, longest=limits.METADATA_OCTETS)
        if octets is not None:
            _write(target / relative, octets, mode=tree.mode(relative))


def _write(target: Path, octets: bytes, *, mode: int | None) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(octets)
    if mode is not None:
        target.chmod(mode)
