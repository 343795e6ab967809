"""Hostile texts in every field: they stay text, and break nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from federation.testing import OIDC_SHAPES, Login, OidcForge, SamlForge, SigningKey, TokenKey, aws_attributes, to_base64
from tests.support.browser import Visitor
from tests.support.paths import KEYS
from tests.support.visits import answered, ask, asking, drop, token
from tests.support.world import ISSUED, SAML_PROVIDER, SAML_ROLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TEXTS = {
    "markup": "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\"><svg onload=\"document.title='ran'\">",
    "end of a field": "</textarea></option></title></style></script><h1 id=verdict>granted</h1>",
    "attribute": "\" autofocus onfocus=\"document.title='ran'\" x='",
    "template": "{{7777*7777}}{% raw %}${7777*7777}#{7777*7777}<%= 7777*7777 %>",
    "order": "\u202egranted\u202c\u2066\u2069\u200f\u061c granted",
    "no text": "\x00\x01\x1b[31m\x7f\ufeff\ufffd",
    "emoji": "👩\u200d👩\u200d👧🏽🏴\U000e0067\U000e007f" + "e\u0301" + "\u0300" * 200,
    "address": "javascript:document.title='ran'//https://elsewhere.example/x.css",
    "style": "</style><style>@import 'https://elsewhere.example/x.css';body{background:url(https://elsewhere.example/y)}",
    "long line": "A" * 100_000,
    "many lines": "\u2028\u2029|\n\r\n" * 50,
}
# What a template would make of its text; no instant that a page shows has so many digits in a row.
COMPUTED = str(7777 * 7777)
FIELDS = ("pasted", "metadata", "jwks", "policy", "issuer", "client_id", "at")
STRANGERS = TokenKey.from_pem((KEYS / "stranger-rsa2048.TEST-ONLY.key.pem").read_bytes())
ISSUERS = TokenKey.from_pem((KEYS / "issuer-rsa2048.TEST-ONLY.key.pem").read_bytes())
IDPS = SigningKey.from_pem((KEYS / "idp-rsa2048.TEST-ONLY.key.pem").read_bytes(), (KEYS / "idp-rsa2048.TEST-ONLY.cert.pem").read_bytes())
MADE = (
    "script:not([src]), img:not([src^='/page/']), [onerror], [onload], [onfocus], [autofocus], style, iframe, object, #verdict ~ #verdict"
)


def unmoved(page: Page) -> None:
    """No element was made of text, nothing ran, nothing is wider than the page, and nobody is granted anything."""
    assert page.locator(MADE).count() == 0
    assert page.title() in ("federation", "refused · federation")
    assert COMPUTED not in page.locator("#status").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
def test_in_every_field(visit: Callable[..., Visitor], java_script: bool) -> None:  # noqa: FBT001
    page = visit(java_script_enabled=java_script).page
    for text in TEXTS.values():
        page.goto("/")
        page.locator("#documents > summary").click()
        for field in FIELDS:
            page.locator(f"#{field}").fill(text)
        written = page.locator("#pasted").input_value()
        page.get_by_label("at", exact=True).check()
        ask(page, text)
        assert answered(page) != "granted"
        unmoved(page)
        # HTML has no NUL: its parser reads a replacement character (HTML 13.2.5).
        assert page.locator("#pasted").input_value() == (written if java_script else written.replace("\0", "\ufffd"))


def test_in_a_link(page: Page) -> None:
    for text in TEXTS.values():
        page.goto("/")
        preset = "text => new URLSearchParams({ account: text, role: text, provider: text, at: text }).toString()"
        page.goto(f"/?{page.evaluate(preset, text[:1_000])}")
        ask(page, token("granted"))
        assert answered(page) != "granted"
        unmoved(page)


@pytest.mark.parametrize("key", [ISSUERS, STRANGERS], ids=["signed", "foreign"])
def test_in_a_jwt(page: Page, key: TokenKey) -> None:
    page.goto("/")
    for text in (text[:2_000] for text in TEXTS.values()):
        more: dict[str, Any] = {"actor": text, text: text, "nested": {text: [text, {text: text}]}}
        ask(page, OidcForge(key=key, shape=OIDC_SHAPES["github"]).token(at=ISSUED, subject=text, more=more))
        assert answered(page).startswith("refused")
        page.keyboard.press("Alt+Shift+U")
        unmoved(page)


def test_in_a_saml_response(page: Page) -> None:
    page.goto("/")
    for text in (text[:2_000] for name, text in TEXTS.items() if name != "no text"):
        attributes = aws_attributes(role=SAML_ROLE, provider=SAML_PROVIDER, session_name=text) | {text: [text]}
        ask(page, to_base64(SamlForge(key=IDPS).response(Login(at=ISSUED, subject=text, attributes=attributes, seed="hostile"))))
        assert answered(page).startswith("refused")
        page.keyboard.press("Alt+Shift+U")
        unmoved(page)


def test_in_a_policy(page: Page) -> None:
    page.goto("/")
    for text in (text[:2_000] for text in TEXTS.values()):
        principal, condition = {"Federated": text}, {"StringEquals": {text: text}}
        statement = {"Sid": text, "Effect": "Allow", "Principal": principal, "Action": text, "Condition": condition}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        with asking(page):
            drop(page, {"policy.json": json.dumps(document).encode(), "token": token("granted").encode()})
        assert answered(page) != "granted"
        page.keyboard.press("Alt+Shift+U")
        unmoved(page)
