"""What the live service answered to signed calls, request by request through the wire: the same status, code, message and fields."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from federation.account.model import AccessKey, OutboundIssuer
from federation.account.organization import Organization
from federation.identity import SessionTag
from federation.policy import Policy
from federation.server.endpoint import Endpoint
from federation.sts.service import SecurityTokenService
from tests.support import world
from tests.support.shared import manifest, needs_shared
from tests.support.sigv4 import signed_request
from tests.support.sts import callers
from tests.support.sts.callers import AT, EVERYTHING
from tests.support.world import ACCOUNT, KEY_ID, SECRET

CASES = {case["id"]: case for case in manifest("recordings/sts-calls.json", {"cases": []})["cases"]}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
ISSUER = "https://0f7d2c2e-8f0e-4b86-9a6c-2f6d2a7b9c11.tokens.sts.global.api.aws"
ORGANIZATION = Organization(id="o-exampleorgid", paths=("o-exampleorgid/r-ab12/",))


@cache
def issuer() -> OutboundIssuer:
    keys: dict[str, Any] = {
        "RSA_0": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "EC384_0": ec.generate_private_key(ec.SECP384R1()),
    }
    return OutboundIssuer(url=ISSUER, keys=keys)


def service_for(case: Mapping[str, Any]) -> SecurityTokenService:
    """The account that the recording describes."""
    setup = case["setup"]
    text = setup if isinstance(setup, str) else json.dumps(setup)
    named = re.search(r"arn:aws:iam::\d{12}:user/[\w/.-]+[\w]", json.dumps([case["expected"], setup]))
    arn = named[0] if named else world.USER
    statements: list[Any] = [EVERYTHING]
    boundary = None
    if isinstance(setup, dict) and "identity_policy" in setup:
        statements = setup["identity_policy"]["Statement"] if setup["identity_policy"] else []
        boundary = setup.get("permissions_boundary")
    if "without any policy" in text:
        statements = []
    if "explicit deny on sts:AssumeRoot" in text:
        statements = [EVERYTHING, {"Effect": "Deny", "Action": "sts:AssumeRoot", "Resource": "*"}]
    tags = (SessionTag("Team", "platform"),) if "Team=platform" in text else ()
    person = callers.user(arn, *statements, tags=tags, permissions_boundary=BOUNDARY if boundary else None)
    enabled = "federation enabled" in text.lower()
    managed = {BOUNDARY: Policy.parse(boundary, kind="boundary")} if boundary else {}
    held = callers.account(
        users=(person,), managed=managed, outbound=issuer() if enabled else None, organization=ORGANIZATION if enabled else None
    )
    return SecurityTokenService(replace(held, access_keys={KEY_ID: AccessKey(id=KEY_ID, secret=SECRET, user=arn)}))


def credentials(sts: SecurityTokenService, case: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that sign: the user's, or those of the session that the recording speaks of."""
    setup = case["setup"]
    kind = setup.get("caller", "") if isinstance(setup, dict) else ""
    caller = sts.caller_for_key(KEY_ID, at=AT)
    if kind.startswith("session from GetSessionToken"):
        issued = sts.get_session_token(caller=caller, duration_seconds=900, at=AT).credentials
    elif kind.startswith("session from GetFederationToken"):
        policy = json.dumps(callers.document({"Effect": "Allow", "Action": "sts:GetWebIdentityToken", "Resource": "*"}))
        issued = sts.get_federation_token(caller=caller, name="outbound-probe", policy=policy, duration_seconds=900, at=AT).credentials
    else:
        return {"key_id": KEY_ID, "secret": SECRET}
    return {"key_id": issued.access_key_id, "secret": issued.secret_access_key, "token": issued.session_token}


def form(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The parameters as they stand on the wire."""
    flat = {}
    for name, value in parameters.items():
        if not isinstance(value, list):
            flat[name] = value
        for number, item in enumerate(value if isinstance(value, list) else (), 1):
            members = (
                {f"{name}.member.{number}.{k}": v for k, v in item.items()} if isinstance(item, dict) else {f"{name}.member.{number}": item}
            )
            flat |= members
        if value == []:
            flat[name] = ""
    return flat


def answer(case: Mapping[str, Any]) -> tuple[int, ET.Element]:
    sts = service_for(case)
    setup = json.dumps(case["setup"])
    host = "sts.amazonaws.com" if "lobal endpoint" in setup else "sts.us-east-1.amazonaws.com"
    request = signed_request({"Action": case["operation"], **form(case["parameters"])}, host=host, **credentials(sts, case))
    exchange = Endpoint(sts).answer(request, at=AT)
    return exchange.response.status, ET.fromstring(exchange.response.body)  # noqa: S314 - our own answer


WIRE = [name for name, case in CASES.items() if not case["operation"].startswith("iam:")]


@needs_shared
@pytest.mark.parametrize("name", WIRE)
def test_answered_as_recorded(name: str) -> None:
    case, expected = CASES[name], CASES[name]["expected"]
    status, root = answer(case)
    texts = {element.tag.rpartition("}")[2]: element.text or "" for element in root.iter()}
    assert (status, texts.get("Code")) == (expected["status"], expected.get("code")), texts
    if expected.get("message") is not None:
        wanted = expected["message"].replace("<caller ARN>", world.USER)
        assert texts["Message"] == wanted
    if "token_claims" in expected:
        check_token(texts["WebIdentityToken"], expected)


def check_token(token: str, expected: Mapping[str, Any]) -> None:
    """Compare a token with the recorded one; what varies stands in angle brackets there."""
    assert jwt.get_unverified_header(token) == expected["token_header"]
    claims = jwt.decode(token, options={"verify_signature": False})
    values = {
        "<issuer>": ISSUER,
        "<now>": int(AT.timestamp()),
        "<now+60>": int(AT.timestamp()) + 60,
        "<uuid>": claims["jti"],
        "<organization id>": ORGANIZATION.id,
        "<organization id>/<root id>/": ORGANIZATION.paths[0],
    }

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        return values.get(value, value)

    assert claims == filled(expected["token_claims"])
    signature = token.rpartition(".")[2]
    assert len(signature) * 3 // 4 == expected["signature_bytes"]


@needs_shared
def test_a_managed_session_policy_counts_with_its_default_version() -> None:
    managed = f"arn:aws:iam::{ACCOUNT}:policy/Listing"
    listing = {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}
    held = callers.account(roles=(callers.role(allow=(listing,)),), managed={managed: callers.identity(listing)})
    sts = SecurityTokenService(held)
    session = sts.assume_role(caller=world.USER, role_arn=callers.ROLE, role_session_name="lister", policy_arns=[{"arn": managed}], at=AT)
    assert sts.authorize(session.credentials, action="iam:ListUsers", resource="*", at=AT).allowed
    assert not sts.authorize(session.credentials, action="iam:ListRoles", resource="*", at=AT).allowed
