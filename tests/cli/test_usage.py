"""What is wrong with a call, in the form asked for; what options say of themselves; what members of JSON hold."""

import json
import tomllib
from pathlib import Path

import click
import pytest

from federation.cli.main import cli
from tests.support.cli import Run
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT

AT = JUDGED_TEXT
ACCOUNT = "fixtures/account"
PROSE = {"expected", "found", "remedy", "message", "reason", "sentence", "source", "note", "notes", "cause", "instruction", "lets_in"}
"""Members that are text for people, where backticks tell a foreign value from our words."""


@pytest.mark.parametrize(
    "words",
    [
        ["validate", "--json"],
        ["validate", "--json", "--frobnicate"],
        ["validate", "--frobnicate", "--json"],
        ["validate", "absent", "--account", ACCOUNT, "--json"],
        ["validate", "-", "--account", ACCOUNT, "--at", "yesterday", "--json"],
        ["frobnicate", "--json"],
        ["--frobnicate", "--json"],
        ["account", "--json"],
        ["account", "frobnicate", "--json"],
        ["account", "init", "somewhere", "--account-id", "12", "--json"],
        ["account", "add-role", "--json"],
        ["sts", "get-caller-identity", "--json"],
        ["policy", "lint", "--json"],
        ["audit", "absent", "--account", ACCOUNT, "--json"],
        ["doctor", "--at", "never", "--json"],
    ],
    ids=" ".join,
)
def test_an_error_of_usage_is_json_where_that_is_asked_for(words: list[str], run: Run) -> None:
    result = run(*words)

    assert (result.exit_code, result.stderr) == (2, "")
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "UsageError"
    assert error["message"]
    assert result.stdout.isascii()


@pytest.mark.parametrize("words", [["validate", "--frobnicate"], ["validate", "--", "--json"], ["frobnicate"]], ids=" ".join)
def test_an_error_of_usage_is_text_where_json_is_not_asked_for(words: list[str], run: Run) -> None:
    result = run(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: federation" in result.stderr


@pytest.mark.parametrize("options", [["--expose"], ["--host", "::", "--expose"], ["--host", "192.0.2.1"], ["--host", "example.com"]])
def test_test_control_is_refused_where_others_could_reach_it(options: list[str], run: Run) -> None:
    result = run("serve", "--account", ACCOUNT, "--test-control", *options)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Invalid value for --test-control: whoever reaches the server can then change the account" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("validate", "Judge at this instant"),
        ("explain", "Judge at this instant"),
        ("mint saml", "Issue at this instant"),
        ("mint oidc", "Issue at this instant"),
        ("mint examples", "Issue the tokens at this instant"),
        ("mint mfa-code", "Show the code at this instant"),
        ("sts get-caller-identity", "Call at this instant"),
        ("sts assume-role-with-saml", "Call at this instant"),
        ("sts assume-role-with-web-identity", "Call at this instant"),
        ("account rotate-keyring", "Rotate at this instant"),
        ("doctor", "Look at this instant"),
    ],
)
def test_at_says_what_is_done_at_that_instant(verb: str, said: str, run: Run) -> None:
    assert said in " ".join(run(*verb.split(), "--help").stdout.split())


def test_every_at_of_a_command_that_judges_nothing_says_so() -> None:
    judging = {"validate", "explain", "evaluate", "audit", "test"}

    def options(command: click.Command, name: str) -> list[tuple[str, str]]:
        if isinstance(command, click.Group):
            context = click.Context(command)
            inner = ((each, command.get_command(context, each)) for each in command.list_commands(context))
            return [found for each, child in inner if child is not None for found in options(child, each)]
        return [(name, option.help or "") for option in command.params if isinstance(option, click.Option) and option.name == "at"]

    found = options(cli, "federation")
    assert len(found) > 10
    assert [name for name, text in found if text.startswith("Judge") is not (name in judging)] == []


