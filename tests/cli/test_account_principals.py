"""`federation account` for users, keys, devices, the issuer, trade-in tokens, the keyring and import."""

import json
from pathlib import Path

import pytest

from federation.account.writing.accounts import set_account_alias
from federation.account.writing.mfa_devices import create_mfa_device
from tests.support.cli import Run

AT = ("--at", "2026-11-24T12:00:30Z")
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}
TRUST = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}


@pytest.fixture
def account(tmp_path: Path, run: Run) -> Path:
    """An account with the user alice, who may call every operation."""
    path, policy = tmp_path / "account", tmp_path / "policy.json"
    policy.write_text(json.dumps(ALLOW), encoding="utf-8")
    assert run("account", "init", path, "--account-id", "123456789012").exit_code == 0
    assert run("account", "add-user", "--account", path, "--name", "alice", "--policy", policy).exit_code == 0
    return path


def test_a_new_key_is_a_caller(account: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = json.loads(run("account", "create-access-key", "--account", account, "--user-name", "alice", "--json").stdout)["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    result = run("sts", "get-caller-identity", "--account", account, "--query", "Arn", "--output", "text")
    assert result.stdout == "arn:aws:iam::123456789012:user/alice\n"
    shown = run("account", "show", "--account", account).stdout
    assert made["AccessKeyId"] in shown
    assert made["SecretAccessKey"] not in shown


def test_a_device_of_ones_own(account: Path, run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n", encoding="ascii")
    result = run("account", "enable-mfa-device", "--account", account, "--user-name", "alice", "--secret-file", secret)
    assert result.exit_code == 0
    assert "JBSW" not in result.stdout
    secret.write_text("not base32!", encoding="ascii")
    refused = run("account", "enable-mfa-device", "--account", account, "--device-name", "other", "--secret-file", secret)
    assert refused.exit_code == 3
    assert "not base32!" not in refused.stderr


def test_the_alias_and_a_device_of_no_one_are_shown(account: Path, run: Run) -> None:
    set_account_alias(account, alias="acme")
    device = create_mfa_device(account, name="spare")
    shown = json.loads(run("account", "show", "--account", account, "--json").stdout)
    assert (shown["alias"], shown["unassigned_mfa_devices"]) == ("acme", [device.serial_number])
    text = run("account", "show", "--account", account).stdout
    assert [line.split() for line in text.splitlines() if "acme" in line] == [["alias", "acme"]]
    assert "enabled for no one" in text
    assert device.secret not in text


def test_an_issuer_and_a_rotated_keyring(account: Path, run: Run) -> None:
    assert run("account", "enable-outbound", "--account", account).exit_code == 0
    assert json.loads(run("account", "rotate-keyring", "--account", account, "--json", *AT).stdout) == {"sealing": "k2"}
    caller = ("--caller", "arn:aws:iam::123456789012:user/alice")
    asked = ("sts", "get-web-identity-token", "--account", account, *caller, "--audience", "a", "b", "--signing-algorithm", "ES384", *AT)
    answer = json.loads(run(*asked).stdout)
    assert answer["WebIdentityToken"].count(".") == 2
    assert answer["Expiration"] == "2026-11-24T12:05:30+00:00"


def test_a_trade_in_token(account: Path, run: Run, tmp_path: Path) -> None:
    trust, token = tmp_path / "trust.json", tmp_path / "token"
    trust.write_text(json.dumps(TRUST), encoding="utf-8")
    token.write_text("a-trade-in-token\n", encoding="ascii")
    assert run("account", "add-role", "--account", account, "--name", "Product", "--trust-policy", trust).exit_code == 0
    made = ("account", "add-trade-in-token", "--account", account, token, "--role-arn", "arn:aws:iam::123456789012:role/Product")
    assert run(*made, "--role-session-name", "product", "--expires-at", "2026-11-24T13:00:00Z").exit_code == 0
    caller = ("--caller", "arn:aws:iam::123456789012:user/alice")
    asked = ("sts", "get-delegated-access-token", "--account", account, *caller, "--trade-in-token", f"file://{token}", *AT)
    answer = json.loads(run(*asked).stdout)
    assert answer["AssumedPrincipal"] == "arn:aws:sts::123456789012:assumed-role/Product/product"


def test_import(account: Path, run: Run, tmp_path: Path) -> None:
    details = tmp_path / "details.json"
    details.write_text(json.dumps({"UserDetailList": [{"UserName": "bob"}], "RoleDetailList": []}), encoding="utf-8")
    result = run("account", "import", "--account", account, details, "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["users"], said["added"]) == (0, 1, ["arn:aws:iam::123456789012:user/bob"])
    again = json.loads(run("account", "import", "--account", account, details, "--json", "--prune").stdout)
    assert (again["unchanged"], again["removed"]) == (["arn:aws:iam::123456789012:user/bob"], ["arn:aws:iam::123456789012:user/alice"])
    details.write_text(json.dumps({"UserDetailList": [{"UserName": "bob"}, {"UserName": "BOB"}]}), encoding="utf-8")
    refused = run("account", "import", "--account", account, details)
    assert refused.exit_code == 3
    assert "$.UserDetailList[1]" in refused.stderr


def test_import_says_how_much_of_what(account: Path, run: Run, tmp_path: Path) -> None:
    details = tmp_path / "details.json"
    details.write_text(json.dumps({"UserDetailList": [{"UserName": "bob"}, {"UserName": "eve"}]}), encoding="utf-8")
    said = run("account", "import", "--account", account, details).stdout
    assert "users: 2" in said
    assert "roles: 0" in said
