"""Findings on the policies an account holds, each with the file it stands in, and what only the account as a whole can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from federation.account.model import Account
from federation.account.policies import POLICIES
from federation.account.roles import ROLES
from federation.errors import show
from federation.policy import Kind, Policy
from federation.policy.lint import RULES, Finding, Rule, lint
from federation.policy.lint.finding import Hit
from federation.policy.lint.subject import Subject, subjects


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
    unregistered, hosts = _unregistered(account), {*account.oauth_providers, *account.plugin_providers}
    found: list[PlacedFinding] = []
    for stored in stored_policies(account):
        if stored.policy.kind in kinds:
            beyond = (finding for subject in subjects(stored.policy) for finding in unregistered.findings(subject))
            placed = (
                replace(finding, path=stored.path + finding.path[1:]) for finding in (*lint(stored.policy, registered=hosts), *beyond)
            )
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


def _unregistered(account: Account | None) -> Rule:
    """Return the rule that knows which providers *account* has."""

    def check(subject: Subject) -> Iterator[Hit]:
        element = subject.statement.principal
        if account is None or element is None or subject.kind is not Kind.TRUST:
            return
        for name in sorted(element.names.get("Federated", ())):
            if name.startswith("arn:") and name not in account.saml_providers and name not in account.oidc_providers:
                message = (
                    f"the account has no provider {show(name)}, and federated callers come through providers of the role's own account"
                )
                place = f"{subject.statement.path}.{'NotPrincipal' if element.negated else 'Principal'}.Federated"
                yield Hit(place, message, "register the provider, or correct the ARN; `federation account show` lists them")

    return Rule(
        "provider-unregistered",
        "warning",
        "A trust policy that names a provider the account does not have; found where a whole account is read.",
        "The statement never applies: a provider and the roles that trust it stand in one account.",
        check,
    )


ACCOUNT_RULES: Final = (*RULES, _unregistered(None))
"""Every rule of policies and the one that needs the account."""
