"""What IAM's reads return beside what decides: dates, descriptions, versions, tags and devices, read from files and written to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation import clock, limits
from federation.account import Account, MfaDevice, add_policy, add_role, load_account
from federation.account.reading.entities import ROLE, USER
from federation.account.writing.attachments import attach_policy
from federation.account.writing.credentials import create_access_key
from federation.account.writing.groups import add_group
from federation.account.writing.mfa_devices import (
    assign_mfa_device,
    create_mfa_device,
    deactivate_mfa_device,
    delete_mfa_device,
    enable_mfa_device,
    unassign_mfa_device,
)
from federation.account.writing.policies import create_policy_version, tag_policy, untag_policy
from federation.account.writing.users import add_user, add_user_to_group
from federation.errors import AccountFaults, DeleteConflict, EntityAlreadyExists, FederationError, LimitExceeded, NoSuchEntity
from federation.identity import SessionTag

AT = datetime(2026, 11, 24, 12, 0, 0, 987_654, tzinfo=UTC)
WRITTEN = AT.replace(microsecond=0)
LATER = AT + timedelta(days=1)
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}})
DENY = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}})
TRUST = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}
)

Write = Callable[[str, Any], Path]


def test_writers_state_the_time_of_creation(directory: Path) -> None:
    role = add_role(directory, name="R", trust_policy=TRUST, at=AT)
    policy = add_policy(directory, name="P", document=ALLOW, at=AT)
    user = add_user(directory, name="u", at=AT)
    add_group(directory, name="g", at=AT)
    key = create_access_key(directory, user="u", at=AT)
    device = enable_mfa_device(directory, user="u", at=AT)
    account = load_account(directory)
    entities: tuple[Any, ...] = (
        account.roles[role],
        account.policies[policy],
        account.users[user],
        *account.groups.values(),
        account.access_keys[key.id],
    )
    assert {each.created_at for each in entities} == {WRITTEN}
    assert account.mfa_devices[user][device.serial_number].enabled_at == WRITTEN


def test_without_a_date_the_beginning_of_1970_stands(directory: Path, write: Write) -> None:
    write("roles/R.json", {"AssumeRolePolicyDocument": json.loads(TRUST)})
    write("policies/P.json", json.loads(ALLOW))
    write("users/u.json", {})
    write("groups/g.json", {})
    account = load_account(directory)
    roles = [role for role in account.roles.values() if role.name == "R"]
    held: list[Any] = [*roles, *account.policies.values(), *account.users.values(), *account.groups.values()]
    assert [each.created_at for each in held] == [datetime(1970, 1, 1, tzinfo=UTC)] * 4
    assert held[1].updated_at == clock.UNSTATED


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T12:00:00Z",
        "2026-11-24T12:00:00+00:00",
        "2026-11-24T13:00:00.5+01:00",
        "2026-11-24 12:00:00+00:00",
        "2026-11-24T12:00:00",
    ],
)
def test_a_date_is_read_in_each_form_that_clients_print(directory: Path, write: Write, text: str) -> None:
    write("users/u.json", {"CreateDate": text})
    (user,) = load_account(directory).users.values()
    assert (user.created_at, user.created_at.tzinfo) == (WRITTEN, UTC)


@pytest.mark.parametrize("value", ["yesterday", "", 1_764_000_000, True, None, ["2026-11-24T12:00:00Z"], "0001-01-01T00:00:00+14:00"])
def test_no_date_is_a_fault(directory: Path, write: Write, value: object) -> None:
    write("users/u.json", {"CreateDate": value})
    with pytest.raises(AccountFaults) as refusal:
        load_account(directory)
    assert (refusal.value.file, refusal.value.path) == ("users/u.json", "$.CreateDate")


def test_versions_of_a_policy_are_kept_as_text(directory: Path) -> None:
    arn = add_policy(directory, name="P", document=ALLOW, description="what readers may", tags=[SessionTag("team", "blue")], at=AT)
    create_policy_version(directory, policy_arn=arn, document=DENY, set_as_default=False, at=LATER)
    policy = load_account(directory).policies[arn]
    assert (policy.description, policy.tags, policy.default_version) == ("what readers may", (SessionTag("team", "blue"),), "v1")
    assert [(each.id, json.loads(each.document)) for each in policy.versions] == [("v2", json.loads(DENY)), ("v1", json.loads(ALLOW))]
    assert policy.versions[1].document is policy.policy.source_text, "the text in effect is in memory once"
    assert (policy.created_at, policy.updated_at) == (WRITTEN, LATER.replace(microsecond=0))
    assert policy.policy_id.startswith("ANPA")
    assert len(policy.policy_id) == 21


def test_a_bare_policy_document_is_its_first_version(directory: Path, write: Write) -> None:
    write("policies/P.json", json.loads(ALLOW))
    (policy,) = load_account(directory).policies.values()
    assert (policy.default_version, [each.id for each in policy.versions]) == ("v1", ["v1"])
    create_policy_version(directory, policy_arn=policy.arn, document=DENY, at=AT)
    after = load_account(directory).policies[policy.arn]
    assert (after.default_version, after.policy_id, after.created_at) == ("v2", policy.policy_id, clock.UNSTATED)


def test_two_versions_of_one_id_are_a_fault(directory: Path, write: Write) -> None:
    version = {"VersionId": "v1", "Document": json.loads(ALLOW)}
    write("policies/P.json", {"PolicyVersionList": [{**version, "IsDefaultVersion": True}, version]})
    with pytest.raises(AccountFaults) as refusal:
        load_account(directory)
    assert (refusal.value.path, refusal.value.found) == ("$.PolicyVersionList", "two of one")


def test_tags_of_a_policy_change(directory: Path) -> None:
    arn = add_policy(directory, name="P", document=ALLOW)
    tag_policy(directory, policy_arn=arn, tags=[SessionTag("Team", "blue"), SessionTag("cost", "1")])
    tag_policy(directory, policy_arn=arn, tags=[SessionTag("team", "red")])
    untag_policy(directory, policy_arn=arn, keys=["COST", "absent"])
    assert load_account(directory).policies[arn].tags == (SessionTag("team", "red"),)


def devices(account: Account) -> tuple[list[str], dict[str, list[str]]]:
    return [*account.unassigned_mfa_devices], {owner: [*held] for owner, held in account.mfa_devices.items()}


def test_a_device_is_no_ones_until_it_is_enabled(directory: Path) -> None:
    user = add_user(directory, name="u")
    made = create_mfa_device(directory, name="phone", device_path="/office/", tags=[SessionTag("kind", "app")])
    serial = made.serial_number
    assert serial == "arn:aws:iam::123456789012:mfa/office/phone"
    loaded = load_account(directory)
    assert devices(loaded) == ([serial], {}), "not even the root's"
    assert (loaded.unassigned_mfa_devices[serial].enabled_at, loaded.unassigned_mfa_devices[serial].tags) == (
        None,
        (SessionTag("kind", "app"),),
    )
    assign_mfa_device(directory, serial_number=serial, user="u", at=AT)
    loaded = load_account(directory)
    assert devices(loaded) == ([], {user: [serial]})
    device: MfaDevice = loaded.mfa_devices[user][serial]
    assert (device.enabled_at, device.tags) == (WRITTEN, (SessionTag("kind", "app"),))
    with pytest.raises(EntityAlreadyExists, match="enabled"):
        assign_mfa_device(directory, serial_number=serial, user="u")
    with pytest.raises(DeleteConflict):
        delete_mfa_device(directory, serial_number=serial)
    unassign_mfa_device(directory, serial_number=serial)
    loaded = load_account(directory)
    assert devices(loaded) == ([serial], {})
    assert loaded.unassigned_mfa_devices[serial].secret == device.secret
    delete_mfa_device(directory, serial_number=serial)
    assert devices(load_account(directory)) == ([], {})
    with pytest.raises(NoSuchEntity):
        deactivate_mfa_device(directory, serial_number=serial)


def test_a_device_cannot_be_unassigned_and_have_a_user(directory: Path, write: Write) -> None:
    add_user(directory, name="u")
    made = create_mfa_device(directory, name="phone")
    file = directory / "mfa-devices/phone.json"
    document = json.loads(file.read_text())
    document["VirtualMFADevice"]["UserName"] = "u"
    file.write_text(json.dumps(document))
    with pytest.raises(AccountFaults) as refusal:
        load_account(directory)
    assert (refusal.value.path, made.secret in str(refusal.value)) == ("$.UserName", False)


def test_quotas_of_iam(directory: Path) -> None:
    add_user(directory, name="u")
    add_role(directory, name="R", trust_policy=TRUST)
    for _ in range(limits.ACCESS_KEYS_PER_USER):
        create_access_key(directory, user="u")
        create_access_key(directory, user=None)
    for number in range(limits.GROUPS_PER_USER + 1):
        add_group(directory, name=f"g{number}")
    for number in range(limits.GROUPS_PER_USER):
        add_user_to_group(directory, user="u", group=f"g{number}")
    for number in range(limits.POLICIES_PER_ENTITY):
        attach_policy(directory, ROLE, name="R", policy_arn=f"arn:aws:iam::aws:policy/P{number}")
    long = json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::" + "*" * 500] * 13}}
    )
    refused: tuple[tuple[str, Callable[[], object]], ...] = (
        ("AccessKeysPerUser: 2", lambda: create_access_key(directory, user="u")),
        ("AccessKeysPerUser: 2", lambda: create_access_key(directory, user=None)),
        ("GroupsPerUser: 10", lambda: add_user_to_group(directory, user="u", group="g10")),
        ("PoliciesPerRole: 10", lambda: attach_policy(directory, ROLE, name="R", policy_arn="arn:aws:iam::aws:policy/P10")),
        ("PolicySize: 6144", lambda: add_policy(directory, name="long", document=long)),
    )
    before = load_account(directory)
    for quota, change in refused:
        with pytest.raises(LimitExceeded) as refusal:
            change()
        assert (refusal.value.check, refusal.value.message) == ("quota", f"Cannot exceed quota for {quota}")
    assert load_account(directory).access_keys == before.access_keys
    attach_policy(directory, ROLE, name="R", policy_arn="arn:aws:iam::aws:policy/P9")  # again, which changes nothing
    add_user_to_group(directory, user="u", group="g0")
    attach_policy(directory, USER, name="u", policy_arn="arn:aws:iam::aws:policy/P10")


def test_a_naive_time_of_creation_is_refused(directory: Path) -> None:
    with pytest.raises(FederationError) as refusal:
        add_user(directory, name="u", at=datetime(2026, 11, 24))  # noqa: DTZ001 - that is the fault
    assert refusal.value.check == "clock"
    assert load_account(directory).users == {}
