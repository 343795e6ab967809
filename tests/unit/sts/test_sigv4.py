"""Signature Version 4, check by check: which one refuses, with which of AWS's texts, in which order."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from federation.errors import ExpiredToken, FederationError
from federation.sts.sigv4 import SignedHeaderRules, SignedRequest, VerifiedSignature, parse_authorization, verify
from federation.sts.sigv4.canonical import CredentialScope, canonical_path, canonical_query, canonical_request, signature_of, string_to_sign

AT = datetime(2026, 9, 1, 10, 0, 0, 500_000, tzinfo=UTC)
NOW = "20260901T100000Z"
KEY = "AKIAQNZGKIQY56JQ7WML"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SCOPE = CredentialScope("20260901", "us-east-1", "sts")
BODY = b"Action=GetCallerIdentity&Version=2011-06-15"
HOST = ("Host", "sts.amazonaws.com")
MISMATCH = "The request signature we calculated does not match the signature you provided."


def signed(
    *extra: tuple[str, str],
    date: str = NOW,
    scope: CredentialScope = SCOPE,
    names: str = "host;x-amz-date",
    body: bytes = BODY,
    target: str = "/",
    credential: str | None = None,
) -> SignedRequest:
    """A request signed with the house's own arithmetic, so that every part can be wrong on its own."""
    headers = [HOST, ("X-Amz-Date", date), *extra]
    bare = SignedRequest.of(method="POST", target=target, headers=headers, body=body)
    canonical = canonical_request(bare, signed_headers=names.split(";"), presigned=False, normalize_path=True)
    value = signature_of(string_to_sign(canonical, timestamp=date, scope=scope), secret=SECRET, scope=scope)
    line = f"AWS4-HMAC-SHA256 Credential={credential or f'{KEY}/{scope}'}, SignedHeaders={names}, Signature={value}"
    return SignedRequest.of(method="POST", target=target, headers=[*headers, ("Authorization", line)], body=body)


def judge(request: SignedRequest, *, at: datetime = AT, rules: SignedHeaderRules | None = None) -> VerifiedSignature:
    return verify(
        request,
        secret_of=lambda key, _token: SECRET if key == KEY else None,
        at=at,
        regions={"us-east-1"},
        rules=rules or SignedHeaderRules(),
    )


def refusal(request: SignedRequest, *, at: datetime = AT) -> FederationError:
    with pytest.raises(FederationError) as caught:
        judge(request, at=at)
    assert SECRET not in f"{caught.value} {caught.value!r} {caught.value.as_dict()}"
    return caught.value


def with_authorization(*values: str, date: str | None = NOW, target: str = "/") -> SignedRequest:
    headers = [HOST, *([("X-Amz-Date", date)] if date else []), *(("Authorization", value) for value in values)]
    return SignedRequest.of(method="POST", target=target, headers=headers, body=BODY)


def test_a_signed_request_names_its_signer() -> None:
    verified = judge(signed())
    assert verified == VerifiedSignature(KEY, None, SCOPE, ("host", "x-amz-date"), presigned=False, signed_at=AT.replace(microsecond=0))


@pytest.mark.parametrize("request_", [None, "POST /", b"POST /", {}, 7])
def test_what_is_no_request(request_: Any) -> None:
    found = refusal(request_)
    assert (found.code, found.check, found.found) == ("ValidationError", "request", type(request_).__name__)


def test_a_session_token_is_signed_and_handed_to_the_lookup() -> None:
    request = signed(("X-Amz-Security-Token", "dG9rZW4="), names="host;x-amz-date;x-amz-security-token")
    asked: list[tuple[str, str | None]] = []

    def lookup(key: str, token: str | None) -> str:
        asked.append((key, token))
        return SECRET

    verified = verify(request, secret_of=lookup, at=AT)
    assert asked == [(KEY, "dG9rZW4=")]
    assert verified.session_token == "dG9rZW4="
    assert "dG9rZW4" not in f"{verified!r} {request!r} {parse_authorization(request)!r}"


