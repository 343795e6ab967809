"""Every command of `federation account`: it has an example that it takes, says in one line what it did, and says it as JSON when asked."""

import json
import shlex
from pathlib import Path

import click
import pytest

from federation.account import load_account
from federation.cli.account import command
from tests.support.cli import Run
from tests.support.paths import REPOSITORY
from tests.support.sts.saml_login import forge
from tests.support.world import ACCOUNT

IAM = f"arn:aws:iam::{ACCOUNT}"
READ = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
TRUST = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}}
GITHUB = "https://token.actions.githubusercontent.com"
ANSWER = {"user_id": "amzn1.account.X", "aud": "c", "iss": "https://www.amazon.com", "exp": 3597}


def journey(folder: Path) -> list[str]:
    """Commands in an order in which each finds what it needs; braces stand for what an earlier one printed."""
    for name, content in (("read", READ), ("trust", TRUST), ("answer", ANSWER), ("details", {"RoleDetailList": []})):
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "token").write_text("Atza|token", encoding="ascii")
    (folder / "metadata.xml").write_bytes(forge().metadata())
    (folder / "key.pem").write_bytes(forge().key.private_pem())
    jwks, read, trust = REPOSITORY / "fixtures/oidc/jwks.json", f"file://{folder}/read.json", f"file://{folder}/trust.json"
    managed, role, user, group = f"--policy-arn {IAM}:policy/Read", "--role-name R", "--user-name alice", "--group-name G"
    return [
        f"add-policy --policy-name Read {folder}/read.json",
        f"create-policy-version {managed} --policy-document {read}",
        f"set-default-policy-version {managed} --version-id v2",
        f"delete-policy-version {managed} --version-id v1",
        f"add-role {role} --trust-policy {folder}/trust.json --tags Key=a,Value=b --permissions-boundary {IAM}:policy/Read",
        f"update-role {role} --description d --max-session-duration 7200",
        f"update-assume-role-policy {role} --policy-document {trust}",
        f"put-role-policy {role} --policy-name p --policy-document {read}",
        f"delete-role-policy {role} --policy-name p",
        f"attach-role-policy {role} {managed}",
        f"detach-role-policy {role} {managed}",
        f"tag-role {role} --tags Key=x,Value=y Key=z,Value=1",
        f"untag-role {role} --tag-keys x z",
        f"put-role-permissions-boundary {role} --permissions-boundary {IAM}:policy/Read",
        f"delete-role-permissions-boundary {role}",
        f"add-user {user} --policy {folder}/read.json",
        f"put-user-policy {user} --policy-name p --policy-document {read}",
        f"delete-user-policy {user} --policy-name p",
        f"attach-user-policy {user} {managed}",
        f"detach-user-policy {user} {managed}",
        f"tag-user {user} --tags Key=x,Value=y",
        f"untag-user {user} --tag-keys x",
        f"put-user-permissions-boundary {user} --permissions-boundary {IAM}:policy/Read",
        f"delete-user-permissions-boundary {user}",
        f"add-group {group}",
        f"put-group-policy {group} --policy-name p --policy-document {read}",
        f"delete-group-policy {group} --policy-name p",
        f"attach-group-policy {group} {managed}",
        f"detach-group-policy {group} {managed}",
        f"add-user-to-group {user} {group}",
        f"remove-user-from-group {user} {group}",
        f"update-group {group} --new-group-name H --new-path /p/",
        "update-group --group-name H --new-group-name G",
        f"create-access-key {user}",
        "update-access-key --access-key-id {access key id} --status Inactive",
        f"update-user {user} --new-user-name bob",
        "update-user --user-name bob --new-user-name alice --new-path /",
        "delete-access-key --access-key-id {access key id}",
        f"enable-mfa-device {user}",
        f"deactivate-mfa-device --serial-number {IAM}:mfa/alice",
        f"add-saml-provider --name S --max-age none --clock-skew 60 --profile aws --signed assertion {folder}/metadata.xml",
        f"update-saml-provider --name S --decryption-key {folder}/key.pem --encryption required --unset max_age",
        "delete-saml-provider --name S",
        f"add-oidc-provider --url {GITHUB} --client-id a --jwks {jwks} --clock-skew 30 --reuse refused",
        f"update-oidc-provider --url {GITHUB} --client-id b --unset clock_skew",
        f"delete-oidc-provider --url {GITHUB}",
        "add-oauth-provider --name www.amazon.com",
        "update-oauth-provider --name www.amazon.com --client-id c",
        f"add-token-information --provider www.amazon.com --answer {folder}/answer.json {folder}/token",
        f"delete-token-information --provider www.amazon.com {folder}/token",
        "delete-oauth-provider --name www.amazon.com",
        f"add-trade-in-token --role-arn {IAM}:role/R --role-session-name s1 --expires-at 2026-11-24T13:00:00Z {folder}/token",
        f"delete-trade-in-token {folder}/token",
        "enable-outbound",
        "disable-outbound",
        "rotate-keyring --at 2026-11-24T12:00:00Z --seals-from 2026-11-24T13:00:00Z",
        "rotate-keyring",
        f"import {folder}/details.json",
        "show",
        "map",
        "check",
        f"delete-role {role}",
        f"delete-user {user} --force",
        f"delete-group {group}",
        f"delete-policy {managed}",
    ]


