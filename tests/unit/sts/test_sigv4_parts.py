"""Signature Version 4, part by part: each there once, in its place, within its bounds; both sides of every bound."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.errors import FederationError
from federation.sts.sigv4 import SignedHeaderRules, SignedRequest, VerifiedSignature, parse_authorization, verify
from federation.sts.sigv4.canonical import CredentialScope, canonical_request, signature_of, string_to_sign
from federation.sts.sigv4.request import echo

AT = datetime(2026, 9, 1, 10, tzinfo=UTC)
NOW = "20260901T100000Z"
KEY, SECRET = "AKIAQNZGKIQY56JQ7WML", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SCOPE = CredentialScope("20260901", "us-east-1", "sts")
HOST = ("Host", "sts.amazonaws.com")
SERVICE = "Credential should be scoped to correct service: 'sts'."
DAY = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
EMPTY = hashlib.sha256(b"").hexdigest()


def judge(request: SignedRequest, **more: Any) -> VerifiedSignature:
    return verify(request, **{"secret_of": lambda _key, _token: SECRET, "at": AT, **more})


def refusal(request: SignedRequest, **more: Any) -> FederationError:
    with pytest.raises(FederationError) as caught:
        judge(request, **more)
    return caught.value


def signed(
    *headers: tuple[str, str], scope: CredentialScope = SCOPE, names: str = "host;x-amz-date", target: str = "/", credential: str = ""
) -> SignedRequest:
    """A GET signed in its Authorization header at `NOW`, whatever its headers say."""
    sent = [HOST, *headers]
    bare = SignedRequest.of(method="GET", target=target, headers=sent)
    canonical = canonical_request(bare, signed_headers=names.split(";"), presigned=False, normalize_path=True)
    value = signature_of(string_to_sign(canonical, timestamp=NOW, scope=scope), secret=SECRET, scope=scope)
    line = f"AWS4-HMAC-SHA256 Credential={credential or f'{KEY}/{scope}'}, SignedHeaders={names}, Signature={value}"
    return SignedRequest.of(method="GET", target=target, headers=[*sent, ("Authorization", line)])


PRESIGNED = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": f"{KEY}/{SCOPE}",
    "X-Amz-Date": NOW,
    "X-Amz-SignedHeaders": "host",
}


def presigned(*more: str, headers: tuple[tuple[str, str], ...] = (), **changes: str | None) -> SignedRequest:
    """A GET signed in its query, with *changes* to the parameters before signing (None leaves one out) and *more* raw ones."""
    parts = {**PRESIGNED, **{f"X-Amz-{name.replace('_', '-')}": value for name, value in changes.items()}}
    query = "&".join([*(f"{name}={value}" for name, value in parts.items() if value is not None), *more])
    bare = SignedRequest.of(method="GET", target=f"/?{query}", headers=[HOST, *headers])
    canonical = canonical_request(bare, signed_headers=("host",), presigned=True, normalize_path=True)
    value = signature_of(string_to_sign(canonical, timestamp=NOW, scope=SCOPE), secret=SECRET, scope=SCOPE)
    return SignedRequest.of(method="GET", target=f"/?{query}&X-Amz-Signature={value}", headers=[HOST, *headers])


def test_a_presigned_request_names_its_signer() -> None:
    verified = judge(presigned("a=1", "a=2", Security_Token="dG9rZW4", Expires="60"))
    assert (verified.access_key_id, verified.presigned, verified.session_token) == (KEY, True, "dG9rZW4")
    assert judge(presigned()).session_token is None


@pytest.mark.parametrize(
    "name", ["Algorithm", "Credential", "Date", "Expires", "Security-Token", "Signature", "SignedHeaders", "Content-Sha256"]
)
def test_a_parameter_of_the_signature_stands_once(name: str) -> None:
    parameter = f"X-Amz-{name}=AWS4-HMAC-SHA256"
    assert refusal(presigned(parameter, parameter)).check == "query-duplicate"


@pytest.mark.parametrize("name", ["Credential", "Date", "SignedHeaders"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_presigned_request_has_every_part(name: str, value: str | None) -> None:
    changes: dict[str, Any] = {name: value}
    error = refusal(presigned(**changes))
    if (name, value) == ("SignedHeaders", ""):
        assert error.check == "signed-headers"
    else:
        assert error.check == "query-parts"
        assert error.message == f"AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the query-string parameters."


def test_an_empty_presigned_signature_is_none() -> None:
    request = presigned()
    empty = SignedRequest.of(method="GET", target=b"/?" + request.query.rpartition(b"=")[0] + b"=", headers=[HOST])
    assert refusal(empty).message == "AWS query-string parameters must include 'X-Amz-Signature'. Re-examine the query-string parameters."


def test_the_token_of_a_presigned_request_stands_in_its_query() -> None:
    assert refusal(presigned(headers=(("X-Amz-Security-Token", "dG9rZW4"),))).check == "token-place"


def test_a_presigned_date_is_in_basic_format() -> None:
    assert refusal(presigned(Date="Tue,%2001%20Sep%202026%2010:00:00%20GMT")).check == "signature-date"


@pytest.mark.parametrize(("declared", "check"), [(EMPTY, None), ("UNSIGNED-PAYLOAD", "payload-hash"), ("", "payload-hash")])
def test_a_payload_hash_in_the_query_is_that_of_the_body(declared: str, check: str | None) -> None:
    request = presigned(Content_Sha256=declared)
    if check is None:
        assert judge(request).access_key_id == KEY
    else:
        assert refusal(request).check == check


def test_a_parameter_of_that_name_beside_a_signature_in_the_header_says_nothing() -> None:
    assert judge(signed(("X-Amz-Date", NOW), target="/?X-Amz-Content-Sha256=other")).access_key_id == KEY


@pytest.mark.parametrize(
    "date", ["Tue, 01 Sep 2026 10:00:00 GMT", "Tue, 01 Sep 2026 10:00:00 -0000", NOW, "  Tue, 01 Sep 2026 10:00:00 GMT "]
)
def test_a_date_header_may_be_that_of_http(date: str) -> None:
    assert judge(signed(("Date", date), names="date;host")).signed_at == AT


def test_x_amz_date_goes_before_date() -> None:
    assert judge(signed(("Date", "Mon, 31 Aug 2026 10:00:00 GMT"), ("X-Amz-Date", NOW))).signed_at == AT


@pytest.mark.parametrize(
    "date",
    ["Tue, 1 Sep 2026 10:00:00 GMT", "Tue, 01 Sep 2026 10:00:00 +0000", "Tue, 01 Sep 2026 12:00:00 +0200", "tue, 01 Sep 2026 10:00:00 GMT"],
)
def test_any_other_spelling_of_an_http_date_is_refused(date: str) -> None:
    assert refusal(signed(("Date", date), names="date;host")).check == "signature-date"


def test_a_signature_without_a_date() -> None:
    error = refusal(signed(names="host"))
    assert error.check == "authorization-parts"
    assert error.message == (
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256"
    )


@pytest.mark.parametrize("name", ["Credential", "Signature", "SignedHeaders"])
@pytest.mark.parametrize("value", [None, ""])
def test_an_authorization_header_has_every_part(name: str, value: str | None) -> None:
    parts = {"Credential": f"{KEY}/{SCOPE}", "Signature": "a", "SignedHeaders": "host;x-amz-date", name: value}
    line = "AWS4-HMAC-SHA256 " + ",".join(f"{part}={given}" for part, given in parts.items() if given is not None)
    error = refusal(SignedRequest.of(method="GET", target="/", headers=[HOST, ("X-Amz-Date", NOW), ("Authorization", line)]))
    if (name, value) == ("SignedHeaders", ""):
        assert error.check == "signed-headers"
    else:
        assert error.message == f"Authorization header requires '{name}' parameter. Authorization=AWS4-HMAC-SHA256"


@pytest.mark.parametrize(("seconds", "check"), [(900, None), (901, "signature-clock"), (-900, None), (-901, "signature-clock")])
def test_fifteen_minutes_to_the_second(seconds: int, check: str | None) -> None:
    at = AT + timedelta(seconds=seconds, microseconds=999_999)
    if check is None:
        assert judge(signed(("X-Amz-Date", NOW)), at=at).signed_at == AT
    else:
        assert refusal(signed(("X-Amz-Date", NOW)), at=at).check == check


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ("20260901/us-east-1/sts/aws4", "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'."),
        ("20260901/US_EAST/sts/aws4_request", "Credential should be scoped to a valid region, not 'US_EAST'."),
        ("20260901//sts/aws4_request", "Credential should be scoped to a valid region, not ''."),
        ("20260901/us-east-1/s3/aws4", f"{SERVICE} Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'."),
        ("20260902/us-east-1/s3/aws4_request", f"{SERVICE} {DAY}: '20260902' != '20260901', from '20260901T100000Z'."),
    ],
)
def test_every_fault_of_a_scope_is_told(scope: str, message: str) -> None:
    error = refusal(signed(("X-Amz-Date", NOW), credential=f"{KEY}/{scope}"))
    assert (error.check, error.message) == ("credential-scope", message)


@pytest.mark.parametrize("credential", [f"{KEY}/{SCOPE}/more", f"{KEY}/{SCOPE}/more/still", f"{KEY}/20260901/us-east-1/sts"])
def test_a_credential_has_five_parts(credential: str) -> None:
    assert refusal(signed(("X-Amz-Date", NOW), credential=credential)).check == "credential"


def test_without_a_list_of_regions_the_signer_names_one() -> None:
    elsewhere = CredentialScope("20260901", "eu-west-1", "sts")
    assert judge(signed(("X-Amz-Date", NOW), scope=elsewhere)).scope == elsewhere
    assert judge(signed(("X-Amz-Date", NOW), scope=elsewhere), regions={"eu-west-1"}).scope == elsewhere
    assert refusal(signed(("X-Amz-Date", NOW), scope=elsewhere), regions={"us-east-1"}).check == "credential-scope"


def test_paths_are_normalised_unless_the_service_says_otherwise() -> None:
    request = signed(("X-Amz-Date", NOW), target="/a/../b//c")
    assert judge(request).access_key_id == KEY
    assert refusal(request, normalize_path=False).check == "signature"


def test_headers_that_must_be_signed_where_they_are_sent() -> None:
    rules = SignedHeaderRules(if_present=("Content-Type",), prefixes=("x-own-",))
    date, kind, own = ("X-Amz-Date", NOW), ("Content-Type", "text/plain"), ("X-Own-Header", "a")
    assert judge(signed(date), rules=rules).access_key_id == KEY
    for extra, names in ((kind, "content-type;host;x-amz-date"), (own, "host;x-amz-date;x-own-header")):
        assert judge(signed(date, extra, names=names), rules=rules).access_key_id == KEY
        error = refusal(signed(date, extra), rules=rules)
        assert (error.check, error.found) == ("signed-headers", "a signature that leaves it out")
    assert refusal(signed(("Date", NOW), ("X-Amz-Other", "a"), names="date;host")).check == "signed-headers"


@pytest.mark.parametrize("headers", [["ab"], [("a", "b", "c")], [{"a": 1, "b": 2}], "ab", None])
def test_headers_are_pairs(headers: object) -> None:
    with pytest.raises(FederationError) as caught:
        SignedRequest.of(method="GET", target="/", headers=headers)
    assert caught.value.check == "headers"


@pytest.mark.parametrize(
    ("target", "path", "query"), [("", b"/", b""), ("?a=1", b"/", b"a=1"), ("/x?a?b", b"/x", b"a?b"), (b"/", b"/", b"")]
)
def test_a_target_is_a_path_and_a_query(target: object, path: bytes, query: bytes) -> None:
    request = SignedRequest.of(method="GET", target=target, headers=[HOST, ["A", b"b"]])
    assert (request.path, request.query, request.body) == (path, query, b"")
    assert request.headers == (("host", b"sts.amazonaws.com"), ("a", b"b"))
    assert (request.header("a"), request.single_header("a"), request.single_header("b")) == ((b"b",), "b", None)


@pytest.mark.parametrize("parameter", ["X-Amz-Algorithm=AWS4-HMAC-SHA256", "a=1"])
def test_a_signature_is_taken_from_the_one_place_that_has_it(parameter: str) -> None:
    request = signed(("X-Amz-Date", NOW), target=f"/?{parameter}")
    if parameter == "a=1":
        assert parse_authorization(request).presigned is False
    else:
        assert refusal(request).check == "one-signature"


def test_what_is_repeated_is_cut_and_clean() -> None:
    assert echo("a" * 81) == "a" * 80
    assert echo("a\n\u202eb") == "a??b"
