"""The contract is green for a sound plug-in, and each defect that was planted turns the clause red that is named for it."""

import hashlib
import json
import logging
import socket
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.check_names import CheckName
from federation.errors import FederationError, InvalidIdentityToken
from federation.identity import Identity
from federation.report import Check, Report
from federation.testing.validator_contract import CONTRACT, Clause, ContractError, Specimen
from tests.support import paseto
from tests.support.paseto import PasetoValidator, Presented, refuse

started = time.time


def without(name: str) -> tuple[Check[Presented], ...]:
    return tuple(check for check in PasetoValidator.checks if check.name != name)


def instead(name: CheckName, run: Callable[[Presented], None]) -> tuple[Check[Presented], ...]:
    return tuple(Check(name, check.clause, check.profiles, run) if check.name == name else check for check in PasetoValidator.checks)


class AudienceUnchecked(PasetoValidator):
    checks = without("audience")


class IssuerUnchecked(PasetoValidator):
    checks = without("issuer")


class ExpiryUnchecked(PasetoValidator):
    checks = without("exp")


class IssuedUnchecked(PasetoValidator):
    checks = without("iat")


class KeyUnchecked(PasetoValidator):
    """Takes the key from whoever it saw first."""

    def verify(self, provider: Any, message: bytes, signature: bytes, footer: bytes) -> None:
        super().verify(paseto.specimen().provider, message, signature, footer)


def _issued_by_datetime(presented: Presented) -> None:
    if presented.instant("iat") > datetime.now(UTC):
        raise refuse("iat", "the past", "the future")


def _issued_by_time(presented: Presented) -> None:
    if presented.instant("iat").timestamp() > started():
        raise refuse("iat", "the past", "the future")


def _present() -> float:
    """The time of a machine whose clock is ahead of every specimen."""
    return datetime(2100, 1, 1, tzinfo=UTC).timestamp()


def _issued_by_kept_clock(presented: Presented, clock: Callable[[], float] = _present) -> None:
    if presented.instant("iat").timestamp() > clock():
        raise refuse("iat", "the past", "the future")


class IssuedByRealClock(PasetoValidator):
    checks = instead("iat", _issued_by_datetime)


class IssuedByImportedClock(PasetoValidator):
    checks = instead("iat", _issued_by_time)


class IssuedByHiddenClock(PasetoValidator):
    """Where the clock hides from being replaced, a token that is issued later than the instant gives it away."""

    checks = instead("iat", _issued_by_kept_clock)


class DiagnoseWithoutAudience(PasetoValidator):
    diagnosed = without("audience")


class DiagnoseWithoutSubject(PasetoValidator):
    diagnosed = without("subject")


class Remembers(PasetoValidator):
    """Keeps what it found by the token alone."""

    def __init__(self) -> None:
        self.seen: dict[object, Identity] = {}

    def validate(self, token: object, provider: Any, *, at: datetime) -> Identity:
        if isinstance(token, str | bytes) and token in self.seen:
            return self.seen[token]
        identity = super().validate(token, provider, at=at)
        self.seen[token] = identity
        return identity

    def diagnose(self, token: object, provider: Any, *, at: datetime) -> Report:
        if isinstance(token, str | bytes) and token in self.seen:
            return self.report(provider, ())
        return super().diagnose(token, provider, at=at)


class RemembersRefusals(Remembers):
    """Keeps a refusal by the token alone."""

    def __init__(self) -> None:
        self.refused: dict[object, FederationError] = {}

    def prove(self, token: object, provider: Any, at: datetime) -> Presented:
        if isinstance(token, str | bytes) and token in self.refused:
            raise self.refused[token]
        try:
            return PasetoValidator.prove(self, token, provider, at)
        except FederationError as refusal:
            if isinstance(token, str | bytes):
                self.refused[token] = refusal
            raise

    def validate(self, token: object, provider: Any, *, at: datetime) -> Identity:
        return PasetoValidator.validate(self, token, provider, at=at)

    def diagnose(self, token: object, provider: Any, *, at: datetime) -> Report:
        return PasetoValidator.diagnose(self, token, provider, at=at)


class RecognisesEverything(PasetoValidator):
    def recognises(self, token: object) -> bool:
        return True


class RecognisesText(PasetoValidator):
    def recognises(self, token: object) -> bool:
        return (isinstance(token, str | bytes) and len(token) > 100) or super().recognises(token)


class RecognisesDots(PasetoValidator):
    def recognises(self, token: object) -> bool:
        return (
            (token if isinstance(token, bytes) else token.encode("utf-8", "replace")).count(b".") > 1
            if isinstance(token, str | bytes)
            else False
        )


