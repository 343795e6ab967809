"""GetAccountSummary, ListAccountAliases, CreateAccountAlias and DeleteAccountAlias."""

from __future__ import annotations

from typing import ClassVar, Final

from federation import aws_texts, limits
from federation.account import Account
from federation.account.reading.entities import GROUP, ROLE, USER
from federation.account.reading.policies import is_aws_managed
from federation.account.reading.settings import SETTINGS_FILE
from federation.account.writing import accounts as writing
from federation.account.writing.entities import no_such_entity
from federation.calls.record import call_record, check_parameters, parameter
from federation.errors import show
from federation.iam import constraints
from federation.iam.answer import Entries, Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.paging import page

_QUOTAS: Final = {
    "UsersQuota": 5000,
    "GroupsQuota": 300,
    "RolesQuota": 1000,
    "PoliciesQuota": 1500,
    "InstanceProfilesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "PolicyVersionsInUseQuota": 10_000,
    "SigningCertificatesPerUserQuota": 2,
    "UserPolicySizeQuota": limits.INLINE_POLICY_CHARS[USER.noun],
    "GroupPolicySizeQuota": limits.INLINE_POLICY_CHARS[GROUP.noun],
    "RolePolicySizeQuota": limits.INLINE_POLICY_CHARS[ROLE.noun],
    "AssumeRolePolicySizeQuota": 2048,
    "PolicySizeQuota": limits.MANAGED_POLICY_CHARS,
    "GroupsPerUserQuota": limits.GROUPS_PER_USER,
    "AccessKeysPerUserQuota": limits.ACCESS_KEYS_PER_USER,
    "AttachedPoliciesPerUserQuota": limits.POLICIES_PER_ENTITY,
    "AttachedPoliciesPerGroupQuota": limits.POLICIES_PER_ENTITY,
    "AttachedPoliciesPerRoleQuota": limits.POLICIES_PER_ENTITY,
    "VersionsPerPolicyQuota": limits.VERSIONS_PER_POLICY,
}
"""The quotas of a new account in AWS. Those on the number of entities and on the length of trust policies are not enforced here: AWS raises
them on request."""


@call_record
class GetAccountSummary(IamCall):
    """GetAccountSummary has no parameters."""

    operation: ClassVar[str] = "GetAccountSummary"


@call_record
class ListAccountAliases(IamCall):
    """The parameters of ListAccountAliases."""

    operation: ClassVar[str] = "ListAccountAliases"

    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class CreateAccountAlias(IamCall):
    """The parameters of CreateAccountAlias."""

    operation: ClassVar[str] = "CreateAccountAlias"

    account_alias: str = parameter(constraints.ACCOUNT_ALIAS, audit="included")


@call_record
class DeleteAccountAlias(IamCall):
    """The parameters of DeleteAccountAlias."""

    operation: ClassVar[str] = "DeleteAccountAlias"

    account_alias: str = parameter(constraints.ACCOUNT_ALIAS, audit="included")


def get_account_summary(call: GetAccountSummary, context: IamContext) -> Result:
    """Return what the account has, and the quotas of a new account in AWS.

    Raises:
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("GetAccountSummary", "*")
    return {"SummaryMap": Entries({**_counts(context.account), **_QUOTAS})}


def list_account_aliases(call: ListAccountAliases, context: IamContext) -> Result:
    """Return the alias of the account, in a list.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("ListAccountAliases", "*")
    held = [] if context.account.alias is None else [context.account.alias]
    aliases, more = page(held, key=str, marker=call.marker, max_items=call.max_items)
    return {"AccountAliases": aliases, **more}


def create_account_alias(call: CreateAccountAlias, context: IamContext) -> None:
    """Set the alias of the account. It replaces the present one, as in AWS.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("CreateAccountAlias", "*")
    with context.live.changing() as draft:
        writing.set_account_alias(draft, alias=call.account_alias)


def delete_account_alias(call: DeleteAccountAlias, context: IamContext) -> None:
    """Remove the alias of the account.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has another alias, or none.
    """
    check_parameters(call)
    context.authorize("DeleteAccountAlias", "*")
    if context.account.alias != call.account_alias:
        message = aws_texts.iam.no_such_alias(call.account_alias)
        raise no_such_entity(SETTINGS_FILE, "the alias of the account", show(call.account_alias), message=message)
    with context.live.changing() as draft:
        writing.set_account_alias(draft, alias=None)


def _counts(account: Account) -> dict[str, int]:
    own = [policy for policy in account.policies.values() if not is_aws_managed(policy.arn)]
    enabled = sum(len(devices) for devices in account.mfa_devices.values())
    return {
        "Users": len(account.users),
        "Groups": len(account.groups),
        "Roles": len(account.roles),
        "Policies": len(own),
        "PolicyVersionsInUse": sum(len(policy.versions) for policy in own),
        "Providers": len(account.saml_providers) + len(account.oidc_providers),
        "InstanceProfiles": 0,
        "ServerCertificates": 0,
        "MFADevices": enabled + len(account.unassigned_mfa_devices),
        "MFADevicesInUse": enabled,
        "AccountMFAEnabled": int(bool(account.mfa_devices.get(account.root_arn))),
        "AccountAccessKeysPresent": int(any(key.user is None for key in account.access_keys.values())),
        "AccountPasswordPresent": 0,
        "AccountSigningCertificatesPresent": 0,
        "GlobalEndpointTokenVersion": 2,
    }
