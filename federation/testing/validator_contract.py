"""What every validator promises, as a list of clauses that its author runs against a specimen; the built-in ones keep it too.

    @pytest.mark.parametrize("clause", CONTRACT, ids=str)
    def test_contract(clause: Clause) -> None:
        clause.check(Specimen(provider=…, foreign_provider=…, token=…, at=…, expired_at=…))

A clause that is not kept raises `ContractError`. Nothing here needs pytest.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn
from unittest import mock

from federation.errors import FederationError, InternalFailure
from federation.identity import VerifiedIdentity
from federation.report import Report
from federation.validators import Provider, Validator, validator

MAX_TAMPERED: Final = 200
"""Characters of the token that are changed, one at a time, spread over all of it."""
OVERSIZED_CHARS: Final = 4_000_000
SECONDS: Final = 2.0
"""Processor time for the refusal of one oversized token."""
_WINDOW: Final = 24
"""A run of so many characters of the token in an error is the token leaking."""


class ContractError(AssertionError):
    """A validator does not keep a clause; the text says which and by what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A token that is accepted, and enough around it to have it refused.

    Attributes:
        provider: The registered provider whose key proves the token; its kind names the validator.
        foreign_provider: One of the same kind with other keys or another issuer, which must refuse the token.
        token: The token, as a client would send it.
        at: An instant at which it is accepted, aware.
        expired_at: An instant at which it is past its time.
        secrets: Texts that no error may show, besides the token itself.
    """

    provider: Provider
    foreign_provider: Provider
    token: str
    at: datetime
    expired_at: datetime
    secrets: tuple[str, ...] = ()

    @property
    def validator(self) -> Validator:
        """The validator that judges the provider's tokens."""
        return validator(self.provider.kind)


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise. ``str()`` of a clause is its name."""

    name: str
    promise: str
    _check: Callable[[Specimen], None]

    def __str__(self) -> str:
        return self.name

    def check(self, specimen: Specimen) -> None:
        """Hold the specimen's validator to the promise.

        Raises:
            ContractError: It is not kept.
        """
        try:
            self._check(specimen)
        except ContractError as broken:
            raise ContractError(f"{self.name}: {broken}; the contract: {self.promise}") from broken


def _broken(text: str) -> NoReturn:
    raise ContractError(text)


def _ask(specimen: Specimen, token: object, *, provider: Provider | None = None, at: datetime | None = None) -> VerifiedIdentity | None:
    """Return whom `validate` names, None where it refuses; `diagnose` must say the same, and nothing but a refusal may come out."""
    judge, by, when = specimen.validator, specimen.provider if provider is None else provider, specimen.at if at is None else at
    identity, refusal = None, None
    try:
        identity = judge.validate(token, by, at=when)
    except FederationError as error:
        refusal = error
    except BaseException as error:  # noqa: BLE001 - that is what is being tested
        _broken(f"validate raised {type(error).__name__} for {_named(token)}")
    try:
        report = judge.diagnose(token, by, at=when)
    except BaseException as error:  # noqa: BLE001
        _broken(f"diagnose raised {type(error).__name__} for {_named(token)}")
    if isinstance(refusal, InternalFailure):
        _broken(f"a bug for {_named(token)}: {refusal}")
    _compare(token, identity, refusal, report)
    return identity


def _compare(token: object, identity: VerifiedIdentity | None, refusal: FederationError | None, report: Report) -> None:
    said = report.refusal()
    if (said is None) is not (refusal is None):
        _broken(f"validate and diagnose disagree on {_named(token)}: {refusal} against {said}")
    if refusal is not None and said is not None and (refusal.code, refusal.check) != (said.code, said.check):
        _broken(f"validate refuses {_named(token)} for {refusal.check}, diagnose for {said.check}")
    if report.identity != identity:
        _broken(f"validate and diagnose name different people for {_named(token)}")
    try:
        json.dumps(report.as_dict())
    except (TypeError, ValueError) as error:
        _broken(f"the report on {_named(token)} is no JSON: {error}")


def _named(token: object) -> str:
    return f"{type(token).__name__} of {len(token)} characters" if isinstance(token, str | bytes) else f"a {type(token).__name__}"


def _accepts(specimen: Specimen) -> None:
    for token in (specimen.token, specimen.token.encode("ascii")):
        identity = _ask(specimen, token)
        if identity is None:
            _broken("the specimen is refused")
        if (identity.kind, identity.provider_arn) != (specimen.provider.kind, specimen.provider.arn):
            _broken("the identity is of another kind or provider")
        if not identity.issuer or not identity.subject:
            _broken("the identity names no issuer or no subject")
        moments = (identity.issued_at, identity.not_on_or_after, identity.session_not_on_or_after)
        if any(moment is not None and moment.utcoffset() is None for moment in moments):
            _broken("an instant of the identity has no zone")
        json.dumps(identity.as_dict())
    if not specimen.validator.recognises(specimen.token):
        _broken("the validator does not recognise its own token")


def _refuses_tampered(specimen: Specimen) -> None:
    genuine = _ask(specimen, specimen.token)
    for changed in tampered(specimen.token):
        identity = _ask(specimen, changed)
        if identity is not None and identity != genuine:
            _broken("a changed character makes another identity")


def tampered(token: str) -> Iterator[str]:
    """Yield *token* with one character changed, at `MAX_TAMPERED` places at most, then cut, doubled and extended."""
    step = max(1, len(token) // MAX_TAMPERED)
    for place in range(0, len(token), step):
        char = token[place]
        other = "B" if char != "B" else "C"
        yield token[:place] + other + token[place + 1 :]
    yield from (token[:-1], token[1:], token[: len(token) // 2], token + token, f"{token}A", f"A{token}", f"{token}.")


def _refuses_expired(specimen: Specimen) -> None:
    if _ask(specimen, specimen.token, at=specimen.expired_at) is not None:
        _broken(f"accepted at {specimen.expired_at.isoformat()}")


def _refuses_foreign(specimen: Specimen) -> None:
    if _ask(specimen, specimen.token, provider=specimen.foreign_provider) is not None:
        _broken("the foreign provider accepts the token")


def _other_types() -> Iterator[object]:
    yield from (None, True, 0, -1.5, float("nan"), 10**400, object(), [], {}, (), set(), bytearray(b"x"), memoryview(b"x"), ValueError("x"))
    yield from ("", b"", " ", "\0", ".", "..", "...", "\ud800", "\u202e", "A" * 100, b"\xff\xfe", "[" * 10_000, '{"a":' * 5_000)


def _refuses_other_types(specimen: Specimen) -> None:
    for value in _other_types():
        if _ask(specimen, value) is not None:
            _broken(f"{_named(value)} is accepted")
        try:
            specimen.validator.recognises(value)
        except BaseException as error:  # noqa: BLE001 - that is what is being tested
            _broken(f"recognises raised {type(error).__name__} for {_named(value)}")


def _refuses_oversized(specimen: Specimen) -> None:
    whole = specimen.token * (OVERSIZED_CHARS // len(specimen.token) + 1)
    for value in (whole, "A" * OVERSIZED_CHARS, b"." * OVERSIZED_CHARS, specimen.token + "\n" * OVERSIZED_CHARS):
        begun = time.process_time()
        if _ask(specimen, value) is not None:
            _broken(f"{_named(value)} is accepted")
        if time.process_time() - begun > SECONDS:
            _broken(f"the refusal of {_named(value)} takes more than {SECONDS} s")


def _is_deterministic(specimen: Specimen) -> None:
    first = _ask(specimen, specimen.token)
    read = ContractError("the clock was read")
    with mock.patch("federation.clock.resolve", side_effect=read), mock.patch("time.time", side_effect=read):
        if any(_ask(specimen, specimen.token) != first for _ in range(3)):
            _broken("the same token at the same instant gives another answer")
    with ThreadPoolExecutor(4) as pool:
        if any(identity != first for identity in pool.map(lambda _: _ask(specimen, specimen.token), range(16))):
            _broken("threads see different answers")


def _is_offline(specimen: Specimen) -> None:
    with no_network():
        for token in (specimen.token, specimen.token[:-1], "A"):
            _ask(specimen, token)
            _ask(specimen, token, provider=specimen.foreign_provider)
            _ask(specimen, token, at=specimen.expired_at)


@contextmanager
def no_network() -> Iterator[None]:
    """Let nothing connect or look up a name."""
    refused = ContractError("the network was asked")
    names = ("socket", "create_connection", "getaddrinfo", "gethostbyname")
    patches = [mock.patch.object(socket, name, side_effect=refused) for name in names]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


def _keeps_secrets(specimen: Specimen) -> None:
    token = specimen.token
    windows = {token[place : place + _WINDOW] for place in range(0, max(1, len(token) - _WINDOW), _WINDOW)} | set(specimen.secrets)
    for said in _everything_said(specimen):
        leaked = next((text for text in windows if text in said), None)
        if leaked is not None:
            _broken(f"{len(leaked)} characters of the token or of a secret are shown")


def _everything_said(specimen: Specimen) -> Iterator[str]:
    judge, provider = specimen.validator, specimen.provider
    attempts = [(specimen.token, provider, specimen.expired_at), (specimen.token, specimen.foreign_provider, specimen.at)]
    attempts += [(changed, provider, specimen.at) for changed in tampered(specimen.token)]
    yield f"{provider!r} {provider} {specimen.foreign_provider!r}"
    for token, by, at in attempts:
        try:
            yield repr(judge.validate(token, by, at=at))
        except FederationError as error:
            yield f"{error} {error!r} {error.message} {json.dumps(error.as_dict())}"
        yield json.dumps(judge.diagnose(token, by, at=at).as_dict())


CONTRACT: Final = (
    Clause("accepts", "a genuine token names one identity, of this kind and provider, as text and as octets", _accepts),
    Clause("refuses-tampered", "a changed token is refused, or names the very same identity", _refuses_tampered),
    Clause("refuses-expired", "a token past its time is refused", _refuses_expired),
    Clause("refuses-foreign", "a token of another issuer is refused", _refuses_foreign),
    Clause(
        "refuses-other-types", "a value of any type is refused with a FederationError, and recognises never raises", _refuses_other_types
    ),
    Clause("refuses-oversized", "a token of any size is refused in bounded time", _refuses_oversized),
    Clause(
        "deterministic",
        "the same token at the same instant gives the same answer, from any thread, without a look at the clock",
        _is_deterministic,
    ),
    Clause("offline", "the network is never asked", _is_offline),
    Clause("keeps-secrets", "no error, report or repr shows the token or a secret", _keeps_secrets),
)
"""Every clause. All of them also hold `diagnose` to what `validate` says."""
