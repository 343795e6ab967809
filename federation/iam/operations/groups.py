"""CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, AddUserToGroup, RemoveUserFromGroup and ListGroupsForUser."""

from __future__ import annotations

from typing import ClassVar

from federation.account import Group
from federation.account.reading.entities import GROUP, USER
from federation.account.writing import groups as writing
from federation.account.writing import users as members
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import authorize_on
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.finding import group_named, user_named
from federation.iam.operations.users import listed_user
from federation.iam.paging import page


@call_record
class CreateGroup(IamCall):
    """The parameters of CreateGroup."""

    operation: ClassVar[str] = "CreateGroup"

    path: str | None = parameter(constraints.PATH, audit="included", default=None)
    group_name: str = parameter(constraints.GROUP_NAME, audit="included")


@call_record
class GetGroup(IamCall):
    """The parameters of GetGroup."""

    operation: ClassVar[str] = "GetGroup"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class ListGroups(IamCall):
    """The parameters of ListGroups."""

    operation: ClassVar[str] = "ListGroups"

    path_prefix: str | None = parameter(constraints.PATH_PREFIX, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class UpdateGroup(IamCall):
    """The parameters of UpdateGroup."""

    operation: ClassVar[str] = "UpdateGroup"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    new_path: str | None = parameter(constraints.PATH, audit="included", default=None)
    new_group_name: str | None = parameter(constraints.GROUP_NAME, audit="included", default=None)


@call_record
class DeleteGroup(IamCall):
    """The parameters of DeleteGroup."""

    operation: ClassVar[str] = "DeleteGroup"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")


@call_record
class AddUserToGroup(IamCall):
    """The parameters of AddUserToGroup."""

    operation: ClassVar[str] = "AddUserToGroup"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")


@call_record
class RemoveUserFromGroup(IamCall):
    """The parameters of RemoveUserFromGroup."""

    operation: ClassVar[str] = "RemoveUserFromGroup"

    group_name: str = parameter(constraints.GROUP_NAME, audit="included")
    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")


@call_record
class ListGroupsForUser(IamCall):
    """The parameters of ListGroupsForUser."""

    operation: ClassVar[str] = "ListGroupsForUser"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def create_group(call: CreateGroup, context: IamContext) -> Result:
    """Create a group.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        EntityAlreadyExists: The account has a group of that name.
    """
    check_parameters(call)
    path = call.path or "/"
    context.authorize("CreateGroup", context.arn(f"group{path}{call.group_name}"))
    with context.live.changing() as draft:
        writing.add_group(draft, name=call.group_name, group_path=path, at=context.at)
        return {"Group": shown_group(group_named(draft.account(), call.group_name))}


def get_group(call: GetGroup, context: IamContext) -> Result:
    """Return a group and a page of its members.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such group.
    """
    check_parameters(call)
    authorize_on("GetGroup", GROUP, call.group_name, context)
    group = group_named(context.account, call.group_name)
    chosen = (user for user in context.account.users.values() if any(each.name == group.name for each in user.groups))
    users, more = page(chosen, key=lambda user: user.name, marker=call.marker, max_items=call.max_items)
    return {"Group": shown_group(group), "Users": [listed_user(user) for user in users], **more}


def list_groups(call: ListGroups, context: IamContext) -> Result:
    """Return a page of the groups whose path begins with a prefix.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    prefix = call.path_prefix or "/"
    context.authorize("ListGroups", context.arn(f"group{prefix}"))
    chosen = (group for group in context.account.groups.values() if group.path.startswith(prefix))
    groups, more = page(chosen, key=lambda group: group.name, marker=call.marker, max_items=call.max_items)
    return {"Groups": [shown_group(group) for group in groups], **more}


def update_group(call: UpdateGroup, context: IamContext) -> None:
    """Change name and path of a group. It keeps its id and its members.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it, on the group as it is and as it would be.
        NoSuchEntity: The account has no such group.
        EntityAlreadyExists: Another group has the new name.
    """
    check_parameters(call)
    authorize_on("UpdateGroup", GROUP, call.group_name, context)
    group = context.account.group_named(call.group_name)
    path = call.new_path or ("/" if group is None else group.path)
    context.authorize("UpdateGroup", context.arn(f"group{path}{call.new_group_name or call.group_name}"))
    with context.live.changing() as draft:
        writing.update_group(draft, name=call.group_name, new_name=call.new_group_name, new_path=call.new_path)


def delete_group(call: DeleteGroup, context: IamContext) -> None:
    """Delete a group that has no members and no policies.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such group.
        DeleteConflict: The group has members or policies.
    """
    check_parameters(call)
    authorize_on("DeleteGroup", GROUP, call.group_name, context)
    with context.live.changing() as draft:
        writing.delete_group(draft, name=call.group_name)


def add_user_to_group(call: AddUserToGroup, context: IamContext) -> None:
    """Add a user to a group. Adding a member again has no effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user or group.
        LimitExceeded: The user is in as many groups as it may be.
    """
    check_parameters(call)
    authorize_on("AddUserToGroup", GROUP, call.group_name, context)
    with context.live.changing() as draft:
        members.add_user_to_group(draft, user=call.user_name, group=call.group_name)


def remove_user_from_group(call: RemoveUserFromGroup, context: IamContext) -> None:
    """Remove a user from a group.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user or group, or the user is not in it.
    """
    check_parameters(call)
    authorize_on("RemoveUserFromGroup", GROUP, call.group_name, context)
    with context.live.changing() as draft:
        members.remove_user_from_group(draft, user=call.user_name, group=call.group_name)


def list_groups_for_user(call: ListGroupsForUser, context: IamContext) -> Result:
    """Return a page of the groups of a user.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    authorize_on("ListGroupsForUser", USER, call.user_name, context)
    user = user_named(context.account, call.user_name)
    groups, more = page(user.groups, key=lambda group: group.name, marker=call.marker, max_items=call.max_items)
    return {"Groups": [shown_group(group) for group in groups], **more}


def shown_group(group: Group) -> Result:
    """Return *group* as results show it."""
    return {"Path": group.path, "GroupName": group.name, "GroupId": group.group_id, "Arn": group.arn, "CreateDate": group.created_at}
