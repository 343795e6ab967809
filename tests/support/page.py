"""The page in a test: what it answers, as lxml reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lxml import html

from federation.page.accounts import PageAccount
from federation.page.asked import PageQuestion
from federation.page.page import Page
from tests.support.world import JUDGED


def parsed(octets: bytes) -> Any:
    """The page as lxml reads it; its stubs know too many types of results to be of use."""
    return html.fromstring(octets.decode("utf-8"))


def text_of(element: Any) -> str:
    """Its words, those of neighbouring elements apart."""
    return " ".join(" ".join(map(str, element.itertext())).split())


def answered(*accounts: PageAccount, now: datetime = JUDGED, **fields: str) -> Any:
    return asked(*accounts, now=now, fields=fields)


def asked(*accounts: PageAccount, fields: Mapping[str, str], now: datetime = JUDGED) -> Any:
    return parsed(Page(accounts).answer(PageQuestion.of_form(fields), now=now))