@pytest.mark.parametrize(
    ("path", "found"),
    [("README.md", "something else of that name"), ("absent", "no such directory"), ("absent/further", "no such directory")],
)
def test_an_account_that_is_no_directory_is_named_as_it_is_and_without_a_status_of_http(path: str, found: str, run: Run) -> None:
    result = run("account", "check", "--account", path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"at        {path}\n" in result.stderr
    assert found in result.stderr
    assert "HTTP" not in result.stderr
    error = json.loads(run("account", "check", "--account", path, "--json").stdout)["error"]
    assert (error["file"], error["found"]) == (path, found)


def test_metadata_at_fault_has_no_status_of_http_either(run: Run) -> None:
    result = run("validate", "fixtures/saml/documented.b64", "--metadata", "README.md", "--at", AT)
    assert result.exit_code == 3
    assert "(InvalidInput)" in result.stderr


def test_a_refused_token_has_the_status_of_the_wire(run: Run) -> None:
    result = run("validate", "fixtures/saml/refused/tampered.b64", "--account", ACCOUNT, "--at", AT)
    assert "(InvalidIdentityToken, HTTP 400)" in result.stdout


def backticked(value: object, name: str = "") -> set[str]:
    """Names of the members of JSON whose text has a backtick."""
    if isinstance(value, dict):
        return {found for member, inner in value.items() for found in backticked(inner, member)}
    if isinstance(value, list):
        return {found for inner in value for found in backticked(inner, f"{name}[]" if name in {"expected", "found"} else name)}
    return {name} if isinstance(value, str) and "`" in value else set()


@pytest.mark.parametrize(
    "words",
    [
        ["validate", "fixtures/saml/refused/wrong-audience.b64", "--account", ACCOUNT, "--at", AT],
        ["explain", "fixtures/oidc/github-branch.jwt", "--account", ACCOUNT, "--role-arn", "arn:aws:iam::123456789012:role/GitHubDeploy"],
        ["policy", "evaluate", "--account", ACCOUNT, "--caller", "arn:aws:iam::123456789012:user/DevAdmin", "--action", "s3:GetObject"],
        ["account", "show", "--account", ACCOUNT],
        ["account", "check", "--account", ACCOUNT],
        ["account", "check", "--account", "absent"],
        ["account", "check", "--account", "docs"],
        ["inspect", "fixtures/saml/documented.b64"],
        ["doctor", "--account", ACCOUNT],
    ],
    ids=" ".join,
)
def test_backticks_stand_in_text_for_people_alone(words: list[str], run: Run) -> None:
    at = ["--at", AT] if words[0] == "explain" else []
    assert backticked(json.loads(run(*words, *at, "--json").stdout)) <= PROSE


def test_the_page_says_which_members_are_text_for_people() -> None:
    page = (REPOSITORY / "docs" / "cli.md").read_text(encoding="utf-8")
    [line] = [line for line in page.splitlines() if line.startswith("Prose, in which values from outside are in backticks")]
    assert {name for name in PROSE if f"`{name}`" in line} == PROSE


def test_doctor_tells_every_dependency_and_the_extra_that_brings_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {line.split(">")[0].split("[")[0] for line in project["dependencies"]}
    extras: dict[str, list[str]] = {}
    for extra, lines in sorted(project["optional-dependencies"].items()):
        for line in lines:
            extras.setdefault(line.split(">")[0].split("[")[0], []).append(extra)

    complete = run("doctor", "--json")
    assert {*wanted, *extras} <= {*json.loads(complete.stdout)["versions"]}

    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    def absent(name: str) -> str:
        if name in extras:
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("federation.cli.doctor.version", absent)
    result = run("doctor", "--json")
    assert result.exit_code == complete.exit_code  # which the clock alone decides
    versions = json.loads(result.stdout)["versions"]
    told = {name: f"the extra{'s' if len(own) > 1 else ''} {' and '.join(own)}" for name, own in extras.items()}
    assert {name: versions[name] for name in extras} == {name: f"not installed; it belongs to {whose}" for name, whose in told.items()}


def test_a_provider_without_keys_is_told_by_doctor_and_check(run: Run, tmp_path: Path) -> None:
    account, url = str(tmp_path / "account"), "https://issuer.example.com"
    run("account", "init", account, "--account-id", "123456789012")
    added = run("account", "add-oidc-provider", "--account", account, "--url", url, "--client-id", "client-a")
    assert added.exit_code == 0, added.output
    note = "no key set is registered, so every token of the issuer is refused"
    assert json.loads(run("doctor", "--account", account, "--json").output)["keys"] == {"issuer.example.com": note}
    assert note in " ".join(run("account", "check", "--account", account).output.split())


def test_doctor_of_a_directory_that_was_never_installed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import PackageNotFoundError  # noqa: PLC0415

    def unknown(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    installed = run("doctor").exit_code
    monkeypatch.setattr("federation.cli.doctor.requires", unknown)
    assert run("doctor").exit_code == installed


def test_serve_without_the_server_says_how_to_install_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda name: None)
    result = run("serve", "--account", ACCOUNT)
    assert result.exit_code == 3
    assert "server-extra" in result.stderr
    assert "pip install -e '.[server]'" in " ".join(result.stderr.split())
