"""The callers that trust policies tell apart: one of each kind that their Principal elements name, and one for all whom they do not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from federation.condition_keys import PrincipalKind
from federation.policy.policy import Policy
from federation.policy.principal import OPERATIONS, Principal, PrincipalElement, caller_kind
from federation.policy.wildcard import fold
from federation.vendors import BUILT_IN

_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
_ARN: Final = re.compile(r"arn:(?P<partition>aws[a-z-]*):(?P<service>iam|sts)::(?P<account>\d{12}):(?P<resource>.+)", re.ASCII | re.DOTALL)
_ROOT: Final = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>\d{12}):root", re.ASCII)
_WILDCARD: Final = re.compile(r"[*?]|\$\{")
_OF_PRINCIPAL: Final = frozenset({"aws:principalarn", "aws:principalaccount"})
"""Keys whose values follow from who the caller is."""
_UNIQUE_ID: Final = re.compile(r"A(?:IDA|ROA)[A-Z0-9]+", re.ASCII)
_SOMEBODY: Final = "somebody-else"
_OWN_ACCOUNT: Final = "123456789012"
_OTHER_ACCOUNTS: Final = ("999999999999", "888888888888", "777777777777")
_IDS: Final = 16
"""Unique ids of deleted users and roles that are combined with the names of others."""


@dataclass(frozen=True, slots=True)
class CallerGroup:
    """Callers whom the policies treat alike as far as Principal elements go.

    Attributes:
        principal: One of them.
        kind: Their kind.
        entry: The entry of the Principal element that names them; empty for those whom none names.
        words: Who they are.
        issuer: The URL of their OIDC provider without ``https://``, or the built-in name; empty for others.
        account: The account of their credentials; empty where it is open.
        arn: Their ``aws:PrincipalArn``, where all have the same; empty where it is open.
        own: The session itself, without the names of its role; None for callers that are no session.
        others: ARNs and accounts that they are not, since those are callers of their own.
        alike: Further callers, named by other entries, of whom the policies say the same.
    """

    principal: Principal
    kind: PrincipalKind
    entry: str
    words: str
    issuer: str = ""
    account: str = ""
    arn: str = ""
    own: Principal | None = None
    others: frozenset[str] = field(default=frozenset(), repr=False)
    alike: tuple[CallerGroup, ...] = field(default=(), repr=False)

    @property
    def everyone(self) -> tuple[CallerGroup, ...]:
        """The callers themselves and those alike."""
        return (self, *self.alike)

    @property
    def operation(self) -> str:
        """The action by which they assume a role."""
        return OPERATIONS[self.kind]


def callers_of(*policies: Policy) -> tuple[CallerGroup, ...]:
    """Return the callers that *policies* tell apart; of those of whom they say the same, one, with the others as ``alike``."""
    statements = [each for policy in policies for each in policy.statements]
    elements = [each.principal for each in statements if each.principal is not None]
    keys = {condition.folded: condition.key for each in statements for condition in each.conditions}
    everyone = any(each.everyone and not each.negated for each in elements)
    negated = any(each.negated for each in elements)
    found = dict.fromkeys(
        [
            *_federated(elements, keys if negated else {}, negated=negated),
            *_services(elements, negated=negated),
            *_aws(elements, others=everyone or negated),
        ]
    )
    groups: dict[object, list[CallerGroup]] = {}
    for caller in found:
        groups.setdefault(_signature(caller, elements, keys), []).append(caller)
    return tuple(replace(first, alike=tuple(rest)) for first, *rest in groups.values())


def _signature(caller: CallerGroup, elements: list[PrincipalElement], keys: Iterable[str]) -> object:
    """Return what the policies can tell *caller* by: how they name it, and what its requests have that others' have not."""
    told = tuple((each.match(caller.principal), caller.own and each.match(caller.own)) for each in elements)
    of_principal = (caller.account, caller.arn) if _OF_PRINCIPAL & set(keys) or caller.others else None
    issuer = fold(caller.issuer) + ":"
    of_token = caller.principal.name if any(key.startswith(issuer) or key == "saml:doc" for key in keys) else None
    return (caller.kind, bool(caller.entry), bool(caller.arn), told, of_principal, of_token)


def _names(elements: Iterable[PrincipalElement], type_: str) -> list[str]:
    found = {name for each in elements for name in each.names.get(type_, ())}
    return sorted(name for name in found if not _WILDCARD.search(name))


def _federated(elements: list[PrincipalElement], keys: dict[str, str], *, negated: bool) -> Iterator[CallerGroup]:
    listed = _names(elements, "Federated")
    for name in listed:
        yield _provider(name, entry=name)
    if not negated:
        return
    account = next((match["account"] for match in map(_ARN.fullmatch, listed) if match), _OWN_ACCOUNT)
    hosts = {key.rpartition(":")[0] for folded, key in keys.items() if "." in folded.rpartition(":")[0]}
    known = {_issuer(name) for name in listed}
    for host in (*sorted(hosts - known), f"{_SOMEBODY}.example.com"):
        yield _provider(host if host in BUILT_IN else f"arn:aws:iam::{account}:oidc-provider/{host}", entry="")
    yield _provider(f"arn:aws:iam::{account}:saml-provider/{_SOMEBODY}", entry="")


