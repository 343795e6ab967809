"""Authorization of the actions of STS: callers, resource and policies of each operation.

Source: docs/observed.md 1.0 to 1.11, 4.3.

The operations use it, and so do `SecurityTokenService.authorize` and ``policy evaluate --account``, so that both decide alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from federation.account import Account, Role
from federation.account.organization import SERVICE_LINKED
from federation.check_names import StsCheck
from federation.condition_keys import ConditionValues
from federation.errors import ValidationError, show
from federation.policy import Kind, Policy
from federation.policy.wildcard import fold
from federation.sts.authorization.authorize import Authorization, Told, authorize, grant
from federation.sts.authorization.evaluation import Resource, account_in
from federation.sts.authorization.gate import Bar, barred
from federation.sts.callers.caller import Caller
from federation.sts.sessions.sealing import Sealer

ASSUME_ROLE: Final = "sts:AssumeRole"
ASSUME_ROOT: Final = "sts:AssumeRoot"
TAG_SESSION: Final = "sts:TagSession"
GET_FEDERATION_TOKEN: Final = "sts:GetFederationToken"  # noqa: S105 - an action
_OPERATIONS: Final[Mapping[str, str]] = {
    ASSUME_ROLE: "AssumeRole",
    TAG_SESSION: "AssumeRole",
    "sts:SetSourceIdentity": "AssumeRole",
    "sts:SetContext": "AssumeRole",
    ASSUME_ROOT: "AssumeRoot",
    GET_FEDERATION_TOKEN: "GetFederationToken",
    "sts:GetCallerIdentity": "GetCallerIdentity",
    "sts:GetSessionToken": "GetSessionToken",
    "sts:GetAccessKeyInfo": "GetAccessKeyInfo",
    "sts:DecodeAuthorizationMessage": "DecodeAuthorizationMessage",
    "sts:GetDelegatedAccessToken": "GetDelegatedAccessToken",
    "sts:GetWebIdentityToken": "GetWebIdentityToken",
    "sts:TagGetWebIdentityToken": "GetWebIdentityToken",
}
"""Action to the operation that requires it."""
_UNSIGNED: Final = ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
_BY_FOLDED: Final = {fold(action): action for action in (*_OPERATIONS, *_UNSIGNED)}
_FREE: Final = frozenset({"GetCallerIdentity", "GetSessionToken"})
"""Operations that no policy can deny."""


def own_action(action: object) -> str | None:
    """Return the action of STS that *action* names, in AWS's spelling; None where it is an action of another service."""
    return _BY_FOLDED.get(fold(action)) if isinstance(action, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQuestion:
    """A request for an action of STS that is to be authorized.

    Attributes:
        caller: The caller.
        context: Condition keys of the operation's parameters.
        account: The account of the operation: that of the role for AssumeRole, otherwise that of the caller.
        sealer: Seals the message of a denial.
        at: The time to judge at, aware UTC.
    """

    caller: Caller
    context: ConditionValues
    account: Account
    sealer: Sealer
    at: datetime

    def on_role(self, action: str, role_arn: str, *, trust: Policy | None = None) -> Authorization:
        """Return the decision on an action of AssumeRole. It includes the role's trust policy, or *trust* instead of it.

        A missing role is refused like one whose trust policy does not allow, so that role names cannot be probed.
        """
        role = self.account.roles.get(role_arn)
        policy = trust if trust is not None or role is None else role.trust_policy
        place = account_in(role_arn) or self.account.id
        resource = Resource(
            arn=role_arn,
            account=place,
            policy=policy,
            is_role=True,
            organization=self.account.organization if place == self.account.id else None,
            is_service_linked=f":role{SERVICE_LINKED}" in role_arn,
        )
        bar = barred("AssumeRole", self.caller)
        return self._asked(action, resource, context={**self.context, **self._tags_of(role)}, bar=bar, told=Told.OWN)

    def on_root(self, member: str) -> Authorization:
        """Return the decision on AssumeRoot in the account *member*, with centralised root access. The refusal has no reason (observed)."""
        organization = self.account.organization
        manages = organization is not None and member in organization.root_access and member != self.account.id
        bar = barred("AssumeRoot", self.caller)
        if bar is None and not manages:
            bar = Bar("because the account of the caller may not assume root in that account")
        place = self.caller.account if manages else member
        known = None if organization is None or not manages else organization.of_member(member)
        resource = Resource(arn=f"arn:{self.account.partition}:iam::{member}:root", account=place, organization=known)
        return self._asked(ASSUME_ROOT, resource, context=self.context, bar=bar, told=Told.NOTHING)

    def on_federated_user(self, action: str, name: str) -> Authorization:
        """Return the decision on an action of GetFederationToken for the federated user *name*."""
        bar = barred("GetFederationToken", self.caller)
        return self._asked(action, self._own(f"{self._federated_users}{name}"), context=self.context, bar=bar)

    def on_itself(self, action: str) -> Authorization:
        """Return the decision on an action with a fixed resource: ``*``, or the caller's account for a web identity token."""
        operation = _OPERATIONS[action]
        bar = barred(operation, self.caller)
        if operation in _FREE:
            return grant(self.caller, action=action, context=self.context, at=self.at, bar=bar)
        return self._asked(action, self._own(self._own_resource(operation)), context=self.context, bar=bar)

    def answer(self, action: str, resource: str, *, policy: Policy | None) -> Authorization:
        """Return the decision on *action*, a result of `own_action`, on *resource* by the rules of its operation.

        Raises:
            ValidationError: The operation has no such resource, or no signed operation requires the action.
        """
        if action in _UNSIGNED:
            raise _fault(
                "action",
                "an action that a caller with AWS credentials asks for",
                action,
                "a federated caller has no policies of its own: ask the trust policy, by `federation explain` or `policy evaluate TRUST`",
            )
        operation = _OPERATIONS[action]
        if policy is not None and operation != "AssumeRole":
            raise _fault("resource-policy", "none", "one", f"{operation} asks about a resource that has no policy")
        if operation == "AssumeRoot":
            return self.on_root(self._member(resource))
        if operation == "GetFederationToken" or (action == TAG_SESSION and resource.startswith(self._federated_users)):
            return self.on_federated_user(action, self._federated_name(resource))
        if operation == "AssumeRole":
            if ":role/" not in resource:
                raise _fault("resource", "the ARN of a role", resource, "name the role by --resource")
            if policy is not None and policy.kind is not Kind.TRUST:
                raise _fault("resource-policy", "a trust policy", f"one of kind {policy.kind}", "pass the role's trust policy, or none")
            return self.on_role(action, resource, trust=policy)
        known = self._own_resource(operation)
        if resource not in ("*", known):
            raise _fault("resource", show(known), resource, f"leave the resource out: {operation} asks about this one alone")
        return self.on_itself(action)

    def _own(self, arn: str) -> Resource:
        """Return a resource of the caller's account."""
        return Resource(arn=arn, account=self.caller.account, organization=self.caller.organization)

    @property
    def _federated_users(self) -> str:
        return f"arn:{self.caller.partition}:sts::{self.caller.account}:federated-user/"

    def _own_resource(self, operation: str) -> str:
        return f"arn:{self.caller.partition}:sts::{self.caller.account}:self" if operation == "GetWebIdentityToken" else "*"

    def _member(self, resource: str) -> str:
        member = account_in(resource)
        if member is None or resource != f"arn:{self.account.partition}:iam::{member}:root":
            raise _fault("resource", "the ARN of the root of an account", resource, "name the member account by --resource")
        return member

    def _federated_name(self, resource: str) -> str:
        name = resource.removeprefix(self._federated_users)
        if not name or name == resource:
            raise _fault("resource", f"{self._federated_users}<name>", resource, "name the federated user by --resource")
        return name

    def _tags_of(self, role: Role | None) -> ConditionValues:
        """Return the condition keys of the role's tags, which the caller cannot override."""
        tags = {f"{prefix}:ResourceTag/{tag.key}": tag.value for tag in (role.tags if role else ()) for prefix in ("iam", "aws")}
        decided = {key.lower() for key in tags}
        taken = next((key for key in self.context if isinstance(key, str) and key.lower() in decided), None)
        if taken is not None:
            raise _fault("context-keys", "keys that the role itself does not decide", taken, "leave the key out: the role's tags tell it")
        return tags

    def _asked(
        self, action: str, resource: Resource, *, context: ConditionValues, bar: Bar | None = None, told: Told = Told.ALL
    ) -> Authorization:
        return authorize(self.caller, action=action, resource=resource, context=context, sealer=self.sealer, at=self.at, bar=bar, told=told)


def _fault(check: StsCheck, expected: str, found: str, remedy: str) -> ValidationError:
    return ValidationError(check=check, expected=expected, found=show(found), remedy=remedy)
