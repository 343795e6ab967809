"""AWS's order of evaluation: which policies apply to a request, and how they combine (docs/observed.md 5.4, 5.5, 5.6, 4.3).

A Deny of any policy overrides every Allow. Within one account a resource-based policy can allow by itself; which other policies must then
allow depends on the principal that it names. Between accounts, both sides must allow. Where the organization is known, the service control
policies of the caller's account and the resource control policies of the resource's account must allow too, at every level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from federation import aws_texts
from federation.account.model import ACCOUNT_ID
from federation.account.organization import ControlLevel, Organization
from federation.check_names import StsCheck
from federation.errors import ValidationError, show
from federation.identity import ContextValue
from federation.policy import Decision, Kind, Policy, Principal, RequestContext
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.permissions import Attached, control_levels


class Layer(StrEnum):
    """The kinds of policy. The values are the terms of AWS's refusals."""

    RESOURCE_CONTROL = "resource control policy"
    SERVICE_CONTROL = "service control policy"
    RESOURCE = "resource-based policy"
    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"


_NARROWING: Final = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
"""The layers that must allow, in the order in which AWS reports the first that does not."""
_OWN: Final = (Layer.SERVICE_CONTROL, *_NARROWING)
"""The layers that lie with the caller."""
_SESSIONS: Final = frozenset({CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER})


