"""The instants of a login in order: a time line, with the distances to the instant of the judgement in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from federation.errors import FederationError
from federation.identity import timestamp
from federation.judging.kinds import OIDC, SAML
from federation.page.judged import Judged
from federation.saml.reading.inspection import inspect_response
from federation.saml.reading.times import read_instant

WIDTH: Final = 1_000
"""Width of the drawing, in its own units."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
CLAIMS: Final = {"iat": "issued", "nbf": "not before", "exp": "token ends", "auth_time": "signed in"}
"""Claims that state an instant, in seconds since 1970, and what happens then."""
_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_PARTS: Final = 2


class TimeMark(NamedTuple):
    """One instant on the time line.

    Attributes:
        name: What happens.
        at: The instant in ISO 8601.
        words: Its distance to the instant of the judgement, in words.
        kind: ``judged`` for that instant itself, ``session`` for the session that would be issued, ``token`` for what the token says.
        x: Its place in the drawing, from 0 to `WIDTH`.
    """

    name: str
    at: str
    words: str
    kind: Literal["token", "judged", "session"]
    x: int


@dataclass(frozen=True, slots=True)
class TimeLine:
    """The instants of a login in order, and whether those of the token are proved."""

    marks: tuple[TimeMark, ...]
    proved: bool


def time_line(judged: Judged) -> TimeLine:
    """Return the instants of the login that was judged."""
    found: list[tuple[datetime, str, Literal["token", "judged", "session"]]] = [(judged.at.astimezone(UTC), "judged at", "judged")]
    found += ((at, name, "token") for name, at in _claimed(judged))
    session = None if judged.findings is None else judged.findings.session
    if session is not None:
        found.append((session.credentials.expiration, "session ends", "session"))
    found.sort(key=lambda each: (each[0], each[2] == "judged"))
    first, last = found[0][0], found[-1][0]
    length = (last - first) / timedelta(seconds=1) or 1
    marks = []
    for at, name, kind in found:
        x = round((at - first) / timedelta(seconds=1) / length * WIDTH)
        marks.append(TimeMark(name, timestamp(at) or "", "" if kind == "judged" else beside(at, judged.at), kind, x))
    return TimeLine(tuple(marks), proved=judged.identity is not None)


def in_words(length: timedelta) -> str:
    """Return a length of time in at most two units, such as ``1 hour 5 minutes``."""
    left = abs(round(length / timedelta(seconds=1)))
    parts = []
    for name, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " ".join(parts[:_PARTS]) or "less than a second"


def beside(at: datetime, judged: datetime) -> str:
    """Return in words when *at* is, seen from the instant *judged*."""
    if at == judged:
        return "at the instant of the judgement"
    return f"{in_words(at - judged)} {'before' if at < judged else 'after'} it was judged"


def _claimed(judged: Judged) -> Iterator[tuple[str, datetime]]:
    """Yield the instants that the token states. Those that cannot be read are left out: a check refuses them."""
    if judged.token.kind == OIDC:
        try:
            claims = judged.token.jwt.payload.claims().members
        except FederationError:
            return
        for claim, name in CLAIMS.items():
            at = instant_of(claims.get(claim))
            if at is not None:
                yield name, at
    elif judged.token.kind == SAML and not judged.too_long:
        yield from _of_assertion(next(iter(inspect_response(judged.token.token).get("assertions", ())), {}))


def _of_assertion(assertion: dict[str, Any]) -> Iterator[tuple[str, datetime]]:
    conditions: dict[str, str] = assertion.get("Conditions", {})
    statement: dict[str, str] = next(iter(assertion.get("AuthnStatements", ())), {})
    stated = (
        ("issued", assertion.get("IssueInstant")),
        ("not before", conditions.get("NotBefore")),
        ("token ends", conditions.get("NotOnOrAfter")),
        *(("confirmation ends", each.get("NotOnOrAfter")) for each in assertion.get("Confirmations", ())[:1]),
        ("signed in", statement.get("AuthnInstant")),
        ("identity provider ends the session", statement.get("SessionNotOnOrAfter")),
    )
    for name, text in stated:
        if text is not None:
            try:
                yield name, read_instant(text, name)
            except FederationError:
                continue


def instant_of(value: object) -> datetime | None:
    """Return the instant that a claim states; None where it states none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return _EPOCH + timedelta(seconds=value)
    except (OverflowError, ValueError):
        return None
