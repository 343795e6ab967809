"""The context of a refusal: everything that explanations read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple, cast

from federation.account import Account, Role
from federation.account.issuers import by_issuer, find_oidc_provider
from federation.calls.record import Call
from federation.errors import AccessDenied, FederationError
from federation.explaining.trial import Trial, TrialOutcome
from federation.explanation import Obstacle, Question
from federation.jose.decode import decode_token
from federation.oidc.inspection import inspect_token, looks_like_jwt
from federation.policy import Decision
from federation.protocols import Provider
from federation.report import Report
from federation.saml.reading.inspection import inspect_response
from federation.saml.registration.provider import SamlProvider
from federation.sts.authorization.evaluation import Evaluation
from federation.sts.callers.caller import Caller
from federation.sts.operations.assume_role_with_saml import AssumeRoleWithSaml
from federation.sts.operations.assume_role_with_web_identity import AssumeRoleWithWebIdentity
from federation.sts.sessions.sealing import Sealer
from federation.validators import diagnose
from federation.vendors import ANY, Vendor, find_vendor

OIDC: Final = "oidc-id-token"
OAUTH: Final = "oauth-access-token"


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A refusal and what it was about. What is costly is worked out when an explanation asks for it.

    Attributes:
        refusal: The refusal that is explained.
        trial: What the login is judged by, as it was asked or as earlier edits would have made it; None where nobody asked a question.
        outcome: What became of the trial.
    """

    refusal: FederationError
    trial: Trial | None = None
    outcome: TrialOutcome | None = field(default=None, repr=False)

    @property
    def account(self) -> Account | None:
        """The account that was asked; None for `validate` and `diagnose`."""
        return None if self.trial is None else self.trial.account

    @property
    def call(self) -> Call | None:
        """The call record of the operation; None for `validate` and `diagnose`."""
        return None if self.trial is None else self.trial.call

    @property
    def operation(self) -> str:
        """The operation of the call, such as ``AssumeRoleWithSAML``; empty for `validate` and `diagnose`."""
        return "" if self.call is None else self.call.operation

    @cached_property
    def kept(self) -> dict[str, Any]:
        """Results that explanations computed, by room, for the next ones."""
        return {}

    @property
    def kind(self) -> str:
        """The kind of the token that is judged, such as ``oidc-id-token``; empty where that is not known."""
        if isinstance(self.call, AssumeRoleWithSaml):
            return SamlProvider.kind
        if isinstance(self.call, AssumeRoleWithWebIdentity):
            return OIDC if self.call.provider_id is None else OAUTH
        return "" if self.provider is None else self.provider.kind

    def parameter(self, name: str) -> object:
        """Return the parameter *name* of the call, by its name in Python; None where the call has none of that name."""
        return getattr(self.call, name, None)

    @property
    def token(self) -> object:
        """The token as it was given, text or octets; None where there is none. Never shown."""
        if self.call is None:
            return None if self.trial is None else self.trial.token
        return next((found for name in ("saml_assertion", "web_identity_token") if (found := self.parameter(name)) is not None), None)

    @cached_property
    def provider(self) -> Provider | None:
        """The provider by which the token is judged; None where none fits."""
        account, call = self.account, self.call
        if account is None or call is None:
            return None if self.trial is None else self.trial.provider
        named = getattr(call, "principal_arn", None) or getattr(call, "provider_id", None)
        if named is not None:
            tables = (account.saml_providers, account.oauth_providers, account.plugin_providers)
            return next((table[named] for table in tables if isinstance(named, str) and named in table), None)
        try:
            return find_oidc_provider(decode_token(self.token), by_issuer(account.oidc_providers.values()))
        except FederationError:
            return None

    @cached_property
    def report(self) -> Report | None:
        """The result of every check of the token; None where no provider fits."""
        if self.trial is None or self.provider is None:
            return None
        try:
            return diagnose(self.token, self.provider, at=self.trial.at)
        except FederationError:
            return None

    @cached_property
    def claims(self) -> Mapping[str, Any]:
        """The unverified claims of the token: those of a JWT, or the result of `inspect_response`; empty where unreadable."""
        if self._inspected is not None:
            claims: Mapping[str, Any] = self._inspected["claims"]
            return claims
        return {} if self.token is None or looks_like_jwt(self.token) else inspect_response(self.token)

    @property
    def header(self) -> Mapping[str, Any]:
        """The header of a JWT, unverified; empty for other tokens, and where it is unreadable."""
        header: Mapping[str, Any] = {} if self._inspected is None else self._inspected["header"]
        return header

    @cached_property
    def _inspected(self) -> Mapping[str, Any] | None:
        if not looks_like_jwt(self.token):
            return None
        try:
            return inspect_token(self.token)
        except FederationError:
            return None

    @property
    def vendor(self) -> Vendor:
        """The vendor of the provider of a web identity; `ANY` where none is known."""
        issuer = getattr(self.provider, "name", None) or self.claims.get("iss")
        return find_vendor(issuer.removeprefix("https://")) if isinstance(issuer, str) else ANY

    @property
    def decision(self) -> Decision | None:
        """The decision of the trust policy; None where it is not the one that refuses."""
        found = cast("Decision | None", self.refusal.decision) if isinstance(self.refusal, AccessDenied) else None
        return None if found is None or found.policy else found

    @property
    def evaluation(self) -> Evaluation | None:
        """What every policy says of a signed call; None where the refusal is not theirs."""
        return cast("Evaluation | None", self.refusal.evaluation) if isinstance(self.refusal, AccessDenied) else None

    @property
    def point(self) -> tuple[object, ...]:
        """What refuses: the check, and of policies the action and the kind of policy. Two refusals at one point have one reason."""
        evaluation = self.evaluation
        return (self.refusal.check,) if evaluation is None else (self.refusal.check, evaluation.request.action, evaluation.refusing)

    @property
    def role(self) -> Role | None:
        """The role of the call, where the account has it."""
        role_arn = self.parameter("role_arn")
        return self.account.roles.get(role_arn) if self.account is not None and isinstance(role_arn, str) else None


Explain = Callable[[Situation], Obstacle]
"""Explains the refusals of one check."""
Assume = Callable[[Situation], Trial | None]
"""Returns the trial as it would be if one check were met; None where nobody can know that."""


class Row(NamedTuple):
    """How one check is explained, and what is judged next: the login as if the check were met. None: nothing can be judged after it."""

    explain: Explain
    assume: Assume | None = None


def situation_of(refusal: FederationError) -> Situation:
    """Return all that is at hand about *refusal*."""
    question = refusal.question
    if question is None:
        return Situation(refusal=refusal)
    trial = _trial(question)
    outcome = trial.outcome()
    return Situation(refusal=refusal, trial=trial, outcome=outcome)


def _trial(question: Question) -> Trial:
    account = cast("Account | None", question.account)
    return Trial(
        at=question.at,
        token=question.token,
        provider=cast("Provider | None", question.provider),
        account=account,
        sealer=None if account is None else Sealer(account.keyring, account.id),
        call=cast("Call | None", question.call),
        caller=cast("Caller | None", question.caller),
        callers_account=cast("Account | None", question.callers_account),
    )
