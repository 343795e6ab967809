"""The accounts that one service answers for: each with its keyring and its principals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from federation.account import Account
from federation.errors import RegistrationError, show
from federation.sts.callers.resolution import Callers
from federation.sts.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Office:
    """One account, what seals its tokens, and its principals."""

    account: Account
    sealer: Sealer
    callers: Callers

    def manages(self, member: str | None) -> bool:
        """Whether principals of the account may assume root in the account *member*."""
        organization = self.account.organization
        return organization is not None and member in organization.root_access


def offices(home: Office, neighbours: Iterable[Account]) -> Mapping[str, Office]:
    """Return the office of every account by its id.

    Raises:
        RegistrationError: Two accounts have one id.
    """
    found = {home.account.id: home}
    for account in neighbours:
        if account.id in found:
            raise RegistrationError(
                check="neighbours", expected="accounts of different ids", found=show(account.id), remedy="pass every account once"
            )
        sealer = Sealer(account.keyring, account.id)
        found[account.id] = Office(account, sealer, Callers(account, sealer))
    return MappingProxyType(found)