def test_the_lookup_may_refuse_by_itself() -> None:
    def lookup(_key: str, _token: str | None) -> str:
        raise ExpiredToken(check="session-token", expected="a", found="b", remedy="c")

    with pytest.raises(ExpiredToken):
        verify(signed(), secret_of=lookup, at=AT)


@pytest.mark.parametrize(
    ("values", "code", "check", "message"),
    [
        ((), "MissingAuthenticationToken", "signature-missing", "Request is missing Authentication Token"),
        (("",), "MissingAuthenticationToken", "signature-missing", "Request is missing Authentication Token"),
        (("Bearer abc",), "IncompleteSignature", "signature-algorithm", "Unsupported AWS 'algorithm': 'Bearer'."),
        (
            ("AWS4-ECDSA-P256-SHA256 a=b",),
            "IncompleteSignature",
            "signature-algorithm",
            "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.",
        ),
        ((SECRET,), "IncompleteSignature", "signature-algorithm", "Unsupported AWS 'algorithm'."),
        (("AWS4-HMAC-SHA256 x",), "IncompleteSignature", "authorization-pairs", None),
        (("AWS4-HMAC-SHA256 Credential=a, Credential=b",), "IncompleteSignature", "authorization-duplicate", None),
        (
            ("AWS4-HMAC-SHA256 Credential=a, Signature=b, SignedHeaders=host, Extra=c",),
            "IncompleteSignature",
            "authorization-unknown",
            None,
        ),
        (
            ("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host",),
            "IncompleteSignature",
            "authorization-parts",
            "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256",
        ),
        (("AWS4-HMAC-SHA256 a=b", "AWS4-HMAC-SHA256 a=b"), "IncompleteSignature", "duplicate-header", None),
        (
            ("AWS4-HMAC-SHA256 Credential=a, Signature=b, SignedHeaders=",),
            "SignatureDoesNotMatch",
            "signed-headers",
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            ("AWS4-HMAC-SHA256 Credential=a, Signature=b, SignedHeaders=host",),
            "SignatureDoesNotMatch",
            "signed-headers",
            "'x-amz-date' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            ("AWS4-HMAC-SHA256 Credential=a/b, Signature=b, SignedHeaders=host;x-amz-date",),
            "IncompleteSignature",
            "credential",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'",
        ),
    ],
)
def test_an_authorization_header_must_be_whole(values: tuple[str, ...], code: str, check: str, message: str | None) -> None:
    error = refusal(with_authorization(*values))
    assert (error.code, error.check) == (code, check)
    assert message is None or error.message == message


def test_a_long_authorization_header_is_repeated_as_a_hash_only() -> None:
    error = refusal(with_authorization("AWS4-HMAC-SHA256 " + "x" * 5000))
    assert error.message.startswith("Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256")
    assert len(error.message) < 200


def test_two_signatures_are_none() -> None:
    error = refusal(with_authorization("AWS4-HMAC-SHA256 a=b", target="/?X-Amz-Algorithm=AWS4-HMAC-SHA256"))
    assert (error.code, error.check) == ("SignatureDoesNotMatch", "one-signature")


@pytest.mark.parametrize(
    ("query", "check", "message"),
    [
        ("X-Amz-Algorithm=AWS4-HMAC-SHA1", "signature-algorithm", "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."),
        (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=x&X-Amz-Signature=y",
            "query-parts",
            (
                "AWS query-string parameters must include 'X-Amz-Credential'. "
                "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
                "Re-examine the query-string parameters."
            ),
        ),
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=x&X-Amz-Date=y", "query-duplicate", None),
        ("a=%y", "query-escape", "Incomplete trailing escape % sequence"),
        ("a=%yy", "query-escape", "Illegal hex character in escape % pattern: %yy"),
        ("a=%", "query-escape", "Incomplete trailing escape % sequence"),
    ],
)
def test_a_presigned_query_must_be_whole(query: str, check: str, message: str | None) -> None:
    error = refusal(SignedRequest.of(method="GET", target=f"/?{query}", headers=[HOST]))
    assert error.check == check
    assert message is None or error.message == message


