"""The record of a vendor that issues web identities, with every known fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final, Literal

from federation.vendors.subjects import UNKNOWN, Grammar

STANDARD_CLAIMS: Final = ("aud", "oaud", "sub", "amr")
"""Claims that become condition keys for every OIDC provider; only ``amr`` is multivalued by definition."""
ACCOUNTED_CLAIMS: Final = frozenset(
    [
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "azp",
        "nonce",
        "auth_time",
        "acr",
        "amr",
        "at_hash",
        "https://aws.amazon.com/tags",
        "https://aws.amazon.com/source_identity",
    ]
)
"""Claims that every issuer may set: those about the token in RFC 7519 and OpenID Connect Core, and those that AWS reads."""
_ACCOUNTED_BEGINNING: Final = "https://aws.amazon.com/tags/"
INSTEAD: Final[Mapping[str, str]] = {
    "repository_owner": "repository_owner_id",
    "job_workflow_sha": "job_workflow_ref",
    "workflow_ref": "job_workflow_ref",
    "iss": "sub",
    "azp": "aud",
    "namespace_path": "namespace_id",
    "project_path": "project_id",
    "organization": "organization_id",
    "pipeline": "pipeline_id",
}
"""Claims that authors of policies use although AWS does not expose them, and the exposed claims of the same meaning."""
HOST: Final = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
"""Regular expression of a host name, for issuer patterns."""

_WILDCARD: Final = re.compile(r"[*?]|\$\{")

Customers = Literal["strangers", "one", "unknown"]
"""The customers of an issuer: independent ones, a single one such as a cluster or an enterprise, or not known."""


def key_name(provider: str, claim: str) -> str:
    """Return the condition key of *claim* for *provider*, a URL without ``https://``; keys of STS itself are returned unchanged."""
    return claim if claim.startswith("sts:") else f"{provider}:{claim}"


@dataclass(frozen=True, slots=True)
class Bound:
    """A claim that names the customer.

    Attributes:
        claim: The claim, or a key of STS itself such as ``sts:RoleSessionName``.
        beginning: Regular expression of a beginning that limits a pattern to one customer. None where the whole value names the customer.
    """

    claim: str
    beginning: str | None = None

    def within_one(self, text: str) -> bool:
        """Tell whether every value that begins with *text* belongs to one customer."""
        return self.beginning is not None and re.match(self.beginning, text) is not None


@dataclass(frozen=True, slots=True)
class RequiredCondition:
    """The condition that IAM requires of a new trust policy that names the issuer (AWS, observed).

    Attributes:
        claims: Claims, or keys of STS itself; a condition on one of them is enough.
        by_prefix: IAM requires it for every issuer that begins with the first of `Vendor.issuers`.
        strict: Whether values that begin with a star or are blank are refused. IAM's text then shows the principal as in the policy.
        by_application: Whether the condition must compare for equality, with a case-sensitive key.
    """

    claims: tuple[str, ...]
    by_prefix: bool = False
    strict: bool = False
    by_application: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcShape:
    """How one issuer writes its tokens. All values are invented.

    Attributes:
        name: Its name on the command line.
        issuer: An issuer URL of its form.
        subject: A subject of its form.
        audience: The usual audience for AWS.
        claims: Its other claims, for a subject.
        header: Header parameters beside ``alg`` and ``kid``.
        lifetime: Seconds from ``iat`` to ``exp``.
        not_before: Whether it issues ``nbf``.
        audience_list: Whether ``aud`` is a list even with one value.
        left_out: Claims of `Vendor.further_claims` that are missing here, since the issuer sets them for some customers only.
    """

    name: str
    issuer: str
    subject: str
    audience: str = "sts.amazonaws.com"
    claims: Callable[[str], Mapping[str, Any]] = field(default=lambda _: {})
    header: Mapping[str, Any] = field(default_factory=lambda: {"typ": "JWT"})
    lifetime: int = 600
    not_before: bool = False
    audience_list: bool = False
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownClaims:
    """The claims that the tokens of a vendor are known to have: whole names, and beginnings of names."""

    vendor: str
    names: frozenset[str]
    beginnings: tuple[str, ...]

    def unaccounted(self, claims: Collection[str]) -> list[str]:
        """Return those of *claims* that are not known, sorted."""
        if self.names.issuperset(claims):
            return []
        return sorted(claim for claim in claims if claim not in self.names and not claim.startswith(self.beginnings))


@dataclass(frozen=True, slots=True)
class Vendor:
    """An issuer, or a family of issuers.

    Attributes:
        name: Its name in messages.
        issuers: URLs of its providers without ``https://``, compared with their case.
        family: Regular expression of further URLs, where each customer has one.
        customers: The kind of its customers.
        bounds: The claims that name the customer, the usual one first.
        example: A value for the first of `bounds`, for remedies.
        pull_request: The end of the subject of a pull request; None where none is known.
        claims: Claims that become condition keys, as for most providers.
        further_claims: Further claims that become condition keys for this vendor (AWS, 2026).
        documented_claims: Every claim of its tokens besides `ACCOUNTED_CLAIMS`; None where customers choose claims, or no list is known.
        documented_beginnings: Prefixes of further documented claims, where customers choose the rest of the name.
        built_in: The protocol, where AWS trusts the issuer without an IAM object and policies name it by host name; else None.
        required: The condition that IAM requires of new trust policies, None where it requires none.
        shape: The form of its tokens for the forge; None where there is none.
        subjects: The forms of its subjects; empty where they are not known.
    """

    name: str
    _: KW_ONLY
    issuers: tuple[str, ...] = ()
    family: str | None = None
    customers: Customers = "unknown"
    bounds: tuple[Bound, ...] = (Bound("sub", r"."),)
    example: str = "the value that the identity provider gives"
    pull_request: str | None = None
    claims: tuple[str, ...] = STANDARD_CLAIMS
    further_claims: tuple[str, ...] = ()
    documented_claims: frozenset[str] | None = None
    documented_beginnings: tuple[str, ...] = ()
    built_in: Literal["oidc", "oauth"] | None = None
    required: RequiredCondition | None = None
    shape: OidcShape | None = None
    subjects: Grammar = UNKNOWN

    @property
    def exposed_claims(self) -> tuple[str, ...]:
        """Every claim of its tokens that is a condition key. Policies cannot refer to other claims."""
        return (*self.claims, *self.further_claims)

    @property
    def known_claims(self) -> KnownClaims | None:
        """The claims that its tokens are known to have; None where they are not known."""
        if self.documented_claims is None:
            return None
        names = self.documented_claims | ACCOUNTED_CLAIMS
        return KnownClaims(self.name, names, (*self.documented_beginnings, _ACCOUNTED_BEGINNING))

    def is_of_family(self, provider: str) -> bool:
        """Tell whether *provider* is one of the issuers that `family` describes."""
        return self.family is not None and re.fullmatch(self.family, provider, re.DOTALL) is not None

    def is_broken(self, subject: str) -> bool:
        """Tell whether *subject*, or a pattern of one, is known to be in no token of the vendor."""
        beginning = _WILDCARD.split(subject, maxsplit=1)[0]
        return self.subjects.flaw(beginning, whole=beginning == subject) is not None
