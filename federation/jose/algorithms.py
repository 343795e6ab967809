"""The accepted JWS algorithms and their verification. HS*, ``none`` and all others are unknown.

An algorithm belongs to one type of key and, for ECDSA, to one curve (RFC 7518 section 3.4). The key determines the algorithms that it may
verify, and the token selects one of them (attack rows J01, J03, J04, J05, J47).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

JwsPublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey
Verify = Callable[[Any, bytes, bytes], bool]
"""``verify(public_key, signature, signing_input)``. The key has the type of the algorithm, because only such keys list it."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One JWS algorithm: its ``name``, the ``kty`` and ``crv`` of the keys it fits (``crv`` empty for RSA) and how it verifies."""

    name: str
    kty: str
    crv: str
    verify: Verify


def _rsa(name: str, padding: AsymmetricPadding, digest: HashAlgorithm) -> Algorithm:
    def verify(key: RSAPublicKey, signature: bytes, signing_input: bytes) -> bool:
        try:
            key.verify(signature, signing_input, padding, digest)
        except InvalidSignature:
            return False
        return True

    return Algorithm(name, "RSA", "", verify)


def _ecdsa(name: str, crv: str, octets: int, order: int, digest: HashAlgorithm) -> Algorithm:
    ecdsa = ECDSA(digest)

    def verify(key: EllipticCurvePublicKey, signature: bytes, signing_input: bytes) -> bool:
        # Exactly r || s (RFC 7518 section 3.4), each within the order of the group: no DER, no zeros (attack rows J06, J07).
        if len(signature) != 2 * octets:
            return False
        r, s = int.from_bytes(signature[:octets]), int.from_bytes(signature[octets:])
        if not (0 < r < order and 0 < s < order):
            return False
        try:
            key.verify(encode_dss_signature(r, s), signing_input, ecdsa)
        except InvalidSignature:
            return False
        return True

    return Algorithm(name, "EC", crv, verify)


def _eddsa(name: str) -> Algorithm:
    def verify(key: Ed25519PublicKey, signature: bytes, signing_input: bytes) -> bool:
        try:
            key.verify(signature, signing_input)
        except InvalidSignature:
            return False
        return True

    return Algorithm(name, "OKP", "Ed25519", verify)


# Orders of the groups: SEC 2 version 2.0, sections 2.4.2, 2.5.1 and 2.6.1.
_N256: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_N384: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
_N521: Final = (1 << 521) - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7

ALGORITHMS: Final[dict[str, Algorithm]] = {
    algorithm.name: algorithm
    for algorithm in (
        _rsa("RS256", PKCS1v15(), SHA256()),
        _rsa("RS384", PKCS1v15(), SHA384()),
        _rsa("RS512", PKCS1v15(), SHA512()),
        # RFC 7518 section 3.5: MGF1 with the same hash, salt as long as the digest.
        _rsa("PS256", PSS(MGF1(SHA256()), 32), SHA256()),
        _rsa("PS384", PSS(MGF1(SHA384()), 48), SHA384()),
        _rsa("PS512", PSS(MGF1(SHA512()), 64), SHA512()),
        _ecdsa("ES256", "P-256", 32, _N256, SHA256()),
        _ecdsa("ES384", "P-384", 48, _N384, SHA384()),
        _ecdsa("ES512", "P-521", 66, _N521, SHA512()),
        _eddsa("EdDSA"),
        _eddsa("Ed25519"),  # RFC 9864, the fully specified name
    )
}

SOUND: Final = frozenset(ALGORITHMS)
"""The algorithms that profile ``strict`` accepts."""
AWS: Final = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})
"""The algorithms that AWS accepts (docs/observed.md 3.4)."""


def fitting(kty: str, crv: str) -> frozenset[str]:
    """Return the algorithms that a key of *kty* on *crv* can verify."""
    return frozenset(a.name for a in ALGORITHMS.values() if a.kty == kty and a.crv == crv)
