"""Rotating the keyring that seals sessions."""

from __future__ import annotations

import os
from datetime import datetime

from federation import clock
from federation.account.directory import load_keyring
from federation.account.faults import Faults
from federation.account.files import Tree
from federation.account.writing.atomic import PRIVATE_MODE, replace_file
from federation.account.writing.entries import document_octets, open_account


def rotate_keyring(path: str | os.PathLike[str], *, at: datetime | None = None) -> str:
    """Let a fresh key seal from now on and return its id; the old ones go on opening until the sessions they sealed have ended.

    Args:
        path: The account directory.
        at: The instant of the change; the present when None.

    Raises:
        RegistrationError: Too many keys are still needed.
        AccountFaults: The keyring is at fault, or cannot be written.
    """
    root, settings = open_account(path)
    faults = Faults()
    keyring = load_keyring(Tree(root, faults), settings, faults)
    if keyring is None or len(faults):
        raise faults.error()
    rotated = keyring.rotated(clock.resolve(at))
    replace_file(root / settings.keyring, document_octets(rotated.as_document()), mode=PRIVATE_MODE)
    return rotated.sealing
