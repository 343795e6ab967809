"""The published Signature Version 4 vectors: every canonical request, string to sign and signature, and every refusal."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from federation.errors import FederationError, SignatureDoesNotMatch
from federation.sts.sigv4 import SignedHeaderRules, SignedRequest, VerifiedSignature, parse_authorization, verify
from federation.sts.sigv4.canonical import CredentialScope, canonical_request, signature_of, string_to_sign
from tests.support.shared import manifest, needs_shared

CASES: list[dict[str, Any]] = list(manifest("recordings/sigv4.json", {"cases": []})["cases"])
VALID = [case for case in CASES if case["expected"] == "valid"]
REFUSED = [case for case in CASES if case["expected"] != "valid"]
AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SCOPE = CredentialScope("20150830", "us-east-1", "service")
TIMESTAMP = "20150830T123600Z"
# What the author of the refused cases set up: the vectors know a stricter service than STS.
REFUSED_RULES = SignedHeaderRules(always=("Content-Type",), if_present=("ETag",), prefixes=("x-amz",))

pytestmark = needs_shared


def request_of(case: Mapping[str, Any]) -> SignedRequest:
    """The signed request; the older suite keeps the Authorization header, and the session token signed with it, beside the request."""
    sent = case.get("signed_request") or case["request"]
    headers = [tuple(pair) for pair in sent["headers"]]
    if "authorization" in case:
        names = {name.lower() for name, _ in headers}
        token = [line for line in case["canonical_request"].splitlines() if line.startswith("x-amz-security-token:")]
        if token and "x-amz-security-token" not in names:
            headers.append(("X-Amz-Security-Token", token[0].partition(":")[2]))
        headers.append(("Authorization", case["authorization"]))
    return SignedRequest.of(method=sent["method"], target=sent["target"], headers=headers, body=sent["body"].encode())


def token_left_out(case: Mapping[str, Any]) -> bool:
    """The suites hold a few requests whose session token was added after signing."""
    return bool((case.get("options") or {}).get("omit_session_token"))


def without_query_token(request: SignedRequest) -> SignedRequest:
    kept = b"&".join(pair for pair in request.query.split(b"&") if not pair.startswith(b"X-Amz-Security-Token="))
    return SignedRequest(request.method, request.path, kept, request.headers, request.body)


def normalize(case: Mapping[str, Any]) -> bool:
    return bool((case.get("options") or {"normalize_path": True})["normalize_path"])


@pytest.mark.parametrize("case", VALID, ids=[case["id"] for case in VALID])
def test_a_vector_is_reproduced(case: dict[str, Any]) -> None:
    request = request_of(case)
    claimed = parse_authorization(request)
    if token_left_out(case):
        request = without_query_token(request)
    canonical = canonical_request(
        request, signed_headers=claimed.signed_headers, presigned=claimed.presigned, normalize_path=normalize(case)
    )
    assert canonical.decode() == case["canonical_request"]
    text = string_to_sign(canonical, timestamp=TIMESTAMP, scope=SCOPE)
    assert text == case["string_to_sign"]
    assert signature_of(text, secret=case["credentials"]["secret_access_key"], scope=SCOPE) == case["signature"] == claimed.value


def judge(case: Mapping[str, Any]) -> VerifiedSignature:
    credentials = case["credentials"]
    return verify(
        request_of(case),
        secret_of=lambda key, _token: credentials["secret_access_key"] if key == credentials["access_key_id"] else None,
        at=AT,
        regions={case["region"]},
        service=case["service"],
        normalize_path=normalize(case),
    )


@pytest.mark.parametrize("case", VALID, ids=[case["id"] for case in VALID])
def test_a_vector_verifies(case: dict[str, Any]) -> None:
    if token_left_out(case):
        # STS wants the token signed: whoever could swap it could swap the session.
        with pytest.raises(SignatureDoesNotMatch):
            judge(case)
        return
    credentials = case["credentials"]
    verified = judge(case)
    assert verified.access_key_id == credentials["access_key_id"]
    assert verified.presigned is (case["where"] == "query")
    assert verified.scope == SCOPE
    assert verified.signed_at == AT
    if "session_token" in credentials:
        assert verified.session_token == credentials["session_token"]


@pytest.mark.parametrize("case", REFUSED, ids=[case["id"] for case in REFUSED])
def test_a_refusal_is_reproduced(case: dict[str, Any]) -> None:
    with pytest.raises(FederationError) as caught:
        verify(
            request_of(case),
            secret_of=lambda _key, _token: case["credentials"]["secret_access_key"],
            at=AT,
            regions={"us-east-1"},
            service="service",
            rules=REFUSED_RULES,
        )
    error, expected = caught.value, case["expected"]
    assert (error.code, error.message) == (expected["code"], expected["message"])
    # The vectors' own service answers 400 to an unsigned request; STS documents 403 (Common Errors), which is what this engine speaks.
    assert error.http_status == (403 if error.code == "MissingAuthenticationToken" else expected["status"])
    assert case["credentials"]["secret_access_key"] not in f"{error} {error!r} {error.as_dict()}"
