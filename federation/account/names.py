"""How a name of IAM becomes the name of a file, and back: one file name for every name, one name for every file name.

An ordinary name stays as it is. One character is percent-encoded where a file system would hide or mangle the file: a leading dot, a
trailing dot, and the first letter of what Windows takes for a device (``CON``, ``nul.x``). No name of IAM holds a percent sign.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from federation.account.faults import Faults
from federation.errors import show

_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.ASCII | re.IGNORECASE)


def file_name(name: str, suffix: str = "", *, taken: frozenset[str] = frozenset()) -> str:
    """Return the name of the file or directory that holds *name*.

    Args:
        name: A name of IAM, or a segment that `urllib.parse.quote` made.
        suffix: ``.json`` for files, nothing for directories.
        taken: Names that mean something else in that directory.
    """
    plain = name + suffix
    if plain.startswith(".") or plain in taken or _DEVICE.match(plain):
        plain = f"%{ord(plain[0]):02X}{plain[1:]}"
    return f"{plain[:-1]}%2E" if plain.endswith(".") else plain


def name_of(file: str, suffix: str = "") -> str | None:
    """Return the name whose file is called *file*; None where no name has a file called so."""
    if not file.endswith(suffix):
        return None
    name = unquote(file.removesuffix(suffix), errors="replace")
    return name if name and file_name(name, suffix) == file else None


def read_name(file: str, *, directory: str, suffix: str, faults: Faults) -> str | None:
    """Return the name that the entry *file* of *directory* stands for; None after recording why it stands for none."""
    name = name_of(file, suffix)
    if name is None:
        plain = file.removesuffix(suffix)
        expected = (
            f"the name {show(file_name(plain, suffix))}" if file.endswith(suffix) and plain and "%" not in plain else f"<Name>{suffix}"
        )
        faults.add(f"{directory}/{file}", "", expected, show(file), "rename or remove it")
    return name
