"""A copy of an account directory as it stood at one instant, so that every process loads the same octets."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from federation import limits
from federation.account.directory import is_left_alone
from federation.account.faults import Faults
from federation.account.files import DIRECTORY_ENTRIES, Tree

DEEPEST: Final = 32
"""Directories below each other that are looked at; the URL of a provider has fewer segments."""
_SQLITE_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")

Signature = Mapping[str, tuple[int, ...]]
"""Name below the root to kind, mode, inode, size and times of everything that loading may look at."""


def companions(files: Iterable[Path]) -> frozenset[str]:
    """Return the absolute names of *files* and of what SQLite keeps beside them: a server's own writing is no change of its account."""
    return frozenset(f"{file.absolute()}{suffix}" for file in files for suffix in _SQLITE_COMPANIONS)


def signature_of(root: Path, *, leave_out: frozenset[str] = frozenset()) -> Signature:
    """Return what tells one state of the directory *root* from another, without reading a file.

    Hidden files count for nothing, as in loading; neither do those that *leave_out* names. Below what cannot be listed there is nothing.
    """
    found: dict[str, tuple[int, ...]] = {}
    _sign(found, root.absolute(), "", leave_out, depth=0)
    return found


def copy_account(root: Path, target: Path, *, leave_out: frozenset[str] = frozenset()) -> Signature | None:
    """Copy the account directory *root* to *target*, made by this, and return its signature; None where it changed meanwhile.

    Names and modes are kept, so that loading the copy finds what loading the original would.

    Raises:
        AccountFaults: *root* holds what loading could not read: links, pipes, files without permission.
        OSError: *target* cannot be written.
    """
    faults, absolute = Faults(), root.absolute()
    before = signature_of(absolute, leave_out=leave_out)
    target.mkdir(mode=0o700)
    _copy(Tree(absolute, faults), "", target, leave_out, depth=0)
    if signature_of(absolute, leave_out=leave_out) != before:
        return None
    if len(faults):
        raise faults.error()
    return before


def _sign(found: dict[str, tuple[int, ...]], root: Path, directory: str, leave_out: frozenset[str], *, depth: int) -> None:
    try:
        with os.scandir(root / directory) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError:
        return
    for name in names[: DIRECTORY_ENTRIES + 1]:  # loading takes no more; one more is a fault, and its going mends that
        relative = f"{directory}/{name}" if directory else name
        if str(root / relative) in leave_out:
            continue
        try:
            status = os.lstat(root / relative)
        except OSError:
            continue
        if not stat.S_ISDIR(status.st_mode):
            found[relative] = (status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            continue
        found[relative] = (status.st_mode, status.st_ino)  # its times tell of hidden and of left out files too
        if depth < DEEPEST:
            _sign(found, root, relative, leave_out, depth=depth + 1)


def _copy(tree: Tree, directory: str, target: Path, leave_out: frozenset[str], *, depth: int) -> None:
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
