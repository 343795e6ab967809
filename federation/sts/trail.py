"""The audit event of a call in the form of CloudTrail: parameters, result and caller.

An event includes only what is declared as included: parameters on their call record, members of results here. A new member is excluded
until it is declared, so that no token can enter an event by default (attack row O04).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from federation.calls.constraints import StructureListConstraint
from federation.calls.record import Call, Parameter
from federation.errors import FederationError
from federation.identity import VerifiedIdentity, timestamp
from federation.names import lower_first
from federation.state import AuditEvent, Origin
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.login.context import LoginFacts

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
"""Members of results that events include. Secret access key, session token and issued tokens are not among them."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ANSWERS_NOTHING: Final = frozenset({"GetCallerIdentity", "GetAccessKeyInfo", "DecodeAuthorizationMessage"})
"""Operations whose result CloudTrail leaves out, because they are read-only."""
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
    """The result of an operation."""

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation."""
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
        call: The parameters.
        facts: The facts that the login found out.
        account: Id of the account of the operation.
        at: The time that the login was judged at, aware UTC.
        origin: Source of the request.
        session: The result, or None.
        refusal: The refusal, or None.
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
        call: The parameters.
        caller: The caller; None where it is unknown.
        account: Id of the account of the operation.
        role_arn: ARN of the role of the call, or None.
        at: The time that the call was judged at, aware UTC.
        origin: Source of the request.
        answer: The result, or None.
        refusal: The refusal, or None.
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
    """Return the included parameters of *call* in the form of ``requestParameters``."""
    given = [(each, getattr(call, each.name)) for each in call.parameters if each.audit == "included"]
    return {each.member: _plain(each, value) for each, value in given if value is not None and not _empty(value)}


def included_elements(operation: str, answer: Answer) -> dict[str, object] | None:
    """Return the included members of the result of *operation* in the form of ``responseElements``; None for read-only operations."""
    return None if operation in _ANSWERS_NOTHING else _elements(answer.to_dict())


def caller_identity(caller: Caller | None) -> dict[str, object]:
    """Return the caller of a signed operation in the form of ``userIdentity``. None stands for an unknown caller."""
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
    """Return the identity of a login in the form of ``userIdentity`` with the type *kind*, ``SAMLUser`` or ``WebIdentityUser``."""
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
    """Return the session request of the token. CloudTrail lists it among the parameters of a SAML login."""
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
    """Return *value* with the member names of CloudTrail; structures may be boto3's dicts or bare values.

    Only built-in types are converted, because methods of other types are foreign code.
    """
    if not isinstance(parameter.constraint, StructureListConstraint) or (type(value) is not list and type(value) is not tuple):
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
    return written(value) if isinstance(value, datetime) else value


def written(moment: datetime) -> str:
    """Return *moment* in the form of CloudTrail's ``responseElements``, independent of the locale: ``Nov 24, 2026, 1:00:30 PM``."""
    half = "AM" if moment.hour < 12 else "PM"  # noqa: PLR2004 - noon
    clock = f"{moment.hour % 12 or 12}:{moment.minute:02}:{moment.second:02} {half}"
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}, {clock}"
