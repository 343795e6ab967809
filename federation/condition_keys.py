"""The condition keys of requests to assume a role: name, number of values, and the callers whose requests have the key.

Validators and policy lint both use this table, so that neither knows a key that the other does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

ConditionValues = Mapping[str, str | Sequence[str]]
"""Condition key to its value or values, in order."""

PrincipalKind = Literal["AWS", "Service", "SAML", "OIDC"]
"""Kind of caller: a principal with AWS credentials, an AWS service, or a federated caller by protocol."""

EVERYBODY: Final[frozenset[PrincipalKind]] = frozenset({"AWS", "Service", "SAML", "OIDC"})
_CREDENTIALED: Final[frozenset[PrincipalKind]] = frozenset({"AWS", "Service"})


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key.

    Attributes:
        name: Name as the IAM user guide spells it. A name that ends with ``/`` stands for every key with that prefix.
        callers: The callers whose requests to assume a role can have the key; empty for keys of other operations.
        multivalued: Whether the key is multivalued by definition; None where that differs between requests.
        constant: Whether every request of its callers has the key.
    """

    name: str
    callers: frozenset[PrincipalKind] = EVERYBODY
    multivalued: bool | None = False
    constant: bool = False


def _keys(names: str, *, callers: Iterable[PrincipalKind] = EVERYBODY, multivalued: bool = False, constant: bool = False) -> Iterator[Key]:
    return (Key(name, frozenset(callers), multivalued, constant) for name in names.split())


SECURE_TRANSPORT: Final = {"aws:SecureTransport": "true"}
"""Condition key that every request to AWS has: STS accepts TLS only."""

SERVICE_KEYS: Final = (
    *_keys("aws:CurrentTime aws:EpochTime aws:SecureTransport aws:PrincipalType aws:userid sts:RoleSessionName", constant=True),
    *_keys("aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalIsAWSService aws:SourceIp aws:SourceVpc aws:SourceVpcArn aws:SourceVpce"),
    *_keys("aws:VpcSourceIp aws:VpceAccount aws:VpceOrgID aws:UserAgent aws:Referer aws:RequestedRegion aws:RequestTag/ aws:ResourceTag/"),
    *_keys("aws:ResourceAccount aws:ResourceOrgID iam:ResourceTag/ sts:SourceIdentity"),
    *_keys("aws:TagKeys sts:TransitiveTagKeys aws:PrincipalOrgPaths aws:ResourceOrgPaths aws:VpceOrgPaths", multivalued=True),
    *_keys("aws:PrincipalArn aws:PrincipalTag/ aws:username aws:TokenIssueTime aws:SourceIdentity", callers=_CREDENTIALED),
    *_keys("aws:MultiFactorAuthPresent aws:MultiFactorAuthAge aws:FederatedProvider aws:AssumedRoot", callers=_CREDENTIALED),
    *_keys("aws:Ec2InstanceSourceVpc aws:Ec2InstanceSourcePrivateIPv4 aws:ChatbotSourceArn", callers=_CREDENTIALED),
    *_keys("aws:ViaAWSService aws:ViaAWSMCPService aws:CalledViaFirst aws:CalledViaLast aws:CalledViaAWSMCP", callers=_CREDENTIALED),
    *_keys("aws:SourceArn aws:SourceAccount aws:SourceOrgID aws:PrincipalServiceName", callers=_CREDENTIALED),
    *_keys("aws:CalledVia aws:SourceOrgPaths aws:PrincipalServiceNamesList", callers=_CREDENTIALED, multivalued=True),
    *_keys("sts:ExternalId sts:RequestContext/", callers=_CREDENTIALED),
    *_keys("sts:RequestContextProviders", callers=_CREDENTIALED, multivalued=True),
    *_keys("sts:RoleAuthorizedByIdp", callers=("OIDC",), constant=True),
    *_keys("sts:DurationSeconds sts:TaskPolicyArn sts:AWSServiceName sts:SigningAlgorithm", callers=()),
    *_keys("sts:IdentityTokenAudience", callers=(), multivalued=True),
)
"""Keys of AWS itself (IAM user guide, "AWS global condition context keys" and "Available keys for AWS STS")."""

SAML_KEYS: Final = (
    *_keys("saml:aud saml:iss saml:sub saml:sub_type saml:namequalifier saml:doc", callers=("SAML",), constant=True),
    *_keys("saml:eduPersonOrgDN saml:eduPersonPrimaryAffiliation saml:eduPersonPrimaryOrgUnitDN", callers=("SAML",)),
    *_keys("saml:eduPersonPrincipalName", callers=("SAML",)),
    *_keys("saml:eduPersonAffiliation saml:eduPersonAssurance saml:eduPersonEntitlement", callers=("SAML",), multivalued=True),
    *_keys("saml:eduPersonNickname saml:eduPersonOrgUnitDN saml:eduPersonScopedAffiliation", callers=("SAML",), multivalued=True),
    *_keys("saml:eduPersonTargetedID saml:eduOrgHomePageURI saml:eduOrgIdentityAuthNPolicyURI", callers=("SAML",), multivalued=True),
    *_keys(
        "saml:eduOrgLegalName saml:eduOrgSuperiorURI saml:eduOrgWhitePagesURI saml:cn saml:commonName", callers=("SAML",), multivalued=True
    ),
    *_keys("saml:givenName saml:surname saml:name saml:mail saml:uid saml:organizationStatus", callers=("SAML",), multivalued=True),
    *_keys("saml:primaryGroupSID saml:x500UniqueIdentifier", callers=("SAML",), multivalued=True),
)
"""Keys of a SAML caller (IAM user guide, "Available keys for SAML-based federation")."""

_TABLE: Final = {key.name.lower(): key for key in (*SERVICE_KEYS, *SAML_KEYS)}


def find_key(folded: str) -> Key | None:
    """Return the key of AWS or SAML whose lower-case name is *folded*; None where there is none."""
    exact = _TABLE.get(folded)
    if exact is not None:
        return None if exact.name.endswith("/") else exact
    family, slash, rest = folded.partition("/")
    return _TABLE.get(family + slash) if slash and rest else None
