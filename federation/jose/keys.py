"""JSON Web Keys (RFC 7517, 7518, 8037): strict checks of kind, strength and permitted use of public keys.

The checks (types, canonical base64url, lengths, weak and vulnerable RSA, agreement with ``x5c``) come first; `jwt.PyJWK` then builds the
key. Keys are parsed at registration.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pybase64
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from federation import limits
from federation.check_names import OidcCheck
from federation.errors import RegistrationError, show
from federation.jose import algorithms, base64url
from federation.jose.algorithms import JwsPublicKey
from federation.profiles import Profile

PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
"""Members of private and symmetric keys (RFC 7518 section 6, RFC 8037)."""
_CURVES: Final = {"P-256": 32, "P-384": 48, "P-521": 66}
_ED25519_OCTETS: Final = 32
_MAX_EXPONENT_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class JsonWebKey:
    """A registered public key.

    Attributes:
        kid: Key id, None where the JWK has none.
        kty: ``RSA``, ``EC`` or ``OKP``.
        thumbprint: RFC 7638 thumbprint, SHA-256, base64url, for reports.
        public: The public key as a typed object, so that it cannot be used as a shared secret (attack row J03).
        usable: The algorithms that the key may verify, by profile; empty where ``use``, ``key_ops`` or ``alg`` forbid signatures.
    """

    kid: str | None
    kty: str
    thumbprint: str
    public: JwsPublicKey
    usable: Mapping[Profile, frozenset[str]]


def read_key(jwk: Mapping[str, Any], place: str) -> JsonWebKey | None:
    """Return the key of one JWK of a key set; None for an unknown kind of key, which is ignored (RFC 7517 section 5).

    Args:
        jwk: The members of the key.
        place: Place of the key in the set for errors, e.g. ``keys[2]``.

    Raises:
        RegistrationError: Checks ``jwk-private``, ``jwk-symmetric``, ``jwk``, ``jwk-rsa``, ``jwk-ec``, ``jwk-okp``, ``jwk-x5c``.
    """
    kty = jwk.get("kty")
    if not isinstance(kty, str):
        raise _fault("jwk", place, "kty as a string", show(kty))
    if kty == "oct":
        raise _fault("jwk-symmetric", place, "public keys only", "a symmetric key", "publish no shared secret in a key set")
    if not PRIVATE_MEMBERS.isdisjoint(jwk):
        raise _fault(
            "jwk-private", place, "public keys only", "members of a private key", "revoke this key and publish its public half only"
        )
    if not _is_of_a_kind_read_here(kty, jwk.get("crv")):
        return None
    public, crv = _READERS[kty](jwk, place)
    _check_certificate(jwk, public, place)
    fitting = algorithms.fitting(kty, crv)
    usable = {Profile.STRICT: _strict_use(jwk, place) & fitting, Profile.AWS: _aws_use(jwk) & fitting}
    return JsonWebKey(read_kid(jwk, place), kty, _thumbprint(jwk, kty), public, usable)


def _is_of_a_kind_read_here(kty: str, crv: object) -> bool:
    """Return whether the kind of key is known. Unknown curves are ignored; a curve that is not a string is refused as malformed."""
    if kty == "OKP":
        return crv == "Ed25519"
    return kty == "RSA" or (kty == "EC" and (not isinstance(crv, str) or crv in _CURVES))


def read_kid(jwk: Mapping[str, Any], place: str) -> str | None:
    """Return the ``kid`` of *jwk*, None where it has none.

    Raises:
        RegistrationError: It is not a string, or longer than `limits.KID_CHARS` characters.
    """
    kid = jwk.get("kid")
    if "kid" in jwk and (not isinstance(kid, str) or len(kid) > limits.KID_CHARS):
        raise _fault("jwk", place, f"kid as a string of at most {limits.KID_CHARS} characters", show(kid))
    return kid


def _strict_use(jwk: Mapping[str, Any], place: str) -> frozenset[str]:
    """Return the algorithms that ``use``, ``key_ops`` and ``alg`` all permit (attack row M10)."""
    use, operations, alg = jwk.get("use", "sig"), jwk.get("key_ops", ["verify"]), jwk.get("alg")
    if not isinstance(use, str):
        raise _fault("jwk", place, "use as a string", show(use))
    if not isinstance(operations, (list, tuple)) or not all(isinstance(o, str) for o in operations):
        raise _fault("jwk", place, "key_ops as a list of strings", show(operations))
    if "alg" in jwk and not isinstance(alg, str):
        raise _fault("jwk", place, "alg as a string", show(alg))
    if use != "sig" or "verify" not in operations:
        return frozenset()
    if alg is None:
        return algorithms.SOUND
    # RFC 9864 renamed EdDSA over Ed25519; a key with one name verifies both.
    return frozenset({"EdDSA", "Ed25519"}) if alg in {"EdDSA", "Ed25519"} else frozenset({alg})


def _aws_use(jwk: Mapping[str, Any]) -> frozenset[str]:
    """Return the algorithms under AWS's rules (observed): ``alg`` is ignored, ``key_ops`` makes a key unusable, ``use`` must be sig."""
    return frozenset() if "key_ops" in jwk or jwk.get("use", "sig") != "sig" else algorithms.AWS


