"""AWS's order of evaluation: which policies apply to a request, and how they combine (docs/observed.md 5.4, 5.5, 4.3).

A Deny of any policy overrides every Allow. Within one account a resource-based policy can allow by itself; which other policies must then
allow depends on the principal that it names. Between accounts, both sides must allow. Service and resource control policies are not part of
an account directory and are not evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from federation import aws_texts
from federation.account.model import ACCOUNT_ID
from federation.check_names import StsCheck
from federation.errors import ValidationError, show
from federation.identity import ContextValue
from federation.policy import Decision, Kind, Policy, Principal, RequestContext
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.permissions import Attached


class Layer(StrEnum):
    """The kinds of policy. The values are the terms of AWS's refusals."""

    RESOURCE = "resource-based policy"
    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"


_NARROWING: Final = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
"""The layers that must allow, in the order in which AWS reports the first that does not."""
_SESSIONS: Final = frozenset({CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER})


@dataclass(frozen=True, slots=True)
class Opinion:
    """The decision of one policy. It is None for a managed policy of AWS whose document is missing, which allows nothing."""

    source: str
    decision: Decision | None

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as plain data with its explanation."""
        return {"source": self.source, "decision": None if self.decision is None else self.decision.as_dict()}


@dataclass(frozen=True, slots=True)
class LayerDecision:
    """The combined decision of the policies of one layer: Deny if one denies, otherwise Allow if one allows."""

    layer: Layer
    opinions: tuple[Opinion, ...]
    effect: str = field(init=False)

    def __post_init__(self) -> None:
        effects = {opinion.decision.effect for opinion in self.opinions if opinion.decision is not None}
        object.__setattr__(self, "effect", next((effect for effect in ("Deny", "Allow") if effect in effects), "ImplicitDeny"))

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
        own = [self.layers[layer] for layer in _NARROWING if layer in self.layers]
        ranked = (each.layer for effect in ("Deny", "ImplicitDeny") for each in own if each.effect == effect)
        layer = self.refusing if self.refusing in _NARROWING else next(ranked, None)
        return "" if layer is None or self.allowed else self._reason(layer)

    def _reason(self, layer: Layer) -> str:
        verdict = self.layers.get(layer)
        if verdict is not None and verdict.effect == "Deny":
            return aws_texts.authorization.denied(layer)
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
    """

    arn: str
    account: str
    policy: Policy | None = None
    is_role: bool = False


def resource_of(arn: object, *, policy: object, account: object, caller: Caller) -> Resource:
    """Return the resource of a request. Its account is *account*, or that of its ARN, or that of the caller.

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
    return Resource(arn=arn, account=place, policy=found, is_role=found is not None and found.kind is Kind.TRUST)


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
    if resource.policy is not None:
        yield LayerDecision(Layer.RESOURCE, (Opinion(resource.arn, resource.policy.evaluate(request)),))
    permissions = caller.permissions
    yield LayerDecision(Layer.IDENTITY, tuple(_opinions(permissions.identity, request)))
    if permissions.boundary is not None:
        yield LayerDecision(Layer.BOUNDARY, tuple(_opinions(permissions.boundary, request)))
    if permissions.session is not None:
        yield LayerDecision(Layer.SESSION, tuple(_opinions(permissions.session, request)))


def _opinions(policies: tuple[Attached, ...], request: RequestContext) -> Iterator[Opinion]:
    for each in policies:
        yield Opinion(each.source, None if each.policy is None else each.policy.evaluate(request))


def _first_silent(caller: Caller, resource: Resource, layers: Mapping[Layer, LayerDecision], request: RequestContext) -> Layer | None:
    """Return the first layer that must allow and does not; None where all do. No layer denies."""
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
