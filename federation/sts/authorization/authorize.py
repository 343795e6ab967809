"""Whether a caller may do something, with AWS's words for the refusal and a message that only those may read who may decode it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from federation.errors import AccessDenied, FederationError, ValidationError, show
from federation.identity import ContextValue
from federation.sts.authorization.evaluation import Evaluation, Resource, evaluate
from federation.sts.authorization_message import AuthorizationContext, RequestPrincipal, encode
from federation.sts.callers.caller import Caller
from federation.sts.sealing import Sealer

_SERVICE_KEY: Final = "aws:Service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """The answer to one request.

    Attributes:
        caller: Who asked.
        evaluation: The answer and every layer behind it.
        encoded_message: For a denial, what DecodeAuthorizationMessage opens; None where it would be too long, and for a grant.
    """

    caller: Caller
    evaluation: Evaluation
    encoded_message: str | None = field(default=None, repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the caller may."""
        return self.evaluation.allowed

    @property
    def explicit_deny(self) -> bool:
        """Whether a statement denies; otherwise a layer is silent."""
        return self.evaluation.explicit_deny

    @property
    def reason(self) -> str:
        """The end of AWS's refusal, such as ``because no identity-based policy allows the s3:GetObject action``; empty for a grant."""
        return self.evaluation.reason

    @property
    def message(self) -> str:
        """AWS's refusal, whole; empty for a grant."""
        return "" if self.allowed else refusal_text(self.caller, self.evaluation, reason=self.reason)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer and its explanation as plain data: the documented schema of ``--json``."""
        request, refusing = self.evaluation.request, self.evaluation.refusing
        return {
            "allowed": self.allowed,
            "explicit_deny": self.explicit_deny,
            "message": self.message or None,
            "principal": self.caller.arn,
            "action": request.action,
            "resource": request.resource,
            "refusing": None if refusing is None else refusing.value,
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
) -> Authorization:
    """Decide whether *caller* may do *action* on *resource*.

    Args:
        caller: Who asks.
        action: E.g. ``s3:GetObject``.
        resource: On what.
        context: Condition keys that the service adds to those every request of the caller has.
        sealer: Seals the message of a denial.
        at: The instant to judge at, aware UTC.

    Raises:
        ValidationError: *context* holds a key that the caller's own facts decide, or a value of another type.
    """
    evaluation = evaluate(caller, action=action, resource=resource, keys=_merged(caller, context, at))
    message = None if evaluation.allowed else _encoded(caller, evaluation, context, sealer)
    return Authorization(caller=caller, evaluation=evaluation, encoded_message=message)


def refuse(authorization: Authorization, *, reason: str = "", otherwise: str = "") -> AccessDenied:
    """Return the refusal of an operation.

    Args:
        authorization: Why.
        reason: Ends the message, where AWS was seen to tell one.
        otherwise: What was found, where the policies allow and something else does not.
    """
    evaluation, request = authorization.evaluation, authorization.evaluation.request
    deciding = None if evaluation.refusing is None else evaluation.layers.get(evaluation.refusing)
    decisions = () if deciding is None else [o.decision for o in deciding.opinions if o.decision is not None]
    decision = next((d for d in decisions if d.effect == "Deny"), next(iter(decisions), None))
    nearest = None if decision is None else decision.nearest
    refusal = AccessDenied(
        check="authorization",
        expected=f"policies that allow {request.action} on {show(request.resource)}",
        found=(authorization.reason or otherwise) + ("" if nearest is None else f"; nearest miss: {nearest.sentence}"),
        remedy="correct the policies, or ask somebody who may; `federation policy evaluate` shows every policy",
        message=refusal_text(authorization.caller, evaluation, reason=reason),
        decision=decision,
    )
    refusal.encoded_message = authorization.encoded_message
    return refusal


def refusal_text(caller: Caller, evaluation: Evaluation, *, reason: str) -> str:
    """Return AWS's words for a denial."""
    request = evaluation.request
    where = "" if request.resource is None else f" on resource: {request.resource}"
    return f"User: {caller.arn} is not authorized to perform: {request.action}{where}" + (f" {reason}" if reason else "")


def _merged(caller: Caller, context: Mapping[str, str | Sequence[str]], at: datetime) -> dict[str, ContextValue]:
    """Return all condition keys of the request: what the service adds must not take the place of what the caller is (attack row A13)."""
    if not isinstance(context, Mapping) or not all(isinstance(key, str) for key in context):
        raise _wrong_context("a mapping of condition keys", type(context).__name__)
    own = caller.context_keys(at)
    decided = {key.lower() for key in own}
    taken = next((key for key in context if key.lower() in decided or key.lower().startswith("aws:principaltag/")), None)
    if taken is not None:
        raise _wrong_context("keys of the service alone", show(taken))
    added = {key: value if isinstance(value, str) else tuple(value) for key, value in context.items() if _is_value(key, value)}
    return {**added, **own}


def _is_value(key: str, value: object) -> bool:
    if isinstance(value, str) or (isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)):
        return True
    raise _wrong_context(f"text or a list of text for {show(key)}", type(value).__name__)


def _wrong_context(expected: str, found: str) -> ValidationError:
    return ValidationError(
        check="context-keys", expected=expected, found=found, remedy="pass what the service knows of the request; the caller tells the rest"
    )


def _encoded(caller: Caller, evaluation: Evaluation, context: Mapping[str, str | Sequence[str]], sealer: Sealer) -> str | None:
    """Seal what is told of a denial: the service's own condition keys and the statements that deny.

    A service that names itself in ``aws:Service`` leaves its name off the action, as EC2 does in AWS's documented example.
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
