"""The vendors that issue web identities. This one table is read by condition keys, IAM's rules for new policies, policy lint and the forge.

To add a vendor or a fact, edit the module of its kind: `pipelines`, `clouds` or `platforms`.
"""

from __future__ import annotations

from typing import Final

from federation.vendors import clouds, pipelines, platforms
from federation.vendors.clouds import AMAZON, COGNITO, FACEBOOK, GOOGLE
from federation.vendors.model import (
    ACCOUNTED_CLAIMS,
    INSTEAD,
    STANDARD_CLAIMS,
    Bound,
    Customers,
    KnownClaims,
    OidcShape,
    RequiredCondition,
    Vendor,
    key_name,
)

__all__ = [
    "ACCOUNTED_CLAIMS",
    "AMAZON",
    "ANY",
    "BUILT_IN",
    "BUILT_IN_OAUTH",
    "BUILT_IN_OIDC",
    "COGNITO",
    "FACEBOOK",
    "GOOGLE",
    "INSTEAD",
    "STANDARD_CLAIMS",
    "VENDORS",
    "Bound",
    "Customers",
    "KnownClaims",
    "OidcShape",
    "RequiredCondition",
    "Vendor",
    "find_vendor",
    "key_name",
    "required_condition",
]

ANY: Final = Vendor("any issuer", shape=OidcShape(name="generic", issuer="https://issuer.example.com", subject="workload-7"))
"""The entry for an unknown issuer."""
VENDORS: Final[tuple[Vendor, ...]] = (*pipelines.VENDORS, *clouds.VENDORS, *platforms.VENDORS)

BUILT_IN_OIDC: Final = {issuer: vendor.claims for vendor in VENDORS if vendor.built_in == "oidc" for issuer in vendor.issuers}
"""Issuers of ID tokens that need no IAM object, with the claims that become their condition keys."""
BUILT_IN_OAUTH: Final = {issuer: vendor.claims for vendor in VENDORS if vendor.built_in == "oauth" for issuer in vendor.issuers}
"""Servers of access tokens, which ProviderId names and which need no IAM object: the claim of the application, then that of the user."""
BUILT_IN: Final = {**BUILT_IN_OIDC, **BUILT_IN_OAUTH}
"""Both; trust policies name them by host name."""


def find_vendor(provider: str) -> Vendor:
    """Return the vendor of *provider*, a URL without ``https://``, compared with its case; `ANY` where none is known."""
    exact = next((vendor for vendor in VENDORS if provider in vendor.issuers), None)
    return exact or next((vendor for vendor in VENDORS if vendor.is_of_family(provider)), ANY)


def required_condition(provider: str) -> RequiredCondition | None:
    """Return the condition that IAM requires of a new policy that trusts *provider*, a URL without ``https://``; None for none."""
    for vendor in VENDORS:
        rule = vendor.required
        if rule is not None and (provider in vendor.issuers or (rule.by_prefix and provider.startswith(vendor.issuers[0]))):
            return rule
    return None
