"""Text of the summary of an audit of recorded logins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from federation.cli.rendering.plain import safe
from federation.cli.rendering.results import BAD, GOOD, Speaker, console, facts
from federation.evidence.cloudtrail.event_judgement import EventOutcome
from federation.evidence.cloudtrail.event_tally import TOLD, EventTally

_GROUPS: Final = 5
_ROLES: Final = 10
WORDS: Final = {
    EventOutcome.KEPT: "granted, as before",
    EventOutcome.REFUSED: "refused, as before",
    EventOutcome.LOST: "would lose access",
    EventOutcome.GAINED: "would gain access",
    EventOutcome.UNDECIDED: "not decided by the record",
    EventOutcome.UNPROVED: "not asked: the token proved nobody",
    EventOutcome.ELSEWHERE: "not asked: of another account",
}
"""Outcome to what it is called."""


def print_events(tally: EventTally, unused: Sequence[str]) -> None:
    """Print on standard error what becomes of the logins, who would lose or gain access, and which roles nobody used."""
    out = console(sys.stderr)
    table = Table(title="Logins", title_justify="left")
    table.add_column("now")
    table.add_column("logins", justify="right")
    for outcome, words in WORDS.items():
        if tally.outcomes[outcome] or outcome in TOLD:
            table.add_row(words, str(tally.outcomes[outcome]), style=_style(outcome, tally))
    out.print(table)
    for outcome in TOLD:
        _print_groups(outcome, tally, out)
    rest = len(unused) - _ROLES
    listed = "; ".join(unused[:_ROLES]) + (f"; and {rest} more" if rest > 0 else "")
    out.print(facts([("unused", listed), ("other events", tally.passed or None), ("unread", tally.unread or None)]))
    for fault in tally.faults:
        out.print(facts([("unread", f"{fault.place}: expected {fault.expected}, found {fault.found}")]))


def _style(outcome: EventOutcome, tally: EventTally) -> str:
    if not tally.outcomes[outcome]:
        return ""
    return BAD if outcome in (EventOutcome.LOST, EventOutcome.GAINED) else GOOD if outcome is EventOutcome.KEPT else ""


def _print_groups(outcome: EventOutcome, tally: EventTally, out: Speaker) -> None:
    groups = tally.largest(outcome)
    if not groups:
        return
    out.print(Text(f"{WORDS[outcome]}:"))
    for group, counts in groups[:_GROUPS]:
        samples = ", ".join(safe(event) for event, _, _ in counts.samples)
        out.print(
            facts(
                [
                    ("logins", counts.count),
                    ("role", group.role_arn),
                    ("who", group.pattern),
                    ("why", counts.reason or None),
                    ("events", samples),
                ]
            )
        )
    if len(groups) > _GROUPS:
        out.print(Text(f"  and {len(groups) - _GROUPS} more groups; --json and --report list them"))
