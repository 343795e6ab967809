"""The list of the calls that the server answered last."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.support.server import DEPLOY, Served
from tests.support.visits import token

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_refused_call_is_listed_without_its_token(page: Page, server: Served) -> None:
    sent = token("refused").strip()
    call = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": DEPLOY,
        "RoleSessionName": "ci",
        "WebIdentityToken": sent,
    }
    with pytest.raises(HTTPError, match="HTTP Error 4"):
        urlopen(server.url, urlencode(call | {"WebIdentityToken": sent}).encode())  # noqa: S310 - the server of the tests
    page.goto("/")
    listed = page.locator("#recent li").first
    assert "AssumeRoleWithWebIdentity refused" in listed.inner_text()
    assert DEPLOY in listed.inner_text()
    assert [part for part in sent.split(".") if part in page.content()] == []
