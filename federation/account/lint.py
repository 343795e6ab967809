"""Lint findings on the policies of an account, with the file of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from federation.account.model import Account
from federation.account.reading.entities import GROUP, POLICY, ROLE, USER, EntityKind
from federation.policy import Kind, Policy
from federation.policy.lint import Finding, lint


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy of the account: its file relative to the account directory, the JSON path in the file, and the compiled document.

    For a managed policy the document is that of the default version.
    """

    file: str
    path: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with its file of the account directory. The path of the finding is the JSON path in the file."""

    file: str
    finding: Finding

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain data with its ``file``."""
        return {"file": self.file, **self.finding.as_dict()}


def lint_account(
    account: Account,
    *,
    kinds: frozenset[Kind] = frozenset(Kind),
    files: Collection[str] | None = None,
    at: datetime | None = None,
) -> tuple[PlacedFinding, ...]:
    """Return the findings on the policies of *account*, ordered by file.

    Args:
        account: The account.
        kinds: The kinds of policies that are read.
        files: The files that are read, relative to the account directory; None for all.
        at: When they are read, for conditions on the time; None where nothing is to be said of them.
    """
    providers = providers_of(account)
    found: list[PlacedFinding] = []
    for stored in stored_policies(account):
        if stored.policy.kind in kinds and (files is None or stored.file in files):
            findings = lint(stored.policy, providers=providers, at=at)
            found += [PlacedFinding(stored.file, replace(each, path=stored.path + each.path[1:])) for each in findings]
    return tuple(found)


def providers_of(account: Account) -> frozenset[str]:
    """Return every provider of *account*, by ARN or host name, as `federation.policy.lint.lint` takes them."""
    return frozenset({*account.saml_providers, *account.oidc_providers, *account.oauth_providers, *account.plugin_providers})


def stored_policies(account: Account) -> Iterator[StoredPolicy]:
    """Yield every policy of *account* with its file and JSON path."""
    for role in account.roles.values():
        yield StoredPolicy(ROLE.file_of(role.name), "$.AssumeRolePolicyDocument", role.trust_policy)
        yield from _inline(ROLE, role.name, role.inline_policies)
    for managed in account.policies.values():
        yield StoredPolicy(managed.file or POLICY.file_of(managed.name), managed.place, managed.policy)
    for user in account.users.values():
        yield from _inline(USER, user.name, user.inline_policies)
    for group in account.groups.values():
        yield from _inline(GROUP, group.name, group.inline_policies)


def _inline(kind: EntityKind, name: str, policies: Mapping[str, Policy]) -> Iterator[StoredPolicy]:
    for index, policy in enumerate(policies.values()):
        yield StoredPolicy(kind.file_of(name), f"$.{kind.inline_member}[{index}].PolicyDocument", policy)
