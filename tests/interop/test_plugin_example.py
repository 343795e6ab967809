"""The example plug-in, installed as its users install it, is found by name, keeps the contract and takes a ticket to credentials."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which

import pytest

from tests.support.paths import REPOSITORY
from tests.support.warm import Commands

EXAMPLE = REPOSITORY / "docs" / "plugin-example"
HOST = "tickets.acme.example"
AT = "2026-11-24T12:00:00Z"
UV = which("uv", path=str(Path(sys.executable).parent)) or which("uv")
ROLE = "arn:aws:iam::123456789012:role/Visitor"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Federated": HOST},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{HOST}:sub": "alice", f"{HOST}:aud": "sts"}},
    },
}
MAKE_TICKET = """
import sys
from tests_contract import CLAIMS, KEY, sign_ticket
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
print(sign_ticket({**CLAIMS, "sub": sys.argv[1]}, KEY))
print(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
"""

Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with the plug-in installed into a directory of its own: without network, without touching the environment."""
    if UV is None:
        pytest.skip("uv is not installed")
    target = tmp_path_factory.mktemp("plugin")
    install = [UV, "pip", "install", "--quiet", "--offline", "--no-deps", "--no-config", "--python", sys.executable]
    subprocess.run([*install, "--target", target, EXAMPLE], check=True, capture_output=True, timeout=120)
    (target / "tests_contract.py").write_bytes((EXAMPLE / "tests" / "test_contract.py").read_bytes())
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(target), str(REPOSITORY))), "NO_COLOR": "1"}


def runs(program: str | Path, environment: dict[str, str]) -> Program:
    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [program, *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=environment, cwd=REPOSITORY)

    return run


@pytest.fixture(scope="module")
def python(installed: dict[str, str]) -> Program:
    return runs(sys.executable, installed)


@pytest.fixture(scope="module")
def federation(installed: dict[str, str]) -> Iterator[Program]:
    if sys.platform != "linux":
        yield runs(Path(sys.executable).parent / "federation", installed)
        return
    with Commands("federation", environment=installed) as warm:
        yield runs(warm.folder / "federation", installed)


@pytest.fixture
def account(world: Path, tmp_path: Path) -> Path:
    """An account of the test's own that enables the plug-in and trusts alice's tickets, which lie beside it."""
    shutil.copytree(world, tmp_path, dirs_exist_ok=True)
    return tmp_path / "account"


@pytest.fixture(scope="module")
def world(federation: Program, python: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    path = folder / "account"
    assert federation("account", "init", path, "--account-id", "123456789012").returncode == 0
    settings = path / "account.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'plugins = ["acme-ticket"]\n', encoding="utf-8")
    provider = path / "plugin-providers" / HOST
    provider.mkdir(parents=True)
    (provider / "provider.toml").write_text('kind = "acme-ticket"\naudience = "sts"\n', encoding="utf-8")
    made = python("-c", MAKE_TICKET, "alice")
    ticket, _, pem = made.stdout.partition("\n")
    (provider / "key-1.pem").write_text(pem, encoding="ascii")
    (folder / "alice.ticket").write_text(ticket, encoding="ascii")
    (folder / "bob.ticket").write_text(python("-c", MAKE_TICKET, "bob").stdout.partition("\n")[0], encoding="ascii")
    (path / "roles" / "Visitor.json").write_text(json.dumps({"AssumeRolePolicyDocument": TRUST}), encoding="utf-8")
    return folder


def test_its_own_tests_pass(python: Program) -> None:
    result = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", EXAMPLE / "tests")
    assert result.returncode == 0, result.stdout


def test_a_ticket_becomes_credentials(federation: Program, account: Path, tmp_path: Path) -> None:
    check = federation("account", "check", "--account", account)
    assert check.returncode == 0, check.stderr
    assert "plug-in providers: 1" in check.stdout
    assert "error" not in check.stdout
    where = ("--account", account, "--at", AT)
    proved = federation("validate", tmp_path / "alice.ticket", "--provider", HOST, "--json", *where)
    assert json.loads(proved.stdout)["identity"]["subject"] == "alice"
    call = ("sts", "assume-role-with-web-identity", "--role-arn", ROLE, "--role-session-name", "visit", "--provider-id", HOST)
    granted = federation(*call, "--web-identity-token", f"file://{tmp_path}/alice.ticket", *where)
    assert granted.returncode == 0, granted.stderr
    answer = json.loads(granted.stdout)
    assert (answer["Provider"], answer["SubjectFromWebIdentityToken"], answer["Audience"]) == (HOST, "alice", "sts")
    refused = federation(*call, "--web-identity-token", f"file://{tmp_path}/bob.ticket", *where)
    assert refused.returncode == 1
    assert "trust-policy" in refused.stderr
    explained = federation("explain", tmp_path / "bob.ticket", "--provider", HOST, "--role-arn", ROLE, *where)
    assert explained.returncode == 1
    assert "`sub` is `bob`; the policy demands `alice`" in " ".join(explained.stdout.split()), explained.stdout + explained.stderr


def test_o07_installed_is_not_enabled(federation: Program, account: Path) -> None:
    settings = account / "account.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('plugins = ["acme-ticket"]\n', ""), encoding="utf-8")
    check = federation("account", "check", "--account", account)
    assert check.returncode == 3
    assert f"plugin-providers/{HOST}/provider.toml: $.kind" in check.stderr


def test_a_provider_at_fault_names_its_file(federation: Program, account: Path) -> None:
    (account / "plugin-providers" / HOST / "key-1.pem").write_text("no key", encoding="ascii")
    check = federation("account", "check", "--account", account)
    assert check.returncode == 3
    assert f"plugin-providers/{HOST}" in check.stderr
    assert "key-1.pem" in check.stderr


def test_doctor_lists_it(federation: Program, account: Path) -> None:
    plain = json.loads(federation("doctor", "--json", "--at", AT).stdout)
    assert plain["plug-ins"] == {"acme-ticket": "installed: acme-ticket 1.0.0 (acme_ticket.validator:TicketValidator)"}
    enabled = json.loads(federation("doctor", "--json", "--at", AT, "--account", account).stdout)
    assert enabled["plug-ins"]["acme-ticket"].startswith("enabled, installed: ")
