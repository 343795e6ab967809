"""Which condition keys of a login its record says: one table, in words too, for answers and for the documentation.

A key that the record does not say is *unknown*, not absent: a condition on it is not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from federation.account import Account
from federation.condition_keys import SAML_KEYS
from federation.evidence.cloudtrail.login_record import SAML, LoginRecord
from federation.evidence.documents.rendering import placeholders
from federation.identity import ContextValue
from federation.oidc.conditions import KeyNames
from federation.policy.wildcard import fold
from federation.saml.validator import name_qualifier
from federation.sts.login.trust import login_keys
from federation.sts.login.verified_login import SessionRequest
from federation.vendors import find_vendor, key_name

_OIDC_PROVIDER: Final = ":oidc-provider/"
_CUT: Final = "..."
"""The end of a user agent that CloudTrail has cut."""


@dataclass(frozen=True, slots=True)
class Knowable:
    """A condition key, or several, and what a record says of it.

    Attributes:
        keys: The keys, as the IAM user guide spells them; ``<provider>`` is the URL of an OIDC provider without ``https://``.
        member: The member of the record that says it; empty where no member does.
        tells: What would tell where the record does not.
    """

    keys: tuple[str, ...]
    member: str
    tells: str = ""


_TOKEN: Final = "the token: `federation explain` with the token judges it"  # noqa: S105 - a text
_ASSERTION: Final = "the assertion: `federation explain` with the SAML response judges it"
_NETWORK: Final = "the network of the caller, which AWS alone knows"

TABLE: Final = (
    Knowable(("<provider>:sub",), "userIdentity.userName"),
    Knowable(("<provider>:aud",), "userIdentity.principalId, responseElements.audience", _TOKEN),
    Knowable(("<provider>:oaud", "<provider>:amr"), "", _TOKEN),
    Knowable(("<provider>:<any other claim>",), "", _TOKEN),
    Knowable(("saml:sub", "saml:namequalifier"), "userIdentity.userName, userIdentity.identityProvider", _ASSERTION),
    Knowable(("saml:doc",), "requestParameters.principalArn"),
    Knowable(("saml:aud", "saml:iss", "saml:sub_type"), "responseElements, of granted logins", _ASSERTION),
    Knowable(("saml:<any attribute>",), "", _ASSERTION),
    Knowable(("sts:RoleSessionName",), "requestParameters.roleSessionName"),
    Knowable(("sts:SourceIdentity",), "requestParameters.sourceIdentity"),
    Knowable(("aws:RequestTag/<tag>", "aws:TagKeys"), "requestParameters.principalTags"),
    Knowable(("sts:TransitiveTagKeys",), "requestParameters.transitiveTagKeys"),
    Knowable(("sts:RoleAuthorizedByIdp",), "additionalEventData.RoleAuthorizedByIdp", _TOKEN),
    Knowable(("aws:CurrentTime", "aws:EpochTime"), "eventTime"),
    Knowable(("aws:SourceIp", "aws:VpcSourceIp"), "sourceIPAddress, where it is an address", _NETWORK),
    Knowable(("aws:SourceVpce",), "vpcEndpointId"),
    Knowable(("aws:SourceVpc", "aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"), "", _NETWORK),
    Knowable(("aws:UserAgent",), "userAgent", "the client's own log"),
    Knowable(("aws:RequestedRegion",), "awsRegion"),
    Knowable(("aws:Referer",), "", "the client's own log"),
    Knowable(
        ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"),
        "",
        "the organization: import it into the account directory",
    ),
)
"""Every key that a record says or leaves open. Any other key is absent from requests of federated callers, as in `federation explain`."""

_TELLS: Final = {fold(key): each.tells for each in TABLE for key in each.keys}
_OF_SAML: Final = frozenset(fold(key.name) for key in SAML_KEYS)
_OF_CONNECTION: Final = frozenset(
    fold(key) for each in TABLE for key in each.keys if key.startswith("aws:") and each.tells and not key.endswith(">")
)
"""Keys of AWS that are unknown where the record does not say them."""
_IN_VPC: Final = frozenset(
    ("aws:sourcevpc", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:sourcevpce", "aws:vpcsourceip")
)
"""Keys that a request has not that came by no VPC endpoint."""
_ON_THE_INTERNET: Final = frozenset({"aws:sourceip"})
"""Keys that a request has not that came by one."""


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """The condition keys of a recorded login.

    Attributes:
        known: Those that the record says, by name.
        folded: The same by folded name.
        is_unknown: Tells of a folded name whether nobody knows what the request had for it.
    """

    known: dict[str, ContextValue]
    folded: dict[str, ContextValue]
    is_unknown: Callable[[str], bool]


def provider_host(provider: str) -> str:
    """Return the URL without ``https://`` of the OIDC provider with that ARN; a built-in host stays as it is."""
    return provider.partition(_OIDC_PROVIDER)[2] or provider


