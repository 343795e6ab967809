"""Atomic writing of files and directories."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from federation.account.reading.files import FileContent
from federation.errors import AccountFault, show

PRIVATE_MODE: Final = 0o600
PUBLIC_MODE: Final = 0o644
_SYNCED_SINGLY: Final = 32
"""Most files of one change that are synced one by one. More files are synced with one ``sync`` of the whole system."""


@dataclass(frozen=True, slots=True)
class NewFile(FileContent):
    """A file to write.

    Attributes:
        replaces: Whether it replaces an existing file. When False, a file of that name that has appeared meanwhile is a fault.
    """

    replaces: bool = False


def apply_changes(root: Path, changes: Mapping[str, NewFile | None], *, names_synced: bool = True) -> None:
    """Write every file of *changes* below *root*, by relative name, and remove those that are None; or change nothing.

    New content is first written to temporary files in the same directory, so that a full disk changes nothing. A new directory appears with
    all its files at once, and a directory that loses all its files disappears at once. Other files are renamed one by one, in order. When a
    rename fails, those before it are undone. Only a failure of the machine between the renames leaves some of them done.

    The content of every file is synced before it gets its name. Where *names_synced* is False, the names are not, so that a power cut may
    undo the last changes, each as a whole file.

    Raises:
        AccountFault: A name exists already, a directory of the path is a symbolic link, or the file system refuses.
    """
    _Changing(root).apply(changes, names_synced=names_synced)


class _Changing:
    """One run of `apply_changes`: its temporary files, and how to undo its steps."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staged: list[tuple[Path, Path, bool]] = []
        self._undo: list[Callable[[], object]] = []
        self._hidden: list[Path] = []

    def apply(self, changes: Mapping[str, NewFile | None], *, names_synced: bool) -> None:
        try:
            self._stage({file: new for file, new in changes.items() if new is not None})
            for beside, target, replaces in self._staged:
                with as_faults(target):
                    self._publish(beside, target, replaces=replaces)
            for target in self._vanishing([self._root / file for file, new in changes.items() if new is None]):
                with as_faults(target):
                    self._set_aside(target)
        except BaseException:
            for put_back in reversed(self._undo):
                with contextlib.suppress(OSError):  # the first failure is the one that is raised
                    put_back()
            raise
        finally:
            for beside, _, _ in self._staged:
                _discard(beside)
        for hidden in self._hidden:
            _discard(hidden)
        for directory in {(self._root / file).parent for file in changes} if names_synced else ():
            sync_directory(directory)

    def _stage(self, files: Mapping[str, NewFile]) -> None:
        """Write the new files to temporary names. Files of one new directory are written to one temporary directory."""
        many = len(files) > _SYNCED_SINGLY
        staging: dict[Path, Path] = {}
        for file, new in files.items():
            target = self._root / file
            with as_faults(target):
                top = self._missing_top(target.parent)
                if top is None:
                    beside = _beside(target)
                    self._staged.append((beside, target, new.replaces))
                else:
                    if top not in staging:
                        staging[top] = _beside(top)
                        self._staged.append((staging[top], top, False))
                    beside = staging[top] / target.relative_to(top)
                    beside.parent.mkdir(parents=True, exist_ok=True)
                _write_synced(beside, new.octets, new.mode, sync=not many)
        if many and hasattr(os, "sync"):
            os.sync()

    def _missing_top(self, directory: Path) -> Path | None:
        """Return the topmost missing directory of the path *directory*, or None. Symbolic links are not followed."""
        here = self._root
        for part in directory.relative_to(self._root).parts:
            here /= part
            if here.is_symlink():
                raise _fault(here, "a symbolic link", "replace it by a real directory")
            if not here.exists():
                return here
        return None

    def _publish(self, beside: Path, target: Path, *, replaces: bool) -> None:
        if beside.is_dir():
            if os.path.lexists(target):
                raise FileExistsError
            beside.rename(target)
            self._undo.append(lambda: shutil.rmtree(target))
        elif replaces:
            hidden = _beside(target)
            try:
                _copy(target, hidden)
                beside.replace(target)
            except OSError:
                _discard(hidden)
                raise
            self._keep(hidden, target)
        else:
            _publish(beside, target)
            self._undo.append(target.unlink)

    def _set_aside(self, target: Path) -> None:
        """Rename *target* to a hidden name, so that this can be undone."""
        hidden = _beside(target)
        target.rename(hidden)
        self._keep(hidden, target)

    def _keep(self, hidden: Path, target: Path) -> None:
        self._hidden.append(hidden)
        self._undo.append(lambda: hidden.replace(target))

    def _vanishing(self, removed: Sequence[Path]) -> Iterator[Path]:
        """Yield the paths to remove for the files *removed*: the file, or its directory where that would be empty."""
        gone = set(removed)
        tops = dict.fromkeys(self._top_of(file, gone) for file in removed)
        yield from (top for top in tops if not any(parent in tops for parent in top.parents))

    def _top_of(self, file: Path, gone: set[Path]) -> Path:
        top = file
        while self._root not in {top.parent, top.parent.parent} and _all_gone(top.parent, gone):
            top = top.parent
        return top


def _all_gone(directory: Path, gone: set[Path]) -> bool:
    return all(entry.name.startswith(".") or entry in gone or (entry.is_dir() and _all_gone(entry, gone)) for entry in directory.iterdir())


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError):  # hidden names are not read
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def replace_file(target: Path, octets: bytes, *, mode: int = PUBLIC_MODE) -> None:
    """Replace the content of *target* by *octets* atomically. Readers see the old content or the new.

    Raises:
        AccountFault: The file system refuses.
    """
    beside = _beside(target)
    with as_faults(target):
        try:
            _write_synced(beside, octets, mode)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
        sync_directory(target.parent)


def write_directory(target: Path, files: Mapping[str, FileContent], *, directories: tuple[str, ...] = ()) -> None:
    """Create the directory *target* with *files* (by name) and the empty *directories*, atomically.

    Raises:
        AccountFault: *target* exists and is not an empty directory, or the file system refuses.
    """
    beside = _beside(target)
    with as_faults(target):
        if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
            raise FileExistsError
        beside.mkdir()
        try:
            for name, new in files.items():
                _write_synced(beside / name, new.octets, new.mode)
            for name in directories:
                (beside / name).mkdir()
            beside.rename(target)
        except OSError:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        sync_directory(target.parent)


def _beside(target: Path) -> Path:
    """Return a hidden name in the same directory and hence on the same file system. Loading ignores hidden names."""
    return target.parent / f".{target.name}.{secrets.token_hex(4)}"


def _write_synced(path: Path, octets: bytes, mode: int, *, sync: bool = True) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(octets)
        stream.flush()
        if sync:
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


def _copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target, follow_symlinks=False)


def sync_directory(directory: Path) -> None:
    """Wait until the disk has the names in *directory*, where the system can."""
    with contextlib.suppress(OSError):  # some systems cannot sync directories; the file itself is synced
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def as_faults(target: Path) -> Iterator[None]:
    """Raise what the file system refuses in the block as an `AccountFault` of *target*."""
    try:
        yield
    except FileExistsError:
        remedy = "choose another name, or remove the old one first"
        raise _fault(target, "one that exists", remedy, expected="a name not yet taken") from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
        raise _fault(target, reason, "correct the path or its permissions, or make room") from None


def _fault(target: Path, found: str, remedy: str, *, expected: str = "a place that can be written") -> AccountFault:
    return AccountFault(file=show(target.name).strip("`"), path="", expected=expected, found=found, remedy=remedy, check="write")
