"""`validate` for a one-kilobyte GitHub-shaped token, beside the raw signature check and the usual libraries, all in one run.

    python -m benchmarks.oidc

Ours does everything (strict decoding, key selection, signature, every check, the identity); the libraries decode, verify and check
audience, issuer and times as far as they offer to. authlib and jwcrypto appear where they are installed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec

import jwt
from joserfc import jwt as jose_jwt
from joserfc.jwk import KeySet as JoseKeySet

from federation import validate
from federation.oidc.algorithms import ALGORITHMS
from federation.oidc.decode import decode_token
from federation.testing.oidc import OidcForge, TokenKey
from federation.testing.oidc_shapes import OIDC_SHAPES

AUDIENCE = "sts.amazonaws.com"
ROUNDS, REPETITIONS = 9, 400


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: what, with which algorithm, microseconds for one call (best of the rounds)."""

    what: str
    algorithm: str
    microseconds: float


def microseconds(call: Callable[[], object]) -> float:
    """Best mean of `ROUNDS` rounds: the others were disturbed."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(REPETITIONS):
            call()
        best = min(best, (time.perf_counter() - begin) / REPETITIONS)
    return best * 1e6


def contenders(algorithm: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every way to judge the same token, by name."""
    at = datetime.now(UTC).replace(microsecond=0)  # the libraries read the wall clock
    forge = OidcForge(key=TokenKey.generate(algorithm), shape=OIDC_SHAPES["github"])
    token, provider, jwk = forge.token(at=at), forge.provider(), forge.key.jwk()
    raw, public, verify = decode_token(token), provider.keys.keys[0].public, ALGORITHMS[algorithm].verify
    yield "signature alone", lambda: verify(public, raw.signature, raw.signing_input)
    yield "federation, everything", lambda: validate(token, provider, at=at)
    key = jwt.PyJWK(jwk)
    yield "PyJWT", lambda: jwt.decode(token, key, algorithms=[algorithm], audience=AUDIENCE, issuer=forge.url)
    keys = JoseKeySet.import_key_set({"keys": [jwk]})
    registry = jose_jwt.JWTClaimsRegistry(iss={"essential": True, "value": forge.url}, aud={"essential": True, "value": AUDIENCE})
    yield "joserfc", lambda: registry.validate(jose_jwt.decode(token, keys, algorithms=[algorithm]).claims)
    if find_spec("authlib"):
        authlib, authlib_key = import_module("authlib.jose"), import_module("authlib.jose").JsonWebKey.import_key(jwk)
        yield "authlib", lambda: authlib.JsonWebToken([algorithm]).decode(token, authlib_key).validate()
    if find_spec("jwcrypto"):
        jwcrypto, jwcrypto_key = import_module("jwcrypto.jwt"), import_module("jwcrypto.jwk").JWK(**jwk)
        yield "jwcrypto", lambda: jwcrypto.JWT(jwt=token, key=jwcrypto_key, algs=[algorithm])


def rows() -> Iterator[Row]:
    """Measure RS256, ES256 and EdDSA."""
    for algorithm in ("RS256", "ES256", "EdDSA"):
        for what, call in contenders(algorithm):
            yield Row(what, algorithm, microseconds(call))


def main() -> None:
    for row in rows():
        print(f"{row.algorithm:6} {row.what:24} {row.microseconds:8.1f} µs")


if __name__ == "__main__":
    main()
