"""Users, keys, devices and what else principals need: written so that they load, private, never shown, never replaced."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.account import add_role, load_account
from federation.account.writing.credentials import create_access_key
from federation.account.writing.keyring import rotate_keyring
from federation.account.writing.mfa_devices import enable_mfa_device
from federation.account.writing.outbound import enable_outbound
from federation.account.writing.trade_in import add_trade_in_token
from federation.account.writing.users import add_user
from federation.errors import AccountFault, AccountFaults, FederationError, RegistrationError
from federation.sts.service import SecurityTokenService
from tests.support.world import JUDGED

AT = JUDGED
POLICY = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})


def test_a_user_with_a_key_and_a_device(directory: Path) -> None:
    arn = add_user(directory, name="DevAdmin", user_path="/team/", policy=POLICY)
    key, device = create_access_key(directory, user="DevAdmin", at=AT), enable_mfa_device(directory, user="DevAdmin")
    account = load_account(directory)
    assert account.users[arn].inline_policies.keys() == {"DevAdmin"}
    assert account.access_keys[key.id].user == arn
    assert account.mfa_devices[arn].keys() == {device.serial_number}
    assert key.secret not in repr(key) + repr(account)
    assert device.secret not in repr(device) + repr(account)
    assert (directory / "access-keys" / f"{key.id}.json").stat().st_mode & 0o777 == 0o600


def test_keys_and_devices_of_the_root(directory: Path) -> None:
    key = create_access_key(directory, user=None, at=AT)
    enable_mfa_device(directory, user=None, secret="JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP")
    account = load_account(directory)
    assert account.access_keys[key.id].user is None
    assert account.mfa_devices.keys() == {account.root_arn}


@pytest.mark.parametrize("write", [create_access_key, enable_mfa_device])
def test_nobody_is_given_a_key_who_is_not_there(directory: Path, write: object) -> None:
    with pytest.raises(AccountFault) as refusal:
        write(directory, user="nobody")  # type: ignore[operator]
    assert refusal.value.file == "users/nobody.json"


def test_a_second_user_of_that_name_in_another_case_is_refused(directory: Path) -> None:
    add_user(directory, name="alice")
    with pytest.raises(AccountFault) as refusal:
        add_user(directory, name="Alice")
    assert refusal.value.check == "write"


def test_a_key_that_others_can_read_is_a_fault(directory: Path) -> None:
    add_user(directory, name="alice")
    key = create_access_key(directory, user="alice")
    (directory / "access-keys" / f"{key.id}.json").chmod(0o644)
    with pytest.raises(AccountFault) as refusal:
        load_account(directory)
    assert (refusal.value.file, refusal.value.expected) == (f"access-keys/{key.id}.json", "mode 0600")


@pytest.mark.parametrize(
    ("file", "content", "path"),
    [
        ("users/a.json", {"GroupList": ["nobody"]}, "$.GroupList"),
        ("users/a.json", {"UserName": "b"}, "$.UserName"),
        ("users/a.json", {"AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::123456789012:policy/x"}]}, "$.AttachedManagedPolicies"),
        (
            "groups/g.json",
            {"GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": {}}]},
            "$.GroupPolicyList[0].PolicyDocument.Statement",
        ),
        ("access-keys/AKIARZPUZDIKGB2VALC4.json", {"published": "x", "AccessKeyId": "AKIARZPUZDIKGB2VALC4"}, "$.SecretAccessKey"),
        ("mfa-devices/d.json", {"published": "x", "SerialNumber": "GAHT12345678", "Base32StringSeed": "A" * 32}, "$.SerialNumber"),
        (
            "mfa-devices/d.json",
            {"published": "x", "SerialNumber": "arn:aws:iam::123456789012:mfa/d", "Base32StringSeed": "A"},
            "$.Base32StringSeed",
        ),
        ("outbound/issuer.json", {"IssuerIdentifier": "https://example.com"}, "$.IssuerIdentifier"),
        (
            "outbound/issuer.json",
            {"IssuerIdentifier": "https://example.tokens.sts.global.api.aws", "JwtVendingEnabled": []},
            "$.JwtVendingEnabled",
        ),
        (f"trade-in-tokens/{'0' * 64}.json", {"RoleArn": "arn:aws:iam::123456789012:role/none"}, "$.RoleArn"),
    ],
)
def test_every_fault_has_its_place(directory: Path, file: str, content: dict[str, object], path: str) -> None:
    target = directory / file
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(content))
    with pytest.raises(AccountFault) as refusal:
        load_account(directory)
    assert (refusal.value.file, path) in {(fault.file, fault.path) for fault in refusal.value.faults}  # type: ignore[attr-defined]


def test_a_rotated_keyring_honours_the_old_key_until_its_sessions_have_ended(directory: Path) -> None:
    add_user(directory, name="alice")
    before = SecurityTokenService.open(directory)
    arn = f"arn:aws:iam::{before.account.id}:user/alice"
    old = before.get_session_token(caller=arn, at=AT).credentials
    assert rotate_keyring(directory, at=AT) == "k2"
    after = SecurityTokenService.open(directory)
    assert after.caller_for_key(old.access_key_id, old.session_token, at=AT).arn == arn
    fresh = after.get_session_token(caller=arn, at=AT).credentials
    with pytest.raises(FederationError) as refusal:
        before.caller_for_key(fresh.access_key_id, fresh.session_token, at=AT)
    assert refusal.value.check == "session-token"
    assert rotate_keyring(directory, at=AT + timedelta(hours=36)) == "k3"
    assert load_account(directory).keyring.keys.keys() == {"k2", "k3"}


def test_a_keyring_does_not_grow_without_end(directory: Path) -> None:
    for _ in range(15):
        rotate_keyring(directory, at=AT)
    with pytest.raises(RegistrationError) as refusal:
        rotate_keyring(directory, at=AT)
    assert refusal.value.check == "keyring"


def test_an_issuer_is_made_once(directory: Path) -> None:
    url = enable_outbound(directory)
    account = load_account(directory)
    assert account.outbound is not None
    assert account.outbound.url == url
    assert account.outbound.keys.keys() == {"RSA_0", "EC384_0"}
    assert "PrivateKey" not in repr(account.outbound)
    with pytest.raises(AccountFault) as refusal:
        enable_outbound(directory)
    assert refusal.value.check == "write"


def test_a_trade_in_token_is_kept_by_its_digest(directory: Path) -> None:
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}
    role = add_role(directory, name="Product", trust_policy=json.dumps(trust))
    digest = add_trade_in_token(directory, token="a secret", role_arn=role, session_name="product", expires_at=AT)
    assert load_account(directory).trade_in_tokens[digest].role_arn == role
    assert not any("a secret" in file.read_text() for file in (directory / "trade-in-tokens").iterdir())
    with pytest.raises(AccountFault) as refusal:
        add_trade_in_token(directory, token="another", role_arn=role + "x", session_name="product", expires_at=AT)
    assert refusal.value.path == "$.RoleArn"


def sealed_by(token: str) -> str:
    """The id of the key that sealed a session token; it is in clear."""
    octets = base64.b64decode(token)
    return octets[3 : 3 + octets[2]].decode()


def test_a_new_key_is_known_before_it_seals(directory: Path) -> None:
    """Nodes that read the keyring at different times, with clocks that differ: each opens what another seals, at each moment."""
    add_user(directory, name="alice")
    begins = AT + timedelta(hours=1)
    late = SecurityTokenService.open(directory)
    assert rotate_keyring(directory, at=AT, seals_from=begins) == "k2"
    early = SecurityTokenService.open(directory)
    arn = f"arn:aws:iam::{early.account.id}:user/alice"
    moments = [AT, begins - timedelta(seconds=1), begins, begins + timedelta(hours=1)]
    sealed = [early.get_session_token(caller=arn, at=at).credentials for at in moments]
    assert [sealed_by(each.session_token) for each in sealed] == ["k1", "k1", "k2", "k2"]
    for each in sealed[:2]:  # a node that does not have the new key yet
        assert late.caller_for_key(each.access_key_id, each.session_token, at=AT).arn == arn
    other = SecurityTokenService.open(directory)
    for each in sealed:  # a node whose clock is behind has the key
        assert other.caller_for_key(each.access_key_id, each.session_token, at=AT).arn == arn
    assert rotate_keyring(directory, at=begins + timedelta(hours=35)) == "k3"
    assert load_account(directory).keyring.keys.keys() == {"k1", "k2", "k3"}
    assert load_account(directory).keyring.retired["k1"] == begins
    assert rotate_keyring(directory, at=begins + timedelta(hours=36), seals_from=begins + timedelta(hours=40)) == "k4"
    assert load_account(directory).keyring.keys.keys() == {"k2", "k3", "k4"}


@pytest.mark.parametrize("waits", [timedelta(), timedelta(seconds=-1)])
def test_a_key_that_would_have_begun_before_it_was_made_is_refused(directory: Path, waits: timedelta) -> None:
    before = (directory / "keyring.json").read_bytes()
    with pytest.raises(RegistrationError) as refusal:
        rotate_keyring(directory, at=AT, seals_from=AT + waits)
    assert refusal.value.check == "keyring"
    assert (directory / "keyring.json").read_bytes() == before


def test_one_key_waits_at_a_time_and_a_rotation_at_once_does_not_wait(directory: Path) -> None:
    begins = AT + timedelta(hours=1)
    rotate_keyring(directory, at=AT, seals_from=begins)
    with pytest.raises(RegistrationError) as refusal:
        rotate_keyring(directory, at=AT, seals_from=begins + timedelta(hours=1))
    assert (refusal.value.check, "the key k2, which waits until" in refusal.value.found) == ("keyring", True)
    assert rotate_keyring(directory, at=AT) == "k3"
    keyring = load_account(directory).keyring
    assert [keyring.sealing_at(at) for at in (AT, begins)] == ["k3", "k3"]
    assert keyring.retired == {"k1": AT, "k2": AT}
    assert keyring.keys.keys() == {"k1", "k2", "k3"}  # a node whose clock is ahead may have sealed with k2


@pytest.mark.parametrize(
    ("successor", "path"),
    [
        ({"key": "k9", "seals_from": "2026-11-24T12:00:00Z"}, "$.successor.key"),
        ({"key": "k1", "seals_from": "2026-11-24T12:00:00Z"}, "$.successor.key"),
        ({"key": "no such id, or a key", "seals_from": "2026-11-24T12:00:00Z"}, "$.successor.key"),
        ({"key": "k2"}, "$.successor.seals_from"),
        ({"key": "k2", "seals_from": "soon"}, "$.successor.seals_from"),
        ({"key": "k2", "seals_from": "2026-11-24T12:00:00Z", "more": 1}, "$.successor.more"),
        ("k2", "$.successor"),
        (None, "$.successor"),
    ],
)
def test_a_successor_at_fault_is_a_fault_of_the_keyring(directory: Path, successor: Any, path: str) -> None:
    rotate_keyring(directory, at=AT)
    file = directory / "keyring.json"
    document = json.loads(file.read_text())
    file.write_text(json.dumps({**document, "sealing": "k1", "successor": successor}))
    with pytest.raises(AccountFaults) as refusal:
        load_account(directory)
    assert ("keyring.json", path) in {(fault.file, fault.path) for fault in refusal.value.faults}
