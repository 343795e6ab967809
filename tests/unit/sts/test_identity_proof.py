"""Forwarded GetCallerIdentity requests, as Kubernetes on AWS and Vault send them, made by botocore."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from federation import limits
from federation.errors import FederationError
from federation.sts.sigv4 import SignedRequest, VerifiedSignature, verify
from federation.sts.sigv4.identity_proof import decode_eks_token, decode_vault_login

AT = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
KEY = "ASIAQNZGKIQY56JQ7WML"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
CREDENTIALS = Credentials(KEY, SECRET, "c2Vzc2lvbg==")
HOST = "sts.eu-central-1.amazonaws.com"
QUESTION = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
BODY = b"Action=GetCallerIdentity&Version=2011-06-15"


def judge(request: SignedRequest, *, at: datetime = AT) -> VerifiedSignature:
    return verify(request, secret_of=lambda key, _token: SECRET if key == KEY else None, at=at)


def presign(
    *, cluster: str | None = "prod", parameters: dict[str, str] | None = None, url: str = f"https://{HOST}/", expires: int = 60
) -> str:
    request = AWSRequest("GET", url, params=parameters or QUESTION, headers={"x-k8s-aws-id": cluster} if cluster else {})
    with patch("botocore.auth.get_current_datetime", return_value=AT.replace(tzinfo=None)):
        SigV4QueryAuth(CREDENTIALS, "sts", "eu-central-1", expires=expires).add_auth(request)
    return str(request.url)


def token_of(url: str) -> str:
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def eks_refusal(token: object) -> FederationError:
    with pytest.raises(FederationError) as caught:
        decode_eks_token(token, cluster_id="prod")
    assert "c2Vzc2lvbg" not in f"{caught.value} {caught.value.as_dict()}"
    return caught.value


def test_a_cluster_learns_who_signed_its_token() -> None:
    verified = judge(decode_eks_token(token_of(presign()), cluster_id="prod"))
    assert (verified.access_key_id, verified.presigned) == (KEY, True)
    assert "x-k8s-aws-id" in verified.signed_headers


def test_a_token_for_another_cluster_is_none_here() -> None:
    with pytest.raises(FederationError) as caught:
        judge(decode_eks_token(token_of(presign()), cluster_id="test"))
    assert (caught.value.code, caught.value.check) == ("SignatureDoesNotMatch", "signature")


def test_a_token_lives_fifteen_minutes_and_not_the_sixty_seconds_it_says() -> None:
    request = decode_eks_token(token_of(presign(expires=60)), cluster_id="prod")
    judge(request, at=AT + timedelta(minutes=15))
    with pytest.raises(FederationError) as caught:
        judge(request, at=AT + timedelta(minutes=15, seconds=1))
    assert caught.value.check == "signature-clock"


def test_an_endpoint_of_ones_own_can_be_named() -> None:
    token = token_of(presign(url="http://127.0.0.1:8042/"))
    assert eks_refusal(token).check == "proof-scheme"
    assert judge(decode_eks_token(token, cluster_id="prod", hosts={"127.0.0.1:8042"})).access_key_id == KEY
    with pytest.raises(FederationError) as caught:
        decode_eks_token(token, cluster_id="prod", hosts={"127.0.0.1"})
    assert caught.value.check == "proof-host"


@pytest.mark.parametrize(
    ("token", "check"),
    [
        (None, "proof-form"),
        ("", "proof-form"),
        ("k8s-aws-v2.abc", "proof-form"),
        ("k8s-aws-v1.$$$", "proof-form"),
        ("k8s-aws-v1.A", "proof-form"),
        ("k8s-aws-v1.AB", "proof-form"),
        ("k8s-aws-v1." + "A" * 20_000, "proof-size"),
        (token_of(presign()) + "=", "proof-form"),
        (token_of(presign()) + "\n", "proof-form"),
        (token_of("https://[::1/"), "proof-url"),
        (token_of(presign() + "#x"), "proof-url"),
        (token_of(presign().replace("https://sts", "https://s\tts")), "proof-url"),
        (token_of(presign(url=f"http://{HOST}/")), "proof-scheme"),
        (token_of(presign(url="https://evil.example/")), "proof-host"),
        (token_of(presign(url=f"https://{HOST}@evil.example/")), "proof-host"),
        (token_of(presign(url="https://sts.amazonaws.com.evil.example/")), "proof-host"),
        (token_of(presign(url="https://xsts.amazonaws.com/")), "proof-host"),
        (token_of(presign(url=f"https://{HOST}/other")), "proof-path"),
        (token_of(presign(parameters={**QUESTION, "Policy": "x"})), "proof-parameters"),
        (token_of(presign() + "&Action=GetCallerIdentity"), "proof-parameters"),
        (token_of(presign(parameters={"Action": "AssumeRole", "Version": "2011-06-15"})), "proof-action"),
        (token_of(presign(parameters={"Action": "GetCallerIdentity"})), "proof-action"),
        (token_of(presign(cluster=None)), "proof-audience"),
        (token_of(presign(expires=901)), "proof-expires"),
        (token_of(presign().replace("X-Amz-Expires=60", "X-Amz-Expires=-1")), "proof-expires"),
        (token_of(presign().replace("&X-Amz-Expires=60", "")), "proof-expires"),
        (token_of(f"https://{HOST}/?Action=GetCallerIdentity&Version=2011-06-15"), "signature-missing"),
    ],
)
def test_any_other_question_is_refused(token: object, check: str) -> None:
    assert eks_refusal(token).check == check


@given(st.text() | st.binary() | st.text().map(lambda text: "k8s-aws-v1." + text) | st.text().map(lambda t: token_of("https://" + t)))
def test_nothing_but_a_refusal_escapes(token: object) -> None:
    eks_refusal(token)


def login(*, server_id: str | None = "vault.example.com", body: bytes = BODY) -> list[tuple[str, str]]:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    if server_id:
        headers["X-Vault-AWS-IAM-Server-ID"] = server_id
    request = AWSRequest("POST", f"https://{HOST}/", headers=headers, data=body)
    with patch("botocore.auth.get_current_datetime", return_value=AT.replace(tzinfo=None)):
        SigV4Auth(CREDENTIALS, "sts", "eu-central-1").add_auth(request)
    return list(request.prepare().headers.items())


def vault(headers: object, **changed: object) -> SignedRequest:
    url = f"https://{HOST}/"
    arguments = {"method": "POST", "url": url, "headers": headers, "body": BODY, "server_id": "vault.example.com", **changed}
    return decode_vault_login(**arguments)  # type: ignore[arg-type]


def test_vault_learns_who_signed_the_login() -> None:
    verified = judge(vault(login()))
    assert (verified.access_key_id, verified.session_token, verified.presigned) == (KEY, "c2Vzc2lvbg==", False)
    assert judge(vault(login(server_id=None), server_id=None)).access_key_id == KEY


@pytest.mark.parametrize(
    ("make", "check"),
    [
        (lambda: vault(login(), method="GET"), "proof-method"),
        (lambda: vault(login(), url=None), "proof-form"),
        (lambda: vault(login(), url="https://evil.example/"), "proof-host"),
        (lambda: vault(login(), url=f"https://{HOST}/?Action=AssumeRole"), "proof-form"),
        (lambda: vault(login(), body="text"), "proof-form"),
        (lambda: vault(login(), body=BODY + b"&Policy=x"), "proof-parameters"),
        (lambda: vault(login(), body=BODY + b"&Action=AssumeRole"), "proof-parameters"),
        (lambda: vault(login(), body=b"Action=AssumeRole&Version=2011-06-15"), "proof-action"),
        (lambda: vault([*login(), ("X-Forwarded-Host", "x")]), "proof-headers"),
        (lambda: vault([*login(), ("Host", "evil.example")]), "proof-host"),
        (lambda: vault(None), "headers"),
        (lambda: vault(login(), server_id="other.example.com"), "proof-audience"),
        (lambda: vault(login(server_id=None)), "proof-audience"),
        # The header added to a login that was signed without it, once plainly and once with a look-alike of the list of signed headers.
        (lambda: vault([*login(server_id=None), ("X-Vault-AWS-IAM-Server-ID", "vault.example.com")]), "proof-audience"),
        (
            lambda: vault(
                [
                    (name, value.replace("SignedHeaders", "XSignedHeaders=x-vault-aws-iam-server-id, SignedHeaders"))
                    for name, value in [*login(server_id=None), ("X-Vault-AWS-IAM-Server-ID", "vault.example.com")]
                ]
            ),
            "authorization-unknown",
        ),
    ],
)
def test_any_other_login_is_refused(make: Callable[[], SignedRequest], check: str) -> None:
    with pytest.raises(FederationError) as caught:
        make()
    assert caught.value.check == check


@pytest.mark.parametrize(
    "name",
    [
        "Accept-Encoding",
        "Authorization",
        "Content-Length",
        "Content-Type",
        "User-Agent",
        "X-Amz-Content-Sha256",
        "X-Amz-Date",
        "X-Amz-Security-Token",
        "X-Amz-User-Agent",
    ],
)
def test_vault_takes_every_header_that_sdks_send(name: str) -> None:
    headers = login()
    if name.lower() not in {header.lower() for header, _ in headers}:
        headers.append((name, "x"))
    assert name.lower() in {header for header, _ in vault(headers).headers}


@pytest.mark.parametrize("host", [[("Host", HOST)], []])
def test_vault_takes_the_host_from_header_or_url(host: list[tuple[str, str]]) -> None:
    headers = [(name, value) for name, value in login() if name.lower() != "host"]
    assert judge(vault([*headers, *host])).access_key_id == KEY


def test_base64url_has_one_spelling() -> None:
    url = next(url for expires in range(1, 900) if len((url := presign(expires=expires)).encode()) % 3 == 1)
    good = token_of(url)
    decode_eks_token(good, cluster_id="prod")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert eks_refusal(good[:-1] + alphabet[alphabet.index(good[-1]) ^ 1]).check == "proof-form"


@pytest.mark.parametrize("more", [{}, {"X-Amz-SignatureVersion": "4"}])
def test_a_presigned_question_may_live_as_long_as_the_limit(more: dict[str, str]) -> None:
    decode_eks_token(token_of(presign(expires=900)), cluster_id="prod")
    if more:
        assert eks_refusal(token_of(presign(parameters={**QUESTION, **more}))).check == "proof-parameters"


MOST = limits.IDENTITY_PROOF_CHARS


def test_a_token_is_bounded_to_the_character() -> None:
    for length, check in ((MOST, "proof-form"), (MOST + 1, "proof-size")):
        assert eks_refusal("k8s-aws-v1.".ljust(length, "A")).check == check


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"url": f"https://{HOST}/?".ljust(MOST, "a")}, "a query string"),
        ({"url": f"https://{HOST}/?".ljust(MOST + 1, "a")}, "str"),
        ({"url": b"https://x/"}, "bytes"),
        ({"body": b"a" * (MOST + 1)}, "no such body"),
        ({"body": None}, "no such body"),
    ],
)
def test_a_login_is_bounded_to_the_character(changed: dict[str, object], check: str) -> None:
    with pytest.raises(FederationError) as caught:
        vault(login(), **changed)
    assert (caught.value.check, caught.value.found) == ("proof-form", check)


def test_a_body_as_long_as_the_bound_is_read() -> None:
    assert len(vault(login(), body=BODY.ljust(MOST, b"&")).body) == MOST
    with pytest.raises(FederationError) as caught:
        vault(login(), body=b"a" * MOST)
    assert caught.value.check == "proof-parameters"


@pytest.mark.parametrize("text", ["\u00e9", "\x7f", "\x1f", " ", "#", "#x"])
def test_a_url_is_printable_ascii_without_a_fragment(text: str) -> None:
    for url in (f"https://{HOST}/{text}", f"https://{HOST}/?Action=GetCallerIdentity{text}"):
        with pytest.raises(FederationError) as caught:
            vault(login(), url=url)
        assert caught.value.check == "proof-url"


@pytest.mark.parametrize(
    ("url", "hosts", "check"),
    [
        (f"https://{HOST}", None, None),
        (f"https://{HOST}/", None, None),
        (f"https://{HOST}//", None, "proof-path"),
        (f"ftp://{HOST}/", None, "proof-scheme"),
        (f"ftp://{HOST}/", {HOST}, "proof-scheme"),
        (f"http://{HOST}/", {HOST}, None),
        (f"https://{HOST}/", {HOST}, None),
        (f"https://{HOST}/", {"elsewhere"}, "proof-host"),
        (f"https://{HOST}/", frozenset(), "proof-host"),
        ("https://[::1/", None, "proof-url"),
    ],
)
def test_which_endpoints_may_be_asked(url: str, hosts: set[str] | None, check: str | None) -> None:
    if check is None:
        assert judge(vault(login(), url=url, hosts=hosts)).access_key_id == KEY
    else:
        with pytest.raises(FederationError) as caught:
            vault(login(), url=url, hosts=hosts)
        assert caught.value.check == check


@pytest.mark.parametrize(
    ("host", "of_aws"),
    [
        ("sts.amazonaws.com", True),
        ("sts-fips.us-east-1.amazonaws.com", True),
        ("sts.us-gov-west-1.amazonaws.com", True),
        ("sts.cn-north-1.amazonaws.com.cn", True),
        ("sts.us-east-1.amazonaws.com:443", False),
        ("sts.us-east-1.amazonaws.com.", False),
        ("STS.amazonaws.com", False),
        ("sts.us_east_1.amazonaws.com", False),
    ],
)
def test_which_hosts_are_those_of_aws(host: str, *, of_aws: bool) -> None:
    headers = [(name, host if name.lower() == "host" else value) for name, value in login()]
    if of_aws:
        assert vault(headers, url=f"https://{host}/").header("host") == (host.encode(),)
    else:
        with pytest.raises(FederationError) as caught:
            vault(headers, url=f"https://{host}/")
        assert caught.value.check == "proof-host"


@pytest.mark.parametrize("missing", ["Action", "Version"])
def test_a_question_has_action_and_version(missing: str) -> None:
    body = b"&".join(part for part in BODY.split(b"&") if not part.startswith(missing.encode()))
    for wrong in (body, body + f"&{missing}=other".encode(), body + f"&{missing.lower()}=x".encode()):
        with pytest.raises(FederationError) as caught:
            vault(login(body=wrong), body=wrong)
        assert caught.value.check in {"proof-action", "proof-parameters"}
