"""How findings of lint look: severity and rule with the place, the cause with the line of the file, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from federation.cli.rendering.explanations import edit_rows, obstacle_rows, print_rows
from federation.cli.rendering.plain import safe
from federation.cli.rendering.results import BAD, DIM, Speaker
from federation.cli.rendering.rows import field_rows
from federation.explaining.linting import ExplainedFinding
from federation.explaining.sources import Sources
from federation.explanation import Obstacle
from federation.policy.lint import SEVERITIES, Severity

STYLES: Final[dict[Severity, str]] = {"error": BAD, "warning": "yellow", "note": DIM}
MARKS: Final[dict[Severity, str]] = {"error": "✗", "warning": "!", "note": "·"}
MOST_TOLD: Final = 10
"""Findings that a command tells of what it took over."""


def print_finding(explained: ExplainedFinding, sources: Sources, out: Speaker) -> None:
    """Print one finding with its cause and every edit."""
    print_obstacle(explained.obstacle, sources, out, known=_heading(explained, out))


def print_obstacle(obstacle: Obstacle, sources: Sources, out: Speaker, *, known: str = "") -> None:
    """Print cause and edits; *known* is the place that has been said already."""
    place = obstacle.causes[0].place
    if place is not None and sources.excerpt(place) is None:
        print_rows(field_rows("at", place.path, out.shows), out)
    print_rows(obstacle_rows(obstacle, sources, out.shows, known=known), out)


def print_in_short(findings: Sequence[tuple[ExplainedFinding, Sources]], out: Speaker, *, count: int, more: str) -> None:
    """Print the worst of *findings*, each with its cause and first edit; *more* says where all *count* are."""
    ordered = sorted(findings, key=lambda pair: SEVERITIES.index(pair[0].finding.severity))
    for explained, sources in ordered[:MOST_TOLD]:
        where = _heading(explained, out)
        print_rows(field_rows("cause", explained.finding.message, out.shows), out)
        for edit in explained.edits[:1]:
            print_rows(edit_rows(edit, sources, out.shows, known=where), out)
    if findings:
        rest = f"and {count - MOST_TOLD} more: " if count > MOST_TOLD else ""
        print_rows(field_rows("next", f"{rest}{more}", out.shows), out)


def _heading(explained: ExplainedFinding, out: Speaker) -> str:
    """Print severity, rule and place; return the place."""
    finding, place = explained.finding, explained.obstacle.causes[0].place
    where = "" if place is None else place.file if place.line is None else f"{place.file}:{place.line}"
    heading = Text(f"{MARKS[finding.severity]} {finding.severity}: {finding.id}", style=STYLES[finding.severity])
    out.print(heading, Text(safe(where), style=DIM))
    return where
