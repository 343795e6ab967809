"""A correct plug-in for tests: PASETO v4.public tokens (Ed25519), with a signed footer. Each defect in the tests changes one member."""

import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from unittest import mock

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from federation import validators
from federation.check_names import PluginCheck
from federation.errors import ExpiredTokenException, FederationError, InvalidIdentityToken, RegistrationError, show
from federation.identity import Identity
from federation.profiles import Profile
from federation.report import BOTH, Check, CheckResult, Report, collect, enforce
from federation.testing.validator_contract import Specimen
from tests.support.world import ISSUED

KIND: Final = "paseto-v4-public"
HEADER: Final = "v4.public."
LONGEST: Final = 4096
SIGNATURE_OCTETS: Final = 64
CLAUSE: Final = "PASETO version 4, purpose public"
AT: Final = ISSUED
HOST, AUDIENCE = "paseto.acme.example", "sts"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FOOTER: Final = b'{"kid":"k1"}'


@dataclass(frozen=True, slots=True)
class PasetoProvider:
    """An issuer: its host name, the audience of its tokens, and its key."""

    arn: str
    audience: str
    key: Ed25519PublicKey = field(repr=False)
    profile: Profile = Profile.STRICT
    kind: ClassVar[str] = KIND


@dataclass(frozen=True, slots=True)
class Presented:
    """Claims whose signature was verified, their provider, and the instant."""

    claims: Mapping[str, str]
    provider: PasetoProvider
    at: datetime

    def instant(self, name: str) -> datetime:
        return datetime.fromisoformat(self.claims[name])


