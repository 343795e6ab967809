"""`federation account`: roles and managed policies."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.account.reading.entities import POLICY, ROLE
from federation.account.reading.roles import MAX_SESSION_DURATION_MIN
from federation.account.writing import policies, roles
from federation.cli.account.commands import (
    boundary_option,
    document_of,
    document_option,
    force_option,
    name_option,
    path_option,
    policy_arn_option,
    policy_in,
    say,
    tags_of,
    tags_option,
    verb,
)
from federation.cli.account.findings import TakenOver
from federation.cli.support.inputs import read_text
from federation.cli.support.paths import PathType

SECONDS: Final = f"Seconds, {MAX_SESSION_DURATION_MIN} to {limits.ROLE_SESSION_MAX_SECONDS}."
ARN: Final = "--policy-arn arn:aws:iam::123456789012:policy/Read"
version_option = click.option("--version-id", required=True, help="The version: v1, v2 …")


@verb("add-role", "--role-name Portal --trust-policy trust.json --max-session-duration 7200")
@name_option(ROLE)
@click.option("--trust-policy", required=True, type=PathType(path_type=Path), help="The AssumeRolePolicyDocument, JSON.")
@click.option("--max-session-duration", type=int, default=MAX_SESSION_DURATION_MIN, show_default=True, help=SECONDS)
@click.option("--policy", type=PathType(path_type=Path), help="An inline identity policy, JSON.")
@path_option("role")
@click.option("--description", default="", help="Free text.")
@tags_option
@boundary_option
def add_role(
    *,
    account_path: Path,
    name: str,
    trust_policy: Path,
    max_session_duration: int,
    policy: Path | None,
    entity_path: str,
    description: str,
    tags: tuple[str, ...],
    permissions_boundary: str | None,
    as_json: bool,
) -> None:
    """Add a role."""
    arn = roles.add_role(
        account_path,
        name=name,
        trust_policy=read_text(trust_policy, longest=limits.POLICY_CHARS),
        max_session_duration=max_session_duration,
        policy=policy_in(policy),
        role_path=entity_path,
        description=description,
        tags=tags_of(tags),
        permissions_boundary=permissions_boundary,
    )
    say(f"added the role {arn}", {"arn": arn}, as_json=as_json, taken=TakenOver(account_path, [arn]))


@verb("update-role", "--role-name Portal --max-session-duration 43200")
@name_option(ROLE)
@click.option("--description", help="Free text.")
@click.option("--max-session-duration", type=int, help=SECONDS)
def update_role(*, account_path: Path, name: str, description: str | None, max_session_duration: int | None, as_json: bool) -> None:
    """Change the description or the maximum session duration of a role."""
    if description is None and max_session_duration is None:
        raise click.UsageError("give --description or --max-session-duration")
    roles.update_role(account_path, name=name, description=description, max_session_duration=max_session_duration)
    say(f"updated the role {name}", {"role_name": name}, as_json=as_json)


@verb("update-assume-role-policy", "--role-name Portal --policy-document file://trust.json")
@name_option(ROLE)
@document_option
def update_assume_role_policy(*, account_path: Path, name: str, policy_document: str, as_json: bool) -> None:
    """Replace the trust policy of a role."""
    roles.update_assume_role_policy(account_path, name=name, trust_policy=document_of(policy_document))
    made = {"role_name": name}
    say(f"replaced the trust policy of the role {name}", made, as_json=as_json, taken=TakenOver(account_path, [name]))


@verb("delete-role", "--role-name Portal --force")
@name_option(ROLE)
@force_option
def delete_role(*, account_path: Path, name: str, force: bool, as_json: bool) -> None:
    """Delete a role. A role with policies is deleted only with --force."""
    roles.delete_role(account_path, name=name, force=force)
    say(f"deleted the role {name}", {"role_name": name}, as_json=as_json)


@verb("add-policy", "--policy-name Read policy.json")
@name_option(POLICY)
@path_option("policy")
@click.argument("document", type=PathType(path_type=Path))
def add_policy(document: Path, *, account_path: Path, name: str, entity_path: str, as_json: bool) -> None:
    """Add the managed policy in the file DOCUMENT."""
    text = read_text(document, longest=limits.POLICY_CHARS)
    arn = policies.add_policy(account_path, name=name, document=text, policy_path=entity_path)
    say(f"added the policy {arn}", {"arn": arn}, as_json=as_json)


@verb("create-policy-version", f"{ARN} --policy-document file://policy.json --set-as-default")
@policy_arn_option
@document_option
@click.option("--set-as-default", is_flag=True, help="Make it the default version.")
def create_policy_version(*, account_path: Path, policy_arn: str, policy_document: str, set_as_default: bool, as_json: bool) -> None:
    """Add a version of a managed policy. Only the default version has an effect."""
    version = policies.create_policy_version(
        account_path, policy_arn=policy_arn, document=document_of(policy_document), set_as_default=set_as_default
    )
    effect = "and made it the default version" if set_as_default else "which is not the default version"
    made = {"arn": policy_arn, "version_id": version, "is_default_version": set_as_default}
    say(f"added {version} of {policy_arn}, {effect}", made, as_json=as_json)


@verb("set-default-policy-version", f"{ARN} --version-id v1")
@policy_arn_option
@version_option
def set_default_policy_version(*, account_path: Path, policy_arn: str, version_id: str, as_json: bool) -> None:
    """Make a version of a managed policy the default version."""
    policies.set_default_policy_version(account_path, policy_arn=policy_arn, version_id=version_id)
    say(f"{version_id} is the default version of {policy_arn}", {"arn": policy_arn, "version_id": version_id}, as_json=as_json)


@verb("delete-policy-version", f"{ARN} --version-id v1")
@policy_arn_option
@version_option
def delete_policy_version(*, account_path: Path, policy_arn: str, version_id: str, as_json: bool) -> None:
    """Delete a version of a managed policy that is not the default version."""
    policies.delete_policy_version(account_path, policy_arn=policy_arn, version_id=version_id)
    say(f"deleted {version_id} of {policy_arn}", {"arn": policy_arn, "version_id": version_id}, as_json=as_json)


@verb("delete-policy", ARN)
@policy_arn_option
def delete_policy(*, account_path: Path, policy_arn: str, as_json: bool) -> None:
    """Delete a managed policy that is neither attached nor used as a permissions boundary."""
    policies.delete_policy(account_path, policy_arn=policy_arn)
    say(f"deleted the policy {policy_arn}", {"arn": policy_arn}, as_json=as_json)


COMMANDS: Final = (
    add_role,
    update_role,
    update_assume_role_policy,
    delete_role,
    add_policy,
    create_policy_version,
    set_default_policy_version,
    delete_policy_version,
    delete_policy,
)
"""Every command of this module."""
