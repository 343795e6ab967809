"""Import of an account from ``get-account-authorization-details`` and from the output for identity providers.

Every document is read by the code of `load_account`, together with the content of the account. Nothing is written unless all of it is
valid. A second import updates the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.account.importing.details import read_details, write_details
from federation.account.importing.dumps import Dumps
from federation.account.importing.providers import import_oidc_provider, import_saml_provider
from federation.account.reading.entities import GROUP, POLICY, ROLE, USER
from federation.account.reading.faults import Faults
from federation.account.writing.draft import Target, drafting


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The result of an import.

    Attributes:
        policies: Number of managed policies in the documents.
        groups: Number of groups in the documents.
        users: Number of users in the documents.
        roles: Number of roles in the documents.
        added: ARNs of the entities that are new in the account.
        updated: ARNs of the entities that changed.
        unchanged: ARNs of the entities that did not change.
        absent: ARNs of the entities of the account that are not in the documents and were kept.
        removed: ARNs of the entities of the account that are not in the documents and were removed.
        providers: ARNs of the identity providers that were added or updated.
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
        """Return the result as plain data with stable names."""
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
    """Import *documents* into an account directory.

    Entities of the account are updated. Values that the documents do not contain are kept: secrets, settings of providers, and
    ``MaxSessionDuration`` and ``Description`` of roles without ``list-roles``.

    Args:
        account: An account directory that can be loaded, or a draft of it.
        documents: File name, for faults, to octets: output of ``get-account-authorization-details`` (one or several pages), ``list-roles``,
            ``get-role``, ``get-saml-provider``, ``get-open-id-connect-provider``. A JSON Web Key Set is used as *jwks*.
        saml_provider_name: Name of the SAML provider, which ``get-saml-provider`` does not print.
        jwks: Key set of the OpenID Connect provider, which its output does not contain. None keeps that of a registered provider.
        decryption_keys: PEM private keys of the SAML provider. None keeps those of a registered provider.
        prune: Whether to remove policies, groups, users (with their secrets) and roles that are not in the documents. A kind of which the
            documents list nothing is kept, because output with ``--filter`` looks the same.

    Raises:
        AccountFaults: A document is at fault or contradicts the account. Every fault is listed, and nothing is written.
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
