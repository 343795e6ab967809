"""Flags as the AWS CLI takes them, and its way of saying a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import click

from federation import limits
from federation.cli.credentials import FORMS
from federation.cli.inputs import literal_or_file
from federation.cli.plain import safe
from federation.errors import FederationError

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


def arns_of(words: Sequence[str]) -> tuple[str, ...]:
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


def session_policy(value: str | None) -> str | None:
    """Return the inline session policy of ``--policy``, which may be ``file://PATH``; None where it was not given."""
    return None if value is None else literal_or_file(value, longest=limits.SESSION_POLICY_CHARS)


Command = Callable[..., None]


def session_options(command: Command) -> Command:
    """Give *command* the flags that every operation with a role session has."""
    for option in (
        click.option("--format", "form", type=click.Choice(FORMS), default="json", show_default=True, help="How to print the credentials."),
        click.option("--minimum-session-token-size", type=int, help="Pad the session token to at least this size."),
        click.option("--duration-seconds", type=int, help="Wanted length of the session."),
        click.option("--policy", help="Inline session policy, or file://PATH."),
        click.option("--policy-arns", multiple=True, help="Managed session policies: arn=ARN …"),
    ):
        command = option(command)
    return command
