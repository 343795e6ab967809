"""Taking over an account from what AWS prints: ``get-account-authorization-details`` and the dumps of identity providers.

Every document is read as `load_account` will read it, together with what the account already holds, and nothing is written before all
of it is sound. A second import brings the account up to date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.account.entities import GROUP, POLICY, ROLE, USER
from federation.account.faults import Faults
from federation.account.importing.details import read_details, write_details
from federation.account.importing.dumps import Dumps
from federation.account.importing.providers import import_oidc_provider, import_saml_provider
from federation.account.writing.draft import Target, drafting


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came into the account.

    Attributes:
        policies: How many managed policies the dump holds; likewise the next three.
        groups: Groups.
        users: Users.
        roles: Roles.
        added: ARNs of those that the account had not.
        updated: ARNs of those that are different now.
        unchanged: ARNs of those that are as they were.
        absent: ARNs of those that the account has and the dump has not; they stay.
        removed: ARNs of such that were removed, where that was asked for.
        providers: ARNs of the identity providers, added or updated.
    """

    policies: int = 0
    groups: int = 0
    users: int = 0
    roles: int = 0
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers and the ARNs as plain data."""
        return {
            "policies": self.policies,
            "groups": self.groups,
            "users": self.users,
            "roles": self.roles,
            "added": list(self.added),
            "updated": list(self.updated),
            "unchanged": list(self.unchanged),
            "absent": list(self.absent),
            "removed": list(self.removed),
            "providers": list(self.providers),
        }


def import_account(
    account: Target,
    documents: Mapping[str, bytes],
    *,
    saml_provider_name: str | None = None,
    jwks: bytes | None = None,
    decryption_keys: Sequence[str | bytes] | None = None,
    prune: bool = False,
) -> Imported:
    """Take *documents* over into an account directory.

    What the account has already is brought up to date: the dump's word counts, but for what it does not print (secrets, settings of
    providers, and `MaxSessionDuration` and `Description` of roles, which stay unless ``list-roles`` says them).

    Args:
        account: An account directory that loads, or a draft of it.
        documents: File name, for faults, to content: answers of ``get-account-authorization-details`` (several pages are one answer),
            ``list-roles``, ``get-role``, ``get-saml-provider``, ``get-open-id-connect-provider``; a JSON Web Key Set counts as *jwks*.
        saml_provider_name: Name of the SAML provider, which its dump does not tell.
        jwks: Key set of the OpenID Connect provider, which its dump does not hold; a provider that is known keeps its own without.
        decryption_keys: PEM private keys of the SAML provider, likewise.
        prune: Whether policies, groups, users and roles go that the account has and the dump has no more, a user's secrets with it. A kind
            of which the dump lists nothing stays: an answer made with ``--filter`` looks the same.

    Raises:
        AccountFaults: A document is at fault, or does not fit what the account keeps; every fault is listed and nothing is written.
        RegistrationError: A provider cannot be registered; nothing is written.
    """
    faults = Faults()
    dumps = Dumps(documents, faults)
    if len(faults):
        raise faults.error()
    with drafting(account) as draft:
        details = read_details(dumps, draft, prune=prune, faults=faults)
        if len(faults):
            raise faults.error()
        said = write_details(details, draft, prune=prune)
        providers = []
        if dumps.saml is not None:
            providers.append(import_saml_provider(draft, dumps.saml, name=saml_provider_name, decryption_keys=decryption_keys))
        if dumps.oidc is not None:
            providers.append(import_oidc_provider(draft, dumps.oidc, jwks=dumps.key_set or jwks))
        return Imported(
            policies=len(details.items[POLICY.noun]),
            groups=len(details.items[GROUP.noun]),
            users=len(details.items[USER.noun]),
            roles=len(details.items[ROLE.noun]),
            providers=tuple(providers),
            **{word: tuple(arns) for word, arns in said.items()},
        )
