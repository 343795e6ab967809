"""The command line on a directory of many accounts."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.support.cli import Run
from tests.support.many_accounts import fill
from tests.support.organization import answers, write
from tests.support.paths import REPOSITORY
from tests.support.world import ACCOUNT, OTHER

SCHEMA = json.loads((REPOSITORY / "docs" / "schemas" / "account-check-all.json").read_text(encoding="utf-8"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for account, other in ((ACCOUNT, OTHER), (OTHER, ACCOUNT)):
        fill(tmp_path / "accounts", account, trusts=other)
    return tmp_path / "accounts"


def test_all_accounts_and_their_organization_are_checked(root: Path, run: Run) -> None:
    found = run("account", "check", "--accounts", root)
    assert (found.exit_code, found.stdout) == (0, "✓ 2 accounts have no faults\n")
    write(root, answers())
    found = run("account", "check", "--accounts", root)
    assert (found.exit_code, found.stdout) == (0, "✓ 2 accounts have no faults, and the organization has none\n")


def test_every_account_at_fault_is_told(root: Path, run: Run) -> None:
    for account in (ACCOUNT, OTHER):
        (root / account / "roles" / "Broken.json").write_text("{", encoding="utf-8")
    found = run("account", "check", "--accounts", root)
    assert (found.exit_code, found.stdout) == (3, "")
    for account in (ACCOUNT, OTHER):
        assert str(root / account / "roles" / "Broken.json") in found.stderr.replace("\n", "").replace(" ", "")
    assert found.stderr.endswith("2 of 2 accounts have faults\n")


def test_the_check_as_json(root: Path, run: Run) -> None:
    found = run("account", "check", "--accounts", root, "--json")
    sound = [{"account_id": each, "sound": True, "error": None} for each in sorted((ACCOUNT, OTHER))]
    assert (found.exit_code, json.loads(found.stdout)) == (0, {"sound": True, "organization": False, "accounts": sound})
    write(root, answers())
    (root / OTHER / "roles" / "Broken.json").write_text("{", encoding="utf-8")
    found = run("account", "check", "--accounts", root, "--json")
    told = json.loads(found.stdout)
    jsonschema.validate(told, SCHEMA)
    assert (found.exit_code, found.stderr, told["sound"], told["organization"]) == (3, "", False, True)
    assert {each["account_id"]: each["sound"] for each in told["accounts"]} == {ACCOUNT: True, OTHER: False}
    [error] = [each["error"] for each in told["accounts"] if each["error"]]
    assert "Broken.json" in json.dumps(error)


def test_a_broken_organization_is_a_fault_of_all(root: Path, run: Run) -> None:
    write(root, {name: document for name, document in answers().items() if name != "roots.json"})
    found = run("account", "check", "--accounts", root)
    assert (found.exit_code, found.stdout) == (3, "")
    assert "organization/roots.json" in found.stderr.replace("\n", "").replace(" ", "")


def test_a_directory_without_accounts_is_not_sound(tmp_path: Path, run: Run) -> None:
    found = run("account", "check", "--accounts", tmp_path)
    assert (found.exit_code, found.stderr) == (3, "there is no account directory of twelve digits\n")
    found = run("account", "check", "--accounts", tmp_path, "--json")
    assert (found.exit_code, json.loads(found.stdout)) == (3, {"sound": False, "organization": False, "accounts": []})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["account", "check"], "give --account or --accounts, or set FEDERATION_ACCOUNT"),
        (["account", "check", "--account", "fixtures/account", "--accounts", "."], "give one of --account and --accounts"),
        (["account", "check", "--accounts", ".", "--verbose"], "--accounts goes without --verbose"),
        (["serve"], "give --account or --accounts, or set FEDERATION_ACCOUNT"),
        (["serve", "--account", "fixtures/account", "--accounts", "."], "give one of --account and --accounts"),
        (["serve", "--accounts", ".", "--test-control"], "--accounts goes without --neighbour, --test-control and --recent-calls"),
    ],
)
def test_what_does_not_go_together(words: list[str], told: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEDERATION_ACCOUNT", raising=False)
    found = run(*words)
    assert found.exit_code == 2
    assert told in found.stdout + found.stderr


def test_the_variable_of_one_account_does_not_count_beside_many(root: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDERATION_ACCOUNT", "fixtures/account")
    assert run("account", "check", "--accounts", root).stdout == "✓ 2 accounts have no faults\n"