def _read_rsa(jwk: Mapping[str, Any], place: str) -> tuple[JwsPublicKey, str]:
    n, e = (int.from_bytes(_octets(jwk, name, place)) for name in ("n", "e"))
    bits = n.bit_length()
    if not limits.RSA_MIN_BITS <= bits <= limits.RSA_MAX_BITS:
        raise _fault("jwk-rsa", place, f"a modulus of {limits.RSA_MIN_BITS} to {limits.RSA_MAX_BITS} bits", f"{bits} bits")
    if e < limits.RSA_MIN_EXPONENT or not e & 1 or e.bit_length() > _MAX_EXPONENT_BITS:
        raise _fault("jwk-rsa", place, f"an odd public exponent from {limits.RSA_MIN_EXPONENT}", show(e))
    if not n & 1 or _is_roca(n):
        raise _fault("jwk-rsa", place, "a sound modulus", "an even one or one of the ROCA generator (CVE-2017-15361)")
    return _build(jwk, ("kty", "n", "e"), "RS256", place), ""


def _read_ec(jwk: Mapping[str, Any], place: str) -> tuple[JwsPublicKey, str]:
    crv = jwk.get("crv")
    if not isinstance(crv, str) or crv not in _CURVES:
        raise _fault("jwk-ec", place, "crv P-256, P-384 or P-521", show(crv))
    for name in ("x", "y"):
        length = len(_octets(jwk, name, place))
        if length != _CURVES[crv]:
            raise _fault("jwk-ec", place, f"{name} of {_CURVES[crv]} octets for {crv}", f"{length} octets")
    algorithm = next(iter(algorithms.fitting("EC", crv)))
    return _build(jwk, ("kty", "crv", "x", "y"), algorithm, place), crv


def _read_okp(jwk: Mapping[str, Any], place: str) -> tuple[JwsPublicKey, str]:
    length = len(_octets(jwk, "x", place))
    if length != _ED25519_OCTETS:
        raise _fault("jwk-okp", place, f"x of {_ED25519_OCTETS} octets", f"{length} octets")
    return _build(jwk, ("kty", "crv", "x"), "EdDSA", place), "Ed25519"


_READERS: Final[dict[str, Callable[[Mapping[str, Any], str], tuple[JwsPublicKey, str]]]] = {
    "RSA": _read_rsa,
    "EC": _read_ec,
    "OKP": _read_okp,
}


def _build(jwk: Mapping[str, Any], members: tuple[str, ...], algorithm: str, place: str) -> JwsPublicKey:
    """Return the key built from only the checked members."""
    try:
        key = PyJWK({name: jwk[name] for name in members}, algorithm=algorithm).key
    except (PyJWTError, ValueError, UnsupportedAlgorithm) as fault:
        raise _fault("jwk", place, "a valid public key", f"one that is refused: {type(fault).__name__}") from None
    if not isinstance(key, (RSAPublicKey, EllipticCurvePublicKey, Ed25519PublicKey)):
        raise _fault("jwk", place, "a public key", type(key).__name__)
    return key


def _check_certificate(jwk: Mapping[str, Any], public: JwsPublicKey, place: str) -> None:
    """Require that the first certificate of ``x5c`` has this key (RFC 7517 section 4.7). The certificate is not used otherwise."""
    if "x5c" not in jwk:
        return
    chain = jwk["x5c"]
    first = chain[0] if isinstance(chain, (list, tuple)) and chain else None
    try:
        certified = (
            x509.load_der_x509_certificate(pybase64.b64decode(first, validate=True)).public_key() if isinstance(first, str) else None
        )
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm) as fault:
        raise _fault("jwk-x5c", place, "x5c of base64 DER certificates", type(fault).__name__) from None
    if certified != public:
        raise _fault("jwk-x5c", place, "a certificate of this very key first in x5c", "another key or no certificate")


def _octets(jwk: Mapping[str, Any], name: str, place: str) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str) or not text.isascii() or len(text) > limits.RSA_MAX_BITS // 4:
        raise _fault("jwk", place, f"{name} as a base64url string", "none" if text is None else show(text))
    octets = base64url.decode(text)
    if octets is None:
        raise _fault("jwk", place, f"{name} in canonical base64url", show(text))
    return octets


def _thumbprint(jwk: Mapping[str, Any], kty: str) -> str:
    """Return the thumbprint of RFC 7638: SHA-256 of the required members, sorted, without spaces."""
    required = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}[kty]
    text = json.dumps({name: jwk[name] for name in required}, separators=(",", ":"), sort_keys=True)
    return base64url.encode(hashlib.sha256(text.encode()).digest())


def _roca_residues(prime: int) -> frozenset[int]:
    residue, residues = 1, set()
    while residue not in residues:
        residues.add(residue)
        residue = residue * 65537 % prime
    return frozenset(residues)


# Moduli of the vulnerable generator are, modulo each of these primes, in the group that 65537 generates (CVE-2017-15361). A random modulus
# is with a probability of about 2**-27.
_ROCA: Final = {p: _roca_residues(p) for p in (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)}


def _is_roca(modulus: int) -> bool:
    return all(modulus % prime in residues for prime, residues in _ROCA.items())


def _fault(
    check: OidcCheck, place: str, expected: str, found: str, remedy: str = "register the key set that the issuer publishes"
) -> RegistrationError:
    return RegistrationError(check=check, expected=f"{expected} at {place}", found=found, remedy=remedy)
