"""The tokens that are timed: signed assertions of usual size, made by the forge with keys of this run."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from federation import Profile, SecurityTokenService
from federation.account import Account, Keyring, Role
from federation.policy import Policy
from federation.saml.registration.provider import SamlProvider
from federation.testing.forge import SamlForge
from federation.testing.keys import SigningKey
from federation.testing.login import Login

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:saml-provider/SAML-test"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/TestSaml"
DEMANDED = {
    "https://aws.amazon.com/SAML/Attributes/Role": (f"{ROLE},{ARN}",),
    "https://aws.amazon.com/SAML/Attributes/RoleSessionName": ("alice",),
}
"""The attributes that AWS requires of every assertion."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A token as posted, the provider that accepts it, and the signer's key."""

    name: str
    token: str
    provider: SamlProvider
    key: SigningKey


def samples() -> tuple[Sample, ...]:
    """Return a response with ten attributes, and one with 400, which shows the growth of the cost."""
    key = SigningKey.generate("rsa-2048", common_name="benchmark", at=AT)
    forge = SamlForge(key=key)
    provider = SamlProvider.from_metadata(forge.metadata(), arn=ARN)
    return tuple(_sample(f"{count} attributes", count, width, forge, provider) for count, width in ((10, 190), (400, 30)))


def _sample(name: str, count: int, width: int, forge: SamlForge, provider: SamlProvider) -> Sample:
    attributes = DEMANDED | {f"https://example.com/attributes/{number:03}": ("v" * width,) for number in range(count - len(DEMANDED))}
    octets = forge.response(Login(at=AT, subject="alice@example.com", attributes=attributes, seed=name), sign="assertion")
    return Sample(f"{name}, {len(octets) / 1000:.1f} KB", base64.b64encode(octets).decode(), provider, forge.key)


def exchange(sample: Sample) -> Callable[[], object]:
    """Return the whole AssumeRoleWithSAML. Used assertions are not recorded, since the second call would be refused."""
    condition = {"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml", "saml:iss": next(iter(sample.provider.entity_ids))}}
    statement = {"Effect": "Allow", "Principal": {"Federated": ARN}, "Action": "sts:AssumeRoleWithSAML", "Condition": condition}
    trust = Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, kind="trust")
    role = Role(arn=ROLE, name="TestSaml", path="/", role_id="AROAEXAMPLEEXAMPLE234", trust_policy=trust, max_session_duration=3600)
    account = Account(
        id=ACCOUNT,
        partition="aws",
        profile=Profile.STRICT,
        keyring=Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(32)})),
        saml_providers={ARN: sample.provider},
        roles={ROLE: role},
    )
    sts = SecurityTokenService(account, replay=None)  # one response is exchanged many times
    return lambda: sts.assume_role_with_saml(role_arn=ROLE, principal_arn=ARN, saml_assertion=sample.token, at=AT)
