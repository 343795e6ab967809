"""Why none of the caller's own policies of one kind allows a request, and the statement that allows exactly that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from federation.errors import show
from federation.explaining.nearest import shared
from federation.explaining.permissions.homes import edits_for_statement, missing_document
from federation.explaining.permissions.question import Permission
from federation.explaining.trust.conditions import explain_condition
from federation.explanation import Cause, Comparison, Edit, Obstacle
from federation.policy import Statement
from federation.policy.conditions import Condition
from federation.sts.authorization.evaluation import Layer
from federation.sts.callers.permissions import Attached

_MAX_COMPARED: Final = 256
"""Statements among which the nearest is sought."""
_MAX_TOLD: Final = 4
_MAX_OTHERS: Final = 8
_OF_ACTION, _OF_RESOURCE = 8.0, 2.0


@dataclass(frozen=True, kw_only=True)
class NearStatement:
    """An Allow statement that does not apply, and what of it fails."""

    attached: Attached
    statement: Statement
    action: bool
    resource: bool
    conditions: tuple[Condition, ...]
    distance: float

    @property
    def named(self) -> str:
        """The policy and the statement, for a sentence."""
        return f"{self.attached.source}, statement {show(self.statement.sid) if self.statement.sid else self.statement.index}"


def explain_silence(permission: Permission, layer: Layer) -> Obstacle:
    """Explain why no policy of *layer* allows the request."""
    found = sorted(list(_near(permission, layer))[:_MAX_COMPARED], key=lambda each: each.distance)
    near = found[0] if found else None
    headline = _headline(permission, layer, near)
    others = tuple(_other(permission, each) for each in found[1 : _MAX_OTHERS + 1] if not each.action)
    if near is not None and not near.action and not near.resource:
        return replace(_by_conditions(permission, near, headline), others=others)
    missing = tuple(missing_document(permission, each) for each in permission.attached(layer) if each.policy is None)
    edits = (*missing, *edits_for_statement(permission, layer, near_safe(permission, near)))
    return Obstacle(causes=(headline,), edits=edits, others=others)


def near_safe(permission: Permission, near: NearStatement | None) -> tuple[Attached, Statement] | None:
    """Return the statement of *near* where the one resource more is all that it lacks, and it allows nothing but this action."""
    if near is None or near.action or near.conditions or near.statement.resource is None or near.statement.resource.negated:
        return None
    exact = [each.lower() for each in near.statement.action.spelled] == [permission.action.lower()]
    return (near.attached, near.statement) if exact and not near.statement.action.negated else None


def _near(permission: Permission, layer: Layer) -> Iterator[NearStatement]:
    """Yield the Allow statements of *layer* that are about the service of the action."""
    request = permission.request
    for attached in permission.attached(layer):
        for statement in () if attached.policy is None else attached.policy.statements:
            if statement.effect != "Allow" or not _is_about(statement, permission.action):
                continue
            asked = permission.asked(attached.policy)  # type: ignore[arg-type]  # None has no statements
            action = not statement.action.matches(request.folded_action)
            resource = statement.resource is not None and not statement.resource.matches(request)
            failing = tuple(each for each in statement.conditions if not asked.holds(statement, each))
            alike = 0.0
            if resource and statement.resource is not None:
                alike = max((shared(permission.resource, each) for each in statement.resource.spelled), default=0.0)
            distance = action * _OF_ACTION + resource * (_OF_RESOURCE - alike) + len(failing)
            yield NearStatement(
                attached=attached, statement=statement, action=action, resource=resource, conditions=failing, distance=distance
            )


def _is_about(statement: Statement, action: str) -> bool:
    """Whether the statement lists an action of the same service."""
    service = action.partition(":")[0].lower() + ":"
    return statement.action.negated or any(each.lower().startswith(service) or each == "*" for each in statement.action.spelled)


def _headline(permission: Permission, layer: Layer, near: NearStatement | None) -> Cause:
    which = {
        Layer.IDENTITY: f"no identity-based policy of {permission.whose} allows {permission.what}",
        Layer.BOUNDARY: f"the permissions boundary of {permission.whose} does not allow {permission.what}",
        Layer.SESSION: f"no session policy of the caller's session allows {permission.what}",
    }[layer]
    sentence = f"{which}{_why(permission, layer, near)}{other_half(permission)}"
    if near is None:
        return Cause(check="authorization", sentence=sentence)
    compared: tuple[Comparison, ...] = ()
    path = near.statement.path
    if near.resource and near.statement.resource is not None:
        path = f"{path}.{'NotResource' if near.statement.resource.negated else 'Resource'}"
        best = max(near.statement.resource.spelled, key=lambda each: shared(permission.resource, each))
        compared = (Comparison(expected=best, found=permission.resource, expected_from="policy", found_from="call"),)
    return Cause(check="authorization", sentence=sentence, place=permission.place(near.attached, path), comparisons=compared)


def _why(permission: Permission, layer: Layer, near: NearStatement | None) -> str:
    attached = permission.attached(layer)
    unknown = [each.source for each in attached if each.policy is None]
    if unknown:
        listed = " and ".join(unknown[:_MAX_TOLD])
        return f": the account directory has no document of {listed}, and a policy without one allows nothing"
    if not attached:
        return ": there is none at all"
    if near is None:
        listed = ", ".join(each.source for each in attached[:_MAX_TOLD])
        rest = len(attached) - _MAX_TOLD
        return f": none of {listed}{f' and {rest} more' if rest > 0 else ''} lists the action"
    statement = near.statement
    if near.action:
        does = "leaves the action out" if statement.action.negated else f"allows {_listed(statement.action.spelled)}"
        return f": the nearest, {near.named}, {does}"
    return f": {near.named}, {_lack(near)}"


def _lack(near: NearStatement) -> str:
    """Return what a statement that allows the action lacks."""
    resource = near.statement.resource
    if near.resource and resource is not None:
        return f"allows the action, {'on everything but' if resource.negated else 'but on'} {_listed(resource.spelled)}"
    return f"would, and {'its condition is' if len(near.conditions) == 1 else 'its conditions are'} not met"


def _other(permission: Permission, near: NearStatement) -> Cause:
    return Cause(
        check="authorization",
        sentence=f"{near.named}, is not enough either: it {_lack(near)}",
        place=permission.place(near.attached, near.statement.path),
    )


def other_half(permission: Permission) -> str:
    """Return what the role's trust policy, the other half of AssumeRole, says; empty for other operations."""
    if not permission.of_role:
        return ""
    verdict = permission.evaluation.layers.get(Layer.RESOURCE)
    if verdict is None:
        return "; the other half, the role's trust policy, is not known here"
    if verdict.effect == "Allow":
        return "; the other half, the role's trust policy, allows it"
    return "; the other half, the role's trust policy, refuses as well"


def _listed(values: Sequence[str]) -> str:
    rest = len(values) - _MAX_TOLD
    return ", ".join(map(show, values[:_MAX_TOLD])) + (f" and {rest} more" if rest > 0 else "")


def _by_conditions(permission: Permission, near: NearStatement, headline: Cause) -> Obstacle:
    """Explain a statement that lacks nothing but conditions. No edit leaves one out."""
    policy = near.attached.policy
    if policy is None:
        return Obstacle(causes=(headline,))
    asked = permission.asked(policy)
    findings = [explain_condition(asked, near.statement, each) for each in near.conditions]
    causes = tuple(finding.cause for finding in findings)
    if len(findings) == 1:
        found = Obstacle(causes=causes, edits=findings[0].edits)
    else:
        firsts: list[Edit] = [finding.edits[0] for finding in findings if finding.edits]
        found = Obstacle(causes=causes, edits=tuple(firsts), alternatives=len(firsts) == 1)
    moved = permission.moved(found, near.attached)
    return replace(moved, causes=(headline, *moved.causes))
