"""Findings on the policies an account holds, each with the file it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from federation.account.model import Account
from federation.account.policies import POLICIES
from federation.account.roles import ROLES
from federation.policy import Kind, Policy
from federation.policy.lint import Finding, lint


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy of the account: its file, relative to the directory, the JSON path in it, and the compiled document.

    A managed policy's path is that of its default version.
    """

    file: str
    path: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding, and the file of the account that it speaks about; the finding's path is that in the file."""

    file: str
    finding: Finding

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain data with its ``file``."""
        return {"file": self.file, **self.finding.as_dict()}


def lint_account(account: Account, *, kinds: frozenset[Kind] = frozenset(Kind)) -> tuple[PlacedFinding, ...]:
    """Return the findings on every policy of *account* that is of one of *kinds*, file by file."""
    providers = {*account.saml_providers, *account.oidc_providers, *account.oauth_providers, *account.plugin_providers}
    found: list[PlacedFinding] = []
    for stored in stored_policies(account):
        if stored.policy.kind in kinds:
            placed = (replace(finding, path=stored.path + finding.path[1:]) for finding in lint(stored.policy, providers=providers))
            found += [PlacedFinding(stored.file, finding) for finding in placed]
    return tuple(found)


def stored_policies(account: Account) -> Iterator[StoredPolicy]:
    """Yield every policy of *account* with its place."""
    for role in account.roles.values():
        file = f"{ROLES}/{role.name}.json"
        yield StoredPolicy(file, "$.AssumeRolePolicyDocument", role.trust_policy)
        yield from _inline(file, "RolePolicyList", role.inline_policies)
    for managed in account.policies.values():
        yield StoredPolicy(f"{POLICIES}/{managed.name}.json", "$", managed.policy)
    for user in account.users.values():
        yield from _inline(f"users/{user.name}.json", "UserPolicyList", user.inline_policies)
    for group in account.groups.values():
        yield from _inline(f"groups/{group.name}.json", "GroupPolicyList", group.inline_policies)


def _inline(file: str, member: str, policies: Mapping[str, Policy]) -> Iterator[StoredPolicy]:
    for index, policy in enumerate(policies.values()):
        yield StoredPolicy(file, f"$.{member}[{index}].PolicyDocument", policy)
