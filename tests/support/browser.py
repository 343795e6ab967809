"""Debian's chromium, and a watch on all that a page does in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from os import geteuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # thousands of tests that need no browser are collected beside those that do
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route

CHROMIUM = Path("/usr/bin/chromium")
REBOUND = "rebound.example"
"""A name that the browser resolves to this machine, as an attacker who owns a name can make it."""
QUIET = ("log", "info", "debug")
"""Kinds of console messages that are no fault."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; skip the test where it or its driver is not installed."""
    if find_spec("playwright") is None:
        pytest.skip("playwright is not installed: pip install --group dev")
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as driver:
        arguments = [f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"]
        if geteuid() == 0:
            arguments.append("--no-sandbox")  # chromium's sandbox does not run as root
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A person with one browser context at one server. What no page of ours may do is in `faults`."""

    context: BrowserContext
    url: str
    faults: list[str] = field(default_factory=list)

    @cached_property
    def page(self) -> Page:
        """The visitor's tab."""
        return self.context.new_page()

    def watch(self) -> None:
        """Note errors, warnings, violations of the content security policy (the console tells of them) and requests to anywhere else."""
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.faults.append(f"error of the script: {error.error}"))
        self.context.route("**/*", self._route)

    @contextmanager
    def provoking(self, text: str) -> Iterator[None]:
        """Excuse the one message of the console with *text* that the block provokes, and wait for it: it may arrive late."""
        with self.context.expect_console_message(lambda message: text in message.text) as told:
            yield
        self.faults.remove(_fault(told.value))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in QUIET:
            self.faults.append(_fault(message))

    def _route(self, route: Route, request: Request) -> None:
        if request.url.startswith(f"{self.url}/"):
            route.fallback()
        else:
            self.faults.append(f"request to elsewhere: {request.method} {request.url[:200]}")
            route.abort()


def _fault(message: ConsoleMessage) -> str:
    return f"console: {message.type}: {message.text}"


@contextmanager
def visiting(browser: Browser, url: str, *, watched: bool = True, **options: Any) -> Iterator[Visitor]:
    """Visit the server at *url* with a browser that remembers nothing; *options* are those of a context of Playwright.

    The test fails where the page did what no page of ours may do. A page of another site is not ours, and not *watched*: the browser tells
    of what we refuse it, and may do so at any later time.
    """
    context = browser.new_context(**{"base_url": url, "locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", **options})
    visitor = Visitor(context, url)
    visitor.watch()
    try:
        yield visitor
    finally:
        context.close()
    if watched and visitor.faults:
        pytest.fail("the page did what no page may do:\n" + "\n".join(visitor.faults))
