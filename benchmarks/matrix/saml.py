"""SAML responses that are timed, made by the forge with keys of this run, and how this package judges them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.matrix.engines import Engine, Judge
from benchmarks.matrix.model import Skip
from benchmarks.matrix.running import InProcess
from federation import Profile, SecurityTokenService, limits, validate
from federation.account import Account, Keyring, Role
from federation.policy import Policy
from federation.saml.registration.provider import SamlProvider
from federation.testing import aws_attributes
from federation.testing.encryption import Encryption
from federation.testing.forge import SamlForge
from federation.testing.keys import SigningKey
from federation.testing.login import Login
from federation.testing.signing import Signing

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:saml-provider/SAML-test"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/TestSaml"
AUDIENCE = "https://signin.aws.amazon.com/saml"
KEYS = MappingProxyType({"k1": bytes(32)})
"""The keyring of accounts that exist for a measurement."""

Part = Literal["assertion", "response", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlCase:
    """A response to be made.

    Attributes:
        label: Head of its column.
        attributes: Number of attributes.
        width: Length of the value of each, in characters.
        key: Kind of the signer's key.
        sign: Which elements are signed.
        encrypted: Whether the assertion is encrypted, by AES-256-GCM and RSA-OAEP.
    """

    label: str
    attributes: int = 10
    width: int = 190
    key: str = "rsa-2048"
    sign: Part = "assertion"
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class SamlSample:
    """A token as posted, with what its verifiers know.

    Attributes:
        case: How it was made.
        at: When; libraries that read the clock of the machine accept it for five minutes.
        token: The response.
        forged: Responses that must be refused: signed by a key that nobody registered, or altered.
        plain: Both again with no PrefixList in the signature, for who does not read it.
        forge: The issuer.
        decryption: The key of the service provider.
        provider: The registered provider.
    """

    case: SamlCase
    at: datetime
    token: str
    forged: tuple[str, ...]
    plain: tuple[str, tuple[str, ...]]
    forge: SamlForge
    decryption: rsa.RSAPrivateKey = field(repr=False)
    provider: SamlProvider


@cache
def signing_key(kind: str, name: str = "benchmark") -> SigningKey:
    """The key of this run for *kind* and *name*."""
    return SigningKey.generate(kind, common_name=name, at=datetime(2026, 1, 1, tzinfo=UTC))


@cache
def decryption_key() -> SigningKey:
    """The key of the service provider, with a certificate."""
    return signing_key("rsa-2048", "service provider")


def sample(case: SamlCase) -> SamlSample:
    """Make the response of *case*, issued now."""
    at = datetime.now(UTC).replace(microsecond=0)
    private = decryption_key().private
    assert isinstance(private, rsa.RSAPrivateKey)
    forge = SamlForge(key=signing_key(case.key))
    more = {f"https://example.com/attributes/{number:03}": ("v" * case.width,) for number in range(case.attributes - 2)}
    attributes = aws_attributes(role=ROLE, provider=ARN, session_name="alice", more=more)
    login = Login(at=at, subject="alice@example.com", attributes=attributes, seed=case.label)
    encryption = Encryption(recipient=private.public_key()) if case.encrypted else None
    stranger = SamlForge(key=signing_key(case.key, "stranger"), issuer=forge.entity_id)

    def made(signing: Signing) -> tuple[str, tuple[str, ...]]:
        octets, foreign = (each.response(login, sign=case.sign, signing=signing, encryption=encryption) for each in (forge, stranger))
        forged = [foreign] if case.encrypted else [foreign, octets.replace(b">v", b">w", 1)]
        return _posted(octets), tuple(map(_posted, forged))

    options = {"decryption_keys": (decryption_key().private_pem(),)} if case.encrypted else {}
    provider = SamlProvider.from_metadata(forge.metadata(), arn=ARN, **options)  # type: ignore[arg-type]
    plain = made(replace(forge.signing(), inclusive_prefixes=()))
    return SamlSample(case, at, *made(forge.signing()), plain, forge, private, provider)


def _posted(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def judging(given: SamlSample, judge: Judge) -> InProcess:
    """Return *judge* as what is timed, once it has accepted the token and refused the forged ones."""
    refuse_forged(judge, given.forged)
    return InProcess(lambda: judge(given.token))


def refuse_forged(judge: Judge, forged: tuple[str, ...]) -> None:
    """Raise `Skip` where *judge* accepts one of *forged*: what does not verify has no place beside what does."""
    for token in forged:
        try:
            judge(token)
        except Exception:  # noqa: BLE001, S112 - any of them refuses
            continue
        raise Skip("accepts a forged token")


def validating(engine: Engine) -> Callable[[SamlSample], InProcess]:
    """`federation.validate` on *engine*."""

    def make(given: SamlSample) -> InProcess:
        return judging(given, engine.bound(lambda token: validate(token, given.provider, at=given.at)))

    return make


def exchanging(engine: Engine) -> Callable[[SamlSample], InProcess]:
    """The whole AssumeRoleWithSAML on *engine*. Used assertions are not recorded, since the second call would be refused."""

    def make(given: SamlSample) -> InProcess:
        if len(given.token) > limits.SAML_ASSERTION_PARAMETER_CHARS:
            raise Skip(f"longer than the {limits.SAML_ASSERTION_PARAMETER_CHARS} characters that the operation accepts")
        sts = SecurityTokenService(account(given.provider), replay=None)

        def exchange(token: str) -> object:
            return sts.assume_role_with_saml(role_arn=ROLE, principal_arn=ARN, saml_assertion=token, at=given.at)

        return judging(given, engine.bound(exchange))

    return make


def account(provider: SamlProvider) -> Account:
    """Return an account with *provider* and the role that it may assume."""
    condition = {"StringEquals": {"saml:aud": AUDIENCE, "saml:iss": next(iter(provider.entity_ids))}}
    statement = {"Effect": "Allow", "Principal": {"Federated": ARN}, "Action": "sts:AssumeRoleWithSAML", "Condition": condition}
    trust = Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, kind="trust")
    role = Role(arn=ROLE, name="TestSaml", path="/", role_id="AROAEXAMPLEEXAMPLE234", trust_policy=trust, max_session_duration=3600)
    return Account(
        id=ACCOUNT,
        partition="aws",
        profile=Profile.STRICT,
        keyring=Keyring(sealing="k1", keys=KEYS),
        saml_providers={ARN: provider},
        roles={ROLE: role},
    )


def signed_parts(part: Part) -> Iterator[str]:
    """Yield the signed elements of a response, the outermost first."""
    if part in {"response", "both"}:
        yield "response"
    if part in {"assertion", "both"}:
        yield "assertion"
