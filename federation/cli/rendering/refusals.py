"""Text of a refusal that ends a verb."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from federation.account.model import Account
from federation.account.reading.settings import SETTINGS_FILE
from federation.cli.rendering.explanations import MOST_ROWS, print_explanation
from federation.cli.rendering.results import print_refusal, refused_verdict, stderr_console
from federation.errors import FederationError
from federation.explaining.sources import Sources

_ABOVE: Final = 2
"""Rows of the AWS CLI's line and of the blank line after it."""


def print_refused(refusal: FederationError, account: Path | None, neighbours: tuple[Path, ...] = ()) -> None:
    """Print *refusal* on standard error, with its explanation where it is that of a call on the *account* directory.

    *neighbours* are the directories of the other accounts of the call.
    """
    question = refusal.question
    if question is None or question.account is None:
        print_refusal(refusal)
        return
    explanation, verdict = refusal.explanation, refused_verdict(refusal)
    asked = cast("Account", question.account)
    directories = _by_id((account, *neighbours)) if neighbours and account is not None else {}
    print_explanation(
        explanation,
        verdict=verdict,
        out=stderr_console(),
        sources=Sources(directories.get(asked.id, account), asked, directories),
        next_step=_next_step(refusal),
        most=MOST_ROWS - _ABOVE,
    )


def _next_step(refusal: FederationError) -> str:
    if refusal.question is not None and refusal.question.caller is not None:
        return "`federation policy evaluate --account … --caller … --action …` shows every policy"
    if any(edit.applicable for edit in refusal.explanation.edits):
        return "`federation explain TOKEN … --fix` makes the edit"
    return "`federation explain TOKEN … --verbose` shows every check"


def _by_id(directories: Iterable[Path]) -> dict[str, Path]:
    """Return each of the account *directories* by the id of its account; one that cannot be read any more is left out."""
    found: dict[str, Path] = {}
    for directory in directories:
        with suppress(OSError, ValueError):
            found[str(tomllib.loads((directory / SETTINGS_FILE).read_text(encoding="utf-8")).get("id"))] = directory
    return found
