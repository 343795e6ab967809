"""What a CloudTrail record says of one federated login, typed.

Source: CloudTrail user guide, "CloudTrail record contents"; IAM user guide, "Logging IAM and AWS STS API calls with AWS CloudTrail".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from federation.errors import FederationError, ValidationError, show
from federation.identity import SessionTag, timestamp
from federation.jose.strictjson import Complaint, decode_object
from federation.portable import Recipe, rebuilt

SAML: Final = "AssumeRoleWithSAML"
WEB_IDENTITY: Final = "AssumeRoleWithWebIdentity"
OPERATIONS: Final = (SAML, WEB_IDENTITY)
"""The operations whose records are read."""
SOURCE: Final = "sts.amazonaws.com"
_SAML_PROVIDER: Final = ":saml-provider/"
_CHARS: Final = 8_192
"""Longest text of a record that is read; a session policy, the longest, has 2048 characters."""
_ITEMS: Final = 64
"""Most tags, tag keys or policies of one login that are read; AWS takes 50."""
COMPLAINT: Final = Complaint(
    error=ValidationError, check="cloudtrail-record", what="the record", remedy="export the record again, as CloudTrail wrote it"
)
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRecord:
    """One federated login as CloudTrail recorded it. What the record does not say is None or empty.

    Attributes:
        event_id: ``eventID``; empty where the record has none.
        time: ``eventTime``, aware UTC, to the second.
        operation: ``AssumeRoleWithSAML`` or ``AssumeRoleWithWebIdentity``.
        role_arn: The role that was asked for.
        provider: The ARN of the provider, or the host of one that is built into AWS.
        subject: ``sub`` or NameID.
        subject_type: SAML: the format of the NameID, as STS reports it. Only granted logins have it.
        audience: The audience that was matched (``azp`` or ``aud``); for SAML the Recipient, which only granted logins have.
        issuer: SAML: the Issuer. Only granted logins have it.
        name_qualifier: SAML: the NameQualifier of STS.
        assertion_id: SAML: the ID of the assertion.
        session_name: RoleSessionName.
        duration: DurationSeconds of the call, in seconds.
        source_identity: SourceIdentity.
        tags: The session tags that the token asked for.
        transitive_tag_keys: Those of them that pass to chained sessions.
        policy: The inline session policy of the call.
        policy_arns: Its managed session policies.
        authorized_by_idp: Whether the token named the role itself (``additionalEventData.RoleAuthorizedByIdp``).
        verified_by: How the connection to the identity provider was verified.
        error_code: The code under which the login was refused; None where it was granted.
        error_message: AWS's text for it.
        source_ip: ``sourceIPAddress``: an address, or a name such as ``AWS Internal``.
        user_agent: ``userAgent``.
        vpc_endpoint: The VPC endpoint by which the call came.
        account: ``recipientAccountId``.
        region: ``awsRegion``.
        tls_host: The host that the client named in TLS.
        additional: ``additionalEventData`` as it is.
        place: Where the record was read: file and number.
    """

    event_id: str = ""
    time: datetime
    operation: str
    role_arn: str
    provider: str
    subject: str | None = None
    subject_type: str | None = None
    audience: str | None = None
    issuer: str | None = None
    name_qualifier: str | None = None
    assertion_id: str | None = None
    session_name: str | None = None
    duration: int | None = None
    source_identity: str | None = None
    tags: tuple[SessionTag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    authorized_by_idp: bool | None = None
    verified_by: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    source_ip: str | None = None
    user_agent: str | None = None
    vpc_endpoint: str | None = None
    account: str | None = None
    region: str | None = None
    tls_host: str | None = None
    additional: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, compare=False)
    place: str = field(default="", compare=False)

    def __reduce__(self) -> Recipe:
        return rebuilt(self)

    @property
    def granted(self) -> bool:
        """Whether the login was granted when it was recorded."""
        return self.error_code is None

    @property
    def refused_by_policy(self) -> bool:
        """Whether a policy refused it: the token had proved somebody."""
        return self.error_code in ("AccessDenied", "AccessDeniedException")

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain data with stable names: the documented schema."""
        return {
            "event_id": self.event_id,
            "place": self.place,
            "time": timestamp(self.time),
            "operation": self.operation,
            "role_arn": self.role_arn,
            "provider": self.provider,
            "subject": self.subject,
            "subject_type": self.subject_type,
            "audience": self.audience,
            "issuer": self.issuer,
            "name_qualifier": self.name_qualifier,
            "assertion_id": self.assertion_id,
            "session_name": self.session_name,
            "duration_seconds": self.duration,
            "source_identity": self.source_identity,
            "tags": {tag.key: tag.value for tag in self.tags},
            "transitive_tag_keys": list(self.transitive_tag_keys),
            "policy": self.policy,
            "policy_arns": list(self.policy_arns),
            "authorized_by_idp": self.authorized_by_idp,
            "verified_by": self.verified_by,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "source_ip": self.source_ip,
            "user_agent": self.user_agent,
            "vpc_endpoint": self.vpc_endpoint,
            "account": self.account,
            "region": self.region,
            "tls_host": self.tls_host,
        }


