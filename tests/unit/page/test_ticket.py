import re

import pytest

from federation.page.causes import ShownCause, ShownEdit, ShownExplanation, ShownObstacle
from federation.page.diff import diff
from federation.page.ticket import ticket

HOSTILE = [
    "```\n# heading\n[link](javascript:x) @somebody #1",
    "`" * 40,
    "a\nb\r\nc\u2028d",
    "</textarea><script>",
    "| table | ~~~ | <!-- -->",
    "~~~\n---",
]


def explanation(text: str) -> ShownExplanation:
    cause = ShownCause(check="x", sentence=text, where=text, excerpt=None, comparisons=(), listings=(), unverified=True)
    edit = ShownEdit(instruction=text, where=text, diff=diff("a\n", f"{text}\n"), old="", new="", command=text, lets_in=text)
    more = ShownObstacle(causes=(), edits=(), alternatives=True)
    return ShownExplanation(cause=cause, edit=edit, more=more, aws_accepts=False, aws_message=text, aws_shown_by="API")


def outside(markdown: str) -> list[str]:
    """The lines that no fence encloses, as CommonMark 4.5 reads fences."""
    fence, left = "", []
    for line in markdown.split("\n"):
        mark = re.match(r" {0,3}(`{3,})", line)
        if not fence and mark:
            fence = mark[1]
        elif fence and re.fullmatch(rf" {{0,3}}`{{{len(fence)},}}[ \t]*", line):
            fence = ""
        elif not fence:
            left.append(line)
    assert not fence, "every fence is closed"
    return [line for line in left if line]


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_stays_in_its_fence(text: str) -> None:
    made = ticket("AWS login refused", [("subject", text)], explanation(text))
    assert outside(made) == ["**AWS login refused**", "Judged offline by `federation`. The token is not in this text."]


def test_it_tells_cause_edit_and_diff() -> None:
    made = ticket("AWS login refused", [("role", "r"), ("empty", "")], explanation("why"))
    assert "role      r" in made
    assert "empty" not in made
    assert "cause     (unverified) why" in made
    assert "```diff\n-a\n+why\n```" in made
