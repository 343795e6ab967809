"""Why the policies of a signed call refuse it: the role's trust policy, and the caller's own, each for itself."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from federation.account.reading.settings import SETTINGS_FILE
from federation.errors import show
from federation.explaining.call.roles import explain_role
from federation.explaining.fixing import plain
from federation.explaining.permissions.controls import CONTROLS, explain_levels, without_controls
from federation.explaining.permissions.denying import explain_denial
from federation.explaining.permissions.homes import exact_statement
from federation.explaining.permissions.question import Permission, permission_of
from federation.explaining.permissions.silent import explain_silence
from federation.explaining.plain import plainly
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.trust import assume_trusted, obstacles
from federation.explanation import Cause, Edit, Obstacle, Place
from federation.policy import Policy
from federation.sts.authorization.evaluation import Layer, account_in
from federation.sts.callers.permissions import Attached

__all__ = ["assume_authorized", "explain_authorization"]

_LISTED: Final = 8


def explain_authorization(situation: Situation) -> Obstacle:
    """Explain a refusal of a signed call by policies: the half that refuses first, and what the other half says."""
    permission = permission_of(situation)
    layer = None if permission is None else permission.evaluation.refusing
    if permission is not None and layer in (None, Layer.RESOURCE) and situation.operation == "AssumeRoot":
        return _of_root(permission) or plainly(situation)
    if permission is None or layer is None:
        return plainly(situation)
    verdict = permission.evaluation.layers.get(layer)
    if layer is Layer.RESOURCE:
        return _by_trust(permission) or plainly(situation)
    if verdict is not None and verdict.effect == "Deny":
        return explain_denial(permission, layer)
    return explain_levels(permission, layer) if layer in CONTROLS else explain_silence(permission, layer)


def assume_authorized(situation: Situation) -> Trial | None:
    """Judge the call as if the layer that refuses allowed it, and nothing but it."""
    permission = permission_of(situation)
    layer = None if permission is None else permission.evaluation.refusing
    if permission is None or layer is None or situation.trial is None:
        return None
    if layer is Layer.RESOURCE:
        return assume_trusted(situation)
    if layer in CONTROLS:
        return without_controls(situation.trial, permission, layer)
    own = permission.caller.permissions
    allowing = Policy.stored({"Version": "2012-10-17", "Statement": [exact_statement(permission)]}, kind="identity")
    policies = (*(_without_denials(permission, each) for each in permission.attached(layer)), Attached("an assumed policy", allowing))
    names = {Layer.IDENTITY: "identity", Layer.BOUNDARY: "boundary", Layer.SESSION: "session"}
    permissions = replace(own, **{names[layer]: policies})
    return replace(situation.trial, caller=replace(permission.caller, permissions=permissions))


def _without_denials(permission: Permission, attached: Attached) -> Attached:
    """Return *attached* without the Deny statements that apply; without a document where nothing else is left."""
    if attached.policy is None:
        return attached
    denying = {each.index for each in permission.asked(attached.policy).denying}
    if not denying:
        return attached
    left = [plain(each.source) for each in attached.policy.statements if each.index not in denying]
    document = {"Version": attached.policy.version, "Statement": left}
    return replace(attached, policy=Policy.stored(document, kind=attached.policy.kind) if left else None)


def _by_trust(permission: Permission) -> Obstacle | None:
    """Explain a role whose trust policy, one half, does not let the caller in; None where nothing more is known than the refusal says."""
    situation = permission.situation
    if situation.role is None:
        return _without_role(permission)
    decision = situation.decision
    if decision is None or permission.caller.is_root:
        return None
    found = next(iter(obstacles(decision, situation)), None)
    if found is None:
        return None
    first = found.causes[0]
    sentence = f"{first.sentence}; the other half, the caller's own policies, {_of_caller(permission)}"
    return replace(found, causes=(replace(first, sentence=sentence), *found.causes[1:]))


def _of_caller(permission: Permission) -> str:
    own = [layer for layer in permission.evaluation.layers.values() if layer.layer is not Layer.RESOURCE]
    silent = [each.layer.value for each in own if each.effect != "Allow"]
    if silent:
        return f"does not allow it either: {', '.join(silent)}"
    allowing = [each.source for layer in own for each in layer.opinions if each.decision is not None and each.decision.allowed]
    return f"allows it by {allowing[0]}" if allowing else "allows it"


def _of_root(permission: Permission) -> Obstacle | None:
    """Explain that the account of the caller does not manage the root access of a member account."""
    account, member = permission.account, account_in(permission.resource)
    if account is None or member is None:
        return None
    managed = () if account.organization is None else tuple(sorted(account.organization.root_access))
    manages = (
        f"manages the root access of {', '.join(map(show, managed[:_LISTED]))}" if managed else "manages the root access of no account"
    )
    sentence = f"the account {show(account.id)} {manages}, and AssumeRoot asks for that of {show(member)}"
    place = Place(owner="account", file=SETTINGS_FILE, path="root_access")
    edit = Edit(
        place=place,
        instruction=f"list {show(member)} in root_access of [organization], if the account is the organization's manager or its delegate",
        old=f"root_access = {json.dumps(managed)}" if managed else None,
        new=f"root_access = {json.dumps([*managed, member])}",
    )
    return Obstacle(causes=(Cause(check="authorization", sentence=sentence, place=place),), edits=(edit,))


def _without_role(permission: Permission) -> Obstacle | None:
    """Explain a role that the account asked does not have. AWS says nothing else than of a role that does not trust the caller."""
    asked, arn = permission.situation.account, permission.resource
    if asked is None:
        return None
    of = account_in(arn)
    if of is not None and of != asked.id:
        sentence = f"{show(arn)} is a role of the account {show(of)}, which was not asked: its trust policy is not known here"
        edit = Edit(place=Place(owner="call", path="RoleArn"), instruction=f"serve the account {show(of)} beside this one", old=arn)
        return Obstacle(causes=(Cause(check="authorization", sentence=sentence),), edits=(edit,))
    return explain_role(permission.situation)
