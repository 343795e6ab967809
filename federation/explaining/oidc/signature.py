"""Why the signature of an ID token does not verify: altered afterwards, cut, or made by another key."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from federation.errors import printable, show
from federation.explaining.oidc.signers import decoded, find_signer, made_by
from federation.explaining.plain import plainly
from federation.explaining.registered import jwks_place, replace_keys
from federation.explaining.situation import Situation
from federation.explaining.wording import named
from federation.explanation import Cause, Edit, Listing, Obstacle, Place
from federation.jose.decode import RawToken
from federation.jose.keys import JsonWebKey
from federation.oidc.provider import OidcProvider

_DER_SEQUENCE: Final = 0x30
_EC_OCTETS: Final = {"ES256": 64, "ES384": 96, "ES512": 132}


def explain_signature(situation: Situation) -> Obstacle:
    """Explain a signature that the named registered key did not make over this header and payload."""
    provider, raw = situation.provider, decoded(situation)
    if not isinstance(provider, OidcProvider) or raw is None:
        return plainly(situation)
    named_key = provider.keys.index.get(raw.header.kid or "")
    key = named_key if isinstance(named_key, JsonWebKey) else next(iter(provider.keys.keys), None)
    if key is None:
        return plainly(situation)
    sentence, edit = _told(situation, provider, raw, key)
    fingerprints = tuple(f"{each.kid or 'without kid'} ({each.thumbprint})" for each in provider.keys.keys[:8])
    cause = Cause(
        check="signature",
        sentence=sentence,
        place=jwks_place(situation, provider.url),
        listings=(Listing(label="registered keys (RFC 7638 thumbprint)", members=tuple(map(printable, fingerprints))),),
        unverified=True,
    )
    return Obstacle(causes=(cause,), edits=(edit,))


def _told(situation: Situation, provider: OidcProvider, raw: RawToken, key: JsonWebKey) -> tuple[str, Edit]:
    signer = find_signer(situation, provider)
    kid, called = raw.header.kid, f"the key {show(key.kid)}" if key.kid is not None else "the registered key"
    if signer is not None:
        sentence = f"the token is whole, and its signature is that of {signer.told(provider)}, while its header names {called}"
        if signer.provider is provider:
            place = Place(owner="identity-provider", path="kid")
            instruction = "have the identity provider name the key it signs with"
            return sentence, Edit(place=place, instruction=instruction, old=_text(kid), new=_text(signer.key.kid))
        return sentence, replace_keys(situation, provider, old=f"kid {_text(key.kid)}", new=None)
    broken = _in_der(raw, key) or _cut_off(raw, key)
    if broken is not None:
        return broken
    other = made_by(raw, provider.keys.keys)
    if other is not None:
        by = called if other is key else f"the registered key {show(other.kid)}"
        return (
            f"the signature was made by {by} over other content: header or payload were altered after the token was signed",
            _again("send the token exactly as the identity provider issued it"),
        )
    if isinstance(key.public, RSAPublicKey) and raw.header.alg.startswith("RS"):
        others = [each.kid for each in provider.keys.keys if each is not key and each.kid is not None]
        sentence = f"{called} that the token names did not make its signature, over any content" + (
            f", nor did {named(others)}" if others else ""
        )
        whole = f"{sentence}: the issuer signs with another key under that kid, or the signature itself was altered"
        return whole, replace_keys(situation, provider, old=f"kid {_text(kid)}, thumbprint {key.thumbprint}", new=None)
    sentence = f"the signature does not fit this header and payload under {called}, nor under any other registered key of the account"
    return sentence, _again("send the token exactly as the identity provider issued it; if it is, register the issuer's present key set")


def _cut(raw: RawToken, key: JsonWebKey) -> str:
    """Return why the signature cannot be one of *key* by its length; empty where its length fits."""
    length = len(raw.signature)
    if isinstance(key.public, RSAPublicKey):
        whole = (key.public.key_size + 7) // 8
        return "" if length == whole else f"it has {length} octets, and one by a key of {key.public.key_size} bits has {whole}"
    whole = _EC_OCTETS.get(raw.header.alg, length)
    return "" if length == whole else f"it has {length} octets, and one of {raw.header.alg} has {whole}"


def _in_der(raw: RawToken, key: JsonWebKey) -> tuple[str, Edit] | None:
    """Explain a signature of an elliptic curve that is a DER sequence, as libraries for X.509 write it; None where it is none."""
    whole = _EC_OCTETS.get(raw.header.alg, len(raw.signature))
    if isinstance(key.public, RSAPublicKey) or len(raw.signature) == whole or raw.signature[:1] != bytes([_DER_SEQUENCE]):
        return None
    form = f"the two numbers r and s in {whole} octets"
    sentence = f"the signature is not whole: it is written in ASN.1 DER, and {raw.header.alg} wants {form} (RFC 7518 section 3.4)"
    place, instruction = Place(owner="identity-provider", path="signature"), f"have the identity provider write the signature as {form}"
    return sentence, Edit(place=place, instruction=instruction, old="ASN.1 DER", new=form)


def _cut_off(raw: RawToken, key: JsonWebKey) -> tuple[str, Edit] | None:
    """Explain a signature that by its length is none of *key*; None where its length fits."""
    cut = _cut(raw, key)
    return (f"the signature is not whole: {cut}", _again("send the whole token: it was cut or changed on its way")) if cut else None


def _again(instruction: str) -> Edit:
    return Edit(place=Place(owner="call", path="WebIdentityToken"), instruction=instruction)


def _text(kid: str | None) -> str:
    return "none" if kid is None else printable(kid[:160])
