"""GetAccountAuthorizationDetails: users, groups, roles and managed policies with all that they carry, in pages.

`federation account import` takes what it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from federation.account import Account, Group, Role, User
from federation.account.model import ManagedPolicy
from federation.account.reading.policies import is_aws_managed
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import PolicyText, Result
from federation.iam.attached import attached
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.entities import boundary, inline_list
from federation.iam.operations.groups import shown_group
from federation.iam.operations.users import listed_user
from federation.iam.paging import page
from federation.iam.tags import shown_tags
from federation.iam.usage import UNUSED, Usage, usage_of_policies

_LISTS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
"""The lists of the result, in the order of the pages."""


@call_record
class GetAccountAuthorizationDetails(IamCall):
    """The parameters of GetAccountAuthorizationDetails."""

    operation: ClassVar[str] = "GetAccountAuthorizationDetails"

    filter: Sequence[str] = parameter(constraints.ENTITY_TYPES, audit="included", default=())
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entity: its list, what orders it there, and how it is shown."""

    listed: int
    order: str
    show: Callable[[], Result]


def get_account_authorization_details(call: GetAccountAuthorizationDetails, context: IamContext) -> Result:
    """Return a page of the entities of the account, of the kinds in *Filter*, of all kinds where it is empty.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("GetAccountAuthorizationDetails", "*")
    chosen = _entries(context.account, frozenset(call.filter))
    entries, more = page(chosen, key=lambda entry: f"{entry.listed}{entry.order}", marker=call.marker, max_items=call.max_items)
    lists: dict[str, list[Result]] = {name: [] for name in _LISTS}
    for entry in entries:
        lists[_LISTS[entry.listed]].append(entry.show())
    return {**lists, **more}


def _entries(account: Account, wanted: frozenset[str]) -> Iterator[_Entry]:
    usage = usage_of_policies(account)
    if not wanted or "User" in wanted:
        yield from (_Entry(0, user.name, _later(_user, user)) for user in account.users.values())
    if not wanted or "Group" in wanted:
        yield from (_Entry(1, group.name, _later(_group, group)) for group in account.groups.values())
    if not wanted or "Role" in wanted:
        yield from (_Entry(2, role.name, _later(_role, role)) for role in account.roles.values())
    for policy in account.policies.values():
        if not wanted or ("AWSManagedPolicy" if is_aws_managed(policy.arn) else "LocalManagedPolicy") in wanted:
            yield _Entry(3, policy.arn, _later(_policy, policy, usage))


def _later(show: Callable[..., Result], *entity: Any) -> Callable[[], Result]:  # noqa: ANN401 - the arguments of *show*
    return lambda: show(*entity)


def _user(user: User) -> Result:
    return {
        **listed_user(user),
        **_inline("UserPolicyList", user),
        "GroupList": [group.name for group in user.groups],
        "AttachedManagedPolicies": [attached(arn) for arn in user.attached_policies],
        **boundary(user.permissions_boundary),
        "Tags": shown_tags(user.tags),
    }


def _group(group: Group) -> Result:
    return {
        **shown_group(group),
        "GroupPolicyList": inline_list(group.inline_policies),
        "AttachedManagedPolicies": [attached(arn) for arn in group.attached_policies],
    }


def _role(role: Role) -> Result:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.role_id,
        "Arn": role.arn,
        "CreateDate": role.created_at,
        "AssumeRolePolicyDocument": PolicyText(role.trust_policy.source_text),
        "InstanceProfileList": [],
        "RolePolicyList": inline_list(role.inline_policies),
        "AttachedManagedPolicies": [attached(arn) for arn in role.attached_policies],
        **boundary(role.permissions_boundary),
        "Tags": shown_tags(role.tags),
        "RoleLastUsed": {},
    }


def _policy(policy: ManagedPolicy, usage: Mapping[str, Usage]) -> Result:
    used = usage.get(policy.arn, UNUSED)
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.policy_id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version,
        "AttachmentCount": used.attached,
        "PermissionsBoundaryUsageCount": used.boundaries,
        "IsAttachable": True,
        "CreateDate": policy.created_at,
        "UpdateDate": policy.updated_at,
        "PolicyVersionList": [
            {
                "Document": PolicyText(version.document),
                "VersionId": version.id,
                "IsDefaultVersion": version.id == policy.default_version,
                "CreateDate": version.created_at,
            }
            for version in policy.versions
        ],
    }


def _inline(member: str, user: User) -> Result:
    """Return the list of inline policies of a user; IAM leaves it out where there is none."""
    return {member: inline_list(user.inline_policies)} if user.inline_policies else {}
