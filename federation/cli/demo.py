"""`federation demo`: the main use on shipped input, on two screens."""

from __future__ import annotations

import shutil
import tempfile
import textwrap
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from federation.cli import explain, validate
from federation.cli.rendering.results import DIM, console
from federation.cli.support.fixtures import Fixtures, shown
from federation.identity import timestamp

DEPLOY_ROLE: Final = "arn:aws:iam::123456789012:role/GitHubDeploy"
SAML: Final = "saml/documented.b64"
MAIN_BRANCH: Final = "oidc/github.jwt"
OTHER_BRANCH: Final = "oidc/github-branch.jwt"
_COLUMNS: Final = 77


@click.command()
def command() -> None:
    """Prove a login, grant one, refuse one, and make the suggested edit in a copy of the account."""
    fixtures = Fixtures.find()
    account = fixtures.root / "account"
    _ask(fixtures, "Is this SAML response genuine?", validate.command, SAML, account, "--quiet")
    role = ("--role-arn", DEPLOY_ROLE, "--role-session-name", "deploy")
    click.echo()
    _ask(fixtures, "May the workflow on branch main deploy?", explain.command, MAIN_BRANCH, account, *role)
    click.echo()
    _ask(fixtures, "And on another branch?", explain.command, OTHER_BRANCH, account, *role)
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(shutil.copytree(account, Path(directory) / "copy"))
        click.echo()
        title = "In a copy of the account: make the edit, and judge the same token again."
        _ask(fixtures, title, explain.command, OTHER_BRANCH, copy, *role[:2], "--fix", "--write", "--quiet")


def _ask(fixtures: Fixtures, question: str, verb: click.Command, file: str, account: Path, *words: str) -> None:
    """Show the command line, and run it."""
    out, token, at = console(), fixtures.root / file, timestamp(fixtures.instants[file])
    out.print(Text(question, style="bold"))
    name = "explain" if verb is explain.command else "validate"
    told = ["$ federation", name, shown(token), "--account", shown(account) if account.parent == fixtures.root else account.name]
    shell, columns = " ".join([*told, "--at", str(at), *words]), min(_COLUMNS, out.width - 3)
    lines = textwrap.wrap(shell, columns, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
    for line in lines[:-1]:
        out.print(Text(f"{line} \\", style=DIM), soft_wrap=True)
    out.print(Text(lines[-1], style=DIM), soft_wrap=True)
    given = [str(token), "--account", shown(account), "--at", str(at), *words]
    verb.main(given, prog_name=f"federation {name}", standalone_mode=False)
