"""The watch notices what it is there for: without this, every other test of the page could pass on a page that misbehaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browser import Visitor, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

HERE = "http://localhost:9"
STRICT = "default-src 'none'; script-src 'self'"


@pytest.mark.parametrize(
    ("body", "policy", "fault"),
    [
        ("<script>console.error('broken')</script>", "", "console: error: broken"),
        ("<script>console.warn('careless')</script>", "", "console: warning: careless"),
        ("<script>undefined.x</script>", "", "error of the script: "),
        ("<script>document.title = 'ran'</script>", STRICT, "console: error: Executing inline script violates"),
        ("<p style='color: red'>", STRICT, "console: error: Applying inline style violates"),
        ("<img src='https://elsewhere.example/pixel'>", "", "request to elsewhere: GET https://elsewhere.example/pixel"),
        ("<img src='http://localhost:90/pixel'>", "", "request to elsewhere: GET http://localhost:90/pixel"),
    ],
)
def test_a_page_that_misbehaves_is_found_out(browser: Browser, body: str, policy: str, fault: str) -> None:
    headers = {"content-type": "text/html", "content-security-policy": policy}
    with pytest.raises(pytest.fail.Exception, match=re.escape(fault)):  # noqa: SIM117 - it raises at the end of the visit
        with visiting(browser, HERE) as visitor:
            show(visitor, headers=headers, body=f"<!doctype html><link rel=icon href=data:,>{body}")


def test_a_page_that_behaves_is_not(browser: Browser) -> None:
    with visiting(browser, HERE) as visitor:
        show(visitor, content_type="text/html", body="<!doctype html><p>text</p>")
        assert visitor.page.locator("p").inner_text() == "text"


def test_what_a_test_provokes_is_excused_once_and_no_more(browser: Browser) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"console: error: broken\Z"):  # noqa: SIM117 - it raises at the end of the visit
        with visiting(browser, HERE) as visitor:
            complain_twice(visitor)


def complain_twice(visitor: Visitor) -> None:
    show(visitor, content_type="text/html", body="<!doctype html><link rel=icon href=data:,><p>text</p>")
    with visitor.provoking("broken"):
        visitor.page.evaluate("console.error('broken')")
    with visitor.context.expect_console_message():
        visitor.page.evaluate("console.error('broken')")
    assert len(visitor.faults) == 1


def test_a_page_of_another_site_is_not_watched(browser: Browser) -> None:
    with visiting(browser, HERE, watched=False) as visitor, visitor.context.expect_console_message() as told:
        show(visitor, content_type="text/html", body="<!doctype html><link rel=icon href=data:,><script>console.error('broken')</script>")
    assert told.value.text == "broken"


def show(visitor: Visitor, **response: Any) -> None:
    visitor.context.route(f"{HERE}/", lambda route: route.fulfill(**response))
    visitor.page.goto("/", wait_until="networkidle")
