"""Changes of the inline policies, attached policies, tags and permissions boundary of roles, users and groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from federation import aws_texts, limits
from federation.account.model import POLICY_ARN, POLICY_NAME
from federation.account.reading.entities import EntityKind
from federation.account.reading.policies import document_text
from federation.account.writing.documents import check_name, parsed
from federation.account.writing.draft import Target, drafting
from federation.account.writing.entities import no_such_entity, replace_entity, stored_entity
from federation.errors import DeleteConflict, LimitExceeded, ValidationError, show
from federation.identity import SessionTag
from federation.policy import Policy
from federation.tags import fault_of

Tags = Sequence[SessionTag]


def inline_policy(name: str, policy: str) -> dict[str, Any]:
    """Return the inline policy *policy*, JSON text, in the form that the document of an entity has, under *name*.

    Raises:
        MalformedPolicyDocument: The policy violates the grammar.
        ValidationError: Check ``policy-name``: *name* is not a valid policy name.
    """
    check_name("policy-name", name, POLICY_NAME)
    Policy.parse(policy, kind="identity")
    return {"PolicyName": name, "PolicyDocument": parsed(policy)}


def put_inline_policy(account: Target, kind: EntityKind, *, name: str, policy_name: str, policy: str) -> None:
    """Add the inline policy *policy*, JSON text, to the entity *name*, or replace the policy of that name (PutRolePolicy and the like).

    Raises:
        MalformedPolicyDocument: The policy violates the grammar.
        NoSuchEntity: The account has no such entity.
        LimitExceeded: The inline policies of the entity would have more than `limits.INLINE_POLICY_CHARS` together.
        ValidationError: *policy_name* is not a valid policy name.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    item = inline_policy(policy_name, policy)
    with drafting(account) as draft:
        document = stored_entity(draft, kind, name)
        listed = _listed(document, kind.inline_member)
        place = next((index for index, each in enumerate(listed) if each.get("PolicyName") == policy_name), len(listed))
        document[kind.inline_member] = [*listed[:place], item, *listed[place + 1 :]]
        _check_size(document[kind.inline_member], kind, name)
        replace_entity(draft, kind, name, document)


def _check_size(inline: Iterable[Mapping[str, Any]], kind: EntityKind, name: str) -> None:
    most = limits.INLINE_POLICY_CHARS[kind.noun]
    size = sum(len(part) for each in inline for part in document_text(each.get("PolicyDocument")).split())
    if size > most:
        raise LimitExceeded(
            file=kind.file_of(name),
            path=f"$.{kind.inline_member}",
            expected=f"at most {most} characters in all inline policies, white space not counted",
            found=str(size),
            remedy="put statements into a managed policy and attach that",
            check="quota",
            message=aws_texts.iam.policy_size(kind.noun, name, most),
        )


def delete_inline_policy(account: Target, kind: EntityKind, *, name: str, policy_name: str) -> None:
    """Delete the inline policy *policy_name* of the entity *name*.

    Raises:
        NoSuchEntity: The account has no such entity, or the entity has no such policy.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document = stored_entity(draft, kind, name)
        _take(document, kind.inline_member, "PolicyName", policy_name, file=kind.file_of(name))
        replace_entity(draft, kind, name, document)


def attach_policy(account: Target, kind: EntityKind, *, name: str, policy_arn: str) -> None:
    """Attach the managed policy *policy_arn* to the entity *name*. Attaching it again has no effect.

    A customer managed policy must be in the account; a policy of AWS may be missing.

    Raises:
        NoSuchEntity: The account has no such entity.
        LimitExceeded: The entity has `limits.POLICIES_PER_ENTITY` managed policies.
        AccountFaults: The account has no such policy, the account directory is at fault, or it cannot be written.
    """
    check_name("policy-arn", policy_arn, POLICY_ARN)
    with drafting(account) as draft:
        document = stored_entity(draft, kind, name)
        listed = _listed(document, "AttachedManagedPolicies")
        if any(each.get("PolicyArn") == policy_arn for each in listed):
            return
        check_quota(f"PoliciesPer{kind.member}", len(listed) + 1, limits.POLICIES_PER_ENTITY, file=kind.file_of(name))
        item = {"PolicyName": policy_arn.rpartition("/")[2], "PolicyArn": policy_arn}
        document["AttachedManagedPolicies"] = [*listed, item]
        replace_entity(draft, kind, name, document)


def detach_policy(account: Target, kind: EntityKind, *, name: str, policy_arn: str) -> None:
    """Detach the managed policy *policy_arn* from the entity *name*.

    Raises:
        NoSuchEntity: The account has no such entity, or the policy is not attached to it.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document = stored_entity(draft, kind, name)
        _take(document, "AttachedManagedPolicies", "PolicyArn", policy_arn, file=kind.file_of(name))
        replace_entity(draft, kind, name, document)


def put_permissions_boundary(account: Target, kind: EntityKind, *, name: str, policy_arn: str) -> None:
    """Set the managed policy *policy_arn* as the permissions boundary of the entity *name*.

    Raises:
        NoSuchEntity: The account has no such entity.
        AccountFaults: The account has no such policy, the account directory is at fault, or it cannot be written.
    """
    with drafting(account) as draft:
        document = stored_entity(draft, kind, name)
        set_boundary(document, policy_arn)
        replace_entity(draft, kind, name, document)


