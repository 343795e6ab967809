"""Principals, and the Principal elements that match them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from federation.condition_keys import PrincipalKind
from federation.errors import ValidationError, show

Via = Literal["direct", "account", "everyone"]
"""How an element matched a principal: by its own name, by its account, or by ``*``."""

OPERATIONS: Final[dict[PrincipalKind, str]] = {
    "SAML": "sts:AssumeRoleWithSAML",
    "OIDC": "sts:AssumeRoleWithWebIdentity",
    "AWS": "sts:AssumeRole",
    "Service": "sts:AssumeRole",
}
"""The action by which each kind of caller assumes a role."""
_SAML_PROVIDER: Final = ":saml-provider/"

_ARN: Final = re.compile(r"arn:(?P<partition>aws[a-z-]*):(?:iam|sts)::(?P<account>\d{12}):(?P<resource>.+)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request. Use `federated`, `aws`, `service` or `anonymous` to construct one.

    Attributes:
        type: The member of a Principal element that can name the caller: ``Federated``, ``AWS`` or ``Service``; None for an anonymous
            caller.
        name: ARN or name of the caller, for display.
        names: Every name of this caller. A role session has its own ARN, the ARN of its role, and a unique id.
        accounts: The account id of the caller and the ARN of that account's root.
    """

    type: Literal["AWS", "Federated", "Service", "CanonicalUser"] | None
    name: str
    names: frozenset[str] = field(repr=False)
    accounts: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def federated(cls, provider: str) -> Principal:
        """Return the principal of AssumeRoleWithSAML or AssumeRoleWithWebIdentity: *provider* is the provider's ARN or built-in name."""
        return cls("Federated", _text(provider), frozenset({provider}))

    @classmethod
    def aws(cls, arn: str, *, role_arn: str | None = None, unique_id: str | None = None) -> Principal:
        """Return a principal with AWS credentials: a user, a role session, a federated user, or the root of an account.

        Args:
            arn: ARN of the principal, as GetCallerIdentity returns it.
            role_arn: ARN of the role of an assumed-role session. When None, the role is assumed to have no path, because the ARN of a
                session omits the path.
            unique_id: ``AIDA…`` or ``AROA…``. IAM stores principals of policies by this id.

        Raises:
            ValidationError: *arn* is no ARN of the services iam or sts.
        """
        match = _ARN.fullmatch(_text(arn))
        if match is None:
            raise ValidationError(
                check="principal",
                expected="an IAM or STS principal ARN",
                found=show(arn),
                remedy="pass the ARN that GetCallerIdentity returns",
            )
        root = f"arn:{match['partition']}:iam::{match['account']}:root"
        kind, _, rest = match["resource"].partition("/")
        if role_arn is None and kind == "assumed-role":
            role_arn = f"arn:{match['partition']}:iam::{match['account']}:role/{rest.partition('/')[0]}"
        names = {_text(name) for name in (arn, role_arn, unique_id) if name is not None}
        return cls("AWS", arn, frozenset(names), frozenset({match["account"], root}))

    @classmethod
    def service(cls, name: str) -> Principal:
        """Return the principal of an AWS service, e.g. ``ec2.amazonaws.com``."""
        return cls("Service", _text(name), frozenset({name}))

    @classmethod
    def anonymous(cls) -> Principal:
        """Return the principal of a request without credentials."""
        return cls(None, "anonymous", frozenset())


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """A compiled Principal or NotPrincipal.

    Attributes:
        negated: Whether the element is NotPrincipal.
        everyone: Whether it has ``*``, alone or as ``{"AWS": "*"}``, which are equivalent.
        spelled: Every entry as ``type:value``, for display.
        names: The entries by type.
        denies: Whether the statement's Effect is Deny.
        anonymous: Whether ``*`` matches callers without credentials: in resource policies it does, in trust policies it does not.
    """

    negated: bool
    everyone: bool
    spelled: tuple[str, ...]
    names: dict[str, frozenset[str]]
    denies: bool
    anonymous: bool

    def match(self, caller: Principal | None) -> Via | None:
        """Return how the element matches *caller*, or None where it does not. `Policy.evaluate` has refused requests without a caller."""
        if caller is None:
            return None
        if self.negated:
            return None if self._spares(caller) else "everyone"
        listed = self.names.get(caller.type) if caller.type else None
        if listed is not None:
            if not listed.isdisjoint(caller.names):
                return "direct"
            if not listed.isdisjoint(caller.accounts):
                return "account"
        return "everyone" if self.everyone and self._star_covers(caller) else None

    def _star_covers(self, caller: Principal) -> bool:
        # In an Allow, * does not match federated callers (AWS, observed). In a Deny it does; resource control policies rely on that.
        return self.denies or caller.type == "AWS" or (caller.type is None and self.anonymous)

    def _spares(self, caller: Principal) -> bool:
        if self.everyone:
            return True
        listed = self.names.get(caller.type, frozenset()) if caller.type else frozenset()
        if caller.type != "AWS" or not self.denies:
            return not listed.isdisjoint(caller.names | caller.accounts)
        # A Deny with NotPrincipal exempts a caller only if account, role and session are all listed (IAM reference, NotPrincipal).
        arns = {name for name in caller.names if name.startswith("arn:")}
        return arns <= listed and not listed.isdisjoint(caller.accounts)


def caller_kind(type_: str, name: str) -> PrincipalKind:
    """Return the kind of caller that the entry *name* of the member *type_* of a Principal element stands for."""
    if type_ == "Federated":
        return "SAML" if _SAML_PROVIDER in name else "OIDC"
    return "Service" if type_ == "Service" else "AWS"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValidationError(
            check="principal", expected="the principal's name as text", found=show(value), remedy="pass an ARN or a service's name"
        )
    return value
