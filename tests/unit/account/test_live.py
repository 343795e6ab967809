"""A live account is, after every change, what loading its files from scratch gives."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from federation.account import Account, add_oidc_provider, add_policy, add_role, add_saml_provider, init_account, load_account
from federation.account.live import LiveAccount, StoredAccount
from federation.account.reading.entities import GROUP, ROLE, USER
from federation.account.writing.accounts import new_account_files
from federation.account.writing.attachments import attach_policy, detach_policy, put_permissions_boundary
from federation.account.writing.credentials import create_access_key, delete_access_key, update_access_key
from federation.account.writing.groups import add_group, delete_group, update_group
from federation.account.writing.mfa_devices import enable_mfa_device
from federation.account.writing.oidc_providers import delete_oidc_provider, update_oidc_provider
from federation.account.writing.policies import create_policy_version, delete_policy
from federation.account.writing.roles import delete_role, update_assume_role_policy, update_role
from federation.account.writing.saml_providers import delete_saml_provider
from federation.account.writing.stores import MemoryStore
from federation.account.writing.users import add_user, add_user_to_group, delete_user, remove_user_from_group, update_user
from federation.errors import AccountFaults, DeleteConflict, EntityAlreadyExists, FederationError, NoSuchEntity
from tests.support.paths import ACCOUNT_DIRECTORY
from tests.support.world import ACCOUNT

ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [ROOT]})
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
METADATA = (ACCOUNT_DIRECTORY / "saml-providers" / "SAML-test" / "metadata.xml").read_bytes()
JWKS = next((ACCOUNT_DIRECTORY / "oidc-providers").rglob("jwks.json")).read_bytes()
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/reader"


def everything(account: Account) -> dict[str, Any]:
    """All that *account* says, in a form that can be compared: providers by their registered content, without order."""
    plain = {name: getattr(account, name) for name in ("id", "roles", "users", "groups", "policies", "access_keys", "organization")}
    devices = {arn: set(devices) for arn, devices in account.mfa_devices.items()}
    providers = {arn: repr(provider) for arn, provider in account.saml_providers.items()}
    issuers = {arn: (provider.url, tuple(sorted(provider.client_ids))) for arn, provider in account.oidc_providers.items()}
    names = {name: set(getattr(account.names, name)) for name in ("roles", "users", "groups", "policies")}
    return {**plain, "devices": devices, "saml": providers, "oidc": issuers, "names": names, "notes": sorted(account.notes)}


class Twins:
    """One account in a directory and one in memory, which take the same changes."""

    def __init__(self, root: Path) -> None:
        init_account(root, account_id=ACCOUNT)
        self.root, self.directory = root, LiveAccount.open(root)
        self.store = MemoryStore(new_account_files(account_id=ACCOUNT))
        self.memory = StoredAccount(self.store)

    def __call__(self, writer: Any, *arguments: Any, **settings: Any) -> None:
        for live in (self.directory, self.memory):
            writer(live, *arguments, **settings)
        self.agree()

    def refuses(self, refusal: type[FederationError], writer: Any, *arguments: Any, **settings: Any) -> None:
        before = {file.name: file.read_bytes() for file in self.root.rglob("*") if file.is_file()}
        for live in (self.directory, self.memory):
            held = live.account
            with pytest.raises(refusal):
                writer(live, *arguments, **settings)
            assert live.account is held
        assert {file.name: file.read_bytes() for file in self.root.rglob("*") if file.is_file()} == before

    def agree(self) -> None:
        assert everything(self.directory.account) == everything(load_account(self.root))
        assert everything(self.memory.account) == everything(StoredAccount.of_files(dict(self.store.files.items())).account)


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    return Twins(tmp_path / "account")


def test_roles_and_policies(twins: Twins) -> None:
    twins(add_policy, name="reader", document=ALLOW)
    twins(add_role, name="Deploy", trust_policy=TRUST, policy=ALLOW, role_path="/ci/")
    twins(attach_policy, ROLE, name="Deploy", policy_arn=POLICY)
    twins(create_policy_version, policy_arn=POLICY, document=ALLOW.replace("Get", "Put"))
    twins.refuses(EntityAlreadyExists, add_role, name="DEPLOY", trust_policy=TRUST)
    twins.refuses(DeleteConflict, delete_policy, policy_arn=POLICY)
    twins.refuses(AccountFaults, attach_policy, ROLE, name="Deploy", policy_arn=POLICY + "s")
    twins.refuses(AccountFaults, update_role, name="Deploy", max_session_duration=1)
    twins(update_assume_role_policy, name="Deploy", trust_policy=TRUST.replace("root", "user/nobody"))
    twins(detach_policy, ROLE, name="Deploy", policy_arn=POLICY)
    twins(put_permissions_boundary, ROLE, name="Deploy", policy_arn=POLICY)
    twins.refuses(DeleteConflict, delete_policy, policy_arn=POLICY)
    twins(delete_role, name="Deploy", force=True)
    twins(delete_policy, policy_arn=POLICY)
    twins.refuses(NoSuchEntity, update_role, name="Deploy", description="gone")


def test_users_groups_and_their_secrets(twins: Twins) -> None:
    twins(add_group, name="team")
    twins(add_user, name="alice")
    twins(add_user, name="bob")
    twins(add_user_to_group, user="alice", group="team")
    twins(enable_mfa_device, user="alice")
    for live in (twins.directory, twins.memory):
        key = create_access_key(live, user="alice")
        assert live.account.access_keys[key.id].user == f"arn:aws:iam::{ACCOUNT}:user/alice"
        update_access_key(live, access_key_id=key.id, status="Inactive")
        assert not live.account.access_keys[key.id].active
    twins.agree()
    twins(update_user, name="alice", new_path="/ops/")
    owner = f"arn:aws:iam::{ACCOUNT}:user/ops/alice"
    for live in (twins.directory, twins.memory):
        assert [key.user for key in live.account.access_keys.values()] == [owner]
        assert list(live.account.mfa_devices) == [owner]
    twins(update_user, name="alice", new_name="alba")
    twins(update_group, name="team", new_name="crew", new_path="/x/")
    twins(attach_policy, GROUP, name="crew", policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert twins.memory.account.user_named("alba").groups[0].attached_policies  # type: ignore[union-attr]
    twins.refuses(DeleteConflict, delete_group, name="crew", force=True)
    twins.refuses(DeleteConflict, delete_user, name="alba")
    twins(remove_user_from_group, user="alba", group="crew")
    twins(delete_group, name="crew", force=True)
    for live in (twins.directory, twins.memory):
        delete_access_key(live, access_key_id=next(iter(live.account.access_keys)))
    twins(attach_policy, USER, name="alba", policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    twins(delete_user, name="alba", force=True)
    assert not twins.memory.account.mfa_devices


def test_providers(twins: Twins) -> None:
    twins(add_saml_provider, name="idp", metadata=METADATA)
    twins(add_oidc_provider, url="https://idp.example.com/a", client_ids=["x"], jwks=JWKS)
    twins(add_oidc_provider, url="https://idp.example.com/a/b", client_ids=["x"], jwks=JWKS)
    twins(update_oidc_provider, url="https://idp.example.com/a", client_ids=["x", "y"])
    twins.refuses(EntityAlreadyExists, add_saml_provider, name="idp", metadata=METADATA)
    twins(delete_oidc_provider, url="https://idp.example.com/a")
    twins(delete_oidc_provider, url="https://idp.example.com/a/b")
    twins(delete_saml_provider, name="idp")


def add_twice(live: LiveAccount) -> None:
    with live.changing() as draft:
        add_role(draft, name="One", trust_policy=TRUST)
        assert draft.account().role_named("One") is not None
        assert live.account.role_named("One") is None
        add_role(draft, name="one", trust_policy=TRUST)


def test_several_writers_make_one_change(twins: Twins) -> None:
    live = twins.directory
    with pytest.raises(EntityAlreadyExists):
        add_twice(live)
    twins.agree()
    assert not live.account.roles
    with live.changing() as draft:
        add_policy(draft, name="reader", document=ALLOW)
        add_role(draft, name="One", trust_policy=TRUST)
        attach_policy(draft, ROLE, name="One", policy_arn=POLICY)
    assert live.account.roles.keys() == {f"arn:aws:iam::{ACCOUNT}:role/One"}


def test_a_file_that_another_program_made_is_not_overwritten(twins: Twins) -> None:
    (twins.root / "roles" / "Deploy.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EntityAlreadyExists):
        add_role(twins.directory, name="Deploy", trust_policy=TRUST)
    assert (twins.root / "roles" / "Deploy.json").read_text(encoding="utf-8") == "{}"


def test_changes_by_others_are_seen_after_a_reload(twins: Twins) -> None:
    add_role(twins.root, name="Deploy", trust_policy=TRUST)
    assert not twins.directory.account.roles
    twins.directory.reload()
    assert everything(twins.directory.account) == everything(load_account(twins.root))
    assert twins.directory.account.role_named("Deploy") is not None


def test_a_new_account_in_memory_is_that_of_a_new_directory(tmp_path: Path) -> None:
    directory = load_account(init_account(tmp_path / "account", account_id=ACCOUNT))
    assert everything(LiveAccount.in_memory(ACCOUNT).account) == everything(directory)


def test_the_whole_is_read_where_a_file_concerns_all(twins: Twins) -> None:
    with twins.directory.changing() as draft:
        draft.write("account.toml", f'id = "{ACCOUNT}"\nprofile = "aws"\n'.encode())
    assert twins.directory.account.profile == load_account(twins.root).profile == "aws"


def test_a_change_reads_the_same_files_in_an_account_of_any_size(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counted(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            calls.append(name)
            return real(*arguments, **named)

        monkeypatch.setattr(os, name, call)

    for name in ("open", "listdir", "scandir", "lstat", "stat"):
        counted(name)

    def of_one() -> list[str]:
        calls.clear()
        add_role(twins.directory, name=f"New-{len(twins.directory.account.roles)}", trust_policy=TRUST)
        attach_policy(twins.directory, ROLE, name="First", policy_arn=POLICY)
        detach_policy(twins.directory, ROLE, name="First", policy_arn=POLICY)
        return list(calls)

    add_policy(twins.directory, name="reader", document=ALLOW)
    add_role(twins.directory, name="First", trust_policy=TRUST)
    small = of_one()
    with twins.directory.changing() as draft:
        for number in range(300):
            add_role(draft, name=f"Role-{number}", trust_policy=TRUST)
    assert of_one() == small
    assert "listdir" not in small
