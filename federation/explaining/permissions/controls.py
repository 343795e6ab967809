"""Why the policies of an organization stop a request, and the request without them.

Who reads this can rarely change such a policy: an edit says what to ask of whoever manages the organization. No program makes it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from federation.errors import show
from federation.explaining.permissions.question import Permission
from federation.explaining.permissions.silent import other_half
from federation.explaining.rewriting import shown
from federation.explaining.trial import Trial
from federation.explaining.trust.controls import without_resource_control
from federation.explanation import Cause, Edit, Obstacle, Place
from federation.sts.authorization.evaluation import Layer

CONTROLS: Final = frozenset({Layer.SERVICE_CONTROL, Layer.RESOURCE_CONTROL})
_LISTED: Final = 4


def explain_levels(permission: Permission, layer: Layer) -> Obstacle:
    """Explain at which level none of the organization's policies allows the request: one must, at each."""
    verdict = permission.evaluation.layers[layer]
    silent = [
        level
        for level, opinions in zip(permission.controls(layer), verdict.levels, strict=True)
        if not any(each.decision is not None and each.decision.allowed for each in opinions)
    ]
    edits = []
    causes = []
    for level in silent:
        names = ", ".join(show(each.name) for each in level.policies[:_LISTED])
        rest = len(level.policies) - _LISTED
        has = f"it has {names}{f' and {rest} more' if rest > 0 else ''}" if names else "it has none"
        sentence = f"no {layer.value} of {level.name} ({level.target}) allows {permission.what}: {has}"
        causes.append(Cause(check="authorization", sentence=sentence))
        statement = {"Effect": "Allow", "Action": permission.action, "Resource": permission.resource}
        edits.append(
            Edit(
                place=Place(owner="policy", path=f"{layer.value} of {level.target}"),
                instruction=f"have a {layer.value} attached to {level.name} that allows {permission.what}",
                new=shown(statement),
                lets_in=f"every principal of the accounts at {level.name} whose own policies allow it",
            )
        )
    first = replace(causes[0], sentence=f"{causes[0].sentence}{other_half(permission)}")
    return Obstacle(causes=(first, *causes[1:]), edits=tuple(edits), alternatives=len(edits) == 1)


def without_controls(trial: Trial, permission: Permission, layer: Layer) -> Trial | None:
    """Judge the call as if the organization had no policies of this kind."""
    if layer is Layer.SERVICE_CONTROL:
        organization = permission.caller.organization
        if organization is None:
            return None
        return replace(trial, caller=replace(permission.caller, organization=replace(organization, service_control=())))
    return without_resource_control(trial)
