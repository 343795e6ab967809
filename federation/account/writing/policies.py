"""Creation and deletion of customer managed policies and their versions by IAM's rules for new policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from federation import aws_texts, limits
from federation.account.model import POLICY_ARN, Group, Role, User
from federation.account.reading.entities import GROUP, POLICY, ROLE, USER, EntityKind, arn_of
from federation.account.reading.policies import FIRST_VERSION, policy_file
from federation.account.writing.attachments import Tags, check_quota, conflict, remove_tags, set_tags
from federation.account.writing.documents import check_name, document_octets, instant, parsed
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.entities import create_entity, no_such_entity, stored_document
from federation.errors import LimitExceeded, show
from federation.policy import Policy

VERSIONS: Final = limits.VERSIONS_PER_POLICY
_VERSION: Final = re.compile(r"v[1-9]\d{0,8}", re.ASCII)


def add_policy(
    account: Target,
    *,
    name: str,
    document: str,
    policy_path: str = "/",
    description: str = "",
    tags: Tags = (),
    at: datetime | None = None,
) -> str:
    """Add a customer managed policy and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        name: 1 to 128 characters of ``[A-Za-z0-9_+=,.@-]``.
        document: The identity policy, JSON text, of version 2012-10-17.
        policy_path: ``/`` or ``/division/team/``.
        description: Description of at most 1000 characters. IAM never changes it.
        tags: Keys and values of at most 50 tags.
        at: Time of creation, aware; the present time when None.

    Raises:
        MalformedPolicyDocument: IAM would not accept the policy.
        EntityAlreadyExists: The account has a policy of that name.
        LimitExceeded: The document has more than `limits.MANAGED_POLICY_CHARS` characters without white space.
        ValidationError: The name or a tag is invalid.
        AccountFaults: The path or the description is invalid, the account directory is at fault, or it cannot be written.
    """
    check_name("name", name, POLICY.name_pattern)
    _check_document(document, file=POLICY.file_of(name))
    created = instant(at)
    stored: dict[str, Any] = {
        "PolicyName": name,
        "Path": policy_path,
        **({"Description": description} if description else {}),
        "CreateDate": created,
        "UpdateDate": created,
        "DefaultVersionId": FIRST_VERSION,
        "PolicyVersionList": [_version(FIRST_VERSION, parsed(document), default=True, created=created)],
    }
    set_tags(stored, tags)
    with drafting(account) as draft:
        create_entity(draft, POLICY, name, stored)
        return arn_of(draft.settings, POLICY, policy_path, name)


def create_policy_version(
    account: Target, *, policy_arn: str, document: str, set_as_default: bool = True, at: datetime | None = None
) -> str:
    """Add a version to a managed policy and return the id of the version.

    Args:
        account: The account directory, or a draft of it.
        policy_arn: ARN of the policy.
        document: The identity policy, JSON text, of version 2012-10-17.
        set_as_default: Whether it becomes the default version, which is the one in effect.
        at: Time of creation, aware; the present time when None.

    Raises:
        MalformedPolicyDocument: IAM would not accept the policy.
        NoSuchEntity: The account has no such policy.
        LimitExceeded: The policy has `VERSIONS` versions, or the document is longer than
            `limits.MANAGED_POLICY_CHARS` characters without white space.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        file, stored = _stored(draft, policy_arn)
        _check_document(document, file=file)
        versions = _versions(stored)
        if len(versions) >= VERSIONS:
            raise LimitExceeded(
                file=file,
                path="$.PolicyVersionList",
                expected=f"at most {VERSIONS} versions",
                found=f"{len(versions)} already",
                remedy="delete one that is no longer needed: federation account delete-policy-version",
                check="policy-versions",
                message=aws_texts.iam.POLICY_VERSIONS,
            )
        numbers = [int(str(each.get("VersionId"))[1:]) for each in versions if _VERSION.fullmatch(str(each.get("VersionId")))]
        name = f"v{max(numbers, default=0) + 1}"
        created = instant(at)
        versions.insert(0, _version(name, parsed(document), default=False, created=created))
        if set_as_default:
            _set_default(stored, versions, name)
        stored["UpdateDate"] = created
        stored["PolicyVersionList"] = versions
        draft.write(file, document_octets(stored))
        return name


def set_default_policy_version(account: Target, *, policy_arn: str, version_id: str) -> None:
    """Make *version_id* the default version of a managed policy.

    Raises:
        NoSuchEntity: The account has no such policy, or the policy has no such version.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        file, stored = _stored(draft, policy_arn)
        versions = _versions(stored)
        _version_of(versions, version_id, file, policy_arn)
        _set_default(stored, versions, version_id)
        stored["PolicyVersionList"] = versions
        draft.write(file, document_octets(stored))


def delete_policy_version(account: Target, *, policy_arn: str, version_id: str) -> None:
    """Delete a version of a managed policy other than the default version.

    Raises:
        NoSuchEntity: The account has no such policy, or the policy has no such version.
        DeleteConflict: It is the default version.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        file, stored = _stored(draft, policy_arn)
        versions = _versions(stored)
        version = _version_of(versions, version_id, file, policy_arn)
        if version.get("IsDefaultVersion") is True:
            raise conflict(
                file,
                "a version that is not the default one",
                show(version_id),
                remedy="let another version take effect first: federation account set-default-policy-version",
                message=aws_texts.iam.DEFAULT_VERSION,
            )
        stored["PolicyVersionList"] = [each for each in versions if each is not version]
        draft.write(file, document_octets(stored))


