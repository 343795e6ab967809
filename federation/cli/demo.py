"""`federation demo`: the main job on shipped real input."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from federation.account.model import Account
from federation.account.reading.directory import load_account
from federation.cli.rendering.plain import aws_json
from federation.cli.rendering.results import DIM, console, print_decision, print_report, print_verdicts
from federation.cli.support.fixtures import Fixtures, shown
from federation.cli.support.inputs import read_token
from federation.cli.support.providers import provider_of
from federation.identity import timestamp
from federation.report import Report
from federation.sts.login.trial import login_kind
from federation.sts.service import SecurityTokenService
from federation.validators import diagnose

SAML_ROLE: Final = "arn:aws:iam::123456789012:role/TestSaml"
SAML_PROVIDER: Final = "arn:aws:iam::123456789012:saml-provider/SAML-test"
DEPLOY_ROLE: Final = "arn:aws:iam::123456789012:role/GitHubDeploy"
SAML: Final = "saml/documented.b64"
SAML_FOR_OTHERS: Final = "saml/refused/wrong-audience.b64"
MAIN_BRANCH: Final = "oidc/github.jwt"
OTHER_BRANCH: Final = "oidc/github-branch.jwt"


@dataclass(frozen=True, slots=True)
class Scene:
    """One token at its instant, and the words of the command lines about it."""

    account: Account
    path: Path
    at: datetime
    words: str

    @classmethod
    def of(cls, fixtures: Fixtures, account: Account, file: str) -> Scene:
        """Set the scene for one of the fixtures."""
        at = fixtures.instants[file]
        return cls(account, fixtures.root / file, at, f"--account {shown(fixtures.root / 'account')} --at {timestamp(at)}")

    @property
    def token(self) -> bytes:
        """The token."""
        return read_token(str(self.path))

    def prove(self, question: str) -> Report:
        """Ask who it is."""
        _title(question, f"federation validate {shown(self.path)} {self.words}")
        report = diagnose(self.token, provider_of(self.account, self.token, None), at=self.at)
        print_report(report)
        return report

    def explain(self, question: str, role: str) -> None:
        """Ask what the trust policy of *role* says."""
        _title(question, f"federation explain {shown(self.path)} --role-arn {role} {self.words}")
        report = diagnose(self.token, provider_of(self.account, self.token, None), at=self.at)
        decision = SecurityTokenService(self.account).explain_role(report, role_arn=role, at=self.at)
        print_decision(
            decision, about=role, message=None if decision.allowed else f"Not authorized to perform sts:{login_kind(report.kind).operation}"
        )


@click.command()
def command() -> None:
    """Prove, explain and issue on shipped real input, both kinds of token; then show what is refused, and why."""
    fixtures = Fixtures.find()
    account = load_account(fixtures.root / "account")
    _saml(Scene.of(fixtures, account, SAML))
    _for_others(Scene.of(fixtures, account, SAML_FOR_OTHERS))
    _web_identity(Scene.of(fixtures, account, MAIN_BRANCH))
    Scene.of(fixtures, account, OTHER_BRANCH).explain("And the same workflow on another branch?", DEPLOY_ROLE)


def _saml(scene: Scene) -> None:
    scene.prove("Who is it?")
    scene.explain("May they?", SAML_ROLE)
    arns = f"--role-arn {SAML_ROLE} --principal-arn {SAML_PROVIDER}"
    _title("What do they get?", f"federation sts assume-role-with-saml {arns} --saml-assertion file://{shown(scene.path)} {scene.words}")
    session = SecurityTokenService(scene.account).assume_role_with_saml(
        role_arn=SAML_ROLE, principal_arn=SAML_PROVIDER, saml_assertion=scene.token, at=scene.at
    )
    click.echo(aws_json(session.to_dict()))


def _for_others(scene: Scene) -> None:
    _title("And a response that was made for somebody else?", f"federation validate {shown(scene.path)} {scene.words}")
    print_verdicts(diagnose(scene.token, provider_of(scene.account, scene.token, None), at=scene.at), console())


def _web_identity(scene: Scene) -> None:
    scene.prove("And a GitHub Actions token: who is it?")
    scene.explain("May they?", DEPLOY_ROLE)
    words = f"--role-arn {DEPLOY_ROLE} --role-session-name deploy --web-identity-token file://{shown(scene.path)}"
    _title("What do they get?", f"federation sts assume-role-with-web-identity {words} {scene.words}")
    session = SecurityTokenService(scene.account).assume_role_with_web_identity(
        role_arn=DEPLOY_ROLE, role_session_name="deploy", web_identity_token=scene.token, at=scene.at
    )
    click.echo(aws_json(session.to_dict()))


def _title(question: str, command_line: str) -> None:
    out = console()
    out.print()
    out.print(Text(question, style="bold"))
    # On one line whatever the width: it is there to be copied.
    out.print(Text(f"$ {command_line}", style=DIM), soft_wrap=True)
    out.print()
