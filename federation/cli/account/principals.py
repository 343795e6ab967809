"""`federation account`: users, groups, access keys and MFA devices."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from federation.account.reading.entities import GROUP, USER
from federation.account.writing import credentials, groups, mfa_devices, users
from federation.cli.account.commands import (
    boundary_option,
    force_option,
    name_option,
    path_option,
    policy_in,
    say,
    tags_of,
    tags_option,
    user_option,
    verb,
)
from federation.cli.support.choices import Choice
from federation.cli.support.inputs import read_token
from federation.cli.support.paths import PathType

ONCE: Final = "shown only now"
key_option = click.option("--access-key-id", required=True, help="Id of the key, AKIA….")


@verb("add-user", "--user-name alice --policy policy.json")
@name_option(USER)
@path_option("user")
@click.option("--policy", type=PathType(path_type=Path), help="An inline identity policy, JSON.")
@tags_option
@boundary_option
def add_user(
    *,
    account_path: Path,
    name: str,
    entity_path: str,
    policy: Path | None,
    tags: tuple[str, ...],
    permissions_boundary: str | None,
    as_json: bool,
) -> None:
    """Add a user."""
    arn = users.add_user(
        account_path,
        name=name,
        user_path=entity_path,
        policy=policy_in(policy),
        tags=tags_of(tags),
        permissions_boundary=permissions_boundary,
    )
    say(f"added the user {arn}", {"arn": arn}, as_json=as_json)


@verb("update-user", "--user-name alice --new-user-name alicia --new-path /team/")
@name_option(USER)
@click.option("--new-user-name", help="The new name.")
@click.option("--new-path", help="The new path.")
def update_user(*, account_path: Path, name: str, new_user_name: str | None, new_path: str | None, as_json: bool) -> None:
    """Change the name or path of a user. It keeps its access keys, MFA devices and groups."""
    if new_user_name is None and new_path is None:
        raise click.UsageError("give --new-user-name or --new-path")
    arn = users.update_user(account_path, name=name, new_name=new_user_name, new_path=new_path)
    say(f"updated the user {name}: {arn}", {"arn": arn}, as_json=as_json)


@verb("delete-user", "--user-name alice --force")
@name_option(USER)
@force_option
def delete_user(*, account_path: Path, name: str, force: bool, as_json: bool) -> None:
    """Delete a user. A user with policies, groups, access keys or MFA devices is deleted only with --force."""
    users.delete_user(account_path, name=name, force=force)
    say(f"deleted the user {name}", {"user_name": name}, as_json=as_json)


@verb("add-group", "--group-name readers")
@name_option(GROUP)
@path_option("group")
def add_group(*, account_path: Path, name: str, entity_path: str, as_json: bool) -> None:
    """Add a group."""
    arn = groups.add_group(account_path, name=name, group_path=entity_path)
    say(f"added the group {arn}", {"arn": arn}, as_json=as_json)


@verb("update-group", "--group-name readers --new-group-name viewers")
@name_option(GROUP)
@click.option("--new-group-name", help="The new name.")
@click.option("--new-path", help="The new path.")
def update_group(*, account_path: Path, name: str, new_group_name: str | None, new_path: str | None, as_json: bool) -> None:
    """Change the name or path of a group. It keeps its members."""
    if new_group_name is None and new_path is None:
        raise click.UsageError("give --new-group-name or --new-path")
    arn = groups.update_group(account_path, name=name, new_name=new_group_name, new_path=new_path)
    say(f"updated the group {name}: {arn}", {"arn": arn}, as_json=as_json)


@verb("delete-group", "--group-name readers --force")
@name_option(GROUP)
@force_option
def delete_group(*, account_path: Path, name: str, force: bool, as_json: bool) -> None:
    """Delete a group. A group with policies is deleted only with --force, a group with members never."""
    groups.delete_group(account_path, name=name, force=force)
    say(f"deleted the group {name}", {"group_name": name}, as_json=as_json)


@verb("add-user-to-group", "--user-name alice --group-name readers")
@click.option("--user-name", required=True, help="The user.")
@click.option("--group-name", required=True, help="The group.")
def add_user_to_group(*, account_path: Path, user_name: str, group_name: str, as_json: bool) -> None:
    """Add a user to a group."""
    users.add_user_to_group(account_path, user=user_name, group=group_name)
    say(f"added the user {user_name} to the group {group_name}", {"user_name": user_name, "group_name": group_name}, as_json=as_json)


@verb("remove-user-from-group", "--user-name alice --group-name readers")
@click.option("--user-name", required=True, help="The user.")
@click.option("--group-name", required=True, help="The group.")
def remove_user_from_group(*, account_path: Path, user_name: str, group_name: str, as_json: bool) -> None:
    """Remove a user from a group."""
    users.remove_user_from_group(account_path, user=user_name, group=group_name)
    made = {"user_name": user_name, "group_name": group_name}
    say(f"removed the user {user_name} from the group {group_name}", made, as_json=as_json)


@verb("create-access-key", "--user-name alice")
@user_option
def create_access_key(*, account_path: Path, user_name: str | None, as_json: bool) -> None:
    """Create an access key and print it with its secret, which is not shown again. --json prints the JSON of the AWS CLI."""
    key = credentials.create_access_key(account_path, user=user_name)
    owner = "the root user" if user_name is None else f"the user {user_name}"
    rows = [("access key id", key.id), ("secret access key", key.secret), ("note", f"the secret is {ONCE}")]
    say(f"created an access key of {owner}", key.to_dict(), as_json=as_json, rows=rows)


@verb("update-access-key", "--access-key-id AKIARZPUZDIKGB2VALC4 --status Inactive")
@key_option
@click.option("--status", required=True, type=Choice(["Active", "Inactive"]), help="Whether the key may be used.")
def update_access_key(*, account_path: Path, access_key_id: str, status: credentials.Status, as_json: bool) -> None:
    """Deactivate an access key, or activate it again."""
    credentials.update_access_key(account_path, access_key_id=access_key_id, status=status)
    say(f"the access key {access_key_id} is {status.lower()}", {"access_key_id": access_key_id, "status": status}, as_json=as_json)


@verb("delete-access-key", "--access-key-id AKIARZPUZDIKGB2VALC4")
@key_option
def delete_access_key(*, account_path: Path, access_key_id: str, as_json: bool) -> None:
    """Delete an access key."""
    credentials.delete_access_key(account_path, access_key_id=access_key_id)
    say(f"deleted the access key {access_key_id}", {"access_key_id": access_key_id}, as_json=as_json)


@verb("enable-mfa-device", "--user-name alice")
@user_option
@click.option("--device-name", help="Name of the device. Default: the name of the user.")
@click.option("--secret-file", type=PathType(path_type=Path), help="File with the base32 secret of an existing device. Default: a new one.")
def enable_mfa_device(
    *, account_path: Path, user_name: str | None, device_name: str | None, secret_file: Path | None, as_json: bool
) -> None:
    """Register a TOTP device and print its serial number; for a new one also the secret and the otpauth:// URI for the authenticator."""
    secret = None if secret_file is None else read_token(str(secret_file)).decode("ascii", "replace")
    device = mfa_devices.enable_mfa_device(account_path, user=user_name, name=device_name, secret=secret)
    made = {"serial_number": device.serial_number}
    if secret is not None:
        say(f"enabled the MFA device {device.serial_number}", made, as_json=as_json)
        return
    rows = [("secret", device.secret), ("note", f"the secret is {ONCE}; the URI contains it, too")]
    made = {**made, "secret": device.secret, "otpauth_uri": device.uri}
    say(f"enabled the MFA device {device.serial_number}", made, as_json=as_json, rows=rows)
    if not as_json:
        click.echo(device.uri)  # unwrapped, for the clipboard or a QR code


@verb("deactivate-mfa-device", "--serial-number arn:aws:iam::123456789012:mfa/alice")
@click.option("--serial-number", required=True, help="Serial number of the device.")
def deactivate_mfa_device(*, account_path: Path, serial_number: str, as_json: bool) -> None:
    """Delete an MFA device."""
    mfa_devices.deactivate_mfa_device(account_path, serial_number=serial_number)
    say(f"deleted the MFA device {serial_number}", {"serial_number": serial_number}, as_json=as_json)


COMMANDS: Final = (
    add_user,
    update_user,
    delete_user,
    add_group,
    update_group,
    delete_group,
    add_user_to_group,
    remove_user_from_group,
    create_access_key,
    update_access_key,
    delete_access_key,
    enable_mfa_device,
    deactivate_mfa_device,
)
"""Every command of this module."""
