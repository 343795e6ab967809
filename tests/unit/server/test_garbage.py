"""A request leaves nothing behind that waits for the garbage collector: what strangers post would wait with it, trees and all."""

import base64
import gc
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from federation.server.endpoint import Endpoint
from federation.server.messages import Request
from federation.sts.service import SecurityTokenService
from tests.support.paths import FIXTURES
from tests.support.signatures import strange
from tests.support.world import JUDGED

AT = JUDGED
HEADERS = (("content-type", "application/x-www-form-urlencoded"), ("host", "localhost"))
ROLE = {"Version": "2011-06-15", "RoleArn": "arn:aws:iam::123456789012:role/TestSaml"}
SAML = ROLE | {"Action": "AssumeRoleWithSAML", "PrincipalArn": "arn:aws:iam::123456789012:saml-provider/SAML-test"}
WEB = ROLE | {"Action": "AssumeRoleWithWebIdentity", "RoleSessionName": "name"}
STRANGE = base64.b64encode(strange(1)).decode()


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text("ascii")


REQUESTS = {
    "SAML, nothing of it": ("/", SAML | {"SAMLAssertion": STRANGE}),
    "SAML, tampered": ("/", SAML | {"SAMLAssertion": fixture("saml/refused/tampered.b64")}),
    "ID token": ("/", WEB | {"WebIdentityToken": fixture("oidc/okta.jwt")}),
    "no token": ("/", WEB | {"WebIdentityToken": "a.b.c"}),
    "unsigned call": ("/", {"Version": "2011-06-15", "Action": "GetCallerIdentity"}),
    "page, accepted": ("/page", {"pasted": fixture("saml/documented.b64")}),
    "page, nothing of it": ("/page", {"pasted": STRANGE}),
    "page, tampered": ("/page", {"pasted": fixture("saml/refused/tampered.b64")}),
    "page, ID token": ("/page", {"pasted": fixture("oidc/okta.jwt")}),
    "page, opaque token": ("/page", {"pasted": fixture("oauth/documented.token")}),
}


@pytest.fixture
def by_hand() -> Iterator[None]:
    gc.freeze()  # what was there before is not looked at, and costs nothing
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_leaves_no_garbage(name: str, by_hand: None) -> None:
    path, parameters = REQUESTS[name]
    endpoint = Endpoint(SecurityTokenService.open(FIXTURES / "account"))
    request = Request("POST", path, "", HEADERS, urlencode(parameters).encode())
    for _ in range(2):  # the first imports and compiles
        gc.collect()
        exchange = endpoint.answer(request, at=AT)
        assert (exchange.response.status == 200) == (path == "/page")
        found = gc.collect()
    assert found == 0
