"""The findings of lint on the policies of an account, explained."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from federation.account import Account
from federation.account.lint import StoredPolicy, providers_of, stored_policies
from federation.explaining.linting import ExplainedFinding, explain_policy
from federation.policy import Kind

__all__ = ["explain_account"]


def explain_account(
    account: Account,
    *,
    kinds: frozenset[Kind] = frozenset(Kind),
    files: Collection[str] | None = None,
    at: datetime | None = None,
) -> Iterator[tuple[StoredPolicy, ExplainedFinding]]:
    """Yield the findings on the policies of *account*, each with its policy, ordered by file.

    Args:
        account: The account.
        kinds: The kinds of policies that are looked at.
        files: The files that are looked at, relative to the account directory; None for all.
        at: When they are looked at, for conditions on the time; None where nothing is to be said of them.
    """
    providers = providers_of(account)
    for stored in stored_policies(account):
        if stored.policy.kind in kinds and (files is None or stored.file in files):
            for each in explain_policy(stored.policy, account=account, providers=providers, at=at):
                yield stored, each
