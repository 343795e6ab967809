"""Why a Deny of the caller's own policies stops a request. No edit removes a Deny: one exception is all that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from federation.explaining.permissions.question import Permission
from federation.explaining.permissions.silent import other_half
from federation.explaining.trust.denies import explain_deny
from federation.explanation import Cause, Edit, Obstacle
from federation.sts.authorization.evaluation import Layer


def explain_denial(permission: Permission, layer: Layer) -> Obstacle:
    """Explain every Deny of *layer* that applies."""
    found = list(_denials(permission, layer))
    causes = tuple(cause for cause, _ in found)
    first = replace(causes[0], sentence=f"{causes[0].sentence}{other_half(permission)}")
    if len(found) == 1:
        return Obstacle(causes=(first,), edits=found[0][1])
    return Obstacle(causes=(first, *causes[1:]), edits=tuple(edits[0] for _, edits in found if edits), alternatives=False)


def _denials(permission: Permission, layer: Layer) -> Iterator[tuple[Cause, tuple[Edit, ...]]]:
    for attached in permission.attached(layer):
        if attached.policy is None:
            continue
        asked = permission.asked(attached.policy)
        for statement in asked.denying:
            unmet = explain_deny(asked, statement)
            moved = permission.moved(Obstacle(causes=(unmet.cause,), edits=unmet.edits), attached)
            cause = replace(moved.causes[0], sentence=f"the {layer.value} {attached.source}: {unmet.cause.sentence}")
            yield cause, moved.edits
