"""CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions, SetDefaultPolicyVersion and DeletePolicyVersion."""

from __future__ import annotations

from typing import ClassVar, Final

from federation.account.model import ManagedPolicy, PolicyVersion
from federation.account.writing import policies as writing
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import PolicyText, Result
from federation.iam.authorizing import authorize_on_policy
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.finding import own_policy, policy_of, version_of
from federation.iam.paging import page

_MOST_VERSIONS: Final = 10**9
"""More than a policy ever has."""


@call_record
class CreatePolicyVersion(IamCall):
    """The parameters of CreatePolicyVersion."""

    operation: ClassVar[str] = "CreatePolicyVersion"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    policy_document: str = parameter(constraints.DOCUMENT, audit="included")
    set_as_default: bool | None = parameter(constraints.BOOLEAN, audit="included", default=None)


@call_record
class GetPolicyVersion(IamCall):
    """The parameters of GetPolicyVersion."""

    operation: ClassVar[str] = "GetPolicyVersion"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    version_id: str = parameter(constraints.VERSION_ID, audit="included")


@call_record
class ListPolicyVersions(IamCall):
    """The parameters of ListPolicyVersions."""

    operation: ClassVar[str] = "ListPolicyVersions"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class SetDefaultPolicyVersion(IamCall):
    """The parameters of SetDefaultPolicyVersion."""

    operation: ClassVar[str] = "SetDefaultPolicyVersion"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    version_id: str = parameter(constraints.VERSION_ID, audit="included")


@call_record
class DeletePolicyVersion(IamCall):
    """The parameters of DeletePolicyVersion."""

    operation: ClassVar[str] = "DeletePolicyVersion"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    version_id: str = parameter(constraints.VERSION_ID, audit="included")


def create_policy_version(call: CreatePolicyVersion, context: IamContext) -> Result:
    """Add a version to a managed policy. It takes effect where the call says so.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy, or that of a policy of AWS.
        AccessDenied: The policies of the caller do not allow it.
        MalformedPolicyDocument: IAM would not accept the policy.
        NoSuchEntity: The account has no such policy.
        LimitExceeded: The policy has five versions, or the document is too long.
    """
    check_parameters(call)
    authorize_on_policy("CreatePolicyVersion", call.policy_arn, context)
    with context.live.changing() as draft:
        own_policy(draft.account(), call.policy_arn)
        created = writing.create_policy_version(
            draft,
            policy_arn=call.policy_arn,
            document=call.policy_document,
            set_as_default=bool(call.set_as_default),
            at=context.at,
        )
        policy = policy_of(draft.account(), call.policy_arn)
    return {"PolicyVersion": _listed(version_of(draft.account(), call.policy_arn, created), policy)}


def get_policy_version(call: GetPolicyVersion, context: IamContext) -> Result:
    """Return a version of a managed policy with its document.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy or version.
    """
    check_parameters(call)
    authorize_on_policy("GetPolicyVersion", call.policy_arn, context)
    version = version_of(context.account, call.policy_arn, call.version_id)
    policy = policy_of(context.account, call.policy_arn)
    document = {"Document": PolicyText(version.document)} if version.document else {}
    return {"PolicyVersion": {**document, **_listed(version, policy)}}


def list_policy_versions(call: ListPolicyVersions, context: IamContext) -> Result:
    """Return a page of the versions of a managed policy, the newest first, without their documents.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy.
    """
    check_parameters(call)
    authorize_on_policy("ListPolicyVersions", call.policy_arn, context)
    policy = policy_of(context.account, call.policy_arn)
    versions, more = page(policy.versions, key=_newest_first, marker=call.marker, max_items=call.max_items)
    return {"Versions": [_listed(version, policy) for version in versions], **more}


def set_default_policy_version(call: SetDefaultPolicyVersion, context: IamContext) -> None:
    """Make a version of a managed policy the one in effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy, or that of a policy of AWS.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy or version.
    """
    check_parameters(call)
    authorize_on_policy("SetDefaultPolicyVersion", call.policy_arn, context)
    with context.live.changing() as draft:
        version_of(draft.account(), call.policy_arn, call.version_id)
        own_policy(draft.account(), call.policy_arn)
        writing.set_default_policy_version(draft, policy_arn=call.policy_arn, version_id=call.version_id)


def delete_policy_version(call: DeletePolicyVersion, context: IamContext) -> None:
    """Delete a version of a managed policy that is not in effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy, or that of a policy of AWS.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy or version.
        DeleteConflict: It is the default version.
    """
    check_parameters(call)
    authorize_on_policy("DeletePolicyVersion", call.policy_arn, context)
    with context.live.changing() as draft:
        version_of(draft.account(), call.policy_arn, call.version_id)
        own_policy(draft.account(), call.policy_arn)
        writing.delete_policy_version(draft, policy_arn=call.policy_arn, version_id=call.version_id)


def _listed(version: PolicyVersion, policy: ManagedPolicy) -> Result:
    return {"VersionId": version.id, "IsDefaultVersion": version.id == policy.default_version, "CreateDate": version.created_at}


def _newest_first(version: PolicyVersion) -> str:
    number = int(version.id[1:].partition(".")[0])
    return f"{_MOST_VERSIONS - number:0{len(str(_MOST_VERSIONS))}}"
