"""Authorization of the caller on one entity: resource, condition keys, and what AWS calls the entity in a denial.

An entity that is missing is refused like one that is there, so that its name cannot be probed.
"""

from __future__ import annotations

import re
from typing import Final

from federation import aws_texts
from federation.account import Group
from federation.account.reading.entities import ROLE, EntityKind
from federation.condition_keys import ConditionValues
from federation.errors import UnmodifiableEntity, show
from federation.iam.context import NO_KEYS, IamContext, resource_tags
from federation.iam.finding import Holder, check_policy_arn, entity_or_none

PERMISSIONS_BOUNDARY: Final = "iam:PermissionsBoundary"
POLICY_ARN: Final = "iam:PolicyARN"
_SERVICE_LINKED: Final = "/aws-service-role/"
_BOUNDED: Final = re.compile("(?:Attach|Detach|Put|Delete)(?:Role|User)(?:Policy|PermissionsBoundary)")
"""Actions with the condition key of the entity's permissions boundary (Service Authorization Reference, AWS IAM)."""


def authorize_on(action: str, kind: EntityKind, name: str, context: IamContext, *, keys: ConditionValues = NO_KEYS) -> None:
    """Require that the caller may perform *action* on the entity *name*. *keys* are condition keys of the call.

    Raises:
        AccessDenied: The caller may not.
    """
    entity = entity_or_none(context.account, kind, name)
    arn = context.arn(f"{kind.noun}/{name}") if entity is None else entity.arn
    context.authorize(action, arn, named=f"{kind.noun} {name}", keys={**_keys_of(entity, action), **keys})


def _keys_of(entity: Holder | None, action: str) -> dict[str, str]:
    """Return the condition keys of *action* on *entity*: its tags and, where the action has this key, its permissions boundary."""
    if entity is None or isinstance(entity, Group):
        return {}
    bounded = entity.permissions_boundary is not None and _BOUNDED.fullmatch(action) is not None
    return {**resource_tags(entity.tags), **({PERMISSIONS_BOUNDARY: str(entity.permissions_boundary)} if bounded else {})}


def check_modifiable(name: str, context: IamContext) -> None:
    """Require that others than AWS may change the role *name*. A missing role is refused later.

    Raises:
        UnmodifiableEntity: The role is linked to a service of AWS.
    """
    role = context.account.role_named(name)
    if role is not None and role.path.startswith(_SERVICE_LINKED):
        raise UnmodifiableEntity(
            file=ROLE.file_of(name),
            path="",
            expected="a role that is not linked to a service of AWS",
            found=f"one of path {show(role.path)}",
            remedy="change it where the service is set up",
            message=aws_texts.iam.protected_role(name),
        )


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
