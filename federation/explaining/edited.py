"""The trust policy of a role in the text of its file, before and after the edits of an explanation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from federation.account.model import Role
from federation.explaining.fixing import apply
from federation.explaining.positions import locate
from federation.explanation import Edit, Explanation
from federation.policy.document import read_document


def applicable(explanation: Explanation) -> Iterator[Edit]:
    """Yield the edits that a program can make, of alternatives the first. A cause that rests on unverified claims is no reason for one."""
    for obstacle in (explanation.first, *explanation.later):
        edits = [edit for edit in obstacle.edits if edit.applicable]
        if not any(cause.unverified for cause in obstacle.causes):
            yield from edits[:1] if obstacle.alternatives else edits


def policy_in(text: str, role: Role) -> str:
    """Return the trust policy in *text*, the content of the role's file, as it is written there, without its indentation."""
    node = locate(text, role.place)
    if node is None:
        return text
    begin = text.rfind("\n", 0, node.start) + 1
    indent = text[begin : node.start]
    margin = indent[: len(indent) - len(indent.lstrip())]
    return textwrap.dedent(margin + text[node.start : node.end])


def holds(text: str, role: Role) -> bool:
    """Tell whether *text* holds the trust policy of *role* that was judged."""
    node = locate(text, role.place)
    return node is not None and read_document(text[node.start : node.end])[1] == role.trust_policy.document


def edited(text: str, role: Role, edits: Sequence[Edit]) -> str:
    """Return *text*, the content of the file of *role*, with *edits* made; what they do not touch keeps its formatting.

    Raises:
        FederationError: *text* is no JSON object, or has another policy than the one that was judged.
    """
    return apply(text, [change for edit in edits for change in edit.changes], place=role.place)
