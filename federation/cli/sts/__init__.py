"""`federation sts OPERATION`: the flags and the JSON of the AWS CLI, answered from an account directory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from federation import limits
from federation.cli.sts.answers import Printing
from federation.cli.sts.aws_flags import OperationCommand, answering, arns_of, session_options, session_policy
from federation.cli.sts.callers import open_service
from federation.cli.sts.signed import COMMANDS
from federation.cli.sts.web_identity import assume_role_with_web_identity
from federation.cli.support.completing import arns, saml_arns
from federation.cli.support.inputs import token_or_file
from federation.cli.support.options import account_option, moment_option, state_option


@click.group()
def command() -> None:
    """Run STS operations, with the flags and the JSON of the AWS CLI.

    Values may be given as file://PATH.
    """


@command.command("assume-role-with-saml", cls=OperationCommand)
@account_option
@click.option("--role-arn", required=True, shell_complete=arns("role"), help="The role to assume.")
@click.option("--principal-arn", required=True, shell_complete=saml_arns, help="The SAML provider of the response.")
@click.option("--saml-assertion", required=True, help="The base64 SAML response, or file://PATH.")
@session_options
@state_option
@moment_option("Call")
def assume_role_with_saml(
    *,
    account_path: Path,
    role_arn: str,
    principal_arn: str,
    saml_assertion: str,
    policy_arns: tuple[str, ...],
    policy: str | None,
    duration_seconds: int | None,
    minimum_session_token_size: int | None,
    output: str,
    query: str | None,
    form: str,
    state: str | None,
    at: datetime | None,
) -> None:
    """Exchange a SAML response for credentials of a role."""
    printing = Printing(output, query, form)
    sts = open_service(account_path, (), state=state)
    with answering("AssumeRoleWithSAML"):
        session = sts.assume_role_with_saml(
            role_arn=role_arn,
            principal_arn=principal_arn,
            saml_assertion=token_or_file(saml_assertion, longest=limits.SAML_ASSERTION_PARAMETER_CHARS),
            policy_arns=arns_of(policy_arns),
            policy=session_policy(policy),
            duration_seconds=duration_seconds,
            minimum_session_token_size=minimum_session_token_size,
            at=at,
        )
    printing.show("AssumeRoleWithSAML", session.to_dict())


for operation in (assume_role_with_web_identity, *COMMANDS):
    command.add_command(operation)
