"""The token of a trial as its issuer would issue it after an edit: signed anew, by a key that exists for trials alone.

No registration outside the trial has the key, and nothing that is signed with it leaves the trial.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explanation import ABSENT
from federation.jose import base64url
from federation.jose.algorithms import SOUND
from federation.jose.jwks import KeySet
from federation.limits import WEB_IDENTITY_TOKEN_CHARS
from federation.oidc.provider import OidcProvider
from federation.profiles import Profile

_KID: Final = "trial"
_OCTETS: Final = 32


def reissued(situation: Situation, changes: Mapping[str, Any] | None = None, *, proved: bool = True) -> Trial | None:
    """Return the trial with an ID token that has other claims; None where there is no ID token or no provider for it.

    Args:
        situation: The refusal.
        changes: The claims that differ; `ABSENT` removes one.
        proved: Whether a registered key proved the other claims. Where none did, what refuses later rests on what the token says.
    """
    trial, provider = situation.trial, situation.provider
    if trial is None or not isinstance(provider, OidcProvider) or not situation.claims:
        return None
    token = sign(situation, changes or {})
    if len(token) > WEB_IDENTITY_TOKEN_CHARS:
        return None
    changed = trial.with_provider(provider, keys=trial_key_set(), algorithms=SOUND)
    changed = replace(changed, token=token) if situation.call is None else changed.with_call(web_identity_token=token)
    return changed if proved else replace(changed, unproved=True)


def sign(situation: Situation, changes: Mapping[str, Any]) -> str:
    """Return the token of *situation* with *changes* of its claims, signed by the key of trials."""
    typ = situation.header.get("typ")
    header = {"alg": "ES256", "kid": _KID, **({"typ": typ} if isinstance(typ, str) else {})}
    claims = {name: value for name, value in {**situation.claims, **changes}.items() if value is not ABSENT}
    signing_input = ".".join(base64url.encode(json.dumps(part).encode()) for part in (header, claims))
    r, s = utils.decode_dss_signature(_key().sign(signing_input.encode(), ec.ECDSA(SHA256())))
    return f"{signing_input}.{base64url.encode(r.to_bytes(_OCTETS) + s.to_bytes(_OCTETS))}"


@cache
def trial_key_set() -> KeySet:
    """Return the key set that verifies tokens of trials."""
    return KeySet.parse(_trial_keys())


@cache
def trial_provider(profile: Profile) -> OidcProvider:
    """Return a registration with the keys of trials. It is for `as_if`: nobody issues tokens by its URL."""
    return OidcProvider(url="https://trial.invalid", client_ids=("trial",), jwks=_trial_keys(), profile=profile)


def _trial_keys() -> dict[str, Any]:
    numbers = _key().public_key().public_numbers()
    point = {name: base64url.encode(value.to_bytes(_OCTETS)) for name, value in (("x", numbers.x), ("y", numbers.y))}
    return {"keys": [{"kty": "EC", "crv": "P-256", "kid": _KID, "use": "sig", **point}]}


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())
