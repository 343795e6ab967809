"""`federation policy`: lint, test, evaluate and compare policy documents, and say whom a trust policy lets in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.cli.policy.authorization import EvaluateOptions, evaluate_account
from federation.cli.policy.compare import command as compare
from federation.cli.policy.lint import command as lint
from federation.cli.policy.testing import command as test
from federation.cli.policy.who_can import command as who_can
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import print_decision
from federation.cli.sts.callers import caller_option
from federation.cli.support.choices import Choice
from federation.cli.support.exits import Exit
from federation.cli.support.inputs import read_text
from federation.cli.support.options import (
    account_or_variable,
    json_option,
    moment_option,
    neighbour_option,
    one_output,
    other_account_option,
    quiet_option,
)
from federation.cli.support.paths import PathType
from federation.policy import Policy, Principal, RequestContext
from federation.policy.grammar import PRINCIPALED

KINDS = ("trust", "identity", "session", "boundary", "resource")


@click.group()
def command() -> None:
    """Lint, test, evaluate and compare policy documents, and say whom they let in."""


kind_option: Final = click.option("--kind", type=Choice(KINDS), default="trust", show_default=True, help="What the policy is attached to.")
command.add_command(lint, "lint")
command.add_command(who_can, "who-can")
command.add_command(compare, "compare")
command.add_command(test, "test")


@command.command()
@click.argument("document", type=PathType(path_type=Path), required=False)
@kind_option
@click.option(
    "--principal", metavar="TYPE:NAME", help="federated:ARN, aws:ARN, service:NAME or anonymous; for a DOCUMENT of kind trust or resource."
)
@other_account_option("Instead of DOCUMENT: every policy of this account.")
@neighbour_option
@caller_option
@click.option("--action", required=True, help="The action, e.g. sts:AssumeRoleWithSAML.")
@click.option("--resource", help="ARN of the resource; none for trust policies.")
@click.option(
    "--resource-policy",
    type=PathType(path_type=Path),
    help="With --account: the policy of the resource, for a role its trust policy; JSON.",
)
@click.option("--resource-account", help="With --account: the account of the resource, where its ARN has none.")
@click.option("--key", "keys", multiple=True, metavar="NAME=VALUE", help="A single-valued condition key; repeatable.")
@click.option("--list-key", "list_keys", multiple=True, metavar="NAME=VALUE", help="One value of a multivalued condition key; repeatable.")
@moment_option("Judge")
@quiet_option
@json_option
def evaluate(
    document: Path | None,
    *,
    kind: str,
    principal: str | None,
    account_path: Path | None,
    neighbours: tuple[Path, ...],
    caller: str | None,
    action: str,
    resource: str | None,
    resource_policy: Path | None,
    resource_account: str | None,
    keys: tuple[str, ...],
    list_keys: tuple[str, ...],
    at: datetime | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Evaluate one request, by DOCUMENT alone or by every policy of an account, and show the result of each statement."""
    one_output(quiet=quiet, as_json=as_json)
    account_path = account_or_variable(account_path, unless=document is not None)
    if account_path is not None and document is None:
        question = EvaluateOptions(
            account_path=account_path,
            neighbours=neighbours,
            caller=caller,
            action=action,
            resource=resource or "*",
            resource_policy=resource_policy,
            resource_account=resource_account,
            context=_keys(keys, list_keys),
            at=at,
        )
        evaluate_account(question, quiet=quiet, as_json=as_json)
    if document is None or account_path is not None:
        raise click.UsageError("pass a DOCUMENT, or --account and --caller")
    if principal is None and kind in PRINCIPALED:
        raise click.UsageError(f"pass --principal: a policy of kind {kind} names principals")
    policy = Policy.stored(read_text(document, longest=limits.POLICY_CHARS), kind=kind)
    request = RequestContext(
        principal=None if principal is None else _principal(principal), action=action, resource=resource, keys=_keys(keys, list_keys)
    )
    decision = policy.evaluate(request)
    if as_json:
        print_json(decision.as_dict())
    else:
        print_decision(decision, about=action, whole=not quiet)
    click.get_current_context().exit(Exit.GRANTED if decision.allowed else Exit.REFUSED)


def _principal(text: str) -> Principal:
    kind, _, name = text.partition(":")
    match kind:
        case "federated":
            return Principal.federated(name)
        case "aws":
            return Principal.aws(name)
        case "service":
            return Principal.service(name)
        case "anonymous" if not name:
            return Principal.anonymous()
    raise click.BadParameter("expected federated:ARN, aws:ARN, service:NAME or anonymous", param_hint="--principal")


def _keys(single: tuple[str, ...], listed: tuple[str, ...]) -> dict[str, str | list[str]]:
    keys: dict[str, str | list[str]] = {}
    for word in single:
        name, value = _pair(word, "--key")
        if name in keys:
            raise click.BadParameter(f"{name} is given twice; use --list-key for a multivalued key", param_hint="--key")
        keys[name] = value
    for word in listed:
        name, value = _pair(word, "--list-key")
        values = keys.setdefault(name, [])
        if not isinstance(values, list):
            raise click.BadParameter(f"{name} is given by --key as well", param_hint="--list-key")
        values.append(value)
    return keys


def _pair(word: str, option: str) -> tuple[str, str]:
    name, found, value = word.partition("=")
    if not found or not name:
        raise click.BadParameter("expected NAME=VALUE", param_hint=option)
    return name, value
