"""Conversion of IAM names to file names and back. The conversion is one to one.

Most names are unchanged. One character is percent-encoded where a file system would hide or change the file: a leading dot, a trailing dot,
and the first letter of a device name of Windows (``CON``, ``nul.x``). No IAM name has a percent sign.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from federation.account.reading.faults import Faults
from federation.errors import show

_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.ASCII | re.IGNORECASE)


def file_name(name: str, suffix: str = "", *, taken: frozenset[str] = frozenset()) -> str:
    """Return the name of the file or directory that holds *name*.

    Args:
        name: An IAM name, or a segment encoded by `urllib.parse.quote`.
        suffix: ``.json`` for files, empty for directories.
        taken: File names with another meaning in the directory.
    """
    plain = name + suffix
    if plain.startswith(".") or plain in taken or _DEVICE.match(plain):
        plain = f"%{ord(plain[0]):02X}{plain[1:]}"
    return f"{plain[:-1]}%2E" if plain.endswith(".") else plain


def name_of(file: str, suffix: str = "") -> str | None:
    """Return the name for the file name *file*; None where *file* is not the file name of any name."""
    if not file.endswith(suffix):
        return None
    name = file.removesuffix(suffix)
    if "%" in name:
        name = unquote(name, errors="replace")
    return name if name and file_name(name, suffix) == file else None


def read_name(file: str, *, directory: str, suffix: str, faults: Faults) -> str | None:
    """Return the name for the entry *file* of *directory*; None after recording a fault."""
    name = name_of(file, suffix)
    if name is None:
        plain = file.removesuffix(suffix)
        expected = (
            f"the name {show(file_name(plain, suffix))}" if file.endswith(suffix) and plain and "%" not in plain else f"<Name>{suffix}"
        )
        faults.add(f"{directory}/{file}", "", expected, show(file), "rename or remove it")
    return name
