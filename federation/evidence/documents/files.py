"""The files of what a caller names, and their texts."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from federation import limits
from federation.errors import FederationError
from federation.evidence.documents.faults import broken

EvidenceSource = Path | tuple[str, bytes]
"""A file or directory, or octets with the name of a file."""
ENDINGS: Final = (".json", ".tf", ".tfstate", ".template", ".yaml", ".yml")
"""Endings of the files of a directory that are looked at."""
PASSED: Final = frozenset({".git", ".terraform", ".tox", ".venv", "node_modules"})
"""Directories that hold what others wrote."""
_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class NamedFile(NamedTuple):
    """A file: its octets, or why it cannot be read; ``listed`` where it was found in a directory."""

    name: str
    octets: bytes
    refusal: FederationError | None
    listed: bool


def files_of(sources: Iterable[EvidenceSource]) -> Iterator[NamedFile]:
    """Yield the files of *sources*; those of a directory in the order of their names, links to directories not followed."""
    for source in sources:
        if not isinstance(source, Path):
            yield _checked(source[0], source[1], listed=False)
        elif source.is_dir():
            yield from _of_directory(source)
        else:
            yield _read(source, listed=False)


def text_of(octets: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with a byte order mark, as PowerShell writes what a command prints.

    Raises:
        ValidationError: Check ``document-text``.
    """
    encoding = next((name for mark, name in _MARKS.items() if octets.startswith(mark)), "utf-8")
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError as error:
        raise broken("document-text", "UTF-8 text", f"an octet that is none at {error.start}") from None


def _of_directory(directory: Path) -> Iterator[NamedFile]:
    count = 0
    for parent, directories, names in os.walk(directory):
        directories[:] = sorted(set(directories) - PASSED)
        for name in sorted(names):
            path = Path(parent, name)
            if not name.endswith(ENDINGS) or not path.is_file():
                continue
            count += 1
            if count > limits.EVIDENCE_FILES:
                many = broken("document-size", f"at most {limits.EVIDENCE_FILES} files", "more", remedy="pass a part of the directory")
                yield NamedFile(str(directory), b"", many, listed=False)
                return
            yield _read(path, listed=True)


def _read(path: Path, *, listed: bool) -> NamedFile:
    try:
        with path.open("rb") as file:
            octets = file.read(limits.EVIDENCE_OCTETS + 1)
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or "a name that no file has"
        return NamedFile(str(path), b"", broken("document-file", "a file that can be read", found, remedy="check its name"), listed)
    return _checked(str(path), octets, listed=listed)


def _checked(name: str, octets: bytes, *, listed: bool) -> NamedFile:
    refusal = None
    if len(octets) > limits.EVIDENCE_OCTETS:
        refusal = broken("document-size", f"a file of at most {limits.EVIDENCE_OCTETS} octets", "a larger one")
        octets = b""
    return NamedFile(name, octets, refusal, listed)
