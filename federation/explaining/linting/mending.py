"""Every edit that a program can make of what lint finds in a policy, one after the other."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.explaining.fixing import apply
from federation.explaining.linting import explain_policy
from federation.explaining.positions import locate
from federation.explanation import Edit
from federation.policy import Policy

if TYPE_CHECKING:  # accounts, and the key handling behind them, are loaded by who has one
    from federation.account import Account

__all__ = ["Mended", "mend"]

_MOST_EDITS: Final = 64
"""Edits of one policy that are made in one go."""


class Mended(NamedTuple):
    """The text with the edits made, and the edits in order."""

    text: str
    edits: tuple[Edit, ...]


def mend(text: str, *, kind: str, place: str = "$", account: Account | None = None, providers: Collection[str] | None = None) -> Mended:
    """Return *text* with the first edit of each finding made that a program can make. Lint looks at the policy again after each.

    Args:
        text: A policy document, or a file that holds one.
        kind: What the policy is attached to.
        place: JSON path of the document in *text*.
        account: The account that holds it; None where it is not known.
        providers: Every provider of that account.

    Raises:
        MalformedPolicyDocument: The document violates the grammar.
    """
    made: list[Edit] = []
    while len(made) < _MOST_EDITS:
        node = locate(text, place)
        policy = Policy.stored(text if node is None else text[node.start : node.end], kind=kind)
        found = explain_policy(policy, account=account, providers=providers)
        edit = next((edit for each in found for edit in each.edits if edit.applicable), None)
        if edit is None:
            break
        text = apply(text, edit.changes, place=place)
        made.append(edit)
    return Mended(text, tuple(made))
