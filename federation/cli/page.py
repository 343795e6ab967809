"""`federation page`: the page on this machine, opened in a browser."""

from __future__ import annotations

import os
import sys
import webbrowser
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from federation.account.model import Account
from federation.account.writing.accounts import init_account
from federation.cli.support.exits import Exit
from federation.cli.support.options import ACCOUNT_VARIABLE, neighbour_option
from federation.cli.support.paths import PathType
from federation.server.settings import ServerSettings
from federation.server.workers import run

DEFAULT_PORT: Final = 8043
_NOBODY: Final = "123456789012"
"""Id of the account without roles and providers that is served where none is given. The page does not offer it."""
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


@click.command()
@click.option(
    "--account",
    "account_path",
    type=PathType(path_type=Path),
    envvar=ACCOUNT_VARIABLE,
    show_envvar=True,
    help="The account directory that judges. Without it documents judge that are dropped on the page.",
)
@neighbour_option
@click.option("--port", type=click.IntRange(1, 65_535), default=DEFAULT_PORT, show_default=True, help="TCP port.")
@click.option("--no-open", is_flag=True, help="Print the address, and open no browser.")
def command(*, account_path: Path | None, neighbours: tuple[Path, ...], port: int, no_open: bool) -> None:
    """Open the page: paste a token and see why it is refused. It is served on the loopback address until interrupted.

    Nothing is sent elsewhere, stored or logged, and no token is used up.
    """
    with TemporaryDirectory(prefix="federation-page-") as name:
        place = Path(name)
        account = init_account(place / "account", account_id=_NOBODY) if account_path is None else account_path
        state = f"sqlite:///{place / 'state.sqlite'}"
        settings = ServerSettings(account=account, neighbours=neighbours, port=port, state=state, logged=False)
        orderly = run(settings, ready=partial(_open, settings, opens=not no_open and _has_browser()))
    click.get_current_context().exit(Exit.GRANTED if orderly else Exit.INTERRUPTED)


def _open(settings: ServerSettings, account: Account, *, opens: bool) -> None:
    del account
    opened = opens and webbrowser.open(settings.page)
    click.echo(f"{settings.page}  {'opened in the browser' if opened else 'open it in a browser'}; Ctrl-C ends it")


def _has_browser() -> bool:
    """Tell whether a browser with windows can be expected: one of a terminal would take the terminal."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in _DISPLAYS)
