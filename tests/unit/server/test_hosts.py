"""Who is addressed: what a browser reaches unsigned has the server's own names alone (DNS rebinding), AWS's SDKs sign for AWS's."""

from urllib.parse import urlencode

import pytest

from federation.errors import FederationError
from federation.server.endpoint import Endpoint
from federation.server.hosts import Host, ServedNames, check_origin, is_name, read_host
from federation.server.messages import LoggedResponse, Request
from federation.sts.service import SecurityTokenService
from tests.support.paths import REPOSITORY
from tests.support.sigv4 import signed_request
from tests.support.sts import callers

FORM = ("content-type", "application/x-www-form-urlencoded")
OWN = ["localhost", "LOCALHOST:8042", "localhost.:8042", "sts.localhost", "127.0.0.1:8042", "127.8.9.1", "[::1]:8042", "[::1]"]
AWS = [
    "sts.amazonaws.com",
    "STS.amazonaws.com:443",
    "sts.eu-central-1.amazonaws.com",
    "sts-fips.us-gov-west-1.amazonaws.com",
    "sts.cn-north-1.amazonaws.com.cn",
    "sts.us-east-1.api.aws",
    "vpce-0a1b-2c3d.sts.us-east-1.vpce.amazonaws.com",
]
FOREIGN = [
    "evil.example",
    "evil.example:8042",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "notlocalhost",
    "2130706433",
    "0x7f.1",
    "192.0.2.1",
    "[2001:db8::1]",
    "s3.amazonaws.com",
    "sts.amazonaws.com.evil.example",
    "evil-sts.amazonaws.com",
    "sts.evil.amazonaws.com",
]


@pytest.fixture(scope="module")
def endpoint() -> Endpoint:
    return Endpoint(SecurityTokenService.open(REPOSITORY / "fixtures" / "account"))


def named(field: str) -> Host:
    return read_host(Request("GET", "/", "", (("host", field),)))


def get(endpoint: Endpoint, path: str, host: str) -> LoggedResponse:
    return endpoint.answer(Request("GET", path, "", (("host", host),)))


def post(endpoint: Endpoint, host: str, *, path: str = "/", origin: str | None = None, **parameters: str) -> LoggedResponse:
    headers = (FORM, ("host", host), *((("origin", origin),) if origin is not None else ()))
    return endpoint.answer(Request("POST", path, "", headers, urlencode({"Version": "2011-06-15", **parameters}).encode()))


@pytest.mark.parametrize("host", OWN)
def test_own_names_reach_everything(endpoint: Endpoint, host: str) -> None:
    assert [get(endpoint, path, host).response.status for path in ("/health", "/page")] == [200, 200]
    assert post(endpoint, host, Action="AssumeRoleWithSAML").code == "ValidationError"


