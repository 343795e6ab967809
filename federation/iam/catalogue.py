"""The table of the operations that are served, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from federation.calls.record import Parameter
from federation.errors import ValidationError, show
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.operations import (
    access_keys,
    account,
    details,
    group_policies,
    groups,
    mfa_devices,
    oidc_parts,
    oidc_providers,
    policies,
    policy_entities,
    policy_tags,
    policy_versions,
    role_attachments,
    role_policies,
    role_tags,
    roles,
    saml_provider_tags,
    saml_providers,
    simulation,
    user_parts,
    user_policies,
    users,
)

VERSION: Final = "2010-05-08"
"""Version of the interface."""
_READING: Final = ("Get", "List", "Simulate")


@dataclass(frozen=True, slots=True, kw_only=True)
class IamOperation:
    """One operation.

    Attributes:
        call: Its call record.
        run: Runs it. It returns the result; None where the operation has none.
    """

    call: type[IamCall]
    run: Callable[[Any, IamContext], Result | None]

    @property
    def name(self) -> str:
        """Name of the operation, as in the parameter ``Action``."""
        return self.call.operation

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the operation."""
        return self.call.parameters

    @property
    def reads_only(self) -> bool:
        """Whether the operation changes nothing."""
        return self.name.startswith(_READING)

    def called_with(self, arguments: Mapping[str, object]) -> IamCall:
        """Return the call with *arguments* by their names in the API; None is an absent one. An absent required parameter is refused later.

        Raises:
            ValidationError: Check ``parameter``: the operation has no parameter of a name.
        """
        names = {each.wire: each for each in self.parameters}
        for name in arguments:
            if name not in names:
                raise ValidationError(
                    check="parameter",
                    expected=f"{', '.join(names)}" if names else "no parameter",
                    found=show(name),
                    remedy="correct the name; names are those of the API, such as RoleName",
                )
        given = {each.name: arguments.get(wire) for wire, each in names.items() if arguments.get(wire) is not None or each.required}
        return self.call(**given)


