"""The clauses of the contract for validators. Each is a function that checks a specimen; its docstring is the clause."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import chain
from typing import Final

from federation import limits
from federation.errors import FederationError
from federation.protocols import Provider
from federation.testing.specimen import LONG_CHARS, Specimen, ask, attempts, broken, named
from federation.testing.variations import SAMPLES, other_types, oversized, tampered
from federation.testing.watching import FAR, clock_replaced, memory_peak, network_closed, overheard

OVERSIZED_CHARS: Final = 4_000_000
"""Length of texts that every validator must refuse as too long, in characters."""
SECONDS: Final = 2.0
"""Most processor time for the refusal of one oversized token."""
MEMORY_SHARE: Final = 4
"""The refusal of an oversized token may allocate at most one octet for this many characters of the token."""
WINDOW: Final = 12
"""This many consecutive characters of a token or a secret count as a leak."""
_SHORT: Final = WINDOW // 2
"""Length of the runs by which a leak is searched first."""
_BEFORE: Final = timedelta(seconds=limits.MAX_CLOCK_SKEW_SECONDS + 1)
_SEARCHED: Final = 40_000
"""Most characters of a token that are searched for. It is more than any web identity token has."""


def accepts(specimen: Specimen) -> None:
    """A genuine token proves one identity, of this kind and provider, as `str` and as `bytes`."""
    for token in (specimen.token, specimen.token.encode("ascii")):
        identity = ask(specimen, token)
        if identity is None:
            broken("the specimen is refused")
        if (identity.kind, identity.provider_arn) != (specimen.provider.kind, specimen.provider.arn):
            broken("the identity is of another kind or provider")
        if not identity.issuer or not identity.subject:
            broken("the identity names no issuer or no subject")
        moments = (identity.issued_at, identity.not_on_or_after, identity.session_not_on_or_after)
        if any(moment is not None and moment.utcoffset() is None for moment in moments):
            broken("an instant of the identity has no time zone")
        json.dumps(identity.as_dict())


def refuses_tampered(specimen: Specimen) -> None:
    """A changed token is refused, also where characters were added or removed."""
    genuine = ask(specimen, specimen.token)
    for changed in tampered(specimen.token):
        identity = ask(specimen, changed)
        if identity is not None and identity != genuine:
            broken("a changed token is accepted with another identity")
        if identity is not None and not specimen.unsigned_parts:
            broken(f"a changed token of {len(changed)} characters is accepted; the specimen has {len(specimen.token)}")


def refuses_expired(specimen: Specimen) -> None:
    """An expired token is refused."""
    if ask(specimen, specimen.token, at=specimen.expired_at) is not None:
        broken(f"accepted at {specimen.expired_at.isoformat()}")


def refuses_early(specimen: Specimen) -> None:
    """A token is refused before its time of issue."""
    identity = ask(specimen, specimen.token)
    issued = None if identity is None else identity.issued_at
    if issued is not None and ask(specimen, specimen.token, at=issued - _BEFORE) is not None:
        broken(f"accepted at {(issued - _BEFORE).isoformat()}, issued at {issued.isoformat()}")


def refuses_misaddressed(specimen: Specimen) -> None:
    """A token for another audience is refused."""
    if specimen.misaddressed is not None and ask(specimen, specimen.misaddressed) is not None:
        broken("a token for another audience is accepted")


def refuses_other_key(specimen: Specimen) -> None:
    """A provider of the same name with another key refuses the token."""
    if specimen.same_name.arn != specimen.provider.arn:
        broken("the specimen's same_name has another name")
    if ask(specimen, specimen.token, provider=specimen.same_name) is not None:
        broken("a provider with another key accepts the token")


def refuses_other_issuer(specimen: Specimen) -> None:
    """A provider of another name with the same key refuses the token."""
    if specimen.same_key.arn == specimen.provider.arn:
        broken("the specimen's same_key has the provider's name")
    if ask(specimen, specimen.token, provider=specimen.same_key) is not None:
        broken("a provider of another name accepts the token")


def diagnoses_alike(specimen: Specimen) -> None:
    """`diagnose` refuses the same tokens of the specimen as `validate`, by the same check."""
    for check, token in specimen.refused.items():
        try:
            specimen.validator.validate(token, specimen.provider, at=specimen.at)
        except FederationError as refusal:
            if refusal.check != check:
                broken(f"the token for the check {check} is refused by {refusal.check}")
        else:
            broken(f"the token for the check {check} is accepted")
        ask(specimen, token)
    for attempt, provider, at in attempts(specimen):
        ask(specimen, attempt, provider=provider, at=at)


def remembers_nothing(specimen: Specimen) -> None:
    """No result depends on tokens that were validated before."""
    turns: list[tuple[Provider, datetime, bool]] = [
        (specimen.provider, specimen.at, True),
        (specimen.same_name, specimen.at, False),
        (specimen.same_key, specimen.at, False),
        (specimen.provider, specimen.expired_at, False),
        (specimen.provider, specimen.at, True),
    ]
    for token in (specimen.token, specimen.token.encode("ascii")):
        for provider, at, accepted in chain(turns, reversed(turns)):
            if (ask(specimen, token, provider=provider, at=at) is not None) is not accepted:
                broken(f"an earlier token changes a result: {'refused' if accepted else 'accepted'} by {provider.arn} at {at.isoformat()}")


def recognises_its_own(specimen: Specimen) -> None:
    """`recognises` returns True for tokens of its kind, False for other kinds and values, and never raises."""
    foreign = [token for kind, token in SAMPLES.items() if kind != specimen.provider.kind and kind not in specimen.shapes]
    for token, own in ((specimen.token, True), (specimen.token.encode("ascii"), True), *((token, False) for token in foreign)):
        if specimen.validator.recognises(token) is not own:
            broken(f"{'its own' if own else 'a foreign'} token is {'not ' if own else ''}recognised")
    for value in other_types():
        try:
            recognised = specimen.validator.recognises(value)
        except BaseException as error:  # noqa: BLE001 - the clause is that nothing else is raised
            broken(f"recognises raised {type(error).__name__} for {named(value)}")
        if recognised and not (isinstance(value, str | bytes) and specimen.shapes):
            broken(f"{named(value)} is recognised")


def refuses_other_types(specimen: Specimen) -> None:
    """A value of any type is refused with a `FederationError`."""
    for value in other_types():
        if ask(specimen, value) is not None:
            broken(f"{named(value)} is accepted")


def refuses_oversized(specimen: Specimen) -> None:
    """A token that is too long is refused before it is copied or decoded, even if it is genuine."""
    if len(specimen.oversized) < LONG_CHARS:
        broken(f"the specimen's oversized token has {len(specimen.oversized)} characters, fewer than {LONG_CHARS}")
    for value in (specimen.oversized, *oversized(specimen.token, OVERSIZED_CHARS)):
        begun = time.process_time()
        if ask(specimen, value) is not None:
            broken(f"{named(value)} is accepted")
        specimen.validator.recognises(value)
        if time.process_time() - begun > SECONDS:
            broken(f"the refusal of {named(value)} takes more than {SECONDS} s")
        if memory_peak(partial(ask, specimen, value)) > len(value) // MEMORY_SHARE:
            broken(f"{named(value)} is copied or decoded before its size is checked")


def deterministic(specimen: Specimen) -> None:
    """The same token at the same time gives the same result, from any thread."""
    first = ask(specimen, specimen.token)
    if any(ask(specimen, specimen.token) != first for _ in range(3)):
        broken("the same token at the same instant gives another result")
    with ThreadPoolExecutor(4) as pool:
        if any(identity != first for identity in pool.map(lambda _: ask(specimen, specimen.token), range(16))):
            broken("threads get different results")


def asks_no_clock(specimen: Specimen) -> None:
    """The time that is passed decides; the clock of the machine is never read."""
    known = [ask(specimen, token, provider=provider, at=at) for token, provider, at in attempts(specimen)]
    for present in FAR:
        with clock_replaced(present) as asked:
            answers = [ask(specimen, token, provider=provider, at=at) for token, provider, at in attempts(specimen)]
        if answers != known:
            broken(f"another result when the clock of the machine is at {present.date()}")
        if asked:
            broken(f"the clock was read: {', '.join(sorted(set(asked)))}")


def offline(specimen: Specimen) -> None:
    """The network is never used."""
    with network_closed() as tried:
        for token, provider, at in attempts(specimen):
            ask(specimen, token, provider=provider, at=at)
    if tried:
        broken(f"the network was used: {', '.join(sorted(set(tried)))}")


def keeps_secrets(specimen: Specimen) -> None:
    """No error, report, repr, log or output shows a part of the token or of a secret."""
    asked = ((specimen.oversized, specimen.provider, specimen.at), *attempts(specimen))
    shown = [(token, str(token), provider, at) for token, provider, at in asked]
    shown += [(changed, specimen.token, specimen.provider, specimen.at) for changed in tampered(specimen.token)]
    for token, text, provider, at in shown:
        hidden, short = _hidden((text, *specimen.secrets), specimen.public)
        for said in _said(specimen, token, provider, at):
            if _shows(said, hidden, short) or any(secret in said for secret in specimen.secrets):
                broken(f"{WINDOW} or more characters of the token or of a secret are shown")


@lru_cache(maxsize=8)
def _hidden(secrets: tuple[str, ...], public: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the runs of `WINDOW` characters that must not be shown, and the runs of `_SHORT` characters by which they are found."""
    shown = {run for text in public for run in _runs(text, WINDOW)}
    hidden = {run for text in secrets for run in _runs(text, WINDOW)}
    return frozenset(hidden - shown), frozenset(run for text in secrets for run in _runs(text, _SHORT))


