"""`federation explain`: why a role's trust policy grants or refuses a token."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from federation.account.reading.directory import load_account
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import print_decision, print_exchange, print_report
from federation.cli.support.exits import Exit
from federation.cli.support.inputs import read_token
from federation.cli.support.options import account_option, at_option, json_option, token_argument
from federation.cli.support.providers import provider_of
from federation.report import Report
from federation.sts.login.trial import login_kind
from federation.sts.service import SecurityTokenService
from federation.validators import diagnose


@click.command()
@token_argument
@account_option
@click.option("--role-arn", required=True, help="The role whose trust policy decides.")
@click.option("--provider", help="Name or ARN of the provider; needed where the token does not tell.")
@click.option("--role-session-name", help="RoleSessionName of the call, for web identities.")
@at_option
@json_option
def command(
    token: str,
    *,
    account_path: Path,
    role_arn: str,
    provider: str | None,
    role_session_name: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Prove TOKEN (a file, or - for standard input), then show each statement and condition of the role's trust policy."""
    account = load_account(account_path)
    octets = read_token(token)
    report = diagnose(octets, provider_of(account, octets, provider), at=at)
    if report.identity is None:
        _show_unproved(report, role_arn, as_json=as_json)
        click.get_current_context().exit(Exit.REFUSED)
    sts = SecurityTokenService(account)
    exchange = sts.check_exchange(report.identity, role_arn=role_arn)
    decision = sts.explain_role(report, role_arn=role_arn, role_session_name=role_session_name, at=at)
    refused = next((result.refusal for result in exchange if result.refusal is not None), None)
    granted = decision.allowed and refused is None
    message = refused.message if refused is not None else None if granted else denied(report.kind)
    if as_json:
        document = {"role_arn": role_arn, "granted": granted, "message": message, "report": report.as_dict()}
        print_json({**document, "exchange": [result.as_dict() for result in exchange], "decision": decision.as_dict()})
    else:
        print_exchange(exchange)
        print_decision(decision, about=role_arn, message=message if refused is None else None)
    click.get_current_context().exit(Exit.GRANTED if granted else Exit.REFUSED)


def denied(kind: str) -> str:
    """Return what AWS says where the trust policy refuses an identity of *kind*."""
    return f"Not authorized to perform sts:{login_kind(kind).operation}"


def _show_unproved(report: Report, role_arn: str, *, as_json: bool) -> None:
    """Show why there is nobody whom the trust policy could be asked about."""
    if as_json:
        refusal = report.refusal()
        message = refusal.message if refusal is not None else None
        document = {"role_arn": role_arn, "granted": False, "message": message, "report": report.as_dict()}
        print_json({**document, "exchange": [], "decision": None})
    else:
        print_report(report)