def delete_policy(account: Target, *, policy_arn: str, all_versions: bool = True) -> None:
    """Delete a managed policy.

    Args:
        account: The account directory, or a draft of it.
        policy_arn: ARN of the policy.
        all_versions: Whether its other versions are deleted with it; IAM refuses to delete a policy that has some.

    Raises:
        NoSuchEntity: The account has no such policy.
        DeleteConflict: It is attached to an entity or is the boundary of one, or it has other versions and *all_versions* is False.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        file, stored = _stored(draft, policy_arn)
        holders = list(_holders(draft, policy_arn))
        if holders:
            raise conflict(
                file,
                "a policy that is attached to nothing, and bounds nothing",
                ", ".join(holders),
                remedy="detach it first: federation account detach-role-policy, detach-user-policy, detach-group-policy",
                message=aws_texts.iam.POLICY_ATTACHED,
            )
        others = len(_versions(stored)) - 1
        if others and not all_versions:
            raise conflict(
                file,
                "a policy with no version but the default one",
                f"{others} more",
                remedy="delete them first: federation account delete-policy-version",
                message=aws_texts.iam.POLICY_HAS_VERSIONS,
            )
        draft.remove(file)


def _stored(draft: Draft, policy_arn: str) -> tuple[str, dict[str, Any]]:
    """Return file and document of a policy. The document has a list of versions.

    Raises:
        NoSuchEntity: The account has no such policy.
    """
    check_name("policy-arn", policy_arn, POLICY_ARN)
    policy = draft.account().policies.get(policy_arn)
    if policy is None:
        file = policy_file(policy_arn, policy_arn.rpartition("/")[2])
        raise no_such_entity(file, "a policy of that ARN", show(policy_arn), message=aws_texts.iam.no_such_policy(policy_arn))
    stored = stored_document(draft, policy.file, POLICY)
    if "Statement" in stored:
        stored = {"PolicyName": policy.name, "Path": policy.path, "PolicyVersionList": [_version(FIRST_VERSION, stored, default=True)]}
    return policy.file, stored


def tag_policy(account: Target, *, policy_arn: str, tags: Tags) -> None:
    """Add *tags* to a managed policy. A tag whose key differs only by case is replaced.

    Raises:
        NoSuchEntity: The account has no such policy.
        ValidationError: A tag is invalid, or the policy would have more than 50 tags.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        file, stored = _stored(draft, policy_arn)
        set_tags(stored, tags)
        draft.write(file, document_octets(stored))


def untag_policy(account: Target, *, policy_arn: str, keys: Iterable[str]) -> None:
    """Remove the tags with *keys*, without regard to case, from a managed policy. Missing keys are ignored.

    Raises:
        NoSuchEntity: The account has no such policy.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        file, stored = _stored(draft, policy_arn)
        remove_tags(stored, keys)
        draft.write(file, document_octets(stored))


def _check_document(document: str, *, file: str) -> None:
    policy = Policy.parse(document, kind="identity", managed=True)
    check_quota("PolicySize", policy.size, limits.MANAGED_POLICY_CHARS, file=file)


def _version(name: str, document: object, *, default: bool, created: str | None = None) -> dict[str, Any]:
    return {
        "VersionId": name,
        "IsDefaultVersion": default,
        "Document": document,
        **({} if created is None else {"CreateDate": created}),
    }


def _versions(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the versions, each with ``IsDefaultVersion``; a file may state the default by ``DefaultVersionId`` only."""
    default = stored.get("DefaultVersionId")
    return [
        {**each, "IsDefaultVersion": each.get("IsDefaultVersion") is True or (default is not None and each.get("VersionId") == default)}
        for each in stored["PolicyVersionList"]
    ]


def _version_of(versions: list[dict[str, Any]], version_id: str, file: str, policy_arn: str) -> dict[str, Any]:
    for each in versions:
        if each.get("VersionId") == version_id:
            return each
    there = ", ".join(show(each.get("VersionId")) for each in versions)
    raise no_such_entity(file, f"one of {there}", show(version_id), message=aws_texts.iam.no_such_version(policy_arn, version_id))


def _set_default(stored: dict[str, Any], versions: list[dict[str, Any]], name: str) -> None:
    for each in versions:
        each["IsDefaultVersion"] = each.get("VersionId") == name
    stored["DefaultVersionId"] = name


def _holders(draft: Draft, policy_arn: str) -> Iterator[str]:
    account = draft.account()
    holding: tuple[tuple[EntityKind, Iterable[Role | User | Group]], ...] = (
        (ROLE, account.roles.values()),
        (USER, account.users.values()),
        (GROUP, account.groups.values()),
    )
    for kind, holders in holding:
        for holder in holders:
            if policy_arn in holder.attached_policies:
                yield f"the {kind.noun} {show(holder.name)}"
            elif not isinstance(holder, Group) and holder.permissions_boundary == policy_arn:
                yield f"the boundary of the {kind.noun} {show(holder.name)}"
