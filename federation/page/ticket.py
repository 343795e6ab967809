"""The answer as Markdown for a ticket. Tokens and secrets are left out.

What comes from outside stands only inside code fences that are longer than any row of backticks in them, one `printable` line each. There
it can neither end the fence nor become markup, a link or a mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from federation.errors import printable
from federation.page.causes import ShownEdit, ShownExplanation
from federation.page.diff import DiffLine

_SIGNS: Final = {"same": " ", "removed": "-", "added": "+"}
_MOST_CHARS: Final = 1_000


def ticket(title: str, facts: Iterable[tuple[str, str]], explanation: ShownExplanation | None) -> str:
    """Return the Markdown.

    Args:
        title: The first line, words of this program alone.
        facts: Names and values: what was asked, and the verdicts.
        explanation: Why it is refused; None where it is not.
    """
    edit = None if explanation is None else explanation.edit
    rows = [(printable(name), value) for name, value in (*facts, *_why(explanation)) if value]
    width = max((len(name) for name, _ in rows), default=0)
    blocks = [f"**{title}**", _fenced("text", [f"{name.ljust(width)}  {_shown(value)}" for name, value in rows])]
    if edit is not None and edit.diff:
        blocks.append(_fenced("diff", [_diff(line) for line in edit.diff]))
    blocks.append("Judged offline by `federation`. The token is not in this text.")
    return "\n\n".join(blocks) + "\n"


def _why(explanation: ShownExplanation | None) -> Iterator[tuple[str, str]]:
    if explanation is None:
        return
    cause = explanation.cause
    yield "cause", f"(unverified) {cause.sentence}" if cause.unverified else cause.sentence
    yield "place", cause.where
    for compared in cause.comparisons:
        yield compared.expected_from, "".join(part.text for part in compared.expected)
        yield compared.found_from, "".join(part.text for part in compared.found)
    if explanation.edit is not None:
        yield from _edit(explanation.edit)
    yield "AWS says", explanation.aws_message


def _edit(edit: ShownEdit) -> Iterator[tuple[str, str]]:
    yield "edit", edit.instruction
    yield "in", edit.where
    if not edit.diff:
        yield "old", edit.old
        yield "new", edit.new
    yield "run", edit.command
    yield "lets in", edit.lets_in


def _diff(line: DiffLine) -> str:
    return "@@" if line.kind == "gap" else _SIGNS[line.kind] + _shown("".join(part.text for part in line.parts))


def _shown(text: str) -> str:
    return printable(text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}…")


def _fenced(language: str, lines: Iterable[str]) -> str:
    content = "\n".join(lines)
    fence = "`" * (max(map(len, re.findall(r"`+", content)), default=0) + 3)
    return f"{fence}{language}\n{content}\n{fence}"
