"""All that is at hand when a refusal is explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from federation.account import Account, Role
from federation.errors import AccessDenied, FederationError
from federation.explanation import Obstacle, Question
from federation.oidc.inspection import inspect_token, looks_like_jwt
from federation.policy import Decision
from federation.protocols import Provider
from federation.report import Report
from federation.saml.inspection import inspect_response
from federation.sts.parameters.record import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A refusal and what it was about.

    Attributes:
        refusal: The refusal.
        at: The instant that was judged at, aware UTC; None where nobody asked a question.
        token: The token as it was given, text or octets; None where there is none. Never shown.
        provider: The provider by which the token was judged, or would be; None where none fits.
        account: The account that was asked; None for `validate` and `diagnose`.
        call: The call record of the operation; None for `validate` and `diagnose`.
        report: What every check says of the token; None where no provider fits.
        claims: What the token says of itself, unverified: the claims of a JWT, or what `inspect_response` returns.
        decision: What the trust policy says; None where it was not asked.
        role: The role of the call, where the account has it.
    """

    refusal: FederationError
    at: datetime | None = None
    token: object = field(default=None, repr=False)
    provider: Provider | None = None
    account: Account | None = None
    call: Call | None = None
    report: Report | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    decision: Decision | None = None
    role: Role | None = None

    @property
    def operation(self) -> str:
        """The operation of the call, such as ``AssumeRoleWithSAML``; empty for `validate` and `diagnose`."""
        return "" if self.call is None else self.call.operation

    def parameter(self, name: str) -> object:
        """Return the parameter *name* of the call, by its name in Python; None where the call has none of that name."""
        return getattr(self.call, name, None)

    def about(self, refusal: FederationError) -> Situation:
        """Return the same situation for another of its refusals."""
        return replace(self, refusal=refusal)


Explain = Callable[[Situation], Obstacle]
"""Explains the refusals of one check."""


def situation_of(refusal: FederationError) -> Situation:
    """Return all that is at hand about *refusal*."""
    question = refusal.question
    decision = cast("Decision | None", refusal.decision) if isinstance(refusal, AccessDenied) else None
    if question is None:
        return Situation(refusal=refusal, decision=decision)
    call = cast("Call | None", question.call)
    account = cast("Account | None", question.account)
    token = _token(question, call)
    role_arn = getattr(call, "role_arn", None)
    return Situation(
        refusal=refusal,
        at=question.at,
        token=token,
        provider=cast("Provider | None", question.provider),
        account=account,
        call=call,
        claims=_claims(token),
        decision=decision,
        role=account.roles.get(role_arn) if account is not None and isinstance(role_arn, str) else None,
    )


def _token(question: Question, call: Call | None) -> object:
    return next(
        (found for name in ("saml_assertion", "web_identity_token") if (found := getattr(call, name, None)) is not None), question.token
    )


def _claims(token: object) -> Mapping[str, Any]:
    if token is None:
        return {}
    if not looks_like_jwt(token):
        return inspect_response(token)
    try:
        claims: Mapping[str, Any] = inspect_token(token)["claims"]
    except FederationError:
        return {}
    return claims