def refuse(check: str, expected: str, found: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(check=PluginCheck(check), expected=expected, found=found, remedy="get a new token")


def authenticated(*pieces: bytes) -> bytes:
    """Pre-authentication encoding: every piece with its length, so that none can be moved into its neighbour."""
    return struct.pack("<Q", len(pieces)) + b"".join(struct.pack("<Q", len(piece)) + piece for piece in pieces)


def text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def sign(claims: Mapping[str, Any], key: Ed25519PrivateKey = KEY, footer: bytes = FOOTER) -> str:
    message = json.dumps(claims, separators=(",", ":")).encode()
    signature = key.sign(authenticated(HEADER.encode(), message, footer, b""))
    return HEADER + text(message + signature) + (f".{text(footer)}" if footer else "")


def check_issuer(presented: Presented) -> None:
    if presented.claims["iss"] != presented.provider.arn:
        raise refuse("issuer", show(presented.provider.arn), show(presented.claims["iss"]))


def check_audience(presented: Presented) -> None:
    if presented.claims["aud"] != presented.provider.audience:
        raise refuse("audience", show(presented.provider.audience), show(presented.claims["aud"]))


def check_issued(presented: Presented) -> None:
    if presented.instant("iat") > presented.at:
        raise refuse("iat", f"at {presented.at} at the latest", f"{presented.instant('iat')}")


def check_expiry(presented: Presented) -> None:
    if presented.instant("exp") <= presented.at:
        raise ExpiredTokenException(check="exp", expected="a later end", found=f"{presented.instant('exp')}", remedy="get a new token")


def check_subject(presented: Presented) -> None:
    if not presented.claims["sub"].isprintable() or not presented.claims["sub"]:
        raise refuse("subject", "a printable subject", "another")


class PasetoValidator:
    """Judges PASETO v4.public tokens. A defective twin overrides one member."""

    kind = KIND
    longest = LONGEST
    checks: tuple[Check[Presented], ...] = (
        Check("issuer", CLAUSE, BOTH, check_issuer),
        Check("audience", CLAUSE, BOTH, check_audience),
        Check("iat", CLAUSE, BOTH, check_issued),
        Check("exp", CLAUSE, BOTH, check_expiry),
        Check("subject", CLAUSE, BOTH, check_subject),
    )

    @property
    def diagnosed(self) -> tuple[Check[Presented], ...]:
        return self.checks

    def recognises(self, token: object) -> bool:
        try:
            self.decode(token)
        except FederationError:
            return False
        return True

    def validate(self, token: object, provider: Any, *, at: datetime) -> Identity:
        presented = self.prove(token, provider, at)
        enforce(self.checks, presented)
        return self.identify(presented)

    def diagnose(self, token: object, provider: Any, *, at: datetime) -> Report:
        try:
            presented = self.prove(token, provider, at)
        except FederationError as refusal:
            return self.report(provider, (CheckResult(refusal.check, CLAUSE, BOTH, "refused", refusal),))
        return self.report(provider, collect(self.diagnosed, presented))

    def report(self, provider: Any, results: Sequence[CheckResult]) -> Report:
        return Report(kind=KIND, profile=provider.profile, results=tuple(results))

    def register(self, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> PasetoProvider:
        raise RegistrationError(
            check="settings", expected="a provider made by a test", found="a directory", remedy="build a PasetoProvider"
        )

    def prove(self, token: object, provider: Any, at: datetime) -> Presented:
        message, signature, footer = self.decode(token)
        self.verify(provider, message, signature, footer)
        return Presented(self.read(message), provider, at)

    def decode(self, token: object) -> tuple[bytes, bytes, bytes]:
        if not isinstance(token, str | bytes):
            raise refuse("type", "a str or bytes", type(token).__name__)
        if len(token) > self.longest:
            raise refuse("size", f"at most {self.longest} characters", f"{len(token)}")
        plain = token.decode("latin-1") if isinstance(token, bytes) else token
        parts = plain.removeprefix(HEADER).split(".")
        if not plain.startswith(HEADER) or not plain.isascii() or len(parts) > 2:
            raise self.malformed(plain)
        signed, footer = (self.octets(part) for part in (*parts, "")[:2])
        if len(parts) > 1 and not footer:
            raise self.malformed(plain)
        return signed[:-SIGNATURE_OCTETS], signed[-SIGNATURE_OCTETS:], footer

    def malformed(self, _token: str) -> FederationError:
        return refuse("form", f"{HEADER}<payload>[.<footer>]", "another form")

    def octets(self, part: str) -> bytes:
        try:
            octets = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except ValueError:
            octets = b""
        if text(octets) != part:
            raise refuse("base64url", "canonical base64url", "another spelling")
        return octets

    def verify(self, provider: Any, message: bytes, signature: bytes, footer: bytes) -> None:
        try:
            provider.key.verify(signature, authenticated(HEADER.encode(), message, footer, b""))
        except InvalidSignature:
            raise refuse("signature", "the signature of the registered key", "none that verifies") from None

    def read(self, message: bytes) -> Mapping[str, str]:
        try:
            claims = json.loads(message)
        except (ValueError, RecursionError):
            claims = None
        if not isinstance(claims, dict) or not {"iss", "sub", "aud", "iat", "exp"} <= claims.keys():
            raise refuse("claims", "iss, sub, aud, iat and exp", "others")
        if not all(isinstance(value, str) for value in claims.values()):
            raise refuse("claims", "claims that are text", "others")
        return claims

    def identify(self, presented: Presented) -> Identity:
        claims, provider = presented.claims, presented.provider
        return Identity(
            kind=KIND,
            provider_arn=provider.arn,
            issuer=claims["iss"],
            subject=claims["sub"],
            audience=claims["aud"],
            audiences=(claims["aud"],),
            issued_at=presented.instant("iat"),
            not_on_or_after=presented.instant("exp"),
            context_keys={f"{provider.arn}:sub": claims["sub"]},
        )


def claims(**changes: str) -> dict[str, str]:
    good = {"iss": HOST, "sub": "alice", "aud": AUDIENCE, "iat": f"{AT - timedelta(minutes=1)}", "exp": f"{AT + timedelta(minutes=10)}"}
    return {**good, **changes}


def specimen(**changes: Any) -> Specimen:
    good: dict[str, Any] = {
        "provider": PasetoProvider(HOST, AUDIENCE, KEY.public_key()),
        "same_name": PasetoProvider(HOST, AUDIENCE, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()),
        "same_key": PasetoProvider("paseto.other.example", AUDIENCE, KEY.public_key()),
        "token": sign(claims()),
        "at": AT,
        "expired_at": AT + timedelta(hours=1),
        "misaddressed": sign(claims(aud="somebody-else")),
        "oversized": sign(claims(padding="x" * 1_000_000)),
        "refused": {"subject": sign(claims(sub="")), "iat": sign(claims(iat=f"{AT + timedelta(minutes=1)}"))},
    }
    return Specimen(**{**good, **changes})


@contextmanager
def installed(plugin: object) -> Iterator[None]:
    """Have *plugin* found as the one installed plug-in of its kind."""

    class Point:
        name, value = KIND, "tests.support.paseto:PasetoValidator"

        def load(self) -> Any:
            return lambda: plugin

    caches = (validators.validator, validators.plugin)
    with mock.patch.object(validators, "entry_points", lambda *, group: [Point()] if group == validators.ENTRY_POINT_GROUP else []):
        for cached in caches:
            cached.cache_clear()
        yield
    for cached in caches:
        cached.cache_clear()
