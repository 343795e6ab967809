"""From a pasted token to the verdict, with and without script, and what can be changed then."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.browser import Visitor
from tests.support.visits import answered, answers, ask, token
from tests.support.world import JUDGED_TEXT, SAML_ROLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

FORM = "application/x-www-form-urlencoded"
DEPLOY = SAML_ROLE.replace("TestSaml", "GitHubDeploy")


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(
    ("name", "verdict", "said"),
    [
        ("refused", "refused: trust-policy", "the token is a GitHub token for branch feature; the policy trusts branch main"),
        ("granted", "granted", "AssumeRoleWithWebIdentity accepts"),
        ("saml", "granted", "AssumeRoleWithSAML accepts"),
        ("saml refused", "refused: signature-digest", "signature-digest"),
        ("no provider", "refused: provider", "UNVERIFIED"),
        ("opaque", "refused: exp", "an opaque OAuth 2.0 access token"),
    ],
)
def test_a_pasted_token_is_judged(visit: Callable[..., Visitor], name: str, verdict: str, said: str, java_script: bool) -> None:  # noqa: FBT001
    page = visit(java_script_enabled=java_script).page
    page.goto("/")
    ask(page, token(name))
    assert answered(page) == verdict
    assert said in page.locator("main").inner_text()
    assert page.title().startswith(verdict.partition(":")[0])


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
def test_nothing_pasted_is_said(visit: Callable[..., Visitor], java_script: bool) -> None:  # noqa: FBT001
    page = visit(java_script_enabled=java_script).page
    page.goto("/")
    ask(page, "  ")
    assert answered(page) == "Paste or choose a token first."


def test_with_script_the_page_is_not_loaded_again(page: Page) -> None:
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.goto("/")
    ask(page, token("refused"))
    ask(page, token("granted"))
    assert len(loads) == 1
    assert page.locator("#pasted").input_value() == token("granted")


def test_role_and_instant_change_the_answer_at_once(page: Page) -> None:
    page.goto("/")
    ask(page, token("granted"))
    page.locator("#role").select_option(SAML_ROLE)
    answers(page, "refused: trust-policy")
    page.locator("#role").select_option(DEPLOY)
    answers(page, "granted")
    page.get_by_label("now", exact=True).check()
    answers(page, "refused: exp")
    page.locator("#at").fill(JUDGED_TEXT)
    page.locator("#at").press("Tab")
    answers(page, "granted")
    assert page.get_by_label("at", exact=True).is_checked()


def test_the_address_is_the_link_to_what_is_asked(page: Page) -> None:
    page.goto("/")
    ask(page, token("granted"))
    page.locator("#role").select_option(SAML_ROLE)
    page.locator("#at").fill(JUDGED_TEXT)
    page.locator("#at").press("Tab")
    answers(page, "refused: trust-policy")
    link = urlsplit(page.url)
    assert link.path == "/"
    assert parse_qs(link.query) == {"account": ["123456789012"], "role": [SAML_ROLE], "at": [JUDGED_TEXT]}


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
def test_a_link_presets_the_form(visit: Callable[..., Visitor], java_script: bool) -> None:  # noqa: FBT001
    page = visit(java_script_enabled=java_script).page
    page.goto(f"/?role={DEPLOY}&at={JUDGED_TEXT}")
    assert page.locator("#role").input_value() == DEPLOY
    assert page.locator("#at").input_value() == JUDGED_TEXT
    ask(page, token("refused"))
    assert answered(page) == "refused: trust-policy"
    assert f"judged at {JUDGED_TEXT}" in page.locator("#status").inner_text()


def test_a_newer_question_wins(page: Page) -> None:
    page.goto("/")
    page.locator("#pasted").fill(token("granted"))
    for name in ("refused", "saml", "saml refused"):
        page.locator("#pasted").fill(token(name))
        page.get_by_role("button", name="Judge").click(no_wait_after=True)
    answers(page, "refused: signature-digest")


def test_a_server_that_is_gone_is_told(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/")
    page.locator("#pasted").fill(token("granted"))
    page.route("**/page", lambda route: route.abort())
    with visitor.provoking("Failed to load resource: net::ERR_FAILED"):
        page.get_by_role("button", name="Judge").click()
        page.get_by_text(re.compile("The server did not answer")).wait_for()
    assert page.locator("#answer").get_attribute("aria-busy") is None


def test_folds_stay_as_they_were_left(page: Page) -> None:
    page.goto("/")
    ask(page, token("granted"))
    page.locator("#checks > summary").click()
    page.locator("#role").select_option(SAML_ROLE)
    answers(page, "refused: trust-policy")
    assert page.locator("#checks").get_attribute("open") is not None
    assert page.locator("#ticket").get_attribute("open") is None


def test_everything_is_folded_and_unfolded_by_keys_alone(page: Page) -> None:
    page.goto("/")
    ask(page, token("granted"))
    answer, closed = page.locator("#answer details[open]"), page.locator("#answer details:not([open])")
    page.keyboard.press("Alt+Shift+U")
    assert (answer.count() > 1, closed.count()) == (True, 0)
    page.keyboard.press("Alt+Shift+F")
    assert answer.count() == 0
    page.locator("#checks > summary").press("Enter")
    page.locator("#ticket > summary").press("Space")
    assert [each.get_attribute("id") for each in answer.all()] == ["checks", "ticket"]


def test_letters_that_are_written_fold_nothing(page: Page) -> None:
    page.goto("/")
    ask(page, token("granted"))
    page.locator("#pasted").press("Alt+Shift+U")
    assert page.locator("#answer details[open]").count() == 0


def test_the_reader_is_led_to_the_answer(page: Page) -> None:
    page.goto("/")
    page.locator("#pasted").fill(token("refused"))
    page.locator("#pasted").press("Control+Enter")
    answers(page, "refused: trust-policy")
    assert page.locator(":focus").inner_text().endswith("refused: trust-policy")


def test_a_live_change_leaves_the_focus_where_it_is(page: Page) -> None:
    page.goto("/")
    ask(page, token("granted"))
    page.locator("#role").focus()
    page.locator("#role").select_option(SAML_ROLE)
    answers(page, "refused: trust-policy")
    assert page.locator(":focus").get_attribute("id") == "role"


def test_the_answer_is_copied_as_markdown_without_the_token(visit: Callable[..., Visitor]) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"]).page
    page.goto("/")
    ask(page, token("refused"))
    page.get_by_role("button", name="Copy as Markdown").click()
    page.get_by_text("Copied as Markdown, without token and secrets.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "trust-policy" in copied
    assert "branch `main`" in copied
    assert [part for part in token("refused").strip().split(".") if part in copied] == []


def test_where_the_browser_lets_nothing_be_copied_the_text_is_selected(page: Page) -> None:
    page.goto("/")
    ask(page, token("refused"))
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); }")
    page.keyboard.press("Alt+Shift+C")
    page.get_by_text("The text is selected: copy it with the keys.").wait_for()
    assert page.evaluate("document.activeElement.id") == "markdown"
    assert "trust-policy" in page.evaluate("getSelection().toString()")


def har(text: str) -> str:
    """A HAR file with the call of a client, as the network panel of a browser saves it."""
    posted = urlencode({"Action": "AssumeRoleWithWebIdentity", "RoleArn": DEPLOY, "WebIdentityToken": text.strip()})
    request = {"method": "POST", "url": "https://sts.amazonaws.com/", "headers": [], "postData": {"mimeType": FORM, "text": posted}}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": request, "response": {"status": 403}}]}})


CONTAINERS = {
    "HAR file": (har(token("refused")), "refused: trust-policy"),
    "form body": (urlencode({"SAMLResponse": token("saml").strip(), "RelayState": "x"}), "granted"),
    "HTTP request": (f"POST / HTTP/1.1\r\nHost: sts.amazonaws.com\r\nAuthorization: Bearer {token('granted').strip()}\r\n\r\n", "granted"),
    "raw XML": (base64.b64decode(token("saml")).decode(), "granted"),
}


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("name", CONTAINERS)
def test_a_token_is_found_in_what_holds_it(visit: Callable[..., Visitor], name: str, java_script: bool) -> None:  # noqa: FBT001
    text, verdict = CONTAINERS[name]
    page = visit(java_script_enabled=java_script).page
    page.goto("/")
    ask(page, text)
    assert answered(page) == verdict
