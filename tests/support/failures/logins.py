"""Logins at an account directory. All their parts are values, so that an edit can be made and the login tried again.

The tokens are signed with the throw-away keys of `fixtures/keys` at a fixed instant, so that the same login is the same octets.
"""

import json
import shutil
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from federation import SecurityTokenService
from federation.account.reading.oidc_providers import directory_of
from federation.testing import OIDC_SHAPES, SHAPES, Encryption, Login, OidcForge, SamlForge, SigningKey, TokenKey
from federation.vendors import BUILT_IN_OIDC, find_vendor
from tests.support.paths import FIXTURES, KEYS
from tests.support.world import ACCOUNT, GITHUB, ISSUED

ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
SAML_ARN: Final = f"arn:aws:iam::{ACCOUNT}:saml-provider/Example"
WEB: Final = "sts:AssumeRoleWithWebIdentity"
SAML: Final = "sts:AssumeRoleWithSAML"
AUDIENCE: Final = "sts.amazonaws.com"
ATTRIBUTES: Final = "https://aws.amazon.com/SAML/Attributes/"
IDP: Final = "https://idp.example.com/saml"
SIGN_IN: Final = "https://signin.aws.amazon.com/saml"
USED: Final = timedelta(seconds=30)
"""How long after its issue a token is used."""

Hook = Callable[[etree._Element], None]


@cache
def token_key(name: str, kid: str | None, algorithm: str | None = None) -> TokenKey:
    return TokenKey.from_pem((KEYS / f"{name}.TEST-ONLY.key.pem").read_bytes(), kid=kid, algorithm=algorithm)


@cache
def signing_key(name: str) -> SigningKey:
    return SigningKey.from_pem((KEYS / f"{name}.TEST-ONLY.key.pem").read_bytes(), (KEYS / f"{name}.TEST-ONLY.cert.pem").read_bytes())


def _public(name: str) -> rsa.RSAPublicKey:
    public = signing_key(name).certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    return public


def as_sent(token: str) -> str:
    """The token as its issuer sends it."""
    return token


