"""Where a statement is added that allows a request and nothing else: in a document of the caller alone, where there is one."""

from __future__ import annotations

import re
from typing import Any, Final

from federation.account import Role
from federation.account.model import User
from federation.account.reading.policies import is_aws_managed, policy_file
from federation.errors import show
from federation.explaining.fixing import plain
from federation.explaining.permissions.question import Permission
from federation.explaining.rewriting import shown
from federation.explaining.trust.principals import appended
from federation.explanation import ABSENT, Change, Edit, Place
from federation.policy import Statement
from federation.sts.authorization.evaluation import Layer
from federation.sts.callers.permissions import Attached

_NAME_CHARS: Final = 64
_LIST: Final = {User: "UserPolicyList", Role: "RolePolicyList"}
_COMMAND: Final = {User: "put-user-policy", Role: "put-role-policy"}


def exact_statement(permission: Permission) -> dict[str, Any]:
    """Return the statement that allows the request and nothing else."""
    return {"Effect": "Allow", "Action": permission.action, "Resource": permission.resource}


def edits_for_statement(permission: Permission, layer: Layer, near: tuple[Attached, Statement] | None) -> tuple[Edit, ...]:
    """Return the edits by which a policy of *layer* allows the request; of alternatives the one that lets in least comes first.

    *near* is a statement that lacks the resource alone, with its policy.
    """
    if near is not None and _can_be_edited(near[0]):
        return (permission.moved_edit(_widened(permission, *near), near[0]),)
    if layer is Layer.SESSION:
        return _of_session(permission)
    own = [each for each in permission.attached(layer) if each.policy is not None and _can_be_edited(each)]
    if layer is Layer.BOUNDARY:
        return tuple(_added(permission, each) for each in own) or (_another_boundary(permission),)
    alone = [each for each in own if not each.shared]
    return (_added(permission, alone[0]),) if alone else (_new_policy(permission),)


def missing_document(permission: Permission, attached: Attached) -> Edit:
    """Return the edit that stores the document of a managed policy that the account directory does not have."""
    arn = attached.source
    file = policy_file(arn, arn.rpartition("/")[2])
    place = Place(owner="account", file=file, account=permission.elsewhere)
    instruction = f"store the document of {show(arn)}, as AWS has it, in {file}"
    command = f"aws iam get-policy-version --policy-arn {arn} --version-id v1 --query PolicyVersion.Document"
    return Edit(place=place, instruction=instruction, command=command if re.fullmatch(r"[\w:/+=,.@-]+", arn, re.ASCII) else "")


def _can_be_edited(attached: Attached) -> bool:
    """Whether the account owns the document: one of AWS, and that of a root or of a session, it does not."""
    return bool(attached.file) and not is_aws_managed(attached.source)


def _widened(permission: Permission, attached: Attached, statement: Statement) -> Edit:
    """Return the edit by which *statement*, which allows this action alone, allows it on this resource, too."""
    old = plain(statement.source["Resource"])
    new = [*old, permission.resource] if isinstance(old, list) else [old, permission.resource]
    change = Change(path=f"{statement.path}.Resource", old=old, new=new)
    asked = permission.asked(attached.policy)  # type: ignore[arg-type]  # it has a statement
    whole = {**plain(statement.source), "Resource": new}
    instruction = f"add {show(permission.resource)} to the resources of the statement"
    return asked.edit(statement.path, instruction, [change], old=shown(statement.source), new=shown(whole))


def _added(permission: Permission, attached: Attached) -> Edit:
    edit = appended(permission.asked(attached.policy), exact_statement(permission), whom="request")  # type: ignore[arg-type]  # it has a document
    return permission.moved_edit(edit, attached)


def _new_policy(permission: Permission) -> Edit:
    """Return the edit that gives the caller's user or role an inline policy with the one statement."""
    entity = permission.entity
    statement = exact_statement(permission)
    document = {"Version": "2012-10-17", "Statement": [statement]}
    if entity is None:
        place = Place(owner="account", account=permission.elsewhere)
        instruction = f"allow {permission.what} in an identity-based policy of {permission.whose}"
        return Edit(place=place, instruction=instruction, new=shown(statement))
    name = _free_name(permission, entity)
    policy = {"PolicyName": name, "PolicyDocument": document}
    instruction = f"give {permission.whose} the inline policy {show(name)}, which allows {permission.what}"
    written = entity.written
    if written is None:
        command = f"aws iam {_COMMAND[type(entity)]} --{type(entity).__name__.lower()}-name {entity.name} --policy-name {name}"
        command += f" --policy-document '{shown(document)}'"
        return Edit(place=Place(owner="account"), instruction=instruction, new=shown(statement), command=command)
    path = f"{written.place}.{_LIST[type(entity)]}"
    change = Change(path=path, old=ABSENT, new=[policy])
    if written.listed:
        change = Change(path=f"{path}[{len(entity.inline_policies)}]", old=ABSENT, new=policy)
    place = Place(owner="account", file=written.file, path=path if written.listed else written.place, account=permission.elsewhere)
    return Edit(place=place, instruction=instruction, new=shown(policy), changes=(change,))


def _free_name(permission: Permission, entity: User | Role) -> str:
    operation = permission.action.rpartition(":")[2]
    of = re.sub(r"[^\w+=,.@-]", "-", permission.resource.rpartition("/")[2], flags=re.ASCII) if "/" in permission.resource else ""
    base = f"{operation}-{of}"[:_NAME_CHARS].rstrip("-")
    taken = {name.lower() for name in entity.inline_policies}
    return next(name for number in range(len(taken) + 1) if (name := base if not number else f"{base}-{number + 1}").lower() not in taken)


def _another_boundary(permission: Permission) -> Edit:
    """Return the edit where the boundary is none that the account can change."""
    entity = permission.entity
    written = None if entity is None else entity.written
    arn = None if entity is None else entity.permissions_boundary
    place = Place(
        owner="account",
        file="" if written is None else written.file,
        path="" if written is None else f"{written.place}.PermissionsBoundary",
        account=permission.elsewhere,
    )
    statement = shown(exact_statement(permission))
    instruction = f"have {permission.whose} bounded by a policy of the account that has this statement besides"
    return Edit(place=place, instruction=instruction, old=arn, new=statement)


def _of_session(permission: Permission) -> tuple[Edit, ...]:
    """Return the edit of the call that obtained the caller's session: its policies bound the session, and are not written in a file."""
    inline = next((each for each in permission.attached(Layer.SESSION) if not each.file and each.policy is not None), None)
    statement = shown(exact_statement(permission))
    place = Place(owner="call", path="Policy" if inline is not None else "PolicyArns")
    instruction = "obtain the caller's session anew, with a session policy that has this statement besides"
    return (Edit(place=place, instruction=instruction, new=statement),)
