"""This project: the whole exchange, profile strict, an account in memory, each token once."""

from types import MappingProxyType
from typing import Any

from running import Judge, read, tell

from federation import OidcProvider, Profile, SamlProvider, SecurityTokenService
from federation.account import Account, Keyring, Role
from federation.policy import Policy

world = read()
saml, oidc = world["saml"], world["oidc"]
issuer = OidcProvider(
    arn=f"arn:aws:iam::{world['account']}:oidc-provider/{oidc['issuer'].partition('//')[2]}",
    url=oidc["issuer"],
    client_ids=[oidc["audience"]],
    jwks=oidc["jwks"],
)
company = SamlProvider.from_metadata(saml["metadata"].encode(), arn=saml["arn"])


def role(name: str, policy: dict[str, Any]) -> Role:
    return Role(
        arn=arn(name),
        name=name,
        path="/",
        role_id=f"AROAEXAMPLE{name.upper():A<10.10}",
        trust_policy=Policy.parse(policy, kind="trust"),
        max_session_duration=3600,
    )


def arn(name: str) -> str:
    return f"arn:aws:iam::{world['account']}:role/{name}"


account = Account(
    id=world["account"],
    partition="aws",
    profile=Profile.STRICT,
    keyring=Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(32)})),
    saml_providers={saml["arn"]: company},
    oidc_providers={issuer.arn: issuer},
    roles={arn(name): role(name, policy) for name, policy in world["policies"].items()},
)
once, again = SecurityTokenService(account), SecurityTokenService(account, replay=None)


def by_saml(sts: SecurityTokenService) -> Judge:
    def judge(token: str, name: str) -> object:
        found = sts.assume_role_with_saml(role_arn=arn(name), principal_arn=saml["arn"], saml_assertion=token)
        return [found.subject, found.issuer, found.assumed_role_user.arn]

    return judge


def by_web_identity(sts: SecurityTokenService) -> Judge:
    def judge(token: str, name: str) -> object:
        found = sts.assume_role_with_web_identity(role_arn=arn(name), role_session_name="ci", web_identity_token=token)
        return [found.subject, found.assumed_role_user.arn]

    return judge


judges = {"saml": by_saml(once), "oidc": by_web_identity(once)}
tell(["sts-federation"], judges, world, timed={"saml": by_saml(again), "oidc": by_web_identity(again)})
