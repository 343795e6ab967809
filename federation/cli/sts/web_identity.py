"""`federation sts assume-role-with-web-identity`, also with the environment variables of the SDKs, as in a CI job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from federation import clock, limits
from federation.cli.sts.answers import Printing
from federation.cli.sts.aws_flags import OperationCommand, answering, arns_of, session_options, session_policy
from federation.cli.sts.callers import open_service
from federation.cli.support.completing import arns
from federation.cli.support.inputs import read_token_text, token_or_file
from federation.cli.support.options import account_option, moment_option, state_option
from federation.cli.support.paths import PathType


@click.command("assume-role-with-web-identity", cls=OperationCommand)
@account_option
@click.option("--role-arn", required=True, envvar="AWS_ROLE_ARN", show_envvar=True, shell_complete=arns("role"), help="The role to assume.")
@click.option(
    "--role-session-name", envvar="AWS_ROLE_SESSION_NAME", show_envvar=True, help="Name of the session. Default: made from the time."
)
@click.option("--web-identity-token", help="The ID token or access token, or file://PATH.")
@click.option(
    "--web-identity-token-file",
    type=PathType(path_type=Path),
    envvar="AWS_WEB_IDENTITY_TOKEN_FILE",
    show_envvar=True,
    help="A file that holds the token, where --web-identity-token is not given.",
)
@click.option("--provider-id", help="Only for access tokens: the server, e.g. www.amazon.com.")
@session_options
@state_option
@moment_option("Call")
def assume_role_with_web_identity(
    *,
    account_path: Path,
    role_arn: str,
    role_session_name: str | None,
    web_identity_token: str | None,
    web_identity_token_file: Path | None,
    provider_id: str | None,
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
    """Exchange an ID token or an access token for credentials of a role.

    The environment variables of the SDKs replace flags that are absent.
    """
    from federation.sts.operations.assume_role_with_web_identity import default_session_name

    printing = Printing(output, query, form)
    instant = clock.resolve(at)
    token = _token(web_identity_token, web_identity_token_file)
    sts = open_service(account_path, (), state=state)
    with answering("AssumeRoleWithWebIdentity"):
        session = sts.assume_role_with_web_identity(
            role_arn=role_arn,
            role_session_name=default_session_name(instant) if role_session_name is None else role_session_name,
            web_identity_token=token,
            provider_id=provider_id,
            policy_arns=arns_of(policy_arns),
            policy=session_policy(policy),
            duration_seconds=duration_seconds,
            minimum_session_token_size=minimum_session_token_size,
            at=instant,
        )
    printing.show("AssumeRoleWithWebIdentity", session.to_dict())


def _token(given: str | None, file: Path | None) -> str:
    if given is not None:
        return token_or_file(given, longest=limits.WEB_IDENTITY_TOKEN_CHARS)
    if file is None:
        raise click.UsageError("pass --web-identity-token, or set AWS_WEB_IDENTITY_TOKEN_FILE")
    return read_token_text(file, longest=limits.WEB_IDENTITY_TOKEN_CHARS).strip()
