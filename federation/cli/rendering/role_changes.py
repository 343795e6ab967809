"""How the change of many roles looks: those that let somebody new in first, on a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.text import Text

from federation.cli.rendering.admissions import comparison_as_markdown, print_comparison
from federation.cli.rendering.explanations import print_rows
from federation.cli.rendering.plain import safe
from federation.cli.rendering.results import BAD, DIM, GOOD, Speaker
from federation.cli.rendering.rows import field_rows
from federation.evidence.documents import DocumentFault

if TYPE_CHECKING:  # the analysis is loaded where it is asked for
    from federation.evidence.documents.comparing import RoleChange, RoleFate

_WORDS: Final[dict[RoleFate, str]] = {
    "added": "a new role: whoever it lets in is new",
    "removed": "no longer there",
    "changed": "changed",
    "unchanged": "the same",
    "undecided": "not decided",
}


def print_role_changes(changes: Sequence[RoleChange], faults: Sequence[DocumentFault], out: Speaker, *, whole: bool) -> None:
    """Print *changes* and what could not be read; with *whole*, with the logins that show it."""
    for each in _ordered(changes):
        if whole:
            mark, style = ("✓", GOOD) if each.lets_nobody_new_in else ("✗", BAD)
            out.print(Text(f"{mark} {safe(each.address)}: {_WORDS[each.fate]}", style=style))
            if each.comparison is not None and each.fate == "changed":
                print_comparison(each.comparison, out, whole=True)
            if each.refusal is not None:
                print_rows(field_rows("cause", each.refusal.found, out.shows), out)
                print_rows(field_rows("edit", each.refusal.remedy, out.shows), out)
    for fault in faults if whole else ():
        out.print(Text(f"✗ {safe(fault.file)} {safe(fault.address)}: cannot be read: {fault.refusal.found}", style=BAD))
    out.print(Text(_summary(changes, faults), style=DIM))


def role_changes_as_markdown(changes: Sequence[RoleChange], faults: Sequence[DocumentFault]) -> str:
    """Return *changes* as Markdown, and what could not be read."""
    lines: list[str] = []
    for each in _ordered(changes):
        lines += [f"### `{safe(each.address)}`: {_WORDS[each.fate]}", ""]
        if each.comparison is not None and each.fate == "changed":
            lines += [comparison_as_markdown(each.comparison), ""]
        if each.refusal is not None:
            lines += [f"{safe(each.refusal.found)}; {each.refusal.remedy}", ""]
    lines += [f"- `{safe(fault.file)}` cannot be read: {safe(fault.refusal.found)}" for fault in faults]
    return "\n".join([*lines, _summary(changes, faults)])


def _ordered(changes: Sequence[RoleChange]) -> list[RoleChange]:
    return sorted(changes, key=lambda each: each.lets_nobody_new_in)


def _summary(changes: Sequence[RoleChange], faults: Sequence[DocumentFault]) -> str:
    counts = [f"{fate} {sum(each.fate == fate for each in changes)}" for fate in _WORDS]
    return f"roles: {', '.join(counts)}" + (f"; not read: {len(faults)}" if faults else "")
