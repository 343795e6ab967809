"""Rotation of the keyring."""

from __future__ import annotations

from datetime import datetime

from federation import clock
from federation.account.reading.directory import load_keyring
from federation.account.reading.faults import Faults
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.documents import document_octets
from federation.account.writing.draft import Target, drafting


def rotate_keyring(account: Target, *, at: datetime | None = None) -> str:
    """Add a new key that seals session tokens and return its id. Old keys open tokens until their sessions have ended.

    Args:
        account: The account directory, or a draft of it.
        at: Time of the rotation, aware; the present time when None.

    Raises:
        RegistrationError: `federation.account.reading.keyring.MAX_KEYS` keys are still needed.
        AccountFaults: The keyring is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        faults = Faults()
        keyring = load_keyring(draft.tree(faults), draft.settings, faults)
        if keyring is None or len(faults):
            raise faults.error()
        rotated = keyring.rotated(clock.resolve(at))
        draft.write(draft.settings.keyring, document_octets(rotated.as_document()), mode=PRIVATE_MODE)
        return rotated.sealing
