"""Where the trust policy stands in a role as ``aws iam get-role`` prints it."""

from __future__ import annotations

from typing import Final

from federation.explaining.positions import Node, find

__all__ = ["WRAPPED_ROLE", "trust_policy_in"]

WRAPPED_ROLE: Final = "$.Role"
"""JSON path of the role in the answer of ``aws iam get-role``."""
_PLACES: Final = tuple(f"{role}.AssumeRolePolicyDocument" for role in (WRAPPED_ROLE, "$"))


def trust_policy_in(root: Node) -> tuple[str, Node] | None:
    """Return JSON path and position of the trust policy in *root*: the answer, or the role alone; None where *root* is neither."""
    return next(((place, node) for place in _PLACES if (node := find(root, place)) is not None), None)
