import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from lxml import html

from federation import limits
from federation.page.recent import RecentCalls
from federation.page.settings import PageSettings
from federation.server.endpoint import Endpoint
from federation.server.messages import LoggedResponse, Request
from federation.state import MemoryReplayCache
from federation.sts.service import SecurityTokenService
from federation.testing import OIDC_SHAPES, OidcForge, TokenKey
from tests.support.paths import FIXTURES
from tests.support.world import ACCOUNT, JUDGED, JUDGED_TEXT

AT = JUDGED
HOST = ("host", "localhost:8042")
FORM = (("content-type", "application/x-www-form-urlencoded"), HOST)
BROWSER = (("accept", "text/html,application/xhtml+xml,*/*;q=0.8"), HOST)


@pytest.fixture(scope="module")
def endpoint() -> Endpoint:
    account = FIXTURES / "account"
    return Endpoint(SecurityTokenService.open(account, replay=MemoryReplayCache()), page=PageSettings(directories={ACCOUNT: account}))


def judge(endpoint: Endpoint, token: str, *, now: datetime = AT, **fields: str) -> LoggedResponse:
    body = urlencode({"pasted": token, "instant": "now", **fields}).encode()
    return endpoint.answer(Request("POST", "/page", "", FORM, body), at=now)


def parsed(octets: bytes) -> Any:
    """The page as lxml reads it; its stubs know too many types of results to be of use."""
    return html.fromstring(octets.decode("utf-8"))


def text(exchange: LoggedResponse) -> str:
    assert (exchange.response.status, exchange.operation) == (200, "page")
    return " ".join("".join(map(str, parsed(exchange.response.body).itertext())).split())


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text("ascii")


def get(endpoint: Endpoint, path: str, query: str = "", headers: tuple[tuple[str, str], ...] = BROWSER) -> LoggedResponse:
    return endpoint.answer(Request("GET", path, query, headers), at=AT)


@pytest.mark.parametrize("path", ["/", "/page"])
def test_a_browser_gets_the_page(endpoint: Endpoint, path: str) -> None:
    response = get(endpoint, path).response
    headers = dict(response.headers())
    assert (response.status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert {headers[f"cross-origin-{name}-policy"] for name in ("opener", "resource")} == {"same-origin"}
    page = parsed(response.body)
    [form] = page.forms
    assert (form.method, form.action) == ("POST", "/page")
    assert {"pasted", "pasted_file", "account", "role", "provider", "instant", "at", "metadata", "jwks", "issuer", "policy"} <= {
        name for name in form.fields if name
    }


def test_nothing_is_loaded_from_elsewhere(endpoint: Endpoint) -> None:
    for exchange in (get(endpoint, "/"), judge(endpoint, fixture("oidc/github-branch.jwt"))):
        page = parsed(exchange.response.body)
        loaded = [str(value) for value in page.xpath("//@src | //link/@href | //form/@action")]
        assert loaded
        assert [value for value in loaded if not re.fullmatch(r"/page(?:/[a-z-]+\.(?:css|js|svg)(?:\?account=[0-9]{12})?)?", value)] == []
        for value in loaded:
            path, _, query = value.partition("?")
            assert get(endpoint, path, query).response.status == 200


@pytest.mark.parametrize(
    ("path", "query", "headers"),
    [
        ("/", "Action=GetCallerIdentity&Version=2011-06-15", BROWSER),
        ("/", "Action=", BROWSER),
        ("/", "", (HOST,)),
        ("/", "", (("accept", "application/json"), HOST)),
    ],
)
def test_the_operations_stay_where_clients_look_for_them(
    endpoint: Endpoint, path: str, query: str, headers: tuple[tuple[str, str], ...]
) -> None:
    assert b"<html" not in get(endpoint, path, query, headers).response.body


def test_the_inspector_has_moved(endpoint: Endpoint) -> None:
    response = get(endpoint, "/inspector").response
    assert (response.status, dict(response.headers())["location"]) == (303, "/")
    assert endpoint.answer(Request("POST", "/inspector", "", FORM, b"token=a")).check == "route"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("saml/documented.b64", ["granted", "profile strict accepts", "profile aws accepts", "AssumeRoleWithSAML accepts", "SamlExample"]),
        ("saml/refused/wrong-audience.b64", ["refused: audience", "profile aws accepts", "UNVERIFIED", "https://sp.example.com"]),
        ("saml/refused/tampered.b64", ["strict refuses: signature-digest", "aws refuses: signature-digest", "UNVERIFIED"]),
        ("oidc/github.jwt", ["granted", "AssumeRoleWithWebIdentity accepts", "repo:octo-org/octo-repo:ref:refs/heads/main"]),
        ("oidc/github-branch.jwt", ["refused: trust-policy", "the policy trusts branch main", "roles/GitHubDeploy.json:19", "lets in"]),
        ("oidc/okta.jwt", ["refused", "provider", "UNVERIFIED"]),
        ("oauth/documented.token", ["an opaque OAuth 2.0 access token"]),
    ],
)
def test_tokens_are_judged_by_the_account(endpoint: Endpoint, file: str, said: list[str]) -> None:
    shown = text(judge(endpoint, fixture(file)))
    assert [part for part in said if part not in shown] == []