def read_record(octets: bytes, *, place: str = "") -> LoginRecord | None:
    """Return the login that the JSON object *octets* records; None where it records another event.

    Args:
        octets: One record, or one event of ``aws cloudtrail lookup-events``, whose ``CloudTrailEvent`` is the record as text.
        place: Where it was read.

    Raises:
        ValidationError: Check ``cloudtrail-record``: it is no strict JSON, names a member twice, or a member of a login has another form.
    """
    members = _decoded(octets)
    inner = members.get("CloudTrailEvent")
    if isinstance(inner, str):
        members = _decoded(inner.encode("utf-8", "surrogatepass"))
    return login_of(members, place=place)


def login_of(members: Mapping[str, Any], *, place: str = "") -> LoginRecord | None:
    """Return the login that a decoded record is of; None where it is of another event.

    Raises:
        ValidationError: As `read_record`.
    """
    if members.get("eventSource") != SOURCE or members.get("eventName") not in OPERATIONS:
        return None
    try:
        return _login(members, place)
    except FederationError:
        raise
    except (LookupError, TypeError, ValueError, OverflowError) as fault:  # no form that is known, and none that may end an audit
        raise COMPLAINT.refusal("CloudTrail writes it", type(fault).__name__) from None


def _decoded(octets: bytes) -> dict[str, Any]:
    decoded = decode_object(octets, COMPLAINT)
    if decoded.repeated:
        raise COMPLAINT.refusal("an object that names each member once", f"{show(decoded.repeated[0])} twice")
    return decoded.members


def _login(members: Mapping[str, Any], place: str) -> LoginRecord:
    asked, answer, caller, further, tls = (
        _part(members, name) for name in ("requestParameters", "responseElements", "userIdentity", "additionalEventData", "tlsDetails")
    )
    operation: str = members["eventName"]
    saml = operation == SAML
    named = _text(caller, "identityProvider")
    subject = _agreed("the subject", _text(caller, "userName"), _text(answer, "subject" if saml else "subjectFromWebIdentityToken"))
    if saml:
        is_arn = named is not None and _SAML_PROVIDER in named
        provider = _agreed("the provider", _text(asked, "principalArn"), named if is_arn else None)
        qualifier = _agreed("the name qualifier", None if is_arn else named, _text(answer, "nameQualifier"))
        audience = _text(answer, "audience")
    else:
        provider, qualifier = _agreed("the provider", named, _text(answer, "provider")), None
        told = _audience_in(_text(caller, "principalId"), provider, subject)
        audience = _agreed("the audience", told, _text(answer, "audience"))
    role = _text(asked, "roleArn") or _role_among(members.get("resources"))
    if role is None or (provider is None and _text(members, "errorCode") is None):
        raise COMPLAINT.refusal("one that names role and provider", "no role" if role is None else "no provider")
    return LoginRecord(
        event_id=_text(members, "eventID") or "",
        time=_moment(members.get("eventTime")),
        operation=operation,
        role_arn=role,
        provider=provider or "",
        subject=subject,
        subject_type=_text(answer, "subjectType"),
        audience=audience,
        issuer=_text(answer, "issuer"),
        name_qualifier=qualifier,
        assertion_id=_text(asked, "sAMLAssertionID"),
        session_name=_text(asked, "roleSessionName"),
        duration=_whole(asked, "durationSeconds"),
        source_identity=_agreed("the source identity", _text(asked, "sourceIdentity"), _text(answer, "sourceIdentity")),
        tags=_tags(asked.get("principalTags")),
        transitive_tag_keys=_texts(asked.get("transitiveTagKeys"), "transitiveTagKeys"),
        policy=_text(asked, "policy"),
        policy_arns=_texts([_arn(each) for each in _list(asked.get("policyArns"), "policyArns")], "policyArns"),
        authorized_by_idp=_truth(further.get("RoleAuthorizedByIdp")),
        verified_by=_text(further, "identityProviderConnectionVerificationMethod"),
        error_code=_text(members, "errorCode"),
        error_message=_text(members, "errorMessage"),
        source_ip=_text(members, "sourceIPAddress"),
        user_agent=_text(members, "userAgent"),
        vpc_endpoint=_text(members, "vpcEndpointId"),
        account=_text(members, "recipientAccountId"),
        region=_text(members, "awsRegion"),
        tls_host=_text(tls, "clientProvidedHostHeader"),
        additional=MappingProxyType(dict(further)),
        place=place,
    )


