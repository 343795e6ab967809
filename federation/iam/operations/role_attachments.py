"""The managed policies of a role: attached ones, and the permissions boundary.

AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies, PutRolePermissionsBoundary and DeleteRolePermissionsBoundary.
"""

from __future__ import annotations

from typing import ClassVar

from federation.account.reading.entities import ROLE
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import PERMISSIONS_BOUNDARY, POLICY_ARN, authorize_on, check_modifiable
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.entities import attach, attached_policies, delete_boundary, detach, put_boundary
from federation.iam.finding import check_policy_arn


@call_record
class AttachRolePolicy(IamCall):
    """The parameters of AttachRolePolicy."""

    operation: ClassVar[str] = "AttachRolePolicy"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    policy_arn: str = parameter(constraints.ARN, audit="included")


@call_record
class DetachRolePolicy(IamCall):
    """The parameters of DetachRolePolicy."""

    operation: ClassVar[str] = "DetachRolePolicy"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    policy_arn: str = parameter(constraints.ARN, audit="included")


@call_record
class ListAttachedRolePolicies(IamCall):
    """The parameters of ListAttachedRolePolicies."""

    operation: ClassVar[str] = "ListAttachedRolePolicies"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    path_prefix: str | None = parameter(constraints.POLICY_PATH, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class PutRolePermissionsBoundary(IamCall):
    """The parameters of PutRolePermissionsBoundary."""

    operation: ClassVar[str] = "PutRolePermissionsBoundary"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    permissions_boundary: str = parameter(constraints.ARN, audit="included")


@call_record
class DeleteRolePermissionsBoundary(IamCall):
    """The parameters of DeleteRolePermissionsBoundary."""

    operation: ClassVar[str] = "DeleteRolePermissionsBoundary"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")


def attach_role_policy(call: AttachRolePolicy, context: IamContext) -> None:
    """Attach a managed policy to a role. Attaching it again has no effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role or policy.
        LimitExceeded: The role has as many policies as it may have.
    """
    check_parameters(call)
    check_policy_arn(call.policy_arn)
    authorize_on("AttachRolePolicy", ROLE, call.role_name, context, keys={POLICY_ARN: call.policy_arn})
    check_modifiable(call.role_name, context)
    attach(ROLE, call.role_name, call.policy_arn, context)


def detach_role_policy(call: DetachRolePolicy, context: IamContext) -> None:
    """Detach a managed policy from a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role, or the policy is not attached to it.
    """
    check_parameters(call)
    check_policy_arn(call.policy_arn)
    authorize_on("DetachRolePolicy", ROLE, call.role_name, context, keys={POLICY_ARN: call.policy_arn})
    check_modifiable(call.role_name, context)
    detach(ROLE, call.role_name, call.policy_arn, context)


def list_attached_role_policies(call: ListAttachedRolePolicies, context: IamContext) -> Result:
    """Return a page of the managed policies that are attached to a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("ListAttachedRolePolicies", ROLE, call.role_name, context)
    prefix = call.path_prefix
    return attached_policies(ROLE, call.role_name, context, path_prefix=prefix, marker=call.marker, max_items=call.max_items)


def put_role_permissions_boundary(call: PutRolePermissionsBoundary, context: IamContext) -> None:
    """Set the permissions boundary of a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role or policy.
    """
    check_parameters(call)
    check_policy_arn(call.permissions_boundary)
    keys = {PERMISSIONS_BOUNDARY: call.permissions_boundary}
    authorize_on("PutRolePermissionsBoundary", ROLE, call.role_name, context, keys=keys)
    check_modifiable(call.role_name, context)
    put_boundary(ROLE, call.role_name, call.permissions_boundary, context)


def delete_role_permissions_boundary(call: DeleteRolePermissionsBoundary, context: IamContext) -> None:
    """Remove the permissions boundary of a role. A role without one stays as it is.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("DeleteRolePermissionsBoundary", ROLE, call.role_name, context)
    check_modifiable(call.role_name, context)
    delete_boundary(ROLE, call.role_name, context)
