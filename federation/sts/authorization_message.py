"""Encoded authorization messages: why a request was denied, for the eyes of those alone who may call DecodeAuthorizationMessage.

A denial carries a sealed record of the statements that matched and of the request's context. It is sealed with the account's keyring, bound
to the account and to this purpose: no session token opens as a message, nor a message of another account. The record is not compressed
before it is sealed: parts of it are the caller's choice, and the length would tell how much of them a policy repeats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from federation import limits
from federation.errors import FederationError, InvalidAuthorizationMessageException
from federation.policy import Decision, RequestContext, StatementResult
from federation.sts.sealing import Sealer

_KIND: Final = b"D"
_TO_URL: Final = str.maketrans("+/", "-_", "=")
_FROM_URL: Final = str.maketrans("-_+/=", "+/   ")

Values = Mapping[str, str | Sequence[str]]
"""Condition key to its value or values, both in the order in which they are to be shown."""


@dataclass(frozen=True, slots=True)
class MatchedStatement:
    """One statement that took part in the decision.

    Attributes:
        statement_id: Its Sid, or empty.
        effect: ``ALLOW`` or ``DENY``.
        principals: Unique ids or names of the principals it speaks of.
        principal_groups: Groups among them.
        actions: Its actions, as written.
        resources: Its resources, as written.
        conditions: Condition keys and the values it compares them with.
    """

    statement_id: str
    effect: Literal["ALLOW", "DENY"]
    principals: Sequence[str] = ()
    principal_groups: Sequence[str] = ()
    actions: Sequence[str] = ()
    resources: Sequence[str] = ()
    conditions: Values = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Return the statement with the members, and in the order, that AWS shows."""
        return {
            "statementId": self.statement_id,
            "effect": self.effect,
            "principals": _values(self.principals),
            "principalGroups": _values(self.principal_groups),
            "actions": _values(self.actions),
            "resources": _values(self.resources),
            "conditions": _conditions(self.conditions),
        }


@dataclass(frozen=True, slots=True)
class RequestPrincipal:
    """Who asked: unique id (``AROA…:session`` for a role session), ARN, and for IAM users alone the name."""

    id: str
    arn: str
    name: str | None = None

    def as_dict(self) -> dict[str, str]:
        """Return the principal; ``name`` is absent where there is none."""
        named = {} if self.name is None else {"name": self.name}
        return {"id": self.id, **named, "arn": self.arn}


@dataclass(frozen=True, slots=True)
class AuthorizationContext:
    """The decision on one request, as DecodeAuthorizationMessage tells it (STS API reference, example of the operation).

    Attributes:
        principal: Who asked.
        action: What for, e.g. ``RunInstances`` or ``sts:AssumeRole``, as the refusing service names it.
        resource: On what, or None where the service names no resource.
        conditions: The request's condition keys and values.
        matched_statements: Statements that matched; empty when silence denied.
        allowed: Always False in a denial.
    """

    principal: RequestPrincipal
    action: str
    resource: str | None
    conditions: Values
    matched_statements: Sequence[MatchedStatement] = ()
    allowed: bool = False

    @classmethod
    def of(
        cls,
        decisions: Sequence[Decision],
        *,
        request: RequestContext,
        principal: RequestPrincipal,
        action: str | None = None,
        conditions: Values | None = None,
    ) -> AuthorizationContext:
        """Describe a request that one or more policies refused.

        Only statements that deny are told, as AWS does: a request that nothing allows matched none that matters.

        Args:
            decisions: What each policy that was asked answered; none where no policy has a say.
            request: What was asked of all of them.
            principal: Who asked, as the message names him.
            action: The action as the refusing service names it; the request's own when None.
            conditions: The condition keys that the refusing service tells of; all of the request's when None.
        """
        shown = request.keys if conditions is None else conditions
        owner = principal.id.partition(":")[0]  # a policy belongs to the role, not to its session
        denying = (each for decision in decisions if decision.effect == "Deny" for each in decision.statements)
        return cls(
            principal=principal,
            action=request.action if action is None else action,
            resource=request.resource,
            conditions={key: (value,) if isinstance(value, str) else tuple(value) for key, value in shown.items()},
            matched_statements=[_matched(each, owner) for each in denying if each.matched and each.effect == "Deny"],
        )

    @property
    def explicit_deny(self) -> bool:
        """A statement denies; otherwise no statement allowed."""
        return any(statement.effect == "DENY" for statement in self.matched_statements)

    def to_json(self) -> str:
        """Return the decoded message: compact JSON, members in AWS's order."""
        named = {} if self.resource is None else {"resource": self.resource}
        message = {
            "allowed": self.allowed,
            "explicitDeny": self.explicit_deny,
            "matchedStatements": {"items": [statement.as_dict() for statement in self.matched_statements]},
            "failures": {"items": []},
            "context": {
                "principal": self.principal.as_dict(),
                "action": self.action,
                **named,
                "conditions": _conditions(self.conditions),
            },
        }
        return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def encode(context: AuthorizationContext, sealer: Sealer) -> str:
    """Seal *context* for the account of *sealer*.

    Returns:
        Url-safe text of at most 10 240 characters.

    Raises:
        InvalidAuthorizationMessageException: The record would be longer. Nothing is left out of it silently; deny without a message.
    """
    # A context value may hold a lone surrogate from a JSON token; it must not turn a denial into a crash.
    payload = context.to_json().encode("utf-8", "backslashreplace")
    message = sealer.seal(payload, kind=_KIND).token.translate(_TO_URL)
    if len(message) > limits.ENCODED_MESSAGE_CHARS:
        raise InvalidAuthorizationMessageException(
            check="authorization-message-size",
            expected=f"an encoded message of at most {limits.ENCODED_MESSAGE_CHARS} characters",
            found=str(len(message)),
            remedy="deny without a message; the audit event keeps the decision",
        )
    return message


def decode(message: object, sealer: Sealer) -> str:
    """Open *message* and return the JSON text it seals.

    Raises:
        InvalidAuthorizationMessageException: *message* is not one that this account's keyring sealed; one text for every kind of damage.
    """
    if not isinstance(message, str) or not 0 < len(message) <= limits.ENCODED_MESSAGE_CHARS:
        raise _invalid()
    token = message.translate(_FROM_URL)
    try:
        return sealer.open(token + "=" * (-len(token) % 4), kind=_KIND).payload.decode("utf-8")
    except FederationError:
        raise _invalid() from None


def _invalid() -> InvalidAuthorizationMessageException:
    return InvalidAuthorizationMessageException(
        check="authorization-message",
        expected="an encoded authorization message of this account, whole",
        found="another text",
        remedy="copy the whole message from the error of the denied request; only the service that encoded it can decode it",
        message=InvalidAuthorizationMessageException.text,
    )


def _matched(statement: StatementResult, owner: str) -> MatchedStatement:
    conditions: dict[str, list[str]] = {}
    for condition in statement.conditions:
        conditions.setdefault(condition.key, []).extend(condition.expected)
    return MatchedStatement(
        statement_id=statement.sid or "",
        effect="DENY" if statement.effect == "Deny" else "ALLOW",
        principals=[owner],
        actions=statement.action.expected,
        resources=statement.resource.expected if statement.resource else (),
        conditions=conditions,
    )


def _values(values: Sequence[str]) -> dict[str, object]:
    return {"items": [{"value": value} for value in values]}


def _conditions(conditions: Values) -> dict[str, object]:
    listed = ((key, (values,) if isinstance(values, str) else values) for key, values in conditions.items())
    return {"items": [{"key": key, "values": _values(values)} for key, values in listed]}
