"""Tags, permissions boundary, inline policies and attached policies of roles, users and groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from federation.account.model import Written
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.policies import compile_policy
from federation.account.reading.settings import Settings
from federation.account.reading.tags import read_tags
from federation.errors import show
from federation.identity import SessionTag
from federation.policy import Policy
from federation.records import filler

POLICY_NAME_CHARS: Final = 128
_filled: Final = filler(Written)
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Attachments(NamedTuple):
    """Tags and policies of an IAM entity.

    Attributes:
        tags: The tags of the entity.
        boundary: ARN of the permissions boundary, or None.
        inline: Inline policies, PolicyName to identity policy.
        attached: ARNs of the attached managed policies, in order.
        written: Where the entity and its inline policies are written.
    """

    tags: tuple[SessionTag, ...]
    boundary: str | None
    inline: Mapping[str, Policy]
    attached: tuple[str, ...]
    written: Written


def read_attachments(fields: Fields, *, inline: str, file: str, root: str, faults: Faults) -> Attachments:
    """Return tags and policies of an entity.

    *inline* is the member of its inline policies, such as ``RolePolicyList``; *root* is the JSON path of the entity in *file*.
    """
    policies, placed = _inline_policies(fields, inline, file=file, root=root, faults=faults)
    return Attachments(
        tags=read_tags(fields),
        boundary=_boundary(fields),
        inline=policies,
        attached=_attached_policies(fields),
        written=_filled(file=file, place=root, inline=placed, listed=inline in fields),
    )


def check_references(
    attached: Iterable[str], *, boundary: str | None, policies: Collection[str], file: str, settings: Settings, faults: Faults
) -> None:
    """Require that every referenced customer managed policy is in the account. Policies of AWS may be missing."""
    named = (("PermissionsBoundary", boundary), *(("AttachedManagedPolicies", arn) for arn in attached))
    for member, arn in named:
        if arn is None or arn in policies or arn.startswith(f"arn:{settings.partition}:iam::aws:policy/"):
            continue
        faults.add(file, f"$.{member}", "the ARN of a policy in policies/", show(arn), "add the policy's file or correct the ARN")


def _boundary(fields: Fields) -> str | None:
    boundary = fields.object("PermissionsBoundary")
    if boundary is None:
        return None
    boundary.ignore("PermissionsBoundaryType")
    arn = boundary.text("PermissionsBoundaryArn", required=True)
    boundary.finish()
    return arn


def _inline_policies(
    fields: Fields, member: str, *, file: str, root: str, faults: Faults
) -> tuple[Mapping[str, Policy], Mapping[str, str]]:
    """Return the inline policies, and where in the file the document of each stands that is a JSON object, by PolicyName."""
    items = fields.objects(member)
    if not items:
        return _NOTHING, _NOTHING
    policies: dict[str, Policy] = {}
    places: dict[str, str] = {}
    for item in items:
        name = item.text("PolicyName", required=True, longest=POLICY_NAME_CHARS)
        document, place = item.raw("PolicyDocument"), item.at("PolicyDocument")
        policy = compile_policy(document, "identity", file=file, path=place, faults=faults)
        item.finish()
        if name is not None and name in policies:
            item.fault("PolicyName", "names used once", show(name), "rename one of the inline policies")
        elif name is not None and policy is not None:
            policies[name] = policy
            if isinstance(document, dict):
                places[name] = root + place.removeprefix("$")
    return MappingProxyType(policies), MappingProxyType(places)


def _attached_policies(fields: Fields) -> tuple[str, ...]:
    arns = []
    for item in fields.objects("AttachedManagedPolicies"):
        arn = item.text("PolicyArn", required=True)
        item.ignore("PolicyName")
        item.finish()
        if arn is not None:
            arns.append(arn)
    return tuple(arns)
