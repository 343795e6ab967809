"""A token of 1 MiB is answered, and the tab stays usable meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.testing import Login, SamlForge, SigningKey, aws_attributes, to_base64
from tests.support.paths import KEYS
from tests.support.visits import answered, asking, drop, paste
from tests.support.world import ISSUED, SAML_PROVIDER, SAML_ROLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MEBIBYTE = 1_048_576
LONGEST_PAUSE = 2_000
"""Milliseconds for which a tab may stand still on a busy machine; a browser offers to end one after several seconds."""
WATCH = """() => {
  window.paused = 0;
  let last = performance.now();
  setInterval(() => { const now = performance.now(); window.paused = Math.max(window.paused, now - last); last = now; }, 20);
}"""


@pytest.fixture(scope="module")
def large() -> str:
    idp = SigningKey.from_pem((KEYS / "idp-rsa2048.TEST-ONLY.key.pem").read_bytes(), (KEYS / "idp-rsa2048.TEST-ONLY.cert.pem").read_bytes())
    attributes = aws_attributes(role=SAML_ROLE, provider=SAML_PROVIDER, session_name="SamlExample")
    filling = {"https://example.com/groups": ["group-" + "x" * 194] * 3_000}
    text = to_base64(SamlForge(key=idp).response(Login(at=ISSUED, subject="SamlExample", attributes=attributes | filling, seed="large")))
    assert len(text) > MEBIBYTE
    return text


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_large_response_is_answered(page: Page, large: str, way: str) -> None:
    page.goto("/")
    page.evaluate(WATCH)
    with asking(page):
        if way == "drop":
            drop(page, {"response": large.encode()})
        else:
            paste(page, "body", large)
    assert answered(page) in ("accepted", "granted")
    page.keyboard.press("Alt+Shift+U")
    assert page.evaluate("window.paused") < LONGEST_PAUSE


def test_a_large_text_that_is_no_token_is_answered(page: Page) -> None:
    page.goto("/")
    page.evaluate(WATCH)
    with asking(page):
        drop(page, {"noise": b"<a>" * (MEBIBYTE // 3)})
    assert answered(page).startswith(("refused", "Not judged"))
    assert page.evaluate("window.paused") < LONGEST_PAUSE
