"""``plugin-providers/``: enabled by name, held to its host, every failure a fault of a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from federation import validators
from federation.account import load_account
from federation.account.lint import lint_account
from federation.check_names import PluginCheck
from federation.errors import AccountFaults, RegistrationError
from federation.profiles import Profile
from tests.support.account import Writer

HOST = "tickets.example.com"
PROVIDER_FILE = f"plugin-providers/{HOST}/provider.toml"


@dataclass(frozen=True, slots=True)
class Ticket:
    arn: str
    profile: Profile
    kind: str = "ticket"


class Plugin:
    kind = "ticket"

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}

    def recognises(self, token: object) -> bool:
        return False

    validate = diagnose = recognises

    def register(self, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> Ticket:
        self.seen = {"settings": settings, "files": files}
        if settings.get("fault") == "refuses":
            raise RegistrationError(check=PluginCheck("key"), expected="a key", found="none", remedy="add one")
        if settings.get("fault") == "crashes":
            raise KeyError("a secret")
        return Ticket("other.example.com" if settings.get("fault") == "other" else name, profile)


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Any:
    instance = Plugin()

    class Point:
        name, value = "ticket", "package:Plugin"

        def load(self) -> Callable[[], Plugin]:
            return lambda: instance

    monkeypatch.setattr(validators, "entry_points", lambda *, group: [Point()])
    validators.plugin.cache_clear()
    yield instance
    validators.plugin.cache_clear()


@pytest.fixture
def enabled(write: Writer, directory: Path) -> Path:
    settings = (directory / "account.toml").read_text(encoding="utf-8")
    write("account.toml", f'{settings}plugins = ["ticket"]\n')
    write(PROVIDER_FILE, 'kind = "ticket"\naudience = "sts"\n')
    write(f"plugin-providers/{HOST}/key.pem", "key")
    return directory


def faults(directory: Path) -> list[tuple[str, str]]:
    with pytest.raises(AccountFaults) as refusal:
        load_account(directory)
    assert "secret" not in str(refusal.value)
    return [(each.file, each.path) for each in refusal.value.faults]


def test_an_enabled_plug_in_reads_its_directory(plugin: Any, enabled: Path) -> None:
    account = load_account(enabled)
    assert account.plugins == ("ticket",)
    assert account.plugin_providers == {HOST: Ticket(HOST, Profile.STRICT)}
    assert plugin.seen == {"settings": {"audience": "sts"}, "files": {"key.pem": b"key"}}


def test_o07_installed_is_not_enabled(plugin: Any, write: Writer, directory: Path) -> None:
    write(PROVIDER_FILE, 'kind = "ticket"\n')
    assert faults(directory) == [(PROVIDER_FILE, "$.kind")]
    assert plugin.seen == {}, "it was never asked"


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ("", "$.kind"),
        ("kind = 1", "$.kind"),
        ('kind = "other"', "$.kind"),
        ('kind = "saml2-response"', "$.kind"),
        ("kind = ", ""),
        ('kind = "ticket"\nfault = "refuses"', ""),
        ('kind = "ticket"\nfault = "crashes"', ""),
        ('kind = "ticket"\nfault = "other"', ""),
    ],
)
def test_every_failure_is_a_fault_of_its_file(plugin: Any, enabled: Path, write: Writer, content: str, path: str) -> None:
    write(PROVIDER_FILE, content)
    assert faults(enabled) == [(PROVIDER_FILE, path)]


def test_a_built_in_kind_cannot_be_enabled(plugin: Any, enabled: Path, write: Writer) -> None:
    settings = (enabled / "account.toml").read_text(encoding="utf-8")
    write("account.toml", settings.replace("ticket", "saml2-response"))
    write(PROVIDER_FILE, 'kind = "saml2-response"\n')
    assert faults(enabled) == [(PROVIDER_FILE, "")]


@pytest.mark.parametrize(
    "name", ["accounts.google.com", "localhost", "Tickets.example.com", "tickets.example.com:8080", "aws", "a" * 251 + ".bc"]
)
def test_names_that_are_somebody_elses_or_no_host(plugin: Any, enabled: Path, write: Writer, name: str) -> None:
    write(f"plugin-providers/{name}/provider.toml", 'kind = "ticket"\n')
    assert faults(enabled) == [(f"plugin-providers/{name}", "")]


def test_a_host_that_another_provider_has(plugin: Any, enabled: Path, write: Writer) -> None:
    write(f"oauth-providers/{HOST}/provider.toml", "")
    assert (f"plugin-providers/{HOST}", "") in faults(enabled)


def test_lint_knows_the_account_s_own_hosts(plugin: Any, enabled: Path, write: Writer) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": HOST},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{HOST}:sub": "alice", f"{HOST}:aud": "sts", f"{HOST}:desk": "3"}},
    }
    write("roles/Visitor.json", {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statement}})
    assert [each.finding.id for each in lint_account(load_account(enabled)) if each.file == "roles/Visitor.json"] == []
    write(
        "roles/Visitor.json",
        {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {**statement, "Principal": {"Federated": "x.y"}}}},
    )
    ids = {each.finding.id for each in lint_account(load_account(enabled)) if each.file == "roles/Visitor.json"}
    assert {"principal-never-matches", "key-of-another-provider"} <= ids
