"""The accounts of one service with their keyrings and principals, and the selection of the account of a call."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from federation.account import Account
from federation.account.access_key_id import account_of
from federation.account.organization import Organization
from federation.errors import FederationError, RegistrationError, ValidationError, show
from federation.sts.authorization.evaluation import account_in
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.resolution import Callers, KeyHolder
from federation.sts.results import Credentials
from federation.sts.sessions.sealing import Sealer, kind_of
from federation.sts.sessions.user_sessions import ROOT_SESSION
from federation.sts.sigv4.checks import mismatch

AnyCaller = Caller | Credentials | str
"""A caller: a resolved one, credentials that this service issued, or the ARN of a user, the root or a role session."""


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """One account, the sealer of its tokens, and its principals."""

    account: Account
    sealer: Sealer
    callers: Callers

    @classmethod
    def of(cls, account: Account) -> ServedAccount:
        """Return *account* with its sealer and callers."""
        sealer = Sealer(account.keyring, account.id)
        return cls(account, sealer, Callers(account, sealer))

    def manages(self, member: str | None) -> bool:
        """Return whether principals of the account may assume root in the account *member*."""
        organization = self.account.organization
        return organization is not None and member in organization.root_access


class ServedAccounts:
    """The account of a service and its neighbours. It is immutable.

    Attributes:
        home: The service's own account. Calls for accounts that are not served are refused by it, because it has no key and no role of
            theirs.
    """

    __slots__ = ("_by_id", "home")

    def __init__(self, home: Account, neighbours: Iterable[Account]) -> None:
        """Serve *home* and its *neighbours*.

        Raises:
            RegistrationError: Two accounts have the same id.
        """
        self.home = ServedAccount.of(home)
        self._by_id = {home.id: self.home}
        for account in neighbours:
            if account.id in self._by_id:
                raise RegistrationError(
                    check="neighbours", expected="accounts of different ids", found=show(account.id), remedy="pass every account once"
                )
            self._by_id[account.id] = ServedAccount.of(account)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts, that of the service first."""
        return tuple(each.account for each in self._by_id.values())

    def named_in(self, arn: object) -> ServedAccount:
        """Return the account of *arn*; `home` where that is not served."""
        return self.of(account_in(arn))

    def of(self, account: str | None) -> ServedAccount:
        """Return the account with the id *account*; `home` where it is not served."""
        return self._by_id.get(account or "", self.home)

    def organization_of(self, account: str) -> Organization | None:
        """Return the organization of the account with the id *account*; None where it is in none, or not served."""
        served = self._by_id.get(account)
        return None if served is None else served.account.organization

    def of_caller(self, caller: Caller) -> ServedAccount:
        """Return the account of *caller*. A caller of an account that is not served must not be taken for one of `home`.

        Raises:
            ValidationError: The account is not served.
        """
        own = self._by_id.get(caller.account)
        if own is not None:
            return own
        managing = (each for each in self._by_id.values() if caller.kind is CallerKind.ROOT_SESSION and each.manages(caller.account))
        manager = next(managing, None)
        if manager is None:
            raise ValidationError(
                check="caller",
                expected=f"a caller of {', '.join(self._by_id)}",
                found=f"one of {show(caller.account)}",
                remedy="let the service of that account answer, or serve both accounts together",
            )
        return manager

    def resolve(self, caller: object, *, at: datetime) -> Caller:
        """Return the resolved caller for *caller*, an `AnyCaller`.

        Raises:
            FederationError: There is no such principal, or the credentials are invalid.
        """
        if isinstance(caller, Caller):
            return caller
        if isinstance(caller, Credentials):
            return self.caller_for_credentials(caller.access_key_id, caller.secret_access_key, caller.session_token, at=at)
        return self.caller_for_arn(caller)

    def caller_for_arn(self, arn: object) -> Caller:
        """Return the caller of the principal *arn*.

        Raises:
            ValidationError: The account has no such principal.
        """
        return self.named_in(arn).callers.named(arn)

    def caller_for_credentials(self, access_key_id: object, secret_access_key: object, session_token: object, *, at: datetime) -> Caller:
        """Return the owner of the credentials after checking the secret access key.

        Raises:
            FederationError: The credentials are unknown or have expired, or the secret access key is wrong.
        """
        holder = self.key_holder(access_key_id, session_token, at=at)
        known = isinstance(secret_access_key, str) and secret_access_key.isascii()
        if not known or not hmac.compare_digest(str(secret_access_key), holder.secret):
            raise mismatch("secret-access-key", "the secret of this access key", "another one")
        return holder.caller.using(str(access_key_id))

    def key_holder(self, access_key_id: object, session_token: object | None, *, at: datetime) -> KeyHolder:
        """Return the owner of an access key in any of the accounts.

        Raises:
            InvalidClientTokenId: The key is unknown.
            ExpiredToken: The session has ended.
        """
        account = _account_of(access_key_id)
        served = self.of(account)
        if account is None and isinstance(access_key_id, str):  # ids before 2019 encode no account
            served = next((each for each in self._by_id.values() if access_key_id in each.account.access_keys), served)
        if kind_of(session_token) == ROOT_SESSION:  # the key encodes the member account, but the managing account issued it
            served = next((each for each in self._by_id.values() if each.manages(account)), served)
        return served.callers.holder_of(access_key_id, session_token, at=at)


def _account_of(access_key_id: object) -> str | None:
    """Return the account id that is encoded in an access key id; None for one before 2019."""
    try:
        return account_of(access_key_id)
    except FederationError:
        return None
