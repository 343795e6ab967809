"""The page for everybody: axe-core's rules, the keyboard, and every width from a phone to a large screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browser import Visitor
from tests.support.visits import TOKENS, ask, token

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WIDTHS = (360, 768, 1280, 2560)
SCHEMES = ("light", "dark")


def violations(page: Page) -> list[str]:
    """What axe-core finds: all its rules of WCAG 2 A and AA, and its best practices."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # noqa: PLC0415 - with playwright

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']} ({each['impact']}): {node['target']}: {node['failureSummary']}" for each in found for node in each["nodes"]]


def wider_than_the_page(page: Page) -> list[str]:
    wide: list[str] = page.evaluate(
        """() => {
          if (document.documentElement.scrollWidth <= innerWidth) return [];
          const wide = [...document.querySelectorAll("*")].filter(each => each.getBoundingClientRect().right > innerWidth);
          return wide.filter(each => !each.closest(".scroll")).map(each => each.outerHTML.slice(0, 200));
        }"""
    )
    return wide


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_answer(visit: Callable[..., Visitor], scheme: str, width: int) -> None:
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 800}).page
    page.goto("/")
    assert (violations(page), wider_than_the_page(page)) == ([], [])
    for name in TOKENS:
        ask(page, token(name))
        assert wider_than_the_page(page) == [], name
        page.keyboard.press("Alt+Shift+U")
        assert (violations(page) if width in (WIDTHS[0], WIDTHS[2]) else [], wider_than_the_page(page)) == ([], []), name
    ask(page, "no token")
    assert (violations(page), wider_than_the_page(page)) == ([], [])


def test_without_script(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False, viewport={"width": 360, "height": 800}).page
    page.goto("/")
    ask(page, token("refused"))
    folded = page.locator("#answer > details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    assert wider_than_the_page(page) == []


def test_text_may_be_twice_as_large(visit: Callable[..., Visitor]) -> None:
    page = visit(viewport={"width": 640, "height": 512}, device_scale_factor=2).page
    page.goto("/")
    ask(page, token("refused"))
    page.keyboard.press("Alt+Shift+U")
    assert wider_than_the_page(page) == []


@pytest.mark.parametrize("width", WIDTHS[1:])
def test_no_word_of_a_head_is_broken(visit: Callable[..., Visitor], width: int) -> None:
    page = visit(viewport={"width": width, "height": 800}).page
    page.goto("/")
    ask(page, token("granted"))
    page.keyboard.press("Alt+Shift+U")
    lines: list[list[Any]] = page.evaluate(
        """() => [...document.querySelectorAll("#checks thead th")].map(head => {
          const text = document.createRange();
          text.selectNodeContents(head);
          return [head.textContent, text.getClientRects().length];
        })"""
    )
    assert lines == [[head, 1] for head in ("check", "strict", "aws", "finding", "clause")]


def stops(page: Page, number: int) -> list[str]:
    """What has the focus after each of *number* presses of Tab."""
    found: list[Any] = []
    for _ in range(number):
        page.keyboard.press("Tab")
        found.append(page.evaluate("(e => e.id || e.className || e.textContent.trim())(document.activeElement)"))
    return found


def test_the_keys_go_through_the_form_as_it_is_read(page: Page) -> None:
    page.goto("/")
    order = ["skip", "brand", "pasted", "pasted_file", "account", "role", "provider", "instant-issued", "at"]
    assert stops(page, len(order)) == order


def test_a_link_skips_to_the_form(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert stops(page, 1) in (["pasted"], ["pasted_file"])


def test_the_keys_reach_every_part_of_an_answer(page: Page) -> None:
    page.goto("/")
    ask(page, token("refused"))
    reached = stops(page, 8)
    assert reached[:3] == ["quiet", "quiet", "quiet"], "the buttons come after the verdict"
    assert {"Every check in order" in each for each in reached} == {True, False}


def test_what_has_the_focus_is_seen(page: Page) -> None:
    page.goto("/")
    for _ in range(9):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
