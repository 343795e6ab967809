"""What the parameters of a simulation stand for: the principal, its policies, the caller and the condition keys."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from federation import aws_texts
from federation.account import Account, Group, Role, User
from federation.account.model import ACCOUNT_ID
from federation.account.reading.entities import GROUP, ROLE, USER
from federation.account.reading.policies import is_aws_managed
from federation.account.writing.entities import no_such_entity
from federation.errors import RegistrationError, show
from federation.iam.context import IamContext
from federation.iam.finding import Holder
from federation.iam.simulating import Source, input_policies
from federation.identity import ContextValue
from federation.policy import Principal
from federation.sts.authorization.evaluation import account_in
from federation.sts.callers import principals
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.permissions import Attached, Permissions

_IAM_POLICY: Final = "IAM Policy"
_INLINE: Final = "inline"
_AWS_MANAGED: Final = "aws-managed"
_USER_MANAGED: Final = "user-managed"
_BOUNDARY: Final = "permission-boundary"
"""Values of PolicyType that name policies of an account. No account has service or resource control policies."""


def principal_at(arn: str, account: Account) -> Holder:
    """Return the user, group or role with this ARN.

    Raises:
        NoSuchEntity: The account has none.
    """
    found: Holder | None = account.users.get(arn) or account.roles.get(arn)
    found = found or next((group for group in account.groups.values() if group.arn == arn), None)
    if found is None:
        message = aws_texts.iam.no_such_principal(arn)
        raise no_such_entity("users", "the ARN of a user, group or role of the account", show(arn), message=message)
    return found


def sources_of(entity: Holder, account: Account, exclusions: Sequence[object]) -> tuple[tuple[Source, ...], tuple[Source, ...] | None]:
    """Return the identity-based policies of *entity*, those of a user's groups among them, and its permissions boundary.

    *exclusions* are the PolicyIdentifiers of policies to leave out.

    Raises:
        RegistrationError: A PolicyIdentifier has none or several of its members.
    """
    excluded = frozenset(map(_exclusion, exclusions))
    holders: list[Holder] = [entity, *(entity.groups if isinstance(entity, User) else ())]
    found: list[Source] = []
    for holder in holders:
        kind = _kind(holder)
        for name, policy in holder.inline_policies.items():
            if not excluded & {_INLINE, (name, kind, holder.name)}:
                found.append(Source(id=name, type=_IAM_POLICY, policy=policy))
        kept = (arn for arn in holder.attached_policies if not excluded & {arn, _AWS_MANAGED if is_aws_managed(arn) else _USER_MANAGED})
        found += (_managed(arn, account) for arn in kept)
    bound = None if isinstance(entity, Group) else entity.permissions_boundary
    return tuple(found), None if bound is None or excluded & {bound, _BOUNDARY} else (_managed(bound, account),)


def boundary_of(documents: Sequence[str], own: tuple[Source, ...] | None) -> tuple[Source, ...] | None:
    """Return the permissions boundary of a simulation: the policies that are passed, or that of the principal.

    Raises:
        RegistrationError: A document violates the policy grammar.
    """
    return input_policies(documents, "PermissionsBoundaryPolicyInputList") if documents else own


def organization_of(levels: Sequence[object]) -> tuple[tuple[Source, ...], ...]:
    """Return the service control policies of each level.

    Raises:
        RegistrationError: A document violates the policy grammar.
    """
    member = "OrderedOrganizationPolicyInputList"
    return tuple(input_policies(_documents_of(level), f"{member}.{number}") for number, level in enumerate(levels, 1))


def _documents_of(level: object) -> Sequence[str]:
    """Return the policies of a level: of its only member, or *level* itself."""
    given = _members(level).get("ServiceControlPolicyInputList") if isinstance(level, Mapping) else level
    return given if isinstance(given, (list, tuple)) else ()


def resource_policy_of(document: str | None) -> Source | None:
    """Return the policy of the resource, or None.

    Raises:
        RegistrationError: It violates the policy grammar.
    """
    return None if document is None else replace(input_policies([document], "ResourcePolicy", kind="resource")[0], id="ResourcePolicy")


def check_custom(resource_policy: str | None, caller_arn: str | None, source: Holder | None = None) -> None:
    """Require CallerArn with a policy of the resource, unless the policies are those of a user, who is then the caller.

    Raises:
        RegistrationError: Check ``caller-arn``: it is missing.
    """
    if resource_policy is not None and caller_arn is None and not isinstance(source, User):
        raise RegistrationError(
            check="caller-arn",
            expected="CallerArn, where ResourcePolicy is passed",
            found="none",
            remedy="pass the ARN of the user who would call",
        )


def calling(
    caller_arn: str | None, source: Holder | None, context: IamContext, *, sources: tuple[Source, ...], boundary: tuple[Source, ...] | None
) -> Caller:
    """Return the caller of a simulation with the policies of the simulation.

    Raises:
        RegistrationError: Check ``caller-arn``: *caller_arn* is not the ARN of a user of the account.
    """
    account = context.account
    if caller_arn is not None:
        user = account.users.get(caller_arn)
        if user is None:
            raise RegistrationError(
                check="caller-arn",
                expected="the ARN of a user of the account",
                found=show(caller_arn),
                remedy="pass the ARN of the user who would call",
            )
        base = principals.user(account, user)
    elif isinstance(source, User):
        base = principals.user(account, source)
    elif isinstance(source, Role):
        base = _session_of(source, account)
    else:
        base = replace(principals.root(account), kind=CallerKind.USER)
    attached = tuple(Attached(each.id, each.policy) for each in sources)
    bound = None if boundary is None else tuple(Attached(each.id, each.policy) for each in boundary)
    return replace(base, permissions=Permissions(identity=attached, boundary=bound))


def resource_owner(given: str | None, context: IamContext) -> str:
    """Return the account id of *given*, an ARN or an id; the account itself where it is None.

    Raises:
        RegistrationError: Check ``resource-owner``: it has none.
    """
    if given is None:
        return context.account.id
    found = given if ACCOUNT_ID.fullmatch(given) else account_in(given)
    if found is None or ACCOUNT_ID.fullmatch(found) is None:
        raise RegistrationError(
            check="resource-owner", expected="the ARN of an account", found=show(given), remedy="pass arn:aws:iam::<account>:root"
        )
    return found


def request_keys(entries: Sequence[object], own: Mapping[str, ContextValue]) -> dict[str, ContextValue]:
    """Return the condition keys of a simulation: those of the caller *own*, and *entries*, which take precedence.

    Raises:
        RegistrationError: Check ``context-entries``: an entry has no name, or one that another has.
    """
    given: dict[str, ContextValue] = {}
    for entry in map(_members, entries):
        name, values = entry.get("ContextKeyName"), tuple(entry.get("ContextKeyValues") or ())
        if not isinstance(name, str) or name.lower() in {each.lower() for each in given}:
            raise RegistrationError(
                check="context-entries",
                expected="entries with a ContextKeyName each, whatever its case once",
                found="none" if name is None else show(name),
                remedy="name each key once",
            )
        several = str(entry.get("ContextKeyType") or "string").endswith("List") or len(values) != 1
        given[name] = values if several else values[0]
    taken = {name.lower() for name in given}
    return {**{name: value for name, value in own.items() if name.lower() not in taken}, **given}


def _session_of(role: Role, account: Account) -> Caller:
    arn = f"arn:{account.partition}:sts::{account.id}:assumed-role/{role.name}/simulation"
    return Caller(
        kind=CallerKind.ROLE_SESSION,
        partition=account.partition,
        account=account.id,
        arn=arn,
        user_id=f"{role.role_id}:simulation",
        principal_arn=role.arn,
        principal=Principal.aws(arn, role_arn=role.arn, unique_id=role.role_id),
        permissions=Permissions(identity=()),
        tags=role.tags,
        organization=account.organization,
    )


def _managed(arn: str, account: Account) -> Source:
    held = account.policies.get(arn)
    return Source(id=arn.rpartition("/")[2], type=_IAM_POLICY, policy=None if held is None else held.policy)


def _exclusion(given: object) -> Hashable:
    """Return what a PolicyIdentifier names: a type, the ARN of a managed policy, or an inline policy by name and holder.

    Raises:
        RegistrationError: Check ``policy-exclusion``: it is a union, and has none or several of its members.
    """
    members = [(name, value) for name, value in _members(given).items() if value is not None]
    if len(members) != 1:
        raise RegistrationError(
            check="policy-exclusion",
            expected="one of PolicyType, PolicyArn and InlinePolicyIdentifier",
            found=", ".join(name for name, _ in members) or "none",
            remedy="pass a PolicyIdentifier for each policy to leave out",
        )
    _, value = members[0]
    if not isinstance(value, Mapping):
        return str(value)
    return str(value.get("PolicyName")), str(value.get("AttachmentType")), str(value.get("AttachmentName"))


def _kind(entity: Holder) -> str:
    return USER.noun if isinstance(entity, User) else GROUP.noun if isinstance(entity, Group) else ROLE.noun


def _members(structure: object) -> Mapping[str, Any]:
    return structure if isinstance(structure, Mapping) else {}
