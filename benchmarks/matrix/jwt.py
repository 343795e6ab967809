"""ID tokens with GitHub's claims, and who verifies them.

`validate` includes strict decoding, selection of provider and key, signature, every check and the identity; the exchange also claims,
trust policy, session and seal. The libraries decode, verify, and check audience, issuer and times as far as they support it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from benchmarks.matrix.engines import Judge
from benchmarks.matrix.model import Labelled, peer
from benchmarks.matrix.running import InProcess
from benchmarks.matrix.saml import ACCOUNT, KEYS, refuse_forged
from federation import OidcProvider, Profile, SecurityTokenService, validate
from federation.account import Account, Keyring, Role
from federation.jose.algorithms import ALGORITHMS
from federation.jose.decode import decode_token
from federation.policy import Policy
from federation.testing.oidc import OidcForge, TokenKey
from federation.testing.oidc_shapes import OIDC_SHAPES

AUDIENCE = "sts.amazonaws.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
NAME = PROVIDER.partition("oidc-provider/")[2]


@dataclass(frozen=True, slots=True)
class JwtSample:
    """A token issued now, since the libraries read the clock of the machine.

    Attributes:
        case: The column, whose label is the algorithm.
        at: When it was issued.
        forge: The issuer.
        token: The token.
        forged: Tokens that must be refused: signed by a key that nobody registered, or altered.
        provider: The registered provider.
    """

    case: Labelled
    at: datetime
    forge: OidcForge
    token: str
    forged: tuple[str, ...]
    provider: OidcProvider

    @property
    def jwk(self) -> dict[str, Any]:
        """The issuer's public key."""
        return self.forge.key.jwk()


@cache
def _key(algorithm: str, name: str) -> TokenKey:
    """The key of this run for *algorithm* and *name*."""
    del name
    return TokenKey.generate(algorithm)


def sample(case: Labelled) -> JwtSample:
    """Issue the token of *case*."""
    at = datetime.now(UTC).replace(microsecond=0)
    forge = OidcForge(key=_key(case.label, "issuer"), shape=OIDC_SHAPES["github"])
    token = forge.token(at=at)
    head, _, signature = token.split(".")
    altered = ".".join((head, forge.token(at=at, subject="repo:mallory/x:ref:refs/heads/main").split(".")[1], signature))
    stranger = replace(forge, key=_key(case.label, "stranger"))
    return JwtSample(case, at, forge, token, (stranger.token(at=at), altered), forge.provider(arn=PROVIDER))


def judging(given: JwtSample, judge: Judge) -> InProcess:
    """Return *judge* as what is timed, once it has refused the forged tokens."""
    refuse_forged(judge, given.forged)
    return InProcess(lambda: judge(given.token))


def signature_alone(given: JwtSample) -> InProcess:
    """The verification by OpenSSL of octets that are at hand."""
    raw, public, verify = decode_token(given.token), given.provider.keys.keys[0].public, ALGORITHMS[given.case.label].verify
    return InProcess(lambda: verify(public, raw.signature, raw.signing_input))


def validating(given: JwtSample) -> InProcess:
    """`federation.validate`."""
    return judging(given, lambda token: validate(token, given.provider, at=given.at))


def exchanging(given: JwtSample) -> InProcess:
    """The whole AssumeRoleWithWebIdentity."""
    trust = Policy.parse(trust_policy(given.forge.shape.subject), kind="trust")
    return judging(given, exchange(account(given.provider, (role(ROLE, trust),)), given.at))


def exchange(known: Account, at: datetime) -> Judge:
    """Return the exchange of a token for a session of `ROLE` in the account *known*."""
    sts = SecurityTokenService(known, replay=None)
    return lambda token: sts.assume_role_with_web_identity(role_arn=ROLE, role_session_name="job-7", web_identity_token=token, at=at)


def trust_policy(*subjects: str) -> dict[str, Any]:
    """Return a trust policy with a statement for each of *subjects*."""
    conditions = [{"StringEquals": {f"{NAME}:aud": AUDIENCE, f"{NAME}:sub": subject}} for subject in subjects]
    common = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity"}
    return {"Version": "2012-10-17", "Statement": [{**common, "Condition": condition} for condition in conditions]}


def role(arn: str, trust: Policy) -> Role:
    """Return the role *arn*."""
    name = arn.rpartition("/")[2]
    return Role(arn=arn, name=name, path="/", role_id="AROAEXAMPLEEXAMPLE234", trust_policy=trust, max_session_duration=3600)


def account(provider: OidcProvider, roles: tuple[Role, ...]) -> Account:
    """Return an account with *provider* and *roles*."""
    return Account(
        id=ACCOUNT,
        partition="aws",
        profile=Profile.STRICT,
        keyring=Keyring(sealing="k1", keys=KEYS),
        oidc_providers={PROVIDER: provider},
        roles={each.arn: each for each in roles},
    )


def pyjwt(given: JwtSample) -> InProcess:
    """`jwt.decode` with algorithm, audience and issuer."""
    library = peer("jwt")
    key, algorithms, issuer = library.PyJWK(given.jwk), [given.case.label], given.forge.url
    return judging(given, lambda token: library.decode(token, key, algorithms=algorithms, audience=AUDIENCE, issuer=issuer))


def joserfc(given: JwtSample) -> InProcess:
    """Decoding, and the registry of claims."""
    library = peer("joserfc.jwt")
    keys = peer("joserfc.jwk").KeySet.import_key_set({"keys": [given.jwk]})
    registry = library.JWTClaimsRegistry(iss={"essential": True, "value": given.forge.url}, aud={"essential": True, "value": AUDIENCE})
    return judging(given, lambda token: registry.validate(library.decode(token, keys, algorithms=[given.case.label]).claims))


def authlib(given: JwtSample) -> InProcess:
    """Decoding, and the validation of claims."""
    with warnings.catch_warnings(record=True):  # it prints that it is deprecated, whatever is filtered
        library = peer("authlib.jose")
    key, decoder = library.JsonWebKey.import_key(given.jwk), library.JsonWebToken([given.case.label])
    return judging(given, lambda token: decoder.decode(token, key).validate())


def jwcrypto(given: JwtSample) -> InProcess:
    """Decoding."""
    library, key = peer("jwcrypto.jwt"), peer("jwcrypto.jwk").JWK(**given.jwk)
    return judging(given, lambda token: library.JWT(jwt=token, key=key, algs=[given.case.label]))
