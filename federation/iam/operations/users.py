"""CreateUser, GetUser, ListUsers, UpdateUser and DeleteUser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation import clock
from federation.account import User
from federation.account.reading.entities import USER
from federation.account.writing import users as writing
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import PERMISSIONS_BOUNDARY, authorize_on
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags
from federation.iam.entities import boundary
from federation.iam.finding import check_boundary, user_named
from federation.iam.own_user import own_user_name
from federation.iam.paging import page
from federation.iam.tags import given_tags, shown_tags


@call_record
class CreateUser(IamCall):
    """The parameters of CreateUser."""

    operation: ClassVar[str] = "CreateUser"

    path: str | None = parameter(constraints.PATH, audit="included", default=None)
    user_name: str = parameter(constraints.USER_NAME, audit="included")
    permissions_boundary: str | None = parameter(constraints.ARN, audit="included", default=None)
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())


@call_record
class GetUser(IamCall):
    """The parameters of GetUser."""

    operation: ClassVar[str] = "GetUser"

    user_name: str | None = parameter(constraints.EXISTING_USER_NAME, audit="included", default=None)


@call_record
class ListUsers(IamCall):
    """The parameters of ListUsers."""

    operation: ClassVar[str] = "ListUsers"

    path_prefix: str | None = parameter(constraints.PATH_PREFIX, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class UpdateUser(IamCall):
    """The parameters of UpdateUser."""

    operation: ClassVar[str] = "UpdateUser"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    new_path: str | None = parameter(constraints.PATH, audit="included", default=None)
    new_user_name: str | None = parameter(constraints.USER_NAME, audit="included", default=None)


@call_record
class DeleteUser(IamCall):
    """The parameters of DeleteUser."""

    operation: ClassVar[str] = "DeleteUser"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")


def create_user(call: CreateUser, context: IamContext) -> Result:
    """Create a user.

    Raises:
        ValidationError: A parameter violates its constraint, or a tag is not valid.
        AccessDenied: The policies of the caller do not allow it.
        EntityAlreadyExists: The account has a user of that name.
        NoSuchEntity: The account has no policy with the ARN of the permissions boundary.
    """
    check_parameters(call)
    path, tags, bound = call.path or "/", given_tags(call.tags), call.permissions_boundary
    keys = {} if bound is None else {PERMISSIONS_BOUNDARY: bound}
    context.authorize("CreateUser", context.arn(f"user{path}{call.user_name}"), keys={**keys, **request_tags(tags)})
    with context.live.changing() as draft:
        if bound is not None:
            check_boundary(draft.account(), bound)
        writing.add_user(draft, name=call.user_name, user_path=path, tags=tags, permissions_boundary=bound, at=context.at)
        return {"User": shown_user(user_named(draft.account(), call.user_name))}


def get_user(call: GetUser, context: IamContext) -> Result:
    """Return a user; without a name the caller, who may also be the root.

    Raises:
        ValidationError: The parameter violates its constraint, or is absent where the caller is a session of a role.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    if call.user_name is None and context.caller.is_root:
        context.authorize("GetUser", context.account.root_arn)
        return {"User": {"UserId": context.account.id, "Arn": context.account.root_arn, "CreateDate": clock.UNSTATED}}
    name = own_user_name(call.user_name, context)
    authorize_on("GetUser", USER, name, context)
    return {"User": shown_user(user_named(context.account, name))}


def list_users(call: ListUsers, context: IamContext) -> Result:
    """Return a page of the users whose path begins with a prefix.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    prefix = call.path_prefix or "/"
    context.authorize("ListUsers", context.arn(f"user{prefix}"))
    chosen = (user for user in context.account.users.values() if user.path.startswith(prefix))
    users, more = page(chosen, key=lambda user: user.name, marker=call.marker, max_items=call.max_items)
    return {"Users": [listed_user(user) for user in users], **more}


def update_user(call: UpdateUser, context: IamContext) -> None:
    """Change name and path of a user. It keeps its id, keys, devices and groups.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it, on the user as it is and as it would be.
        NoSuchEntity: The account has no such user.
        EntityAlreadyExists: Another user has the new name.
    """
    check_parameters(call)
    authorize_on("UpdateUser", USER, call.user_name, context)
    user = context.account.user_named(call.user_name)
    path = call.new_path or ("/" if user is None else user.path)
    context.authorize("UpdateUser", context.arn(f"user{path}{call.new_user_name or call.user_name}"))
    with context.live.changing() as draft:
        writing.update_user(draft, name=call.user_name, new_name=call.new_user_name, new_path=call.new_path)


def delete_user(call: DeleteUser, context: IamContext) -> None:
    """Delete a user that has no policies, groups, access keys and MFA devices.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
        DeleteConflict: The user has one of these.
    """
    check_parameters(call)
    authorize_on("DeleteUser", USER, call.user_name, context)
    with context.live.changing() as draft:
        writing.delete_user(draft, name=call.user_name)


def listed_user(user: User) -> Result:
    """Return *user* as ListUsers shows it: without tags and permissions boundary."""
    return {"Path": user.path, "UserName": user.name, "UserId": user.user_id, "Arn": user.arn, "CreateDate": user.created_at}


def shown_user(user: User) -> Result:
    """Return *user* as GetUser shows it."""
    tags = {"Tags": shown_tags(user.tags)} if user.tags else {}
    return {**listed_user(user), **boundary(user.permissions_boundary), **tags}
