"""The account in which a test is judged: that of the test, or one around a policy, with keys that the test can sign with.

Nothing of a provider is changed but its keys: client ids, audiences and recipients judge as they stand. What the account has not
registered stays unregistered, so that the token of an unknown issuer is refused as AWS refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from federation import extras
from federation.account import Account, Role, load_account
from federation.account.reading.keyring import Keyring
from federation.errors import show
from federation.evidence.documents import FoundEvidence, read_evidence
from federation.oidc.provider import NO_CLIENT_IDS, OidcProvider
from federation.policy import Kind, Policy
from federation.policy_tests.document import fault
from federation.policy_tests.identities import AssertionBearer, TokenBearer
from federation.policy_tests.reading import PolicyTest
from federation.profiles import Profile
from federation.saml.registration.endpoints import sign_in
from federation.saml.registration.provider import SamlProvider
from federation.testing.keys import SigningKey
from federation.testing.oidc import OidcForge, TokenKey
from federation.vendors import BUILT_IN_OIDC

_ACCOUNT: Final = "123456789012"
_PARTITION: Final = "aws"
_OIDC: Final = ":oidc-provider/"
_SAML: Final = ":saml-provider/"
_LISTED: Final = 12
_ENTITY: Final = "https://idp.example.com/saml"


_ReadFile = tuple[Path, tuple[tuple[str, str], ...]]
"""A file, and the values that were given for it."""


@dataclass(frozen=True)
class PolicyTestAccounts:
    """The accounts of the tests of one run, each read once, and the keys that sign for their identities.

    Attributes:
        at: The time of the run, aware UTC.
    """

    at: datetime
    _accounts: dict[Path, Account] = field(default_factory=dict, repr=False)
    _files: dict[_ReadFile, FoundEvidence] = field(default_factory=dict, repr=False)

    @cached_property
    def token_key(self) -> TokenKey:
        """The key of every issuer."""
        return TokenKey.generate("ES256")

    @cached_property
    def assertion_key(self) -> SigningKey:
        """The key of every SAML identity provider."""
        extras.require("signxml", extra="testing", check="testing-extra")
        # The certificate is only a wrapper of the key: its dates are not checked.
        return SigningKey.generate(common_name="policy test", at=self.at - timedelta(days=1))

    def account(self, test: PolicyTest) -> tuple[Account, Role]:
        """Return the account of *test* and the role.

        Raises:
            AccountFaults: The account directory is at fault.
            FederationError: The policy is malformed, or the account has no such role.
        """
        if test.policy is not None:
            return _around(self._trust(test, test.policy))
        directory = test.account or Path()
        account = self._accounts.setdefault(directory, self._accounts.get(directory) or load_account(directory))
        named = [role for role in account.roles.values() if test.role in (role.arn, role.name)]
        if not named:
            raise fault(f"a role of {show(str(directory))}", f"{show(test.role)}, line {test.line}", "correct the role, or the account")
        return account, named[0]

    def _trust(self, test: PolicyTest, path: Path) -> Policy:
        """Return the trust policy that *test* means in the file *path*."""
        read = path, tuple(sorted(test.given.items()))
        found = self._files.get(read) or read_evidence([path], given=test.given)
        self._files[read] = found
        if found.faults:
            raise found.faults[0].refusal
        declared = [each.trust for each in found.roles if each.trust is not None and (not test.role or each.is_called(test.role))]
        alone = [] if test.role else [each for each in found.documents if each.kind in (None, Kind.TRUST) and not each.earlier]
        trusts = declared or alone
        if len(trusts) != 1:
            roles = ", ".join(show(each.address) for each in found.roles[:_LISTED]) or "none"
            wanted = show(test.role) if test.role else f"{len(trusts)} of them"
            raise fault(f"one trust policy in {show(str(path))}; its roles: {roles}", f"{wanted}, line {test.line}", "name the role")
        return trusts[0].policy()

    def registered_in_file(self, test: PolicyTest, issuer: str) -> tuple[str, ...] | None:
        """Return the client ids with which the file of *test* declares the provider *issuer*; None where it does not say."""
        found = None if test.policy is None else self._files.get((test.policy, tuple(sorted(test.given.items()))))
        declared = [] if found is None else [each for each in found.providers if each.url is not None and _same(each.url, issuer)]
        return declared[0].client_ids or None if len(declared) == 1 else None

    def forge(self, bearer: TokenBearer) -> OidcForge:
        """Return the issuer of *bearer*."""
        return OidcForge(key=self.token_key, shape=bearer.shape, issuer=bearer.issuer)

    def with_issuer(self, test: PolicyTest, account: Account, role: Role, bearer: TokenBearer) -> Account:
        """Return *account* with our key for the issuer of *bearer*, where it is registered or, around a policy, trusted."""
        name = bearer.issuer.removeprefix("https://")
        registered = next((each for each in account.oidc_providers.values() if each.url == bearer.issuer), None)
        if registered is not None:
            arn, client_ids = registered.arn, registered.client_ids or NO_CLIENT_IDS
        elif name in BUILT_IN_OIDC or (not account.oidc_providers and _trusts(role, f"{_OIDC}{name}")):
            arn = _arn_of(role, name)
            client_ids = self.registered_in_file(test, bearer.issuer) or (bearer.audience,)
        else:
            return account
        provider = OidcProvider(
            url=bearer.issuer,
            client_ids=client_ids,
            jwks=self.forge(bearer).jwks(),
            arn=arn,
            profile=account.profile if registered is None else registered.profile,
        )
        return replace(account, oidc_providers={**account.oidc_providers, arn: provider})

    def with_identity_provider(self, account: Account, role: Role, bearer: AssertionBearer, line: int) -> tuple[Account, SamlProvider]:
        """Return *account* with our key for the identity provider of *bearer*, and that provider.

        Raises:
            ValidationError: Check ``policy-test-file``: there is no such provider, or several and none is named.
        """
        known = sorted(account.saml_providers) or _named(role, _SAML)
        chosen = [arn for arn in known if bearer.provider in ("", arn, arn.partition(_SAML)[2])]
        if len(chosen) != 1:
            listed = ", ".join(map(show, known)) or "none"
            raise fault(
                f"one SAML provider of {listed}", f"{show(bearer.provider) if bearer.provider else 'no name'}, line {line}", "name it"
            )
        [arn] = chosen
        registered = account.saml_providers.get(arn)
        certificate = self.assertion_key.certificate.public_bytes(Encoding.PEM)
        provider = SamlProvider(
            arn=arn,
            entity_ids=registered.entity_ids if registered is not None else _ENTITY,
            certificates=certificate,
            audiences=registered.audiences if registered is not None else None,
            recipients=registered.recipients if registered is not None else None,
            profile=account.profile if registered is None else registered.profile,
        )
        return replace(account, saml_providers={**account.saml_providers, arn: provider}), provider


def _same(url: str, issuer: str) -> bool:
    return url.removeprefix("https://").rstrip("/") == issuer.removeprefix("https://").rstrip("/")


def recipient_of(provider: SamlProvider) -> str:
    """Return the usual Recipient for *provider*."""
    return min(provider.recipients) if provider.recipients else sign_in(provider.arn.split(":")[1]).url


def _around(policy: Policy) -> tuple[Account, Role]:
    """Return an account with nothing but a role with *policy*, of the account and partition of the providers that it trusts."""
    owned = [arn.split(":") for part in (_OIDC, _SAML) for arn in _of_policy(policy, part) if arn.count(":") > 4]  # noqa: PLR2004
    found = next((fields for fields in owned if len(fields[4]) == len(_ACCOUNT) and fields[4].isdigit()), None)
    partition, owner = (_PARTITION, _ACCOUNT) if found is None else (found[1], found[4])
    arn = f"arn:{partition}:iam::{owner}:role/policy-test"
    role = Role(arn=arn, name="policy-test", path="/", role_id="AROAPOLICYTEST000001", trust_policy=policy, max_session_duration=3_600)
    roles: Mapping[str, Role] = {arn: role}
    return Account(id=owner, partition=partition, profile=Profile.STRICT, keyring=Keyring.generate(), roles=roles), role


def _of_policy(policy: Policy, part: str) -> list[str]:
    elements = [each.principal for each in policy.statements if each.principal is not None]
    return sorted({name for element in elements for name in element.names.get("Federated", ()) if part in name})


def _named(role: Role, part: str) -> list[str]:
    return _of_policy(role.trust_policy, part)


def _trusts(role: Role, ending: str) -> bool:
    return any(arn.endswith(ending) for arn in _named(role, _OIDC))


def _arn_of(role: Role, name: str) -> str:
    """Return the name by which policies call the provider *name*."""
    return next((arn for arn in _named(role, _OIDC) if arn.endswith(f"{_OIDC}{name}")), name)
