"""CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy, DeleteRole, ListInstanceProfilesForRole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation import aws_texts
from federation.account import Role
from federation.account.reading.entities import ROLE
from federation.account.reading.roles import MAX_SESSION_DURATION_MIN
from federation.account.writing import roles as writing
from federation.account.writing.attachments import conflict
from federation.calls.record import call_record, check_parameters, parameter
from federation.errors import show
from federation.iam import constraints
from federation.iam.answer import PolicyText, Result
from federation.iam.authorizing import PERMISSIONS_BOUNDARY, authorize_on, check_modifiable
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags
from federation.iam.entities import boundary
from federation.iam.finding import check_boundary, role_named
from federation.iam.paging import page
from federation.iam.tags import given_tags, shown_tags


@call_record
class CreateRole(IamCall):
    """The parameters of CreateRole."""

    operation: ClassVar[str] = "CreateRole"

    path: str | None = parameter(constraints.PATH, audit="included", default=None)
    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    assume_role_policy_document: str = parameter(constraints.DOCUMENT, audit="included")
    description: str | None = parameter(constraints.ROLE_DESCRIPTION, audit="included", default=None)
    max_session_duration: int | None = parameter(constraints.MAX_SESSION_DURATION, audit="included", default=None)
    permissions_boundary: str | None = parameter(constraints.ARN, audit="included", default=None)
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())


@call_record
class GetRole(IamCall):
    """The parameters of GetRole."""

    operation: ClassVar[str] = "GetRole"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")


@call_record
class ListRoles(IamCall):
    """The parameters of ListRoles."""

    operation: ClassVar[str] = "ListRoles"

    path_prefix: str | None = parameter(constraints.PATH_PREFIX, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class UpdateRole(IamCall):
    """The parameters of UpdateRole."""

    operation: ClassVar[str] = "UpdateRole"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    description: str | None = parameter(constraints.ROLE_DESCRIPTION, audit="included", default=None)
    max_session_duration: int | None = parameter(constraints.MAX_SESSION_DURATION, audit="included", default=None)


@call_record
class UpdateRoleDescription(IamCall):
    """The parameters of UpdateRoleDescription."""

    operation: ClassVar[str] = "UpdateRoleDescription"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    description: str = parameter(constraints.ROLE_DESCRIPTION, audit="included")


@call_record
class UpdateAssumeRolePolicy(IamCall):
    """The parameters of UpdateAssumeRolePolicy."""

    operation: ClassVar[str] = "UpdateAssumeRolePolicy"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    policy_document: str = parameter(constraints.DOCUMENT, audit="included")


@call_record
class DeleteRole(IamCall):
    """The parameters of DeleteRole."""

    operation: ClassVar[str] = "DeleteRole"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")


@call_record
class ListInstanceProfilesForRole(IamCall):
    """The parameters of ListInstanceProfilesForRole."""

    operation: ClassVar[str] = "ListInstanceProfilesForRole"

    role_name: str = parameter(constraints.ROLE_NAME, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def create_role(call: CreateRole, context: IamContext) -> Result:
    """Create a role.

    Raises:
        ValidationError: A parameter violates its constraint, or a tag is not valid.
        RegistrationError: Two tags have one key, or the permissions boundary is not the ARN of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        MalformedPolicyDocument: The trust policy violates the grammar.
        EntityAlreadyExists: The account has a role of that name.
        NoSuchEntity: The account has no policy with the ARN of the permissions boundary.
    """
    check_parameters(call)
    path, tags, boundary = call.path or "/", given_tags(call.tags), call.permissions_boundary
    bound = {} if boundary is None else {PERMISSIONS_BOUNDARY: boundary}
    context.authorize("CreateRole", context.arn(f"role{path}{call.role_name}"), keys={**bound, **request_tags(tags)})
    with context.live.changing() as draft:
        if boundary is not None:
            check_boundary(draft.account(), boundary)
        writing.add_role(
            draft,
            name=call.role_name,
            trust_policy=call.assume_role_policy_document,
            max_session_duration=call.max_session_duration or MAX_SESSION_DURATION_MIN,
            role_path=path,
            description=call.description or "",
            tags=tags,
            permissions_boundary=boundary,
            at=context.at,
        )
        return {"Role": _without(shown_role(role_named(draft.account(), call.role_name)), "Description", "MaxSessionDuration")}


def get_role(call: GetRole, context: IamContext) -> Result:
    """Return a role.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("GetRole", ROLE, call.role_name, context)
    return {"Role": {**shown_role(role_named(context.account, call.role_name)), "RoleLastUsed": {}}}


