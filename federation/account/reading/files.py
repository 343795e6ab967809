"""Reading of the files of an account, in a directory or in memory. Failures become faults.

In a directory only regular files of bounded size are read, and symbolic links are not followed.
"""

from __future__ import annotations

import codecs
import errno
import json
import os
import stat
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from federation import limits
from federation.account.reading.faults import Faults
from federation.errors import show

ACCOUNT_FILE_OCTETS: Final = 1_048_576
"""Largest JSON or TOML file of an account directory."""
DIRECTORY_ENTRIES: Final = 20_000
"""Most entries of one directory."""

_OPEN_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content of one file.

    Attributes:
        octets: Content of the file, which may be a secret. Not in the repr.
        mode: Permission bits of the file.
    """

    octets: bytes = field(repr=False)
    mode: int


class Tree(ABC):
    """The files of one account.

    Names are relative to the account directory, with ``/``. They must come from listings and constants, never from tokens.
    """

    __slots__ = ("_faults",)

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    @abstractmethod
    def listed(self, directory: str) -> Collection[str]:
        """Return the names in *directory*, hidden ones too; empty where it is absent or at fault."""

    @abstractmethod
    def holds(self, name: str) -> bool:
        """Return whether there is a file or directory *name*, of any kind."""

    @abstractmethod
    def is_directory(self, name: str) -> bool:
        """Return whether *name* is a directory and not a symbolic link."""

    @abstractmethod
    def read(self, file: str, *, longest: int = ACCOUNT_FILE_OCTETS) -> bytes | None:
        """Return the octets of *file*, at most *longest*; None after recording a fault."""

    @abstractmethod
    def mode(self, file: str) -> int | None:
        """Return the permission bits of *file*; None where the system has none."""

    def entries(self, directory: str) -> tuple[str, ...]:
        """Return the sorted names in *directory* without hidden ones; empty where the directory is absent or at fault."""
        names = sorted(name for name in self.listed(directory) if not name.startswith("."))
        if len(names) > DIRECTORY_ENTRIES:
            self._faults.add(directory, "", f"at most {DIRECTORY_ENTRIES} entries", str(len(names)), "split the account")
            return ()
        return tuple(names)

    def missing(self, file: str) -> None:
        """Record that *file* is missing."""
        self._faults.add(file, "", "a readable regular file", os.strerror(errno.ENOENT), "correct the path, its kind or its permissions")

    def bounded(self, file: str, octets: bytes, longest: int) -> bytes | None:
        """Return *octets*, the content of *file*; None after recording a fault where there are more than *longest*."""
        if len(octets) > longest:
            self._faults.add(file, "", f"at most {longest} octets", "more", "replace the file: no file of an account is so long")
            return None
        return octets

    def require_private(self, file: str, *, published: str) -> None:
        """Record a fault where other users may read *file*, unless *published*, its own reason for that, is not empty."""
        mode = self.mode(file)
        if not published and mode is not None and mode & 0o077:
            self._faults.add(
                file, "", "mode 0600", f"mode {mode:04o}", "run chmod 600 on the file, and replace its secrets if others read them"
            )

    def text(self, file: str) -> str | None:
        """Return the UTF-8 text of *file* without a byte order mark; None after recording a fault."""
        octets = self.read(file)
        if octets is None:
            return None
        try:
            return octets.removeprefix(codecs.BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            self._faults.add(file, "", "UTF-8 text", f"an invalid octet at offset {error.start}", "save the file as UTF-8")
            return None

    def json(self, file: str) -> object | None:
        """Return the JSON of *file*, parsed by `parse_json`; None after recording a fault."""
        text = self.text(file)
        if text is None:
            return None
        try:
            document: object = parse_json(text)
        except (ValueError, RecursionError) as error:
            self._faults.add(file, "", "one JSON document without duplicate members", show(_reason(error)), "correct the JSON")
            return None
        if document is None:  # None means that a fault was recorded, so null must be recorded here
            self._faults.add(file, "", "a JSON document that says something", "null", "correct or remove the file")
        return document

    def toml(self, file: str) -> object | None:
        """Return the parsed TOML of *file*; None after recording a fault."""
        text = self.text(file)
        if text is None:
            return None
        try:
            return tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            self._faults.add(file, "", "TOML", show(_reason(error)), "correct the TOML")
            return None


class DirectoryTree(Tree):
    """The files below one directory."""

    __slots__ = ("_prefix", "root")

    def __init__(self, root: Path, faults: Faults) -> None:
        super().__init__(faults)
        self.root: Path = root
        self._prefix = os.path.join(root, "")  # noqa: PTH118 - a path object for each file would cost as much as reading it

    def listed(self, directory: str) -> Collection[str]:
        """Return the names in *directory*, hidden ones too; empty where it is absent or at fault."""
        try:
            status = os.lstat(self.root / directory)
            if not stat.S_ISDIR(status.st_mode) and directory:
                self._faults.add(directory, "", "a directory", _file_kind(status.st_mode), "replace it by a real directory")
                return ()
            return os.listdir(self.root / directory)  # noqa: PTH208 - only names are needed
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            self._faults.add(directory or ".", "", "a readable directory", _reason(error), "correct the path or its permissions")
            return ()

    def holds(self, name: str) -> bool:
        """Return whether there is a file or directory *name*, of any kind."""
        return os.path.lexists(self.root / name)

    def is_directory(self, name: str) -> bool:
        """Return whether *name* is a directory and not a symbolic link."""
        try:
            return stat.S_ISDIR(os.lstat(self.root / name).st_mode)
        except (OSError, ValueError):
            return False

    def read(self, file: str, *, longest: int = ACCOUNT_FILE_OCTETS) -> bytes | None:
        """Return the octets of *file*, at most *longest*; None after recording a fault."""
        try:
            handle = os.open(self._prefix + file, _OPEN_FLAGS)
        except (OSError, ValueError) as error:
            self._faults.add(file, "", "a readable regular file", _reason(error), "correct the path, its kind or its permissions")
            return None
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                self._faults.add(file, "", "a regular file", _file_kind(status.st_mode), "replace it by the file itself")
                return None
            octets = _read(handle, status.st_size, longest)
        except OSError as error:
            self._faults.add(file, "", "a readable regular file", _reason(error), "correct the file or its permissions")
            return None
        finally:
            os.close(handle)
        return self.bounded(file, octets, longest)

    def mode(self, file: str) -> int | None:
        """Return the permission bits of *file*; None where the system has none."""
        try:
            return stat.S_IMODE(os.lstat(self.root / file).st_mode) if os.name == "posix" else None
        except (OSError, ValueError):
            return None


def _read(handle: int, size: int, longest: int) -> bytes:
    """Return the octets of *handle*, at most *longest* and one more. *size* is what it says of itself, which may be wrong meanwhile."""
    octets = os.read(handle, min(size, longest) + 1)
    if len(octets) == size:  # one octet more was asked for, and was not there
        return octets
    parts, left = [octets], longest + 1 - len(octets)
    while parts[-1] and left > 0:
        parts.append(os.read(handle, left))
        left -= len(parts[-1])
    return b"".join(parts)


def parse_json(text: str) -> object:
    """Return the parsed JSON *text*. Duplicate members, NaN, infinities, lone surrogates and deep nesting are refused.

    Raises:
        ValueError: The text is not such JSON, or is nested deeper than `limits.JSON_DEPTH`.
        RecursionError: The nesting exceeds the limit of the interpreter's parser.
    """
    document: object = _STRICT.decode(text)
    if text.count("{") + text.count("[") >= limits.JSON_DEPTH:  # depth is at most the number of brackets
        _check_depth(document)
    if not text.isascii() or "\\u" in text:
        json.dumps(document, ensure_ascii=False).encode("utf-8")  # a lone surrogate raises here
    return document


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object with a duplicate member")
    return members


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_unique_members, parse_constant=_refuse_constant)


def _check_depth(document: object) -> None:
    level = [document]
    for _ in range(limits.JSON_DEPTH):
        level = [child for node in level for child in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())]
        if not level:
            return
    raise ValueError(f"nesting deeper than {limits.JSON_DEPTH}")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        if error.errno == errno.ELOOP:
            return "a symbolic link"
        return os.strerror(error.errno) if error.errno else type(error).__name__
    return "nesting too deep" if isinstance(error, RecursionError) else str(error)


def _file_kind(mode: int) -> str:
    kinds = {
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFDIR: "a directory",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFREG: "a file",
    }
    return kinds.get(stat.S_IFMT(mode), "a device")
