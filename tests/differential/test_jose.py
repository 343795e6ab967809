"""Against PyJWT and joserfc: this engine never accepts a token that both of them refuse.

It refuses more than they do, on purpose (repeated members, bound tokens, header extensions …), so only one direction is asserted; where
the token is a plain good one, all three must accept.
"""

import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt as jose_jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet as JoseKeySet

from federation import FederationError, validate
from federation.jose import base64url
from federation.jose.algorithms import ALGORITHMS
from federation.testing.oidc import ABSENT
from tests.support.oidc import AT, CLIENT, NOW, forge, key, provider

pytestmark = pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # it calls EdDSA by its old name deprecated
JOSE_ALGORITHMS = [name for name in ALGORITHMS if name != "Ed25519"]


def pyjwt_accepts(presented: str, algorithm: str) -> bool:
    try:
        claims = jwt.decode(
            presented,
            jwt.PyJWK(key(algorithm).jwk()),
            algorithms=[algorithm],
            audience=[CLIENT, "client-b"],
            issuer=forge().url,
            options={"require": ["iss", "sub", "aud", "iat", "exp"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return False
    return in_time(claims)


def joserfc_accepts(presented: str, algorithm: str) -> bool:
    registry = jose_jwt.JWTClaimsRegistry(
        now=NOW,
        iss={"essential": True, "value": forge().url},
        sub={"essential": True},
        aud={"essential": True, "values": [CLIENT, "client-b"]},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        decoded = jose_jwt.decode(presented, JoseKeySet.import_key_set({"keys": [key(algorithm).jwk()]}), algorithms=[algorithm])
        registry.validate(decoded.claims)
    except (JoseError, ValueError, TypeError, RecursionError):
        return False
    return True


def in_time(claims: dict[str, Any]) -> bool:
    """PyJWT reads the wall clock, so its time rules are asked here, at the pinned instant."""
    try:
        return bool(claims["exp"] > NOW >= claims["iat"] and claims.get("nbf", 0) <= NOW)
    except TypeError:
        return False


def accepts(presented: str, algorithm: str) -> bool:
    try:
        validate(presented, provider(algorithm), at=AT)
    except FederationError:
        return False
    return True


@pytest.mark.parametrize("algorithm", JOSE_ALGORITHMS)
def test_good_tokens_are_accepted_by_all(algorithm: str) -> None:
    presented = forge(algorithm).token(at=AT, audience=CLIENT)
    assert accepts(presented, algorithm)
    assert pyjwt_accepts(presented, algorithm)
    assert joserfc_accepts(presented, algorithm)


scalars = (
    st.none()
    | st.booleans()
    | st.integers(NOW - 2, NOW + 2)
    | st.sampled_from([CLIENT, "client-b", "other", "", 0.5, 2**53, str(NOW), ABSENT])
)
values = scalars | st.lists(scalars.filter(lambda v: v is not ABSENT), max_size=2) | st.dictionaries(st.just("a"), st.just(1), max_size=1)
claims = st.dictionaries(st.sampled_from(["iss", "sub", "aud", "azp", "iat", "exp", "nbf", "jti"]), values, max_size=3)
headers = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "b64", "cty", "zip", "jku"]),
    st.sampled_from([*JOSE_ALGORITHMS, "HS256", "none", "JWT", "at+jwt", "key-1", "", None, 1, ["exp"], True, False, ABSENT]),
    max_size=2,
)


@given(st.sampled_from(["ES256", "EdDSA", "RS256"]), claims, headers)
def test_never_more_lenient_than_both(algorithm: str, changes: dict[str, Any], header: dict[str, Any]) -> None:
    presented = forge(algorithm).token(at=AT, **{"audience": CLIENT, "header": header, **changes})
    if accepts(presented, algorithm):
        assert pyjwt_accepts(presented, algorithm) or joserfc_accepts(presented, algorithm)


@given(st.sampled_from(["ES256", "EdDSA"]), st.integers(0, 2), st.data())
def test_never_more_lenient_with_damaged_tokens(algorithm: str, part: int, data: st.DataObject) -> None:
    parts = forge(algorithm).token(at=AT, audience=CLIENT).split(".")
    octets = bytearray(base64url.decode(parts[part]) or b"")
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    parts[part] = data.draw(st.sampled_from(["", "=", "\n"])).join([base64url.encode(bytes(octets)), ""])
    presented = ".".join(parts)
    if accepts(presented, algorithm):
        assert pyjwt_accepts(presented, algorithm) or joserfc_accepts(presented, algorithm)


def test_what_is_refused_on_purpose() -> None:
    """Both libraries accept these; a difference that disappears is a change of theirs or of ours, and worth a look."""
    repeated = forge("ES256").sign(
        b'{"alg":"ES256","kid":"key-1"}', json.dumps(forge().claims(at=AT, audience=CLIENT)).encode()[:-1] + b',"sub":"other"}'
    )
    assert (accepts(repeated, "ES256"), pyjwt_accepts(repeated, "ES256"), joserfc_accepts(repeated, "ES256")) == (False, True, True)
