"""Mutations of a compact ID token (attack rows J01 to J24 and others). None of them needs the issuer's key."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from federation.jose import base64url
from federation.jose.algorithms import ALGORITHMS
from federation.testing.oidc import TokenKey

NamedToken = tuple[str, tuple[str, ...], str]
"""Name, attack rows and the mutated token."""

HMACS: Final = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
"""HMAC algorithms and their digests."""
NONES: Final = ("none", "None", "NONE", "nOnE", "none ")
"""Spellings of the algorithm of unsigned tokens."""
_HINTS: Final = (("jwk", "J09"), ("jku", "J10"), ("x5u", "J11"), ("x5c", "J11"))
_ATTACKER_URL: Final = "https://attacker.example/keys"
_JUNK: Final = ("=", " ", "\n", "+", "/", "A", "\0")


def jwt_changes(token: str, keys: Sequence[Mapping[str, Any]]) -> Iterator[NamedToken]:
    """Yield the mutations of *token*.

    Args:
        token: A genuine compact token.
        keys: Public JWKs of its issuer, which anybody knows, for HMACs keyed with them.
    """
    header, payload, signature = token.split(".")
    parameters, claims = _object(header), _object(payload)
    yield from _unsigned(parameters, payload, signature)
    yield from _confused(parameters, payload, keys)
    yield from _relabelled(parameters, payload, signature)
    yield from _of_another_key(parameters, claims)
    yield from _changed_claims(header, claims, signature)
    yield from _signatures(f"{header}.{payload}", signature)
    yield from _forms(header, payload, signature)


def _unsigned(parameters: dict[str, Any], payload: str, signature: str) -> Iterator[NamedToken]:
    for alg in NONES:
        for name, last in (("empty signature", ""), ("its signature", signature)):
            yield f"alg {alg!r}, {name}", ("J01",), f"{_part({**parameters, 'alg': alg})}.{payload}.{last}"
    without = {name: value for name, value in parameters.items() if name != "alg"}
    yield "no alg", ("J02",), f"{_part(without)}.{payload}.{signature}"
    for value in (None, ["RS256"], 256, ""):
        yield f"alg {value!r}", ("J02",), f"{_part({**parameters, 'alg': value})}.{payload}.{signature}"


def _confused(parameters: dict[str, Any], payload: str, keys: Sequence[Mapping[str, Any]]) -> Iterator[NamedToken]:
    secrets = {f"JWK {place} as {form}": secret for place, jwk in enumerate(keys) for form, secret in hmac_secrets(jwk).items()}
    for alg in HMACS:
        yield f"{alg} with an empty secret", ("J44",), by_hmac({**parameters, "alg": alg}, payload, b"")
        for name, secret in secrets.items():
            yield f"{alg} with {name}", ("J03",), by_hmac({**parameters, "alg": alg}, payload, secret)


def by_hmac(parameters: Mapping[str, Any], payload: str, secret: bytes) -> str:
    """Return a token of *parameters* and *payload*, base64url, whose ``alg`` is one of `HMACS`, keyed with *secret*."""
    signing_input = f"{_part(parameters)}.{payload}"
    return f"{signing_input}.{base64url.encode(hmac.digest(secret, signing_input.encode('ascii'), HMACS[parameters['alg']]))}"


def hmac_secrets(jwk: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the octets of the public key *jwk* in each form in which a verifier may hold it, by the name of the form."""
    secrets = {"JSON": json.dumps(dict(jwk)).encode()}
    if jwk.get("kty") == "RSA":
        modulus, exponent = (base64url.decode(str(jwk[name])) or b"" for name in ("n", "e"))
        public = rsa.RSAPublicNumbers(int.from_bytes(exponent), int.from_bytes(modulus)).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        secrets |= {
            "PEM": pem,
            "PEM, trimmed": pem.strip(),
            "PEM with CRLF": pem.replace(b"\n", b"\r\n"),
            "PKCS#1 PEM": public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
            "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "modulus in base64url": str(jwk["n"]).encode(),
            "modulus": modulus,
        }
    return secrets


def _relabelled(parameters: dict[str, Any], payload: str, signature: str) -> Iterator[NamedToken]:
    """Yield the token with another header and its old signature."""
    for alg in (*ALGORITHMS, "ES256K", "rs256", "RS1"):
        if alg != parameters.get("alg"):
            yield f"alg {alg}, not signed anew", ("J04",), f"{_part({**parameters, 'alg': alg})}.{payload}.{signature}"
    for kid in ("../../dev/null", "' UNION SELECT 'x", "", "\0"):
        yield f"kid {kid!r}", ("J12",), f"{_part({**parameters, 'kid': kid})}.{payload}.{signature}"
    doubled = json.dumps(parameters)[:-1] + ', "alg": "none"}'
    yield "alg twice", ("J25",), f"{base64url.encode(doubled.encode())}.{payload}.{signature}"


