"""CreatePolicy, GetPolicy, ListPolicies and DeletePolicy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation.account.model import ManagedPolicy
from federation.account.reading.policies import is_aws_managed
from federation.account.writing import policies as writing
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import authorize_on_policy
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags
from federation.iam.finding import own_policy, policy_of
from federation.iam.paging import page
from federation.iam.tags import given_tags, shown_tags
from federation.iam.usage import UNUSED, Usage, usage_of_policies


@call_record
class CreatePolicy(IamCall):
    """The parameters of CreatePolicy."""

    operation: ClassVar[str] = "CreatePolicy"

    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")
    path: str | None = parameter(constraints.POLICY_PATH, audit="included", default=None)
    policy_document: str = parameter(constraints.DOCUMENT, audit="included")
    description: str | None = parameter(constraints.POLICY_DESCRIPTION, audit="included", default=None)
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())


@call_record
class GetPolicy(IamCall):
    """The parameters of GetPolicy."""

    operation: ClassVar[str] = "GetPolicy"

    policy_arn: str = parameter(constraints.ARN, audit="included")


@call_record
class ListPolicies(IamCall):
    """The parameters of ListPolicies."""

    operation: ClassVar[str] = "ListPolicies"

    scope: str | None = parameter(constraints.POLICY_SCOPE, audit="included", default=None)
    only_attached: bool | None = parameter(constraints.BOOLEAN, audit="included", default=None)
    path_prefix: str | None = parameter(constraints.POLICY_PATH, audit="included", default=None)
    policy_usage_filter: str | None = parameter(constraints.POLICY_USAGE, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class DeletePolicy(IamCall):
    """The parameters of DeletePolicy."""

    operation: ClassVar[str] = "DeletePolicy"

    policy_arn: str = parameter(constraints.ARN, audit="included")


def create_policy(call: CreatePolicy, context: IamContext) -> Result:
    """Create a managed policy.

    Raises:
        ValidationError: A parameter violates its constraint, or a tag is not valid.
        RegistrationError: Two tags have one key.
        AccessDenied: The policies of the caller do not allow it.
        MalformedPolicyDocument: IAM would not accept the policy.
        EntityAlreadyExists: The account has a policy of that name.
        LimitExceeded: The document is too long.
    """
    check_parameters(call)
    path, tags = call.path or "/", given_tags(call.tags)
    arn = context.arn(f"policy{path}{call.policy_name}")
    context.authorize("CreatePolicy", arn, named=f"policy {call.policy_name}", keys=request_tags(tags))
    with context.live.changing() as draft:
        writing.add_policy(
            draft,
            name=call.policy_name,
            document=call.policy_document,
            policy_path=path,
            description=call.description or "",
            tags=tags,
            at=context.at,
        )
        policy = policy_of(draft.account(), arn)
    return {"Policy": {**listed_policy(policy, UNUSED), **_tags(policy)}}


def get_policy(call: GetPolicy, context: IamContext) -> Result:
    """Return a managed policy. GetPolicyVersion returns its document.

    Raises:
        ValidationError: The parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy.
    """
    check_parameters(call)
    authorize_on_policy("GetPolicy", call.policy_arn, context)
    policy = policy_of(context.account, call.policy_arn)
    usage = usage_of_policies(context.account).get(policy.arn, UNUSED)
    described = {"Description": policy.description} if policy.description else {}
    return {"Policy": {**listed_policy(policy, usage), **described, "Tags": shown_tags(policy.tags)}}


def list_policies(call: ListPolicies, context: IamContext) -> Result:
    """Return a page of the managed policies of the account, of AWS, or both, as far as the account directory has them.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("ListPolicies", "*", named=f"policy path {call.path_prefix or '/'}")
    usage = usage_of_policies(context.account)
    chosen = (each for each in context.account.policies.values() if _is_chosen(each, call, usage.get(each.arn, UNUSED)))
    policies, more = page(chosen, key=lambda policy: policy.arn, marker=call.marker, max_items=call.max_items)
    return {"Policies": [listed_policy(policy, usage.get(policy.arn, UNUSED)) for policy in policies], **more}


def delete_policy(call: DeletePolicy, context: IamContext) -> None:
    """Delete a managed policy that has one version and is attached to nothing.

    Raises:
        ValidationError: The parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy, or that of a policy of AWS.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy.
        DeleteConflict: The policy is in use, or has other versions than the default one.
    """
    check_parameters(call)
    authorize_on_policy("DeletePolicy", call.policy_arn, context)
    with context.live.changing() as draft:
        own_policy(draft.account(), call.policy_arn)
        writing.delete_policy(draft, policy_arn=call.policy_arn, all_versions=False)


def listed_policy(policy: ManagedPolicy, usage: Usage) -> Result:
    """Return *policy* as ListPolicies shows it: without description and tags."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.policy_id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version,
        "AttachmentCount": usage.attached,
        "PermissionsBoundaryUsageCount": usage.boundaries,
        "IsAttachable": True,
        "CreateDate": policy.created_at,
        "UpdateDate": policy.updated_at,
    }


def _tags(policy: ManagedPolicy) -> Result:
    return {"Tags": shown_tags(policy.tags)} if policy.tags else {}


def _is_chosen(policy: ManagedPolicy, call: ListPolicies, usage: Usage) -> bool:
    of_aws = is_aws_managed(policy.arn)
    return (
        (call.scope in (None, "All") or (call.scope == "AWS") is of_aws)
        and policy.path.startswith(call.path_prefix or "/")
        and (not call.only_attached or usage.attached > 0)
        and (call.policy_usage_filter != "PermissionsPolicy" or usage.attached > 0)
        and (call.policy_usage_filter != "PermissionsBoundary" or usage.boundaries > 0)
    )