@pytest.mark.parametrize(
    "date",
    [
        "2026/09/01T10/00/00Z",
        "20260901T100000",
        "20260901T250000Z",
        "20261301T100000Z",
        "00000101T000000Z",
        "Tue, 1 Sep 2026 10:00 GMT",
        "x" * 999,
    ],
)
def test_a_date_has_one_form(date: str) -> None:
    error = refusal(signed(date=date))
    assert (error.code, error.check) == ("IncompleteSignature", "signature-date")
    assert error.message.startswith(f"Date must be in ISO-8601 'basic format'. Got '{date[:80]}'.")


@pytest.mark.parametrize(
    ("date", "message"),
    [
        ("20260901T094459Z", "Signature expired: 20260901T094459Z is now earlier than 20260901T094500Z (20260901T100000Z - 15 min.)"),
        (
            "20260901T101501Z",
            "Signature not yet current: 20260901T101501Z is still later than 20260901T101500Z (20260901T100000Z + 15 min.)",
        ),
    ],
)
def test_the_clock_allows_fifteen_minutes(date: str, message: str) -> None:
    error = refusal(signed(date=date))
    assert (error.code, error.check, error.message) == ("SignatureDoesNotMatch", "signature-clock", message)


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_are_only_far_away(at: datetime) -> None:
    assert refusal(signed(), at=at).check == "signature-clock"


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (CredentialScope("20260901", "eu-west-1", "sts"), "Credential should be scoped to a valid region, not 'eu-west-1'."),
        (CredentialScope("20260901", "us-east-1", "s3"), "Credential should be scoped to correct service: 'sts'."),
        (
            CredentialScope("20260831", "us-east-1", "sts"),
            (
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                "'20260831' != '20260901', from '20260901T100000Z'."
            ),
        ),
    ],
)
def test_a_signature_is_good_within_its_scope(scope: CredentialScope, message: str) -> None:
    error = refusal(signed(scope=scope))
    assert (error.code, error.check, error.message) == ("SignatureDoesNotMatch", "credential-scope", message)


def test_the_clock_speaks_before_the_scope_and_the_scope_before_the_key() -> None:
    stranger = "AKIAAAAAAAAAAAAAAAAA/20260901/us-east-1/sts/aws4_request"
    assert refusal(signed(date="20260901T094459Z", credential=stranger)).check == "signature-clock"
    assert refusal(signed(credential=stranger.replace("sts", "s3"))).check == "credential-scope"
    error = refusal(signed(credential=stranger))
    assert (error.code, error.check) == ("InvalidClientTokenId", "access-key")
    assert error.message == "The security token included in the request is invalid."


@pytest.mark.parametrize("key", ["", "AKIA'OR'1", "A" * 129, "AKIÄ"])
def test_a_strange_access_key_reaches_no_lookup(key: str) -> None:
    def lookup(_key: str, _token: str | None) -> str:
        pytest.fail("asked")

    with pytest.raises(FederationError) as caught:
        verify(signed(credential=f"{key}/{SCOPE}"), secret_of=lookup, at=AT)
    assert caught.value.check == "access-key"


@pytest.mark.parametrize("names", ["x-amz-date;host", "host;host;x-amz-date", "Host;host;x-amz-date", "host;x amz;x-amz-date"])
def test_the_list_of_signed_headers_has_one_spelling(names: str) -> None:
    error = refusal(signed(names=names))
    assert (error.code, error.check) == ("SignatureDoesNotMatch", "signed-header-list")


def test_a_signed_header_must_be_there() -> None:
    assert refusal(signed(names="content-type;host;x-amz-date")).check == "signed-header-absent"


def test_two_hosts_are_none() -> None:
    assert refusal(signed(("Host", "elsewhere"))).check == "host"


