"""Refusals about the times of a response: its issue, its validity and its age."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from federation import limits
from federation.explaining.saml.edits import at_identity_provider, in_settings, new_response, setting
from federation.explaining.saml.evidence import Evidence, compared, evidence_of
from federation.explaining.situation import Situation
from federation.explaining.wording import as_a_time_zone, span
from federation.explanation import Edit, Listing, Obstacle, Place
from federation.identity import timestamp
from federation.saml.checks.words import seconds

ISSUE_INSTANT: Final = "Assertion/@IssueInstant"
_REDEMPTION: Final = timedelta(seconds=limits.REDEMPTION_SECONDS)
_HOUR: Final = timedelta(hours=1)
_MOST_SKEW: Final = timedelta(seconds=limits.MAX_CLOCK_SKEW_SECONDS)


class TimeBound(NamedTuple):
    """A time that the response states: its path in the response, the time, and whether the response ends there."""

    path: str
    at: datetime
    ends: bool


_CHECKED: Final = {
    "conditions-expiry": "Conditions/@NotOnOrAfter",
    "confirmation-expiry": "SubjectConfirmationData/@NotOnOrAfter",
    "session-expiry": "AuthnStatement/@SessionNotOnOrAfter",
    "session-not-on-or-after": "AuthnStatement/@SessionNotOnOrAfter",
    "not-before": "Conditions/@NotBefore",
    "confirmation-not-before": "SubjectConfirmationData/@NotBefore",
    "issue-instant": ISSUE_INSTANT,
}
"""Check to the time that it looks at."""


def expired(situation: Situation) -> Obstacle:
    """Explain that the response has ended: its lifetime is short, or it was redeemed late."""
    evidence = evidence_of(situation)
    bounds, now, issued = _bounds(evidence), _now(evidence), _issued(evidence)
    path = _CHECKED[evidence.check]
    end = min((each for each in bounds if each.path == path), key=lambda each: each.at, default=TimeBound(path, now, ends=True))
    lifetime = end.at - issued
    stated = (
        f"it was issued at {_when(issued)}, {_named(path)} is {_when(end.at)}, "
        f"and it is {_when(now)}, {seconds(now - end.at)} after its end"
    )
    if "AuthnStatement" in path:
        sentence = f"the session at the identity provider has ended: {stated}"
        instruction = "End the session at the identity provider, sign in again, and send the new response."
        edits = [new_response(instruction, path=path, old=_when(end.at))]
    elif now - issued <= (_most_age(evidence) or _REDEMPTION):
        sentence = f"the response holds for {seconds(lifetime)} alone, and it was sent {seconds(now - issued)} after its issue: {stated}"
        edits = [_longer_life(evidence, path, lifetime), _sooner(path, end.at, within=lifetime)]
    else:
        sentence = f"the response was sent {seconds(now - issued)} after its issue, and it held for {seconds(lifetime)}: {stated}"
        edits = [_sooner(path, end.at, within=min(lifetime, _REDEMPTION))]
        if lifetime < _REDEMPTION:
            edits.append(_longer_life(evidence, path, lifetime))
    first = min((each for each in bounds if each.ends), key=lambda each: each.at, default=end)
    if first.at < end.at:
        sentence += f"; {_named(first.path)} ended first, at {_when(first.at)}"
    comparison = compared(_when(end.at), _when(now), expected_from="response", found_from="clock")
    return evidence.obstacle(sentence, edits, comparisons=(comparison,), listings=(_listing(bounds, now),))


def age(situation: Situation) -> Obstacle:
    """Explain that the response is older than it may be."""
    evidence = evidence_of(situation)
    now, issued, most = _now(evidence), _issued(evidence), _most_age(evidence) or _REDEMPTION
    who = "AWS takes a response" if most == _REDEMPTION else "the provider is registered to take a response"
    sentence = f"the response was issued at {_when(issued)}, {_span(now - issued)} ago; {who} within {seconds(most)} of its issue"
    edits = [_sooner(ISSUE_INSTANT, issued, within=most)]
    if most < _REDEMPTION:
        key = in_settings(
            evidence,
            "max_age",
            f"Register {limits.REDEMPTION_SECONDS} seconds, as AWS has.",
            old=str(int(most.total_seconds())),
            new=str(limits.REDEMPTION_SECONDS),
            flags=("--max-age", str(limits.REDEMPTION_SECONDS)),
            lets_in=f"whoever sends a response up to {seconds(_REDEMPTION)} after its issue",
        )
        edits.append(key)
    comparison = compared(_when(issued), _when(now), expected_from="response", found_from="clock")
    return evidence.obstacle(sentence, edits, comparisons=(comparison,), listings=(_listing(_bounds(evidence), now),))


def not_begun(situation: Situation) -> Obstacle:
    """Explain that the response begins later: the clocks differ, or the identity provider dates it so."""
    evidence = evidence_of(situation)
    bounds, now, issued = _bounds(evidence), _now(evidence), _issued(evidence)
    path = _CHECKED[evidence.check]
    begin = max((each.at for each in bounds if each.path == path), default=now)
    lead = begin - now
    sentence = f"{_named(path)} is {_when(begin)}, {_span(lead)} after now, {_when(now)}"
    ahead = issued.replace(microsecond=0) > now
    edits: list[Edit] = []
    if ahead:
        sentence += f"; the response was issued {seconds(issued - now)} in the future, so the two clocks differ"
        sentence += as_a_time_zone(lead.total_seconds())
        edits.append(_synchronise(path, now, lead))
    else:
        sentence += f"; it was issued at {_when(issued)} and holds only {seconds(begin - issued)} later"
        minutes = str(math.ceil((begin - issued) / timedelta(minutes=1)))
        edits.append(setting(evidence, "not-before", path=path, old=_when(begin), new=_when(issued), to=f"{minutes} minutes earlier"))
    skew = timedelta() if evidence.provider is None else evidence.provider.clock_skew
    if skew < lead <= _MOST_SKEW:
        needed = str(math.ceil(lead.total_seconds()))
        edits.append(
            in_settings(
                evidence,
                "clock_skew",
                f"Register a clock skew of {needed} seconds, until the clocks agree.",
                old=str(int(skew.total_seconds())),
                new=needed,
                flags=("--clock-skew", needed),
                lets_in=f"whoever sends a response up to {needed} seconds before it holds",
            )
        )
    comparison = compared(_when(begin), _when(now), expected_from="response", found_from="clock")
    return evidence.obstacle(sentence, edits, comparisons=(comparison,), listings=(_listing(bounds, now),))


def syntax(situation: Situation) -> Obstacle:
    """Explain that a time of the response is malformed."""
    evidence = evidence_of(situation)
    refusal = situation.refusal
    where = refusal.expected.partition(" as ")[0]
    sentence = f"{where} is {refusal.found}, which is no instant in UTC such as 2026-01-31T12:00:00Z"
    edit = at_identity_provider(evidence, f"have {where} written as UTC with Z", path=where, old=refusal.found.strip("`"))
    return evidence.obstacle(sentence, [edit])


def _longer_life(evidence: Evidence, path: str, lifetime: timedelta) -> Edit:
    return setting(
        evidence, "lifetime", path=path, old=seconds(lifetime), new=seconds(_REDEMPTION), to=f"{limits.REDEMPTION_SECONDS // 60} minutes"
    )


def _sooner(path: str, old: datetime, *, within: timedelta) -> Edit:
    return new_response(f"Sign in again, and redeem the response within {seconds(within)}.", path=path, old=_when(old))


def _synchronise(path: str, now: datetime, lead: timedelta) -> Edit:
    instruction = f"Synchronise this clock and that of the identity provider by NTP; they differ by {seconds(lead)} at least."
    return Edit(place=Place(owner="clock", path=path), instruction=instruction, old=_when(now))


def _now(evidence: Evidence) -> datetime:
    if evidence.at is None:
        raise TypeError("a refusal by a time comes from a question with an instant")
    return evidence.at


def _most_age(evidence: Evidence) -> timedelta | None:
    return None if evidence.provider is None else evidence.provider.max_age


def _issued(evidence: Evidence) -> datetime:
    return _now(evidence) if evidence.presented is None else evidence.presented.assertion.issue_instant


def _bounds(evidence: Evidence) -> tuple[TimeBound, ...]:
    """Return every time that the response states, in the order of the response."""
    if evidence.presented is None:
        return ()
    assertion, confirmation = evidence.presented.assertion, evidence.presented.confirmation
    conditions = assertion.conditions
    stated = [
        (ISSUE_INSTANT, assertion.issue_instant, False),
        ("SubjectConfirmationData/@NotBefore", confirmation.not_before if confirmation else None, False),
        ("SubjectConfirmationData/@NotOnOrAfter", confirmation.not_on_or_after if confirmation else None, True),
        ("Conditions/@NotBefore", conditions.not_before if conditions else None, False),
        ("Conditions/@NotOnOrAfter", conditions.not_on_or_after if conditions else None, True),
        *(("AuthnStatement/@SessionNotOnOrAfter", each.session_not_on_or_after, True) for each in assertion.authn_statements),
    ]
    return tuple(TimeBound(path, at, ends) for path, at, ends in stated if at is not None)


def _listing(bounds: tuple[TimeBound, ...], now: datetime) -> Listing:
    members = (f"{_named(each.path)} {_when(each.at)}, {_from(each.at, now)}" for each in bounds)
    return Listing(label=f"times of the response, beside {_when(now)}", members=tuple(members))


def _from(moment: datetime, now: datetime) -> str:
    return f"{seconds(now - moment)} ago" if moment <= now else f"in {seconds(moment - now)}"


def _when(moment: datetime) -> str:
    return timestamp(moment) or ""


def _span(time: timedelta) -> str:
    """Return a span in seconds, with the hours where it has some."""
    return seconds(time) if time < _HOUR else span(time.total_seconds())


def _named(path: str) -> str:
    return path.replace("/@", " ")
