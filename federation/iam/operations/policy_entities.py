"""ListEntitiesForPolicy: the users, groups and roles that use a managed policy."""

from __future__ import annotations

from typing import ClassVar, Final

from federation.account import Role
from federation.account.model import Group, User
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import authorize_on_policy
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.finding import Holder, check_attachable
from federation.iam.paging import page
from federation.iam.usage import boundary_of, entities

_LISTS: Final = {"Group": "PolicyGroups", "User": "PolicyUsers", "Role": "PolicyRoles"}
"""Kind of an entity to the member of the result that lists it."""


@call_record
class ListEntitiesForPolicy(IamCall):
    """The parameters of ListEntitiesForPolicy."""

    operation: ClassVar[str] = "ListEntitiesForPolicy"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    entity_filter: str | None = parameter(constraints.ENTITY_TYPE, audit="included", default=None)
    path_prefix: str | None = parameter(constraints.PATH, audit="included", default=None)
    policy_usage_filter: str | None = parameter(constraints.POLICY_USAGE, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def list_entities_for_policy(call: ListEntitiesForPolicy, context: IamContext) -> Result:
    """Return a page of the entities that a policy is attached to, or whose permissions boundary it is.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy.
    """
    check_parameters(call)
    authorize_on_policy("ListEntitiesForPolicy", call.policy_arn, context)
    check_attachable(context.account, call.policy_arn)
    using = (each for each in entities(context.account) if _is_chosen(each, call))
    shown, more = page(using, key=lambda entity: f"{_kind(entity)}/{entity.name}", marker=call.marker, max_items=call.max_items)
    lists: dict[str, list[dict[str, str]]] = {member: [] for member in _LISTS.values()}
    for entity in shown:
        kind = _kind(entity)
        lists[_LISTS[kind]].append({f"{kind}Name": entity.name, f"{kind}Id": _id(entity)})
    return {**lists, **more}


def _is_chosen(entity: Holder, call: ListEntitiesForPolicy) -> bool:
    attached, bounding = call.policy_arn in entity.attached_policies, call.policy_arn == boundary_of(entity)
    used = {None: attached or bounding, "PermissionsPolicy": attached, "PermissionsBoundary": bounding}[call.policy_usage_filter]
    return used and call.entity_filter in (None, _kind(entity)) and entity.path.startswith(call.path_prefix or "/")


def _kind(entity: Holder) -> str:
    return type(entity).__name__


def _id(entity: Holder) -> str:
    match entity:
        case Role():
            return entity.role_id
        case User():
            return entity.user_id
        case Group():
            return entity.group_id
