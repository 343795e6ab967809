"""A small account with a forged identity provider, for tests of the exchange; every instant is pinned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from federation.account import Account, ManagedPolicy, Role
from federation.policy import Policy
from federation.profiles import Profile
from federation.saml.registration.provider import SamlProvider
from federation.sts.results import AssumedRoleSession
from federation.sts.service import SecurityTokenService
from federation.testing import Login, SamlForge, SigningKey, aws_attributes, to_base64
from tests.support.world import ACCOUNT, CALLED, KEYRING

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/Portal"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Example"
AT = CALLED
PREFIX = "https://aws.amazon.com/SAML/Attributes/"
ALL_ACTIONS = ("sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity")


@cache
def forge() -> SamlForge:
    key = SigningKey.generate("rsa-2048", common_name="exchange tests", at=datetime(2026, 1, 1, tzinfo=UTC))
    return SamlForge(key=key, issuer="https://idp.example.com/saml")


def provider(**options: Any) -> SamlProvider:
    return SamlProvider.from_metadata(forge().metadata(), arn=PROVIDER, **options)


def trust(actions: Sequence[str] = ALL_ACTIONS, condition: Mapping[str, Any] | None = None) -> Policy:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": list(actions)}
    if condition:
        statement["Condition"] = condition
    return Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, kind="trust")


@dataclass(frozen=True, kw_only=True)
class World:
    """One provider, one role; `dataclasses.replace` makes any other."""

    provider: SamlProvider = field(default_factory=provider)
    trust_policy: Policy = field(default_factory=trust)
    max_session_duration: int = 14_400
    service: Mapping[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        role = Role(
            arn=ROLE,
            name="Portal",
            path="/team/",
            role_id="AROAEXAMPLEEXAMPLE234",
            trust_policy=self.trust_policy,
            max_session_duration=self.max_session_duration,
        )
        arn = f"arn:aws:iam::{ACCOUNT}:policy/Narrow"
        narrow = Policy.parse('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}', kind="identity")
        return Account(
            id=ACCOUNT,
            partition="aws",
            profile=Profile.STRICT,
            keyring=KEYRING,
            saml_providers={PROVIDER: self.provider},
            roles={ROLE: role},
            policies={arn: ManagedPolicy(arn=arn, name="Narrow", path="/", policy=narrow)},
        )

    @property
    def sts(self) -> SecurityTokenService:
        return SecurityTokenService(self.account, **self.service)

    def assume(self, token: object = None, **call: Any) -> AssumedRoleSession:
        arguments = {"role_arn": ROLE, "principal_arn": PROVIDER, "saml_assertion": mint() if token is None else token, "at": AT}
        return self.sts.assume_role_with_saml(**{**arguments, **call})


def attributes(**changes: Sequence[str] | None) -> dict[str, Sequence[str]]:
    """The AWS attributes of a good login; each of *changes* replaces one by its last name, None removes it."""
    values = aws_attributes(role=ROLE, provider=PROVIDER, session_name="alice")
    for name, value in changes.items():
        key = PREFIX + name.replace("PrincipalTag_", "PrincipalTag:")
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
    return values


def login(**changes: Any) -> Login:
    good = Login(
        at=AT - timedelta(seconds=30),
        subject="subject-123",
        subject_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        session=None,
        attributes=attributes(),
        seed="exchange",
    )
    return replace(good, **changes)


def mint(made: Login | None = None, **how: Any) -> str:
    return to_base64(forge().response(made or login(), **{"sign": "assertion", **how}))
