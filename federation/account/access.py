"""Who can assume which role of an account, through which provider and on which conditions.

The map is read from the compiled trust policies and the registered providers. It says what the trust policies allow by themselves: whether
a principal with AWS credentials also needs a policy of its own account is not part of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from federation.account.lint import providers_of
from federation.account.model import ACCOUNT_ID, Account, Role
from federation.errors import ValidationError, show
from federation.policy import Policy
from federation.policy.analysis import WhoCan, who_can
from federation.policy.lint import Finding
from federation.policy.principal import caller_kind
from federation.policy.reach import Openness, Reach, Reaches, issuer_of
from federation.policy.ways_in import EVERYBODY, Demand, WayIn, ways_in
from federation.policy.wildcard import fold
from federation.vendors import ANY, BUILT_IN, find_vendor, key_name

SourceKind = Literal["saml", "oidc", "oauth", "plugin", "account", "service", "canonical-user", "everybody"]
_SAML_AIMS: Final = frozenset({"saml:aud", "saml:iss", "saml:doc", "saml:namequalifier", "saml:sub_type"})
"""Keys that say for whom an assertion is and from whom; they tell no two users of a provider apart."""
_ACCOUNT_FIELD: Final = 4
_ARN_FIELDS: Final = 6


@dataclass(frozen=True, slots=True)
class AccessSource:
    """Where identities come from.

    Attributes:
        id: The name of the provider in trust policies, ``account:`` and an account id, ``services``, or `EVERYBODY`.
        kind: Its kind.
        name: A short name.
        detail: The entity ids or the issuer URL of a registered provider, else a description.
        registered: Whether the account has the provider, or it needs none; without a provider nobody can come in.
    """

    id: str
    kind: SourceKind
    name: str
    detail: str
    registered: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the source as plain data."""
        return {"id": self.id, "kind": self.kind, "name": self.name, "detail": self.detail, "registered": self.registered}


@dataclass(frozen=True, slots=True)
class IdentityGroup:
    """Identities of one source that trust policies let in on equal conditions.

    Attributes:
        source: Id of the source.
        principal: The entry of the Principal element, or `EVERYBODY`.
        operation: The action by which they assume a role.
        demands: All conditions, each of which must hold.
        spared: The entries of NotPrincipal, who do not belong to the group.
        subject: The demand that tells identities of the source apart; None where no condition does.
        reach: ``everybody`` or ``strangers`` where lint finds it open to them (severity error), else empty.
        warnings: What lint says about that, errors and lesser findings.
        roles: ARNs of the roles, sorted.
    """

    source: str
    principal: str
    operation: str
    demands: tuple[Demand, ...]
    spared: tuple[str, ...]
    subject: Demand | None
    reach: Reach
    warnings: tuple[str, ...]
    roles: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the group as plain data."""
        return {
            "source": self.source,
            "principal": self.principal,
            "operation": self.operation,
            "conditions": [demand.as_dict() for demand in self.demands],
            "not_principal": list(self.spared),
            "reach": self.reach,
            "warnings": list(self.warnings),
            "roles": list(self.roles),
        }


@dataclass(frozen=True, slots=True)
class MappedRole:
    """A role on the map.

    Attributes:
        arn: Its ARN.
        name: Its name.
        file: Its file, relative to the account directory; empty where it was not read from a file.
        denies: The Deny statements of its trust policy in words. They take away from every group.
        remarks: What opens nothing although the trust policy names it, in words.
        trust_policy: Its trust policy.
    """

    arn: str
    name: str
    file: str
    denies: tuple[str, ...]
    remarks: tuple[str, ...]
    trust_policy: Policy = field(repr=False, compare=False)

    @property
    def who_can(self) -> WhoCan:
        """Whom the trust policy lets in, proved. It is computed on each access."""
        return who_can(self.trust_policy)

    def as_dict(self) -> dict[str, Any]:
        """Return the role as plain data."""
        told = {"arn": self.arn, "name": self.name, "file": self.file, "denies": list(self.denies), "remarks": list(self.remarks)}
        return {**told, "who_can": self.who_can.as_dict()}


@dataclass(frozen=True, slots=True)
class AccessMap:
    """Who can assume which role. Equal accounts give equal maps.

    Attributes:
        account_id: The account, twelve digits.
        sources: The sources, registered providers that no role trusts among them.
        groups: The groups of identities, by source.
        roles: The roles, by ARN.
    """

    account_id: str
    sources: tuple[AccessSource, ...]
    groups: tuple[IdentityGroup, ...]
    roles: tuple[MappedRole, ...] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the map as plain data: the documented JSON of ``federation account map``."""
        return {
            "account_id": self.account_id,
            "sources": [source.as_dict() for source in self.sources],
            "groups": [group.as_dict() for group in self.groups],
            "roles": [role.as_dict() for role in self.roles],
        }


def map_access(account: Account, *, roles: Collection[str] | None = None) -> AccessMap:
    """Return who can assume which role of *account*.

    Args:
        account: The account.
        roles: ARNs or names of the roles to map; None for all. Sources of no such role are then left out.

    Raises:
        ValidationError: Check ``role-name``: the account has no such role.
    """
    mapped, providers = _selected(account, roles), providers_of(account)
    groups: dict[tuple[object, ...], _Gathering] = {}
    described = []
    for role in mapped:
        entry = ways_in(role.trust_policy)
        described.append(MappedRole(role.arn, role.name, role.file, entry.denies, entry.idle, role.trust_policy))
        reaches = Reaches(role.trust_policy, providers) if entry.open else None
        for way in (_in_full(way, account) for way in entry.open):
            about = reaches.about(way) if reaches is not None else []
            key = (_source_id(way), way.principal, way.operation, way.demands, way.spared)
            groups.setdefault(key, _Gathering(way, about)).roles.add(role.arn)
    made = sorted((each.group() for each in groups.values()), key=_order)
    wanted = {group.source for group in made} | (providers if roles is None else frozenset())
    sources = sorted((_source(account, each) for each in wanted), key=lambda source: (_KINDS.index(source.kind), source.id))
    return AccessMap(account.id, tuple(sources), tuple(made), tuple(described))


