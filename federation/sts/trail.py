"""The audit event of one call, in CloudTrail's words: parameters, answer and caller.

An event includes what is declared to be included: parameters on their call record, members of answers here. A new one stays out until
somebody decides, so that no token enters by being new (attack row O04).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from federation.errors import FederationError
from federation.identity import VerifiedIdentity, timestamp
from federation.names import lower_first
from federation.state import AuditEvent, Origin
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.login_context import LoginFacts
from federation.sts.parameters.constraints import StructureList
from federation.sts.parameters.record import Call, Parameter

ROLE: Final = "AWS::IAM::Role"
SAML_PROVIDER: Final = "AWS::IAM::SAMLProvider"

_INCLUDED_ELEMENTS: Final = frozenset(
    {
        "Credentials",
        "AccessKeyId",
        "Expiration",
        "AssumedRoleUser",
        "AssumedRoleId",
        "FederatedUser",
        "FederatedUserId",
        "Arn",
        "AssumedPrincipal",
        "PackedPolicySize",
        "Subject",
        "SubjectType",
        "SubjectFromWebIdentityToken",
        "Issuer",
        "Provider",
        "Audience",
        "NameQualifier",
        "SourceIdentity",
        "SessionTokenUtilization",
        "SessionTokenSize",
    }
)
"""Members of answers that events hold. Secret key, session token and issued tokens are not among them."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ANSWERS_NOTHING: Final = frozenset({"GetCallerIdentity", "GetAccessKeyInfo", "DecodeAuthorizationMessage"})
"""Operations whose answer CloudTrail leaves out, since they change nothing."""
_LOGIN_TYPES: Final = {"AssumeRoleWithSAML": "SAMLUser", "AssumeRoleWithWebIdentity": "WebIdentityUser"}
_CALLER_TYPES: Final = {
    CallerKind.USER: "IAMUser",
    CallerKind.USER_SESSION: "IAMUser",
    CallerKind.ROOT: "Root",
    CallerKind.ROOT_SESSION: "Root",
    CallerKind.ROLE_SESSION: "AssumedRole",
    CallerKind.FEDERATED_USER: "FederatedUser",
}


class Answer(Protocol):
    """What an operation answers."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as boto3 does."""
        ...


def login_event(
    call: Call,
    facts: LoginFacts,
    *,
    account: str,
    at: datetime,
    origin: Origin,
    session: Answer | None = None,
    refusal: FederationError | None = None,
) -> AuditEvent:
    """Return the event of a federated login.

    Args:
        call: Its parameters.
        facts: What was known of it when it ended.
        account: The account that answered.
        at: The instant it was judged at, aware UTC.
        origin: Where it came from.
        session: What was granted, or None.
        refusal: Why it was refused, or None.
    """
    named = (getattr(call, "role_arn", None), ROLE), (getattr(call, "principal_arn", None), SAML_PROVIDER)
    return AuditEvent(
        time=at,
        operation=call.operation,
        user_identity=login_identity(_LOGIN_TYPES[call.operation], facts.identity),
        account=account,
        request_parameters={**included_parameters(call), **_asked(facts)},
        response_elements=None if session is None else included_elements(call.operation, session),
        resources={arn: kind for arn, kind in named if type(arn) is str},
        proved=_proved(facts),
        refusal=refusal,
        origin=origin,
    )


def signed_event(
    call: Call,
    caller: Caller | None,
    *,
    account: str,
    role_arn: str | None,
    at: datetime,
    origin: Origin,
    answer: Answer | None = None,
    refusal: FederationError | None = None,
) -> AuditEvent:
    """Return the event of a signed call.

    Args:
        call: Its parameters.
        caller: Who called; None where nobody was proved.
        account: The account that answered.
        role_arn: The role it names, or None.
        at: The instant it was judged at, aware UTC.
        origin: Where it came from.
        answer: What was granted, or None.
        refusal: Why it was refused, or None.
    """
    return AuditEvent(
        time=at,
        operation=call.operation,
        user_identity=caller_identity(caller),
        account=account,
        request_parameters=included_parameters(call),
        response_elements=None if answer is None else included_elements(call.operation, answer),
        resources={} if role_arn is None else {role_arn: ROLE},
        region=None if caller is None else caller.region,
        refusal=refusal,
        origin=origin,
    )


def included_parameters(call: Call) -> dict[str, object]:
    """Return the parameters of *call* that events include, as ``requestParameters``."""
    given = [(each, getattr(call, each.name)) for each in call.parameters if each.audit == "included"]
    return {each.member: _plain(each, value) for each, value in given if value is not None and not _empty(value)}


def included_elements(operation: str, answer: Answer) -> dict[str, object] | None:
    """Return what *operation* answered as ``responseElements``, without secret key, session token or web identity token."""
    return None if operation in _ANSWERS_NOTHING else _elements(answer.to_dict())


