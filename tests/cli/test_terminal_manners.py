"""What the command line does for people who type: what was meant, short names, the variable for the account, instants by a word."""

import json
from pathlib import Path

import pytest
import yaml

from federation import __version__
from tests.support.cli import Run
from tests.support.world import GITHUB, JUDGED_TEXT

ACCOUNT = "fixtures/account"
AT = ("--at", JUDGED_TEXT)
TOKEN = "fixtures/oidc/github.jwt"
RESPONSE = "fixtures/saml/documented.b64"
USAGE = 2

MEANT = {
    "verb": (("vaildate",), "Did you mean 'validate'?"),
    "verb of another group": (("assume-role-with-saml",), "Did you mean 'sts assume-role-with-saml'?"),
    "verb of a group": (("sts", "assume-rol"), "Did you mean 'assume-role'?"),
    "verb of aws iam": (("account", "delete-rol"), "Did you mean 'delete-role'?"),
    "option": (("explain", TOKEN, "--role-am", "x"), "Did you mean '--role-arn'?"),
    "value": (("validate", TOKEN, "--profile", "strikt"), "Did you mean 'strict'?"),
    "value of sts": (("sts", "get-caller-identity", "--output", "tabel"), "Did you mean 'table'?"),
    "provider": (("validate", TOKEN, "--account", ACCOUNT, "--provider", GITHUB[:-1]), f"Did you mean '{GITHUB}'?"),
    "beginning of a provider": (("validate", TOKEN, "--account", ACCOUNT, "--provider", "token.actions"), f"Did you mean '{GITHUB}'?"),
    "role": (("audit", TOKEN, "--account", ACCOUNT, "--at", "issued", "--role-arn", "role/GithubDeploy"), "Did you mean 'GitHubDeploy'?"),
}


@pytest.mark.parametrize(("words", "hint"), MEANT.values(), ids=MEANT)
def test_what_was_meant_is_asked(words: tuple[str, ...], hint: str, run: Run) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert hint in " ".join(result.stderr.split())
    as_json = run(*words, "--json")
    assert hint in json.loads(as_json.stdout)["error"]["message"]


@pytest.mark.parametrize("words", [("xyzzy",), ("validate", TOKEN, "--xyzzy"), ("validate", TOKEN, "--profile", "xyzzy")])
def test_nothing_is_suggested_where_nothing_is_alike(words: tuple[str, ...], run: Run) -> None:
    result = run(*words)
    assert (result.exit_code, "Did you mean" in result.stderr) == (USAGE, False)


@pytest.mark.parametrize("name", ["GitHubDeploy", "role/GitHubDeploy", "arn:aws:iam::123456789012:role/GitHubDeploy"])
def test_a_role_by_its_short_name(name: str, run: Run) -> None:
    explained = run("explain", TOKEN, "--account", ACCOUNT, "--role-arn", name, *AT, "--json")
    assert json.loads(explained.stdout)["role_arn"] == "arn:aws:iam::123456789012:role/GitHubDeploy"
    judged = run("audit", TOKEN, "--account", ACCOUNT, "--role-arn", name, *AT)
    assert (explained.exit_code, judged.exit_code) == (0, 0)


def test_sts_takes_no_short_name_as_aws_does_not(run: Run) -> None:
    words = ("sts", "assume-role-with-web-identity", "--account", ACCOUNT, "--web-identity-token", f"file://{TOKEN}", *AT)
    assert run(*words, "--role-arn", "GitHubDeploy").exit_code == 1


def test_an_unknown_short_name_is_explained_with_the_role_that_was_meant(run: Run) -> None:
    explained = run("explain", TOKEN, "--account", ACCOUNT, "--role-arn", "GithubDeploy", *AT)
    assert explained.exit_code == 1
    assert "role/GitHubDeploy`" in "".join(explained.stdout.split())


