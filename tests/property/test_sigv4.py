"""The verifier beside botocore's signer: whatever the one signs the other accepts, and nothing else."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import FederationError
from federation.sts.sigv4 import SignedRequest, parse_authorization, verify

AT = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
KEY = "AKIDEXAMPLE0000000"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
REGION = "eu-central-1"
HOST = f"sts.{REGION}.amazonaws.com"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(lambda name: not name.startswith("X-Amz-"))
parameters = st.dictionaries(names, texts, max_size=4)
paths = st.lists(st.sampled_from(["", ".", "..", "a", "b c", "%20", "%2F", "ü", "~_-.", "$&+,:;=@*'()!"]), max_size=5).map(
    lambda segments: "/" + "/".join(segments)
)
header_names = st.sampled_from(["X-Amz-Meta", "X-K8s-Aws-Id", "My-Header1", "Content-Type", "X-Vault-AWS-IAM-Server-ID"])
header_values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)
headers = st.dictionaries(header_names, header_values, max_size=3)
tokens = st.none() | st.binary(min_size=1, max_size=60).map(lambda octets: base64.b64encode(octets).decode())


def sign(signer: Callable[..., SigV4Auth], request: AWSRequest, *, token: str | None, at: datetime = AT) -> SignedRequest:
    """Let botocore sign *request*, and take it off the wire."""
    with patch("botocore.auth.get_current_datetime", return_value=at.replace(tzinfo=None)):
        signer(Credentials(KEY, SECRET, token), "sts", REGION).add_auth(request)
    prepared = request.prepare()
    url = urlsplit(prepared.url)
    sent = [(name, value) for name, value in prepared.headers.items() if name.lower() != "host"]
    target = url.path + ("?" + url.query if url.query else "")
    return SignedRequest.of(method=prepared.method, target=target, headers=[("Host", url.netloc), *sent], body=prepared.body or b"")


def check(request: SignedRequest, *, at: datetime = AT) -> str | None:
    return verify(request, secret_of=lambda key, _token: SECRET if key == KEY else None, at=at, regions={REGION}).session_token


def refusal(request: SignedRequest) -> FederationError | None:
    try:
        check(request)
    except FederationError as error:
        return error
    return None


@given(path=paths, query=parameters, extra=headers, body=st.binary(max_size=40), token=tokens)
def test_what_botocore_signs_in_the_header_verifies(
    path: str, query: dict[str, str], extra: dict[str, str], body: bytes, token: str | None
) -> None:
    request = AWSRequest("POST", f"https://{HOST}{path}", headers=extra, params=query, data=body)
    assert check(sign(SigV4Auth, request, token=token)) == token


@given(path=paths, query=parameters, extra=headers, token=tokens, expires=st.integers(1, 604_800))
def test_what_botocore_presigns_verifies(path: str, query: dict[str, str], extra: dict[str, str], token: str | None, expires: int) -> None:
    request = AWSRequest("GET", f"https://{HOST}{path}", headers=extra, params=query)
    signed = sign(lambda *args: SigV4QueryAuth(*args, expires=expires), request, token=token)
    assert check(signed) == token


@pytest.mark.parametrize("date", ["Tue, 01 Sep 2026 10:00:00 GMT", "anything"])
def test_a_request_dated_by_its_date_header_verifies(date: str) -> None:
    request = AWSRequest("POST", f"https://{HOST}/", headers={"Date": date}, data=b"Action=GetCallerIdentity&Version=2011-06-15")
    signed = sign(SigV4Auth, request, token=None)
    assert not signed.header("x-amz-date")
    assert check(signed) is None


def signed_post() -> SignedRequest:
    request = AWSRequest(
        "POST",
        f"https://{HOST}/?b=2&a=%2F1",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "X-Amz-Meta": "m"},
        data=b"Action=GetCallerIdentity&Version=2011-06-15",
    )
    return sign(SigV4Auth, request, token="c2Vzc2lvbg==")


def signed_get() -> SignedRequest:
    request = AWSRequest(
        "GET",
        f"https://{HOST}/",
        headers={"x-k8s-aws-id": "cluster"},
        params={"Action": "GetCallerIdentity", "Version": "2011-06-15"},
    )
    return sign(lambda *args: SigV4QueryAuth(*args, expires=60), request, token="c2Vzc2lvbg==")


def changed(octets: bytes, position: int, replacement: int) -> bytes:
    return octets[:position] + bytes([replacement]) + octets[position + 1 :]


@st.composite
def tampered(draw: st.DrawFn, whole: SignedRequest) -> tuple[SignedRequest, SignedRequest]:
    """*whole* and a copy of it with one octet changed, somewhere."""
    place = draw(st.integers(0, 2 + len(whole.headers)))
    if place == 0:
        octets = draw(st.just(whole.query))
    elif place == 1:
        octets = whole.path
    elif place == 2:
        octets = whole.body or b" "
    else:
        octets = whole.headers[place - 3][1]
    position = draw(st.integers(0, max(len(octets) - 1, 0)))
    other = changed(octets, position, draw(st.integers(0, 255)))
    lines = list(whole.headers)
    if place > 2:
        lines[place - 3] = (lines[place - 3][0], other)
    query, path = (other if place == 0 else whole.query), (other if place == 1 else whole.path)
    return whole, SignedRequest(whole.method, path or b"/", query, tuple(lines), other if place == 2 else whole.body)


def same_meaning(left: SignedRequest, right: SignedRequest) -> bool:
    """Whether two requests say the same to whoever serves them: escapes and white space have spellings, content has not."""
    return meaning(left) == meaning(right)


def meaning(request: SignedRequest) -> tuple[object, ...]:
    claimed = parse_authorization(request)
    signed = [(name, b" ".join(value.split())) for name, value in request.headers if name in claimed.signed_headers]
    path = [segment for segment in request.path.split(b"/") if segment not in {b"", b"."}]
    return claimed, sorted(request.parameters()), signed, path, request.body


@given(st.data())
@pytest.mark.parametrize("make", [signed_post, signed_get])
def test_any_changed_octet_is_refused_or_changes_nothing(make: Callable[[], SignedRequest], data: st.DataObject) -> None:
    whole, other = data.draw(tampered(make()))
    error = refusal(other)
    if error is None:
        assert same_meaning(whole, other)
    else:
        told = f"{error} {error!r} {error.as_dict()}"
        assert SECRET not in told
        assert "c2Vzc2lvbg==" not in told


@given(
    method=st.sampled_from(["GET", "POST"]),
    target=st.binary(max_size=80) | texts | st.none(),
    lines=st.lists(
        st.tuples(
            st.sampled_from(["Authorization", "X-Amz-Date", "Date", "Host", "X-Amz-Security-Token", "X-Amz-Content-Sha256"]),
            st.binary(max_size=60) | texts,
        ),
        max_size=6,
    ),
    body=st.binary(max_size=20),
)
def test_nothing_but_a_refusal_escapes(method: str, target: bytes | str | None, lines: list[tuple[str, bytes | str]], body: bytes) -> None:
    with pytest.raises(FederationError):
        check(SignedRequest.of(method=method, target=target, headers=lines, body=body))


@given(st.integers(-1200, 1200))
def test_a_signature_is_good_for_fifteen_minutes_each_way(seconds: int) -> None:
    signed = signed_get()
    at = AT + timedelta(seconds=seconds)
    if abs(seconds) <= 900:
        check(signed, at=at)
    else:
        with pytest.raises(FederationError) as caught:
            check(signed, at=at)
        assert caught.value.check == "signature-clock"
