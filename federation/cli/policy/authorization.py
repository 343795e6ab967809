"""Evaluation of a request by every policy of an account, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.text import Text

from federation import limits
from federation.cli.rendering.plain import print_json, safe
from federation.cli.rendering.results import BAD, DIM, GOOD, console, facts, print_statement
from federation.cli.sts.callers import open_service, resolve_caller
from federation.cli.support.exits import Exit
from federation.cli.support.inputs import read_text
from federation.policy import Policy
from federation.sts.authorization.authorize import Authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateOptions:
    """One request to evaluate; the members are flags of ``policy evaluate``."""

    account_path: Path
    neighbours: tuple[Path, ...]
    caller: str | None
    action: str
    resource: str
    resource_policy: Path | None
    resource_account: str | None
    context: Mapping[str, str | Sequence[str]]
    at: datetime | None


def evaluate_account(question: EvaluateOptions, *, quiet: bool, as_json: bool) -> None:
    """Evaluate *question*, print the result of every policy that applies, and exit with the status."""
    sts = open_service(question.account_path, question.neighbours)
    document, kind = question.resource_policy, "trust" if ":role/" in question.resource else "resource"
    answer = sts.authorize(
        resolve_caller(sts, question.caller, at=question.at),
        action=question.action,
        resource=question.resource,
        context=question.context,
        resource_policy=None if document is None else Policy.stored(read_text(document, longest=limits.POLICY_CHARS), kind=kind),
        resource_account=question.resource_account,
        at=question.at,
    )
    if as_json:
        print_json(answer.as_dict())
    else:
        _print(answer, whole=not quiet)
    click.get_current_context().exit(Exit.GRANTED if answer.allowed else Exit.REFUSED)


def _print(answer: Authorization, *, whole: bool) -> None:
    out = console()
    verdict = Text("✓ allowed", style=GOOD) if answer.allowed else Text("✗ denied" if answer.explicit_deny else "✗ not allowed", style=BAD)
    out.print(verdict, Text(safe(answer.reason), style=DIM))
    if not whole:
        return
    out.print(facts([("principal", answer.caller.arn), ("AWS says", answer.message)]))
    for verdict_of_layer in answer.evaluation.layers.values():
        style = {"Allow": GOOD, "Deny": BAD}.get(verdict_of_layer.effect, "")
        out.print(Text(f"{verdict_of_layer.layer}: {verdict_of_layer.effect}", style=style))
        for opinion in verdict_of_layer.opinions:
            out.print(Text(f"  {safe(opinion.source)}", style=DIM))
            if opinion.decision is None:
                out.print(Text("    its document is not in the account directory, so it allows nothing", style=DIM))
            for statement in () if opinion.decision is None else opinion.decision.statements:
                print_statement(statement, out)
    if answer.encoded_message is not None:
        out.print(Text(f"  encoded message  {answer.encoded_message}"), soft_wrap=True)  # unwrapped, for copying
