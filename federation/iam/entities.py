"""The policies and the permissions boundary of roles, users and groups in calls, and how results show them."""

from __future__ import annotations

from collections.abc import Mapping

from federation import aws_texts
from federation.account import Account
from federation.account.reading.entities import EntityKind
from federation.account.writing import attachments as writing
from federation.account.writing.entities import no_such_entity
from federation.errors import show
from federation.iam.answer import PolicyText, Result
from federation.iam.attached import attached_page, check_attached
from federation.iam.context import IamContext
from federation.iam.finding import check_attachable, check_boundary, entity_named
from federation.iam.paging import page
from federation.policy import Policy


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
    names, more = page(entity_named(context.account, kind, name).inline_policies, key=str, marker=marker, max_items=max_items)
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
        entity_named(draft.account(), kind, name)
        check_attachable(draft.account(), arn)
        writing.attach_policy(draft, kind, name=name, policy_arn=arn)


def detach(kind: EntityKind, name: str, arn: str, context: IamContext) -> None:
    """Detach a managed policy from an entity.

    Raises:
        NoSuchEntity: The account has no such entity, or the policy is not attached to it.
    """
    with context.live.changing() as draft:
        check_attached(entity_named(draft.account(), kind, name).attached_policies, arn, file=kind.file_of(name))
        writing.detach_policy(draft, kind, name=name, policy_arn=arn)


def attached_policies(
    kind: EntityKind, name: str, context: IamContext, *, path_prefix: str | None, marker: str | None, max_items: int | None
) -> Result:
    """Return a page of the managed policies that are attached to an entity.

    Raises:
        NoSuchEntity: The account has no such entity.
    """
    held = entity_named(context.account, kind, name).attached_policies
    return attached_page(held, path_prefix=path_prefix, marker=marker, max_items=max_items)


def put_boundary(kind: EntityKind, name: str, arn: str, context: IamContext) -> None:
    """Set the permissions boundary of an entity.

    Raises:
        NoSuchEntity: The account has no such entity or policy.
    """
    with context.live.changing() as draft:
        entity_named(draft.account(), kind, name)
        check_boundary(draft.account(), arn)
        writing.put_permissions_boundary(draft, kind, name=name, policy_arn=arn)


def delete_boundary(kind: EntityKind, name: str, context: IamContext) -> None:
    """Remove the permissions boundary of an entity. An entity without one stays as it is.

    Raises:
        NoSuchEntity: The account has no such entity.
    """
    with context.live.changing() as draft:
        if getattr(entity_named(draft.account(), kind, name), "permissions_boundary", None) is not None:
            writing.delete_permissions_boundary(draft, kind, name=name)


def boundary(arn: str | None) -> Result:
    """Return the members of an entity with the permissions boundary *arn*; none where it has none."""
    if arn is None:
        return {}
    # The model's only value is PermissionsBoundaryPolicy; IAM sends the other one, as its documentation shows.
    return {"PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}}


def inline_list(policies: Mapping[str, Policy]) -> list[Result]:
    """Return inline policies as GetAccountAuthorizationDetails lists them."""
    return [{"PolicyName": name, "PolicyDocument": PolicyText(policy.source_text)} for name, policy in policies.items()]


def _inline(kind: EntityKind, name: str, policy_name: str, account: Account) -> Policy:
    held = entity_named(account, kind, name).inline_policies
    if policy_name not in held:
        message = aws_texts.iam.no_such_name(f"{kind.noun} policy", policy_name)
        there = ", ".join(map(show, held)) or "none"
        raise no_such_entity(kind.file_of(name), f"an inline policy {show(policy_name)}", there, message=message)
    return held[policy_name]
