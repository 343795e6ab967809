"""What the policies of an account say of a recorded login, in three values.

The record stands for the token: whom it names was proved when AWS judged it. Asked again are the role, the provider and the audience that
it is registered for, the trust policy with every action of the login, resource control policies, and the duration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final

from federation import aws_texts
from federation.account import Account, Role
from federation.errors import AccessDenied, FederationError, InvalidIdentityToken, show
from federation.evidence.cloudtrail.knowable import RecordKeys, keys_of, provider_host, session_of
from federation.evidence.cloudtrail.login_record import SAML, LoginRecord
from federation.identity import ContextValue
from federation.policy import Policy, RequestContext
from federation.policy.favourable import favourable
from federation.policy.partial import PartialDecision, UndecidedCondition
from federation.sts.login import trust
from federation.sts.login.partial_trust import PartialTrust, decide_partially, keys_of_login
from federation.sts.sessions.lifetime import session_period
from federation.vendors import BUILT_IN

_MOST_ANSWERS: Final = 4_096
"""Answers that a judge keeps; when there are so many, it begins anew."""
_REGISTER: Final = "register the provider again, or have the role trust another one"
_UNKNOWN: Final = object()
"""In a question: nobody knows what the request had for the key."""


@dataclass(frozen=True, kw_only=True)
class LoginVerdict:
    """What an account says of a recorded login.

    Attributes:
        allowed: Whether it grants the login; None where that depends on what the record does not say.
        check: The check that refuses, such as ``trust-policy``; None where none does.
        decision: What the policies say; None where they were not asked.
        undecided: The conditions that the answer waits for.
    """

    allowed: bool | None
    check: str | None = None
    decision: PartialDecision | None = field(default=None, repr=False)
    undecided: tuple[UndecidedCondition, ...] = ()
    _refuse: Callable[[], FederationError] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def refusal(self) -> FederationError | None:
        """The first refusal, with its texts; None where nothing refuses. It is worked out when it is first asked for."""
        return None if self._refuse is None else self._refuse()

    @property
    def reason(self) -> str:
        """Why it is refused, or what the answer waits for, in a sentence; empty where it is granted."""
        refusal = self.refusal
        if refusal is not None and refusal.check == "trust-policy":  # what it expects is known: that policy
            return refusal.found
        if refusal is not None:
            return f"expected {refusal.expected}, found {refusal.found}"
        waits = dict.fromkeys(f"{each.operator} {show(each.key)}" for each in self.undecided)
        return f"the record does not say what decides {', '.join(waits)}" if waits else ""

    def __getstate__(self) -> dict[str, Any]:
        # What works the refusal out stays here; the refusal travels.
        return {"refusal": self.refusal, **{name: None if name == "_refuse" else value for name, value in self.__dict__.items()}}


class EventJudge:
    """Judges recorded logins by one account. A question that was asked before is answered from memory, which changes the speed alone."""

    __slots__ = ("_account", "_answers", "_named", "_registers")

    def __init__(self, account: Account, *, registers: bool = True) -> None:
        """Judge by *account*; without *registers* it does not say which providers are registered, and the record does."""
        self._account = account
        self._registers = registers
        self._named: dict[str, tuple[str, ...]] = {}
        self._answers: dict[tuple[object, ...], LoginVerdict] = {}

    @property
    def account(self) -> Account:
        """The account."""
        return self._account

    def judge(self, record: LoginRecord) -> LoginVerdict:
        """Return what the account says of *record*.

        Attributes of the result are the same whatever was judged before.
        """
        role = self._account.roles.get(record.role_arn)
        refusal = _refused_before_policies(record, role, self._account) if self._registers else None
        if role is None or refusal is not None:
            return refused_by(refusal or trust.no_such_role(operation=record.operation, role_arn=record.role_arn))
        keys = keys_of(record, self._account)
        question = self._question(record, role, keys)
        found = self._answers.get(question)
        if found is None:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            found = self._answers[question] = judge_by_policies(record, role, keys, self._account)
        return found

    def _question(self, record: LoginRecord, role: Role, keys: RecordKeys) -> tuple[object, ...]:
        """Return everything that the answer depends on: values of the keys that the policies name, and no other."""
        names = self._named.get(role.arn)
        if names is None:
            names = self._named[role.arn] = tuple(sorted(keys_of_login(role, self._account)))
        asked = (record.role_arn, record.operation, record.provider, bool(record.tags), record.source_identity is None, record.duration)
        return (*asked, *(_value(name, keys) for name in names))


def judge_login(record: LoginRecord, account: Account, *, registers: bool = True) -> LoginVerdict:
    """Return what *account* says of *record*; *registers* as of `EventJudge`."""
    return EventJudge(account, registers=registers).judge(record)


def _value(name: str, keys: RecordKeys) -> object:
    found: ContextValue | None = keys.folded.get(name)
    return _UNKNOWN if found is None and keys.is_unknown(name) else found


def _refused_before_policies(record: LoginRecord, role: Role | None, account: Account) -> FederationError | None:
    """Return the refusal of a login to a role that is not there, or by a provider or for an audience that is not registered."""
    if record.operation == SAML:
        if record.provider not in account.saml_providers:
            return InvalidIdentityToken(
                check="provider",
                expected="a SAML provider of the account",
                found=show(record.provider),
                remedy=_REGISTER,
                message=aws_texts.saml.UNKNOWN_PROVIDER,
            )
    elif record.provider not in BUILT_IN:
        provider = account.oidc_providers.get(record.provider)
        if provider is None:
            return InvalidIdentityToken(
                check="provider",
                expected="an OpenID Connect provider of the account",
                found=show(record.provider),
                remedy=_REGISTER,
                message=aws_texts.web_identity.no_provider(f"https://{provider_host(record.provider)}"),
            )
        if record.audience is not None and provider.registered and record.audience not in provider.registered:
            return InvalidIdentityToken(
                check="audience",
                expected=f"a client id of {show(record.provider)}",
                found=show(record.audience),
                remedy="register the client id, or have the token issued for one that is registered",
                message=aws_texts.web_identity.NOT_VALIDATED,
            )
    return trust.no_such_role(operation=record.operation, role_arn=record.role_arn) if role is None else None


def actions_of(record: LoginRecord) -> tuple[str, ...]:
    """Return the actions that the login of *record* takes, its operation first."""
    return (f"sts:{record.operation}", *trust.further_actions(session_of(record)))


def refused_by(refusal: FederationError, decision: PartialDecision | None = None) -> LoginVerdict:
    """Return the verdict that is *refusal*."""
    return LoginVerdict(allowed=False, check=refusal.check, decision=decision, _refuse=lambda: refusal)


def judge_by_policies(record: LoginRecord, role: Role, keys: RecordKeys, account: Account) -> LoginVerdict:
    """Ask the policies about a login by a registered provider to *role*."""
    asked = RequestContext(principal=trust.federated_caller(record.provider), action=f"sts:{record.operation}", keys=keys.known)
    found = decide_partially(role, asked, session_of(record), keys.is_unknown, account=account)
    if found.allowed is False:
        check = "resource-control-policy" if found.policy else "trust-policy"
        refuse = partial(denial, found, record, role.trust_policy, keys.is_unknown)
        return LoginVerdict(allowed=False, check=check, decision=found.decision, _refuse=refuse)
    try:
        session_period(asked=record.duration, role_maximum=role.max_session_duration, attribute=None, not_on_or_after=None, at=record.time)
    except FederationError as refusal:
        return refused_by(refusal.with_traceback(None), found.decision)
    return LoginVerdict(allowed=found.allowed, decision=found.decision, undecided=found.undecided)


def denial(found: PartialTrust, record: LoginRecord, policy: Policy, unknown: Callable[[str], bool]) -> AccessDenied:
    """Return the refusal, which rests on what is known alone."""
    if found.policy:
        return AccessDenied(
            check="resource-control-policy",
            expected=f"resource control policies that allow {found.decision.request.action} on {show(record.role_arn)}",
            found=f"{found.policy} denies it" if found.decision.effect == "Deny" else f"{found.policy} does not allow it",
            remedy="have the policy of the organization changed, or sign in as somebody that it does not deny",
            message=aws_texts.authorization.federated(record.operation),
        )
    decision = policy.evaluate(favourable(policy, found.decision.request, unknown, actions=actions_of(record)))
    return trust.denied(decision, operation=record.operation, role_arn=record.role_arn)