def _part(members: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = members.get(name)
    if value is None:
        return _NOTHING
    if not isinstance(value, dict):
        raise COMPLAINT.refusal(f"one whose {name} is an object or null", "another value")
    return value


def _text(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name)
    if value is None or (isinstance(value, str) and len(value) <= _CHARS):
        return value or None
    raise COMPLAINT.refusal(f"one whose {name} is a text of at most {_CHARS} characters", "another value")


def _whole(members: Mapping[str, Any], name: str) -> int | None:
    value = members.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():  # of exports that have texts alone
        value = int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise COMPLAINT.refusal(f"one whose {name} is a whole number", "another value")


def _truth(value: object) -> bool | None:
    """Read true, which some exports write as a text."""
    return {True: True, "true": True, False: False, "false": False}.get(value) if isinstance(value, bool | str) else None


def _list(value: object, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _ITEMS:
        raise COMPLAINT.refusal(f"one whose {name} is a list of at most {_ITEMS} items", "another value")
    return value


def _texts(value: object, name: str) -> tuple[str, ...]:
    items = _list(value, name)
    if not all(isinstance(each, str) and len(each) <= _CHARS for each in items):
        raise COMPLAINT.refusal(f"one whose {name} is a list of texts", "another value")
    return tuple(items)


def _arn(item: object) -> object:
    return item.get("arn") if isinstance(item, dict) else item


def _tags(value: object) -> tuple[SessionTag, ...]:
    """Read the tags: an object of texts."""
    if value is None:
        return ()
    if not isinstance(value, dict) or len(value) > _ITEMS or not all(isinstance(each, str) for each in value.values()):
        raise COMPLAINT.refusal(f"one whose principalTags is an object of at most {_ITEMS} texts", "another value")
    return tuple(SessionTag(key, text) for key, text in value.items())


def _agreed(what: str, one: str | None, other: str | None) -> str | None:
    """Return what two members say alike; a record that contradicts itself is no evidence."""
    if one is not None and other is not None and one != other:
        raise COMPLAINT.refusal(f"one that says {what} once, or twice alike", f"{show(one)} and {show(other)}")
    return one if other is None else other


def _audience_in(principal_id: str | None, provider: str | None, subject: str | None) -> str | None:
    """Return the audience in ``<provider>:<audience>:<subject>``, each of which may have colons; None where it is not of that form."""
    head, tail = f"{provider}:", f":{subject}"
    if principal_id is None or provider is None or subject is None or not principal_id.startswith(head):
        return None
    rest = principal_id[len(head) :]
    return rest[: -len(tail)] or None if rest.endswith(tail) else None


def _role_among(resources: object) -> str | None:
    """Return the ARN of the one role among the resources of a record whose parameters are left out."""
    arns = [each.get("ARN") for each in resources if isinstance(each, dict)] if isinstance(resources, list) else []
    roles = [arn for arn in arns if isinstance(arn, str) and ":role/" in arn and len(arn) <= _CHARS]
    return roles[0] if len(roles) == 1 else None


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.utcoffset() is None:
        raise COMPLAINT.refusal("one whose eventTime is ISO 8601 with a zone", "another value")
    return moment.astimezone(UTC)
