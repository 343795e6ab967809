"""`federation account`: policies, tags and boundaries of roles, users and groups, with the commands of ``aws iam``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from federation.account.reading.entities import GROUP, ROLE, USER, EntityKind
from federation.account.writing import attachments
from federation.cli.account.commands import (
    document_of,
    document_option,
    name_option,
    policy_arn_option,
    policy_name_option,
    say,
    tags_of,
    tags_option,
    verb,
)

EXAMPLES: Final = {ROLE.noun: "--role-name Portal", USER.noun: "--user-name alice", GROUP.noun: "--group-name readers"}
READ_ONLY: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def policy_commands(kind: EntityKind) -> Iterator[click.Command]:
    """Yield the commands for the inline and attached policies of *kind*."""
    noun, who = kind.noun, EXAMPLES[kind.noun]

    @verb(f"put-{noun}-policy", f"{who} --policy-name read --policy-document file://policy.json")
    @name_option(kind)
    @policy_name_option
    @document_option
    def put(*, account_path: Path, name: str, policy_name: str, policy_document: str, as_json: bool) -> None:
        attachments.put_inline_policy(account_path, kind, name=name, policy_name=policy_name, policy=document_of(policy_document))
        say(
            f"put the inline policy {policy_name} on the {noun} {name}", {f"{noun}_name": name, "policy_name": policy_name}, as_json=as_json
        )

    @verb(f"delete-{noun}-policy", f"{who} --policy-name read")
    @name_option(kind)
    @policy_name_option
    def delete(*, account_path: Path, name: str, policy_name: str, as_json: bool) -> None:
        attachments.delete_inline_policy(account_path, kind, name=name, policy_name=policy_name)
        made = {f"{noun}_name": name, "policy_name": policy_name}
        say(f"deleted the inline policy {policy_name} of the {noun} {name}", made, as_json=as_json)

    @verb(f"attach-{noun}-policy", f"{who} --policy-arn {READ_ONLY}")
    @name_option(kind)
    @policy_arn_option
    def attach(*, account_path: Path, name: str, policy_arn: str, as_json: bool) -> None:
        attachments.attach_policy(account_path, kind, name=name, policy_arn=policy_arn)
        say(f"attached {policy_arn} to the {noun} {name}", {f"{noun}_name": name, "policy_arn": policy_arn}, as_json=as_json)

    @verb(f"detach-{noun}-policy", f"{who} --policy-arn {READ_ONLY}")
    @name_option(kind)
    @policy_arn_option
    def detach(*, account_path: Path, name: str, policy_arn: str, as_json: bool) -> None:
        attachments.detach_policy(account_path, kind, name=name, policy_arn=policy_arn)
        say(f"detached {policy_arn} from the {noun} {name}", {f"{noun}_name": name, "policy_arn": policy_arn}, as_json=as_json)

    put.help = f"Add an inline policy to the {noun}, or replace the one of that name."
    delete.help = f"Delete an inline policy of the {noun}."
    attach.help = f"Attach a managed policy to the {noun}. A customer managed policy must exist in the account; one of AWS need not."
    detach.help = f"Detach a managed policy from the {noun}."
    yield from (put, delete, attach, detach)


def principal_commands(kind: EntityKind) -> Iterator[click.Command]:
    """Yield the commands for the tags and the permissions boundary of *kind*."""
    noun, who = kind.noun, EXAMPLES[kind.noun]

    @verb(f"tag-{noun}", f"{who} --tags Key=team,Value=blue Key=cost,Value=42")
    @name_option(kind)
    @tags_option
    def tag(*, account_path: Path, name: str, tags: tuple[str, ...], as_json: bool) -> None:
        given = tags_of(tags)
        attachments.tag_entity(account_path, kind, name=name, tags=given)
        keys = [each.key for each in given]
        say(f"tagged the {noun} {name}: {', '.join(keys)}", {f"{noun}_name": name, "tag_keys": keys}, as_json=as_json)

    @verb(f"untag-{noun}", f"{who} --tag-keys team cost")
    @name_option(kind)
    @click.option("--tag-keys", multiple=True, required=True, help="Keys of the tags: KEY …")
    def untag(*, account_path: Path, name: str, tag_keys: tuple[str, ...], as_json: bool) -> None:
        attachments.untag_entity(account_path, kind, name=name, keys=tag_keys)
        made = {f"{noun}_name": name, "tag_keys": list(tag_keys)}
        say(f"removed tags of the {noun} {name}: {', '.join(tag_keys)}", made, as_json=as_json)

    @verb(f"put-{noun}-permissions-boundary", f"{who} --permissions-boundary {READ_ONLY}")
    @name_option(kind)
    @click.option("--permissions-boundary", required=True, help="ARN of the managed policy that is the boundary.")
    def put(*, account_path: Path, name: str, permissions_boundary: str, as_json: bool) -> None:
        attachments.put_permissions_boundary(account_path, kind, name=name, policy_arn=permissions_boundary)
        made = {f"{noun}_name": name, "permissions_boundary": permissions_boundary}
        say(f"set the permissions boundary of the {noun} {name} to {permissions_boundary}", made, as_json=as_json)

    @verb(f"delete-{noun}-permissions-boundary", who)
    @name_option(kind)
    def delete(*, account_path: Path, name: str, as_json: bool) -> None:
        attachments.delete_permissions_boundary(account_path, kind, name=name)
        say(f"deleted the permissions boundary of the {noun} {name}", {f"{noun}_name": name}, as_json=as_json)

    tag.help = f"Tag the {noun}. A key that exists, in any case, gets the new value."
    untag.help = f"Remove tags of the {noun}."
    put.help = f"Set the permissions boundary of the {noun}."
    delete.help = f"Delete the permissions boundary of the {noun}."
    yield from (tag, untag, put, delete)


COMMANDS: Final = (
    *policy_commands(ROLE),
    *principal_commands(ROLE),
    *policy_commands(USER),
    *principal_commands(USER),
    *policy_commands(GROUP),
)
"""Every command of this module."""