def session_of(record: LoginRecord) -> SessionRequest:
    """Return what the login asked its session to be."""
    return SessionRequest(
        name=record.session_name,
        tags=record.tags,
        transitive_tag_keys=record.transitive_tag_keys,
        source_identity=record.source_identity,
        authorized_by_idp=record.authorized_by_idp,
    )


def keys_of(record: LoginRecord, account: Account) -> RecordKeys:
    """Return the condition keys of *record*, a login to a role of *account*."""
    token = _saml(record, account) if record.operation == SAML else _web_identity(record)
    keys = login_keys(token, record.provider, session_of(record), account=account, at=record.time)
    keys.update(_connection(record))
    folded = {_folded(name): value for name, value in keys.items()}
    unsaid = _OF_SAML if record.operation == SAML else _open_claims(provider_host(record.provider))
    absent = _IN_VPC if record.vpc_endpoint is None else _ON_THE_INTERNET

    def is_unknown(key: str) -> bool:
        return key not in folded and key not in absent and (key in unsaid or _is_open(record, key))

    return RecordKeys(keys, folded, is_unknown)


def what_tells(key: str, record: LoginRecord) -> str:
    """Return what would tell the value of the folded *key*, which the record does not say."""
    name, _, claim = key.rpartition(":")
    if key in _TELLS:
        return _TELLS[key]
    if record.operation == SAML:
        return f"the attribute behind `{key}` of {_ASSERTION}"
    if name == fold(provider_host(record.provider)):
        return f"the claim `{claim}` of {_TOKEN}"
    return _TOKEN


def _web_identity(record: LoginRecord) -> dict[str, ContextValue]:
    names = _names(provider_host(record.provider))
    told = {names.sub: record.subject, names.aud: record.audience}
    return {key: value for key, value in told.items() if value is not None}


def _saml(record: LoginRecord, account: Account) -> dict[str, ContextValue]:
    provider = account.saml_providers.get(record.provider)
    arn = record.provider.split(":", 5)
    doc = f"{arn[4]}/{record.provider.partition(':saml-provider/')[2]}" if len(arn) > 4 else None  # noqa: PLR2004 - the account of an ARN
    issuer = record.issuer
    if issuer is None and provider is not None and record.name_qualifier is not None and doc is not None:
        # The qualifier is a hash of issuer and provider, so it tells which of the registered issuers it was.
        issuer = next((each for each in sorted(provider.entity_ids) if name_qualifier(each, doc) == record.name_qualifier), None)
    told = {
        "saml:sub": record.subject,
        "saml:aud": record.audience,
        "saml:iss": issuer,
        "saml:sub_type": record.subject_type,
        "saml:namequalifier": record.name_qualifier,
        "saml:doc": doc,
    }
    return {key: value for key, value in told.items() if value is not None}


def _connection(record: LoginRecord) -> Iterator[tuple[str, ContextValue]]:
    """Yield the keys of the connection."""
    if record.source_ip is not None and _is_address(record.source_ip):
        yield ("aws:SourceIp" if record.vpc_endpoint is None else "aws:VpcSourceIp"), record.source_ip
    if record.vpc_endpoint is not None:
        yield "aws:SourceVpce", record.vpc_endpoint
    if record.user_agent is not None and not record.user_agent.endswith(_CUT):
        yield "aws:UserAgent", record.user_agent
    if record.region is not None:
        yield "aws:RequestedRegion", record.region


def _is_open(record: LoginRecord, key: str) -> bool:
    """Whether *key*, which the record does not say, is one that it might have said, or that nothing says."""
    if key == "sts:rolesessionname":
        return True  # every login has one
    if key == "sts:roleauthorizedbyidp":
        return record.operation != SAML
    return key in _OF_CONNECTION or bool(placeholders(key))  # an unknown part of a policy in a file


@lru_cache(maxsize=256)  # providers of logins that were proved, so few
def _open_claims(host: str) -> frozenset[str]:
    return frozenset(fold(key_name(host, claim)) for claim in find_vendor(host).exposed_claims)


_folded: Final = lru_cache(maxsize=1_024)(fold)
"""The logins of one provider have the same names."""


@lru_cache(maxsize=256)
def _names(host: str) -> KeyNames:
    return KeyNames.of(host)


@lru_cache(maxsize=4_096)
def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
