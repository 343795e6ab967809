"""Why an ID token does not hold at the instant it is judged at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from federation import limits
from federation.errors import show
from federation.explaining.plain import plainly
from federation.explaining.registered import token_settings, vendor_place
from federation.explaining.situation import Situation
from federation.explaining.wording import as_a_time_zone, span, time_zone, utc
from federation.explanation import Cause, Comparison, Edit, Obstacle, Place
from federation.oidc.provider import OidcProvider
from federation.profiles import Profile

_MILLI: Final = 1000
_CENTURY_SECONDS: Final = 100 * 366 * 86_400
_CLAIM: Final = {"iat": ("was issued at", "issued"), "nbf": ("holds from", "valid")}


def explain_exp(situation: Situation) -> Obstacle:
    """Explain a token that has expired."""
    provider, trial, claims = situation.provider, situation.trial, situation.claims
    expiry, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
    if not isinstance(provider, OidcProvider) or trial is None or expiry is None:
        return plainly(situation)
    now = trial.at.timestamp()
    sentence = f"the token expired at {utc(expiry)} (exp), {span(now - expiry)} before it is used at {utc(now)}"
    if issued is not None and issued <= expiry:
        sentence += f"; it was issued at {utc(issued)} for {span(expiry - issued)}"
    cause = Cause(
        check="exp",
        sentence=sentence + _leeway(provider, now - expiry),
        comparisons=(Comparison(expected=f"before {utc(expiry)}", found=utc(now), expected_from="token, exp", found_from="clock"),),
    )
    return Obstacle(causes=(cause,), edits=tuple(_renewals(provider, None if issued is None else expiry - issued)))


def explain_early(situation: Situation) -> Obstacle:
    """Explain a token that is used before it was issued or before it holds."""
    provider, trial, check = situation.provider, situation.trial, situation.refusal.check
    begins = _seconds(situation.claims, check)
    if not isinstance(provider, OidcProvider) or trial is None or begins is None or check not in _CLAIM:
        return plainly(situation)
    now = trial.at.timestamp()
    if _in_milliseconds(begins, now):
        return _milliseconds(situation, now)
    verb, _ = _CLAIM[check]
    sentence = (
        f"the token {verb} {utc(begins)} ({check}), {span(begins - now)} after it is used at {utc(now)}: this clock is behind the issuer's"
    )
    cause = Cause(
        check=check,
        sentence=sentence + as_a_time_zone(begins - now) + _leeway(provider, begins - now),
        comparisons=(Comparison(expected=f"from {utc(begins)}", found=utc(now), expected_from=f"token, {check}", found_from="clock"),),
    )
    edit = Edit(
        place=Place(owner="clock", path=check),
        instruction=f"set the clock of this host, or that of the issuer: they are at least {span(begins - now)} apart",
        old=utc(now),
        new=f"{utc(begins)} or later",
    )
    return Obstacle(causes=(cause,), edits=(edit, *_local_time(situation, begins, now)))


def _local_time(situation: Situation, begins: int, now: float) -> Iterator[Edit]:
    """Yield the edit at an issuer that writes local time, where the times are as far apart as two time zones."""
    hours, check = time_zone(begins - now), situation.refusal.check
    if hours:
        yield Edit(
            place=Place(owner="identity-provider", path=check),
            instruction=f"have the issuer write {check} in seconds since 1970 in UTC, if it counts them from its local time",
            old=str(begins),
            new=str(begins - int(hours * 3600)),
        )


def explain_lifetime(situation: Situation) -> Obstacle:
    """Explain a token that ended before it was issued."""
    expiry, issued = _seconds(situation.claims, "exp"), _seconds(situation.claims, "iat")
    if expiry is None or issued is None:
        return plainly(situation)
    sentence = f"the token expires at {utc(expiry)} (exp), {span(issued - expiry)} before it was issued at {utc(issued)} (iat)"
    place = Place(owner="identity-provider", path="exp")
    edit = Edit(
        place=place, instruction="have the identity provider issue an exp later than iat", old=str(expiry), new=f"more than {issued}"
    )
    return Obstacle(causes=(Cause(check="lifetime", sentence=sentence),), edits=(edit,))


def _in_milliseconds(value: int, now: float) -> bool:
    """Whether *value* is an instant of this century if it counts milliseconds, and none if it counts seconds."""
    return abs(value / _MILLI - now) < _CENTURY_SECONDS and value - now > _CENTURY_SECONDS


def _milliseconds(situation: Situation, now: float) -> Obstacle:
    """Explain times that count milliseconds."""
    found = {name: value for name in ("iat", "nbf", "exp") if (value := _seconds(situation.claims, name)) is not None}
    wrong = {name: value for name, value in found.items() if _in_milliseconds(value, now)}
    told = ", ".join(f"{name} is {value}" for name, value in wrong.items())
    sentence = f"{told}: that counts milliseconds, and the times of a token count seconds since 1970 (RFC 7519 section 2)"
    edits = tuple(
        Edit(
            place=Place(owner="identity-provider", path=name),
            instruction=f"have the identity provider write {name} in seconds: divide by {_MILLI}",
            old=str(value),
            new=str(value // _MILLI),
        )
        for name, value in wrong.items()
    )
    return Obstacle(causes=(Cause(check=situation.refusal.check, sentence=sentence),), edits=edits, alternatives=False)


def _leeway(provider: OidcProvider, missed: float) -> str:
    """Return what the tolerance of AWS would change; empty where it changes nothing."""
    if provider.profile is Profile.AWS:
        return f"; AWS forgives {limits.AWS_LEEWAY_SECONDS} s"
    if missed <= limits.AWS_LEEWAY_SECONDS:
        return f"; AWS forgives {limits.AWS_LEEWAY_SECONDS} s, this provider {provider.leeway(Profile.STRICT)} s"
    return ""


def _renewals(provider: OidcProvider, lifetime: int | None) -> list[Edit]:
    """Return the edits: a fresh token first, then the setting of the vendor that makes tokens last longer."""
    settings = token_settings(provider.url)
    fresh = settings.fresh or "get a new token from the identity provider, and use it before it expires"
    edits = [Edit(place=Place(owner="token", path="exp"), instruction=fresh)]
    setting = settings.lifetime
    if setting is not None and lifetime is not None:
        instruction = f"or let tokens last longer than {span(lifetime)}: {setting.name}, {setting.where}"
        edits.append(Edit(place=vendor_place(setting), instruction=instruction, old=setting.write(str(lifetime))))
    return edits


def _seconds(claims: Mapping[str, Any], name: str) -> int | None:
    """Return a time claim in seconds, as the checks read it: an integer or a string of digits; None for anything else."""
    value = claims.get(name)
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and value.isascii() and len(value) <= len(str(1 << 63)):
        return int(value)
    return value if type(value) is int and abs(value) < 1 << 63 else None


def shown_instant(value: object) -> str:
    """Return a time claim as it stands, with the instant that it means where it is a number."""
    seconds = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return show(value) if seconds is None or not 0 <= seconds < 1 << 40 else f"{show(value)} ({utc(seconds)})"
