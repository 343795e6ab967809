"""What stays on the machine, and who may not use the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import REBOUND, Visitor, visiting
from tests.support.server import Served
from tests.support.visits import answers, ask, token

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

KEPT = """async () => ({
  local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length, state: history.state, name: window.name,
})"""
FIELDS = ("pasted", "metadata", "jwks", "policy")


def test_nothing_is_kept(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.page.goto("/")
    ask(visitor.page, token("granted"))
    kept = visitor.page.evaluate(KEPT)
    assert kept == {"local": 0, "session": 0, "cookie": "", "databases": 0, "caches": 0, "workers": 0, "state": None, "name": ""}
    state = visitor.context.storage_state()
    assert (state["cookies"], state["origins"]) == ([], [])


def test_the_back_button_shows_no_token(page: Page) -> None:
    """Without script it is the browser that asks whether to send the form once more."""
    page.goto("/")
    ask(page, token("granted"))
    page.goto("/?at=now")
    page.go_back()
    assert [page.locator(f"#{field}").input_value() for field in FIELDS] == [""] * len(FIELDS)
    assert page.locator("#verdict").count() == 0
    assert token("granted").strip() not in page.content()


def test_the_history_has_no_token(page: Page) -> None:
    page.goto("/")
    before = page.evaluate("history.length")
    ask(page, token("granted"))
    ask(page, token("refused"))
    assert page.evaluate("history.length") == before
    assert not [part for part in token("refused").split(".") if part in page.url]


def test_a_reload_asks_for_nothing_again(page: Page) -> None:
    page.goto("/")
    ask(page, token("granted"))
    page.reload()
    assert page.locator("#verdict").count() == 0
    assert page.locator("#pasted").input_value() == ""


def test_the_page_of_another_origin_cannot_post_to_it(browser: Browser, server: Served) -> None:
    elsewhere = "http://attacker.example"
    form = f"<!doctype html><form method=post action={server.url}/page><textarea name=pasted>x</textarea><button>go</button></form>"
    with visiting(browser, server.url, watched=False) as visitor:
        visitor.context.route(f"{elsewhere}/", lambda route: route.fulfill(content_type="text/html", body=form))
        page = visitor.page
        page.goto(f"{elsewhere}/")
        with page.expect_response(f"{server.url}/page") as answer:
            page.get_by_role("button").click()
        assert answer.value.status == 403


def test_the_page_of_another_origin_cannot_read_it(browser: Browser, server: Served) -> None:
    elsewhere = "http://attacker.example"
    read = """url => Promise.all([
      fetch(url).then(() => "read", () => "refused"),
      fetch(url + "/page", { method: "POST", body: new FormData() }).then(() => "read", () => "refused"),
      fetch(url + "/page/page.css", { mode: "no-cors" }).then(() => "loaded", () => "refused"),
    ])"""
    with visiting(browser, server.url, watched=False) as visitor:
        visitor.context.route(f"{elsewhere}/", lambda route: route.fulfill(content_type="text/html", body="<!doctype html><p>here"))
        visitor.page.goto(f"{elsewhere}/")
        assert visitor.page.evaluate(read, server.url) == ["refused", "refused", "refused"]


def test_the_page_cannot_be_framed(browser: Browser, server: Served) -> None:
    elsewhere = "http://attacker.example"
    frame = f"<!doctype html><iframe src={server.url}/></iframe>"
    with visiting(browser, server.url, watched=False) as visitor:
        visitor.context.route(f"{elsewhere}/", lambda route: route.fulfill(content_type="text/html", body=frame))
        visitor.page.goto(f"{elsewhere}/", wait_until="networkidle")
        assert visitor.page.frames[1].locator("#pasted").count() == 0


def test_a_name_that_resolves_here_is_refused(browser: Browser, server: Served) -> None:
    with visiting(browser, f"http://{REBOUND}:{server.port}", watched=False) as visitor:
        answer = visitor.page.goto("/")
        assert answer is not None
        assert answer.status == 403
        assert visitor.page.locator("textarea").count() == 0


def test_markup_cannot_be_made_of_text(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.page.goto("/")
    made = "() => { try { document.body.innerHTML = '<b>made</b>'; return 'made' } catch (refused) { return refused.name } }"
    with visitor.provoking("requires 'TrustedHTML' assignment"):
        assert visitor.page.evaluate(made) == "TypeError"


def test_answers_come_with_trusted_types_on(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    ask(page, token("refused"))
    answers(page, "refused: trust-policy")