@pytest.mark.parametrize("host", AWS)
def test_names_of_aws_reach_the_interface_and_no_page(endpoint: Endpoint, host: str) -> None:
    assert post(endpoint, host, Action="AssumeRoleWithSAML").code == "ValidationError"
    assert get(endpoint, "/page", host).check == "host"


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/health", "/page"])
def test_other_names_reach_no_page(endpoint: Endpoint, host: str, path: str) -> None:
    exchange = get(endpoint, path, host)
    assert (exchange.check, exchange.code, exchange.response.status) == ("host", "AccessDenied", 403)
    assert "--allow-host" in exchange.refusal
    assert b"allow-host" not in exchange.response.body


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("operation", ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"])
def test_other_names_reach_no_unsigned_operation(endpoint: Endpoint, host: str, operation: str) -> None:
    exchange = post(endpoint, host, Action=operation)
    assert (exchange.check, exchange.operation) == ("host", operation)
    signed = endpoint.answer(
        Request(
            "POST",
            "/",
            "",
            (FORM, ("host", host), ("authorization", "AWS4-HMAC-SHA256 Credential=x")),
            urlencode({"Action": operation, "Version": "2011-06-15"}).encode(),
        )
    )
    assert signed.check == "host", "a signature that the operation does not ask for opens nothing"


@pytest.mark.parametrize("host", ["sts.amazonaws.com", "vault.example:8200", "sts"])
def test_what_is_signed_is_served_under_any_name(host: str) -> None:
    signed = signed_request({"Action": "GetCallerIdentity"}, host=host)
    exchange = Endpoint(callers.service()).answer(Request("POST", "/", "", signed.headers, signed.body), at=callers.AT)
    assert (exchange.response.status, exchange.check) == (200, "")


def test_names_that_were_given_are_the_servers_own() -> None:
    names = ServedNames(["federation", "STS.Example.com", "[2001:db8::1]"])
    for name in ("federation", "sts.example.com", "[2001:db8::1]"):
        names.require_own(named(name))
    with pytest.raises(FederationError) as caught:
        names.require_own(named("example.com"))
    assert caught.value.check == "host"


def test_an_exposed_server_is_served_by_address_and_by_no_other_name() -> None:
    names = ServedNames(any_address=True)
    for name in ("192.0.2.1", "[2001:db8::1]"):
        names.require_own(named(name))
    with pytest.raises(FederationError):
        names.require_own(named("evil.example"))


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("host", ""),),
        (("host", "localhost"), ("host", "localhost")),
        (("host", "localhost, localhost"),),
        (("host", "local host"),),
        (("host", "localhost:"),),
        (("host", "localhost:123456"),),
        (("host", "user@localhost"),),
        (("host", "localhost/"),),
        (("host", "[::1"),),
        (("host", "a" * 300),),
        (("host", "..."),),
        (("host", "localhost\x00"),),
        (("host", "löcalhost"),),
    ],
)
@pytest.mark.parametrize("path", ["/", "/health", "/page", "/nothing"])
def test_a_request_names_one_host(endpoint: Endpoint, headers: tuple[tuple[str, str], ...], path: str) -> None:
    exchange = endpoint.answer(Request("GET", path, "Action=GetCallerIdentity&Version=2011-06-15", headers))
    assert (exchange.check, exchange.code, exchange.response.status) == ("host", "MalformedInput", 400)


def test_the_request_line_names_no_other_host(endpoint: Endpoint) -> None:
    headers = (("host", "localhost"),)
    assert endpoint.answer(Request("GET", "/health", "", headers, authority="evil.example")).check == "host"
    assert endpoint.answer(Request("GET", "/health", "", headers, authority="LOCALHOST")).response.status == 200


@pytest.mark.parametrize(
    ("host", "region", "is_aws"),
    [
        ("sts.eu-central-1.amazonaws.com:443", "eu-central-1", True),
        ("sts.amazonaws.com", None, True),
        ("0f8fad5b-d9cb-469f-a165-70867728950e.tokens.sts.global.api.aws", None, True),
        ("localhost", None, False),
    ],
)
def test_what_a_name_says(host: str, region: str | None, is_aws: bool) -> None:  # noqa: FBT001 - a row of the table
    read = named(host)
    assert (read.region, read.is_aws) == (region, is_aws)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:1", "http://localhost", "file://", "", "localhost:8042"]
)
def test_a_form_of_another_page_is_refused(endpoint: Endpoint, origin: str) -> None:
    exchange = post(endpoint, "localhost:8042", path="/page", origin=origin, pasted="AAAA")
    assert (exchange.check, exchange.response.status) == ("origin", 403)


@pytest.mark.parametrize("origin", ["http://localhost:8042", "https://LOCALHOST:8042", None])
def test_the_servers_own_form_is_read(endpoint: Endpoint, origin: str | None) -> None:
    assert post(endpoint, "localhost:8042", path="/page", origin=origin, pasted="AAAA").response.status == 200


def test_the_page_lets_browsers_say_whose_form_it_is(endpoint: Endpoint) -> None:
    assert dict(get(endpoint, "/page", "localhost").response.headers())["referrer-policy"] == "same-origin"


def test_several_origins_are_each_checked() -> None:
    host = named("localhost")
    headers = (("origin", "http://localhost"), ("origin", "http://evil.example"))
    with pytest.raises(FederationError) as caught:
        check_origin(Request("POST", "/page", "", headers), host)
    assert caught.value.check == "origin"


@pytest.mark.parametrize(
    ("text", "good"), [("federation", True), ("[::1]", True), ("192.0.2.1", True), ("a:80", False), ("", False), ("a b", False)]
)
def test_what_may_be_given_as_a_name(text: str, good: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_name(text) is good
