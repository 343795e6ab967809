"""Several tokens in one paste: each can be judged, with script and without."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.support.browser import Visitor
from tests.support.paths import FIXTURES

pytestmark = pytest.mark.browser


def har() -> str:
    tokens = [(FIXTURES / file).read_text("ascii").strip() for file in ("saml/documented.b64", "saml/refused/tampered.b64")]
    forms = [urlencode({"SAMLResponse": token}) for token in tokens]
    requests = [{"method": "POST", "url": "https://signin.aws.amazon.com/saml", "postData": {"text": form}} for form in forms]
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": request} for request in requests]}})


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
def test_another_token_of_a_har_file_is_chosen(visit: Callable[..., Visitor], java_script: bool) -> None:  # noqa: FBT001
    page = visit(java_script_enabled=java_script).page
    page.goto("/")
    page.locator("#pasted").fill(har())
    page.locator("#judge").click()
    page.locator("#verdict.granted").wait_for()
    page.locator(".tokens input").nth(1).check()
    if not java_script:
        page.get_by_role("button", name="Judge the chosen one").click()
    page.locator("#verdict.refused").wait_for()
    assert "signature-digest" in page.locator("#verdict-title").inner_text()
    assert page.locator(".tokens input").nth(1).is_checked()
