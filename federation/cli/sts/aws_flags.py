"""Flags as the AWS CLI takes them, and its line for a refusal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

import click

from federation import limits
from federation.cli.rendering.lines import narrowest, screen_of
from federation.cli.rendering.plain import safe, tell
from federation.cli.sts.answers import credentials_options
from federation.cli.support.inputs import literal_or_file
from federation.cli.support.options import Command, wants_json
from federation.errors import FederationError
from federation.wrapping import Line

LISTS: Final = frozenset({"--policy-arns", "--tags", "--tag-keys", "--transitive-tag-keys", "--audience", "--provided-contexts"})
"""Options that take all words up to the next option, as in the AWS CLI."""


class OperationCommand(click.Command):
    """A command whose list options are written as the AWS CLI takes them: ``--policy-arns arn=… arn=…``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the name of a list option before each of its words, as click requires."""
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
    """Return the ARNs in ``arn=…`` shorthand, or in the JSON list that the AWS CLI takes instead."""
    return tuple(item["arn"] for item in structures_of(words, option="--policy-arns", members=("arn",)))


def structures_of(words: Sequence[str], *, option: str, members: Sequence[str]) -> tuple[dict[str, str], ...]:
    """Return the structures in ``Key=a,Value=b`` shorthand, or in the JSON that the AWS CLI takes instead.

    Args:
        words: The words after the option.
        option: Its name, for a usage error.
        members: The members that each structure must have.
    """
    wanted = ",".join(f"{member}=…" for member in members)
    found: list[dict[str, str]] = []
    for word in words:
        read = _json_structures(word) if word.startswith(("[", "{")) else [_shorthand(word, members)]
        if not all(item is not None and item.keys() == set(members) for item in read):
            raise click.BadParameter(f"expected {wanted}, or its JSON", param_hint=option)
        found.extend(item for item in read if item is not None)
    return tuple(found)


def _json_structures(text: str) -> list[dict[str, str] | None]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return [None]
    items = parsed if isinstance(parsed, list) else [parsed]
    return [item if isinstance(item, dict) and all(isinstance(value, str) for value in item.values()) else None for item in items]


def _shorthand(word: str, members: Sequence[str]) -> dict[str, str] | None:
    """Read ``Key=a,Value=b``: a comma begins a member only where one of its names follows, so values may hold commas."""
    parts = re.split(rf",(?=(?:{'|'.join(map(re.escape, members))})=)", word)
    pairs = [part.partition("=") for part in parts]
    return {name: value for name, _, value in pairs} if all(equals for _, equals, _ in pairs) else None


@contextmanager
def answering(operation: str) -> Iterator[None]:
    """Print the AWS CLI's line for a refusal, which scripts look for, except with ``--json``; then raise it, so that it is explained.

    The line is left out where only the strict profile refuses, since AWS would accept.
    """
    try:
        yield
    except FederationError as refusal:
        if not wants_json(click.get_current_context()) and not refusal.explanation.aws_accepts:
            said = f"An error occurred ({refusal.code}) when calling the {operation} operation: "
            tell(partial(_say, said, refusal))
        raise


def _say(said: str, refusal: FederationError) -> None:
    """Print the AWS CLI's line. A line with AWS's text is wrapped only for a terminal, since scripts look for it."""
    screen = screen_of(sys.stderr)
    columns = screen.columns if refusal.aws_message is None else narrowest(sys.stderr) or sys.maxsize
    for line in Line(said + screen.shown(safe(refusal.message)), 0, "    ").wrapped(columns):
        click.echo(line, err=True)
    click.echo(err=True)


def session_policy(value: str | None) -> str | None:
    """Return the inline session policy of ``--policy``, which may be ``file://PATH``; None where it was not given."""
    return None if value is None else literal_or_file(value, longest=limits.SESSION_POLICY_CHARS)


def session_options(command: Command) -> Command:
    """Give *command* the flags of both operations for federated logins."""
    for option in (
        credentials_options,
        click.option("--minimum-session-token-size", type=int, help="Pad the session token to at least this size."),
        click.option("--duration-seconds", type=int, help="Requested duration of the session, seconds."),
        click.option("--policy", help="Inline session policy, or file://PATH."),
        click.option("--policy-arns", multiple=True, help="Managed session policies: arn=ARN …"),
    ):
        command = option(command)
    return command
