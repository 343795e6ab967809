"""The audit event of a call of IAM in the form of CloudTrail.

An event includes only what is declared as included: parameters on their call record, members of results here. A new member is excluded
until it is declared, so that no secret can enter an event by default (attack row O04).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from federation.calls.record import Call
from federation.errors import FederationError
from federation.iam.answer import IamAnswer
from federation.names import lower_first
from federation.state import AuditEvent, Origin
from federation.sts.callers.caller import Caller
from federation.sts.trail import caller_identity, included_parameters, written

_INCLUDED_ELEMENTS: Final = frozenset(
    {
        "AccessKey",
        "AccessKeyId",
        "Arn",
        "AssumeRolePolicyDocument",
        "AttachmentCount",
        "CreateDate",
        "DefaultVersionId",
        "Description",
        "Group",
        "GroupId",
        "GroupName",
        "IsAttachable",
        "IsDefaultVersion",
        "Key",
        "MaxSessionDuration",
        "OpenIDConnectProviderArn",
        "Path",
        "PermissionsBoundary",
        "PermissionsBoundaryArn",
        "PermissionsBoundaryType",
        "PermissionsBoundaryUsageCount",
        "Policy",
        "PolicyId",
        "PolicyName",
        "PolicyVersion",
        "Role",
        "RoleId",
        "RoleName",
        "SAMLProviderArn",
        "SerialNumber",
        "Status",
        "Tags",
        "UpdateDate",
        "User",
        "UserId",
        "UserName",
        "Value",
        "VersionId",
        "VirtualMFADevice",
    }
)
"""Members of results that events include. Secret access keys and seeds are not among them."""


def event(
    call: Call,
    caller: Caller | None,
    *,
    account: str,
    at: datetime,
    origin: Origin,
    reads_only: bool,
    answer: IamAnswer | None = None,
    refusal: FederationError | None = None,
) -> AuditEvent:
    """Return the event of a call.

    Args:
        call: The parameters.
        caller: The caller; None where it is unknown.
        account: Id of the account of the operation.
        at: The time that the call was judged at, aware UTC.
        origin: Source of the request.
        reads_only: Whether the operation changes nothing. CloudTrail leaves its result out.
        answer: The result, or None.
        refusal: The refusal, or None.
    """
    return AuditEvent(
        time=at,
        service=call.service,
        operation=call.operation,
        user_identity=caller_identity(caller),
        account=account,
        request_parameters=included_parameters(call),
        response_elements=None if answer is None or reads_only else _elements(answer.result or {}) or None,
        region=None if caller is None else caller.region,
        reads_only=reads_only,
        refusal=refusal,
        origin=origin,
    )


def _elements(result: Mapping[str, Any]) -> dict[str, object]:
    return {lower_first(name): _element(value) for name, value in result.items() if name in _INCLUDED_ELEMENTS}


def _element(value: object) -> object:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, list):
        return [_element(each) for each in value]
    if isinstance(value, datetime):
        return written(value)
    return str(value) if isinstance(value, str) else value