def caller_identity(caller: Caller | None) -> dict[str, object]:
    """Return who called a signed operation as ``userIdentity``; None is somebody nobody knows."""
    if caller is None:
        return {"type": "Unknown"}
    told = {
        "type": "Root" if caller.is_root else _CALLER_TYPES[caller.kind],
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": caller.account,
        "accessKeyId": caller.access_key_id,
        "userName": caller.name,
        "sessionContext": None if caller.issued_at is None else _session_context(caller, caller.issued_at),
    }
    return {name: value for name, value in told.items() if value is not None}


def login_identity(kind: str, identity: VerifiedIdentity | None) -> dict[str, object]:
    """Return who logged in as ``userIdentity`` of type *kind*, ``SAMLUser`` or ``WebIdentityUser``."""
    if identity is None:
        return {"type": kind}
    if identity.name_qualifier is not None:
        provider, prefix = identity.name_qualifier, identity.name_qualifier
    else:
        provider, prefix = identity.provider_arn, f"{identity.provider_arn}:{identity.audience or ''}"
    return {"type": kind, "principalId": f"{prefix}:{identity.subject}", "userName": identity.subject, "identityProvider": provider}


def _session_context(caller: Caller, issued_at: datetime) -> dict[str, object]:
    context: dict[str, object] = {}
    if caller.kind is CallerKind.ROLE_SESSION:
        context["sessionIssuer"] = {
            "type": "Role",
            "principalId": caller.user_id.partition(":")[0],
            "arn": caller.principal_arn,
            "accountId": caller.account,
            "userName": caller.principal_arn.rpartition("/")[2],
        }
    if caller.federated_provider is not None:
        context["webIdFederationData"] = {"federatedProvider": caller.federated_provider, "attributes": dict(caller.federated_keys)}
    if caller.source_identity is not None:
        context["sourceIdentity"] = caller.source_identity
    if caller.kind is CallerKind.ROOT_SESSION:
        context["assumedRoot"] = "true"
    mfa = "false" if caller.mfa_at is None else "true"
    return {**context, "attributes": {"creationDate": timestamp(issued_at.replace(microsecond=0)), "mfaAuthenticated": mfa}}


def _asked(facts: LoginFacts) -> dict[str, object]:
    """Return what the token asks for: CloudTrail lists it among the parameters, where a SAML call has it from."""
    identity, request = facts.identity, facts.request
    asked: dict[str, object] = {}
    if identity is not None and identity.name_qualifier is not None:
        asked["sAMLAssertionID"] = identity.token_id
    if request is not None:
        asked |= {
            "roleSessionName": request.name,
            "sourceIdentity": request.source_identity,
            "principalTags": {tag.key: tag.value for tag in request.tags} or None,
            "transitiveTagKeys": request.transitive_tag_keys or None,
        }
    return {name: value for name, value in asked.items() if value is not None}


def _proved(facts: LoginFacts) -> dict[str, object]:
    identity = facts.identity
    proved = {"provider": facts.provider_arn if type(facts.provider_arn) is str else None}
    if identity is not None:
        proved |= {"issuer": identity.issuer, "subject": identity.subject, "tokenId": identity.token_id}
    return {name: value for name, value in proved.items() if value is not None}


def _plain(parameter: Parameter, value: object) -> object:
    """Return lists of structures in CloudTrail's spelling, whether they came as boto3's dictionaries or bare.

    Plain types alone are looked into: a caller's own may do anything when asked.
    """
    if not isinstance(parameter.constraint, StructureList) or (type(value) is not list and type(value) is not tuple):
        return value
    members = tuple(parameter.constraint.element.members)
    return [_structure(item, members) for item in value]


def _structure(item: object, members: tuple[str, ...]) -> object:
    if type(item) is dict:
        return {lower_first(name): item.get(name) for name in members}
    return {members[0]: item} if len(members) == 1 else type(item).__name__


def _empty(value: object) -> bool:
    return type(value) is tuple and not value


def _elements(answer: Mapping[str, Any]) -> dict[str, object]:
    return {lower_first(name): _element(value) for name, value in answer.items() if name in _INCLUDED_ELEMENTS}


def _element(value: object) -> object:
    if isinstance(value, Mapping):
        return _elements(value)
    return _written(value) if isinstance(value, datetime) else value


def _written(moment: datetime) -> str:
    """Return *moment* as CloudTrail writes instants in answers, whatever the locale: ``Nov 24, 2026, 1:00:30 PM``."""
    half = "AM" if moment.hour < 12 else "PM"  # noqa: PLR2004 - noon
    clock = f"{moment.hour % 12 or 12}:{moment.minute:02}:{moment.second:02} {half}"
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}, {clock}"
