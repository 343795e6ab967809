"""CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey and GetAccessKeyLastUsed."""

from __future__ import annotations

from typing import ClassVar

from federation import aws_texts
from federation.account import AccessKey, Account
from federation.account.reading.credentials import ACCESS_KEYS
from federation.account.writing import credentials as writing
from federation.account.writing.entities import no_such_entity
from federation.calls.record import call_record, check_parameters, parameter
from federation.errors import NoSuchEntity, RegistrationError, show
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.own_user import authorize_on_owner, owner_of
from federation.iam.paging import page


@call_record
class CreateAccessKey(IamCall):
    """The parameters of CreateAccessKey."""

    operation: ClassVar[str] = "CreateAccessKey"

    user_name: str | None = parameter(constraints.EXISTING_USER_NAME, audit="included", default=None)


@call_record
class ListAccessKeys(IamCall):
    """The parameters of ListAccessKeys."""

    operation: ClassVar[str] = "ListAccessKeys"

    user_name: str | None = parameter(constraints.EXISTING_USER_NAME, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class UpdateAccessKey(IamCall):
    """The parameters of UpdateAccessKey."""

    operation: ClassVar[str] = "UpdateAccessKey"

    user_name: str | None = parameter(constraints.EXISTING_USER_NAME, audit="included", default=None)
    access_key_id: str = parameter(constraints.ACCESS_KEY_ID, audit="included")
    status: str = parameter(constraints.KEY_STATUS, audit="included")


@call_record
class DeleteAccessKey(IamCall):
    """The parameters of DeleteAccessKey."""

    operation: ClassVar[str] = "DeleteAccessKey"

    user_name: str | None = parameter(constraints.EXISTING_USER_NAME, audit="included", default=None)
    access_key_id: str = parameter(constraints.ACCESS_KEY_ID, audit="included")


@call_record
class GetAccessKeyLastUsed(IamCall):
    """The parameters of GetAccessKeyLastUsed."""

    operation: ClassVar[str] = "GetAccessKeyLastUsed"

    access_key_id: str = parameter(constraints.ACCESS_KEY_ID, audit="included")


def create_access_key(call: CreateAccessKey, context: IamContext) -> Result:
    """Create an access key of a user; without a name of the caller, who may also be the root. Its secret is in this result only.

    Raises:
        ValidationError: The parameter violates its constraint, or is absent where the caller is a session of a role.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
        LimitExceeded: The owner has two keys.
    """
    check_parameters(call)
    owner = owner_of(call.user_name, context)
    authorize_on_owner("CreateAccessKey", owner, context)
    with context.live.changing() as draft:
        key = writing.create_access_key(draft, user=owner, at=context.at)
    return key.to_dict()


def list_access_keys(call: ListAccessKeys, context: IamContext) -> Result:
    """Return a page of the access keys of a user, without their secrets; without a name those of the caller.

    Raises:
        ValidationError: A parameter violates its constraint, or the name is absent where the caller is a session of a role.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    owner = owner_of(call.user_name, context)
    arn = authorize_on_owner("ListAccessKeys", owner, context)
    held = (key for key in context.account.access_keys.values() if (key.user or context.account.root_arn) == arn)
    keys, more = page(held, key=lambda key: key.id, marker=call.marker, max_items=call.max_items)
    named = {} if owner is None else {"UserName": owner}
    return {
        "AccessKeyMetadata": [
            {**named, "AccessKeyId": key.id, "Status": "Active" if key.active else "Inactive", "CreateDate": key.created_at} for key in keys
        ],
        **more,
    }


def update_access_key(call: UpdateAccessKey, context: IamContext) -> None:
    """Activate or deactivate an access key.

    Raises:
        ValidationError: A parameter violates its constraint, or the name is absent where the caller is a session of a role.
        RegistrationError: The status is ``Expired``, which nothing can be set to.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user, or the user has no such key.
    """
    check_parameters(call)
    owner = owner_of(call.user_name, context)
    arn = authorize_on_owner("UpdateAccessKey", owner, context)
    _key_of(context.account, call.access_key_id, arn)
    if call.status not in ("Active", "Inactive"):
        raise RegistrationError(check="status", expected="Active or Inactive", found=show(call.status), remedy="choose one of them")
    with context.live.changing() as draft:
        writing.update_access_key(draft, access_key_id=call.access_key_id, status="Active" if call.status == "Active" else "Inactive")


def delete_access_key(call: DeleteAccessKey, context: IamContext) -> None:
    """Delete an access key.

    Raises:
        ValidationError: A parameter violates its constraint, or the name is absent where the caller is a session of a role.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user, or the user has no such key.
    """
    check_parameters(call)
    owner = owner_of(call.user_name, context)
    arn = authorize_on_owner("DeleteAccessKey", owner, context)
    _key_of(context.account, call.access_key_id, arn)
    with context.live.changing() as draft:
        writing.delete_access_key(draft, access_key_id=call.access_key_id)


def get_access_key_last_used(call: GetAccessKeyLastUsed, context: IamContext) -> Result:
    """Return the owner of an access key. The use of keys is not recorded here, so service and region are ``N/A``, as for a new key in AWS.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such key.
    """
    check_parameters(call)
    key = context.account.access_keys.get(call.access_key_id)
    context.authorize("GetAccessKeyLastUsed", "*" if key is None else key.user or context.account.root_arn)
    if key is None:
        raise _no_such_key(call.access_key_id)
    user = {} if key.user is None else {"UserName": context.account.users[key.user].name}
    return {**user, "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}


def _key_of(account: Account, key_id: str, owner: str) -> AccessKey:
    key = account.access_keys.get(key_id)
    if key is None or (key.user or account.root_arn) != owner:
        raise _no_such_key(key_id)
    return key


def _no_such_key(key_id: str) -> NoSuchEntity:
    return no_such_entity(ACCESS_KEYS, "an access key of the user", show(key_id), message=aws_texts.iam.no_such_key(key_id))
