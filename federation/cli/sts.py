"""`federation sts OPERATION`: the flags and the JSON of the AWS CLI, answered from an account directory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.cli.inputs import literal_or_file
from federation.cli.options import account_option, at_option
from federation.cli.plain import aws_json, safe
from federation.errors import FederationError
from federation.sts.service import SecurityTokenService

LISTS: Final = frozenset({"--policy-arns"})
"""Options that take all the words up to the next option, as in the AWS CLI."""


class Operation(click.Command):
    """A command whose list options are written as the AWS CLI takes them: ``--policy-arns arn=… arn=…``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the name of a list option before each of its words: that is how click takes them."""
        return super().parse_args(ctx, list(_repeated(args)))


def _repeated(args: Sequence[str]) -> Iterator[str]:
    current = None
    for word in args:
        if word.startswith("--"):
            current = word if word in LISTS else None
            if current is None:
                yield word
        elif current is not None:
            yield from (current, word)
        else:
            yield word


def _arns(words: Sequence[str]) -> tuple[str, ...]:
    """Return the ARNs of ``arn=…`` shorthand, or of the JSON list the AWS CLI takes instead."""
    arns: list[str] = []
    for word in words:
        if word.startswith("["):
            arns.extend(_json_arns(word))
        elif word.startswith("arn="):
            arns.append(word.removeprefix("arn="))
        else:
            raise click.BadParameter("expected arn=ARN", param_hint="--policy-arns")
    return tuple(arns)


def _json_arns(text: str) -> list[str]:
    try:
        items = json.loads(text)
        return [str(item["arn"]) for item in items]
    except (ValueError, TypeError, KeyError, RecursionError) as cause:
        raise click.BadParameter('expected [{"arn": "ARN"}, …]', param_hint="--policy-arns") from cause


@contextmanager
def answering(operation: str) -> Iterator[None]:
    """Say a refusal in the words of the AWS CLI first, for whoever looks for them; the explanation follows."""
    try:
        yield
    except FederationError as refusal:
        click.echo(f"An error occurred ({refusal.code}) when calling the {operation} operation: {safe(refusal.message)}\n", err=True)
        raise


@click.group()
def command() -> None:
    """STS operations, with the flags and the JSON of the AWS CLI.

    Values may be given as file://PATH.
    """


@command.command("assume-role-with-saml", cls=Operation)
@account_option
@click.option("--role-arn", required=True, help="The role to assume.")
@click.option("--principal-arn", required=True, help="The SAML provider that vouches.")
@click.option("--saml-assertion", required=True, help="The base64 SAML response, or file://PATH.")
@click.option("--policy-arns", multiple=True, help="Managed session policies: arn=ARN …")
@click.option("--policy", help="Inline session policy, or file://PATH.")
@click.option("--duration-seconds", type=int, help="Wanted length of the session.")
@click.option("--minimum-session-token-size", type=int, help="Pad the session token to at least this size.")
@at_option
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
    at: datetime | None,
) -> None:
    """Exchange a SAML response for credentials of a role."""
    sts = SecurityTokenService.open(account_path)
    with answering("AssumeRoleWithSAML"):
        session = sts.assume_role_with_saml(
            role_arn=role_arn,
            principal_arn=principal_arn,
            saml_assertion=literal_or_file(saml_assertion, longest=limits.SAML_ASSERTION_PARAMETER_CHARS),
            policy_arns=_arns(policy_arns),
            policy=None if policy is None else literal_or_file(policy, longest=limits.SESSION_POLICY_CHARS),
            duration_seconds=duration_seconds,
            minimum_session_token_size=minimum_session_token_size,
            at=at,
        )
    click.echo(aws_json(session.to_dict()))
