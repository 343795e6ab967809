"""The account on a workbench."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from federation.account import Account, Draft


class ChangeableAccount(Protocol):
    """An account that changes while it is in use."""

    @property
    def account(self) -> Account:
        """The account as it is now."""
        ...

    def changing(self) -> AbstractContextManager[Draft]:
        """Begin a change, which is written when the block ends without an exception."""
        ...
