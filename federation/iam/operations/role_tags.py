"""TagRole, UntagRole and ListRoleTags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation.account.reading.entities import ROLE
from federation.account.writing.attachments import tag_entity, untag_entity
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import authorize_on
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags, tag_keys
from federation.iam.finding import role_named
from federation.iam.paging import page
from federation.iam.tags import given_tags, shown_tags


@call_record
class TagRole(IamCall):
    """The parameters of TagRole."""

    operation: ClassVar[str] = "TagRole"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included")


@call_record
class UntagRole(IamCall):
    """The parameters of UntagRole."""

    operation: ClassVar[str] = "UntagRole"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    tag_keys: Sequence[str] = parameter(constraints.TAG_KEYS, audit="included")


@call_record
class ListRoleTags(IamCall):
    """The parameters of ListRoleTags."""

    operation: ClassVar[str] = "ListRoleTags"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def tag_role(call: TagRole, context: IamContext) -> None:
    """Add tags to a role. A tag whose key differs only by case is replaced.

    Raises:
        ValidationError: A parameter violates its constraint, or the role would have more than 50 tags.
        RegistrationError: Two tags have one key.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    tags = given_tags(call.tags)
    authorize_on("TagRole", ROLE, call.role_name, context, keys=request_tags(tags))
    with context.live.changing() as draft:
        tag_entity(draft, ROLE, name=call.role_name, tags=tags)


def untag_role(call: UntagRole, context: IamContext) -> None:
    """Remove tags from a role. Keys that it does not have are ignored.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("UntagRole", ROLE, call.role_name, context, keys=tag_keys(call.tag_keys))
    with context.live.changing() as draft:
        untag_entity(draft, ROLE, name=call.role_name, keys=call.tag_keys)


def list_role_tags(call: ListRoleTags, context: IamContext) -> Result:
    """Return a page of the tags of a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("ListRoleTags", ROLE, call.role_name, context)
    role = role_named(context.account, call.role_name)
    tags, more = page(role.tags, key=lambda tag: tag.key, marker=call.marker, max_items=call.max_items)
    return {"Tags": shown_tags(tags), **more}
