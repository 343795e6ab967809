"""What the commands of `federation account` share: their form, their options, and the line that reports a change.

A command with the name of an ``aws iam`` command also takes its flags: names, ARNs, ``file://PATH`` for documents, ``Key=…,Value=…``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.text import Text

from federation import limits
from federation.account.reading.entities import EntityKind
from federation.cli.account.findings import TakenOver
from federation.cli.rendering.plain import print_json, safe
from federation.cli.rendering.results import GOOD, console, facts
from federation.cli.sts.aws_flags import OperationCommand, structures_of
from federation.cli.support.completing import arns, names
from federation.cli.support.inputs import literal_or_file, read_text
from federation.cli.support.options import Command, account_option, json_option
from federation.identity import SessionTag

policy_arn_option: Final = click.option("--policy-arn", required=True, shell_complete=arns("policy"), help="ARN of the managed policy.")
policy_name_option: Final = click.option("--policy-name", required=True, help="Name of the inline policy.")
document_option: Final = click.option("--policy-document", required=True, help="The policy, JSON, or file://PATH.")
boundary_option: Final = click.option("--permissions-boundary", help="ARN of the managed policy that is the boundary.")
tags_option: Final = click.option("--tags", multiple=True, help="Tags: Key=KEY,Value=VALUE …")
force_option: Final = click.option("--force", is_flag=True, help="Also delete what belongs to it, such as its policies and keys.")
user_option: Final = click.option("--user-name", shell_complete=names("user"), help="The user. Default: the root user.")


def verb(name: str, example: str) -> Callable[[Command], click.Command]:
    """Make a function the command *name*, with ``--account``, ``--json``, and *example*, its other arguments, in its help."""

    def made(function: Command) -> click.Command:
        epilog = f"Example:\n\n\b\n  federation account {name} --account account {example}"
        return click.command(name, cls=OperationCommand, epilog=epilog)(account_option(json_option(function)))

    return made


def name_option(kind: EntityKind) -> Callable[[Command], Command]:
    """Return the option for the name of an entity of *kind*: the flag of ``aws iam``, or ``--name``."""
    return click.option(
        f"--{kind.noun}-name", "--name", "name", required=True, shell_complete=names(kind.noun), help=f"Name of the {kind.noun}."
    )


def path_option(noun: str) -> Callable[[Command], Command]:
    """Return the option for the path of an entity."""
    return click.option("--path", "entity_path", default="/", show_default=True, help=f"Path of the {noun}.")


def document_of(value: str) -> str:
    """Return the policy in *value*, which may be ``file://PATH``."""
    return literal_or_file(value, longest=limits.POLICY_CHARS)


def policy_in(file: Path | None) -> str | None:
    """Return the policy in *file*; None where none was given."""
    return None if file is None else read_text(file, longest=limits.POLICY_CHARS)


def tags_of(words: Sequence[str]) -> tuple[SessionTag, ...]:
    """Return the tags of ``Key=…,Value=…``."""
    return tuple(SessionTag(each["Key"], each["Value"]) for each in structures_of(words, option="--tags", members=("Key", "Value")))


def say(
    sentence: str,
    made: Mapping[str, Any],
    *,
    as_json: bool,
    rows: Sequence[tuple[str, object]] = (),
    taken: TakenOver | None = None,
) -> None:
    """Print *sentence*, which reports a change, *rows* of new values, and the findings on what was *taken* over; or all of it as JSON."""
    if as_json:
        print_json(made if taken is None else taken.added_to(made))
        return
    out = console()
    out.print(Text("✓", style=GOOD), Text(safe(sentence)))
    if rows:
        out.print(facts(rows))
    if taken is not None:
        taken.show()
