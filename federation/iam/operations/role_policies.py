"""PutRolePolicy, GetRolePolicy, ListRolePolicies and DeleteRolePolicy: the inline policies of a role."""

from __future__ import annotations

from typing import ClassVar

from federation import aws_texts
from federation.account import Role
from federation.account.reading.entities import ROLE
from federation.account.writing.attachments import delete_inline_policy, put_inline_policy
from federation.account.writing.entities import no_such_entity
from federation.calls.record import call_record, check_parameters, parameter
from federation.errors import show
from federation.iam import constraints
from federation.iam.answer import PolicyText, Result
from federation.iam.authorizing import authorize_on_role, boundary_of_role
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.finding import role_named
from federation.iam.paging import page
from federation.policy import Policy


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
    authorize_on_role("PutRolePolicy", call.role_name, context, keys=boundary_of_role(call.role_name, context), changes=True)
    with context.live.changing() as draft:
        put_inline_policy(draft, ROLE, name=call.role_name, policy_name=call.policy_name, policy=call.policy_document)


def get_role_policy(call: GetRolePolicy, context: IamContext) -> Result:
    """Return an inline policy of a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role, or the role has no such policy.
    """
    check_parameters(call)
    authorize_on_role("GetRolePolicy", call.role_name, context)
    role = role_named(context.account, call.role_name)
    policy = _policy_of(role, call.policy_name)
    return {"RoleName": role.name, "PolicyName": call.policy_name, "PolicyDocument": PolicyText(policy.source_text)}


def list_role_policies(call: ListRolePolicies, context: IamContext) -> Result:
    """Return a page of the names of a role's inline policies.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on_role("ListRolePolicies", call.role_name, context)
    names = role_named(context.account, call.role_name).inline_policies
    shown, more = page(names, key=str, marker=call.marker, max_items=call.max_items)
    return {"PolicyNames": shown, **more}


def delete_role_policy(call: DeleteRolePolicy, context: IamContext) -> None:
    """Delete an inline policy of a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role, or the role has no such policy.
    """
    check_parameters(call)
    authorize_on_role("DeleteRolePolicy", call.role_name, context, keys=boundary_of_role(call.role_name, context), changes=True)
    with context.live.changing() as draft:
        _policy_of(role_named(draft.account(), call.role_name), call.policy_name)
        delete_inline_policy(draft, ROLE, name=call.role_name, policy_name=call.policy_name)


def _policy_of(role: Role, name: str) -> Policy:
    policy = role.inline_policies.get(name)
    if policy is None:
        file, there = ROLE.file_of(role.name), ", ".join(map(show, role.inline_policies)) or "none"
        raise no_such_entity(file, f"an inline policy {show(name)}", there, message=aws_texts.iam.no_such_name("role policy", name))
    return policy
