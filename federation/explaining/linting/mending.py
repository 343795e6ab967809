"""Every edit that a program can make of what lint finds in a policy, one after the other."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.errors import MalformedPolicyDocument
from federation.explaining.fixing import apply
from federation.explaining.linting import explain_policy
from federation.explaining.linting.refusals import explain_unstorable
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

    Of a document that no account holds, what IAM would refuse is mended first.
    """
    made: list[Edit] = []
    while len(made) < _MOST_EDITS:
        node = locate(text, place)
        document = text if node is None else text[node.start : node.end]
        edit = _of_refusal(document, kind) if account is None else None
        edit = edit or _of_finding(document, kind, account, providers)
        if edit is None:
            break
        text = apply(text, edit.changes, place=place)
        made.append(edit)
    return Mended(text, tuple(made))


def _of_refusal(document: str, kind: str) -> Edit | None:
    """Return the edit of what IAM would refuse; None where it refuses nothing, or nobody knows what is meant."""
    try:
        Policy.parse(document, kind=kind)
    except MalformedPolicyDocument as refusal:
        return next((edit for edit in explain_unstorable(document, refusal, kind=kind).edits if edit.applicable), None)
    return None


def _of_finding(document: str, kind: str, account: Account | None, providers: Collection[str] | None) -> Edit | None:
    try:
        policy = Policy.stored(document, kind=kind)
    except MalformedPolicyDocument:
        return None
    found = explain_policy(policy, account=account, providers=providers)
    return next((edit for each in found for edit in each.edits if edit.applicable), None)
