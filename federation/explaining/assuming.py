"""The trial of a login as if one check had passed, for each check where it can be computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from federation.errors import FederationError
from federation.explaining.situation import Assume, Situation
from federation.explaining.trial import Trial
from federation.explanation import Obstacle
from federation.oidc.provider import OidcProvider
from federation.saml.reading.times import read_instant
from federation.saml.registration.provider import SamlProvider

_INSTANTS: Final = ("NotBefore", "IssueInstant")
_END_OF_CALENDAR: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


def with_the_edits(situation: Situation, obstacle: Obstacle) -> Trial | None:
    """Judge the call with the ARNs and names that the edits of *obstacle* write; None where they change anything else.

    A call that names another role meets what comes next with that role, and not with the one it named by mistake.
    """
    trial, call = situation.trial, situation.call
    edits = obstacle.edits[:1] if obstacle.alternatives else obstacle.edits
    if trial is None or call is None or not edits:
        return None
    names = {each.wire: each.name for each in call.parameters if not each.secret}
    changes = {names.get(each.place.path, ""): each.new for each in edits if each.place.owner == "call"}
    known = len(changes) == len(edits) and all(isinstance(situation.parameter(name), str) for name in changes)
    return trial.with_call(**changes) if known and None not in changes.values() else None


def within_its_time(situation: Situation) -> Trial | None:
    """Judge the token at the first instant at which it holds: the latest of those from which it does."""
    trial = situation.trial
    begins = max(_beginnings(situation.claims), default=None)
    return None if trial is None or begins is None else replace(trial, at=begins, proved=None)


def with_its_audiences(situation: Situation) -> Trial | None:
    """Judge the token by a registration that has every audience the token names."""
    trial, provider = situation.trial, situation.provider
    if trial is None:
        return None
    if isinstance(provider, SamlProvider):
        audiences = frozenset(_texts(_assertions(situation.claims), "Audiences"))
        return trial.with_provider(provider, audiences=provider.audiences | audiences)
    if isinstance(provider, OidcProvider):
        named = frozenset(_flat(situation.claims.get(claim) for claim in ("aud", "azp")))
        return trial.with_provider(provider, registered=provider.registered | named)
    return None


def with_its_recipients(situation: Situation) -> Trial | None:
    """Judge the response by a registration that has every recipient and destination the response names."""
    trial, provider = situation.trial, situation.provider
    if trial is None or not isinstance(provider, SamlProvider):
        return None
    confirmed = (data.get("Recipient") for each in _assertions(situation.claims) for data in each.get("Confirmations", ()))
    sent = situation.claims.get("response", {}).get("Destination")
    recipients = frozenset(_flat([*confirmed, sent]))
    return trial.with_provider(provider, recipients=(provider.recipients or frozenset()) | recipients)


def with_its_type(situation: Situation) -> Trial | None:
    """Judge the token by a registration that accepts tokens of its ``typ``."""
    trial, provider, typ = situation.trial, situation.provider, situation.header.get("typ")
    if trial is None or not isinstance(typ, str) or not isinstance(provider, OidcProvider):
        return None
    return trial.with_provider(provider, token_types=provider.token_types | {typ.lower().removeprefix("application/")})


def within_the_duration(situation: Situation) -> Trial | None:
    """Judge the call without the duration it asks for."""
    return None if situation.trial is None else situation.trial.with_call(duration_seconds=None)


def _assertions(claims: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    assertions: Iterable[Mapping[str, Any]] = claims.get("assertions", ())
    return assertions


def _texts(parts: Iterable[Mapping[str, Any]], name: str) -> Iterator[str]:
    for part in parts:
        yield from _flat(part.get(name, ()))


def _flat(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from (inner for inner in value if isinstance(inner, str))


def _beginnings(claims: Mapping[str, Any]) -> Iterator[datetime]:
    """Yield every instant from which the token claims to be valid."""
    for claim in ("iat", "nbf"):
        seconds = claims.get(claim)
        if isinstance(seconds, int) and 0 <= seconds < _END_OF_CALENDAR:
            yield datetime.fromtimestamp(seconds, UTC)
    for assertion in _assertions(claims):
        parts = (assertion, assertion.get("Conditions", {}), *assertion.get("Confirmations", ()))
        for name, text in ((name, part[name]) for part in parts for name in _INSTANTS if part.get(name)):
            try:
                yield read_instant(text, name)
            except FederationError:
                return


ASSUMED: Final[Mapping[str, Assume]] = {
    **dict.fromkeys(("exp", "iat", "nbf", "conditions-expiry", "confirmation-expiry", "session-expiry"), within_its_time),
    **dict.fromkeys(("age", "not-before", "confirmation-not-before", "issue-instant"), within_its_time),
    **dict.fromkeys(("audience", "audience-trusted"), with_its_audiences),
    **dict.fromkeys(("recipient", "destination"), with_its_recipients),
    "typ": with_its_type,
    "duration": within_the_duration,
}
"""Check to the trial that would be if it were met."""
