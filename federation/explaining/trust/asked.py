"""The question that a trust policy was asked, with what the explanation of one part of a statement needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal

from federation.account import Account
from federation.errors import FederationError, printable
from federation.explaining.fixing import changed
from federation.explaining.situation import Situation
from federation.explanation import Cause, Change, Edit, Place
from federation.identity import ContextValue
from federation.policy import Policy, Principal, RequestContext, Statement
from federation.policy.conditions import Condition
from federation.policy.wildcard import fold
from federation.vendors import VENDORS, Vendor, find_vendor
from federation.vendors.subjects import UNKNOWN, Grammar, grammar_of

OIDC_PROVIDER: Final = ":oidc-provider/"
SAML_PROVIDER: Final = ":saml-provider/"
SAML: Final = "sts:AssumeRoleWithSAML"
WEB_IDENTITY: Final = "sts:AssumeRoleWithWebIdentity"
ASSUME_ROLE: Final = "sts:AssumeRole"

MAX_SHOWN: Final = 2_048
"""Characters of the old and the new text that an edit shows."""

Protocol = Literal["SAML", "OIDC", "AWS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """Why one part of a statement fails.

    Attributes:
        cause: Why.
        edits: What meets the part; of alternatives the one that lets in least comes first.
    """

    cause: Cause
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A trust policy, as it is or as earlier changes have made it, and what it is asked.

    Attributes:
        policy: The policy.
        request: What it is asked.
        situation: What was refused.
    """

    policy: Policy
    request: RequestContext
    situation: Situation = field(repr=False)

    @property
    def caller(self) -> Principal:
        """The caller; an anonymous one where the request has none."""
        return self.request.principal or Principal.anonymous()

    @property
    def account(self) -> Account | None:
        """The account that was asked."""
        return self.situation.account

    @property
    def protocol(self) -> Protocol:
        """How the caller comes."""
        if self.caller.type != "Federated":
            return "AWS"
        return "SAML" if SAML_PROVIDER in self.caller.name else "OIDC"

    @property
    def provider(self) -> str:
        """What the caller's condition keys begin with: the provider's URL without ``https://``, its built-in name, or ``saml``."""
        return "saml" if self.protocol == "SAML" else provider_name(self.caller.name)

    @property
    def operation(self) -> str:
        """The action by which the caller assumes the role."""
        return {"SAML": SAML, "OIDC": WEB_IDENTITY, "AWS": ASSUME_ROLE}[self.protocol]

    @cached_property
    def vendor(self) -> Vendor:
        """The vendor of the provider of a web identity."""
        return find_vendor(self.provider)

    @cached_property
    def grammar(self) -> Grammar:
        """The forms of the vendor's subjects; for an issuer that is not known those that the token's own subject has."""
        subject = self.value(f"{self.provider}:sub")
        if self.vendor.subjects.forms or not isinstance(subject, str) or self.protocol != "OIDC":
            return self.vendor.subjects
        return grammar_of(subject, dict.fromkeys(vendor.subjects for vendor in VENDORS if vendor.subjects.forms)) or UNKNOWN

    @property
    def token(self) -> str:
        """What proved the caller, in a word."""
        return {"SAML": "assertion", "OIDC": "token", "AWS": "call"}[self.protocol]

    def value(self, key: str) -> ContextValue | None:
        """Return what the request has for the condition key *key*; None where the key is absent."""
        return self.request.folded_keys.get(fold(key))

    def spelled(self, key: str) -> str:
        """Return the name of *key* as the request spells it."""
        folded = fold(key)
        return next((name for name in self.request.keys if fold(name) == folded), key)

    def place(self, path: str) -> Place:
        """Return the place at *path* of the trust policy."""
        role = self.situation.role
        return Place(owner="policy", file="" if role is None else role.file, path=path)

    def edit(self, path: str, instruction: str, changes: Sequence[Change], *, old: str | None, new: str | None) -> Edit:
        """Return an edit of the policy at *path*."""
        return Edit(place=self.place(path), instruction=instruction, old=bounded(old), new=bounded(new), changes=tuple(changes))

    def asking(self, action: str) -> Asked:
        """Return the same question about another action."""
        return replace(self, request=self.request.asking(action))

    def after(self, changes: Sequence[Change]) -> Asked | None:
        """Return the same question to the policy with *changes* made; None where they make no policy of it."""
        try:
            policy = Policy.stored(changed(self.policy.document, changes), kind=self.policy.kind)
        except FederationError:
            return None
        return replace(self, policy=policy)

    @property
    def allowed(self) -> bool:
        """Whether an Allow statement applies; a Deny may override it."""
        return any(each.effect == "Allow" and each.applies(self.request) is not None for each in self.policy.statements)

    @property
    def denying(self) -> tuple[Statement, ...]:
        """The Deny statements that apply."""
        return tuple(each for each in self.policy.statements if each.effect == "Deny" and each.applies(self.request) is not None)

    def holds(self, statement: Statement, condition: Condition) -> bool:
        """Whether *condition* is met, as its statement takes it."""
        outcome = condition.holds(self.request.folded_keys)
        return statement.effect == "Deny" if outcome is None else outcome

    def accepts(self, statement: Statement, operator: str, key: str, values: Sequence[str]) -> bool:
        """Whether the condition would be met with another operator, key and values."""
        source = {**statement.source, "Condition": {operator: {key: list(values)}}}
        try:
            policy = Policy.stored({"Version": self.policy.version, "Statement": [source]}, kind=self.policy.kind)
        except FederationError:
            return False
        return policy.statements[0].conditions[0].holds(self.request.folded_keys) is True

    @property
    def registered(self) -> tuple[str, ...]:
        """The providers of the account by ARN, and the OAuth servers by name; empty where the account is not known."""
        account = self.account
        return () if account is None else (*account.saml_providers, *account.oidc_providers, *account.oauth_providers)


def bounded(text: str | None) -> str | None:
    """Return *text* printable and of a length that an edit can show; its changes hold the whole."""
    if text is None:
        return None
    safe = printable(text[:MAX_SHOWN])
    return safe if len(text) <= MAX_SHOWN else f"{safe}… ({len(text)} characters)"


def provider_name(principal: str) -> str:
    """Return the URL without ``https://`` of the OIDC provider with the ARN *principal*; a built-in name stays as it is."""
    return principal.partition(OIDC_PROVIDER)[2] or principal
