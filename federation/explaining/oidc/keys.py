"""Why no registered key may verify the token: key ids, key sets, algorithms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from federation.errors import FederationError, RegistrationError, printable, show
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.oidc.signers import Signer, find_signer
from federation.explaining.plain import plainly
from federation.explaining.registered import jwks_place, register_keys, replace_keys, settings_place, token_settings, vendor_place
from federation.explaining.reissuing import reissued
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.wording import named, number
from federation.explanation import Cause, Comparison, Edit, Listing, Obstacle, Place
from federation.jose.algorithms import AWS, SOUND
from federation.jose.jwks import UnusableKey
from federation.jose.keys import JsonWebKey
from federation.jose.strictjson import Complaint, decode_object
from federation.oidc.provider import OidcProvider
from federation.profiles import Profile

_HMAC: Final = frozenset({"HS256", "HS384", "HS512"})
_MAX_RSA_KEYS: Final = 100
_SET: Final = Complaint(RegistrationError, "jwks", "the key set", "register the key set of the issuer")


def explain_kid(situation: Situation) -> Obstacle:
    """Explain a token whose key is none of the registered ones."""
    provider = situation.provider
    if not isinstance(provider, OidcProvider):
        return plainly(situation)
    kid, kids = situation.header.get("kid"), tuple(provider.keys.index)
    signer = find_signer(situation, provider)
    found = kid if isinstance(kid, str) else None
    near = None if found is None else nearest(found, kids)
    cause = Cause(
        check=situation.refusal.check,
        sentence=_kid_sentence(provider, found, signer),
        place=jwks_place(situation, provider.url),
        comparisons=(Comparison(expected=near, found=found, expected_from="registered", found_from="token, kid"),)
        if near and found
        else (),
        listings=(Listing(label="registered key ids", members=most_alike(found or "", kids, limit=8), nearest=near),),
        unverified=True,
    )
    return Obstacle(causes=(cause,), edits=tuple(_kid_edits(situation, provider, found, signer)))


def explain_unregistered(situation: Situation) -> Obstacle:
    """Explain a provider that has no key set."""
    provider = situation.provider
    if not isinstance(provider, OidcProvider):
        return plainly(situation)
    signer = find_signer(situation, provider)
    sentence = f"the provider {provider.name} is registered without a key set, so that nothing can verify its tokens"
    if signer is not None:
        sentence += f"; the signature of this one is that of {signer.told(provider)}"
    cause = Cause(check=situation.refusal.check, sentence=sentence, place=jwks_place(situation, provider.url))
    return Obstacle(causes=(cause,), edits=(register_keys(situation, provider),))


def explain_key_set(situation: Situation) -> Obstacle:
    """Explain a key set that profile strict does not load."""
    provider = situation.provider
    fault = provider.keys.fault if isinstance(provider, OidcProvider) else None
    if not isinstance(provider, OidcProvider) or fault is None:
        return plainly(situation)
    sentence = (
        f"the registered key set of {provider.name} is none that profile strict loads: it wants {fault.expected}, and finds {fault.found}"
    )
    place = jwks_place(situation, provider.url)
    return Obstacle(
        causes=(Cause(check="key-set", sentence=sentence, place=place),), edits=(replace_keys(situation, provider, old=None, new=None),)
    )


def explain_alg(situation: Situation) -> Obstacle:
    """Explain an algorithm that is not accepted, or that the named key does not verify."""
    provider, alg = situation.provider, situation.header.get("alg")
    if not isinstance(provider, OidcProvider) or not isinstance(alg, str):
        return explain_unsigned(situation)
    profile_aws = provider.profile is Profile.AWS
    allowed = provider.algorithms & AWS if profile_aws else provider.algorithms
    entry = provider.keys.index.get(situation.header.get("kid") or _only(provider))
    if alg in allowed and entry is not None:
        return _unfit(situation, provider, alg, entry)
    wanted = _wanted(provider, allowed)
    if alg in SOUND and alg not in provider.algorithms:
        return _narrowed(situation, provider, alg, wanted)
    cause = Cause(
        check="alg",
        sentence=_alg_sentence(alg, allowed, aws_alone=profile_aws and alg in SOUND),
        comparisons=(Comparison(expected=wanted, found=alg, expected_from="registered", found_from="token, alg"),),
        listings=(Listing(label="accepted algorithms", members=tuple(sorted(allowed))),),
        unverified=True,
    )
    return Obstacle(causes=(cause,), edits=(_sign_with(provider.url, alg, wanted),))


def explain_unsigned(situation: Situation) -> Obstacle:
    """Explain a token that is not signed at all, of which no provider is known yet."""
    cause = Cause(
        check="alg", sentence="the token's header says alg `none`: nobody signed it, and anybody could have written it", unverified=True
    )
    issuer = situation.claims.get("iss")
    return Obstacle(causes=(cause,), edits=(_sign_with(issuer if isinstance(issuer, str) else "", "none", "RS256"),))


def with_a_registered_key(situation: Situation) -> Trial | None:
    """Judge the token as if a registered key had signed it. Its claims are unverified."""
    return reissued(situation, proved=False)


def _kid_sentence(provider: OidcProvider, kid: str | None, signer: Signer | None) -> str:
    kids = tuple(provider.keys.index)
    registered = f"registered for {provider.name} are {named(kids)}"
    if len(kids) < len(provider.keys.keys):
        registered += f" and {number(len(provider.keys.keys) - len(kids), 'key')} without kid"
    if kid is None or not kid:
        said = "the token names no key (it has no kid)" if kid is None else "the token's kid is empty"
        return f"{said}, and AWS can do without only where exactly one key has a kid; {registered}"
    if kid in provider.keys.ambiguous:
        return f"the kid {show(kid)} of the token is that of several registered keys, so that it names none; {registered}"
    if kid in provider.keys.index:
        if provider.keys.rsa_keys > _MAX_RSA_KEYS:
            return f"the key set has {provider.keys.rsa_keys} RSA keys, and AWS uses none of them beyond {_MAX_RSA_KEYS}"
        return f"the key {show(kid)} of the token is registered, and is not one that verifies signatures"
    signed = f"the token is signed by the key {show(kid)}, which is not registered; {registered}"
    if signer is None:
        return f"{signed}: no registered key of the account made its signature, so the registered key set is not the issuer's present one"
    return f"{signed}: its signature is that of {signer.told(provider)}"


def _kid_edits(situation: Situation, provider: OidcProvider, kid: str | None, signer: Signer | None) -> Iterator[Edit]:
    kids = ", ".join(provider.keys.index)
    old, new = (printable(f"kid {kids}"[:512]), None if kid is None else printable(f"kid {kid}"[:512]))
    if signer is not None and signer.provider is not provider:
        place = jwks_place(situation, provider.url)
        yield Edit(
            place=place,
            instruction=f"register the key set of {provider.name}: the one that signed is registered for {signer.provider.name}",
            old=old,
            new=new,
        )
        return
    if not kid:
        signed = signer.key.kid if signer is not None else kids if len(provider.keys.index) == 1 else None
        place = Place(owner="identity-provider", path="kid")
        instruction = "have the identity provider name its key: the same kid in the token's header and in the key set it publishes"
        yield Edit(place=place, instruction=instruction, old="no kid", new=None if signed is None else printable(f"kid {signed}"[:512]))
        return
    yield replace_keys(situation, provider, old=old, new=new)


def _unfit(situation: Situation, provider: OidcProvider, alg: str, entry: JsonWebKey | UnusableKey) -> Obstacle:
    """Explain a registered key that does not verify *alg*."""
    kid, jwk, position = entry.kid, *_published(provider, entry.kid)
    why, path, old = _unused(jwk, entry, provider.profile)
    sentence = f"the token names the key {show(kid)}, and {why}"
    if not why:
        usable = sorted(entry.usable[provider.profile]) if isinstance(entry, JsonWebKey) else []
        sentence = f"the token's header says alg {show(alg)}, and the key {show(kid)} that it names verifies {named(usable)}"
        cause = Cause(
            check="alg",
            sentence=sentence,
            place=jwks_place(situation, provider.url),
            comparisons=(Comparison(expected=usable[0] if usable else "", found=alg, expected_from="registered", found_from="token, alg"),),
            unverified=True,
        )
        return Obstacle(causes=(cause,), edits=(_sign_with(provider.url, alg, usable[0] if usable else "RS256"),))
    place = jwks_place(situation, provider.url, f"$.keys[{position}]{path}")
    cause = Cause(check="alg", sentence=sentence, place=place, unverified=True)
    instruction = "have the identity provider publish the key as a signing key that AWS uses, and register the key set anew"
    new = '"sig"' if path == ".use" else None
    return Obstacle(causes=(cause,), edits=(Edit(place=place, instruction=instruction, old=old, new=new),))


def _unused(jwk: Mapping[str, Any], entry: JsonWebKey | UnusableKey, profile: Profile) -> tuple[str, str, str | None]:
    """Return why a published key verifies nothing, the path of the member at fault, and its value; empty texts where it does verify."""
    if jwk.get("use", "sig") != "sig":
        return f"the key's use is {show(jwk['use'])}, which is not for signatures", ".use", printable(json.dumps(jwk["use"])[:200])
    if profile is Profile.AWS and "key_ops" in jwk:
        return "the key has key_ops, and AWS uses no key that has it, whatever it says", ".key_ops", _json(jwk["key_ops"])
    if "key_ops" in jwk and isinstance(jwk["key_ops"], list) and "verify" not in jwk["key_ops"]:
        return "the key's key_ops do not name verify", ".key_ops", _json(jwk["key_ops"])
    if "x5c" in jwk and not {"n", "x"} & jwk.keys():
        return "the key is published as a certificate alone (x5c, without its numbers), which AWS does not read", ".x5c", None
    if isinstance(entry, UnusableKey):
        return f"the registered key is unusable: it demands {entry.reason.expected}, and finds {entry.reason.found}", "", None
    return "", "", None


def _narrowed(situation: Situation, provider: OidcProvider, alg: str, wanted: str) -> Obstacle:
    """Explain an algorithm that the registration leaves out."""
    place = settings_place(situation, provider.url, "algorithms")
    allowed = sorted(provider.algorithms)
    cause = Cause(
        check="alg",
        sentence=f"the token is signed with {show(alg)}, and the provider {provider.name} was registered for {named(allowed)} alone",
        place=place,
        comparisons=(Comparison(expected=wanted, found=alg, expected_from="registered", found_from="token, alg"),),
        unverified=True,
    )
    return Obstacle(causes=(cause,), edits=(_sign_with(provider.url, alg, wanted),))


def _alg_sentence(alg: str, allowed: frozenset[str], *, aws_alone: bool) -> str:
    if alg in _HMAC:
        return (
            f"the token is signed with {show(alg)}, which is a shared secret such as the client secret: whoever checks it can forge it, "
            "and AWS, which has public keys alone, never accepts it"
        )
    if aws_alone:
        return f"the token is signed with {show(alg)}, which AWS does not verify: it accepts {named(sorted(AWS))}"
    return f"the token's header says alg {show(alg)}, and accepted are {named(sorted(allowed))}"


def _sign_with(url: str, old: str, new: str) -> Edit:
    setting = token_settings(url).algorithm
    if setting is None:
        place = Place(owner="identity-provider", path="alg")
        return Edit(place=place, instruction=f"have the identity provider sign ID tokens with {new}", old=printable(old[:64]), new=new)
    return Edit(place=vendor_place(setting), instruction=f"set {setting.name} to {new}: {setting.where}", old=printable(old[:64]), new=new)


def _wanted(provider: OidcProvider, allowed: frozenset[str]) -> str:
    """Return the algorithm that the registered keys verify: RS256 where they can."""
    usable = {alg for key in provider.keys.keys for alg in key.usable[provider.profile]} & allowed
    return "RS256" if "RS256" in usable or not usable else min(usable)


def _published(provider: OidcProvider, kid: str | None) -> tuple[Mapping[str, Any], int]:
    """Return the JWK of *kid* as it is registered, the last of that kid, and its place in the set."""
    document = provider.jwks or {}
    if isinstance(document, str | bytes):
        try:
            document = decode_object(document.encode() if isinstance(document, str) else document, _SET).members
        except FederationError:
            return {}, 0
    keys = document.get("keys")
    found = [(jwk, at) for at, jwk in enumerate(keys if isinstance(keys, list | tuple) else ()) if isinstance(jwk, Mapping)]
    return next(((jwk, at) for jwk, at in reversed(found) if jwk.get("kid") == kid), ({}, 0))


def _only(provider: OidcProvider) -> str:
    return next(iter(provider.keys.index), "") if len(provider.keys.index) == 1 else ""


def _json(value: object) -> str:
    return printable(json.dumps(value, default=str)[:200])
