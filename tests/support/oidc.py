"""Forged issuers for tests: keys are made once a run, time is pinned."""

import json
from datetime import datetime
from functools import cache
from typing import Any

import pytest

from federation import FederationError, validate
from federation.jose import base64url
from federation.oidc.provider import OidcProvider
from federation.testing.oidc import OidcForge, TokenKey
from federation.testing.oidc_shapes import OIDC_SHAPES
from tests.support.world import ISSUED

AT = ISSUED
NOW = int(AT.timestamp())
CLIENT = "client-a"


@cache
def _key(algorithm: str, kid: str | None) -> TokenKey:
    return TokenKey.generate(algorithm, kid=kid)


def key(algorithm: str = "RS256", kid: str | None = "key-1") -> TokenKey:
    return _key(algorithm, kid)


def forge(algorithm: str = "RS256", shape: str = "generic", **options: Any) -> OidcForge:
    return OidcForge(key=key(algorithm), shape=OIDC_SHAPES[shape], **options)


@cache
def provider(algorithm: str = "RS256", profile: Any = "strict") -> OidcProvider:
    return forge(algorithm).provider(client_ids=(CLIENT, "client-b"), profile=profile)


def token(algorithm: str = "RS256", /, **claims: Any) -> str:
    return forge(algorithm).token(at=AT, audience=CLIENT, **claims)


def refusal(presented: object, registered: OidcProvider | None = None, at: datetime = AT) -> FederationError:
    """The error that refuses *presented*; fails when it is accepted."""
    with pytest.raises(FederationError) as caught:
        validate(presented, registered or provider(), at=at)
    return caught.value


def with_header(claims: dict[str, Any] | None = None, /, **parameters: Any) -> str:
    return forge().token(at=AT, audience=CLIENT, header=parameters, **(claims or {}))


def resigned(presented: str, signature: bytes) -> str:
    return presented.rpartition(".")[0] + "." + base64url.encode(signature)


def payload(**claims: Any) -> bytes:
    return json.dumps(forge().claims(at=AT, audience=CLIENT, **claims)).encode()


HEADER = json.dumps({"alg": "RS256", "kid": "key-1"}).encode()
