"""The accounts that the page can judge by: the one that is served, its neighbours, and one made of dropped documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from federation.account.model import Account, Role
from federation.explaining.sources import Sources
from federation.protocols import Provider


@dataclass(frozen=True)
class PageAccount:
    """An account to judge by.

    Attributes:
        account: The account.
        sources: Its files, which causes and edits name.
        notes: What was assumed where a document does not tell.
    """

    account: Account
    sources: Sources
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The account as the form lists it: its id, and its alias where it has one."""
        alias = self.account.alias
        return f"{self.account.id} ({alias})" if alias else self.account.id

    @property
    def providers(self) -> Mapping[str, Provider]:
        """The providers of the account by ARN, or by name where they have none."""
        found = self.account
        return {**found.saml_providers, **found.oidc_providers, **found.oauth_providers, **found.plugin_providers}

    def role(self, named: str) -> Role | None:
        """Return the role with the ARN or name *named*; None where the account has none."""
        return self.account.roles.get(named) or self.account.role_named(named)

    def provider(self, named: str) -> Provider | None:
        """Return the provider with the ARN or name *named*; None where the account has none, or several of that name."""
        providers = self.providers
        if named in providers:
            return providers[named]
        found = [each for arn, each in providers.items() if arn.partition("-provider/")[2] == named]
        return found[0] if len(found) == 1 else None


def served_accounts(accounts: Iterable[Account], directories: Mapping[str, Path]) -> tuple[PageAccount, ...]:
    """Return those of *accounts* that have anything to judge by; *directories* are theirs, by account id."""
    return tuple(
        PageAccount(each, Sources(directories.get(each.id), each, directories))
        for each in accounts
        if each.roles or each.saml_providers or each.oidc_providers or each.oauth_providers or each.plugin_providers
    )
