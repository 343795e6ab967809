"""The accounts of one service with their keyrings and principals, and the selection of the account of a call."""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from federation.account import Account
from federation.account.access_key_id import account_of
from federation.account.issuers import by_issuer
from federation.account.organization import Organization
from federation.errors import FederationError, RegistrationError, ValidationError, show
from federation.sts.authorization.evaluation import account_in
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.resolution import Callers, KeyHolder
from federation.sts.results import Credentials
from federation.sts.sessions.sealing import Sealer, kind_of
from federation.sts.sessions.user_sessions import ROOT_SESSION
from federation.sts.sigv4.checks import mismatch

if TYPE_CHECKING:  # key handling is imported with the first provider, not with the service
    from federation.oidc.provider import OidcProvider

AnyCaller = Caller | Credentials | str
"""A caller: a resolved one, credentials that this service issued, or the ARN of a user, the root or a role session."""


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """One account, the sealer of its tokens, its principals, and its OpenID Connect providers by issuer."""

    account: Account
    sealer: Sealer
    callers: Callers
    issuers: Mapping[str, OidcProvider] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, account: Account, *, logins: bool = True) -> ServedAccount:
        """Return *account* with its sealer and callers.

        Args:
            account: The account.
            logins: Whether it takes federated logins.

        Raises:
            RegistrationError: Two OpenID Connect providers have the same issuer.
        """
        sealer = Sealer(account.keyring, account.id)
        return cls(account, sealer, Callers(account, sealer), by_issuer(account.oidc_providers.values()) if logins else {})

    def manages(self, member: str | None) -> bool:
        """Return whether principals of the account may assume root in the account *member*."""
        organization = self.account.organization
        return organization is not None and member in organization.root_access


class ServedAccounts(ABC):
    """The accounts of a service."""

    __slots__ = ()

    @property
    @abstractmethod
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that are loaded."""

    @property
    @abstractmethod
    def home(self) -> ServedAccount:
        """The service's own account.

        Raises:
            ValidationError: It has none, because it serves a directory of accounts.
        """

    @property
    @abstractmethod
    def named(self) -> str:
        """The accounts, for a refusal."""

    @abstractmethod
    def find(self, account: str) -> ServedAccount | None:
        """Return the account with the id *account*; None where it is not served.

        Raises:
            FederationError: It is at fault.
        """

    @abstractmethod
    def unserved(self, account: str) -> ServedAccount:
        """Return what refuses calls for the account with the id *account*, which is not served: it has no key and no role of it."""

    @abstractmethod
    def for_login(self, role_arn: object) -> ServedAccount:
        """Return the account that a federated login to *role_arn* asks."""

    @abstractmethod
    def with_key(self, access_key_id: str) -> ServedAccount | None:
        """Return the account of an access key whose id encodes none; None where none has it."""

    @abstractmethod
    def managers_of(self, member: str) -> Iterable[ServedAccount]:
        """Return the accounts whose principals may assume root in the account *member*."""

    @abstractmethod
    def organization_of(self, account: str) -> Organization | None:
        """Return the organization of the account with the id *account*; None where it is in none, or not known."""

    def at_once(self) -> ServedAccounts:
        """Return the accounts as they are now, for one call: what it loads stays as it is until the call ends."""
        return self

    def named_in(self, arn: object) -> ServedAccount:
        """Return the account of *arn*, or what refuses calls for it."""
        return self.of(account_in(arn))

    def of(self, account: str | None) -> ServedAccount:
        """Return the account with the id *account*, or what refuses calls for it."""
        return self.find(account or "") or self.unserved(account or "")

    def of_caller(self, caller: Caller) -> ServedAccount:
        """Return the account of *caller*. A caller of an account that is not served must not be taken for one of another.

        Raises:
            ValidationError: The account is not served.
        """
        own = self.find(caller.account)
        if own is not None:
            return own
        managers = self.managers_of(caller.account) if caller.kind is CallerKind.ROOT_SESSION else ()
        manager = next(iter(managers), None)
        if manager is None:
            raise ValidationError(
                check="caller",
                expected=f"a caller of {self.named}",
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
            served = self.with_key(access_key_id) or served
        if kind_of(session_token) == ROOT_SESSION:  # the key encodes the member account, but the managing account issued it
            served = next(iter(self.managers_of(account or "")), served)
        return served.callers.holder_of(access_key_id, session_token, at=at)


class ServedTogether(ServedAccounts):
    """The account of a service and its neighbours. It is immutable."""

    __slots__ = ("_by_id", "_home")

    def __init__(self, home: Account, neighbours: Iterable[Account]) -> None:
        """Serve *home* and its *neighbours*.

        Raises:
            RegistrationError: Two accounts have the same id, or two OpenID Connect providers of *home* the same issuer.
        """
        self._home = ServedAccount.of(home)
        self._by_id = {home.id: self._home}
        for account in neighbours:
            if account.id in self._by_id:
                raise RegistrationError(
                    check="neighbours", expected="accounts of different ids", found=show(account.id), remedy="pass every account once"
                )
            self._by_id[account.id] = ServedAccount.of(account, logins=False)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts, that of the service first."""
        return tuple(each.account for each in self._by_id.values())

    @property
    def home(self) -> ServedAccount:
        """The service's own account."""
        return self._home

    @property
    def named(self) -> str:
        """The accounts, for a refusal."""
        return ", ".join(self._by_id)

    def find(self, account: str) -> ServedAccount | None:
        """Return the account with the id *account*; None where it is not served."""
        return self._by_id.get(account)

    def unserved(self, account: str) -> ServedAccount:
        """Return `home`, which has no key and no role of *account*."""
        del account
        return self._home

    def for_login(self, role_arn: object) -> ServedAccount:
        """Return `home`: neighbours take no federated logins."""
        del role_arn
        return self._home

    def with_key(self, access_key_id: str) -> ServedAccount | None:
        """Return the account that has the access key; None where none has it."""
        return next((each for each in self._by_id.values() if access_key_id in each.account.access_keys), None)

    def managers_of(self, member: str) -> Iterable[ServedAccount]:
        """Return the accounts whose principals may assume root in the account *member*."""
        return (each for each in self._by_id.values() if each.manages(member))

    def organization_of(self, account: str) -> Organization | None:
        """Return the organization of the account with the id *account*; None where it is in none, or not served."""
        served = self._by_id.get(account)
        return None if served is None else served.account.organization


def _account_of(access_key_id: object) -> str | None:
    """Return the account id that is encoded in an access key id; None for one before 2019."""
    try:
        return account_of(access_key_id)
    except FederationError:
        return None
