"""The built-in validators keep the contract that plug-ins are held to, and a validator that breaks a clause is caught by that clause."""

import hashlib
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from federation.errors import InvalidIdentityToken
from federation.identity import VerifiedIdentity
from federation.oauth.provider import OAuthProvider
from federation.profiles import Profile
from federation.report import BOTH, CheckResult, Report
from federation.saml.provider import SamlProvider
from federation.testing import SamlForge, to_base64
from federation.testing.validator_contract import CONTRACT, Clause, ContractError, Specimen
from tests import forging, oidc_forge

BAR_TOKEN = "Atza|IQEBLjAsAexampleHpi0U-Dme37rR6CuUpSR"


@cache
def saml() -> Specimen:
    forge, key = SamlForge(issuer=forging.ISSUER, key=forging.signing_key()), forging.signing_key("stranger-rsa2048")
    foreign = SamlProvider.from_metadata(SamlForge(issuer=forging.ISSUER, key=key).metadata(), arn=forging.ARN)
    provider = SamlProvider.from_metadata(forge.metadata(), arn=forging.ARN)
    token = to_base64(forge.response(forging.good_login()))
    return Specimen(provider=provider, foreign_provider=foreign, token=token, at=forging.AT, expired_at=forging.AT + timedelta(minutes=6))


@cache
def oidc() -> Specimen:
    return Specimen(
        provider=oidc_forge.provider(),
        foreign_provider=oidc_forge.provider("PS256"),
        token=oidc_forge.token(),
        at=oidc_forge.AT,
        expired_at=oidc_forge.AT + timedelta(days=1),
    )


@cache
def oauth() -> Specimen:
    answer = {"active": True, "sub": "amzn1.account.A", "aud": "client-a", "exp": oidc_forge.NOW + 600, "iss": "https://auth.example.com"}
    answers = {hashlib.sha256(BAR_TOKEN.encode()).hexdigest(): json.dumps(answer)}
    return Specimen(
        provider=OAuthProvider(name="auth.example.com", token_information=answers),
        foreign_provider=OAuthProvider(name="auth.example.org", token_information={}),
        token=BAR_TOKEN,
        at=oidc_forge.AT,
        expired_at=oidc_forge.AT + timedelta(hours=1),
    )


@pytest.mark.parametrize("clause", CONTRACT, ids=str)
@pytest.mark.parametrize("specimen", [saml, oidc, oauth])
def test_built_in_validators_keep_it(specimen: Callable[[], Specimen], clause: Clause) -> None:
    clause.check(specimen())


@dataclass(frozen=True, slots=True)
class Registration:
    """A provider of the naive kind."""

    kind: str = "naive"
    arn: str = "naive.example.com"
    profile: Profile = Profile.STRICT
    subject: str = "alice"


class Naive:
    """Takes its provider's word for a token; every clause can be broken by one attribute."""

    kind = "naive"

    def __init__(self, fault: str = "") -> None:
        self.fault = fault

    def recognises(self, token: object) -> bool:
        if self.fault == "recognises" and token is None:
            raise TypeError
        return token in {"token-of-alice-0123456789", b"token-of-alice-0123456789"} if isinstance(token, str | bytes) else False

    def validate(self, token: object, provider: Any, *, at: Any) -> VerifiedIdentity:
        self._misbehave(token)
        genuine = self.recognises(token) and at == oidc_forge.AT and provider.subject == "alice"
        if not genuine and not self._fooled(token, provider, at):
            shown = str(token) if self.fault == "leaks" else "another"
            raise InvalidIdentityToken(check="token", expected="the token", found=shown, remedy="send it")
        subject = str(time.perf_counter_ns()) if self.fault == "random" else "alice"
        return VerifiedIdentity(
            kind=self.kind, provider_arn="other" if self.fault == "other" else provider.arn, issuer="i", subject=subject
        )

    def diagnose(self, token: object, provider: Any, *, at: Any) -> Report:
        refusal, identity = None, None
        try:
            identity = self.validate(token, provider, at=at)
        except InvalidIdentityToken as error:
            refusal = error
        if self.fault == "lax" and refusal is not None:
            refusal, identity = None, VerifiedIdentity(kind=self.kind, provider_arn=provider.arn, issuer="i", subject="alice")
        row = CheckResult("token", "none", BOTH, "refused" if refusal else "passed", refusal)
        return Report(kind=self.kind, profile=provider.profile, results=(row,), identity=identity)

    def _misbehave(self, token: object) -> None:
        if self.fault == "crash" and isinstance(token, dict):
            raise KeyError
        if self.fault == "network":
            socket.create_connection(("192.0.2.1", 1), timeout=0.001)
        if self.fault == "clock":
            time.time()
        if self.fault == "slow" and isinstance(token, str) and len(token) > 1_000_000:
            hashlib.pbkdf2_hmac("sha512", b"a", b"b", 200_000)

    def _fooled(self, token: object, provider: Registration, at: object) -> bool:
        if self.fault == "tampered":
            return isinstance(token, str) and token.startswith("token-of-alic") and provider.subject == "alice" and at == oidc_forge.AT
        genuine = self.recognises(token)
        expired = self.fault == "expired" and provider.subject == "alice"
        return genuine and (expired or (self.fault == "foreign" and at == oidc_forge.AT))


NAIVE = Specimen(
    provider=Registration(),
    foreign_provider=Registration(subject="bob"),
    token="token-of-alice-0123456789",
    at=oidc_forge.AT,
    expired_at=oidc_forge.AT + timedelta(days=1),
)


def kept(monkeypatch: pytest.MonkeyPatch, validator: Naive, specimen: Specimen = NAIVE) -> set[str]:
    """The clauses that *validator* keeps."""
    monkeypatch.setattr("federation.testing.validator_contract.validator", lambda _: validator)
    names = set()
    for clause in CONTRACT:
        try:
            clause.check(specimen)
        except ContractError:
            continue
        names.add(str(clause))
    return names


ALL = {str(clause) for clause in CONTRACT}


@pytest.mark.parametrize(
    ("fault", "broken"),
    [
        ("", set()),
        ("other", {"accepts"}),
        ("recognises", {"refuses-other-types"}),
        ("crash", {"refuses-other-types"}),
        ("expired", {"refuses-expired"}),
        ("foreign", {"refuses-foreign"}),
        ("clock", {"deterministic"}),
        ("slow", {"refuses-oversized"}),
        ("leaks", {"keeps-secrets"}),
        ("random", {"accepts", "deterministic", "offline", "refuses-tampered"}),
        ("lax", ALL - {"accepts", "deterministic", "keeps-secrets"}),
    ],
)
def test_each_clause_catches_its_fault(monkeypatch: pytest.MonkeyPatch, fault: str, broken: set[str]) -> None:
    if fault == "slow":
        monkeypatch.setattr("federation.testing.validator_contract.SECONDS", 0.05)
    assert ALL - kept(monkeypatch, Naive(fault)) == broken


def test_a_changed_character_must_not_make_another_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    class Echo(Naive):
        def validate(self, token: object, provider: Any, *, at: Any) -> VerifiedIdentity:
            identity = super().validate(token, provider, at=at)
            return identity._replace(subject=str(token)[-3:] if isinstance(token, str) else "789")

    assert "refuses-tampered" not in kept(monkeypatch, Echo("tampered"))


def test_the_network_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: None)
    assert ALL - kept(monkeypatch, Naive("network")) == {"offline"}
