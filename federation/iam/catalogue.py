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
    policies,
    policy_entities,
    policy_tags,
    policy_versions,
    role_attachments,
    role_policies,
    role_tags,
    roles,
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
        """Return the call with *arguments* by their names in the API. A required parameter that is absent is None, and refused later.

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
        given = {each.name: arguments.get(wire) for wire, each in names.items() if wire in arguments or each.required}
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
)
OPERATIONS: Final[Mapping[str, IamOperation]] = MappingProxyType({operation.name: operation for operation in _ALL})
"""Every operation that is served, by name."""
