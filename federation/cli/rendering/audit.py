"""Text of the summary of an audit."""

from __future__ import annotations

import sys

from rich.table import Table

from federation.cli.rendering.plain import safe
from federation.cli.rendering.results import BAD, GOOD, console
from federation.judging.tally import Tally


def print_tally(tally: Tally) -> None:
    """Print on standard error how many tokens of each kind were accepted and refused, and how many each check refused."""
    out = console(sys.stderr)
    kinds = Table(title="Judged", title_justify="left")
    kinds.add_column("kind")
    kinds.add_column("accepted", justify="right", style=GOOD)
    kinds.add_column("refused", justify="right", style=BAD)
    for kind, accepted, refused in tally.by_kind():
        kinds.add_row(safe(kind), str(accepted), str(refused))
    out.print(kinds)
    if not tally.refused:
        return
    checks = Table(title="Refused by", title_justify="left")
    checks.add_column("check")
    checks.add_column("code")
    checks.add_column("tokens", justify="right")
    for (check, code), count in tally.refusing.most_common():
        checks.add_row(safe(check), code, str(count))
    out.print(checks)
