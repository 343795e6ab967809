"""GetWebIdentityToken: who may have one, what it says, and that others verify it."""

import uuid
from datetime import timedelta
from typing import Any

import jwt
import pytest
from joserfc import jwt as jose
from joserfc.jwk import KeySet

import federation
from federation import OidcProvider
from federation.account.organization import Organization
from federation.identity import SessionTag
from federation.sts.service import SecurityTokenService
from tests.support.sts.callers import AT, EVERYTHING, ROLE, ROOT, refused, role, service, user
from tests.support.sts.services import URL, issuing
from tests.support.world import ACCOUNT, USER

AUDIENCE = "https://service.example.com"
CLAIMS = "https://sts.amazonaws.com/"
ALGORITHMS = ["RS256", "ES384"]


def token(sts: SecurityTokenService, caller: Any = USER, **call: Any) -> str:
    return sts.get_web_identity_token(
        **{"caller": caller, "audience": [AUDIENCE], "signing_algorithm": "RS256", "at": AT, **call}
    ).web_identity_token


def claims(text: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(text, options={"verify_signature": False})
    return found


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_others_verify_it(algorithm: str) -> None:
    sts = issuing()
    text = token(sts, signing_algorithm=algorithm)
    documents = sts.outbound_documents()
    assert documents is not None
    discovery, jwks = documents
    assert discovery["jwks_uri"] == f"{URL}/.well-known/jwks.json"
    header = jwt.get_unverified_header(text)
    key = next(key for key in jwt.PyJWKSet.from_dict(jwks).keys if key.key_id == header["kid"])
    options: Any = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(text, key, algorithms=[algorithm], audience=AUDIENCE, issuer=URL, options=options)["sub"] == USER
    assert jose.decode(text, KeySet.import_key_set(jwks), algorithms=[algorithm]).claims["sub"] == USER  # type: ignore[arg-type]
    provider = OidcProvider.from_documents(discovery=discovery, jwks=jwks, client_ids=[AUDIENCE])
    assert federation.validate(text, provider, at=AT).subject == USER


def test_what_it_says_of_a_user() -> None:
    person = user(USER, EVERYTHING, tags=(SessionTag("Team", "platform"),))
    organization = Organization(id="o-exampleorgid", paths=("o-exampleorgid/r-ab12/",))
    answer = issuing(users=(person,), organization=organization).get_web_identity_token(
        caller=USER, audience=["a", "a"], signing_algorithm="RS256", tags=[{"Key": "aws:x", "Value": "y"}], at=AT
    )
    found = claims(answer.web_identity_token)
    assert uuid.UUID(found.pop("jti")).version == 4
    assert found == {
        "iss": URL,
        "aud": ["a", "a"],
        "sub": USER,
        "iat": int(AT.timestamp()),
        "exp": int(AT.timestamp()) + 300,
        CLAIMS: {
            "aws_account": ACCOUNT,
            "source_region": "us-east-1",
            "principal_id": USER,
            "org_id": organization.id,
            "ou_path": list(organization.paths),
            "principal_tags": {"Team": "platform"},
            "request_tags": {"aws:x": "y"},
        },
    }
    assert answer.expiration == AT + timedelta(seconds=300)
    assert answer.web_identity_token not in repr(answer)


def test_what_it_says_of_a_role_session() -> None:
    sts = issuing()
    session = sts.assume_role(caller=USER, role_arn=ROLE, role_session_name="session", source_identity="alice", at=AT)
    found = claims(token(sts, session.credentials))
    assert found["sub"] == ROLE
    assert found[CLAIMS]["original_session_exp"] == "2026-11-24T13:00:30Z"
    assert found[CLAIMS]["source_identity"] == "alice"


def test_the_newest_key_signs_and_all_are_published() -> None:
    sts = issuing()
    assert jwt.get_unverified_header(token(sts))["kid"] == "RSA_1"
    documents = sts.outbound_documents()
    assert documents is not None
    assert [key["kid"] for key in documents[1]["keys"]] == ["EC384_0", "RSA_0", "RSA_1"]
    assert not any({"d", "p", "q"} & key.keys() for key in documents[1]["keys"])


def test_it_does_not_outlive_its_session() -> None:
    sts = issuing()
    session = sts.assume_role(caller=USER, role_arn=ROLE, role_session_name="session", duration_seconds=900, at=AT).credentials
    token(sts, session, duration_seconds=899)
    refusal = refused(sts.get_web_identity_token, caller=session, audience=["a"], signing_algorithm="RS256", duration_seconds=901)
    assert refusal.code == "SessionDurationEscalationException"


@pytest.mark.parametrize(
    ("call", "check"),
    [
        ({"audience": []}, "audience"),
        ({"audience": ["x"] * 11}, "audience"),
        ({"audience": ["x" * 1001]}, "audience"),
        ({"audience": "x"}, "audience"),
        ({"audience": None}, "audience"),
        ({"signing_algorithm": "HS256"}, "signing-algorithm"),
        ({"signing_algorithm": "none"}, "signing-algorithm"),
        ({"duration_seconds": 59}, "duration-seconds"),
        ({"duration_seconds": 3601}, "duration-seconds"),
        ({"duration_seconds": True}, "duration-seconds"),
        ({"tags": [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]}, "tags"),
        ({"tags": [{"Key": "a", "Value": ""}] * 51}, "tags"),
        ({"tags": [{"Key": "a"}]}, "tags-1-member-value"),
        ({"tags": [1]}, "tags-1-member-key"),
    ],
)
def test_parameters(call: dict[str, Any], check: str) -> None:
    refusal = refused(issuing().get_web_identity_token, **{"caller": USER, "audience": ["a"], "signing_algorithm": "RS256", **call})
    assert refusal.check in {check, check.split("-", maxsplit=1)[0]}


def test_a_token_that_would_be_too_large() -> None:
    tags = [{"Key": f"{n:0128}", "Value": "x" * 256} for n in range(50)]
    refusal = refused(issuing().get_web_identity_token, caller=USER, audience=["a"], signing_algorithm="RS256", tags=tags)
    assert refusal.code == "JWTPayloadSizeExceededException"


def test_an_account_that_issues_none() -> None:
    sts = service()
    assert sts.outbound_documents() is None
    refusal = refused(sts.get_web_identity_token, caller=ROOT, audience=["a"], signing_algorithm="RS256")
    assert refusal.code == "OutboundWebIdentityFederationDisabledException"


def test_conditions_of_the_request() -> None:
    allow = {
        "Effect": "Allow",
        "Action": "sts:GetWebIdentityToken",
        "Resource": f"arn:aws:sts::{ACCOUNT}:self",
        "Condition": {
            "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": [AUDIENCE]},
            "StringEquals": {"sts:SigningAlgorithm": "ES384"},
            "NumericLessThanEquals": {"sts:DurationSeconds": "120"},
        },
    }
    sts = issuing(users=(user(USER, allow),), roles=(role(),))
    token(sts, signing_algorithm="ES384", duration_seconds=120)
    for call in ({"signing_algorithm": "RS256", "duration_seconds": 120}, {"signing_algorithm": "ES384"}):
        assert refused(sts.get_web_identity_token, caller=USER, audience=[AUDIENCE], **call).check == "authorization"