class RecogniseRaises(PasetoValidator):
    def recognises(self, token: object) -> bool:
        return token.startswith(paseto.HEADER if isinstance(token, str) else paseto.HEADER.encode())  # type: ignore[attr-defined, no-any-return]


class SizeUnlimited(PasetoValidator):
    longest = sys.maxsize


class SizeSeenLate(PasetoValidator):
    """Looks at the size of what it decoded."""

    longest = sys.maxsize

    def octets(self, part: str) -> bytes:
        octets = super().octets(part)
        if len(octets) > paseto.LONGEST:
            raise refuse("size", "fewer octets", "more")
        return octets


class LeaksInError(PasetoValidator):
    """Shows 38 characters, from a place that is a multiple of nothing."""

    def malformed(self, token: str) -> FederationError:
        return refuse("form", "another form", token[17:55])


class LeaksInCause(PasetoValidator):
    def verify(self, provider: Any, message: bytes, signature: bytes, footer: bytes) -> None:
        try:
            super().verify(provider, message, signature, footer)
        except InvalidIdentityToken as refusal:
            raise refusal from ValueError(f"no signature of {paseto.text(message)}")


class LeaksInLog(PasetoValidator):
    def decode(self, token: object) -> tuple[bytes, bytes, bytes]:
        logging.getLogger("paseto").debug("judging %.60s", token)
        return super().decode(token)


class LeaksOnOutput(PasetoValidator):
    def decode(self, token: object) -> tuple[bytes, bytes, bytes]:
        print(repr(token)[20:40])  # noqa: T201 - that is the defect
        return super().decode(token)


class FooterUnsigned(PasetoValidator):
    """Signs and verifies the message alone."""

    def verify(self, provider: Any, message: bytes, signature: bytes, footer: bytes) -> None:
        super().verify(provider, message, signature, b"")


class FooterIgnored(PasetoValidator):
    """Verifies with the footer it expects, whatever the token has."""

    def verify(self, provider: Any, message: bytes, signature: bytes, footer: bytes) -> None:
        super().verify(provider, message, signature, paseto.FOOTER)


class SpellingFree(PasetoValidator):
    """Takes any base64url that decodes."""

    def octets(self, part: str) -> bytes:
        return super().octets(part.rstrip("=#?"))


class AsksNetwork(PasetoValidator):
    def verify(self, provider: Any, message: bytes, signature: bytes, footer: bytes) -> None:
        try:
            socket.create_connection(("127.0.0.1", 9), timeout=0.001)
        except OSError:
            super().verify(provider, message, signature, footer)


class RaisesOthers(PasetoValidator):
    def read(self, message: bytes) -> Mapping[str, str]:
        found: Mapping[str, str] = json.loads(message)
        return found

    def decode(self, token: object) -> tuple[bytes, bytes, bytes]:
        if not isinstance(token, str | bytes):
            raise TypeError
        return super().decode(token)


class TextOnly(PasetoValidator):
    def decode(self, token: object) -> tuple[bytes, bytes, bytes]:
        if isinstance(token, bytes):
            raise refuse("type", "a str", "bytes")
        return super().decode(token)


class Slow(PasetoValidator):
    def decode(self, token: object) -> tuple[bytes, bytes, bytes]:
        if isinstance(token, str | bytes) and len(token) > 3_000_000:
            hashlib.pbkdf2_hmac("sha512", b"a", b"b", 200_000)
        return super().decode(token)


class Random(PasetoValidator):
    def identify(self, presented: Presented) -> Identity:
        return super().identify(presented)._replace(token_id=str(time.perf_counter_ns()))


class SpeaksForOthers(PasetoValidator):
    def identify(self, presented: Presented) -> Identity:
        return super().identify(presented)._replace(provider_arn="gitlab.com")


class Echoes(PasetoValidator):
    """Verifies what it should, and names whom the changed end of the token names."""

    length = len(paseto.sign(paseto.claims()))

    def decode(self, token: object) -> tuple[bytes, bytes, bytes]:
        self.end = str(token)[-3:]
        return super().decode(token[: self.length] if isinstance(token, str | bytes) else token)

    def identify(self, presented: Presented) -> Identity:
        return super().identify(presented)._replace(subject=self.end)