def test_judging_uses_nothing_up(endpoint: Endpoint) -> None:
    for _ in range(2):
        assert "granted" in text(judge(endpoint, fixture("saml/documented.b64")))


@pytest.mark.parametrize(
    ("instant", "at", "said"),
    [
        ("now", "", "refused: exp"),
        ("issued", "", "granted"),
        ("time", JUDGED_TEXT, "granted"),
        ("time", "2026-11-24T14:00:30+02:00", "granted"),
        ("time", "yesterday", "Not judged: instant"),
        ("time", "2026-11-24T12:00:30", "Not judged: instant"),
    ],
)
def test_the_instant_is_chosen(endpoint: Endpoint, instant: str, at: str, said: str) -> None:
    shown = text(judge(endpoint, fixture("oidc/github.jwt"), now=AT + timedelta(days=30), instant=instant, at=at))
    assert said in shown, shown[:400]


def test_what_a_token_says_is_text(endpoint: Endpoint) -> None:
    hostile = "</td><script>alert(1)</script>\u202e\x00<img src=x onerror=alert(1)>"
    forge = OidcForge(key=TokenKey.generate("ES256"), shape=OIDC_SHAPES["github"])
    for issuer in (forge.url, hostile):
        token = forge.token(at=AT, subject=hostile, iss=issuer, more={"nested": [hostile, {hostile: hostile}]})
        page = judge(endpoint, token).response.body
        assert b"&lt;script&gt;" in page
        assert b"<script>" not in page
        assert parsed(page).xpath("//script[not(@src)]") == []
        assert b"<img src=x" not in page
        assert "\u202e" not in page.decode("utf-8")


def test_every_row_of_a_claim_says_that_it_is_none(endpoint: Endpoint) -> None:
    forge = OidcForge(key=TokenKey.generate("ES256"), shape=OIDC_SHAPES["github"])
    for issuer in (forge.url, "https://elsewhere.example"):
        token = forge.token(at=AT, subject="a " * 999 + "✓ strict accepts", iss=issuer, more={"nested": [{"inner": "✓"}]})
        page = parsed(judge(endpoint, token).response.body)
        rows = page.xpath("//details[@id='attributes']//tbody/tr")
        assert rows
        assert [row for row in rows if row[0].text != "UNVERIFIED"] == []
        assert "✓" not in "".join(str(text) for row in rows for text in row.itertext())