def delete_permissions_boundary(account: Target, kind: EntityKind, *, name: str) -> None:
    """Remove the permissions boundary of the entity *name*.

    Raises:
        NoSuchEntity: The account has no such entity, or the entity has no boundary.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document = stored_entity(draft, kind, name)
        if document.pop("PermissionsBoundary", None) is None:
            raise no_such_entity(kind.file_of(name), "a permissions boundary", "none")
        replace_entity(draft, kind, name, document)


def tag_entity(account: Target, kind: EntityKind, *, name: str, tags: Tags) -> None:
    """Add *tags* to the entity *name*. A tag whose key differs only by case is replaced.

    Raises:
        NoSuchEntity: The account has no such entity.
        ValidationError: A tag is invalid, or the entity would have more than 50 tags.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document = stored_entity(draft, kind, name)
        set_tags(document, tags)
        replace_entity(draft, kind, name, document)


def untag_entity(account: Target, kind: EntityKind, *, name: str, keys: Iterable[str]) -> None:
    """Remove the tags with *keys*, without regard to case, from the entity *name*. Missing keys are ignored.

    Raises:
        NoSuchEntity: The account has no such entity.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document = stored_entity(draft, kind, name)
        remove_tags(document, keys)
        replace_entity(draft, kind, name, document)


def set_tags(document: dict[str, Any], tags: Tags) -> None:
    """Add *tags* to the document of an entity. A tag whose key differs only by case is replaced.

    Raises:
        ValidationError: Check ``tags``: a tag is invalid, or there would be more than 50.
    """
    present = [SessionTag(str(each.get("Key")), str(each.get("Value"))) for each in _listed(document, "Tags")]
    merged = merged_tags(present, tags)
    if merged:
        document["Tags"] = [{"Key": tag.key, "Value": tag.value} for tag in merged]


def merged_tags(present: Tags, tags: Tags) -> Tags:
    """Return the tags *present* with *tags*. A tag whose key differs only by case is replaced.

    Raises:
        ValidationError: Check ``tags``: a tag is invalid, or there would be more than 50.
    """
    fault = fault_of(tags)
    merged = [*{tag.key.lower(): tag for tag in (*present, *tags)}.values()]
    if fault is None and len(merged) > limits.TAGS_PER_ENTITY:
        fault = (f"at most {limits.TAGS_PER_ENTITY} tags", str(len(merged)))
    if fault is not None:
        raise ValidationError(check="tags", expected=fault[0], found=show(fault[1]), remedy="correct the tags")
    return merged


def left_tags(present: Tags, keys: Iterable[str]) -> Tags:
    """Return the tags *present* without those with *keys*, whatever their case."""
    gone = {str(key).lower() for key in keys}
    return [tag for tag in present if tag.key.lower() not in gone]


def remove_tags(document: dict[str, Any], keys: Iterable[str]) -> None:
    """Remove the tags with *keys*, without regard to case, from the document of an entity."""
    gone = {str(key).lower() for key in keys}
    document["Tags"] = [each for each in _listed(document, "Tags") if str(each.get("Key")).lower() not in gone]


def set_boundary(document: dict[str, Any], policy_arn: str | None) -> None:
    """Set the permissions boundary *policy_arn* in the document of an entity; None sets none.

    Raises:
        ValidationError: Check ``policy-arn``: *policy_arn* is not the ARN of a managed policy.
    """
    if policy_arn is not None:
        check_name("policy-arn", policy_arn, POLICY_ARN)
        document["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy_arn}


def check_no_policies(document: Mapping[str, Any], kind: EntityKind, name: str) -> None:
    """Require that the entity has no inline and no attached policies.

    Raises:
        DeleteConflict: Check ``write``: it has one.
    """
    attached = [str(each.get("PolicyArn")) for each in _listed(document, "AttachedManagedPolicies")]
    inline = [str(each.get("PolicyName")) for each in _listed(document, kind.inline_member)]
    if attached or inline:
        raise conflict(
            kind.file_of(name),
            f"a {kind.noun} without policies",
            ", ".join(map(show, attached + inline)),
            remedy="detach and delete them first, or delete the entity with all that is its own (--force)",
            message=aws_texts.iam.DETACH_POLICIES_FIRST if attached else aws_texts.iam.DELETE_POLICIES_FIRST,
        )


def check_quota(quota: str, count: int, most: int, *, file: str) -> None:
    """Require that *count*, what the IAM quota *quota* would count after the change, is at most *most*.

    Raises:
        LimitExceeded: Check ``quota``: it is more.
    """
    if count > most:
        raise LimitExceeded(
            file=file,
            path="",
            expected=f"at most {most} (IAM quota {quota})",
            found=f"{count} with this one",
            remedy="remove what is no longer needed",
            check="quota",
            message=aws_texts.iam.quota(quota, most),
        )


def conflict(file: str, expected: str, found: str, *, remedy: str, message: str) -> DeleteConflict:
    """Return the refusal to delete an entity that others refer to. *message* is AWS's text."""
    return DeleteConflict(file=file, path="", expected=expected, found=found, remedy=remedy, check="write", message=message)


def _listed(document: Mapping[str, Any], member: str) -> list[dict[str, Any]]:
    listed = document.get(member)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _take(document: dict[str, Any], member: str, key: str, value: str, *, file: str) -> None:
    listed = _listed(document, member)
    kept = [each for each in listed if each.get(key) != value]
    if len(kept) == len(listed):
        raise no_such_entity(file, f"a policy {show(value)} in {member}", ", ".join(show(each.get(key)) for each in listed) or "none")
    document[member] = kept
