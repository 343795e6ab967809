import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from lxml import html

from federation.server.endpoint import Endpoint
from federation.server.messages import LoggedResponse, Request
from federation.state import MemoryReplayCache
from federation.sts.service import SecurityTokenService
from federation.testing import OIDC_SHAPES, OidcForge, TokenKey
from tests.support.paths import FIXTURES
from tests.support.world import JUDGED

AT = JUDGED
HOST = ("host", "localhost:8042")
FORM = (("content-type", "application/x-www-form-urlencoded"), HOST)


@pytest.fixture(scope="module")
def endpoint() -> Endpoint:
    return Endpoint(SecurityTokenService.open(FIXTURES / "account", replay=MemoryReplayCache()))


def inspect(endpoint: Endpoint, token: str, *, at: datetime = AT) -> LoggedResponse:
    body = urlencode({"token": token}).encode()
    return endpoint.answer(Request("POST", "/inspector", "", FORM, body), at=at)


def text(exchange: LoggedResponse) -> str:
    assert (exchange.response.status, exchange.operation) == (200, "inspector")
    return " ".join("".join(map(str, html.fromstring(exchange.response.body.decode("utf-8")).itertext())).split())


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text("ascii")


def test_the_page_runs_and_loads_nothing(endpoint: Endpoint) -> None:
    response = endpoint.answer(Request("GET", "/inspector", "", (HOST,))).response
    headers = dict(response.headers())
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert not re.search(rb"<script|javascript:|https?:|\son[a-z]+=", response.body)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("saml/documented.b64", ["strict accepts", "aws accepts", "Proved", "SamlExample", "https://integ.example.com/idp/shibboleth"]),
        ("saml/refused/wrong-audience.b64", ["strict refuses: audience", "aws accepts", "UNVERIFIED", "https://sp.example.com"]),
        ("saml/refused/tampered.b64", ["strict refuses: signature-digest", "aws refuses: signature-digest", "UNVERIFIED"]),
        ("oidc/github.jwt", ["strict accepts", "Proved", "repo:octo-org/octo-repo:ref:refs/heads/main"]),
        ("oidc/okta.jwt", ["refused", "provider", "UNVERIFIED"]),
        ("oauth/documented.token", ["an opaque OAuth 2.0 access token"]),
    ],
)
def test_tokens_are_judged_by_the_account(endpoint: Endpoint, file: str, said: list[str]) -> None:
    shown = text(inspect(endpoint, fixture(file)))
    assert [part for part in said if part not in shown] == []


def test_looking_uses_nothing_up(endpoint: Endpoint) -> None:
    for _ in range(2):
        assert "strict accepts" in text(inspect(endpoint, fixture("saml/documented.b64")))


def test_an_instant_later_it_has_ended(endpoint: Endpoint) -> None:
    shown = text(inspect(endpoint, fixture("saml/documented.b64"), at=AT + timedelta(hours=1)))
    assert "strict refuses" in shown
    assert "Proved" not in shown


def test_what_a_token_says_is_text(endpoint: Endpoint) -> None:
    hostile = "</td><script>alert(1)</script>\u202e\x00<img src=x onerror=alert(1)>"
    forge = OidcForge(key=TokenKey.generate("ES256"), shape=OIDC_SHAPES["github"])
    for issuer in (forge.url, hostile):
        token = forge.token(at=AT, subject=hostile, iss=issuer, more={"nested": [hostile, {hostile: hostile}]})
        page = inspect(endpoint, token).response.body
        assert b"&lt;script&gt;" in page
        assert b"<script" not in page
        assert b"<img" not in page
        assert "\u202e" not in page.decode("utf-8")


def test_every_row_of_a_claim_says_that_it_is_none(endpoint: Endpoint) -> None:
    forge = OidcForge(key=TokenKey.generate("ES256"), shape=OIDC_SHAPES["github"])
    for issuer in (forge.url, "https://elsewhere.example"):
        token = forge.token(at=AT, subject="a " * 999 + "✓ strict accepts", iss=issuer, more={"nested": [{"inner": "✓"}]})
        page = html.fromstring(inspect(endpoint, token).response.body.decode("utf-8"))
        [claimed] = [table for table in page.iter("table") if table.get("class") == "warning"]
        rows = list(claimed.iter("tr"))
        assert rows
        assert [row for row in rows if row[0].text != "UNVERIFIED"] == []
        assert "✓" not in "".join(map(str, claimed.itertext()))


@pytest.mark.parametrize("token", ["", " ", "\x00", "AAAA", "<", "{}", "a.b.c", "e30.e30.", "ü" * 50_000, "[" * 100_000])
def test_anything_is_answered_with_the_page(endpoint: Endpoint, token: str) -> None:
    assert b"<textarea" in inspect(endpoint, token).response.body


def test_other_forms_are_refused(endpoint: Endpoint) -> None:
    exchange = endpoint.answer(Request("POST", "/inspector", "", (("content-type", "text/plain"), HOST), b"token=a"))
    assert (exchange.response.status, exchange.check) == (400, "content-type")
    assert endpoint.answer(Request("PUT", "/inspector", "", (HOST,))).check == "route"


def test_a_refused_token_is_explained(endpoint: Endpoint) -> None:
    page = text(inspect(endpoint, fixture("saml/refused/wrong-audience.b64")))
    assert "Cause" in page
    assert "the assertion is for the audience `https://sp.example.com`" in page
    assert "urn:amazon:webservices" in page.partition("Edit")[2]
