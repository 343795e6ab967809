"""The page as people meet it: a real browser at a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Visitor, chromium, visiting
from tests.support.server import Served, need_server, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    need_server()
    running = serve(tmp_path_factory.mktemp("server") / "access.log", "--recent-calls", "8")
    yield running
    running.stop()


@pytest.fixture
def visit(browser: Browser, server: Served) -> Iterator[Callable[..., Visitor]]:
    """Visit the server; keyword arguments are those of a context of Playwright, such as ``java_script_enabled``."""
    with ExitStack() as visits:
        yield lambda **options: visits.enter_context(visiting(browser, server.url, **options))


@pytest.fixture
def page(visit: Callable[..., Visitor]) -> Page:
    return visit().page
