"""How files look that do not say all of a policy, that have workloads, or that cannot be read."""

from __future__ import annotations

from typing import Final

from rich.text import Text

from federation.cli.rendering.explanations import print_rows
from federation.cli.rendering.plain import safe
from federation.cli.rendering.results import BAD, DIM, GOOD, Speaker
from federation.cli.rendering.rows import field_rows
from federation.evidence.documents import DocumentFault
from federation.evidence.documents.linting import LintedDocument
from federation.evidence.workloads import Admittance, LintedWorkload
from federation.policy.lint import worst

_MOST: Final = 8
"""Unknown parts that are listed."""


def print_fault(name: str, fault: DocumentFault, out: Speaker) -> None:
    """Print why the file or resource *name* cannot be read."""
    out.print(Text(f"✗ {name}: cannot be read", style=BAD))
    rows = field_rows("cause", f"expected {fault.refusal.expected}, found {fault.refusal.found}", out.shows)
    where = field_rows("  in", f"{fault.file}:{fault.line}", out.shows, style=DIM)
    print_rows((*rows, *where, *field_rows("edit", fault.refusal.remedy, out.shows)), out)


def print_workload(name: str, linted: LintedWorkload, out: Speaker) -> None:
    """Print whether the role that the workload *name* asks for lets it in, where no finding says it."""
    if linted.role is None:
        login = linted.login
        asked = safe(login.source.text[login.written.start : login.written.end].strip("'\""))
        said = "its role is in none of the files" if login.role else f"which role {asked} is, --given says"
        out.print(Text(f"· {name}: {said}", style=DIM))
    elif linted.admittance is Admittance.SOME and worst(each.finding for each in linted.findings) in (None, "note"):
        out.print(Text(f"✓ {name}: {safe(linted.role.address)} lets it in", style=GOOD))
    elif linted.admittance is Admittance.OPEN:
        out.print(Text(f"? {name}: the files do not say whether {safe(linted.role.address)} lets it in", style="yellow"))


def print_unknown(name: str, linted: LintedDocument, out: Speaker) -> None:
    """Print what the file does not say of the policy *name*, and what is therefore not judged."""
    found = linted.found
    lines: dict[str, int] = {}
    for each in found.unknowns:
        lines.setdefault(each.expression, found.source.line(each.start))
    unjudged = "; nothing of it is judged" if linted.unjudged == ("$",) else ""
    if linted.unjudged and not unjudged:
        count = len(linted.unjudged)
        unjudged = f"; {count} {'statement is' if count == 1 else 'statements are'} not judged"
    out.print(Text(f"? {name}: the file does not say all of it{unjudged}", style="yellow"))
    for expression, line in list(lines.items())[:_MOST]:
        print_rows(field_rows("unknown", f"{expression} (line {line})", out.shows), out)
    if len(lines) > _MOST:
        print_rows(field_rows("unknown", f"and {len(lines) - _MOST} more", out.shows), out)
