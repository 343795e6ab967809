"""The decision whether a caller may perform an action, with AWS's text and the encoded message of a denial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, Final

from federation import aws_texts
from federation.condition_keys import SECURE_TRANSPORT
from federation.errors import AccessDenied, FederationError, ValidationError, show
from federation.identity import ContextValue
from federation.sts.authorization.evaluation import Evaluation, Resource, evaluate, request_of
from federation.sts.authorization.gate import Bar
from federation.sts.authorization.message import AuthorizationContext, RequestPrincipal, encode
from federation.sts.callers.caller import Caller
from federation.sts.sessions.sealing import Sealer

_SERVICE_KEY: Final = "aws:Service"
_NO_KEYS: Final[Mapping[str, ContextValue]] = MappingProxyType({})


class Told(Enum):
    """How much of the reason the message of a refusal contains, as observed of AWS."""

    ALL = auto()
    OWN = auto()
    """Only the part about the caller's own policies, so that the message does not reveal whether the resource exists."""
    NOTHING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """The decision on one request by all policies.

    Attributes:
        caller: The caller.
        evaluation: The result of the policies, with every layer.
        bar: A rule other than a policy that refuses; None where there is none.
        told: How much of the reason the message contains.
        named: What the message calls the resource; its ARN when None.
        encoded_message: For a denial, the message for DecodeAuthorizationMessage; None where it would be too long, and for a grant.
    """

    caller: Caller
    evaluation: Evaluation
    bar: Bar | None = None
    told: Told = Told.ALL
    named: str | None = None
    encoded_message: str | None = field(default=None, repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the request is allowed."""
        return self.evaluation.allowed and self.bar is None

    @property
    def explicit_deny(self) -> bool:
        """Whether a Deny statement applies; otherwise a denial is implicit."""
        return self.evaluation.explicit_deny

    @property
    def reason(self) -> str:
        """The reason of a denial, such as ``because no identity-based policy allows the s3:GetObject action``; empty for a grant."""
        return self.evaluation.reason if self.bar is None else self.bar.reason

    @property
    def message(self) -> str:
        """The whole text of AWS for the denial; empty for a grant."""
        if self.allowed:
            return ""
        if self.bar is not None and self.bar.message:
            return self.bar.message
        request = self.evaluation.request
        told = {Told.ALL: self.evaluation.reason, Told.OWN: self.evaluation.callers_reason, Told.NOTHING: ""}[self.told]
        return aws_texts.authorization.signed(self.caller.arn, request.action, self.named or request.resource, told)

    def as_dict(self) -> dict[str, Any]:
        """Return the decision and its explanation as plain data: the documented schema of ``--json``."""
        request, refusing = self.evaluation.request, self.evaluation.refusing
        return {
            "allowed": self.allowed,
            "explicit_deny": self.explicit_deny,
            "message": self.message or None,
            "principal": self.caller.arn,
            "action": request.action,
            "resource": request.resource,
            "refusing": None if refusing is None else refusing.value,
            "barred": None if self.bar is None else self.bar.reason,
            "layers": [verdict.as_dict() for verdict in self.evaluation.layers.values()],
            "encoded_message": self.encoded_message,
        }


def authorize(
    caller: Caller,
    *,
    action: str,
    resource: Resource,
    context: Mapping[str, str | Sequence[str]],
    sealer: Sealer,
    at: datetime,
    bar: Bar | None = None,
    told: Told = Told.ALL,
) -> Authorization:
    """Return whether *caller* may perform *action* on *resource*.

    Args:
        caller: The caller.
        action: The action, e.g. ``s3:GetObject``.
        resource: The resource.
        context: Condition keys of the service, in addition to those of every request of the caller.
        sealer: Seals the message of a denial.
        at: The time to judge at, aware UTC.
        bar: A rule other than a policy that refuses; None where there is none.
        told: How much of the reason the message contains.

    Raises:
        ValidationError: *context* has a key that is derived from the caller, or a value of another type.
    """
    evaluation = evaluate(caller, action=action, resource=resource, keys=_merged(caller, context, at, of_resource=resource.keys))
    message = None if evaluation.allowed else _encoded(caller, evaluation, context, sealer.at(at))
    return Authorization(caller=caller, evaluation=evaluation, bar=bar, told=told, encoded_message=message)


def grant(
    caller: Caller, *, action: str, context: Mapping[str, str | Sequence[str]], at: datetime, bar: Bar | None = None
) -> Authorization:
    """Return the decision on an action that no policy can deny. The arguments are those of `authorize`."""
    request = request_of(caller, action=action, resource="*", keys=_merged(caller, context, at))
    return Authorization(caller=caller, evaluation=Evaluation(request=request, allowed=True, layers={}, refusing=None), bar=bar)


def refuse(authorization: Authorization) -> AccessDenied:
    """Return the refusal of an operation that *authorization* does not allow."""
    evaluation, request = authorization.evaluation, authorization.evaluation.request
    deciding = None if evaluation.refusing is None else evaluation.layers.get(evaluation.refusing)
    decisions = () if deciding is None else [o.decision for o in deciding.opinions if o.decision is not None]
    decision = next((d for d in decisions if d.effect == "Deny"), next(iter(decisions), None))
    nearest = None if decision is None else decision.nearest
    refusal = AccessDenied(
        check="authorization",
        expected=f"policies that allow {request.action} on {show(request.resource)}",
        found=(evaluation.reason or authorization.reason) + ("" if nearest is None else f"; nearest miss: {nearest.sentence}"),
        remedy="correct the policies, or call as a principal that they allow; `federation policy evaluate` shows every policy",
        message=authorization.message,
        decision=decision,
    )
    refusal.encoded_message = authorization.encoded_message
    refusal.evaluation = evaluation
    return refusal


def _merged(
    caller: Caller, context: Mapping[str, str | Sequence[str]], at: datetime, *, of_resource: Mapping[str, ContextValue] = _NO_KEYS
) -> dict[str, ContextValue]:
    """Return all condition keys of the request. *context* must not replace a key of the caller or of the resource (attack row A13).

    Keys of the transport may be in *context*. By default the request used TLS and the region of the signature.
    """
    if not isinstance(context, Mapping) or not all(isinstance(key, str) for key in context):
        raise _wrong_context("a mapping of condition keys", type(context).__name__)
    own = {**of_resource, **caller.context_keys(at)}
    decided = {key.lower() for key in own}
    taken = next((key for key in context if key.lower() in decided or key.lower().startswith("aws:principaltag/")), None)
    if taken is not None:
        raise _wrong_context("keys of the service alone", show(taken))
    added = {key: value if isinstance(value, str) else tuple(value) for key, value in context.items() if _is_value(key, value)}
    said = {key.lower() for key in added}
    came = {**SECURE_TRANSPORT, "aws:RequestedRegion": caller.region}
    return {**{key: value for key, value in came.items() if key.lower() not in said}, **added, **own}


def _is_value(key: str, value: object) -> bool:
    if isinstance(value, str) or (isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)):
        return True
    raise _wrong_context(f"text or a list of text for {show(key)}", type(value).__name__)


def _wrong_context(expected: str, found: str) -> ValidationError:
    return ValidationError(
        check="context-keys",
        expected=expected,
        found=found,
        remedy="pass the keys that the service knows; keys of the caller are added to them",
    )


def _encoded(caller: Caller, evaluation: Evaluation, context: Mapping[str, str | Sequence[str]], sealer: Sealer) -> str | None:
    """Return the encoded message of a denial, with the condition keys of the service and the Deny statements.

    With the condition key ``aws:Service``, the action is shown without the service prefix, as for EC2 in AWS's documented example.
    """
    request = evaluation.request
    service, _, operation = request.action.partition(":")
    action = operation if service and context.get(_SERVICE_KEY) == service else request.action
    principal = RequestPrincipal(id=caller.user_id, arn=caller.arn, name=caller.name)
    told = AuthorizationContext.of(evaluation.decisions, request=request, principal=principal, action=action, conditions=context)
    try:
        return encode(told, sealer)
    except FederationError:
        return None
