"""Encoded authorization messages: the reasons of a denial, readable only by callers that may call DecodeAuthorizationMessage.

The message seals the matched statements and the condition keys of the request with the account's keyring. The seal is bound to the account
and to this purpose, so that neither a session token nor a message of another account can be opened as a message. The record is not
compressed: the caller chooses parts of it, and the compressed length would reveal whether a policy repeats them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from federation import aws_texts, limits
from federation.condition_keys import ConditionValues
from federation.errors import FederationError, InvalidAuthorizationMessageException
from federation.policy import Decision, RequestContext, StatementResult
from federation.sts.sessions.sealing import Sealer

_KIND: Final = b"D"
_TO_URL: Final = str.maketrans("+/", "-_", "=")
_FROM_URL: Final = str.maketrans("-_+/=", "+/   ")


@dataclass(frozen=True, slots=True)
class MatchedStatement:
    """A statement that decided.

    Attributes:
        statement_id: Its Sid, or empty.
        effect: ``ALLOW`` or ``DENY``.
        principals: Unique ids or names of the principals to which it applies.
        principal_groups: Groups among them.
        actions: Its actions as spelled.
        resources: Its resources as spelled.
        conditions: Its condition keys and their values.
    """

    statement_id: str
    effect: Literal["ALLOW", "DENY"]
    principals: Sequence[str] = ()
    principal_groups: Sequence[str] = ()
    actions: Sequence[str] = ()
    resources: Sequence[str] = ()
    conditions: ConditionValues = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Return the statement with the members of AWS's messages, in their order."""
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
    """The caller: unique id (``AROA…:session`` for a role session), ARN, and the name for IAM users only."""

    id: str
    arn: str
    name: str | None = None

    def as_dict(self) -> dict[str, str]:
        """Return the principal; ``name`` is absent where there is none."""
        named = {} if self.name is None else {"name": self.name}
        return {"id": self.id, **named, "arn": self.arn}


@dataclass(frozen=True, slots=True)
class AuthorizationContext:
    """The decision on one request, as DecodeAuthorizationMessage returns it (STS API reference, example of the operation).

    Attributes:
        principal: The caller.
        action: The action as the refusing service names it, e.g. ``RunInstances`` or ``sts:AssumeRole``.
        resource: The resource; None where the service names none.
        conditions: The request's condition keys and values.
        matched_statements: The Deny statements that apply; empty for an implicit deny.
        allowed: Always False in a denial.
    """

    principal: RequestPrincipal
    action: str
    resource: str | None
    conditions: ConditionValues
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
        conditions: ConditionValues | None = None,
    ) -> AuthorizationContext:
        """Return the context of a request that one or more policies denied.

        It includes only Deny statements, as in AWS. An implicit deny has no matched statement.

        Args:
            decisions: The decision of each evaluated policy; empty where none was evaluated.
            request: The request for which they were evaluated.
            principal: The caller as the message names it.
            action: The action as the refusing service names it; that of the request when None.
            conditions: The condition keys of the message; all of the request when None.
        """
        shown = request.keys if conditions is None else conditions
        owner = principal.id.partition(":")[0]  # a policy is attached to the role, not to its session
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
        """Whether a Deny statement applies; otherwise it is an implicit deny."""
        return any(statement.effect == "DENY" for statement in self.matched_statements)

    def to_json(self) -> str:
        """Return the decoded message: compact JSON with the members in AWS's order."""
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
    """Return the encoded message of *context*: URL-safe text of at most `limits.ENCODED_MESSAGE_CHARS` characters.

    Raises:
        InvalidAuthorizationMessageException: The message would be longer. The caller then denies without a message.
    """
    # A condition key may hold a lone surrogate from a JSON token, for which strict UTF-8 encoding would raise.
    payload = context.to_json().encode("utf-8", "backslashreplace")
    message = sealer.seal(payload, kind=_KIND).token.translate(_TO_URL)
    if len(message) > limits.ENCODED_MESSAGE_CHARS:
        raise InvalidAuthorizationMessageException(
            check="authorization-message-size",
            expected=f"an encoded message of at most {limits.ENCODED_MESSAGE_CHARS} characters",
            found=str(len(message)),
            remedy="deny without an encoded message; the audit event keeps the decision",
        )
    return message


def decode(message: object, sealer: Sealer) -> str:
    """Return the JSON text of the encoded *message*.

    Raises:
        InvalidAuthorizationMessageException: No key of the account's keyring opens *message*. The text is the same for every defect.
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
        message=aws_texts.authorization.ENCODED_MESSAGE,
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


def _conditions(conditions: ConditionValues) -> dict[str, object]:
    listed = ((key, (values,) if isinstance(values, str) else values) for key, values in conditions.items())
    return {"items": [{"key": key, "values": _values(values)} for key, values in listed]}
