"""The inline and the attached policies of users: PutUserPolicy, AttachUserPolicy, their opposites and their lists."""

from __future__ import annotations

from typing import ClassVar

from federation.account.reading.entities import USER
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
class PutUserPolicy(IamCall):
    """The parameters of PutUserPolicy."""

    operation: ClassVar[str] = "PutUserPolicy"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")
    policy_document: str = parameter(constraints.DOCUMENT, audit="included")


@call_record
class GetUserPolicy(IamCall):
    """The parameters of GetUserPolicy."""

    operation: ClassVar[str] = "GetUserPolicy"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")


@call_record
class ListUserPolicies(IamCall):
    """The parameters of ListUserPolicies."""

    operation: ClassVar[str] = "ListUserPolicies"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class DeleteUserPolicy(IamCall):
    """The parameters of DeleteUserPolicy."""

    operation: ClassVar[str] = "DeleteUserPolicy"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")


@call_record
class AttachUserPolicy(IamCall):
    """The parameters of AttachUserPolicy."""

    operation: ClassVar[str] = "AttachUserPolicy"

    user_name: str = parameter(constraints.USER_NAME, audit="included")
    policy_arn: str = parameter(constraints.ARN, audit="included")


@call_record
class DetachUserPolicy(IamCall):
    """The parameters of DetachUserPolicy."""

    operation: ClassVar[str] = "DetachUserPolicy"

    user_name: str = parameter(constraints.USER_NAME, audit="included")
    policy_arn: str = parameter(constraints.ARN, audit="included")


@call_record
class ListAttachedUserPolicies(IamCall):
    """The parameters of ListAttachedUserPolicies."""

    operation: ClassVar[str] = "ListAttachedUserPolicies"

    user_name: str = parameter(constraints.USER_NAME, audit="included")
    path_prefix: str | None = parameter(constraints.POLICY_PATH, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def put_user_policy(call: PutUserPolicy, context: IamContext) -> None:
    """Add an inline policy to a user, or replace it.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        MalformedPolicyDocument: The policy violates the grammar.
        NoSuchEntity: The account has no such user.
        LimitExceeded: The inline policies of the user are too long together.
    """
    check_parameters(call)
    authorize_on("PutUserPolicy", USER, call.user_name, context)
    put_policy(USER, call.user_name, call.policy_name, call.policy_document, context)


def get_user_policy(call: GetUserPolicy, context: IamContext) -> Result:
    """Return an inline policy of a user.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user, or the user has no such policy.
    """
    check_parameters(call)
    authorize_on("GetUserPolicy", USER, call.user_name, context)
    return shown_policy(USER, call.user_name, call.policy_name, context)


def list_user_policies(call: ListUserPolicies, context: IamContext) -> Result:
    """Return a page of the names of the inline policies of a user.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    authorize_on("ListUserPolicies", USER, call.user_name, context)
    return policy_names(USER, call.user_name, context, marker=call.marker, max_items=call.max_items)


def delete_user_policy(call: DeleteUserPolicy, context: IamContext) -> None:
    """Delete an inline policy of a user.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user, or the user has no such policy.
    """
    check_parameters(call)
    authorize_on("DeleteUserPolicy", USER, call.user_name, context)
    delete_policy(USER, call.user_name, call.policy_name, context)


def attach_user_policy(call: AttachUserPolicy, context: IamContext) -> None:
    """Attach a managed policy to a user. Attaching it again has no effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user or policy.
        LimitExceeded: The user has as many as it may have.
    """
    check_parameters(call)
    check_policy_arn(call.policy_arn)
    authorize_on("AttachUserPolicy", USER, call.user_name, context, keys={POLICY_ARN: call.policy_arn})
    attach(USER, call.user_name, call.policy_arn, context)


def detach_user_policy(call: DetachUserPolicy, context: IamContext) -> None:
    """Detach a managed policy from a user.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user, or the policy is not attached to it.
    """
    check_parameters(call)
    check_policy_arn(call.policy_arn)
    authorize_on("DetachUserPolicy", USER, call.user_name, context, keys={POLICY_ARN: call.policy_arn})
    detach(USER, call.user_name, call.policy_arn, context)


def list_attached_user_policies(call: ListAttachedUserPolicies, context: IamContext) -> Result:
    """Return a page of the managed policies that are attached to a user.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    authorize_on("ListAttachedUserPolicies", USER, call.user_name, context)
    prefix = call.path_prefix
    return attached_policies(USER, call.user_name, context, path_prefix=prefix, marker=call.marker, max_items=call.max_items)