def _selected(account: Account, wanted: Collection[str] | None) -> list[Role]:
    if wanted is None:
        return [account.roles[arn] for arn in sorted(account.roles)]
    found = {}
    for name in wanted:
        role = account.roles.get(name) or account.role_named(name)
        if role is None:
            raise ValidationError(
                check="role-name",
                expected="the ARN or the name of a role of the account",
                found=show(name),
                remedy="`federation account show` lists the roles",
            )
        found[role.arn] = role
    return [found[arn] for arn in sorted(found)]


_KINDS: Final[tuple[SourceKind, ...]] = ("everybody", "oidc", "oauth", "saml", "plugin", "account", "service", "canonical-user")
"""In the order of the map."""


@dataclass(slots=True)
class _Gathering:
    """A group while its roles are found."""

    way: WayIn
    findings: list[Finding]
    roles: set[str] = field(default_factory=set)

    def group(self) -> IdentityGroup:
        way, open_to = self.way, Openness.of(self.findings)
        return IdentityGroup(
            source=_source_id(way),
            principal=way.principal,
            operation=way.operation,
            demands=way.demands,
            spared=way.spared,
            subject=_subject(way),
            reach=open_to.reach,
            warnings=open_to.warnings,
            roles=tuple(sorted(self.roles)),
        )


def _order(group: IdentityGroup) -> tuple[object, ...]:
    subject = () if group.subject is None else group.subject.values
    return (group.source, group.principal, subject, group.operation, group.demands, group.spared)


def _in_full(way: WayIn, account: Account) -> WayIn:
    """Return *way* with the ARN of the account that its principal names by the id: the two mean the same."""
    if way.type == "AWS" and ACCOUNT_ID.fullmatch(way.principal):
        return replace(way, principal=f"arn:{account.partition}:iam::{way.principal}:root")
    return way


def _source_id(way: WayIn) -> str:
    if way.principal == EVERYBODY:
        return EVERYBODY
    if way.type == "AWS":
        return f"account:{_account_of(way.principal)}"
    return {"Service": "services", "CanonicalUser": "canonical-users"}.get(way.type, way.principal)


def _account_of(principal: str) -> str:
    """Return the account of an AWS principal; of a unique id, which names none, the id itself."""
    fields = principal.split(":", _ARN_FIELDS - 1)
    return fields[_ACCOUNT_FIELD] if len(fields) == _ARN_FIELDS else principal


def _subject(way: WayIn) -> Demand | None:
    """Return the first demand that tells identities of the source apart, by the claims of the vendor or the keys of SAML."""
    bounding = [demand for demand in way.demands if demand.bounding]
    if way.type != "Federated":
        return None
    if caller_kind(way.type, way.principal) == "SAML":
        saml = [demand for demand in bounding if demand.key.startswith("saml:") and demand.key not in _SAML_AIMS]
        return min(saml, key=lambda demand: (demand.key != "saml:sub", demand), default=None)
    issuer = issuer_of(way.principal)
    keys = [fold(key_name(issuer, bound.claim)) for bound in (*find_vendor(issuer).bounds, *ANY.bounds)]
    return min((demand for demand in bounding if demand.key in keys), key=lambda demand: keys.index(demand.key), default=None)


def _source(account: Account, found: str) -> AccessSource:
    kind, sep, rest = found.partition(":")
    if found == EVERYBODY:
        return AccessSource(found, "everybody", "Everybody", "any principal of any AWS account", registered=True)
    if kind == "account" and sep:
        own = "this account" if rest == account.id else "another account" if ACCOUNT_ID.fullmatch(rest) else "a deleted user or role"
        return AccessSource(found, "account", rest, own, registered=True)
    if found == "services":
        return AccessSource(found, "service", "AWS services", "", registered=True)
    if found == "canonical-users":
        return AccessSource(found, "canonical-user", "Canonical users", "", registered=True)
    return _provider(account, found)


def _provider(account: Account, name: str) -> AccessSource:
    short = name.rpartition("/")[2] if ":saml-provider/" in name else issuer_of(name)
    saml, oidc = account.saml_providers.get(name), account.oidc_providers.get(name)
    if saml is not None:
        return AccessSource(name, "saml", short, ", ".join(sorted(saml.entity_ids)), registered=True)
    if oidc is not None:
        return AccessSource(name, "oidc", short, _vendor(short), registered=True)
    if name in account.oauth_providers:
        return AccessSource(name, "oauth", short, "OAuth 2.0 access tokens", registered=True)
    if name in account.plugin_providers:
        return AccessSource(name, "plugin", short, f"plug-in {account.plugin_providers[name].kind}", registered=True)
    kind: SourceKind = "saml" if ":saml-provider/" in name else "oidc"
    detail = "built into AWS, without keys in this account" if name in BUILT_IN else "not registered in this account"
    return AccessSource(name, kind, short, detail, registered=False)


def _vendor(issuer: str) -> str:
    vendor = find_vendor(issuer)
    return "" if vendor is ANY else vendor.name
