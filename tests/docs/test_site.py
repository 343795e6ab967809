"""The site that `make docs` built loads nothing from elsewhere, and works where it is opened as files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from lxml import html
from playwright.sync_api import Browser, sync_playwright

from tests.support.paths import REPOSITORY

pytestmark = pytest.mark.site

SITE = REPOSITORY / "site"
CHROMIUM = Path("/usr/bin/chromium")
LOADING = {
    ("audio", "src"),
    ("embed", "src"),
    ("feimage", "href"),
    ("iframe", "src"),
    ("image", "href"),
    ("img", "src"),
    ("img", "srcset"),
    ("input", "src"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("track", "src"),
    ("use", "href"),
    ("video", "poster"),
    ("video", "src"),
}
"""Attributes that make a browser load what they name. Those of `link` depend on its relation."""
NAMING = {"canonical", "next", "prev"}
"""Relations of `link` that are not loaded."""
ELSEWHERE = re.compile(r"\s*(?:[a-z]+:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:[a-z]+:)?//[^"')\s]*)""", re.IGNORECASE)


def loaded(page: bytes) -> Iterator[str]:
    """Yield every address outside the site that the document loads."""
    for element in html.document_fromstring(page).iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.lower()
        for name, value in ((str(name), str(value)) for name, value in element.attrib.items()):
            key = name.rpartition(":")[2].lower()
            is_loaded = element.get("rel") not in NAMING if (tag, key) == ("link", "href") else (tag, key) in LOADING
            if is_loaded and ELSEWHERE.match(value):
                yield value
            if key == "style":
                yield from IN_STYLE.findall(value)
        if tag == "style":
            yield from IN_STYLE.findall(element.text or "")


def test_what_a_document_loads_is_found() -> None:
    page = b"""<html><head><link rel=preconnect href=https://a><link rel=canonical href=https://b><style>@import "//c"</style></head>
        <body style="background: url(https://d)"><a href=https://e>e</a><script src=HTTPS://f></script><img src=g.png></body></html>"""

    assert list(loaded(page)) == ["https://a", "//c", "https://d", "HTTPS://f"]


def test_nothing_is_loaded_from_elsewhere() -> None:
    pages = sorted(SITE.rglob("*.html"))
    assert len(pages) > 50, "run `make docs`"

    found = {(str(page.relative_to(SITE)), each) for page in pages for each in loaded(page.read_bytes())}
    styles = {(str(path.relative_to(SITE)), each) for path in SITE.rglob("*.css") for each in IN_STYLE.findall(path.read_text("utf-8"))}
    assert found | styles == set()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def test_the_search_works_from_files(browser: Browser) -> None:
    said: list[str] = []
    asked: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((SITE / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("signature-digest")
    page.wait_for_selector(".md-search-result__item a", timeout=30_000)
    found = page.locator(".md-search-result__item a").first.get_attribute("href")

    assert found is not None
    assert found.startswith(SITE.as_uri())
    assert said == []
    assert [url for url in asked if not url.startswith((SITE.as_uri(), "about:", "data:"))] == []


@pytest.mark.parametrize(("motion", "still"), [("no-preference", False), ("reduce", True)])
def test_the_demo_moves_for_those_alone_who_let_it(browser: Browser, motion: Literal["no-preference", "reduce"], still: bool) -> None:  # noqa: FBT001
    page = browser.new_page(reduced_motion=motion)
    page.goto((SITE / "index.html").as_uri())
    chosen = page.locator(".landing img").evaluate("image => image.currentSrc")

    assert chosen.endswith("#still") is still
    page.goto(chosen)
    assert (page.evaluate("document.getAnimations().length") == 0) is still
    last = page.locator("text").last.text_content()
    assert last is not None
    assert last.startswith("✓ granted")


@pytest.mark.parametrize("name", ["index.html", "checks.html", "reference/api/federation.html", "adr/index.html"])
def test_no_page_is_wider_than_a_telephone(browser: Browser, name: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto((SITE / name).as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
