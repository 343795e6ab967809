"""A small account with forged issuers and a token-information server, for tests of the exchange; every instant is pinned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from federation import OAuthProvider, OidcProvider, SecurityTokenService
from federation.account import Account, Role
from federation.oauth.registry import token_key
from federation.policy import Policy
from federation.profiles import Profile
from federation.sts.results import WebIdentityRoleSession
from tests.support.oidc import AT, NOW, forge
from tests.support.world import ACCOUNT, KEYRING

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/Deploy"
URL = "https://issuer.example.com/tenant"
NAME = URL.removeprefix("https://")
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{NAME}"
ALL_ACTIONS = ("sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity")
AMAZON, FACEBOOK = "www.amazon.com", "graph.facebook.com"
ACCESS_TOKEN = "Atza|IwEBIExampleToken"
AMAZON_ANSWER = {"iss": f"https://{AMAZON}", "user_id": "amzn1.account.A", "aud": "client", "app_id": "app", "iat": NOW - 10, "exp": 3600}


def provider(url: str = URL, arn: str = PROVIDER, **options: Any) -> OidcProvider:
    return OidcProvider(**{"url": url, "client_ids": ["client-a"], "jwks": forge().jwks(), "arn": arn, **options})


def amazon(**options: Any) -> OAuthProvider:
    return OAuthProvider(**{"name": AMAZON, "token_information": {token_key(ACCESS_TOKEN): AMAZON_ANSWER}, **options})


def trust(
    principals: Sequence[str] = (PROVIDER, "accounts.google.com", "cognito-identity.amazonaws.com", AMAZON, FACEBOOK, "as.example.com"),
    actions: Sequence[str] = ALL_ACTIONS,
    condition: Mapping[str, Any] | None = None,
) -> Policy:
    statement = {"Effect": "Allow", "Principal": {"Federated": list(principals)}, "Action": list(actions)}
    return Policy.stored(
        {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}, kind="trust"
    )


@dataclass(frozen=True, kw_only=True)
class World:
    """Providers and one role; `dataclasses.replace` makes any other."""

    oidc: Sequence[OidcProvider] = field(default_factory=lambda: (provider(),))
    oauth: Sequence[OAuthProvider] = field(default_factory=lambda: (amazon(),))
    trust_policy: Policy = field(default_factory=trust)
    service: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sts(self) -> SecurityTokenService:
        role = Role(
            arn=ROLE,
            name="Deploy",
            path="/team/",
            role_id="AROAEXAMPLEEXAMPLE234",
            trust_policy=self.trust_policy,
            max_session_duration=14_400,
        )
        account = Account(
            id=ACCOUNT,
            partition="aws",
            profile=Profile.STRICT,
            keyring=KEYRING,
            oidc_providers={each.arn: each for each in self.oidc},
            oauth_providers={each.name: each for each in self.oauth},
            roles={ROLE: role},
        )
        return SecurityTokenService(account, **self.service)

    def assume(self, token: object = None, **call: Any) -> WebIdentityRoleSession:
        arguments = {"role_arn": ROLE, "role_session_name": "job-7", "web_identity_token": mint() if token is None else token, "at": AT}
        return self.sts.assume_role_with_web_identity(**{**arguments, **call})


def mint(url: str = URL, /, **claims: Any) -> str:
    return forge(issuer=url).token(**{"at": AT, "audience": "client-a", **claims})
