"""Keys and documents of providers, rows J45, J46 and M08 to M11: every one is refused, and by the check that is named for it."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from federation import OidcProvider
from federation.errors import RegistrationError
from federation.jose import base64url
from federation.jose.jwks import KeySet
from federation.testing.oidc import ABSENT
from tests.support.oidc import CLIENT, forge, key, refusal, token, with_header


def rsa_jwk(n: int, e: int) -> dict[str, Any]:
    return {
        "kty": "RSA",
        "kid": "k",
        "n": base64url.encode(n.to_bytes((n.bit_length() + 7) // 8)),
        "e": base64url.encode(e.to_bytes((e.bit_length() + 7) // 8 or 1)),
    }


def modulus() -> int:
    public = key().private.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    return public.public_numbers().n


@pytest.mark.parametrize(
    ("n", "e"),
    [
        (modulus(), 1),
        (modulus(), 3),
        (modulus(), 65_536),
        (modulus(), 65_538),
        (modulus(), 2**65 + 1),
        (modulus() >> 1024 | 1, 65_537),
        (modulus() >> 1 | 1, 65_537),
        (modulus() << 1, 65_537),
        (modulus() ** 8 | 1, 65_537),
    ],
    ids=range(9),
)
def test_j45_weak_or_huge_rsa(n: int, e: int) -> None:
    with pytest.raises(RegistrationError) as caught:
        KeySet.parse({"keys": [rsa_jwk(n, e)]})
    assert caught.value.check in {"jwk-rsa", "jwk"}


@pytest.mark.parametrize(
    "change",
    [
        {"y": base64url.encode(bytes(32))},
        {"x": base64url.encode(bytes(33))},
        {"x": base64url.encode(bytes(31))},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"crv": None},
        {"x": 5},
        {"kty": "RSA"},
        {"x": "+/+/"},
    ],
)
def test_j46_invalid_points(change: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError):
        KeySet.parse({"keys": [key("ES256").jwk() | change]})


def test_m09_m11_bad_keys_spoil_the_set() -> None:
    good = key().jwk()
    private = key("EdDSA").private
    assert isinstance(private, ed25519.Ed25519PrivateKey)
    for bad, check in [
        ({"kty": "oct", "k": "AAAA"}, "jwk-symmetric"),
        (key("EdDSA").jwk() | {"kid": "p", "d": base64url.encode(private.private_bytes_raw())}, "jwk-private"),
        ({"kty": "RSA", "kid": "x", "n": good["n"]}, "jwk"),
        (good, "jwks-kid"),
        ({"kty": 1}, "jwk"),
        ({}, "jwk"),
        ("x", "jwk"),
    ]:
        with pytest.raises(RegistrationError) as caught:
            KeySet.parse({"keys": [good, bad]})
        assert caught.value.check == check
    others = [{"kty": "AKP", "alg": "ML-DSA-65", "pub": "AA"}, {"kty": "EC", "crv": "secp256k1"}, {"kty": "OKP", "crv": "Ed448"}]
    assert len(KeySet.parse({"keys": [good, *others]}).keys) == 1, "other kinds of key are none of ours"


@pytest.mark.parametrize("change", [{"use": "enc"}, {"key_ops": ["encrypt"]}, {"alg": "RS512"}, {"alg": "RSA-OAEP"}, {"key_ops": []}])
def test_m10_use_key_ops_and_alg_are_honoured(change: dict[str, Any]) -> None:
    marked = OidcProvider(url=forge().url, client_ids=[CLIENT], jwks={"keys": [key().jwk() | change]})
    assert refusal(token(), marked).check == "alg"
    assert refusal(with_header(kid=ABSENT), marked).check == "kid"


def test_m08_discovery_is_of_the_very_issuer() -> None:
    with pytest.raises(RegistrationError) as caught:
        OidcProvider(url="https://issuer.example.com/", client_ids=[CLIENT], jwks=forge().jwks(), discovery=forge().discovery())
    assert caught.value.check == "discovery"
    with pytest.raises(RegistrationError):
        OidcProvider.from_documents(discovery=forge().discovery() | {"jwks_uri": "http://x"}, jwks=forge().jwks(), client_ids=[CLIENT])


def test_private_keys_never_show() -> None:
    assert repr(key("ES256")) == "TokenKey(algorithm='ES256', kid='key-1')"
