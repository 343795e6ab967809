import os
from pathlib import Path

import pytest

from federation.account import add_role, init_account, load_account
from federation.account.snapshot import companions, copy_account, signature_of
from federation.errors import AccountFaults

TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}'


@pytest.fixture
def account(tmp_path: Path) -> Path:
    root = init_account(tmp_path / "account", account_id="123456789012")
    add_role(root, name="Portal", trust_policy=TRUST)
    return root


def test_a_copy_loads_as_the_original(account: Path, tmp_path: Path) -> None:
    (account / "README.md").symlink_to("elsewhere")
    (account / ".git").mkdir()
    assert copy_account(account, tmp_path / "copy") == signature_of(account)
    copied, original = load_account(tmp_path / "copy"), load_account(account)
    assert copied.roles.keys() == original.roles.keys()
    assert copied.keyring == original.keyring
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700


def test_a_mode_at_fault_is_at_fault_in_the_copy(account: Path, tmp_path: Path) -> None:
    (account / "keyring.json").chmod(0o644)
    copy_account(account, tmp_path / "copy")
    with pytest.raises(AccountFaults) as caught:
        load_account(tmp_path / "copy")
    assert (caught.value.file, caught.value.found) == ("keyring.json", "mode 0644")


@pytest.mark.parametrize(("kind", "found"), [("link", "a symbolic link"), ("link to directory", "a symbolic link"), ("pipe", "a pipe")])
def test_what_is_no_file_is_a_fault_and_is_not_followed(account: Path, tmp_path: Path, kind: str, found: str) -> None:
    odd = account / "roles" / "Odd.json"
    if kind == "pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to(account / ("account.toml" if kind == "link" else "saml-providers"))
    with pytest.raises(AccountFaults) as caught:
        copy_account(account, tmp_path / "copy")
    assert (caught.value.file, caught.value.found) == ("roles/Odd.json", found)


def test_what_cannot_be_read_is_never_taken_for_absent(account: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (account / "roles").chmod(0)
    try:
        with pytest.raises(AccountFaults) as caught:
            copy_account(account, tmp_path / "copy")
    finally:
        (account / "roles").chmod(0o755)
    assert (caught.value.file, caught.value.expected) == ("roles", "a readable directory")


def test_a_directory_that_changes_meanwhile_is_not_copied(account: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.open

    def open_and_change(path: Path, flags: int, mode: int = 0o777) -> int:
        if Path(path).name == "Portal.json" and flags & os.O_CREAT:
            add_role(account, name="Later", trust_policy=TRUST)
        return write(path, flags, mode)

    monkeypatch.setattr("federation.account.snapshot.os.open", open_and_change)
    assert copy_account(account, tmp_path / "copy") is None


@pytest.mark.parametrize("change", ["content", "mode", "new", "gone", "replaced", "same size and time"])
def test_a_change_changes_the_signature(account: Path, change: str) -> None:
    before, role = signature_of(account), account / "roles" / "Portal.json"
    text, status = role.read_text(encoding="utf-8"), role.stat()
    if change == "content":
        role.write_text(text + "\n", encoding="utf-8")
    elif change == "mode":
        role.chmod(0o600)
    elif change == "new":
        add_role(account, name="Later", trust_policy=TRUST)
    elif change == "gone":
        role.unlink()
    elif change == "replaced":
        (account / "roles" / ".new").write_text(text, encoding="utf-8")
        (account / "roles" / ".new").replace(role)
    else:
        role.write_text(text.replace("Allow", "Allov"), encoding="utf-8")
        os.utime(role, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert signature_of(account) != before


def test_hidden_files_and_the_servers_own_change_nothing(account: Path, tmp_path: Path) -> None:
    own = companions([account / "audit.jsonl", account / "state.sqlite"])
    before = signature_of(account, leave_out=own)
    for name in ("audit.jsonl", "state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "roles/.Portal.json.swp"):
        (account / name).write_text("x", encoding="utf-8")
    assert signature_of(account, leave_out=own) == before
    assert copy_account(account, tmp_path / "copy", leave_out=own) == before
    assert load_account(tmp_path / "copy").roles
