"""What an audit event tells of a call: parameters, answer and caller, in CloudTrail's words.

Both lists are of what is told. A parameter or an answer that nobody thought of stays out, so that no token enters by being new (row O04).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from federation.identity import VerifiedIdentity, timestamp
from federation.sts.callers.caller import Caller, CallerKind

ROLE: Final = "AWS::IAM::Role"
SAML_PROVIDER: Final = "AWS::IAM::SAMLProvider"

TOLD_PARAMETERS: Final = (
    "role_arn",
    "principal_arn",
    "provider_id",
    "role_session_name",
    "name",
    "target_principal",
    "task_policy_arn",
    "policy",
    "policy_arns",
    "duration_seconds",
    "minimum_session_token_size",
    "tags",
    "transitive_tag_keys",
    "external_id",
    "serial_number",
    "source_identity",
    "audience",
    "signing_algorithm",
    "access_key_id",
)
"""Parameters that events tell, by their names in Python."""
WITHHELD_PARAMETERS: Final = frozenset(
    {"saml_assertion", "web_identity_token", "trade_in_token", "token_code", "provided_contexts", "encoded_message"}
)
"""Those they do not: tokens, codes, and what may hold either."""

_TOLD_ELEMENTS: Final = {
    "Credentials": "credentials",
    "AccessKeyId": "accessKeyId",
    "Expiration": "expiration",
    "AssumedRoleUser": "assumedRoleUser",
    "AssumedRoleId": "assumedRoleId",
    "FederatedUser": "federatedUser",
    "FederatedUserId": "federatedUserId",
    "Arn": "arn",
    "AssumedPrincipal": "assumedPrincipal",
    "PackedPolicySize": "packedPolicySize",
    "Subject": "subject",
    "SubjectType": "subjectType",
    "SubjectFromWebIdentityToken": "subjectFromWebIdentityToken",
    "Issuer": "issuer",
    "Provider": "provider",
    "Audience": "audience",
    "NameQualifier": "nameQualifier",
    "SourceIdentity": "sourceIdentity",
    "SessionTokenUtilization": "sessionTokenUtilization",
    "SessionTokenSize": "sessionTokenSize",
}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ANSWERS_NOTHING: Final = frozenset({"GetCallerIdentity", "GetAccessKeyInfo", "DecodeAuthorizationMessage"})
"""Operations whose answer CloudTrail leaves out, since they change nothing."""
_TYPES: Final = {
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


def told_parameters(call: object) -> dict[str, object]:
    """Return the parameters of *call*, an operation's own record of them or a mapping, as ``requestParameters``."""
    given = call if isinstance(call, Mapping) else {name: getattr(call, name, None) for name in TOLD_PARAMETERS}
    told = {name: given.get(name) for name in TOLD_PARAMETERS}
    return {_camel(name): _members(name, value) for name, value in told.items() if value is not None and not _empty(value)}


def told_answer(operation: str, answer: Answer) -> dict[str, object] | None:
    """Return what *operation* answered as ``responseElements``, without secret key, session token or web identity token."""
    return None if operation in _ANSWERS_NOTHING else _elements(answer.to_dict())


def caller_identity(caller: Caller | None) -> dict[str, object]:
    """Return who called a signed operation as ``userIdentity``; None is somebody nobody knows."""
    if caller is None:
        return {"type": "Unknown"}
    told = {
        "type": "Root" if caller.is_root else _TYPES[caller.kind],
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


def _members(name: str, value: object) -> object:
    """Return lists of structures in CloudTrail's spelling, whether they came as boto3's dictionaries or bare.

    Plain types alone are looked into: a caller's own may do anything when asked.
    """
    if type(value) is not list and type(value) is not tuple:
        return value
    if name == "policy_arns":
        return [item if type(item) is dict else {"arn": item} for item in value]
    if name == "tags":
        return [{"key": item.get("Key"), "value": item.get("Value")} if type(item) is dict else type(item).__name__ for item in value]
    return value


def _empty(value: object) -> bool:
    return type(value) is tuple and not value


def _elements(answer: Mapping[str, Any]) -> dict[str, object]:
    told = {_TOLD_ELEMENTS[name]: value for name, value in answer.items() if name in _TOLD_ELEMENTS}
    return {name: _element(value) for name, value in told.items()}


def _element(value: object) -> object:
    if isinstance(value, Mapping):
        return _elements(value)
    return _written(value) if isinstance(value, datetime) else value


def _written(moment: datetime) -> str:
    """Return *moment* as CloudTrail writes instants in answers, whatever the locale: ``Nov 24, 2026, 1:00:30 PM``."""
    half = "AM" if moment.hour < 12 else "PM"  # noqa: PLR2004 - noon
    clock = f"{moment.hour % 12 or 12}:{moment.minute:02}:{moment.second:02} {half}"
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}, {clock}"


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