def access_key_id(printed: str) -> str:
    """The id in the answer of create-access-key, as text or as JSON."""
    return printed[printed.index("AKIA") :][:20]


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_every_command_says_what_it_did(run: Run, tmp_path: Path, form: tuple[str, ...]) -> None:
    account = tmp_path / "account"
    said = run("account", "init", account, "--account-id", ACCOUNT, *form)
    called, key = {"init"}, ""
    for line in journey(tmp_path):
        name, *words = shlex.split(line.replace("{access key id}", key))
        said = run("account", name, "--account", account, *form, *words)
        assert (said.exit_code, said.stderr) == (0, ""), line
        called.add(name)
        if form:
            json.loads(said.stdout)
        elif name not in {"show", "map"}:  # they answer, and change nothing
            assert said.stdout.startswith("✓ "), line
        if name == "create-access-key":
            key = access_key_id(said.stdout)
    assert called == set(command.commands)
    left = load_account(account)
    assert (left.roles, left.users, left.groups, left.policies) == ({}, {}, {}, {})


def test_a_new_key_is_printed_as_the_aws_cli_prints_it(run: Run, tmp_path: Path) -> None:
    run("account", "init", tmp_path / "account", "--account-id", ACCOUNT)
    run("account", "add-user", "--account", tmp_path / "account", "--name", "alice")
    made = json.loads(run("account", "create-access-key", "--account", tmp_path / "account", "--user-name", "alice", "--json").stdout)
    assert made.keys() == {"AccessKey"}
    assert list(made["AccessKey"]) == ["UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"]
    assert made["AccessKey"]["CreateDate"].endswith("+00:00")
    said = run("account", "create-access-key", "--account", tmp_path / "account").stdout
    assert [line.split("  ")[1] for line in said.splitlines()[1:3]] == ["access key id", "secret access key"]


def test_a_device_comes_with_the_uri_that_authenticators_read(run: Run, tmp_path: Path) -> None:
    account = tmp_path / "account"
    run("account", "init", account, "--account-id", ACCOUNT)
    said = run("account", "enable-mfa-device", "--account", account)
    *_, uri = said.stdout.splitlines()
    assert uri.startswith(f"otpauth://totp/Amazon%20Web%20Services:root@{ACCOUNT}?secret=")
    made = json.loads(run("account", "enable-mfa-device", "--account", account, "--device-name", "b", "--json").stdout)
    assert made.keys() == {"serial_number", "secret", "otpauth_uri"}
    assert made["secret"] in made["otpauth_uri"]


@pytest.mark.parametrize(
    ("words", "code", "check"),
    [
        ("delete-role --role-name none", "NoSuchEntity", "account"),
        ("add-user --user-name ALICE", "EntityAlreadyExists", "write"),
        ("delete-user --user-name alice", "DeleteConflict", "write"),
        ("attach-user-policy --user-name alice --policy-arn arn:aws:iam::123456789012:policy/None", "AccountFault", "account"),
    ],
)
def test_a_refused_change_says_why(run: Run, tmp_path: Path, words: str, code: str, check: str) -> None:
    account = tmp_path / "account"
    run("account", "init", account, "--account-id", ACCOUNT)
    run("account", "add-user", "--account", account, "--name", "alice")
    run("account", "create-access-key", "--account", account, "--user-name", "alice")
    name, *more = shlex.split(words)
    refused = run("account", name, "--account", account, "--json", *more)
    assert refused.exit_code == 3
    error = json.loads(refused.stdout)["error"]
    assert (error["code"], error["check"]) == (code, check)


@pytest.mark.parametrize("name", sorted(command.commands))
def test_every_command_has_an_example_that_it_takes(name: str) -> None:
    each = command.commands[name]
    assert each.help
    *_, example = (each.epilog or "").splitlines()
    words = shlex.split(example)
    assert words[:3] == ["federation", "account", name]
    with click.Context(command, info_name="account") as parent:
        each.make_context(name, words[3:], parent=parent)
