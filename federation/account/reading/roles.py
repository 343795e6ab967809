"""Reading of ``roles/<Name>.json``: a role in the form of ``get-role`` or of ``get-account-authorization-details`` (RoleDetailList)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from federation import limits
from federation.account.model import Role
from federation.account.reading.attachments import check_references, read_attachments
from federation.account.reading.entities import ROLE, Files, entities, read_names
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.policies import DESCRIPTION_CHARS, compile_policy
from federation.account.reading.settings import Settings
from federation.records import filler

MAX_SESSION_DURATION_MIN: Final = 3600
"""Smallest MaxSessionDuration in seconds (IAM API model); the largest is `limits.ROLE_SESSION_MAX_SECONDS`."""
_filled: Final = filler(Role)


def read_roles(tree: Tree, settings: Settings, policies: Collection[str], faults: Faults, *, files: Files | None = None) -> dict[str, Role]:
    """Return the roles in *files* by ARN. *policies* are the ARNs of the managed policies that roles may refer to."""
    found: dict[str, Role] = {}
    for file, name, document, root in entities(tree, ROLE, faults, files):
        role = read_role(document, name, file=file, root=root, settings=settings, faults=faults)
        if role is not None:
            check_references(
                role.attached_policies,
                boundary=role.permissions_boundary,
                policies=policies,
                file=file,
                settings=settings,
                faults=faults,
            )
            found[role.arn] = role
    return found


def read_role(document: object, name: str, *, file: str, settings: Settings, faults: Faults, root: str = "$") -> Role | None:
    """Return one role; None after recording faults. *root* is the JSON path of *document* in *file*."""
    before = len(faults)
    fields = Fields(document, file=file, faults=faults)
    named = read_names(fields, ROLE, settings, name)
    trust = compile_policy(
        fields.raw("AssumeRolePolicyDocument"), "trust", file=file, path=fields.at("AssumeRolePolicyDocument"), faults=faults
    )
    longest = fields.integer("MaxSessionDuration", low=MAX_SESSION_DURATION_MIN, high=limits.ROLE_SESSION_MAX_SECONDS)
    description = fields.text("Description", longest=DESCRIPTION_CHARS) or ""
    carried = read_attachments(fields, inline=ROLE.inline_member, file=file, root=root, faults=faults)
    created = fields.created()
    fields.ignore("InstanceProfileList", "RoleLastUsed")
    fields.finish()
    if trust is None or len(faults) > before:
        return None
    return _filled(
        arn=named.arn,
        name=name,
        path=named.path,
        role_id=named.unique_id,
        trust_policy=trust,
        max_session_duration=longest or MAX_SESSION_DURATION_MIN,
        tags=carried.tags,
        permissions_boundary=carried.boundary,
        inline_policies=carried.inline,
        attached_policies=carried.attached,
        description=description,
        created_at=created,
        file=file,
        place=root + fields.at("AssumeRolePolicyDocument").removeprefix("$"),
        written=carried.written if file else None,
    )
