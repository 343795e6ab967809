"""`federation doctor`: checks of the installation, the clock and the keys of an account."""

from __future__ import annotations

import platform
import re
from datetime import datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

import click
from cryptography.hazmat.backends.openssl import backend
from lxml import etree
from rich.text import Text

from federation import __version__, clock
from federation.account.model import Account
from federation.account.reading.directory import load_account
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import console, facts
from federation.cli.support.ages import key_ages
from federation.cli.support.exits import Exit
from federation.cli.support.options import account_or_variable, engine_option, json_option, moment_option, other_account_option
from federation.engines import describe
from federation.identity import timestamp
from federation.validators import installed

DISTRIBUTION: Final = "sts-federation"
_REQUIREMENT: Final = re.compile(r"([A-Za-z0-9._-]+)[^;]*(?:;.*extra\s*==\s*[\"']([^\"']+))?")
RELEASED: Final = "2026-11-24T00:00:00+00:00"
"""Date of this release; a clock before it is wrong."""


@click.command()
@other_account_option("Also show the keys of this account.")
@moment_option("Look")
@engine_option
@json_option
def command(*, account_path: Path | None, at: datetime | None, as_json: bool) -> None:
    """Show versions, plug-ins, ages of keys, and the clock. Exit status 3 where the clock is wrong."""
    account_path = account_or_variable(account_path, unless=False)
    now = clock.resolve(at)
    findings: dict[str, dict[str, str]] = {
        "versions": _versions(),
        "engine": {"saml": describe()},
        "plug-ins": {},
        "clock": {"utc": str(timestamp(now)), "verdict": _clock_verdict(now)},
    }
    account = None if account_path is None else load_account(account_path)
    findings["plug-ins"] = _plugins(account)
    if account is not None:
        findings["keys"] = key_ages(account, now)
    if as_json:
        print_json(findings)
    else:
        out = console()
        for title, rows in findings.items():
            out.print(Text(title, style="bold"))
            out.print(facts(rows.items() if rows else [("none", "installed")]))
    if findings["clock"]["verdict"].startswith("wrong"):
        click.get_current_context().exit(Exit.FAULT)


def _versions() -> dict[str, str]:
    found = {
        "federation": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
        "openssl": backend.openssl_version_text(),
    }
    return found | {name: _version(name, extras) for name, extras in sorted(_dependencies().items())}


def _dependencies() -> dict[str, list[str]]:
    """Return the packages that this one requires, each with the extras that install it; none for one that is always installed."""
    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:  # run from a directory that was never installed
        return {}
    found: dict[str, list[str]] = {}
    for line in lines:
        if (named := _REQUIREMENT.match(line)) is not None:
            found.setdefault(named[1], []).extend([named[2]] if named[2] else [])
    return found


def _plugins(account: Account | None) -> dict[str, str]:
    """Return every plug-in that is installed or enabled by the account. An installed plug-in that is not enabled is never loaded."""
    found = {}
    present, enabled = installed(), () if account is None else account.plugins
    for name in sorted({*present, *enabled}):
        point = present.get(name)
        package = f" {point.dist.name} {point.dist.version}" if point is not None and point.dist is not None else ""
        where = f"installed:{package} ({point.value})" if point is not None else "not installed"
        found[name] = f"enabled, {where}" if name in enabled else where
    return found


def _version(package: str, extras: list[str]) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        belongs = f"; it belongs to the extra{'s' if len(extras) > 1 else ''} {' and '.join(sorted(extras))}" if extras else ""
        return f"not installed{belongs}"


def _clock_verdict(now: datetime) -> str:
    if now < datetime.fromisoformat(RELEASED):
        return "wrong: before the date of this release; every check of time is wrong too"
    return "plausible; compare it with a time server, since tokens are valid for a few minutes"
