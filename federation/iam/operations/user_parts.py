"""TagUser, UntagUser, ListUserTags, PutUserPermissionsBoundary and DeleteUserPermissionsBoundary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation.account.reading.entities import USER
from federation.account.writing import attachments as writing
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import PERMISSIONS_BOUNDARY, authorize_on
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags, tag_keys
from federation.iam.entities import delete_boundary, put_boundary
from federation.iam.finding import check_policy_arn, user_named
from federation.iam.paging import page
from federation.iam.tags import given_tags, shown_tags


@call_record
class TagUser(IamCall):
    """The parameters of TagUser."""

    operation: ClassVar[str] = "TagUser"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included")


@call_record
class UntagUser(IamCall):
    """The parameters of UntagUser."""

    operation: ClassVar[str] = "UntagUser"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    tag_keys: Sequence[str] = parameter(constraints.TAG_KEYS, audit="included")


@call_record
class ListUserTags(IamCall):
    """The parameters of ListUserTags."""

    operation: ClassVar[str] = "ListUserTags"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class PutUserPermissionsBoundary(IamCall):
    """The parameters of PutUserPermissionsBoundary."""

    operation: ClassVar[str] = "PutUserPermissionsBoundary"

    user_name: str = parameter(constraints.USER_NAME, audit="included")
    permissions_boundary: str = parameter(constraints.ARN, audit="included")


@call_record
class DeleteUserPermissionsBoundary(IamCall):
    """The parameters of DeleteUserPermissionsBoundary."""

    operation: ClassVar[str] = "DeleteUserPermissionsBoundary"

    user_name: str = parameter(constraints.USER_NAME, audit="included")


def tag_user(call: TagUser, context: IamContext) -> None:
    """Add tags to a user. A tag whose key differs only by case is replaced.

    Raises:
        ValidationError: A parameter violates its constraint, a tag is not valid, or the user would have too many.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    tags = given_tags(call.tags)
    authorize_on("TagUser", USER, call.user_name, context, keys=request_tags(tags))
    with context.live.changing() as draft:
        writing.tag_entity(draft, USER, name=call.user_name, tags=tags)


def untag_user(call: UntagUser, context: IamContext) -> None:
    """Remove tags of a user. Keys that it does not have are ignored.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    authorize_on("UntagUser", USER, call.user_name, context, keys=tag_keys(call.tag_keys))
    with context.live.changing() as draft:
        writing.untag_entity(draft, USER, name=call.user_name, keys=call.tag_keys)


def list_user_tags(call: ListUserTags, context: IamContext) -> Result:
    """Return a page of the tags of a user.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    authorize_on("ListUserTags", USER, call.user_name, context)
    user = user_named(context.account, call.user_name)
    tags, more = page(user.tags, key=lambda tag: tag.key, marker=call.marker, max_items=call.max_items)
    return {"Tags": shown_tags(tags), **more}


def put_user_permissions_boundary(call: PutUserPermissionsBoundary, context: IamContext) -> None:
    """Set the permissions boundary of a user.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user or policy.
    """
    check_parameters(call)
    check_policy_arn(call.permissions_boundary)
    keys = {PERMISSIONS_BOUNDARY: call.permissions_boundary}
    authorize_on("PutUserPermissionsBoundary", USER, call.user_name, context, keys=keys)
    put_boundary(USER, call.user_name, call.permissions_boundary, context)


def delete_user_permissions_boundary(call: DeleteUserPermissionsBoundary, context: IamContext) -> None:
    """Remove the permissions boundary of a user. A user without one stays as it is.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    authorize_on("DeleteUserPermissionsBoundary", USER, call.user_name, context)
    delete_boundary(USER, call.user_name, context)