@pytest.mark.parametrize("declared", ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", hashlib.sha256(b"other").hexdigest(), ""])
def test_a_declared_payload_hash_must_be_that_of_the_body(declared: str) -> None:
    request = signed(("X-Amz-Content-Sha256", declared), names="host;x-amz-content-sha256;x-amz-date")
    error = refusal(request)
    assert (error.code, error.check) == ("SignatureDoesNotMatch", "payload-hash")
    assert error.message.startswith(MISMATCH)


def test_a_true_payload_hash_is_welcome() -> None:
    request = signed(("X-Amz-Content-Sha256", hashlib.sha256(BODY).hexdigest()), names="host;x-amz-content-sha256;x-amz-date")
    assert judge(request).access_key_id == KEY


def test_another_body_is_another_request() -> None:
    request = signed()
    other = SignedRequest(request.method, request.path, request.query, request.headers, BODY + b"&DurationSeconds=900")
    error = refusal(other)
    assert (error.code, error.check) == ("SignatureDoesNotMatch", "signature")
    assert error.message.startswith(MISMATCH)


def test_rules_may_demand_more_headers() -> None:
    with pytest.raises(FederationError) as caught:
        judge(signed(), rules=SignedHeaderRules(always=("X-K8s-Aws-Id",)))
    assert caught.value.message == "'X-K8s-Aws-Id' must be a 'SignedHeader' in the AWS Authorization."


def test_a_trace_header_of_a_proxy_needs_no_signature() -> None:
    assert judge(signed(("X-Amzn-Trace-Id", "Root=1-2-3"))).access_key_id == KEY


@pytest.mark.parametrize(
    ("path", "normalized", "plain"),
    [
        (b"/", "/", "/"),
        (b"//a//", "/a/", "//a//"),
        (b"/a/./b/../c", "/a/c", "/a/./b/../c"),
        (b"/../..", "/", "/../.."),
        (b"/a%20b", "/a%2520b", "/a%20b"),
        (b"/a b", "/a%20b", "/a%20b"),
        ("/ü".encode(), "/%C3%BC", "/%C3%BC"),
    ],
)
def test_paths_have_two_canonical_forms(path: bytes, normalized: str, plain: str) -> None:
    assert canonical_path(path, normalize=True) == normalized
    assert canonical_path(path, normalize=False) == plain


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        (b"", ""),
        (b"a", "a="),
        (b"&&a=1&", "a=1"),
        (b"=", "="),
        (b"a=%7e&b=%2f", "a=~&b=%2F"),
        (b"a=1+2", "a=1%202"),
        (b"a=1%2B2", "a=1%2B2"),
        (b"b=2&a=2&a=1&A=3", "A=3&a=1&a=2&b=2"),
        (b"a-b=1&a=2", "a=2&a-b=1"),
        (b"a=b=c", "a=b%3Dc"),
    ],
)
def test_queries_have_one(query: bytes, canonical: str) -> None:
    assert canonical_query(query) == canonical


@pytest.mark.parametrize(
    ("arguments", "check"),
    [
        ({"method": b"GET"}, "method"),
        ({"method": "GET\r\nX: y"}, "method"),
        ({"target": None}, "target"),
        ({"target": "sts.amazonaws.com/"}, "target"),
        ({"target": "/\ud800"}, "target"),
        ({"headers": {"Host": "x"}}, "headers"),
        ({"headers": [("Host",)]}, "headers"),
        ({"headers": [("Host:", "x")]}, "header-name"),
        ({"headers": [("", "x")]}, "header-name"),
        ({"headers": [("Host", 1)]}, "header-value"),
        ({"body": "text"}, "body"),
    ],
)
def test_a_request_has_the_parts_of_one(arguments: dict[str, object], check: str) -> None:
    whole: dict[str, object] = {"method": "GET", "target": "/", "headers": [HOST], "body": b""}
    with pytest.raises(FederationError) as caught:
        SignedRequest.of(**{**whole, **arguments})
    assert (caught.value.code, caught.value.check) == ("IncompleteSignature", check)