DEFECTS: tuple[tuple[type[PasetoValidator], str], ...] = (
    (AudienceUnchecked, "refuses-misaddressed"),
    (IssuerUnchecked, "refuses-other-issuer"),
    (KeyUnchecked, "refuses-other-key"),
    (ExpiryUnchecked, "refuses-expired"),
    (IssuedUnchecked, "refuses-early"),
    (IssuedByRealClock, "asks-no-clock"),
    (IssuedByImportedClock, "asks-no-clock"),
    (IssuedByHiddenClock, "refuses-early"),
    (DiagnoseWithoutAudience, "diagnoses-alike"),
    (DiagnoseWithoutSubject, "diagnoses-alike"),
    (Remembers, "remembers-nothing"),
    (RemembersRefusals, "remembers-nothing"),
    (RecognisesEverything, "recognises-its-own"),
    (RecognisesText, "recognises-its-own"),
    (RecognisesDots, "recognises-its-own"),
    (RecogniseRaises, "recognises-its-own"),
    (SizeUnlimited, "refuses-oversized"),
    (SizeSeenLate, "refuses-oversized"),
    (Slow, "refuses-oversized"),
    (LeaksInError, "keeps-secrets"),
    (LeaksInCause, "keeps-secrets"),
    (LeaksInLog, "keeps-secrets"),
    (LeaksOnOutput, "keeps-secrets"),
    (FooterUnsigned, "refuses-tampered"),
    (FooterIgnored, "refuses-tampered"),
    (SpellingFree, "refuses-tampered"),
    (AsksNetwork, "offline"),
    (RaisesOthers, "refuses-other-types"),
    (TextOnly, "accepts"),
    (Random, "deterministic"),
    (SpeaksForOthers, "accepts"),
)
BY_NAME = {str(clause): clause for clause in CONTRACT}


def test_the_sound_plug_in_signs_as_the_standard_has_it() -> None:
    """Test vector 4-S-1 of the PASETO specification: without it the plug-in might be sound and no PASETO."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex("b4cbfb43df4ce210727d953e4a713307fa19bb7d9f85041438d9e11b942a3774"))
    token = (
        "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9"
        "bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA"
    )
    assert paseto.sign({"data": "this is a signed message", "exp": "2022-01-01T00:00:00+00:00"}, key, b"") == token


@pytest.mark.parametrize("clause", CONTRACT, ids=str)
def test_a_sound_plug_in_keeps_every_clause(clause: Clause) -> None:
    with paseto.installed(PasetoValidator()):
        clause.check(paseto.specimen())


@pytest.mark.parametrize(("defect", "name"), DEFECTS, ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_the_clause_named_for_it_catches_the_defect(defect: type[PasetoValidator], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if defect is Slow:
        monkeypatch.setattr("federation.testing.clauses.SECONDS", 0.05)
    signed = {} if defect is not FooterUnsigned else unsigned_footers()
    with paseto.installed(defect()), pytest.raises(ContractError, match=f"^{name}: "):
        BY_NAME[name].check(paseto.specimen(**signed))


def unsigned_footers() -> dict[str, Any]:
    """The tokens of an issuer that leaves the footer out of what it signs."""

    def sign(claims: Mapping[str, str]) -> str:
        return f"{paseto.sign(claims, footer=b'')}.{paseto.text(paseto.FOOTER)}"

    return {"token": sign(paseto.claims()), "misaddressed": sign(paseto.claims(aud="somebody-else")), "refused": {}}


def test_a_change_that_is_accepted_must_not_make_another_identity() -> None:
    with (
        paseto.installed(Echoes()),
        pytest.raises(ContractError, match=r"^refuses-tampered: a changed token is accepted with another identity"),
    ):
        BY_NAME["refuses-tampered"].check(paseto.specimen(unsigned_parts=True))


def test_every_clause_has_a_defect() -> None:
    assert {name for _, name in DEFECTS} == BY_NAME.keys()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"same_name": paseto.specimen().same_key}, "refuses-other-key"),
        ({"same_key": paseto.specimen().same_name}, "refuses-other-issuer"),
        ({"oversized": "v4.public.short"}, "refuses-oversized"),
        ({"refused": {"subject": paseto.sign(paseto.claims())}}, "diagnoses-alike"),
        ({"refused": {"subject": paseto.sign(paseto.claims(aud="x"))}}, "diagnoses-alike"),
    ],
)
def test_a_specimen_that_shows_nothing_is_refused(changes: dict[str, Any], name: str) -> None:
    with paseto.installed(PasetoValidator()), pytest.raises(ContractError, match=f"^{name}: "):
        BY_NAME[name].check(paseto.specimen(**changes))


def test_a_specimen_shows_no_token() -> None:
    shown = paseto.specimen()
    assert isinstance(shown, Specimen)
    assert not any(token in repr(shown) for token in (shown.token, shown.misaddressed or "?", shown.oversized, *shown.refused.values()))
