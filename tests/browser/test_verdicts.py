"""The page: a pasted token, and what is found in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.browser import Visitor
from tests.support.paths import FIXTURES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("saml/refused/tampered.b64", "strict refuses: signature-digest"),
        ("oidc/okta.jwt", "refused"),
        ("oauth/documented.token", "an opaque OAuth 2.0 access token"),
    ],
)
def test_a_pasted_token_is_judged(visit: Callable[..., Visitor], file: str, said: str, java_script: bool) -> None:  # noqa: FBT001
    page = visit(java_script_enabled=java_script).page
    page.goto("/")
    page.locator("#pasted").fill((FIXTURES / file).read_text("ascii"))
    page.get_by_role("button", name="Judge").click()
    page.locator("#verdict").wait_for()  # with script the answer comes without a new page
    assert said in page.locator("body").inner_text()