@dataclass(frozen=True, slots=True)
class Opinion:
    """The decision of one policy.

    Attributes:
        source: The policy, as `Attached.source`.
        decision: What it decides; None for a managed policy of AWS whose document is missing, which allows nothing.
        arn: ARN of a policy of an organization, which AWS's refusals name; empty for others.
    """

    source: str
    decision: Decision | None
    arn: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as plain data with its explanation."""
        return {"source": self.source, "decision": None if self.decision is None else self.decision.as_dict()}


@dataclass(frozen=True, slots=True)
class LayerDecision:
    """The combined decision of the policies of one layer: Deny if one denies, otherwise Allow if one of each level allows.

    Only the policies of an organization have several levels.
    """

    layer: Layer
    levels: tuple[tuple[Opinion, ...], ...]
    effect: str = field(init=False)

    def __post_init__(self) -> None:
        effects = [{each.decision.effect for each in level if each.decision is not None} for level in self.levels]
        effect = "Allow" if all("Allow" in found for found in effects) else "ImplicitDeny"
        object.__setattr__(self, "effect", "Deny" if any("Deny" in found for found in effects) else effect)

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        """The decisions of all policies."""
        return tuple(opinion for level in self.levels for opinion in level)

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as plain data with its explanation."""
        return {"layer": self.layer.value, "effect": self.effect, "policies": [opinion.as_dict() for opinion in self.opinions]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The result of the evaluation of one request.

    Attributes:
        request: The request.
        allowed: Whether it is allowed.
        layers: Every layer that applies.
        refusing: The layer that denies, or the first that must allow and does not; None where the request is allowed.
    """

    request: RequestContext
    allowed: bool
    layers: Mapping[Layer, LayerDecision]
    refusing: Layer | None

    @property
    def explicit_deny(self) -> bool:
        """Whether a Deny statement applies; otherwise a denial is implicit."""
        verdict = None if self.refusing is None else self.layers.get(self.refusing)
        return verdict is not None and verdict.effect == "Deny"

    @property
    def reason(self) -> str:
        """The last part of AWS's refusal, e.g. ``because no session policy allows the s3:GetObject action``; empty where allowed."""
        return "" if self.refusing is None else self._reason(self.refusing)

    @property
    def callers_reason(self) -> str:
        """The reason, restricted to the caller's own policies; empty where they allow.

        It does not reveal whether the resource exists.
        """
        own = [self.layers[layer] for layer in _OWN if layer in self.layers]
        ranked = (each.layer for effect in ("Deny", "ImplicitDeny") for each in own if each.effect == effect)
        layer = self.refusing if self.refusing in _OWN else next(ranked, None)
        return "" if layer is None or self.allowed else self._reason(layer)

    def _reason(self, layer: Layer) -> str:
        verdict = self.layers.get(layer)
        if verdict is not None and verdict.effect == "Deny":
            denying = (each.arn for each in verdict.opinions if each.decision is not None and each.decision.effect == "Deny")
            return aws_texts.authorization.denied(layer, next(denying, ""))
        return aws_texts.authorization.not_allowed(layer, self.request.action)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions of all policies whose document is known."""
        return tuple(o.decision for verdict in self.layers.values() for o in verdict.opinions if o.decision is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """The resource of a request.

    Attributes:
        arn: ARN of the resource.
        account: Id of its account.
        policy: Its resource-based policy, or None.
        is_role: Whether that policy is the trust policy of a role, in which ``*`` alone does not allow within the account.
        organization: The organization of its account; None where that is in none, or not known.
        is_service_linked: Whether it is a service-linked role, which resource control policies do not bound.
    """

    arn: str
    account: str
    policy: Policy | None = None
    is_role: bool = False
    organization: Organization | None = None
    is_service_linked: bool = False

    @property
    def keys(self) -> dict[str, ContextValue]:
        """The condition keys by which policies know whose the resource is; none where its organization is not known."""
        return resource_keys(self.account, self.organization)


def resource_keys(account: str, organization: Organization | None) -> dict[str, ContextValue]:
    """Return the condition keys of a resource of *account*; none where its *organization* is not known."""
    if organization is None:
        return {}
    keys: dict[str, ContextValue] = {"aws:ResourceAccount": account, "aws:ResourceOrgID": organization.id}
    return keys | ({"aws:ResourceOrgPaths": organization.paths} if organization.paths else {})


def resource_of(
    arn: object, *, policy: object, account: object, caller: Caller, organization_of: Callable[[str], Organization | None] = lambda _: None
) -> Resource:
    """Return the resource of a request. Its account is *account*, or that of its ARN, or that of the caller.

    *organization_of* knows the organization of an account.

    Raises:
        ValidationError: *policy* is of a kind without principals, such as an identity policy, which would allow every caller; or another
            argument is invalid.
    """
    if not isinstance(arn, str) or not arn:
        raise _fault("resource", "an ARN, or `*`", arn)
    named = policy.kind in {Kind.RESOURCE, Kind.TRUST} if isinstance(policy, Policy) else policy is None
    if not named:
        raise _fault("resource-policy", "a Policy of kind resource or trust, or None", policy)
    if account is not None and (not isinstance(account, str) or ACCOUNT_ID.fullmatch(account) is None):
        raise _fault("resource-account", "twelve digits, or None", account)
    found = policy if isinstance(policy, Policy) else None
    place = account or account_in(arn) or caller.account
    is_role = found is not None and found.kind is Kind.TRUST
    return Resource(arn=arn, account=place, policy=found, is_role=is_role, organization=organization_of(place))


def account_in(arn: object) -> str | None:
    """Return the account id of an ARN; None where it has none."""
    fields = arn.split(":", 5) if isinstance(arn, str) else []
    return fields[4] or None if len(fields) == 6 and fields[0] == "arn" else None  # noqa: PLR2004 - the fields of an ARN


def _fault(check: StsCheck, expected: str, found: object) -> ValidationError:
    shown = show(found) if isinstance(found, str) else type(found).__name__
    return ValidationError(check=check, expected=expected, found=shown, remedy="correct the argument")


def request_of(caller: Caller, *, action: str, resource: str, keys: Mapping[str, ContextValue]) -> RequestContext:
    """Return the request for which the policies are evaluated."""
    return RequestContext(principal=caller.principal, action=action, resource=resource, keys=keys)


def evaluate(caller: Caller, *, action: str, resource: Resource, keys: Mapping[str, ContextValue]) -> Evaluation:
    """Return whether *caller* may perform *action* on *resource*. *keys* are all condition keys of the request."""
    request = request_of(caller, action=action, resource=resource.arn, keys=keys)
    layers = {verdict.layer: verdict for verdict in _verdicts(caller, resource, request)}
    denying = next((layer for layer, verdict in layers.items() if verdict.effect == "Deny"), None)
    refusing = denying if denying is not None else _first_silent(caller, resource, layers, request)
    return Evaluation(request=request, allowed=refusing is None, layers=layers, refusing=refusing)


def _verdicts(caller: Caller, resource: Resource, request: RequestContext) -> Iterator[LayerDecision]:
    if not caller.is_service_linked:
        yield from _controls(caller, resource, request)
    if resource.policy is not None:
        yield LayerDecision(Layer.RESOURCE, ((Opinion(resource.arn, resource.policy.evaluate(request)),),))
    permissions = caller.permissions
    yield LayerDecision(Layer.IDENTITY, (_opinions(permissions.identity, request),))
    if permissions.boundary is not None:
        yield LayerDecision(Layer.BOUNDARY, (_opinions(permissions.boundary, request),))
    if permissions.session is not None:
        yield LayerDecision(Layer.SESSION, (_opinions(permissions.session, request),))


def _controls(caller: Caller, resource: Resource, request: RequestContext) -> Iterator[LayerDecision]:
    """Yield what the policies of organizations say: of the resource's account, then of the caller's."""
    of_resource = () if resource.organization is None or resource.is_service_linked else resource.organization.resource_control
    if of_resource:
        named = caller.organization is not None and caller.organization.id == getattr(resource.organization, "id", None)
        yield _control(Layer.RESOURCE_CONTROL, of_resource, request, named=named)
    if caller.service_control:
        yield _control(Layer.SERVICE_CONTROL, caller.service_control, request, named=True)


def _control(layer: Layer, levels: tuple[ControlLevel, ...], request: RequestContext, *, named: bool) -> LayerDecision:
    """Return what the policies of *levels* say; AWS names them to callers of the same organization alone."""
    opinions = (_opinions(policies, request) for policies in control_levels(levels))
    return LayerDecision(layer, tuple(level if named else tuple(replace(each, arn="") for each in level) for level in opinions))


def _opinions(policies: tuple[Attached, ...], request: RequestContext) -> tuple[Opinion, ...]:
    return tuple(Opinion(each.source, None if each.policy is None else each.policy.evaluate(request), each.arn) for each in policies)


def _first_silent(caller: Caller, resource: Resource, layers: Mapping[Layer, LayerDecision], request: RequestContext) -> Layer | None:
    """Return the first layer that must allow and does not; None where all do. No layer denies."""
    controls = (layers.get(layer) for layer in (Layer.RESOURCE_CONTROL, Layer.SERVICE_CONTROL))
    bound = next((each.layer for each in controls if each is not None and each.effect != "Allow"), None)
    if bound is not None:
        return bound
    verdict = layers.get(Layer.RESOURCE)
    resource_allows = verdict is not None and verdict.effect == "Allow"
    silent = [layer for layer in _NARROWING if layer in layers and layers[layer].effect != "Allow"]
    foreign = resource.account != caller.account
    if foreign or resource.is_role:
        excused = _excused(caller, resource, request) if resource_allows and not foreign else frozenset()
        named = [layer for layer in silent if layer not in excused]
        return named[0] if named else None if resource_allows else Layer.RESOURCE
    excused = _excused(caller, resource, request) if resource_allows else frozenset()
    return next((layer for layer in silent if layer not in excused), None)


def _excused(caller: Caller, resource: Resource, request: RequestContext) -> frozenset[Layer]:
    """Return the layers that need not allow because a resource-based policy in the caller's account allows.

    A policy that names the session or a user grants directly, without an Allow of boundary and session policies. One that names the role
    grants within boundary and session policies. So does ``*``, except in a trust policy. One that names the account grants nothing by
    itself.
    """
    if resource.policy is None or caller.kind is CallerKind.ROOT_SESSION:
        # The ARN of a root means its account, and a root session is always limited to its task policy.
        return frozenset()
    if caller.kind not in _SESSIONS:
        via = resource.policy.evaluate(request).via
        return frozenset(_NARROWING) if via == "direct" else _excused_by_all(via, resource)
    itself = RequestContext(
        principal=Principal(caller.principal.type, caller.arn, frozenset({caller.arn})),
        action=request.action,
        resource=request.resource,
        keys=request.keys,
    )
    if resource.policy.evaluate(itself).via == "direct":
        return frozenset(_NARROWING)
    via = resource.policy.evaluate(request).via
    return frozenset({Layer.IDENTITY}) if via == "direct" else _excused_by_all(via, resource)


def _excused_by_all(via: str | None, resource: Resource) -> frozenset[Layer]:
    return frozenset({Layer.IDENTITY}) if via == "everyone" and not resource.is_role else frozenset()