def _of_another_key(parameters: dict[str, Any], claims: dict[str, Any]) -> Iterator[NamedToken]:
    """Yield forged claims that an attacker's key of the same algorithm and kid signed, with each way to bring a key."""
    alg = parameters.get("alg") if parameters.get("alg") in ALGORITHMS else "RS256"
    key = _attacker(str(alg))
    forged = {**claims, "sub": "forged"}
    kept = {**parameters, "alg": alg}
    yield "another key of the same kid", ("J14",), _signed(key, kept, claims)
    yield "another key of the same kid, subject forged", ("J14",), _signed(key, kept, forged)
    without = {name: value for name, value in kept.items() if name != "kid"}
    yield "another key without kid", ("J13",), _signed(key, without, forged)
    for name, row in _HINTS:
        value: object = {"jwk": key.jwk(), "x5c": ["AAAA"]}.get(name, _ATTACKER_URL)
        yield f"another key by {name}", (row,), _signed(key, {**kept, name: value}, forged)
    yield "another key, crit", ("J16",), _signed(key, {**kept, "crit": ["x"], "x": True}, forged)
    yield "another key, b64 false", ("J17",), _signed(key, {**kept, "b64": False}, forged)


def _changed_claims(header: str, claims: dict[str, Any], signature: str) -> Iterator[NamedToken]:
    """Yield changed claims under the old signature."""

    def under(changed: bytes) -> str:
        return f"{header}.{base64url.encode(changed)}.{signature}"

    for name, value in claims.items():
        without = {other: kept for other, kept in claims.items() if other != name}
        yield f"claim {name} removed", (), under(_json(without))
        yield f"claim {name} changed", (), under(_json({**claims, name: _other(value)}))
        twice = json.dumps(claims)[:-1] + f", {json.dumps(name)}: {json.dumps(_other(value))}}}"
        yield f"claim {name} twice", ("J25",), under(twice.encode())
    yield "claim added", (), under(_json({**claims, "admin": True}))
    yield "claims of a list", ("J26",), under(_json([claims]))


def _signatures(signing_input: str, signature: str) -> Iterator[NamedToken]:
    octets = base64url.decode(signature) or b""
    zeros, ones = bytes(len(octets)), b"\xff" * len(octets)
    for name, row, value in (
        ("empty", "J24", b""),
        ("truncated", "J24", octets[:-1]),
        ("half", "J24", octets[: len(octets) // 2]),
        ("longer", "J24", octets + b"\0"),
        ("doubled", "J24", octets * 2),
        ("reversed", "J24", octets[::-1]),
        ("of zeros", "J06", zeros),
        ("of ones", "J06", ones),
    ):
        yield f"signature {name}", (row,), f"{signing_input}.{base64url.encode(value)}"


def _forms(header: str, payload: str, signature: str) -> Iterator[NamedToken]:
    token = f"{header}.{payload}.{signature}"
    flattened = {"protected": header, "payload": payload, "signature": signature}
    yield "flattened JSON serialisation", ("J18",), json.dumps(flattened)
    general = {"payload": payload, "signatures": [{"protected": header, "signature": signature}]}
    yield "general JSON serialisation", ("J18",), json.dumps(general)
    yield "detached payload", ("J18",), f"{header}..{signature}"
    yield "as an encrypted token", ("J19",), f"{token}.{signature}.{signature}"
    yield "parts exchanged", ("J24",), f"{payload}.{header}.{signature}"
    for name, changed in (("a fourth part", f"{token}.AAAA"), ("a dot at the end", f"{token}."), ("a dot at the beginning", f".{token}")):
        yield name, ("J24",), changed
    for place, part in (("header", 0), ("payload", 1), ("signature", 2)):
        for junk in _JUNK:
            parts = [header, payload, signature]
            parts[part] += junk
            yield f"{junk!r} after the {place}", ("J23",), ".".join(parts)


def _other(value: object) -> object:
    """Return another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    return [*value, "x"] if isinstance(value, list) else {"x": value}


@cache
def _attacker(algorithm: str) -> TokenKey:
    """Return the attacker's key for *algorithm*, the same for every token of the process."""
    return TokenKey.generate(algorithm, kid=None)


def _signed(key: TokenKey, parameters: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    signing_input = f"{_part(parameters)}.{base64url.encode(_json(claims))}"
    return f"{signing_input}.{base64url.encode(key.signature(signing_input.encode('ascii')))}"


def _object(part: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64url.decode(part) or b"{}")
    return decoded


def _part(parameters: Mapping[str, Any]) -> str:
    return base64url.encode(_json(parameters))


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
