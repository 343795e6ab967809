"""The user of a call that may leave out UserName: then it is the caller."""

from __future__ import annotations

from federation import aws_texts
from federation.account.reading.entities import USER
from federation.errors import ValidationError
from federation.iam.authorizing import authorize_on
from federation.iam.context import IamContext
from federation.iam.finding import user_named


def own_user_name(given: str | None, context: IamContext) -> str:
    """Return *given*, or the name of the calling user where it is None.

    Raises:
        ValidationError: Check ``user-name``: it is None and the caller is not a user.
    """
    name = context.caller.name if given is None else given
    if name is None:
        raise ValidationError(
            check="user-name",
            expected="UserName, where the caller is not a user",
            found="none",
            remedy="pass the name of the user",
            message=aws_texts.iam.NO_USER_NAME,
        )
    return name


def owner_of(given: str | None, context: IamContext) -> str | None:
    """Return the name of the user of a call; None for the root, which calls without a name.

    Raises:
        ValidationError: Check ``user-name``: *given* is None and the caller is neither a user nor the root.
    """
    return None if given is None and context.caller.is_root else own_user_name(given, context)


def authorize_on_owner(action: str, owner: str | None, context: IamContext) -> str:
    """Require that the caller may perform *action* on the user *owner*, the root where it is None, and return the owner's ARN.

    Raises:
        AccessDenied: The caller may not.
        NoSuchEntity: The account has no such user.
    """
    if owner is None:
        context.authorize(action, context.account.root_arn)
        return context.account.root_arn
    authorize_on(action, USER, owner, context)
    return user_named(context.account, owner).arn