@pytest.mark.parametrize(
    "words",
    [
        ("account", "check"),
        ("account", "show"),
        ("explain", TOKEN, "--role-arn", "GitHubDeploy", *AT),
        ("validate", TOKEN, *AT),
        ("sts", "get-caller-identity", "--caller", "arn:aws:iam::123456789012:user/DevAdmin"),
        ("audit", TOKEN, *AT),
        ("policy", "lint"),
        ("policy", "evaluate", "--caller", "arn:aws:iam::123456789012:user/DevAdmin", "--action", "sts:GetCallerIdentity"),
        ("doctor", *AT),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_the_account_is_that_of_the_variable(words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given = run(*words, "--account", ACCOUNT)
    monkeypatch.setenv("FEDERATION_ACCOUNT", ACCOUNT)
    named = run(*words)
    assert (named.exit_code, named.stdout) == (given.exit_code, given.stdout)
    assert given.exit_code == 0


def test_another_source_wins_over_the_variable(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FEDERATION_ACCOUNT", str(tmp_path / "none"))
    assert run("validate", RESPONSE, "--metadata", "fixtures/saml/metadata/shibboleth.xml", *AT).exit_code == 0
    assert run("validate", RESPONSE, "--account", ACCOUNT, *AT).exit_code == 0


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_the_version(flag: str, run: Run) -> None:
    assert run(flag).stdout == f"federation {__version__}\n"


@pytest.mark.parametrize(("token", "issued"), [(TOKEN, "2026-11-24T12:00:00Z"), (RESPONSE, "2026-11-24T12:00:00Z")])
@pytest.mark.parametrize("verb", ["validate", "explain"])
def test_judged_when_the_token_says_it_was_issued(verb: str, token: str, issued: str, run: Run) -> None:
    role = ("--role-arn", "GitHubDeploy" if token == TOKEN else "TestSaml") if verb == "explain" else ()
    result = run(verb, token, "--account", ACCOUNT, *role, "--at", "issued")
    assert result.exit_code == 0
    assert f"judged at {issued}, when the token says that it was issued; nothing verifies that" in result.stderr
    same = run(verb, token, "--account", ACCOUNT, *role, "--at", issued)
    assert result.stdout == same.stdout


def test_a_token_that_does_not_say_when_it_was_issued_is_refused(run: Run) -> None:
    result = run("validate", "fixtures/oauth/documented.token", "--account", ACCOUNT, "--at", "issued", "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["check"]) == (1, "instant")


def test_now_is_the_present_time(run: Run) -> None:
    result = run("validate", TOKEN, "--account", ACCOUNT, "--at", "now", "--json")
    assert result.exit_code == run("validate", TOKEN, "--account", ACCOUNT, "--json").exit_code
    assert run("validate", TOKEN, "--account", ACCOUNT, "--at", "then").exit_code == USAGE


def test_the_account_in_every_output(run: Run) -> None:
    whole = json.loads(run("account", "show", "--account", ACCOUNT, "--json").stdout)
    show = ("account", "show", "--account", ACCOUNT, "--output")
    assert json.loads(run(*show, "json").stdout) == yaml.safe_load(run(*show, "yaml").stdout) == whole
    assert "123456789012" in run(*show, "text").stdout.splitlines()[0].split("\t")
    assert run(*show, "table").stdout.startswith("---")


def test_an_answer_as_yaml(run: Run) -> None:
    words = ("sts", "get-caller-identity", "--account", ACCOUNT, "--caller", "arn:aws:iam::123456789012:user/DevAdmin")
    assert yaml.safe_load(run(*words, "--output", "yaml").stdout) == json.loads(run(*words).stdout)
    assert run(*words, "--output", "yaml", "--query", "Account").stdout == "'123456789012'\n"


@pytest.mark.parametrize("words", [("get-caller-identity",), ("assume-role", "--role-arn", "x", "--role-session-name", "y")])
def test_refusals_of_sts_as_json(words: tuple[str, ...], run: Run) -> None:
    result = run("sts", *words, "--account", ACCOUNT, "--caller", "arn:aws:iam::123456789012:user/Nobody", "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    assert json.loads(result.stdout)["error"]["code"]
    assert run("sts", *words, "--account", ACCOUNT, "--output", "table", "--json").exit_code == USAGE
