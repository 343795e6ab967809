"""`federation page`: on the loopback address alone, with an account or with none."""

import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

from federation.account import load_account
from federation.account.model import Account
from federation.cli import page
from federation.server.settings import ServerSettings, is_loopback
from tests.support.cli import Run

ACCOUNT = "fixtures/account"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ServerSettings, Account]]:
    """What is served, and the account as it was when the server was ready."""
    found = []

    def ready_at_once(settings: ServerSettings, *, ready: Callable[[Account], None]) -> bool:
        account = load_account(settings.account)
        found.append((settings, account))
        ready(account)
        return True

    monkeypatch.setattr(page, "run", ready_at_once)
    monkeypatch.setenv("DISPLAY", ":0")
    return found


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def open_(url: str) -> bool:
        found.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", open_)
    return found


def test_it_serves_an_account_and_opens_the_browser(run: Run, served: list[tuple[ServerSettings, Account]], opened: list[str]) -> None:
    result = run("page", "--account", ACCOUNT, "--port", "8099")
    [(settings, account)] = served
    assert result.exit_code == 0
    assert opened == ["http://127.0.0.1:8099/"]
    assert result.stdout == "http://127.0.0.1:8099/  opened in the browser; Ctrl-C ends it\n"
    assert is_loopback(settings.host)
    assert (settings.account, settings.logged, bool(account.roles)) == (Path(ACCOUNT), False, True)


def test_no_state_is_left_beside_the_account(run: Run, served: list[tuple[ServerSettings, Account]], opened: list[str]) -> None:
    run("page", "--account", ACCOUNT)
    place = Path(str(served[0][0].state_place).removeprefix("sqlite:///"))
    assert Path(ACCOUNT).resolve() not in place.parents
    assert not place.parent.exists()


def test_without_an_account_documents_judge(run: Run, served: list[tuple[ServerSettings, Account]], opened: list[str]) -> None:
    result = run("page", "--no-open")
    [(settings, account)] = served
    assert (account.roles, account.saml_providers, account.oidc_providers) == ({}, {}, {})
    assert not settings.account.exists(), "it ends with the server"
    assert opened == []
    assert "open it in a browser" in result.stdout


def test_a_browser_of_the_terminal_is_not_opened(
    run: Run, served: list[tuple[ServerSettings, Account]], opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    run("page", "--account", ACCOUNT)
    assert opened == []
