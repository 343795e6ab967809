"""The accounts of a service that serves a directory of them."""

from __future__ import annotations

from collections.abc import Iterable

from federation.account import Account, Keyring
from federation.account.many import AccountsDirectory
from federation.account.model import ACCOUNT_ID
from federation.account.organization import Organization, OrganizationTree
from federation.errors import ValidationError
from federation.profiles import Profile
from federation.sts.callers.served import ServedAccount, ServedAccounts

_NOBODYS = "000000000000"


class ServedDirectory(ServedAccounts):
    """The accounts of a directory as they are now: each call has a view of its own."""

    __slots__ = ("_directory",)

    def __init__(self, directory: AccountsDirectory[ServedAccount]) -> None:
        self._directory = directory

    def at_once(self) -> ServedAccounts:
        """Return the accounts as they are now."""
        return _View(self._directory)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that are held."""
        return tuple(each.account for each in self._directory.present())

    @property
    def home(self) -> ServedAccount:
        """Raises: a directory of accounts has none of its own."""
        raise ValidationError(
            check="account",
            expected="the service of one account",
            found="that of a directory of accounts",
            remedy="open the account itself: SecurityTokenService.open",
        )

    @property
    def named(self) -> str:
        """The accounts, for a refusal."""
        return f"an account in {self._directory.root.name}"

    def find(self, account: str) -> ServedAccount | None:
        """Return the account with the id *account*; None where the directory has none."""
        return self._directory.find(account, self._directory.tree())

    def unserved(self, account: str) -> ServedAccount:
        """Return an account of that id without keys, providers and roles, which refuses as an account does that lacks what is asked for."""
        name = account if ACCOUNT_ID.fullmatch(account) else _NOBODYS
        return ServedAccount.of(Account(id=name, partition="aws", profile=Profile.STRICT, keyring=Keyring.generate()))

    def for_login(self, role_arn: object) -> ServedAccount:
        """Return the account of the role."""
        return self.named_in(role_arn if type(role_arn) is str else None)

    def with_key(self, access_key_id: str) -> ServedAccount | None:
        """Return the account that has the access key, by the names of files; None where none has it, or two have it."""
        holder = self._directory.holder_of(access_key_id)
        return None if holder is None else self.find(holder)

    def managers_of(self, member: str) -> Iterable[ServedAccount]:
        """Return the accounts whose principals may assume root in the account *member*."""
        return (found for each in self._directory.managers_of(member) if (found := self.find(each)) is not None and found.manages(member))

    def organization_of(self, account: str) -> Organization | None:
        """Return the organization of the account with the id *account*, which need not be in the directory."""
        tree = self._directory.tree()
        if tree is not None:
            return tree.place_of(account)
        served = self.find(account)
        return None if served is None else served.account.organization


class _View(ServedDirectory):
    """The accounts of a directory for one call: of one organization, and each as it was when the call first asked for it."""

    __slots__ = ("_found", "_tree")

    def __init__(self, directory: AccountsDirectory[ServedAccount]) -> None:
        super().__init__(directory)
        self._tree: OrganizationTree | None = directory.tree()
        self._found: dict[str, ServedAccount | None] = {}

    def at_once(self) -> ServedAccounts:
        """Return this view."""
        return self

    def find(self, account: str) -> ServedAccount | None:
        """Return the account with the id *account*; None where the directory has none."""
        if account not in self._found:
            self._found[account] = self._directory.find(account, self._tree)
        return self._found[account]

    def organization_of(self, account: str) -> Organization | None:
        """Return the organization of the account with the id *account*, which need not be in the directory."""
        if self._tree is not None:
            return self._tree.place_of(account)
        served = self.find(account)
        return None if served is None else served.account.organization
