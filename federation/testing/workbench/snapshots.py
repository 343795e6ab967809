"""Snapshots of a whole account, and the return to one as one change."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

from federation import limits
from federation.account.reading.directory import is_left_alone
from federation.account.reading.faults import Faults
from federation.account.reading.files import FileContent, Tree
from federation.account.snapshot import DEEPEST
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.draft import Draft

StoredFiles = dict[str, FileContent]
"""The files of an account by name."""


def files_of(draft: Draft) -> StoredFiles:
    """Return all files of the account of *draft* that loading reads.

    Raises:
        AccountFaults: A file cannot be read.
    """
    faults = Faults()
    found: StoredFiles = {}
    _collect(draft.tree(faults), "", found, depth=0)
    if len(faults):
        raise faults.error()
    return found


def put_back(draft: Draft, files: StoredFiles) -> None:
    """Change the account of *draft* to *files*: those that differ are written, and others are removed.

    Raises:
        AccountFaults: A file cannot be read.
    """
    present = files_of(draft)
    for name in present.keys() - files.keys():
        draft.remove(name)
    for name, content in files.items():
        if present.get(name) != content:
            draft.write(name, content.octets, mode=content.mode)


def packed(files: StoredFiles) -> bytes:
    """Return *files* as octets for `unpacked`."""
    return json.dumps({name: [each.mode, b64encode(each.octets).decode("ascii")] for name, each in files.items()}).encode("ascii")


def unpacked(octets: bytes) -> StoredFiles:
    """Return the files in *octets*, which `packed` made."""
    return {name: FileContent(b64decode(content), mode) for name, (mode, content) in json.loads(octets).items()}


def _collect(tree: Tree, directory: str, found: StoredFiles, *, depth: int) -> None:
    for entry in tree.entries(directory):
        name = f"{directory}/{entry}" if directory else entry
        if not directory and is_left_alone(entry):
            continue
        if tree.is_directory(name) and depth < DEEPEST:
            _collect(tree, name, found, depth=depth + 1)
            continue
        octets, mode = tree.read(name, longest=limits.METADATA_OCTETS), tree.mode(name)
        if octets is not None:
            found[name] = FileContent(octets, PRIVATE_MODE if mode is None else mode)