def list_roles(call: ListRoles, context: IamContext) -> Result:
    """Return a page of the roles whose path begins with a prefix.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    prefix = call.path_prefix or "/"
    context.authorize("ListRoles", context.arn(f"role{prefix}"))
    chosen = (role for role in context.account.roles.values() if role.path.startswith(prefix))
    roles, more = page(chosen, key=lambda role: role.name, marker=call.marker, max_items=call.max_items)
    return {"Roles": [listed_role(role) for role in roles], **more}


def update_role(call: UpdateRole, context: IamContext) -> Result:
    """Change description and longest session of a role. What is absent stays as it is.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("UpdateRole", ROLE, call.role_name, context)
    check_modifiable(call.role_name, context)
    with context.live.changing() as draft:
        writing.update_role(draft, name=call.role_name, description=call.description, max_session_duration=call.max_session_duration)
    return {}


def update_role_description(call: UpdateRoleDescription, context: IamContext) -> Result:
    """Change the description of a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("UpdateRoleDescription", ROLE, call.role_name, context)
    check_modifiable(call.role_name, context)
    with context.live.changing() as draft:
        writing.update_role(draft, name=call.role_name, description=call.description)
        return {"Role": _without(shown_role(role_named(draft.account(), call.role_name)), "MaxSessionDuration")}


def update_assume_role_policy(call: UpdateAssumeRolePolicy, context: IamContext) -> None:
    """Replace the trust policy of a role.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        MalformedPolicyDocument: The policy violates the grammar.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("UpdateAssumeRolePolicy", ROLE, call.role_name, context)
    check_modifiable(call.role_name, context)
    with context.live.changing() as draft:
        writing.update_assume_role_policy(draft, name=call.role_name, trust_policy=call.policy_document)


def delete_role(call: DeleteRole, context: IamContext) -> None:
    """Delete a role that has no policies.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        UnmodifiableEntity: The role is linked to a service of AWS.
        NoSuchEntity: The account has no such role.
        DeleteConflict: The role has policies, or a trade-in token is registered for it.
    """
    check_parameters(call)
    authorize_on("DeleteRole", ROLE, call.role_name, context)
    check_modifiable(call.role_name, context)
    with context.live.changing() as draft:
        role = role_named(draft.account(), call.role_name)
        if any(token.role_arn == role.arn for token in draft.account().trade_in_tokens.values()):
            raise conflict(
                ROLE.file_of(role.name),
                "a role for which no trade-in token is registered",
                show(role.arn),
                remedy="remove the trade-in tokens of the role first",
                message=aws_texts.codes.DELETE_CONFLICT,
            )
        writing.delete_role(draft, name=call.role_name)


def list_instance_profiles_for_role(call: ListInstanceProfilesForRole, context: IamContext) -> Result:
    """Return the instance profiles of a role: none, because an account directory has none.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such role.
    """
    check_parameters(call)
    authorize_on("ListInstanceProfilesForRole", ROLE, call.role_name, context)
    role_named(context.account, call.role_name)
    profiles, more = page((), key=str, marker=call.marker, max_items=call.max_items)
    return {"InstanceProfiles": profiles, **more}


def listed_role(role: Role) -> Result:
    """Return *role* as ListRoles shows it: without tags and permissions boundary."""
    shown: Result = {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.role_id,
        "Arn": role.arn,
        "CreateDate": role.created_at,
        "AssumeRolePolicyDocument": PolicyText(role.trust_policy.source_text),
    }
    if role.description:
        shown["Description"] = role.description
    return {**shown, "MaxSessionDuration": role.max_session_duration}


def shown_role(role: Role) -> Result:
    """Return *role* as GetRole shows it."""
    shown = {**listed_role(role), **boundary(role.permissions_boundary)}
    return {**shown, "Tags": shown_tags(role.tags)} if role.tags else shown


def _without(role: Result, *members: str) -> Result:
    """Return *role* without *members*, which IAM does not show of a role that it has just written."""
    return {name: value for name, value in role.items() if name not in members}