@pytest.mark.parametrize("token", ["", " ", "\x00", "AAAA", "<", "{}", "a.b.c", "e30.e30.", "ü" * 50_000, "[" * 100_000])
def test_anything_is_answered_with_the_page(endpoint: Endpoint, token: str) -> None:
    assert b"<textarea" in judge(endpoint, token).response.body


def test_other_forms_are_refused(endpoint: Endpoint) -> None:
    exchange = endpoint.answer(Request("POST", "/page", "", (("content-type", "text/plain"), HOST), b"pasted=a"))
    assert (exchange.response.status, exchange.check) == (400, "content-type")
    assert endpoint.answer(Request("PUT", "/page", "", (HOST,))).check == "route"
    assert get(endpoint, "/page/../account.toml").check == "route"


def test_a_link_presets_the_form_and_holds_no_token(endpoint: Endpoint) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/GitHubDeploy"
    query = urlencode({"role": role, "at": JUDGED_TEXT, "pasted": "secret", "policy": "secret"})
    page = parsed(get(endpoint, "/", query).response.body)
    [form] = page.forms
    assert (form.fields["role"], form.fields["instant"], form.fields["at"]) == (role, "time", JUDGED_TEXT)
    assert b"secret" not in html.tostring(page)


def test_the_log_has_nothing_of_the_token(endpoint: Endpoint) -> None:
    exchange = judge(endpoint, fixture("oidc/github-branch.jwt"))
    assert (exchange.code, exchange.check, exchange.refusal, exchange.principal, exchange.raised) == ("", "", "", "", None)


def test_the_map_of_an_account_is_a_picture_of_its_own(endpoint: Endpoint) -> None:
    [image] = parsed(get(endpoint, "/").response.body).xpath("//details[@id='map']//img/@src")
    path, _, query = str(image).partition("?")
    response = get(endpoint, path, query).response
    assert (response.status, response.content_type) == (200, "image/svg+xml")
    assert b"GitHubDeploy" in response.body
    policy = dict(response.headers())["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
    assert get(endpoint, path, "account=999999999999").check == "route"
    assert get(endpoint, path, query).response.body is response.body, "drawn once, not with each request"


def test_recent_calls_are_shown_where_that_was_chosen() -> None:
    recent = RecentCalls(2)
    service = SecurityTokenService.open(FIXTURES / "account", audit=recent)
    watched = Endpoint(service, page=PageSettings(recent=recent, workers=3))
    for file in ("oidc/github.jwt", "oidc/github-branch.jwt", "oidc/github.jwt"):
        token = fixture(file).strip()
        call = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/GitHubDeploy",
            "RoleSessionName": "job-7",
            "WebIdentityToken": token,
        }
        watched.answer(Request("POST", "/", "", FORM, urlencode(call).encode()), at=AT)
    page = parsed(get(watched, "/").response.body)
    [section] = page.xpath("//section[@id='recent']")
    calls = section.xpath("./ol/li")
    assert [call.get("class") for call in calls] == ["granted", "refused"]
    words = " ".join(str(section.text_content()).split())
    assert "the token is a GitHub token for branch feature; the policy trusts branch main" in words
    assert "Each keeps its own list" in words
    assert not {part for part in token.split(".") if part in words}
    assert parsed(get(Endpoint(service), "/").response.body).xpath("//section[@id='recent']") == []


def test_a_form_of_the_page_may_be_longer_than_a_request_of_an_operation(endpoint: Endpoint) -> None:
    assert endpoint.longest_body(Request("POST", "/page")) == limits.PAGE_OCTETS
    assert endpoint.longest_body(Request("POST", "/")) == limits.REQUEST_OCTETS


def test_an_operation_in_the_address_bar_may_have_as_many_parameters_as_any(endpoint: Endpoint) -> None:
    query = urlencode(
        {"Action": "AssumeRoleWithSAML", "Version": "2011-06-15", **{f"PolicyArns.member.{n}.arn": "a" for n in range(1, 40)}}
    )
    assert get(endpoint, "/", query).operation == "AssumeRoleWithSAML"
