import json
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from federation.account import add_policy, add_role, add_saml_provider, init_account, load_account
from federation.errors import AccountFault, FederationError, MalformedPolicyDocument, RegistrationError, ValidationError
from tests.support.account import TRUST
from tests.support.sts.saml_login import forge
from tests.support.world import ACCOUNT

IDENTITY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'


def tree(root: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(root)): p.read_bytes() if p.is_file() else None for p in sorted(root.rglob("*"))}


def test_init_makes_a_loadable_account(tmp_path: Path) -> None:
    root = init_account(tmp_path / "new", account_id=ACCOUNT, partition="aws-us-gov", profile="aws")
    account = load_account(root)
    assert (account.id, account.partition, account.profile.value) == (ACCOUNT, "aws-us-gov", "aws")
    assert stat.S_IMODE((root / "keyring.json").stat().st_mode) == 0o600
    other = init_account(tmp_path / "other", account_id=ACCOUNT)
    assert load_account(other).keyring.keys["k1"] != account.keyring.keys["k1"]


def test_init_takes_an_empty_directory_and_refuses_any_other(tmp_path: Path) -> None:
    init_account(tmp_path, account_id=ACCOUNT)
    before = tree(tmp_path)
    with pytest.raises(AccountFault) as refused:
        init_account(tmp_path, account_id="111122223333")
    assert refused.value.check == "write"
    assert tree(tmp_path) == before


@pytest.mark.parametrize("arguments", [{"account_id": "1"}, {"account_id": None}, {"partition": 'aws"\n'}, {"profile": "lax"}])
def test_init_checks_its_arguments(tmp_path: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        init_account(tmp_path / "new", **{"account_id": ACCOUNT, **arguments})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [None, 7, b"x", "", "nul\0", "x" * 5000])
def test_init_at_no_path(path: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "occupied").touch()
    with pytest.raises(FederationError):
        init_account(path, account_id=ACCOUNT)


def test_init_beside_a_missing_parent(tmp_path: Path) -> None:
    with pytest.raises(AccountFault):
        init_account(tmp_path / "no" / "such", account_id=ACCOUNT)


def test_what_is_added_is_there(directory: Path) -> None:
    policy = add_policy(directory, name="Read", document=IDENTITY)
    role = add_role(
        directory,
        name="Second",
        trust_policy=json.dumps(TRUST),
        max_session_duration=7200,
        policy=IDENTITY,
        role_path="/team/",
        description="é",
    )
    account = load_account(directory)
    assert policy in account.policies
    assert (account.roles[role].path, account.roles[role].max_session_duration) == ("/team/", 7200)
    assert set(account.roles[role].inline_policies) == {"Second"}
    assert account.roles[role].description == "é"


def test_nothing_is_overwritten(directory: Path) -> None:
    add_policy(directory, name="Read", document=IDENTITY)
    before = tree(directory)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: add_policy(directory, name="Read", document=IDENTITY),
        lambda: add_policy(directory, name="READ", document=IDENTITY),
        lambda: add_role(directory, name="Portal", trust_policy=json.dumps(TRUST)),
        lambda: add_saml_provider(directory, name="Example", metadata=forge().metadata()),
    )
    for again in attempts:
        with pytest.raises(AccountFault) as refused:
            again()
        assert refused.value.check == "write"
    assert tree(directory) == before


