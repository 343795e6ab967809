"""How whom a trust policy lets in looks, and what a change of it changes: on a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from federation.cli.rendering.explanations import print_rows
from federation.cli.rendering.plain import safe
from federation.cli.rendering.results import BAD, DIM, GOOD, Speaker
from federation.cli.rendering.rows import ScreenRow, field_rows
from federation.policy.analysis.admission import Admission, WhoCan
from federation.policy.analysis.comparing import TrustChange, TrustComparison
from federation.policy.analysis.words import (
    conditions,
    exceptions,
    headline,
    identities,
    login_in_words,
    powers,
    relation_in_words,
    whose,
)
from federation.policy.reach import Reach

_MARKS: Final[dict[Reach, tuple[str, str]]] = {"everybody": ("✗", BAD), "strangers": ("!", "yellow"), "": ("·", "")}
_MOST_CHANGES: Final = 10
"""Changes of each direction that are told; JSON has all."""
_NOT_DECIDED: Final = "not decided within the bound: there may be nobody"

_Rows = Iterator[tuple[str, str]]
"""Labels and values; a value under another has no label."""


def print_admissions(found: WhoCan, name: str, out: Speaker) -> None:
    """Print whom *found* lets in; *name* is the role or the file."""
    out.print(Text(f"who can assume {safe(name)}"))
    for admission in found.admissions:
        mark, style = _MARKS[admission.reach]
        out.print(Text(f"{mark} {headline(admission)}", style=style))
        _print(_told(admission), out)
    if not found.admissions:
        out.print(Text("· nobody"))
    _print((("nobody", words) for words in found.nobody), out)
    if not found.decided:
        out.print(Text("? not everything is decided within the bound", style=BAD))


def print_comparison(found: TrustComparison, out: Speaker, *, whole: bool) -> None:
    """Print what *found* says; with *whole*, with the logins that show it."""
    style = GOOD if found.lets_nobody_new_in else BAD
    out.print(Text(f"{'✓' if found.lets_nobody_new_in else '✗'} {found.relation}: {relation_in_words(found)}", style=style))
    for label, changes in (("new", found.gained.changes), ("gone", found.lost.changes)) if whole else ():
        for change in changes[:_MOST_CHANGES]:
            _print(_changed(label, change), out)
        if len(changes) > _MOST_CHANGES:
            _print(iter([(label, f"and {len(changes) - _MOST_CHANGES} more: --json lists them")]), out)


def markdown_of(found: WhoCan, name: str) -> str:
    """Return whom *found* lets in as Markdown."""
    lines = [f"### Who can assume {_code(name)}", ""]
    for admission in found.admissions:
        lines.append(f"- **{_escaped(headline(admission))}**")
        lines += [f"  - {label}: {_escaped(value)}" for label, value in _labelled(_told(admission))]
    lines += [] if found.admissions else ["- nobody"]
    lines += [f"- nobody: {_escaped(words)}" for words in found.nobody]
    lines += [] if found.decided else ["", "**Not everything is decided within the bound.**"]
    return "\n".join(lines)


def comparison_as_markdown(found: TrustComparison) -> str:
    """Return what *found* says as Markdown."""
    lines = [f"**{found.relation}**: {relation_in_words(found)}", ""]
    for title, changes in (("New", found.gained.changes), ("Gone", found.lost.changes)):
        for change in changes[:_MOST_CHANGES]:
            lines.append(f"- {title}: {_escaped(whose(change))} (statement {change.statement + 1})")
            lines += [f"  - {_code(name)}: {_code(value)}" for name, value in login_in_words(change.login)]
        lines += [f"- and {len(changes) - _MOST_CHANGES} more"] if len(changes) > _MOST_CHANGES else []
    return "\n".join(lines).rstrip()


def _told(admission: Admission) -> _Rows:
    for number, words in enumerate(identities(admission)):
        yield "" if number else "who", words
    for number, words in enumerate(conditions(admission)):
        yield "" if number else "where", words
    for words in exceptions(admission):
        yield "not", words
    may = powers(admission)
    if may:
        yield "may", may
    for words in admission.warnings:
        yield "beware", words
    yield "by", f"statement {', '.join(str(each + 1) for each in admission.statements)}"
    if admission.login is None:
        yield "login", _NOT_DECIDED
    else:
        yield "login", ", ".join(f"{name}={value}" for name, value in login_in_words(admission.login))


def _changed(label: str, change: TrustChange) -> _Rows:
    yield label, f"{whose(change)}, by statement {change.statement + 1}"
    for number, (name, value) in enumerate(login_in_words(change.login)):
        yield "" if number else "login", f"{name}  {value}"


def _labelled(rows: _Rows) -> _Rows:
    last = ""
    for label, value in rows:
        last = label or last
        yield last, value


def _print(rows: _Rows, out: Speaker) -> None:
    shown: list[ScreenRow] = []
    for label, value in rows:
        shown += field_rows(label, safe(value), out.shows, style=DIM if label in {"by", "login"} else "")
    print_rows(shown, out)


def _escaped(text: str) -> str:
    """Return *text* for Markdown: outside of backticks, what would be markup stands for itself."""
    parts = safe(text).split("`")
    return "`".join(part if number % 2 else "".join(f"\\{c}" if c in "*_[]<>#|" else c for c in part) for number, part in enumerate(parts))


def _code(text: str) -> str:
    """Return *text* as code of Markdown; a fence longer than any in the text keeps it together."""
    shown = safe(text)
    fence = "`" * (max((len(run) for run in shown.replace("`", " ` ").split() if set(run) == {"`"}), default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"`{shown}`"
