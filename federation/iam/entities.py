"""Users and groups in calls: authorization on them, their policies, and how results show them and roles."""

from __future__ import annotations

from collections.abc import Mapping

from federation import aws_texts
from federation.account import Account, Group, Role, User
from federation.account.reading.entities import GROUP, USER, EntityKind
from federation.account.writing import attachments as writing
from federation.account.writing.entities import no_such_entity
from federation.condition_keys import ConditionValues
from federation.errors import NoSuchEntity, show
from federation.iam.answer import PolicyText, Result
from federation.iam.attached import attached_page, check_attached
from federation.iam.authorizing import PERMISSIONS_BOUNDARY
from federation.iam.context import NO_KEYS, IamContext, resource_tags
from federation.iam.finding import check_attachable, check_policy_arn
from federation.iam.paging import page
from federation.policy import Policy

Holder = Role | User | Group
"""What holds policies."""


def entity_or_none(account: Account, kind: EntityKind, name: str) -> Holder | None:
    """Return the entity *name*; None where there is none."""
    if kind is USER:
        return account.user_named(name)
    return account.group_named(name) if kind is GROUP else account.role_named(name)


def user_named(account: Account, name: str) -> User:
    """Return the user *name*.

    Raises:
        NoSuchEntity: The account has no such user.
    """
    user = account.user_named(name)
    if user is None:
        raise no_such_name(USER, name)
    return user


def group_named(account: Account, name: str) -> Group:
    """Return the group *name*.

    Raises:
        NoSuchEntity: The account has no such group.
    """
    group = account.group_named(name)
    if group is None:
        raise no_such_name(GROUP, name)
    return group


def no_such_name(kind: EntityKind, name: str) -> NoSuchEntity:
    """Return the refusal of a name that no entity of *kind* has."""
    message = aws_texts.iam.no_such_name(kind.noun, name)
    return no_such_entity(kind.file_of(name), f"a {kind.noun} of that name", show(name), message=message)


def authorize_on(action: str, kind: EntityKind, name: str, context: IamContext, *, keys: ConditionValues = NO_KEYS) -> None:
    """Require that the caller may perform *action* on the entity *name*. *keys* are condition keys of the call.

    A missing entity is refused like one that is there, so that names cannot be probed.

    Raises:
        AccessDenied: The caller may not.
    """
    entity = entity_or_none(context.account, kind, name)
    arn = context.arn(f"{kind.noun}/{name}") if entity is None else entity.arn
    context.authorize(action, arn, named=f"{kind.noun} {name}", keys={**entity_keys(entity), **keys})


def entity_keys(entity: Holder | None) -> dict[str, str]:
    """Return the condition keys of requests on *entity*: its tags and its permissions boundary."""
    if entity is None or isinstance(entity, Group):
        return {}
    bound = {} if entity.permissions_boundary is None else {PERMISSIONS_BOUNDARY: entity.permissions_boundary}
    return {**resource_tags(entity.tags), **bound}


def put_policy(kind: EntityKind, name: str, policy_name: str, document: str, context: IamContext) -> None:
    """Add an inline policy to an entity, or replace the one of that name.

    Raises:
        MalformedPolicyDocument: The policy violates the grammar.
        NoSuchEntity: The account has no such entity.
        LimitExceeded: The inline policies of the entity are too long together.
    """
    with context.live.changing() as draft:
        writing.put_inline_policy(draft, kind, name=name, policy_name=policy_name, policy=document)


def shown_policy(kind: EntityKind, name: str, policy_name: str, context: IamContext) -> Result:
    """Return an inline policy of an entity, as GetUserPolicy and the like show it.

    Raises:
        NoSuchEntity: The account has no such entity, or the entity has no such policy.
    """
    policy = _inline(kind, name, policy_name, context.account)
    return {kind.name_member: name, "PolicyName": policy_name, "PolicyDocument": PolicyText(policy.source_text)}


def policy_names(kind: EntityKind, name: str, context: IamContext, *, marker: str | None, max_items: int | None) -> Result:
    """Return a page of the names of the inline policies of an entity.

    Raises:
        NoSuchEntity: The account has no such entity.
    """
    names, more = page(_existing(kind, name, context.account).inline_policies, key=str, marker=marker, max_items=max_items)
    return {"PolicyNames": names, **more}


def delete_policy(kind: EntityKind, name: str, policy_name: str, context: IamContext) -> None:
    """Delete an inline policy of an entity.

    Raises:
        NoSuchEntity: The account has no such entity, or the entity has no such policy.
    """
    with context.live.changing() as draft:
        _inline(kind, name, policy_name, draft.account())
        writing.delete_inline_policy(draft, kind, name=name, policy_name=policy_name)


def attach(kind: EntityKind, name: str, arn: str, context: IamContext) -> None:
    """Attach a managed policy to an entity. Attaching it again has no effect.

    Raises:
        RegistrationError: *arn* is not the ARN of a managed policy.
        NoSuchEntity: The account has no such entity or policy.
        LimitExceeded: The entity has as many as it may have.
    """
    with context.live.changing() as draft:
        check_attachable(draft.account(), arn)
        writing.attach_policy(draft, kind, name=name, policy_arn=arn)


def detach(kind: EntityKind, name: str, arn: str, context: IamContext) -> None:
    """Detach a managed policy from an entity.

    Raises:
        RegistrationError: *arn* is not the ARN of a managed policy.
        NoSuchEntity: The account has no such entity, or the policy is not attached to it.
    """
    check_policy_arn(arn)
    with context.live.changing() as draft:
        check_attached(_existing(kind, name, draft.account()).attached_policies, arn, file=kind.file_of(name))
        writing.detach_policy(draft, kind, name=name, policy_arn=arn)


def attached_policies(
    kind: EntityKind, name: str, context: IamContext, *, path_prefix: str | None, marker: str | None, max_items: int | None
) -> Result:
    """Return a page of the managed policies that are attached to an entity.

    Raises:
        NoSuchEntity: The account has no such entity.
    """
    held = _existing(kind, name, context.account).attached_policies
    return attached_page(held, path_prefix=path_prefix, marker=marker, max_items=max_items)


def attached(arn: str) -> Result:
    """Return an attached policy as results list it."""
    return {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}


def boundary(arn: str | None) -> Result:
    """Return the members of an entity with the permissions boundary *arn*; none where it has none."""
    if arn is None:
        return {}
    # The model's only value is PermissionsBoundaryPolicy; IAM sends the other one, as its documentation shows.
    return {"PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}}


def inline_list(policies: Mapping[str, Policy]) -> list[Result]:
    """Return inline policies as GetAccountAuthorizationDetails lists them."""
    return [{"PolicyName": name, "PolicyDocument": PolicyText(policy.source_text)} for name, policy in policies.items()]


def _existing(kind: EntityKind, name: str, account: Account) -> Holder:
    entity = entity_or_none(account, kind, name)
    if entity is None:
        raise no_such_name(kind, name)
    return entity


def _inline(kind: EntityKind, name: str, policy_name: str, account: Account) -> Policy:
    held = _existing(kind, name, account).inline_policies
    if policy_name not in held:
        message = aws_texts.iam.no_such_name(f"{kind.noun} policy", policy_name)
        there = ", ".join(map(show, held)) or "none"
        raise no_such_entity(kind.file_of(name), f"an inline policy {show(policy_name)}", there, message=message)
    return held[policy_name]
