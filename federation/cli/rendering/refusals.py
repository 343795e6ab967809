"""How a refusal looks that ends a verb."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

from federation.account.model import Account
from federation.cli.rendering.explanations import MOST_ROWS, print_explanation
from federation.cli.rendering.results import print_refusal, refused_verdict, stderr_console
from federation.cli.rendering.sources import Sources
from federation.errors import FederationError

_ABOVE: Final = 2
"""Rows that the AWS CLI's own line and the blank line after it take."""


def print_refused(refusal: FederationError, account: Path | None) -> None:
    """Print *refusal* on standard error: explained, where it answers a question that was put to the *account* directory."""
    question = refusal.question
    if question is None or question.account is None:
        print_refusal(refusal)
        return
    explanation, verdict = refusal.explanation, refused_verdict(refusal)
    applicable = any(edit.applicable for edit in explanation.edits)
    print_explanation(
        explanation,
        verdict=verdict,
        out=stderr_console(),
        sources=Sources(account, cast("Account", question.account)),
        next_step="`federation explain TOKEN … --fix` makes the edit"
        if applicable
        else "`federation explain TOKEN … --verbose` shows every check",
        most=MOST_ROWS - _ABOVE,
    )
