"""Reading of ``users/<Name>.json`` and ``groups/<Name>.json``, in the form of ``get-account-authorization-details`` or ``get-user``."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from federation.account.model import Group, User
from federation.account.reading.attachments import check_references, read_attachments
from federation.account.reading.entities import GROUP, USER, Files, entities, read_names
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.settings import Settings
from federation.errors import show


def read_groups(
    tree: Tree, settings: Settings, policies: Collection[str], faults: Faults, *, files: Files | None = None
) -> dict[str, Group]:
    """Return the groups in *files* by name. *policies* are the ARNs of the managed policies that groups may refer to."""
    found: dict[str, Group] = {}
    for file, name, document, root in entities(tree, GROUP, faults, files):
        group = read_group(document, name, file=file, root=root, settings=settings, faults=faults)
        if group is not None:
            check_references(group.attached_policies, boundary=None, policies=policies, file=file, settings=settings, faults=faults)
            found[name] = group
    return found


def read_group(document: object, name: str, *, file: str, settings: Settings, faults: Faults, root: str = "$") -> Group | None:
    """Return one group; None after recording faults. *root* is the JSON path of *document* in *file*."""
    before = len(faults)
    fields = Fields(document, file=file, faults=faults)
    named = read_names(fields, GROUP, settings, name)
    carried = read_attachments(fields, inline=GROUP.inline_member, file=file, root=root, faults=faults)
    created = fields.created()
    fields.finish()
    if len(faults) > before:
        return None
    return Group(
        arn=named.arn,
        name=name,
        path=named.path,
        group_id=named.unique_id,
        inline_policies=carried.inline,
        attached_policies=carried.attached,
        created_at=created,
        written=carried.written if file else None,
    )


def read_users(
    tree: Tree,
    settings: Settings,
    *,
    policies: Collection[str],
    groups: Mapping[str, Group],
    faults: Faults,
    files: Files | None = None,
) -> dict[str, User]:
    """Return the users in *files* by ARN. *policies* are the ARNs, and *groups* the groups by name, that users may refer to."""
    found: dict[str, User] = {}
    for file, name, document, root in entities(tree, USER, faults, files):
        user = read_user(document, name, file=file, root=root, settings=settings, groups=groups, faults=faults)
        if user is not None:
            check_references(
                user.attached_policies,
                boundary=user.permissions_boundary,
                policies=policies,
                file=file,
                settings=settings,
                faults=faults,
            )
            found[user.arn] = user
    return found


def read_user(
    document: object, name: str, *, file: str, settings: Settings, groups: Mapping[str, Group], faults: Faults, root: str = "$"
) -> User | None:
    """Return one user; None after recording faults. *root* is the JSON path of *document* in *file*."""
    before = len(faults)
    fields = Fields(document, file=file, faults=faults)
    named = read_names(fields, USER, settings, name)
    carried = read_attachments(fields, inline=USER.inline_member, file=file, root=root, faults=faults)
    member_of = fields.texts("GroupList") or ()
    for group in member_of:
        if group not in groups:
            fields.fault("GroupList", "names of groups in groups/", show(group), "add the group's file or correct the name")
    created = fields.created()
    fields.ignore("PasswordLastUsed")
    fields.finish()
    if len(faults) > before:
        return None
    return User(
        arn=named.arn,
        name=name,
        path=named.path,
        user_id=named.unique_id,
        tags=carried.tags,
        permissions_boundary=carried.boundary,
        inline_policies=carried.inline,
        attached_policies=carried.attached,
        groups=tuple(groups[group] for group in member_of),
        created_at=created,
        written=carried.written if file else None,
    )