def _shows(said: str, hidden: frozenset[str], short: frozenset[str]) -> bool:
    """Return whether *said* contains a run of *hidden*. Every such run contains one of *short* at a multiple of its length."""
    return any(
        said[begin : begin + WINDOW] in hidden
        for place in range(0, len(said), WINDOW - _SHORT + 1)
        if said[place : place + _SHORT] in short
        for begin in range(max(0, place - WINDOW + _SHORT), place + 1)
    )


def _runs(text: str, length: int) -> Iterator[str]:
    """Yield every run of *length* characters of *text*."""
    searched = text[:_SEARCHED]
    return (searched[place : place + length] for place in range(len(searched) - length + 1))


def _said(specimen: Specimen, token: object, provider: Provider, at: datetime) -> Iterator[str]:
    """Yield all output of the validation of *token*: result, refusal with its causes, report, logs, warnings and printed text."""
    judge = specimen.validator
    yield f"{provider!r} {provider}"
    with overheard() as heard:
        try:
            yield repr(judge.validate(token, provider, at=at))
        except FederationError as error:
            yield f"{error!r} {error.message} {json.dumps(error.as_dict())}"
            yield from map(str, _causes(error))
        report = judge.diagnose(token, provider, at=at)
        yield repr(report)
        yield json.dumps(report.as_dict())
    yield heard.getvalue()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
