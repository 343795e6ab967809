"""What every writer of account files shares: opening the directory, finding room for a new entry, and turning content into octets."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from federation.account.directory import root_of
from federation.account.faults import Faults
from federation.account.files import Tree, parse_json
from federation.account.settings import Settings, read_settings
from federation.account.writing.atomic import PUBLIC_MODE, write_file
from federation.errors import RegistrationError, ValidationError, show

try:
    import fcntl
except ImportError:  # not POSIX
    fcntl = None  # type: ignore[assignment]


def open_account(path: str | os.PathLike[str]) -> tuple[Path, Settings]:
    """Return the root of an account directory and what ``account.toml`` says; the other files are not looked at.

    Raises:
        AccountFaults: It is no account directory, or ``account.toml`` is at fault.
    """
    faults = Faults()
    root = root_of(path, faults)
    settings = read_settings(Tree(root, faults), faults)
    if settings is None:
        raise faults.error()
    return root, settings


def write_entry(root: Path, directory: str, name: str, document: object, *, mode: int = PUBLIC_MODE) -> None:
    """Make the file of *name* in *directory*. IAM names are unique whatever the case: a twin in another case refuses as a duplicate would.

    Raises:
        AccountFault: The name is taken, or the file system refuses.
        ValidationError: A text in *document* is no Unicode.
    """
    parent, file = inside(root, directory), f"{name}.json"
    octets, faults = document_octets(document), Faults()
    with _alone_in(parent):
        entries = Tree(root, faults).entries(directory)
        if len(faults):
            raise faults.error()
        twin = next((entry for entry in entries if entry.lower() == file.lower()), file)
        write_file(parent / twin, octets, mode=mode)


@contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """Keep other writers of *parent* waiting: between looking for a twin and writing there must be no moment for one to appear.

    Where the system has no such locks, names do not differ by case alone either, and linking refuses the twin.
    """
    with ExitStack() as stack:
        with suppress(OSError):  # a file system without locks: one writer at a time is then the operator's affair
            if fcntl is not None:
                handle = os.open(parent, os.O_RDONLY)
                stack.callback(os.close, handle)
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def inside(root: Path, directory: str) -> Path:
    """Return the directory *directory* of the account, making it where it is missing; never through a symbolic link.

    Raises:
        AccountFaults: It is none, or cannot be made.
    """
    parent = root / directory
    faults = Faults()
    try:
        parent.mkdir(exist_ok=True)
    except OSError as error:
        faults.add(directory, "", "a directory", os.strerror(error.errno or 0), "correct its kind or the permissions")
    if parent.is_symlink():
        faults.add(directory, "", "a directory", "a symbolic link", "replace it by a real directory")
    if len(faults):
        raise faults.error()
    return parent


def check_name(check: str, name: object, pattern: str) -> None:
    """Require a name of *pattern* that is no hidden file's.

    Raises:
        ValidationError: check *check*.
    """
    if not isinstance(name, str) or re.fullmatch(pattern, name, re.ASCII) is None or name.startswith("."):
        raise ValidationError(
            check=check, expected=f"a name matching {pattern}, not beginning with a dot", found=show(name), remedy="choose another"
        )


def octets_of(material: object) -> bytes:
    """Return the content of a file, given as text or octets.

    Raises:
        RegistrationError: It is neither.
    """
    if isinstance(material, str):
        return material.encode("utf-8", "surrogatepass")
    if isinstance(material, bytes):
        return material
    raise RegistrationError(check="type", expected="text or octets", found=type(material).__name__, remedy="pass the content of the file")


def parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of *text*, or *text* itself where only the policy grammar can read it."""
    try:
        return parse_json(text)
    except (ValueError, RecursionError):  # the policy grammar reads JSON more generously than an account file is stored
        return text


def document_octets(document: object) -> bytes:
    """Return *document* as the JSON text that account files hold.

    Raises:
        ValidationError: A text in it is no Unicode.
    """
    try:
        return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError(check="text", expected="Unicode text", found="a lone surrogate", remedy="correct the text") from None
