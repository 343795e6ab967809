"""The recorded answers of AWS STS to web identity tokens, through the whole exchange: profile ``aws`` gives the same session or refusal.

Each recording says in words what differs from a good token; `PREPARED` says it in code.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from federation import FederationError, OidcProvider, SecurityTokenService
from federation.account import Account, Keyring, Role
from federation.policy import Policy
from federation.profiles import Profile
from federation.sts.login import web_identity_claims as tags
from federation.sts.results import WebIdentityRoleSession
from federation.testing.keys import self_signed
from federation.testing.oidc import ABSENT, OidcForge, TokenKey
from tests.support.oidc import AT, NOW
from tests.support.shared import manifest, needs_shared

pytestmark = needs_shared

CASES = [c for c in manifest("recordings/federation-tokens.json", {"cases": []})["cases"] if c["protocol"] == "oidc"]
URL = "https://issuer.example.com"
ARN = "arn:aws:iam::123456789012:oidc-provider/issuer.example.com"
ROLE = "arn:aws:iam::123456789012:role/path/Target"
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,"
    "  please reference AssumeRoleWithWebIdentity documentation for requirements"
)
ACTIONS = ("sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity")
OTHER = "arn:aws:iam::123456789012:role/Other"


@cache
def keys() -> dict[str, TokenKey]:
    algorithms = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
    return {alg: TokenKey.generate(alg, kid=alg.lower()) for alg in (*algorithms, "PS256", "EdDSA")}


def jwk(alg: str = "RS256", /, **changes: Any) -> dict[str, Any]:
    return {n: v for n, v in {**keys()[alg].jwk(), **changes}.items() if v is not ABSENT}


def published() -> list[dict[str, Any]]:
    return [jwk(alg) for alg in ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")]


def trust(actions: Sequence[str] = ACTIONS, **condition: Any) -> Policy:
    statement = {"Effect": "Allow", "Principal": {"Federated": ARN}, "Action": list(actions)}
    return Policy.parse(
        {"Version": "2012-10-17", "Statement": {**statement, **({"Condition": condition} if condition else {})}}, kind="trust"
    )


@dataclass(frozen=True, kw_only=True)
class Request:
    """What differs from the good request of the recordings."""

    alg: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    payload_tail: str = ""
    jwks: Callable[[], list[dict[str, Any]]] = published
    call: dict[str, Any] = field(default_factory=dict)
    trust_policy: Callable[[], Policy] = trust


def exchange(request: Request) -> WebIdentityRoleSession:
    forge = OidcForge(key=keys()[request.alg], issuer=URL)
    base = {"sub": "subject-probe", "aud": "client-a", "jti": ABSENT, "iat": NOW - 10, "exp": NOW + 900}
    if request.payload_tail:
        claims = json.dumps(forge.claims(at=AT, **{**base, **request.claims}))[:-1] + "," + request.payload_tail + "}"
        token = forge.sign(json.dumps({"alg": request.alg, "kid": request.alg.lower()}).encode(), claims.encode())
    else:
        token = forge.token(at=AT, header={"typ": ABSENT, **request.header}, **{**base, **request.claims})
    provider = OidcProvider(url=URL, client_ids=["client-a", "client-b"], jwks={"keys": request.jwks()}, arn=ARN, profile=Profile.AWS)
    role = Role(
        arn=ROLE,
        name="Target",
        path="/path/",
        role_id="AROAEXAMPLEEXAMPLE234",
        trust_policy=request.trust_policy(),
        max_session_duration=7200,
    )
    account = Account(
        id="123456789012",
        partition="aws",
        profile=Profile.AWS,
        keyring=Keyring(sealing="k1", keys={"k1": bytes(32)}),
        oidc_providers={ARN: provider},
        roles={ROLE: role},
    )
    call = {"role_arn": ROLE, "role_session_name": "probe", "web_identity_token": token, "at": AT, **request.call}
    return SecurityTokenService(account).assume_role_with_web_identity(**call)


def claims(**changes: Any) -> Request:
    return Request(claims=changes)


def roles(value: object) -> Request:
    return Request(claims={tags.ROLES: value})


def with_provider_id(name: str) -> Request:
    return Request(call={"provider_id": name})


def authorized(value: str, roles: object) -> Request:
    return Request(claims={tags.ROLES: roles}, trust_policy=lambda: trust(Bool={"sts:RoleAuthorizedByIdp": value}))


def key_set(*jwks: Callable[[], dict[str, Any]], **options: Any) -> Request:
    return Request(jwks=lambda: [make() for make in jwks], **options)


def with_certificate() -> dict[str, Any]:
    private = keys()["RS256"].private
    assert isinstance(private, rsa.RSAPrivateKey)
    certificate = self_signed(private, common_name="test", at=AT, life=timedelta(days=1))
    return jwk(x5c=[b64encode(certificate.public_bytes(Encoding.DER)).decode()])


def many_rsa() -> list[dict[str, Any]]:
    return [jwk(), *(jwk(kid=f"rsa-{n}") for n in range(100)), jwk("ES256")]


TAG_CLAIMS = {"principal_tags": {"Team": ["engineering"]}, "transitive_tag_keys": ["Team"]}

PREPARED: dict[str, Request] = {
    "oidc-03": Request(alg="RS512"),
    "oidc-04": Request(alg="ES256"),
    "oidc-05": Request(alg="ES384"),
    "oidc-08": claims(sub=ABSENT),
    "oidc-09": claims(aud=ABSENT),
    "oidc-10": claims(iat=ABSENT),
    "oidc-11": claims(exp=ABSENT),
    "oidc-13": claims(sub=""),
    "oidc-18": claims(azp="other"),
    "oidc-19": claims(azp=""),
    "oidc-22": claims(iat=NOW),
    "oidc-23": claims(iat=NOW + 277),
    "oidc-25": claims(nbf=NOW + 275),
    "oidc-29": claims(nbf="invalid"),
    "oidc-30": claims(aud=""),
    "oidc-31": claims(aud=["client-a"]),
    "oidc-33": claims(aud=[]),
    "oidc-34": claims(sub=None),
    "oidc-35": claims(sub=123),
    "oidc-36": claims(sub="a" * 300),
    "oidc-38": claims(iat=None),
    "oidc-41": claims(iat=str(NOW - 10)),
    "oidc-42": Request(claims={tags.SOURCE_IDENTITY: "source-probe"}),
    "oidc-43": Request(claims={tags.TAGS: TAG_CLAIMS}),
    "oidc-44": Request(claims={tags.TAGS: {"principal_tags": {"Team": "engineering"}}}),
    "oidc-47": with_provider_id("www.amazon.com"),
    "oidc-50": Request(header={"kid": ""}),
    "oidc-51": Request(header={"crit": ["custom"], "custom": "yes"}),
    "oidc-52": Request(payload_tail='"aud":"other"'),
    "oidckey-01": key_set(jwk),
    "oidckey-02": key_set(jwk, header={"kid": ABSENT}),
    "oidckey-07": key_set(lambda: jwk(key_ops=["verify"])),
    "oidckey-08": key_set(jwk, jwk),
    "oidckey-09": key_set(lambda: jwk("RS384", kid="rs256", alg="RS256"), jwk),
    "oidckey-11": key_set(with_certificate),
    "oidckey-12": key_set(lambda: with_certificate() | {"n": None, "e": None}),
    "oidckey-14": Request(jwks=many_rsa),
    "oidckey-15": Request(jwks=many_rsa, alg="ES256"),
    "oidcpid-02": with_provider_id("graph.facebook.com"),
    "oidcpid-04": with_provider_id("https://www.amazon.com"),
    "oidcpid-05": with_provider_id("custom.example.test"),
    "oidcrole-01": roles([ROLE]),
    "oidcrole-02": roles(ROLE),
    "oidcrole-03": roles([OTHER, ROLE]),
    "oidcrole-08": roles(None),
    "oidcrole-10": roles(value=True),
    "oidcrole-11": roles({"role": ROLE}),
    "oidcrole-14": roles(f" {ROLE} "),
    "oidcrole-15": roles(f"{OTHER}; {ROLE}"),
    "oidcrole-16": roles("arn:aws:iam::123456789012:role/*"),
    "oidcrole-17": roles(ROLE.upper()),
    "oidcrole-19": roles(["not-an-arn", ROLE]),
    "oidcrole-21": roles(f";{ROLE}"),
    "oidcrole-22": roles(f"{OTHER},{ROLE}"),
    "oidcrole-23": roles([None, ROLE]),
    "oidcrole-bool-true": authorized("true", [OTHER]),
    "oidcrole-bool-false": authorized("false", [OTHER]),
}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_recorded_answer(case: dict[str, Any]) -> None:
    if case["id"] not in PREPARED:
        pytest.skip("a recording that PREPARED does not say in code yet")
    expected = case["expected"]
    if expected["outcome"] == "error":
        with pytest.raises(FederationError) as caught:
            exchange(PREPARED[case["id"]])
        assert caught.value.code == expected["code"]
        if expected["message"] is not None:
            assert caught.value.message == expected["message"]
        return
    answer = exchange(PREPARED[case["id"]])
    assert (answer.subject, answer.audience, answer.provider) == (expected["subject"], expected["audience"], ARN)
    assert answer.source_identity == expected.get("source_identity")
    assert (answer.credentials.expiration - AT).total_seconds() == expected["session_seconds"]


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        (
            claims(exp=NOW - 301),
            "ExpiredTokenException",
            f"Token expired: current date/time {NOW - 300} must be before the expiration date/time {NOW - 301}",
        ),
        (
            claims(exp=NOW - 300),
            "ExpiredTokenException",
            f"Token expired: current date/time {NOW - 300} must be before the expiration date/time {NOW - 300}",
        ),
        (claims(iat=NOW + 301), "InvalidIdentityToken", f"Token issued in the future: {NOW + 301}"),
        (
            claims(nbf=NOW + 301),
            "InvalidIdentityToken",
            f"Token not yet valid: current date/time {NOW + 300} must be after or equal to the not-before date/time {NOW + 301}",
        ),
        (claims(iss=ABSENT), "InvalidIdentityToken", "Missing a required claim: iss"),
        (
            claims(iss="https://other.example.com"),
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://other.example.com",
        ),
        (claims(exp=NOW + 0.5), "InvalidIdentityToken", "Invalid timestamp in token claims."),
        (claims(exp=True), "InvalidIdentityToken", "Invalid timestamp in token claims."),
        (
            claims(aud=["client-a", "client-b"]),
            "InvalidIdentityToken",
            "Token audience contains more than one audience while authorized party is not present",
        ),
        (Request(alg="PS256", jwks=lambda: [jwk("PS256")]), "InvalidIdentityToken", None),
        (Request(alg="EdDSA", jwks=lambda: [jwk("EdDSA"), jwk()]), "InvalidIdentityToken", None),
        (
            Request(header={"kid": "unknown"}),
            "InvalidIdentityToken",
            NO_KEY,
        ),
        (
            Request(header={"kid": ABSENT}),
            "InvalidIdentityToken",
            NO_KEY,
        ),
        (
            key_set(lambda: jwk(kid=ABSENT), header={"kid": ABSENT}),
            "InvalidIdentityToken",
            NO_KEY,
        ),
        (key_set(lambda: jwk(use="enc")), "InvalidIdentityToken", None),
        (key_set(lambda: with_certificate() | {"n": jwk("RS384")["n"]}), "InvalidIdentityToken", None),
        (roles([]), "InvalidIdentityToken", "The roles claim contains no valid role ARNs"),
        (roles(""), "InvalidIdentityToken", "The roles claim contains no valid role ARNs"),
        (roles(5), "InvalidIdentityToken", "The roles claim is not in a supported format"),
    ],
    ids=range(19),
)
def test_documented_answer(request_: Request, code: str, message: str | None) -> None:
    with pytest.raises(FederationError) as caught:
        exchange(request_)
    assert caught.value.code == code
    assert message is None or caught.value.message == message


@pytest.mark.parametrize(
    "request_",
    [
        claims(exp=NOW - 299),
        claims(iat=NOW + 300),
        claims(nbf=NOW + 300),
        claims(exp=str(NOW + 60)),
        claims(aud=["client-a", "other"], azp="client-b"),
        key_set(lambda: jwk(alg="RS512")),
        key_set(jwk, header={"kid": ""}),
        Request(header={"typ": "at+jwt", "jku": "https://x"}),
        Request(payload_tail='"x":1,"x":2'),
    ],
    ids=range(9),
)
def test_documented_leniency(request_: Request) -> None:
    assert exchange(request_).subject == "subject-probe"


PATTERN = r"Member must satisfy regular expression pattern: [\w+=,.@-]*"
NOT_AUTHORIZED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        (Request(call={"role_arn": f"{ROLE}2"}), "AccessDenied", NOT_AUTHORIZED),
        (Request(trust_policy=lambda: trust(["sts:AssumeRole"])), "AccessDenied", NOT_AUTHORIZED),
        (Request(claims={tags.TAGS: TAG_CLAIMS}, trust_policy=lambda: trust(ACTIONS[:1])), "AccessDenied", NOT_AUTHORIZED),
        (Request(claims={tags.SOURCE_IDENTITY: "ab"}, trust_policy=lambda: trust(ACTIONS[:2])), "AccessDenied", NOT_AUTHORIZED),
        (Request(trust_policy=lambda: trust(StringEquals={"issuer.example.com:sub": "another"})), "AccessDenied", NOT_AUTHORIZED),
        (Request(trust_policy=lambda: trust(StringLike={"issuer.example.com:iss": "*"})), "AccessDenied", NOT_AUTHORIZED),
        (authorized("true", None), "AccessDenied", NOT_AUTHORIZED),
        (authorized("false", [ROLE]), "AccessDenied", NOT_AUTHORIZED),
        (
            Request(call={"duration_seconds": 7201}),
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        (
            with_provider_id("custom.example.test"),
            "AccessDenied",
            "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens",
        ),
        (
            Request(call={"role_session_name": "a b"}),
            "ValidationError",
            "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: " + PATTERN,
        ),
    ],
    ids=range(11),
)
def test_refused_as_observed(request_: Request, code: str, message: str) -> None:
    with pytest.raises(FederationError) as caught:
        exchange(request_)
    assert (caught.value.code, caught.value.message) == (code, message)


@pytest.mark.parametrize(
    "request_",
    [
        authorized("true", [ROLE]),
        authorized("false", None),
        Request(trust_policy=lambda: trust(StringEquals={"issuer.example.com:sub": "subject-probe", "issuer.example.com:aud": "client-a"})),
        Request(trust_policy=lambda: trust(StringEquals={"sts:RoleSessionName": "probe"})),
    ],
    ids=range(4),
)
def test_granted_as_observed(request_: Request) -> None:
    assert exchange(request_).assumed_role_user.arn == "arn:aws:sts::123456789012:assumed-role/Target/probe"


def test_the_end_of_the_token_does_not_limit_the_session() -> None:
    answer = exchange(Request(claims={"exp": NOW + 60}, call={"duration_seconds": 7200}))
    assert (answer.credentials.expiration - AT).total_seconds() == 7200
