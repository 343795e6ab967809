"""A GitHub-shaped ID token: `validate` and the whole exchange, beside the raw signature check and the usual libraries.

`validate` includes strict decoding, selection of provider and key, signature, every check and the identity; the exchange also claims,
trust policy, session and seal. The libraries decode, verify and check audience, issuer and times as far as they support it; authlib and
jwcrypto are measured where they are installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

import jwt
from joserfc import jwt as jose_jwt
from joserfc.jwk import KeySet as JoseKeySet

from federation import OidcProvider, Profile, SecurityTokenService, validate
from federation.account import Account, Keyring, Role
from federation.jose.algorithms import ALGORITHMS
from federation.jose.decode import decode_token
from federation.policy import Policy
from federation.testing.oidc import OidcForge, TokenKey
from federation.testing.oidc_shapes import OIDC_SHAPES

ALGORITHM_NAMES = ("RS256", "ES256", "EdDSA")
AUDIENCE = "sts.amazonaws.com"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
PYJWT = "PyJWT: decode"


@dataclass(frozen=True)
class Sample:
    """A token issued now, since the libraries read the clock of the machine, and the keys that verify it."""

    algorithm: str
    at: datetime
    forge: OidcForge
    token: str
    provider: OidcProvider

    @classmethod
    def of(cls, algorithm: str) -> Sample:
        """Issue one."""
        at = datetime.now(UTC).replace(microsecond=0)
        forge = OidcForge(key=TokenKey.generate(algorithm), shape=OIDC_SHAPES["github"])
        return cls(algorithm, at, forge, forge.token(at=at), forge.provider(arn=PROVIDER))

    @property
    def jwk(self) -> dict[str, Any]:
        """The issuer's public key."""
        return self.forge.key.jwk()


def contestants(sample: Sample) -> dict[str, Callable[[], object]]:
    """Every contestant for the same token, by name."""
    raw, public, verify = decode_token(sample.token), sample.provider.keys.keys[0].public, ALGORITHMS[sample.algorithm].verify
    return {
        "signature alone": lambda: verify(public, raw.signature, raw.signing_input),
        "federation.validate: everything": lambda: validate(sample.token, sample.provider, at=sample.at),
        "federation: the whole exchange": exchange(sample),
        PYJWT: pyjwt(sample),
        "joserfc: decode and validate": joserfc(sample),
        **dict(others(sample)),
    }


def exchange(sample: Sample) -> Callable[[], object]:
    name = PROVIDER.partition("oidc-provider/")[2]
    condition = {"StringEquals": {f"{name}:aud": AUDIENCE, f"{name}:sub": sample.forge.shape.subject}}
    statement = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}
    trust = Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, kind="trust")
    role = Role(arn=ROLE, name="Deploy", path="/", role_id="AROAEXAMPLEEXAMPLE234", trust_policy=trust, max_session_duration=3600)
    account = Account(
        id=ACCOUNT,
        partition="aws",
        profile=Profile.STRICT,
        keyring=Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(32)})),
        oidc_providers={PROVIDER: sample.provider},
        roles={ROLE: role},
    )
    sts = SecurityTokenService(account)
    return lambda: sts.assume_role_with_web_identity(
        role_arn=ROLE, role_session_name="job-7", web_identity_token=sample.token, at=sample.at
    )


def pyjwt(sample: Sample) -> Callable[[], object]:
    key, algorithms, issuer = jwt.PyJWK(sample.jwk), [sample.algorithm], sample.forge.url
    return lambda: jwt.decode(sample.token, key, algorithms=algorithms, audience=AUDIENCE, issuer=issuer)


def joserfc(sample: Sample) -> Callable[[], object]:
    keys = JoseKeySet.import_key_set({"keys": [sample.jwk]})
    registry = jose_jwt.JWTClaimsRegistry(iss={"essential": True, "value": sample.forge.url}, aud={"essential": True, "value": AUDIENCE})
    return lambda: registry.validate(jose_jwt.decode(sample.token, keys, algorithms=[sample.algorithm]).claims)


def others(sample: Sample) -> Iterator[tuple[str, Callable[[], object]]]:
    if find_spec("authlib"):
        authlib = import_module("authlib.jose")
        authlib_key, decoder = authlib.JsonWebKey.import_key(sample.jwk), authlib.JsonWebToken([sample.algorithm])
        yield "authlib: decode and validate", lambda: decoder.decode(sample.token, authlib_key).validate()
    if find_spec("jwcrypto"):
        jwcrypto, jwcrypto_key = import_module("jwcrypto.jwt"), import_module("jwcrypto.jwk").JWK(**sample.jwk)
        yield "jwcrypto: decode", lambda: jwcrypto.JWT(jwt=sample.token, key=jwcrypto_key, algs=[sample.algorithm])
