"""Rotation of the keyring."""

from __future__ import annotations

from datetime import datetime

from federation import clock
from federation.account.reading.directory import load_keyring
from federation.account.reading.faults import Faults
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.documents import document_octets
from federation.account.writing.draft import Target, drafting


def rotate_keyring(account: Target, *, at: datetime | None = None, seals_from: datetime | None = None) -> str:
    """Add a new key that seals session tokens and return its id. Old keys open tokens until their sessions have ended.

    Args:
        account: The account directory, or a draft of it.
        at: Time of the rotation, aware; the present time when None.
        seals_from: When the new key begins to seal, aware, in whole seconds; at once when None.

    Raises:
        RegistrationError: `federation.account.reading.keyring.MAX_KEYS` keys are still needed, *seals_from* is not later than *at*, or
            another key waits to seal.
        AccountFaults: The keyring is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        faults = Faults()
        keyring = load_keyring(draft.tree(faults), draft.settings, faults)
        if keyring is None or len(faults):
            raise faults.error()
        begins = None if seals_from is None else clock.resolve(seals_from).replace(microsecond=0)
        rotated = keyring.rotated(clock.resolve(at), seals_from=begins)
        draft.write(draft.settings.keyring, document_octets(rotated.as_document()), mode=PRIVATE_MODE)
        return rotated.successor or rotated.sealing
