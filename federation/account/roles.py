"""``roles/<Name>.json``: a role as ``aws iam get-role`` or ``aws iam get-account-authorization-details`` (RoleDetailList) print it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from federation import limits
from federation.account.faults import Faults
from federation.account.fields import Fields
from federation.account.files import Tree
from federation.account.model import IAM_PATH, ROLE_NAME, UNIQUE_ID, ManagedPolicy, Role, derived_id
from federation.account.policies import check_name, compile_policy, json_files
from federation.account.settings import Settings
from federation.errors import show
from federation.identity import SessionTag
from federation.policy import Policy

ROLES: Final = "roles"
MAX_SESSION_DURATION_MIN: Final = 3600
"""Smallest MaxSessionDuration that IAM stores, seconds; the largest is `limits.ROLE_SESSION_MAX_SECONDS`."""


def read_roles(tree: Tree, settings: Settings, policies: dict[str, ManagedPolicy], faults: Faults) -> dict[str, Role]:
    """Read every role of the account, by ARN; *policies* are those that roles may name."""
    found: dict[str, Role] = {}
    for file, name in json_files(tree, ROLES, faults):
        document = tree.json(file)
        if isinstance(document, dict) and document.keys() == {"Role"}:
            document = document["Role"]  # the answer of get-role as it was printed
        role = None if document is None else read_role(document, name, file=file, settings=settings, faults=faults)
        if role is not None:
            _check_references(role, policies, file=file, settings=settings, faults=faults)
            found[role.arn] = role
    return found


def read_role(document: object, name: str, *, file: str, settings: Settings, faults: Faults) -> Role | None:
    """Read one role; None after recording its faults."""
    before = len(faults)
    fields = Fields(document, file=file, faults=faults)
    check_name(fields, "RoleName", name, ROLE_NAME.pattern)
    path = fields.text("Path", pattern=IAM_PATH) or "/"
    arn = f"arn:{settings.partition}:iam::{settings.id}:role{path}{name}"
    if fields.text("Arn") not in {None, arn}:
        fields.fault("Arn", arn, show(fields.raw("Arn")), "correct or remove the member")
    role_id = fields.text("RoleId", pattern=UNIQUE_ID) or derived_id("AROA", settings.id, "role", path + name)
    trust = compile_policy(
        fields.raw("AssumeRolePolicyDocument"), "trust", file=file, path=fields.at("AssumeRolePolicyDocument"), faults=faults
    )
    longest = fields.integer("MaxSessionDuration", low=MAX_SESSION_DURATION_MIN, high=limits.ROLE_SESSION_MAX_SECONDS)
    description = fields.text("Description", longest=1000) or ""
    tags, boundary = _tags(fields), _boundary(fields)
    inline, attached = _inline_policies(fields, file=file, faults=faults), _attached_policies(fields)
    fields.ignore("CreateDate", "InstanceProfileList", "RoleLastUsed")
    fields.finish()
    if trust is None or len(faults) > before:
        return None
    return Role(
        arn=arn,
        name=name,
        path=path,
        role_id=role_id,
        trust_policy=trust,
        max_session_duration=longest or MAX_SESSION_DURATION_MIN,
        tags=tags,
        permissions_boundary=boundary,
        inline_policies=MappingProxyType(inline),
        attached_policies=attached,
        description=description,
    )


def _tags(fields: Fields) -> tuple[SessionTag, ...]:
    tags: dict[str, SessionTag] = {}
    for tag in fields.objects("Tags"):
        key = tag.text("Key", required=True, longest=limits.TAG_KEY_CHARS)
        value = tag.text("Value", required=True, longest=limits.TAG_VALUE_CHARS)
        tag.finish()
        if key is not None and key.lower() in tags:
            tag.fault("Key", "keys that differ by more than case", show(key), "tag keys are case-insensitive")
        elif key is not None:
            tags[key.lower()] = SessionTag(key, value or "")
    return tuple(tags.values())


def _boundary(fields: Fields) -> str | None:
    boundary = fields.object("PermissionsBoundary")
    if boundary is None:
        return None
    boundary.ignore("PermissionsBoundaryType")
    arn = boundary.text("PermissionsBoundaryArn", required=True)
    boundary.finish()
    return arn


def _inline_policies(fields: Fields, *, file: str, faults: Faults) -> dict[str, Policy]:
    policies: dict[str, Policy] = {}
    for item in fields.objects("RolePolicyList"):
        name = item.text("PolicyName", required=True, longest=128)
        policy = compile_policy(item.raw("PolicyDocument"), "identity", file=file, path=item.at("PolicyDocument"), faults=faults)
        item.finish()
        if name is not None and name in policies:
            item.fault("PolicyName", "names used once", show(name), "rename one of the inline policies")
        elif name is not None and policy is not None:
            policies[name] = policy
    return policies


def _attached_policies(fields: Fields) -> tuple[str, ...]:
    arns = []
    for item in fields.objects("AttachedManagedPolicies"):
        arn = item.text("PolicyArn", required=True)
        item.ignore("PolicyName")
        item.finish()
        if arn is not None:
            arns.append(arn)
    return tuple(arns)


def _check_references(role: Role, policies: dict[str, ManagedPolicy], *, file: str, settings: Settings, faults: Faults) -> None:
    """Require that every customer managed policy a role names is in the account; AWS managed ones need not be at hand."""
    named = (("PermissionsBoundary", role.permissions_boundary), *(("AttachedManagedPolicies", arn) for arn in role.attached_policies))
    for member, arn in named:
        if arn is None or arn in policies or arn.startswith(f"arn:{settings.partition}:iam::aws:policy/"):
            continue
        faults.add(file, f"$.{member}", "the ARN of a policy in policies/", show(arn), "add the policy's file or correct the ARN")
