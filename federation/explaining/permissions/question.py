"""A signed call that policies refuse: every policy that applied, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from federation.account import Account, Role
from federation.account.model import User
from federation.account.organization import ControlLevel
from federation.errors import show
from federation.explaining.situation import Situation
from federation.explaining.trust.asked import Asked
from federation.explanation import Cause, Change, Edit, Obstacle, Place
from federation.policy import Policy, RequestContext
from federation.policy.wildcard import fold
from federation.sts.authorization.evaluation import Evaluation, Layer
from federation.sts.authorization.own_actions import ASSUME_ROLE
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.permissions import Attached, control_levels

_NOUNS: Final = {
    CallerKind.USER: "the user",
    CallerKind.USER_SESSION: "the user",
    CallerKind.FEDERATED_USER: "the user of the session",
    CallerKind.ROLE_SESSION: "the role",
}


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A request that the policies refuse.

    Attributes:
        situation: What was refused.
        evaluation: What every policy said of it.
        caller: Who called.
        account: The account of the caller; None where it is not known.
    """

    situation: Situation = field(repr=False)
    evaluation: Evaluation
    caller: Caller
    account: Account | None = field(default=None, repr=False)

    @property
    def request(self) -> RequestContext:
        """The request."""
        return self.evaluation.request

    @property
    def action(self) -> str:
        """The action that is asked for."""
        return self.request.action

    @property
    def resource(self) -> str:
        """The resource that is asked for, such as the ARN of a role."""
        return self.request.resource or "*"

    @property
    def what(self) -> str:
        """Action and resource, for a sentence."""
        return show(self.action) if self.resource == "*" else f"{show(self.action)} on {show(self.resource)}"

    @property
    def whose(self) -> str:
        """Whose identity-based policies apply, for a sentence."""
        entity = self.entity
        return show(self.caller.arn) if entity is None else f"{_NOUNS.get(self.caller.kind, 'the caller')} {show(entity.name)}"

    @property
    def of_role(self) -> bool:
        """Whether the role's trust policy is the other half: it and the caller's own policies must both allow."""
        return fold(self.action) == fold(ASSUME_ROLE) or Layer.RESOURCE in self.evaluation.layers

    @cached_property
    def entity(self) -> User | Role | None:
        """The user or role that has the caller's identity-based policies; None for a root, and where the account is not known."""
        account = self.account
        if account is None or self.caller.is_root:
            return None
        if self.caller.kind is CallerKind.ROLE_SESSION:
            return account.roles.get(self.caller.principal_arn)
        return next((each for each in account.users.values() if each.name == self.caller.name), None)

    def attached(self, layer: Layer) -> tuple[Attached, ...]:
        """Return the policies of *layer*, which is one of the caller's own or of an organization."""
        if layer in (Layer.SERVICE_CONTROL, Layer.RESOURCE_CONTROL):
            return tuple(policy for level in control_levels(self.controls(layer)) for policy in level)
        permissions = self.caller.permissions
        of = {Layer.IDENTITY: permissions.identity, Layer.BOUNDARY: permissions.boundary, Layer.SESSION: permissions.session}
        return of.get(layer) or ()

    def controls(self, layer: Layer) -> tuple[ControlLevel, ...]:
        """Return the levels of an organization's policies: those of the caller's account, or of the resource's."""
        if layer is Layer.SERVICE_CONTROL:
            return self.caller.service_control
        asked = self.situation.account
        return () if asked is None or asked.organization is None else asked.organization.resource_control

    def asked(self, policy: Policy) -> Asked:
        """Return the question to one of the policies."""
        return Asked(policy=policy, request=self.request, situation=self.situation)

    @property
    def elsewhere(self) -> str:
        """Id of the caller's account where that is not the account of the role; else empty."""
        asked = self.situation.account
        return "" if self.account is None or asked is None or asked.id == self.account.id else self.account.id

    def place(self, attached: Attached, path: str) -> Place:
        """Return the place at *path* of the document of *attached*."""
        if attached.file:
            return Place(owner="account", file=attached.file, path=attached.place + path.removeprefix("$"), account=self.elsewhere)
        return Place(owner="policy", path=f"{attached.source} {path}")

    def moved(self, obstacle: Obstacle, attached: Attached) -> Obstacle:
        """Return *obstacle*, which speaks of the document of *attached* by itself, with its places where that document is written."""
        causes = tuple(self._moved_cause(each, attached) for each in obstacle.causes)
        others = tuple(self._moved_cause(each, attached) for each in obstacle.others)
        return replace(obstacle, causes=causes, edits=tuple(self.moved_edit(each, attached) for each in obstacle.edits), others=others)

    def moved_edit(self, edit: Edit, attached: Attached) -> Edit:
        """Return *edit* of the document of *attached* as one of the file that holds it; no program makes it where no file does."""
        if edit.place.owner != "policy":
            return edit
        return replace(
            edit,
            place=self.place(attached, edit.place.path),
            instruction=f"in {attached.source}, {edit.instruction}",
            changes=tuple(_moved(each, attached) for each in edit.changes) if attached.file else (),
            lets_in=self._lets_in(attached),
        )

    def _moved_cause(self, cause: Cause, attached: Attached) -> Cause:
        if cause.place is None or cause.place.owner != "policy":
            return cause
        return replace(cause, place=self.place(attached, cause.place.path))

    def _lets_in(self, attached: Attached) -> str:
        if not attached.shared:
            return ""
        return f"whoever else has {attached.source} may then do the same, where nothing else stops it: {self.what}"


def _moved(change: Change, attached: Attached) -> Change:
    return replace(change, path=attached.place + change.path.removeprefix("$"))


def permission_of(situation: Situation) -> Permission | None:
    """Return the request that the policies refuse; None where *situation* is not about one."""
    evaluation, trial = situation.evaluation, situation.trial
    if evaluation is None or trial is None or trial.caller is None:
        return None
    return Permission(situation=situation, evaluation=evaluation, caller=trial.caller, account=trial.callers_account)
