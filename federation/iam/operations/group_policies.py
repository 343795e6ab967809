"""The inline and the attached policies of groups: PutGroupPolicy, AttachGroupPolicy, their opposites and their lists."""

from __future__ import annotations

from typing import ClassVar

from federation.account.reading.entities import GROUP
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import POLICY_ARN, authorize_on
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.entities import (
    attach,
    attached_policies,
    delete_policy,
    detach,
    policy_names,
    put_policy,
    shown_policy,
)
from federation.iam.finding import check_policy_arn


@call_record
class PutGroupPolicy(IamCall):
    """The parameters of PutGroupPolicy."""

    operation: ClassVar[str] = "PutGroupPolicy"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")
    policy_document: str = parameter(constraints.DOCUMENT, audit="included")


@call_record
class GetGroupPolicy(IamCall):
    """The parameters of GetGroupPolicy."""

    operation: ClassVar[str] = "GetGroupPolicy"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")


@call_record
class ListGroupPolicies(IamCall):
    """The parameters of ListGroupPolicies."""

    operation: ClassVar[str] = "ListGroupPolicies"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class DeleteGroupPolicy(IamCall):
    """The parameters of DeleteGroupPolicy."""

    operation: ClassVar[str] = "DeleteGroupPolicy"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")


@call_record
class AttachGroupPolicy(IamCall):
    """The parameters of AttachGroupPolicy."""

    operation: ClassVar[str] = "AttachGroupPolicy"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    policy_arn: str = parameter(constraints.ARN, audit="included")


@call_record
class DetachGroupPolicy(IamCall):
    """The parameters of DetachGroupPolicy."""

    operation: ClassVar[str] = "DetachGroupPolicy"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    policy_arn: str = parameter(constraints.ARN, audit="included")


@call_record
class ListAttachedGroupPolicies(IamCall):
    """The parameters of ListAttachedGroupPolicies."""

    operation: ClassVar[str] = "ListAttachedGroupPolicies"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    path_prefix: str | None = parameter(constraints.POLICY_PATH, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def put_group_policy(call: PutGroupPolicy, context: IamContext) -> None:
    """Add an inline policy to a group, or replace it.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        MalformedPolicyDocument: The policy violates the grammar.
        NoSuchEntity: The account has no such group.
        LimitExceeded: The inline policies of the group are too long together.
    """
    check_parameters(call)
    authorize_on("PutGroupPolicy", GROUP, call.group_name, context)
    put_policy(GROUP, call.group_name, call.policy_name, call.policy_document, context)


def get_group_policy(call: GetGroupPolicy, context: IamContext) -> Result:
    """Return an inline policy of a group.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such group, or the group has no such policy.
    """
    check_parameters(call)
    authorize_on("GetGroupPolicy", GROUP, call.group_name, context)
    return shown_policy(GROUP, call.group_name, call.policy_name, context)


def list_group_policies(call: ListGroupPolicies, context: IamContext) -> Result:
    """Return a page of the names of the inline policies of a group.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such group.
    """
    check_parameters(call)
    authorize_on("ListGroupPolicies", GROUP, call.group_name, context)
    return policy_names(GROUP, call.group_name, context, marker=call.marker, max_items=call.max_items)


def delete_group_policy(call: DeleteGroupPolicy, context: IamContext) -> None:
    """Delete an inline policy of a group.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such group, or the group has no such policy.
    """
    check_parameters(call)
    authorize_on("DeleteGroupPolicy", GROUP, call.group_name, context)
    delete_policy(GROUP, call.group_name, call.policy_name, context)


def attach_group_policy(call: AttachGroupPolicy, context: IamContext) -> None:
    """Attach a managed policy to a group. Attaching it again has no effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such group or policy.
        LimitExceeded: The group has as many as it may have.
    """
    check_parameters(call)
    check_policy_arn(call.policy_arn)
    authorize_on("AttachGroupPolicy", GROUP, call.group_name, context, keys={POLICY_ARN: call.policy_arn})
    attach(GROUP, call.group_name, call.policy_arn, context)


def detach_group_policy(call: DetachGroupPolicy, context: IamContext) -> None:
    """Detach a managed policy from a group.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such group, or the policy is not attached to it.
    """
    check_parameters(call)
    check_policy_arn(call.policy_arn)
    authorize_on("DetachGroupPolicy", GROUP, call.group_name, context, keys={POLICY_ARN: call.policy_arn})
    detach(GROUP, call.group_name, call.policy_arn, context)


def list_attached_group_policies(call: ListAttachedGroupPolicies, context: IamContext) -> Result:
    """Return a page of the managed policies that are attached to a group.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such group.
    """
    check_parameters(call)
    authorize_on("ListAttachedGroupPolicies", GROUP, call.group_name, context)
    prefix = call.path_prefix
    return attached_policies(GROUP, call.group_name, context, path_prefix=prefix, marker=call.marker, max_items=call.max_items)
