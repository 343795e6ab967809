"""Managed policies that are attached to an entity, alike for roles, users and groups."""

from __future__ import annotations

from collections.abc import Sequence

from federation import aws_texts
from federation.account.writing.entities import no_such_entity
from federation.errors import show
from federation.iam.answer import Result
from federation.iam.paging import page


def attached_page(held: Sequence[str], *, path_prefix: str | None, marker: str | None, max_items: int | None) -> Result:
    """Return a page of the policies *held*, ARNs, whose path begins with *path_prefix*.

    Raises:
        ValidationError: *marker* is not one of a page before.
    """
    chosen = (arn for arn in held if path_of(arn).startswith(path_prefix or "/"))
    arns, more = page(chosen, key=str, marker=marker, max_items=max_items)
    return {"AttachedPolicies": [attached(arn) for arn in arns], **more}


def attached(arn: str) -> Result:
    """Return an attached policy as results list it."""
    return {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}


def check_attached(held: Sequence[str], arn: str, *, file: str) -> None:
    """Require that the policy *arn* is among the policies *held* by the entity in *file*.

    Raises:
        NoSuchEntity: It is not.
    """
    if arn not in held:
        there = ", ".join(map(show, held)) or "none"
        raise no_such_entity(file, f"the attached policy {show(arn)}", there, message=aws_texts.iam.policy_not_found(arn))


def path_of(arn: str) -> str:
    """Return the path in the ARN of a managed policy."""
    directory = arn.partition(":policy/")[2].rpartition("/")[0]
    return f"/{directory}/" if directory else "/"
