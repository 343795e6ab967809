"""`federation demo`: the main job on shipped real input."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from rich.text import Text

import federation
from federation.account.directory import load_account
from federation.account.model import Account
from federation.cli.inputs import read_token
from federation.cli.plain import aws_json
from federation.cli.rendering import DIM, console, print_decision, print_report, print_verdicts
from federation.errors import AccountFault
from federation.identity import timestamp
from federation.sts.service import SecurityTokenService
from federation.validators import diagnose

ROLE: Final = "arn:aws:iam::123456789012:role/TestSaml"
PROVIDER: Final = "arn:aws:iam::123456789012:saml-provider/SAML-test"
GRANTED: Final = "saml/documented.b64"
REFUSED: Final = "saml/refused/wrong-audience.b64"


@dataclass(frozen=True, slots=True)
class Fixtures:
    """The shipped inputs: where they are and the instant at which a token is to be judged."""

    root: Path
    instants: dict[str, datetime]

    @classmethod
    def find(cls) -> Fixtures:
        """Return the fixtures of the installed package, or of the checkout it runs from."""
        package = Path(federation.__file__).parent
        for root in (package / "_fixtures", package.parent / "fixtures"):
            manifest = root / "manifest.json"
            if manifest.is_file():
                entries = json.loads(manifest.read_text(encoding="utf-8"))["saml"]
                return cls(root, {entry["file"]: datetime.fromisoformat(entry["instant"]) for entry in entries})
        raise AccountFault(
            file="fixtures/manifest.json", path="", expected="the shipped fixtures", found="none", remedy="install the package again"
        )


@click.command()
def command() -> None:
    """Prove, explain and issue on shipped real input; then show a refusal."""
    fixtures = Fixtures.find()
    account = load_account(fixtures.root / "account")
    _grant(fixtures, account)
    _refuse(fixtures, account)


def _grant(fixtures: Fixtures, account: Account) -> None:
    path, at = fixtures.root / GRANTED, fixtures.instants[GRANTED]
    token, sts = read_token(str(path)), SecurityTokenService(account)
    words = f"--account {shown(fixtures.root / 'account')} --at {timestamp(at)}"
    _title("Who is it?", f"federation validate {shown(path)} {words}")
    report = diagnose(token, account.saml_providers[PROVIDER], at=at)
    print_report(report)
    _title("May they?", f"federation explain {shown(path)} --role-arn {ROLE} {words}")
    print_decision(sts.explain_role(report, role_arn=ROLE, at=at), about=ROLE)
    arns = f"--role-arn {ROLE} --principal-arn {PROVIDER}"
    _title("What do they get?", f"federation sts assume-role-with-saml {arns} --saml-assertion file://{shown(path)} {words}")
    session = sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token.decode("ascii"), at=at)
    click.echo(aws_json(session.to_dict()))


def _refuse(fixtures: Fixtures, account: Account) -> None:
    path, at = fixtures.root / REFUSED, fixtures.instants[REFUSED]
    words = f"--account {shown(fixtures.root / 'account')} --at {timestamp(at)}"
    _title("And a response that was made for somebody else?", f"federation validate {shown(path)} {words}")
    print_verdicts(diagnose(read_token(str(path)), account.saml_providers[PROVIDER], at=at), console())


def shown(path: Path) -> str:
    """Return *path* as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _title(question: str, command_line: str) -> None:
    out = console()
    out.print()
    out.print(Text(question, style="bold"))
    # On one line whatever the width: it is there to be copied.
    out.print(Text(f"$ {command_line}", style=DIM), soft_wrap=True)
    out.print()
