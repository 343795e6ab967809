"""The built-in validators keep the contract that plug-ins are held to. What it catches is in test_contract_defects.py."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from federation.oauth.provider import OAuthProvider
from federation.saml.registration.provider import SamlProvider
from federation.testing import SamlForge, aws_attributes, to_base64
from federation.testing.validator_contract import CONTRACT, Clause, Specimen
from tests.support import oidc, saml

OPAQUE = "Atza|IQEBLjAsAexampleHpi0U-Dme37rR6CuUpSR"
LONG = 1_100_000


@cache
def saml_specimen() -> Specimen:
    forge = SamlForge(issuer=saml.ISSUER, key=saml.signing_key())
    stranger = SamlForge(issuer=saml.ISSUER, key=saml.signing_key("stranger-rsa2048"))
    other = SamlForge(issuer="https://idp.other.example/saml", key=saml.signing_key())
    attributes = aws_attributes(role=saml.ROLE, provider=saml.ARN, session_name="session-name")

    def token(**changes: Any) -> str:
        return to_base64(forge.response(saml.good_login(**changes)))

    return Specimen(
        provider=SamlProvider.from_metadata(forge.metadata(), arn=saml.ARN),
        same_name=SamlProvider.from_metadata(stranger.metadata(), arn=saml.ARN),
        same_key=SamlProvider.from_metadata(other.metadata(), arn=f"{saml.ARN}-other"),
        token=token(),
        at=saml.AT,
        expired_at=saml.AT + timedelta(minutes=6),
        misaddressed=token(audiences=("urn:somebody:else",)),
        oversized=token(attributes={**attributes, "long": ["x" * LONG]}),
        refused={
            "recipient": token(recipient="https://somebody.example/saml"),
            "destination": token(destination="https://somebody.example/"),
        },
        unsigned_parts=True,
    )


@cache
def oidc_specimen() -> Specimen:
    return Specimen(
        provider=oidc.provider(),
        same_name=oidc.provider("PS256"),
        same_key=oidc.forge(issuer="https://issuer.other.example").provider(client_ids=[oidc.CLIENT]),
        token=oidc.token(),
        at=oidc.AT,
        expired_at=oidc.AT + timedelta(days=1),
        misaddressed=oidc.token(aud="somebody-else"),
        oversized=oidc.token(padding="x" * LONG),
        refused={"subject": oidc.token(sub=""), "confirmation": oidc.token(cnf={"jkt": "x"})},
    )


@cache
def oauth_specimen() -> Specimen:
    good = {"active": True, "sub": "amzn1.account.A", "aud": "client-a", "exp": oidc.NOW + 600, "iss": "https://auth.example.com"}
    tokens = {"good": OPAQUE, "misaddressed": f"{OPAQUE}-1", "oversized": OPAQUE + "x" * LONG, "inactive": f"{OPAQUE}-2"}
    changes: dict[str, dict[str, Any]] = {"misaddressed": {"aud": "somebody-else"}, "inactive": {"active": False}}
    answers = {hashlib.sha256(token.encode()).hexdigest(): json.dumps({**good, **changes.get(name, {})}) for name, token in tokens.items()}
    return Specimen(
        provider=OAuthProvider(name="auth.example.com", token_information=answers, client_ids=["client-a"]),
        same_name=OAuthProvider(name="auth.example.com", token_information={}, client_ids=["client-a"]),
        same_key=OAuthProvider(name="auth.example.org", token_information=answers, client_ids=["client-a"]),
        token=OPAQUE,
        at=oidc.AT,
        expired_at=oidc.AT + timedelta(hours=1),
        misaddressed=tokens["misaddressed"],
        oversized=tokens["oversized"],
        refused={"active": tokens["inactive"]},
        shapes=frozenset({"saml2-response"}),
    )


@pytest.mark.parametrize("clause", CONTRACT, ids=str)
@pytest.mark.parametrize("specimen", [saml_specimen, oidc_specimen, oauth_specimen], ids=["saml", "oidc", "oauth"])
def test_built_in_validators_keep_it(specimen: Callable[[], Specimen], clause: Clause) -> None:
    clause.check(specimen())
