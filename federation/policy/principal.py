"""Callers, and the Principal elements that name them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from federation.errors import ValidationError, show

Via = Literal["direct", "account", "everyone"]
"""How an element covered a caller: by its own name, by its account, or by ``*``."""

_ARN: Final = re.compile(r"arn:(?P<partition>aws[a-z-]*):(?:iam|sts)::(?P<account>\d{12}):(?P<resource>.+)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller. Made by `federated`, `aws`, `service` or `anonymous`.

    Attributes:
        type: The member of a Principal element that can name the caller; None for an anonymous one.
        name: What the caller is known by.
        names: Every name that designates this caller alone: for a session its own ARN, its role's ARN and its unique id.
        accounts: The spellings of the caller's account: its number and its root ARN.
    """

    type: Literal["AWS", "Federated", "Service", "CanonicalUser"] | None
    name: str
    names: frozenset[str] = field(repr=False)
    accounts: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def federated(cls, provider: str) -> Principal:
        """The caller of AssumeRoleWithSAML or AssumeRoleWithWebIdentity, who is nobody but the *provider*: its ARN or built-in name."""
        return cls("Federated", _text(provider), frozenset({provider}))

    @classmethod
    def aws(cls, arn: str, *, role_arn: str | None = None, unique_id: str | None = None) -> Principal:
        """A caller with AWS credentials: a user, a role session, a federated user or the root of an account.

        Args:
            arn: The caller's ARN, as GetCallerIdentity gives it.
            role_arn: The role of an assumed-role session; without it the role is taken to have no path, as the session's ARN omits it.
            unique_id: ``AIDA…`` or ``AROA…``, by which policies remember principals.

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
        """An AWS service, e.g. ``ec2.amazonaws.com``."""
        return cls("Service", _text(name), frozenset({name}))

    @classmethod
    def anonymous(cls) -> Principal:
        """A caller without credentials."""
        return cls(None, "anonymous", frozenset())


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """A compiled Principal or NotPrincipal.

    Attributes:
        negated: NotPrincipal.
        everyone: It holds ``*``, alone or as ``{"AWS": "*"}``; the two mean the same.
        spelled: Every entry as ``type:value``, for display.
        names: The entries by type.
        denies: The statement's Effect is Deny.
        anonymous: ``*`` covers callers without credentials: in resource policies, not in trust policies.
    """

    negated: bool
    everyone: bool
    spelled: tuple[str, ...]
    names: dict[str, frozenset[str]]
    denies: bool
    anonymous: bool

    def match(self, caller: Principal | None) -> Via | None:
        """Return how the element covers *caller*, or None where it does not; `Policy.evaluate` lets no request without one come here."""
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
        # A star never lets federated callers in (AWS, observed), but a Deny of everyone stops them: resource control policies rely on it.
        return self.denies or caller.type == "AWS" or (caller.type is None and self.anonymous)

    def _spares(self, caller: Principal) -> bool:
        if self.everyone:
            return True
        listed = self.names.get(caller.type, frozenset()) if caller.type else frozenset()
        if caller.type != "AWS" or not self.denies:
            return not listed.isdisjoint(caller.names | caller.accounts)
        # A Deny spares a caller only if each ARN it acts under is listed: account, role and session (IAM reference, NotPrincipal).
        arns = {name for name in caller.names if name.startswith("arn:")}
        return arns <= listed and not listed.isdisjoint(caller.accounts)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValidationError(
            check="principal", expected="the principal's name as text", found=show(value), remedy="pass an ARN or a service's name"
        )
    return value
