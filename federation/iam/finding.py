"""Entities of the account by the names that calls have."""

from __future__ import annotations

from typing import TypeVar

from federation import aws_texts
from federation.account import Account, Group, Role, User
from federation.account.model import POLICY_ARN, ManagedPolicy, PolicyVersion
from federation.account.reading.entities import GROUP, ROLE, USER, EntityKind
from federation.account.reading.policies import is_aws_managed, policy_file
from federation.account.writing.entities import no_such_entity
from federation.errors import NoSuchEntity, RegistrationError, ValidationError, show

E = TypeVar("E", bound=Role | User | Group)

Holder = Role | User | Group
"""What holds policies."""


def entity_or_none(account: Account, kind: EntityKind, name: str) -> Holder | None:
    """Return the entity *name*; None where there is none."""
    if kind is USER:
        return account.user_named(name)
    return account.group_named(name) if kind is GROUP else account.role_named(name)


def entity_named(account: Account, kind: EntityKind, name: str) -> Holder:
    """Return the entity *name*.

    Raises:
        NoSuchEntity: The account has no such entity.
    """
    return _there(entity_or_none(account, kind, name), kind, name)


def role_named(account: Account, name: str) -> Role:
    """Return the role *name*.

    Raises:
        NoSuchEntity: The account has no such role.
    """
    return _there(account.role_named(name), ROLE, name)


def user_named(account: Account, name: str) -> User:
    """Return the user *name*.

    Raises:
        NoSuchEntity: The account has no such user.
    """
    return _there(account.user_named(name), USER, name)


def group_named(account: Account, name: str) -> Group:
    """Return the group *name*.

    Raises:
        NoSuchEntity: The account has no such group.
    """
    return _there(account.group_named(name), GROUP, name)


def _there(entity: E | None, kind: EntityKind, name: str) -> E:
    if entity is None:
        message = aws_texts.iam.no_such_name(kind.noun, name)
        raise no_such_entity(kind.file_of(name), f"a {kind.noun} of that name", show(name), message=message)
    return entity


def policy_of(account: Account, arn: str) -> ManagedPolicy:
    """Return the managed policy with this ARN.

    Raises:
        ValidationError: *arn* is no ARN.
        RegistrationError: *arn* is not the ARN of a managed policy.
        NoSuchEntity: The account has no such policy.
    """
    check_policy_arn(arn)
    policy = account.policies.get(arn)
    if policy is None:
        raise _no_such_policy(arn, aws_texts.iam.policy_not_found(arn))
    return policy


def version_of(account: Account, arn: str, version_id: str) -> PolicyVersion:
    """Return a version of the managed policy with this ARN.

    Raises:
        ValidationError: *arn* is no ARN.
        RegistrationError: *arn* is not the ARN of a managed policy.
        NoSuchEntity: The account has no such policy, or the policy has no such version.
    """
    check_policy_arn(arn)
    policy = account.policies.get(arn)
    message = aws_texts.iam.no_such_version(arn, version_id)
    if policy is None:
        raise _no_such_policy(arn, message)
    for version in policy.versions:
        if version.id == version_id:
            return version
    there = ", ".join(show(version.id) for version in policy.versions)
    raise no_such_entity(policy.file, f"one of {there}", show(version_id), message=message)


def own_policy(account: Account, arn: str) -> ManagedPolicy:
    """Return the managed policy with this ARN, which the account may change.

    Raises:
        ValidationError: *arn* is no ARN.
        RegistrationError: *arn* is not the ARN of a managed policy, or it is that of a policy of AWS.
        NoSuchEntity: The account has no such policy.
    """
    check_policy_arn(arn)
    if is_aws_managed(arn):
        raise RegistrationError(
            check="policy-arn",
            expected=f"a policy of the account {account.id}",
            found=show(arn),
            remedy="make a policy of your own with the same document; only AWS changes its policies",
        )
    return policy_of(account, arn)


def check_attachable(account: Account, arn: str) -> None:
    """Require that the managed policy *arn* can be attached. A policy of AWS may be missing in the account directory.

    Raises:
        ValidationError: *arn* is no ARN.
        RegistrationError: *arn* is not the ARN of a managed policy.
        NoSuchEntity: It is of this account, or of another one, and the account has no such policy.
    """
    check_policy_arn(arn)
    if not _is_attachable(account, arn):
        raise _no_such_policy(arn, aws_texts.iam.no_such_policy(arn))


def check_boundary(account: Account, arn: str) -> None:
    """Require that the managed policy *arn* can be a permissions boundary. A policy of AWS may be missing in the account directory.

    Raises:
        ValidationError: *arn* is no ARN.
        RegistrationError: *arn* is not the ARN of a managed policy.
        NoSuchEntity: It is of this account, or of another one, and the account has no such policy.
    """
    check_policy_arn(arn)
    if not _is_attachable(account, arn):
        raise _no_such_policy(arn, aws_texts.iam.no_such_boundary(arn))


def check_policy_arn(arn: str) -> None:
    """Require that *arn* has the form of the ARN of a managed policy.

    Raises:
        ValidationError: Check ``policy-arn``: it is no ARN.
        RegistrationError: Check ``policy-arn``: it is the ARN of something else.
    """
    if POLICY_ARN.fullmatch(arn) is None:
        refusal = RegistrationError if arn.startswith("arn:") else ValidationError
        raise refusal(
            check="policy-arn",
            expected="the ARN of a managed policy: arn:aws:iam::<account>:policy/<path and name>",
            found=show(arn),
            remedy="copy the ARN from the result of CreatePolicy or ListPolicies",
            message=aws_texts.iam.invalid_arn(arn if arn.isprintable() else "?"),
        )


def _is_attachable(account: Account, arn: str) -> bool:
    return arn in account.policies or (is_aws_managed(arn) and arn.startswith(f"arn:{account.partition}:"))


def _no_such_policy(arn: str, message: str) -> NoSuchEntity:
    return no_such_entity(policy_file(arn, arn.rpartition("/")[2]), "a policy of that ARN", show(arn), message=message)
