"""The cost of a refusal and of its explanation, with one role and with ten thousand.

A login is refused by the trust policy, for its role, and for its issuer; the explanations of the last two search the whole account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from federation import FederationError, SecurityTokenService
from federation.account import Account, Keyring, Role
from federation.explaining.engine import explain
from federation.policy import Policy
from federation.profiles import Profile
from federation.testing import OIDC_SHAPES, OidcForge, TokenKey

ACCOUNT: Final = "123456789012"
AT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
ROLES: Final = (1, 10_000)
GITHUB: Final = OIDC_SHAPES["github"].issuer.removeprefix("https://")
ARN: Final = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
REFUSALS: Final = ("the trust policy", "no such role", "no such issuer")
MEASURE: Final = f"refused: {REFUSALS[0]}"


def contestants(count: int) -> dict[str, Callable[[], object]]:
    """Return the contestants for an account of *count* roles: each refusal alone, and with its explanation."""
    forge = OidcForge(key=TokenKey.generate(), shape=OIDC_SHAPES["github"])
    account = _account(forge, count)
    token = forge.token(at=AT, subject="repo:octo-org/octo-repo:environment:prod")
    foreign = replace(forge, issuer=f"https://{GITHUB}/acme").token(at=AT)
    asked = {
        REFUSALS[0]: (_role(0), token),
        REFUSALS[1]: (_role(0).replace("Deploy-", "Deploy_"), token),
        REFUSALS[2]: (_role(0), foreign),
    }
    sts = SecurityTokenService(account, replay=None)
    found: dict[str, Callable[[], object]] = {}
    for name, (role_arn, sent) in asked.items():
        refusal = _refusal(sts, role_arn, sent)
        found[f"refused: {name}"] = lambda role_arn=role_arn, sent=sent: _refusal(sts, role_arn, sent)  # type: ignore[misc]
        found[f"explained: {name}"] = lambda refusal=refusal: explain(refusal)  # type: ignore[misc]
    return found


def _refusal(sts: SecurityTokenService, role_arn: str, token: str) -> FederationError:
    try:
        sts.assume_role_with_web_identity(role_arn=role_arn, role_session_name="job-7", web_identity_token=token, at=AT)
    except FederationError as refusal:
        return refusal
    raise SystemExit("the login that is to be refused is granted")


def _account(forge: OidcForge, count: int) -> Account:
    provider = forge.provider(client_ids=("sts.amazonaws.com",), arn=ARN)
    roles = {_role(number): _made(number) for number in range(count)}
    return Account(
        id=ACCOUNT,
        partition="aws",
        profile=Profile.STRICT,
        keyring=Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(32)})),
        oidc_providers={ARN: provider},
        roles=roles,
    )


def _role(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/Deploy-{number:05}"


def _made(number: int) -> Role:
    condition = {
        "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": f"repo:octo-org/octo-{number:05}:ref:refs/heads/main"}
    }
    statement = {"Effect": "Allow", "Principal": {"Federated": ARN}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}
    trust = Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, kind="trust")
    arn = _role(number)
    return Role(
        arn=arn, name=arn.rpartition("/")[2], path="/", role_id="AROAEXAMPLEEXAMPLE234", trust_policy=trust, max_session_duration=3600
    )