@pytest.mark.parametrize("round_", range(5))
def test_writers_at_once_leave_one_of_two_names_that_differ_by_case(directory: Path, round_: int) -> None:
    start, made = threading.Barrier(8), []

    def add(name: str) -> None:
        start.wait()
        with suppress(AccountFault):
            made.append(add_role(directory, name=name, trust_policy=json.dumps(TRUST)))

    names = [f"{name}{round_}" for name in ("twin", "Twin", "TWIN", "tWin")] * 2
    threads = [threading.Thread(target=add, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert made[0] in load_account(directory).roles


@pytest.mark.parametrize("name", ["", "%2Ehidden", "../escape", "a/b", "a\0", "x" * 129, None, 7, "naïve"])
def test_names(directory: Path, name: Any) -> None:
    before = tree(directory)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: add_policy(directory, name=name, document=IDENTITY),
        lambda: add_role(directory, name=name, trust_policy=json.dumps(TRUST)),
        lambda: add_saml_provider(directory, name=name, metadata=forge().metadata()),
    )
    for add in attempts:
        with pytest.raises(ValidationError) as refused:
            add()
        assert refused.value.check == "name"
    assert tree(directory) == before


def test_what_would_not_load_is_not_written(directory: Path) -> None:
    before = tree(directory)
    good = json.dumps(TRUST)
    attempts: list[tuple[type[FederationError], Any]] = [
        (MalformedPolicyDocument, lambda: add_policy(directory, name="P", document="{}")),
        (MalformedPolicyDocument, lambda: add_role(directory, name="R", trust_policy=IDENTITY)),
        (MalformedPolicyDocument, lambda: add_role(directory, name="R", trust_policy=good, policy=good)),
        (AccountFault, lambda: add_role(directory, name="R", trust_policy=good, max_session_duration=1)),
        (AccountFault, lambda: add_role(directory, name="R", trust_policy=good, role_path="x")),
        (RegistrationError, lambda: add_saml_provider(directory, name="S", metadata="<html/>")),
        (RegistrationError, lambda: add_saml_provider(directory, name="S", metadata=7)),  # type: ignore[arg-type]
        (RegistrationError, lambda: add_saml_provider(directory, name="S", metadata=forge().metadata(), decryption_keys=["x"])),
    ]
    for error, attempt in attempts:
        with pytest.raises(error):
            attempt()
    assert tree(directory) == before


def test_an_interrupted_write_leaves_nothing(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(directory)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: add_policy(directory, name="P", document=IDENTITY),
        lambda: add_saml_provider(directory, name="S", metadata=forge().metadata()),
    )
    for add in attempts:
        with pytest.raises(AccountFault) as refused:
            add()
        assert "No space left" in refused.value.found
    monkeypatch.undo()
    assert tree(directory) == before


def test_file_systems_without_hard_links(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unsupported)
    add_policy(directory, name="P", document=IDENTITY)
    with pytest.raises(AccountFault):
        add_policy(directory, name="P", document=IDENTITY)
    assert "policies/P.json" in tree(directory)


@pytest.mark.skipif(os.name != "posix", reason="permission bits are a matter of POSIX")
def test_private_keys_are_private(directory: Path) -> None:
    key = forge().key.private_pem()
    add_saml_provider(directory, name="Sealed", metadata=forge().metadata(), decryption_keys=[key])
    file = directory / "saml-providers" / "Sealed" / "decryption-key-1.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(load_account(directory).saml_providers[f"arn:aws:iam::{ACCOUNT}:saml-provider/Sealed"].decryption_keys) == 1


def test_a_writer_never_follows_a_link(directory: Path, tmp_path: Path) -> None:
    (directory / "policies").rmdir()
    (directory / "policies").symlink_to(tmp_path)
    with pytest.raises(AccountFault):
        add_policy(directory, name="P", document=IDENTITY)
    (tmp_path / "target").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path / "target")
    with pytest.raises(AccountFault):
        init_account(tmp_path / "elsewhere", account_id=ACCOUNT)


@pytest.mark.parametrize("keys", ["text", b"octets", 5, None, [5], ["not a key"], [""] * 3, [b"x" * 16_385]], ids=str)
def test_private_keys_that_would_not_be_read_again_are_not_written(directory: Path, keys: Any) -> None:
    before = tree(directory)
    for material in (keys, [forge().key.private_pem()] * 3):
        with pytest.raises(RegistrationError):
            add_saml_provider(directory, name="Sealed", metadata=forge().metadata(), decryption_keys=material)
    assert tree(directory) == before


@pytest.mark.parametrize("words", [{"description": "\ud800"}, {"max_session_duration": 10**5000}, {"max_session_duration": True}])
def test_what_a_file_cannot_hold_is_refused(directory: Path, words: dict[str, Any]) -> None:
    before = tree(directory)
    with pytest.raises(FederationError):
        add_role(directory, name="R", trust_policy=json.dumps(TRUST), **words)
    assert tree(directory) == before
