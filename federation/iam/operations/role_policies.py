"""PutRolePolicy, GetRolePolicy, ListRolePolicies and DeleteRolePolicy: the inline policies of a role."""

from __future__ import annotations

from typing import ClassVar

from federation.account.reading.entities import ROLE
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import authorize_on, check_modifiable
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.entities import delete_policy, policy_names, put_policy, shown_policy


@call_record
class PutRolePolicy(IamCall):
    """The parameters of PutRolePolicy."""

    operation: ClassVar[str] = "PutRolePolicy"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")
    policy_document: str = parameter(constraints.DOCUMENT, audit="included")


@call_record
class GetRolePolicy(IamCall):
    """The parameters of GetRolePolicy."""

    operation: ClassVar[str] = "GetRolePolicy"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")


@call_record
class ListRolePolicies(IamCall):
    """The parameters of ListRolePolicies."""

    operation: ClassVar[str] = "ListRolePolicies"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class DeleteRolePolicy(IamCall):
    """The parameters of DeleteRolePolicy."""

    operation: ClassVar[str] = "DeleteRolePolicy"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    policy_name: str = parameter(constraints.POLICY_NAME, audit="included")


def put_role_policy(call: PutRolePolicy, context: IamContext) -> None:
    """Add an inline policy to a role, or replace the one of that name.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        MalformedPolicyDocument: The policy violates the grammar.
        NoSuchEntity: The account has no such role.
        LimitExceeded: The inline policies of the role are too long together.
    """
    check_parameters(call)
    authorize_on("PutRolePolicy", ROLE, call.role_name, context)
    check_modifiable(call.role_name, context)
    put_policy(ROLE, call.role_name, call.policy_name, call.policy_document, context)


def get_role_policy(call: GetRolePolicy, context: IamContext) -> Result:
    """Return an inline policy of a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role, or the role has no such policy.
    """
    check_parameters(call)
    authorize_on("GetRolePolicy", ROLE, call.role_name, context)
    return shown_policy(ROLE, call.role_name, call.policy_name, context)


def list_role_policies(call: ListRolePolicies, context: IamContext) -> Result:
    """Return a page of the names of a role's inline policies.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("ListRolePolicies", ROLE, call.role_name, context)
    return policy_names(ROLE, call.role_name, context, marker=call.marker, max_items=call.max_items)


def delete_role_policy(call: DeleteRolePolicy, context: IamContext) -> None:
    """Delete an inline policy of a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role, or the role has no such policy.
    """
    check_parameters(call)
    authorize_on("DeleteRolePolicy", ROLE, call.role_name, context)
    check_modifiable(call.role_name, context)
    delete_policy(ROLE, call.role_name, call.policy_name, context)
