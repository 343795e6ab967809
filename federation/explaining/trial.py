"""A login judged again: as it was asked, or as it would be once an edit is made.

Nothing here grants anything: no session leaves this module, no use of a token is remembered and nothing is recorded.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from federation.account import Account
from federation.account.issuers import by_issuer
from federation.calls.record import Call
from federation.errors import FederationError
from federation.identity import VerifiedIdentity
from federation.protocols import Provider
from federation.report import enforce, kept
from federation.state import MemoryState
from federation.sts.callers.caller import Caller
from federation.sts.callers.resolution import Callers
from federation.sts.callers.served import ServedAccount
from federation.sts.login.context import LoginContext, LoginFacts
from federation.sts.login.federated import issue
from federation.sts.login.saml_attributes import CHECKS, read_what_holds
from federation.sts.login.verified_login import SessionRequest, VerifiedLogin
from federation.sts.operations.assume_role import AssumeRole, assume_role
from federation.sts.operations.assume_role_with_saml import AssumeRoleWithSaml, assume_role_with_saml
from federation.sts.operations.assume_role_with_web_identity import AssumeRoleWithWebIdentity, assume_role_with_web_identity
from federation.sts.operations.assume_root import AssumeRoot, assume_root
from federation.sts.operations.context import Context
from federation.sts.operations.inspection import (
    DecodeAuthorizationMessage,
    GetAccessKeyInfo,
    decode_authorization_message,
    get_access_key_info,
)
from federation.sts.operations.session_tokens import GetFederationToken, get_federation_token
from federation.sts.operations.web_identity_token import GetWebIdentityToken, get_web_identity_token
from federation.sts.sessions.sealing import Sealer
from federation.validators import validate

T = TypeVar("T")
_OF_SESSION: Final = frozenset({"duration_seconds", "policy", "policy_arns", "minimum_session_token_size"})
"""Parameters that the token is not judged by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOutcome:
    """The outcome of a trial.

    Attributes:
        refusal: The first refusal; None where the login would succeed.
        identity: Whom the token proved; None where it proved nobody.
        request: What the login asks its session to be; None where that was not reached.
    """

    refusal: FederationError | None
    identity: VerifiedIdentity | None = None
    request: SessionRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a login is judged by.

    Attributes:
        at: The instant to judge at, aware UTC.
        token: The token as `validate` takes it. Never shown.
        provider: The provider for `validate`; None for an operation, which finds one.
        account: The account of an operation; None for `validate`.
        call: The call record of the operation; None for `validate`.
        caller: Who signed the call; None for `validate` and a federated login.
        callers_account: The account of the caller; None likewise.
        sealer: The sealer of the account, which trials that come of one another share; None where each makes its own.
        unproved: Whether the claims of the token were proved by no registered key, and are taken for granted.
        met: Checks of the attributes of a SAML assertion that are taken as met.
        proved: What became of the same trial by another trust policy; the token need not be judged again. None where nothing is known.
    """

    at: datetime
    token: object = field(default=None, repr=False)
    provider: Provider | None = field(default=None, repr=False)
    account: Account | None = field(default=None, repr=False)
    call: Call | None = None
    caller: Caller | None = field(default=None, repr=False)
    callers_account: Account | None = field(default=None, repr=False)
    sealer: Sealer | None = field(default=None, repr=False)
    unproved: bool = False
    met: frozenset[str] = frozenset()
    proved: TrialOutcome | None = field(default=None, repr=False)

    def outcome(self) -> TrialOutcome:
        """Run the trial and return its outcome."""
        facts = LoginFacts()
        try:
            if self.account is not None and self.call is not None:
                _run(self, self.account, self.call, facts)
            elif self.provider is not None:
                facts.identity = validate(self.token, self.provider, at=self.at)
        except FederationError as refusal:
            return TrialOutcome(refusal=kept(refusal), identity=facts.identity, request=facts.request)
        return TrialOutcome(refusal=None, identity=facts.identity, request=facts.request)

    def with_provider(self, provider: Provider, **changes: object) -> Trial:
        """Return the same trial where *provider* has other attributes, as a registration with other settings would have."""
        changed = as_if(provider, **changes)
        if self.account is None:
            return replace(self, provider=changed, proved=None)
        tables = ("saml_providers", "oidc_providers", "oauth_providers", "plugin_providers")
        others: dict[str, Any] = {
            table: {name: changed if each is provider else each for name, each in getattr(self.account, table).items()} for table in tables
        }
        return replace(self, account=replace(self.account, **others), proved=None)

    def past(self, check: str) -> Trial:
        """Return the same trial where *check* of the attributes of a SAML assertion is taken as met."""
        return replace(self, met=self.met | {check}, proved=None)

    def with_call(self, **changes: object) -> Trial:
        """Return the same trial of a call with other parameters."""
        proved = self.proved if changes.keys() <= _OF_SESSION else None
        return self if self.call is None else replace(self, call=replace(self.call, **changes), proved=proved)  # type: ignore[type-var]  # a dataclass


def as_if(provider: T, **changes: object) -> T:
    """Return a copy of *provider* with other attributes. It is for trials: nothing has checked that they can be registered."""
    changed = copy(provider)
    for name, value in changes.items():
        object.__setattr__(changed, name, value)
    return changed


def _run(trial: Trial, account: Account, call: Call, facts: LoginFacts) -> None:
    sealer = trial.sealer or Sealer(account.keyring, account.id)
    if trial.caller is not None:
        _run_signed(call, ServedAccount(account, sealer, Callers(account, sealer)), trial.caller, trial.at)
        return
    context = LoginContext(account, by_issuer(account.oidc_providers.values()), sealer.at(trial.at), None, trial.at)
    proved = trial.proved
    if isinstance(call, AssumeRoleWithSaml | AssumeRoleWithWebIdentity) and proved is not None and proved.identity and proved.request:
        facts.identity, facts.request = proved.identity, proved.request
        issue(call, proved.identity, proved.request, context, single_use=False)
    elif isinstance(call, AssumeRoleWithSaml):
        if trial.met:
            _run_past(call, context, facts, trial.met)
        else:
            assume_role_with_saml(call, context, facts)
    elif isinstance(call, AssumeRoleWithWebIdentity):
        assume_role_with_web_identity(call, context, facts)


def _run_signed(call: Call, served: ServedAccount, caller: Caller, at: datetime) -> None:
    """Run a signed operation that policies can refuse. What it would use up, such as an MFA code, is used up in a state of its own."""
    context = Context(
        account=served.account, sealer=served.sealer.at(at), callers=served.callers, caller=caller, state=MemoryState(), at=at
    )
    if isinstance(call, AssumeRole):
        assume_role(call, context)
    elif isinstance(call, GetFederationToken):
        get_federation_token(call, context)
    elif isinstance(call, GetWebIdentityToken):
        get_web_identity_token(call, context)
    elif isinstance(call, AssumeRoot):
        assume_root(call, context)
    elif isinstance(call, DecodeAuthorizationMessage):
        decode_authorization_message(call, context)
    elif isinstance(call, GetAccessKeyInfo):
        get_access_key_info(call, context)


def _run_past(call: AssumeRoleWithSaml, context: LoginContext, facts: LoginFacts, met: frozenset[str]) -> None:
    """Run the steps of AssumeRoleWithSAML from the validation on, without the checks *met* of the attributes."""
    facts.identity = identity = validate(call.saml_assertion, context.account.saml_providers[call.principal_arn], at=context.at)
    verified = VerifiedLogin(identity, call.role_arn, call.principal_arn)
    enforce([check for check in CHECKS if check.name not in met], verified)
    facts.request = request = read_what_holds(verified)
    issue(call, identity, request, context, single_use=False)
