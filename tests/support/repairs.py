"""Logins that a trust policy refuses, and their results after the edits of the explanation."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from federation.errors import FederationError
from federation.explaining import fixing
from federation.explanation import Edit, Explanation
from federation.policy import Policy
from tests.support.sts import saml_login, web_identity
from tests.support.world import ACCOUNT, GITHUB

AUDIENCE = "sts.amazonaws.com"
WEB = "sts:AssumeRoleWithWebIdentity"
SAML = "sts:AssumeRoleWithSAML"


def oidc_arn(issuer: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"


def statement(condition: Any = None, *, issuer: str = GITHUB, **members: Any) -> dict[str, Any]:
    """An Allow for tokens of *issuer*; None removes a member."""
    base = {"Effect": "Allow", "Principal": {"Federated": oidc_arn(issuer)}, "Action": WEB, "Condition": condition, **members}
    return {name: value for name, value in base.items() if value is not None}


def equals(sub: Any, *, issuer: str = GITHUB, operator: str = "StringEquals", **further: Any) -> dict[str, Any]:
    """Conditions on audience and subject, and on *further* claims."""
    condition: dict[str, Any] = {"StringEquals": {f"{issuer}:aud": AUDIENCE}}
    condition.setdefault(operator, {})[f"{issuer}:sub"] = sub
    condition[operator] |= {f"{issuer}:{claim}": value for claim, value in further.items()}
    return condition


@dataclass(frozen=True, kw_only=True)
class WebLogin:
    """A login with a web identity token.

    Attributes:
        statements: Those of the trust policy.
        sub: The subject of the token.
        issuer: Its issuer, without ``https://``.
        claims: Its other claims.
        clients: The client ids of the provider.
        others: Further providers of the account, by issuer.
        version: The version of the policy; None for none.
        call: Further parameters of the call.
        single: Whether the policy's one statement stands outside a list.
    """

    statements: tuple[Any, ...]
    sub: str = "repo:acme/app:ref:refs/heads/main"
    issuer: str = GITHUB
    claims: dict[str, Any] = field(default_factory=dict)
    clients: tuple[str, ...] = (AUDIENCE,)
    others: tuple[str, ...] = ()
    version: str | None = "2012-10-17"
    call: dict[str, Any] = field(default_factory=dict)
    single: bool = False

    @property
    def text(self) -> str:
        statements = self.statements[0] if self.single else list(self.statements)
        document = {**({"Version": self.version} if self.version else {}), "Statement": statements}
        return json.dumps(document, indent=2)

    def attempt(self, text: str | None = None, **changes: Any) -> None:
        """Log in, by the policy *text* where one is given; *changes* are claims of another token."""
        url = f"https://{self.issuer}"
        arn = self.issuer if self.issuer in BUILT_IN else oidc_arn(self.issuer)
        mine = web_identity.provider(url, arn, client_ids=list(self.clients))
        further = [web_identity.provider(f"https://{each}", oidc_arn(each), client_ids=[AUDIENCE]) for each in self.others]
        world = web_identity.World(oidc=(mine, *further), trust_policy=Policy.stored(self.text if text is None else text))
        claims = {"audience": self.clients[0], "sub": self.sub, **self.claims, **changes}
        world.assume(web_identity.mint(url, **claims), **self.call)


BUILT_IN = ("accounts.google.com", "cognito-identity.amazonaws.com")


@dataclass(frozen=True, kw_only=True)
class SamlLogin:
    """A login with a SAML response.

    Attributes:
        statements: Those of the trust policy.
        attributes: Further attributes of the assertion.
        changes: Changes of the login that the forge makes.
        version: The version of the policy; None for none.
    """

    statements: tuple[Any, ...]
    attributes: dict[str, list[str]] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    version: str | None = "2012-10-17"

    @property
    def text(self) -> str:
        document = {**({"Version": self.version} if self.version else {}), "Statement": list(self.statements)}
        return json.dumps(document, indent=2)

    def attempt(self, text: str | None = None, **changes: Any) -> None:
        """Log in, by the policy *text* where one is given; *changes* make another login."""
        world = saml_login.World(trust_policy=Policy.stored(self.text if text is None else text))
        attributes = {**saml_login.attributes(), **self.attributes}
        world.assume(saml_login.mint(saml_login.login(**{"attributes": attributes, **self.changes, **changes})))


Login = WebLogin | SamlLogin


def saml_statement(condition: Any = None, **members: Any) -> dict[str, Any]:
    """An Allow for assertions of the tests' SAML provider; None removes a member."""
    base = {"Effect": "Allow", "Principal": {"Federated": saml_login.PROVIDER}, "Action": SAML, "Condition": condition, **members}
    return {name: value for name, value in base.items() if value is not None}


def explained(login: Login) -> Explanation:
    """The explanation of the refusal of *login*."""
    with pytest.raises(FederationError) as refused:
        login.attempt()
    assert refused.value.check == "trust-policy"
    return refused.value.explanation


def repaired(login: Login, edit: Edit) -> str:
    """The policy as *edit* makes it, by which *login* succeeds; it says what its text says."""
    text = fixing.apply(login.text, edit.changes)
    assert json.loads(text) == fixing.changed(json.loads(login.text), edit.changes)
    login.attempt(text)
    return text


def stays_refused(login: Login, text: str, **changes: Any) -> None:
    """Another login stays refused by the policy *text*."""
    with pytest.raises(FederationError):
        login.attempt(text, **changes)