def _provider(name: str, *, entry: str) -> CallerGroup:
    kind = caller_kind("Federated", name)
    whom = f"identities of {_issuer(name)}" if kind == "OIDC" else f"users of SAML provider {name.rpartition('/')[2]}"
    words = whom if entry else f"identities of any other provider, such as {name}"
    return CallerGroup(Principal.federated(name), kind, entry, words, issuer=_issuer(name) if kind == "OIDC" else "")


def _issuer(name: str) -> str:
    return name.partition(":oidc-provider/")[2] or name


def _services(elements: list[PrincipalElement], *, negated: bool) -> Iterator[CallerGroup]:
    for name in _names(elements, "Service"):
        yield CallerGroup(Principal.service(name), "Service", name, f"the service {name}")
    if negated:
        yield CallerGroup(Principal.service(f"{_SOMEBODY}.amazonaws.com"), "Service", "", "any other service of AWS")


def _aws(elements: list[PrincipalElement], *, others: bool) -> Iterator[CallerGroup]:
    names = _names(elements, "AWS")
    accounts: dict[str, tuple[str, str]] = {}
    for name in names:
        root = _ROOT.fullmatch(name)
        if root or _ACCOUNT.fullmatch(name):
            accounts[root["account"] if root else name] = (root["partition"] if root else "aws", name)
    named = [name for name in names if not (_ROOT.fullmatch(name) or _ACCOUNT.fullmatch(name))]
    ids = [name for name in named if _UNIQUE_ID.fullmatch(name)]
    arns = [name for name in named if name not in ids]
    for name in arns:
        for session in _sessions(name, arns):
            yield session
            yield from (_with_id(session, each) for each in ids[:_IDS])
    for each in ids:
        yield CallerGroup(Principal("AWS", each, frozenset({each})), "AWS", each, f"the principal with the id {each}")
    for account, (partition, entry) in accounts.items():
        principal = Principal.aws(f"arn:{partition}:iam::{account}:user/{_SOMEBODY}")
        rest = frozenset(arn for arn in arns if f"::{account}:" in arn)
        whom = f"any {'other ' if rest else ''}principal of account {account}"
        yield CallerGroup(principal, "AWS", entry, whom, account=account, others=rest)
    if others:
        account = next(each for each in chain(_OTHER_ACCOUNTS, map(str, range(10**11, 10**12))) if not any(each in name for name in names))
        principal = Principal.aws(f"arn:aws:iam::{account}:user/{_SOMEBODY}")
        whom = f"any {'other ' if named or accounts else ''}principal of any AWS account"
        yield CallerGroup(principal, "AWS", "", whom, others=frozenset([*arns, *accounts]))


def _sessions(name: str, arns: list[str]) -> Iterator[CallerGroup]:
    """Yield the callers that the entry *name* alone names: a user, a session of a role, or a session under each role that it can have."""
    match = _ARN.fullmatch(name)
    if match is None:
        yield CallerGroup(Principal("AWS", name, frozenset({name})), "AWS", name, name)
        return
    kind, _, rest = match["resource"].partition("/")
    words = f"{kind} {rest} of account {match['account']}"
    if kind == "role":
        arn = f"arn:{match['partition']}:sts::{match['account']}:assumed-role/{rest.rpartition('/')[2]}/{_SOMEBODY}"
        yield _session(name, arn, name, f"sessions of {words}", name)
    elif kind == "assumed-role":
        role = rest.partition("/")[0]
        plain = f"arn:{match['partition']}:iam::{match['account']}:role/{role}"
        known = [arn for arn in arns if arn.startswith(f"{plain.removesuffix(role)}") and arn.rpartition("/")[2] == role]
        for each in known or [plain]:  # an account has each name of a role once, whatever its path
            yield _session(name, name, each, f"session {rest} of account {match['account']}", "" if each == plain else each)
    else:
        yield CallerGroup(Principal.aws(name), "AWS", name, words, account=match["account"], arn=name)


def _session(entry: str, arn: str, role_arn: str, words: str, principal_arn: str) -> CallerGroup:
    itself, principal = Principal("AWS", arn, frozenset({arn})), Principal.aws(arn, role_arn=role_arn)
    account = next(each for each in principal.accounts if _ACCOUNT.fullmatch(each))
    return CallerGroup(principal, "AWS", entry, words, account=account, arn=principal_arn, own=itself)


def _with_id(caller: CallerGroup, unique_id: str) -> CallerGroup:
    """Return *caller* as the one that has *unique_id* besides its name."""
    principal = caller.principal
    both = Principal(principal.type, principal.name, principal.names | {unique_id}, principal.accounts)
    return CallerGroup(
        both, caller.kind, caller.entry, f"{caller.words}, with the id {unique_id}", account=caller.account, arn=caller.arn, own=caller.own
    )
