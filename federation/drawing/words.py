"""The words of a map: whom a group has, on which conditions, and how much there is."""

from __future__ import annotations

from typing import Final

from federation.account.access import AccessMap, AccessSource, IdentityGroup
from federation.errors import printable
from federation.policy.ways_in import Demand

KINDS: Final = {
    "everybody": "principals of AWS",
    "oidc": "OpenID Connect provider",
    "oauth": "OAuth 2.0 server",
    "saml": "SAML provider",
    "plugin": "provider of a plug-in",
    "account": "AWS account",
    "service": "services of AWS",
    "canonical-user": "canonical users",
}
"""Kind of a source to its name."""


def summary_of(found: AccessMap) -> str:
    """Return in one sentence how much *found* shows."""
    shut = len(found.roles) - len({arn for group in found.groups for arn in group.roles})
    wide = sum(1 for group in found.groups if group.reach)
    return (
        f"{number(len(found.sources), 'source')} of identities, {number(len(found.groups), 'group')} of equal conditions, "
        f"{number(len(found.roles), 'role')}"
        + (f", {shut} of which nobody can assume" if shut else "")
        + (f"; {number(wide, 'group')} open to everybody or to strangers" if wide else "")
    )


def whom(group: IdentityGroup, source: AccessSource) -> str:
    """Return whom *group* of *source* has, but for its further `conditions`."""
    if group.subject is not None:
        return _short(group.subject, source)
    if group.spared:
        return printable(f"everybody but {', '.join(group.spared)}, by {group.operation.removeprefix('sts:')}")
    if source.kind == "everybody":
        return "any principal of any AWS account"
    if source.kind == "saml":
        return "whomever the identity provider names for the role"
    if source.kind in {"oidc", "oauth", "plugin"}:
        return "every identity of the provider"
    name = resource_of(group.principal)
    return "any principal that the account's own policies allow" if name == "root" else printable(name)


def conditions(group: IdentityGroup, source: AccessSource) -> list[str]:
    """Return the conditions beside the one that `whom` tells."""
    return [_short(demand, source) for demand in group.demands if demand != group.subject]


def _short(demand: Demand, source: AccessSource) -> str:
    """Return the words of *demand* without the name of the provider, which stands beside them."""
    if source.kind in {"oidc", "oauth"} and demand.key.startswith(f"{source.name.lower()}:"):
        return demand.words.replace(demand.name[: len(source.name) + 1], "", 1)
    return demand.words


def resource_of(arn: str) -> str:
    """Return the resource of an ARN, and any other name as it is."""
    return arn.split(":", 5)[-1]


def number(count: int, noun: str) -> str:
    """Return *count* with its *noun*, which takes an s where there are several."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
