"""Authorization of the caller on one entity: resource, condition keys, and what AWS calls the entity in a denial.

An entity that is missing is refused like one that is there, so that its name cannot be probed.
"""

from __future__ import annotations

from typing import Final

from federation import aws_texts
from federation.account.reading.entities import ROLE
from federation.condition_keys import ConditionValues
from federation.errors import UnmodifiableEntity, show
from federation.iam.context import NO_KEYS, IamContext, resource_tags
from federation.iam.finding import check_policy_arn

PERMISSIONS_BOUNDARY: Final = "iam:PermissionsBoundary"
POLICY_ARN: Final = "iam:PolicyARN"
_SERVICE_LINKED: Final = "/aws-service-role/"


def authorize_on_role(action: str, name: str, context: IamContext, *, keys: ConditionValues = NO_KEYS, changes: bool = False) -> None:
    """Require that the caller may perform *action* on the role *name*.

    Args:
        action: The action without the prefix of the service.
        name: Name of the role.
        context: The context of the call.
        keys: Condition keys of the call.
        changes: Whether the action changes what only AWS may change of a service-linked role.

    Raises:
        AccessDenied: The caller may not.
        UnmodifiableEntity: The role is linked to a service of AWS.
    """
    role = context.account.role_named(name)
    own = {} if role is None else resource_tags(role.tags)
    arn = context.arn(f"role/{name}") if role is None else role.arn
    context.authorize(action, arn, named=f"role {name}", keys={**own, **keys})
    if changes and role is not None and role.path.startswith(_SERVICE_LINKED):
        raise UnmodifiableEntity(
            file=ROLE.file_of(name),
            path="",
            expected="a role that is not linked to a service of AWS",
            found=f"one of path {show(role.path)}",
            remedy="change it where the service is set up",
            message=aws_texts.iam.protected_role(name),
        )


def boundary_of_role(name: str, context: IamContext) -> dict[str, str]:
    """Return the condition key of the permissions boundary of the role *name*; none where it has none."""
    role = context.account.role_named(name)
    return {} if role is None or role.permissions_boundary is None else {PERMISSIONS_BOUNDARY: role.permissions_boundary}


def authorize_on_policy(action: str, arn: str, context: IamContext, *, keys: ConditionValues = NO_KEYS) -> None:
    """Require that the caller may perform *action* on the managed policy *arn*. *keys* are condition keys of the call.

    Raises:
        RegistrationError: *arn* is not the ARN of a managed policy.
        AccessDenied: The caller may not.
    """
    check_policy_arn(arn)
    policy = context.account.policies.get(arn)
    own = {} if policy is None else resource_tags(policy.tags)
    context.authorize(action, arn, named=f"policy {arn}", keys={**own, **keys})