_ALL: Final = (
    IamOperation(call=roles.CreateRole, run=roles.create_role),
    IamOperation(call=roles.GetRole, run=roles.get_role),
    IamOperation(call=roles.ListRoles, run=roles.list_roles),
    IamOperation(call=roles.UpdateRole, run=roles.update_role),
    IamOperation(call=roles.UpdateRoleDescription, run=roles.update_role_description),
    IamOperation(call=roles.UpdateAssumeRolePolicy, run=roles.update_assume_role_policy),
    IamOperation(call=roles.DeleteRole, run=roles.delete_role),
    IamOperation(call=roles.ListInstanceProfilesForRole, run=roles.list_instance_profiles_for_role),
    IamOperation(call=role_tags.TagRole, run=role_tags.tag_role),
    IamOperation(call=role_tags.UntagRole, run=role_tags.untag_role),
    IamOperation(call=role_tags.ListRoleTags, run=role_tags.list_role_tags),
    IamOperation(call=role_policies.PutRolePolicy, run=role_policies.put_role_policy),
    IamOperation(call=role_policies.GetRolePolicy, run=role_policies.get_role_policy),
    IamOperation(call=role_policies.ListRolePolicies, run=role_policies.list_role_policies),
    IamOperation(call=role_policies.DeleteRolePolicy, run=role_policies.delete_role_policy),
    IamOperation(call=role_attachments.AttachRolePolicy, run=role_attachments.attach_role_policy),
    IamOperation(call=role_attachments.DetachRolePolicy, run=role_attachments.detach_role_policy),
    IamOperation(call=role_attachments.ListAttachedRolePolicies, run=role_attachments.list_attached_role_policies),
    IamOperation(call=role_attachments.PutRolePermissionsBoundary, run=role_attachments.put_role_permissions_boundary),
    IamOperation(call=role_attachments.DeleteRolePermissionsBoundary, run=role_attachments.delete_role_permissions_boundary),
    IamOperation(call=policies.CreatePolicy, run=policies.create_policy),
    IamOperation(call=policies.GetPolicy, run=policies.get_policy),
    IamOperation(call=policies.ListPolicies, run=policies.list_policies),
    IamOperation(call=policies.DeletePolicy, run=policies.delete_policy),
    IamOperation(call=policy_versions.CreatePolicyVersion, run=policy_versions.create_policy_version),
    IamOperation(call=policy_versions.GetPolicyVersion, run=policy_versions.get_policy_version),
    IamOperation(call=policy_versions.ListPolicyVersions, run=policy_versions.list_policy_versions),
    IamOperation(call=policy_versions.SetDefaultPolicyVersion, run=policy_versions.set_default_policy_version),
    IamOperation(call=policy_versions.DeletePolicyVersion, run=policy_versions.delete_policy_version),
    IamOperation(call=policy_tags.TagPolicy, run=policy_tags.tag_policy),
    IamOperation(call=policy_tags.UntagPolicy, run=policy_tags.untag_policy),
    IamOperation(call=policy_tags.ListPolicyTags, run=policy_tags.list_policy_tags),
    IamOperation(call=policy_entities.ListEntitiesForPolicy, run=policy_entities.list_entities_for_policy),
    IamOperation(call=users.CreateUser, run=users.create_user),
    IamOperation(call=users.GetUser, run=users.get_user),
    IamOperation(call=users.ListUsers, run=users.list_users),
    IamOperation(call=users.UpdateUser, run=users.update_user),
    IamOperation(call=users.DeleteUser, run=users.delete_user),
    IamOperation(call=user_parts.TagUser, run=user_parts.tag_user),
    IamOperation(call=user_parts.UntagUser, run=user_parts.untag_user),
    IamOperation(call=user_parts.ListUserTags, run=user_parts.list_user_tags),
    IamOperation(call=user_parts.PutUserPermissionsBoundary, run=user_parts.put_user_permissions_boundary),
    IamOperation(call=user_parts.DeleteUserPermissionsBoundary, run=user_parts.delete_user_permissions_boundary),
    IamOperation(call=user_policies.PutUserPolicy, run=user_policies.put_user_policy),
    IamOperation(call=user_policies.GetUserPolicy, run=user_policies.get_user_policy),
    IamOperation(call=user_policies.ListUserPolicies, run=user_policies.list_user_policies),
    IamOperation(call=user_policies.DeleteUserPolicy, run=user_policies.delete_user_policy),
    IamOperation(call=user_policies.AttachUserPolicy, run=user_policies.attach_user_policy),
    IamOperation(call=user_policies.DetachUserPolicy, run=user_policies.detach_user_policy),
    IamOperation(call=user_policies.ListAttachedUserPolicies, run=user_policies.list_attached_user_policies),
    IamOperation(call=access_keys.CreateAccessKey, run=access_keys.create_access_key),
    IamOperation(call=access_keys.ListAccessKeys, run=access_keys.list_access_keys),
    IamOperation(call=access_keys.UpdateAccessKey, run=access_keys.update_access_key),
    IamOperation(call=access_keys.DeleteAccessKey, run=access_keys.delete_access_key),
    IamOperation(call=access_keys.GetAccessKeyLastUsed, run=access_keys.get_access_key_last_used),
    IamOperation(call=groups.CreateGroup, run=groups.create_group),
    IamOperation(call=groups.GetGroup, run=groups.get_group),
    IamOperation(call=groups.ListGroups, run=groups.list_groups),
    IamOperation(call=groups.UpdateGroup, run=groups.update_group),
    IamOperation(call=groups.DeleteGroup, run=groups.delete_group),
    IamOperation(call=groups.AddUserToGroup, run=groups.add_user_to_group),
    IamOperation(call=groups.RemoveUserFromGroup, run=groups.remove_user_from_group),
    IamOperation(call=groups.ListGroupsForUser, run=groups.list_groups_for_user),
    IamOperation(call=group_policies.PutGroupPolicy, run=group_policies.put_group_policy),
    IamOperation(call=group_policies.GetGroupPolicy, run=group_policies.get_group_policy),
    IamOperation(call=group_policies.ListGroupPolicies, run=group_policies.list_group_policies),
    IamOperation(call=group_policies.DeleteGroupPolicy, run=group_policies.delete_group_policy),
    IamOperation(call=group_policies.AttachGroupPolicy, run=group_policies.attach_group_policy),
    IamOperation(call=group_policies.DetachGroupPolicy, run=group_policies.detach_group_policy),
    IamOperation(call=group_policies.ListAttachedGroupPolicies, run=group_policies.list_attached_group_policies),
    IamOperation(call=mfa_devices.CreateVirtualMFADevice, run=mfa_devices.create_virtual_mfa_device),
    IamOperation(call=mfa_devices.EnableMFADevice, run=mfa_devices.enable_mfa_device),
    IamOperation(call=mfa_devices.ResyncMFADevice, run=mfa_devices.resync_mfa_device),
    IamOperation(call=mfa_devices.DeactivateMFADevice, run=mfa_devices.deactivate_mfa_device),
    IamOperation(call=mfa_devices.DeleteVirtualMFADevice, run=mfa_devices.delete_virtual_mfa_device),
    IamOperation(call=mfa_devices.ListMFADevices, run=mfa_devices.list_mfa_devices),
    IamOperation(call=mfa_devices.ListVirtualMFADevices, run=mfa_devices.list_virtual_mfa_devices),
    IamOperation(call=saml_providers.CreateSAMLProvider, run=saml_providers.create_saml_provider),
    IamOperation(call=saml_providers.GetSAMLProvider, run=saml_providers.get_saml_provider),
    IamOperation(call=saml_providers.UpdateSAMLProvider, run=saml_providers.update_saml_provider),
    IamOperation(call=saml_providers.ListSAMLProviders, run=saml_providers.list_saml_providers),
    IamOperation(call=saml_providers.DeleteSAMLProvider, run=saml_providers.delete_saml_provider),
    IamOperation(call=saml_provider_tags.TagSAMLProvider, run=saml_provider_tags.tag_saml_provider),
    IamOperation(call=saml_provider_tags.UntagSAMLProvider, run=saml_provider_tags.untag_saml_provider),
    IamOperation(call=saml_provider_tags.ListSAMLProviderTags, run=saml_provider_tags.list_saml_provider_tags),
    IamOperation(call=oidc_providers.CreateOpenIDConnectProvider, run=oidc_providers.create_open_id_connect_provider),
    IamOperation(call=oidc_providers.GetOpenIDConnectProvider, run=oidc_providers.get_open_id_connect_provider),
    IamOperation(call=oidc_providers.ListOpenIDConnectProviders, run=oidc_providers.list_open_id_connect_providers),
    IamOperation(call=oidc_providers.DeleteOpenIDConnectProvider, run=oidc_providers.delete_open_id_connect_provider),
    IamOperation(call=oidc_parts.AddClientIDToOpenIDConnectProvider, run=oidc_parts.add_client_id_to_open_id_connect_provider),
    IamOperation(
        call=oidc_parts.RemoveClientIDFromOpenIDConnectProvider,
        run=oidc_parts.remove_client_id_from_open_id_connect_provider,
    ),
    IamOperation(call=oidc_parts.UpdateOpenIDConnectProviderThumbprint, run=oidc_parts.update_open_id_connect_provider_thumbprint),
    IamOperation(call=oidc_parts.TagOpenIDConnectProvider, run=oidc_parts.tag_open_id_connect_provider),
    IamOperation(call=oidc_parts.UntagOpenIDConnectProvider, run=oidc_parts.untag_open_id_connect_provider),
    IamOperation(call=oidc_parts.ListOpenIDConnectProviderTags, run=oidc_parts.list_open_id_connect_provider_tags),
    IamOperation(call=account.GetAccountSummary, run=account.get_account_summary),
    IamOperation(call=account.ListAccountAliases, run=account.list_account_aliases),
    IamOperation(call=account.CreateAccountAlias, run=account.create_account_alias),
    IamOperation(call=account.DeleteAccountAlias, run=account.delete_account_alias),
    IamOperation(call=details.GetAccountAuthorizationDetails, run=details.get_account_authorization_details),
    IamOperation(call=simulation.SimulateCustomPolicy, run=simulation.simulate_custom_policy),
    IamOperation(call=simulation.SimulatePrincipalPolicy, run=simulation.simulate_principal_policy),
    IamOperation(call=simulation.GetContextKeysForCustomPolicy, run=simulation.get_context_keys_for_custom_policy),
    IamOperation(call=simulation.GetContextKeysForPrincipalPolicy, run=simulation.get_context_keys_for_principal_policy),
)
OPERATIONS: Final[Mapping[str, IamOperation]] = MappingProxyType({operation.name: operation for operation in _ALL})
"""Every operation that is served, by name."""
