"""An account directory on a workbench: a role for GitHub, one for an EKS service account, one for a SAML provider."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from federation import SecurityTokenService
from federation.account import add_oidc_provider, add_role, init_account
from federation.account.live import LiveAccount
from federation.state import MemoryState
from federation.testing.workbench import Shelf, Workbench
from tests.support.world import ACCOUNT

GITHUB = "https://token.actions.githubusercontent.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
CLUSTER = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"


def trust(provider: str, action: str, condition: dict[str, Any]) -> str:
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action, "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def oidc_trust(url: str, subject: str) -> str:
    name = url.removeprefix("https://")
    condition = {"StringEquals": {f"{name}:aud": "sts.amazonaws.com", f"{name}:sub": subject}}
    return trust(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{name}", "sts:AssumeRoleWithWebIdentity", condition)


def made(path: Path, *, github: bool = True, role: bool = True) -> Path:
    """An account with the role Deploy for GitHub's branch main, and a provider for it without keys."""
    directory = init_account(path, account_id=ACCOUNT)
    if github:
        add_oidc_provider(directory, url=GITHUB, client_ids=["sts.amazonaws.com"])
    if role:
        add_role(directory, name="Deploy", trust_policy=oidc_trust(GITHUB, "repo:acme/app:ref:refs/heads/main"))
    return directory


@dataclass
class Bench:
    """A workbench with a service of its account."""

    path: Path
    shelf: Shelf | None = None

    def __post_init__(self) -> None:
        self.state = MemoryState()
        self.live = LiveAccount.open(self.path)
        self.bench = Workbench(self.live, shelf=self.shelf, state=self.state)

    def login(self, token: str, *, role: str = ROLE, at: datetime | None = None) -> Any:
        sts = SecurityTokenService(self.live.account, audit=self.bench.events, state=self.state)
        instant = self.bench.clock.now() if at is None else at
        return sts.assume_role_with_web_identity(role_arn=role, role_session_name="job", web_identity_token=token, at=instant)

    def saml_login(self, assertion: str, *, role: str, provider: str) -> Any:
        sts = SecurityTokenService(self.live.account, audit=self.bench.events, state=self.state)
        return sts.assume_role_with_saml(role_arn=role, principal_arn=provider, saml_assertion=assertion, at=self.bench.clock.now())