def policy(*statements: Mapping[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    return {**({} if version is None else {"Version": version}), "Statement": list(statements)}


def oidc_arn(issuer: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:oidc-provider/{issuer}"


def provider_of(issuer: str) -> str:
    """The principal of a login with a token of *issuer*."""
    return issuer if issuer in BUILT_IN_OIDC else oidc_arn(issuer)


def allow(condition: Any = None, *, issuer: str = GITHUB, **members: Any) -> dict[str, Any]:
    """An Allow for tokens of *issuer*; None removes a member."""
    base = {"Effect": "Allow", "Principal": {"Federated": provider_of(issuer)}, "Action": WEB, "Condition": condition, **members}
    return {name: value for name, value in base.items() if value is not None}


def trusts(sub: Any, *, issuer: str = GITHUB, operator: str = "StringEquals", aud: Any = AUDIENCE, **claims: Any) -> dict[str, Any]:
    """A policy that requires audience, subject, and further claims."""
    condition: dict[str, Any] = {"StringEquals": {f"{issuer}:aud": aud}}
    condition.setdefault(operator, {})[f"{issuer}:sub"] = sub
    condition[operator] |= {f"{issuer}:{claim}": value for claim, value in claims.items()}
    return policy(allow(condition, issuer=issuer))


def allow_saml(condition: Any = None, **members: Any) -> dict[str, Any]:
    """An Allow for assertions of the SAML provider that demands the usual recipient; None removes a member."""
    wanted = {"StringEquals": {"SAML:aud": SIGN_IN}} if condition is None else condition
    base = {"Effect": "Allow", "Principal": {"Federated": SAML_ARN}, "Action": SAML, "Condition": wanted, **members}
    return {name: value for name, value in base.items() if value not in (None, {})}


@dataclass(frozen=True, kw_only=True)
class WebLogin:
    """A login with an ID token, and the account it is tried at.

    Attributes:
        trust: The trust policy of the role `ROLE`.
        sub: The subject of the token.
        issuer: Its issuer without ``https://``.
        aud: Its audience.
        claims: Its other claims; `federation.testing.oidc.ABSENT` removes one.
        header: Parameters of its header.
        key: The key that signs it.
        kid: The id of that key.
        algorithm: What it signs by.
        profile: The profile of the provider.
        registered: URLs without ``https://`` of the registered issuers; None for the issuer alone.
        client_ids: The client ids of every registered issuer.
        registered_kid: The id of the registered key; None for that of the token.
        registered_key: The registered key; None for that of the token.
        unregistered: Whether the issuers are registered without a key set.
        sent: What is sent in place of the token, made of it.
        used: When the token is used, after its issue.
        call: Further parameters of the call.
        longest: MaxSessionDuration of the role, seconds.
    """

    trust: Mapping[str, Any]
    sub: str = "repo:octo-org/octo-repo:ref:refs/heads/main"
    issuer: str = GITHUB
    aud: Any = AUDIENCE
    claims: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    key: str = "issuer-rsa2048"
    kid: str | None = "2026-11"
    algorithm: str = "RS256"
    profile: str = "strict"
    registered: tuple[str, ...] | None = None
    client_ids: tuple[str, ...] = (AUDIENCE,)
    registered_kid: str | None = None
    registered_key: str | None = None
    unregistered: bool = False
    sent: Callable[[str], str] = as_sent
    used: timedelta = USED
    call: Mapping[str, Any] = field(default_factory=dict)
    longest: int = 3600

    operation: Final = "AssumeRoleWithWebIdentity"

    def token(self) -> str:
        """What is sent."""
        forge = self._forge(self.key, self.kid)
        claims = {"aud": self.aud, **self.claims}
        return self.sent(forge.token(at=ISSUED, subject=self.sub, header=self.header, **claims))

    def write(self, directory: Path) -> None:
        """Write the account directory."""
        _write_account(directory, self.trust, self.longest)
        for issuer in (self.issuer,) if self.registered is None else self.registered:
            keys = self._forge(self.registered_key or self.key, self.registered_kid or self.kid).jwks()
            folder = directory / "oidc-providers" / directory_of(f"https://{issuer}")
            folder.mkdir(parents=True)
            values = {"url": f"https://{issuer}", "client_ids": list(self.client_ids), "profile": self.profile}
            settings = "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
            (folder / "provider.toml").write_text(settings, encoding="utf-8")
            if not self.unregistered:
                (folder / "jwks.json").write_text(json.dumps(keys), encoding="utf-8")

    def attempt(self, directory: Path) -> None:
        """Log in at the account of *directory*."""
        call = {"role_arn": ROLE, "role_session_name": "job-7", "web_identity_token": self.token(), **self.call}
        SecurityTokenService.open(directory).assume_role_with_web_identity(**call, at=ISSUED + self.used)

    def _forge(self, key: str, kid: str | None) -> OidcForge:
        shape = find_vendor(self.issuer).shape or OIDC_SHAPES["generic"]
        return OidcForge(key=token_key(key, kid, self.algorithm), shape=shape, issuer=f"https://{self.issuer}")


@dataclass(frozen=True, kw_only=True)
class SamlLogin:
    """A login with a SAML response, and the account it is tried at.

    Attributes:
        trust: The trust policy of the role `ROLE`.
        issuer: The entity id of the identity provider.
        shape: The product that it is.
        said: Fields of `federation.testing.Login` that differ from a good login's.
        attributes: Attributes by the last part of their names; None removes one.
        damage: What else is wrong with the message, by its place: changes of the tree before it is signed.
        altered: What is changed after it is signed.
        key: The key that signs it.
        sign: What it signs; None for nothing.
        encrypted: Whether the assertion is encrypted to the key of `fixtures/keys` for decryption.
        decrypting: Whether the provider has that key.
        profile: The profile of the provider.
        registered: The entity id that is registered; None for the identity provider's.
        registered_key: The registered key; None for the identity provider's.
        sent: What is sent in place of the base64, made of it.
        used: When the response is used, after its issue.
        call: Further parameters of the call.
        longest: MaxSessionDuration of the role, seconds.
    """

    trust: Mapping[str, Any] = field(default_factory=lambda: policy(allow_saml()))
    issuer: str = IDP
    shape: str = "shibboleth"
    said: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    damage: Mapping[str, Hook] = field(default_factory=dict)
    altered: Hook | None = None
    key: str = "idp-rsa2048"
    sign: Any = "assertion"
    encrypted: bool = False
    decrypting: bool = False
    profile: str = "strict"
    registered: str | None = None
    registered_key: str | None = None
    sent: Callable[[str], str] = as_sent
    used: timedelta = USED
    call: Mapping[str, Any] = field(default_factory=dict)
    longest: int = 3600

    operation: Final = "AssumeRoleWithSAML"

    def token(self) -> str:
        """What is sent."""
        forge = SamlForge(key=signing_key(self.key), issuer=self.issuer, shape=SHAPES[self.shape])

        def damage(response: etree._Element) -> None:
            for change in self.damage.values():
                change(response)

        encryption = Encryption(recipient=_public("sp-decryption-rsa2048")) if self.encrypted else None
        octets = forge.response(self._login(), sign=self.sign, encryption=encryption, before_signing=damage, after_signing=self.altered)
        return self.sent(b64encode(octets).decode())

    def write(self, directory: Path) -> None:
        """Write the account directory."""
        _write_account(directory, self.trust, self.longest)
        key = signing_key(self.registered_key or self.key)
        metadata = SamlForge(key=key, issuer=self.registered or self.issuer, shape=SHAPES[self.shape]).metadata()
        folder = directory / "saml-providers" / "Example"
        folder.mkdir(parents=True)
        (folder / "metadata.xml").write_bytes(metadata)
        (folder / "provider.toml").write_text(f'profile = "{self.profile}"\n', encoding="utf-8")
        if self.decrypting:
            shutil.copy(KEYS / "sp-decryption-rsa2048.TEST-ONLY.key.pem", folder / "decryption.pem")
            (folder / "decryption.pem").chmod(0o600)

    def attempt(self, directory: Path) -> None:
        """Log in at the account of *directory*."""
        call = {"role_arn": ROLE, "principal_arn": SAML_ARN, "saml_assertion": self.token(), **self.call}
        SecurityTokenService.open(directory).assume_role_with_saml(**call, at=ISSUED + self.used)

    def _login(self) -> Login:
        attributes = {"Role": (f"{ROLE},{SAML_ARN}",), "RoleSessionName": ("alice",), **self.attributes}
        named = {name if "/" in name or ":" in name[:4] else ATTRIBUTES + name: values for name, values in attributes.items()}
        good: dict[str, Any] = {
            "at": ISSUED,
            "subject": "subject-123",
            "subject_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "session": None,
            "attributes": {name: values for name, values in named.items() if values is not None},
            "seed": "gallery",
        }
        return Login(**{**good, **self.said})


def _write_account(directory: Path, trust: Mapping[str, Any], longest: int) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "account.toml").write_text(f'id = "{ACCOUNT}"\n', encoding="utf-8")
    (directory / "keyring.json").write_bytes((FIXTURES / "account" / "keyring.json").read_bytes())
    roles = directory / "roles"
    roles.mkdir()
    role = {"RoleName": "Deploy", "AssumeRolePolicyDocument": trust, "MaxSessionDuration": longest}
    (roles / "Deploy.json").write_text(json.dumps(role, indent=2) + "\n", encoding="utf-8")
