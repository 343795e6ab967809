"""`federation explain` asks the operation itself, shows the edit, and makes it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import click
import pytest

from federation.cli.main import cli
from tests.support.cli import Run
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT, SAML_PROVIDER, SAML_ROLE

AT = JUDGED_TEXT
ACCOUNT = "fixtures/account"
DEPLOY = "arn:aws:iam::123456789012:role/GitHubDeploy"
OPAQUE_ROLE = "arn:aws:iam::123456789012:role/FederatedWebIdentityRole"
BRANCH = "fixtures/oidc/github-branch.jwt"
ROLE_FILE = "roles/GitHubDeploy.json"
EXIT_USAGE = 2
OF_EXPLAIN = {"--engine", "--event", "--event-id", "--with", "--given", "--provider", "--pick", "--fix", "--write", "--verbose", "--quiet"}
VERDICT = re.compile(r"✗ refused: (?P<check>\S+) \((?P<code>\w+), HTTP \d{3}\)")


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """A copy of the shipped account that may be changed."""
    return Path(shutil.copytree(REPOSITORY / ACCOUNT, tmp_path / "account"))


def set_ups() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Token, operation, and further parameters of the call."""
    saml = ("--role-arn", SAML_ROLE, "--principal-arn", SAML_PROVIDER)
    for file in ("fixtures/saml/documented.b64", *sorted(f"fixtures/saml/refused/{p.name}" for p in tokens("saml"))):
        yield file, "saml", saml
    good = "fixtures/saml/documented.b64"
    yield good, "saml", (*saml, "--duration-seconds", "43200")
    yield good, "saml", (*saml, "--duration-seconds", "1")
    yield good, "saml", (*saml, "--policy", "{}")
    yield good, "saml", (*saml, "--policy-arns", "arn=arn:aws:iam::123456789012:policy/none")
    yield good, "saml", ("--role-arn", SAML_PROVIDER, "--principal-arn", SAML_ROLE)
    yield good, "saml", ("--role-arn", "NoSuchRole", "--principal-arn", SAML_PROVIDER)
    yield good, "saml", ("--role-arn", SAML_ROLE, "--principal-arn", "arn:aws:iam::123456789012:saml-provider/other")
    yield "fixtures/oidc/github.jwt", "saml", saml
    web = ("--role-arn", DEPLOY)
    for file in ("fixtures/oidc/github.jwt", BRANCH, *sorted(f"fixtures/oidc/refused/{p.name}" for p in tokens("oidc"))):
        yield file, "web", web
    yield "fixtures/oidc/github.jwt", "web", (*web, "--role-session-name", "no spaces please")
    yield "fixtures/oidc/github.jwt", "web", (*web, "--provider-id", "www.amazon.com")
    yield "fixtures/oidc/github.jwt", "web", (*web, "--duration-seconds", "7200")
    yield "fixtures/oidc/github.jwt", "web", ("--role-arn", f"{DEPLOY}2")
    yield "fixtures/oauth/documented.token", "web", ("--role-arn", OPAQUE_ROLE, "--provider-id", "www.amazon.com")
    yield "fixtures/oauth/documented.token", "web", ("--role-arn", DEPLOY, "--provider-id", "www.amazon.com")


UTF_16 = {"with a mark": "utf-16", "little-endian": "utf-16-le", "big-endian": "utf-16-be"}
"""What Windows shells write by ``>``: codecs by name."""


@pytest.mark.parametrize("codec", UTF_16.values(), ids=UTF_16)
@pytest.mark.parametrize(("kind", "file"), [("saml", "fixtures/saml/documented.b64"), ("web", "fixtures/oidc/github.jwt")])
def test_a_token_file_in_utf_16_is_refused_by_the_operation_and_told(run: Run, tmp_path: Path, kind: str, file: str, codec: str) -> None:
    sent = tmp_path / "token"
    sent.write_bytes((REPOSITORY / file).read_text(encoding="ascii").encode(codec))
    words = ("--role-arn", SAML_ROLE, "--principal-arn", SAML_PROVIDER) if kind == "saml" else ("--role-arn", DEPLOY)
    test_explain_and_sts_agree(run, str(sent), kind, words)
    explained = run("explain", sent, "--account", ACCOUNT, "--at", AT, *words)
    assert explained.exit_code == 1
    assert "(InvalidIdentityToken, HTTP 400)" in explained.stdout
    assert "UTF-16" in explained.stdout
    if kind == "web":
        verb = ("assume-role-with-web-identity", "--web-identity-token-file", sent)
        called = run("sts", *verb, "--account", ACCOUNT, "--at", AT, *words)
        assert (called.exit_code, "UTF-16" in called.stderr) == (1, True)
    judged = run("validate", sent, "--account", ACCOUNT, "--at", AT)
    assert judged.exit_code != EXIT_USAGE, judged.stderr
    assert "UTF-16" in judged.output or "a byte order mark" in judged.stderr


def test_explain_takes_every_parameter_that_sts_takes() -> None:
    told = {"--saml-assertion", "--web-identity-token", "--web-identity-token-file"}  # the argument TOKEN
    printed = {"--output", "--query", "--format", "--state", "--call"}
    taken = flags("explain")
    for verb in ("assume-role-with-saml", "assume-role-with-web-identity"):
        assert flags("sts", verb) - told - printed - taken == set()
    assert taken - flags("sts", "assume-role-with-saml") - flags("sts", "assume-role-with-web-identity") == OF_EXPLAIN


def flags(*words: str) -> set[str]:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    return {name for each in command.params if isinstance(each, click.Option) for name in each.opts}


def tokens(kind: str) -> list[Path]:
    return [path for path in (REPOSITORY / "fixtures" / kind / "refused").iterdir() if path.suffix in {".b64", ".jwt"}]


@pytest.mark.parametrize(("file", "kind", "words"), tuple(set_ups()), ids=lambda part: " ".join(part) if isinstance(part, tuple) else part)
def test_explain_and_sts_agree(run: Run, file: str, kind: str, words: tuple[str, ...]) -> None:
    common = (*words, "--account", ACCOUNT, "--at", AT)
    explained = run("explain", file, *common)
    verb, option = (
        ("assume-role-with-saml", "--saml-assertion") if kind == "saml" else ("assume-role-with-web-identity", "--web-identity-token")
    )
    asked = run("sts", verb, *common, option, f"file://{file}")

    assert explained.exit_code == asked.exit_code
    if asked.exit_code:
        last = asked.stderr.splitlines()[-1]
        assert VERDICT.fullmatch(last)
        assert explained.stdout.splitlines()[-1] == last
        assert ("An error occurred" in asked.stderr) is ("AWS would accept" not in asked.stderr)
    else:
        assert explained.stdout.splitlines()[-1].startswith("✓ granted: AssumeRoleWith")
    document = json.loads(run("explain", file, *common, "--json").stdout)
    assert document["granted"] is (asked.exit_code == 0)
    assert (document["explanation"] is None) is document["granted"]


@pytest.mark.parametrize("columns", [80, 140])
def test_an_explanation_is_short_and_fits(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    from federation.cli.rendering.lines import Screen  # noqa: PLC0415

    monkeypatch.setattr("federation.cli.rendering.results.screen_of", lambda _: Screen(columns, "utf-8"))
    for file, kind, words in set_ups():
        if kind != "web" or "--provider-id" in words:
            continue
        lines = run("explain", file, *words, "--account", ACCOUNT, "--at", AT).stdout.splitlines()
        assert len(lines) <= 25
        assert max(map(len, lines)) <= columns
        assert lines[0] == lines[-1]


def test_the_place_is_shown_with_the_line_of_the_policy(run: Run) -> None:
    lines = run("explain", BRANCH, "--role-arn", DEPLOY, "--account", ACCOUNT, "--at", AT).stdout.splitlines()
    [at] = [number for number, line in enumerate(lines) if line.startswith("  here | ")]
    quoted, marks = lines[at - 1], lines[at]

    text = (REPOSITORY / ACCOUNT / ROLE_FILE).read_text(encoding="utf-8").splitlines()
    number = int(quoted.partition("|")[0])
    assert f"{ACCOUNT}/{ROLE_FILE}:{number}" in "".join(lines)
    marked = quoted[marks.index("^") : marks.rindex("^") + 1]
    assert marked == '"repo:octo-org/octo-repo:ref:refs/heads/main"'
    assert marked in text[number - 1]
    document = json.loads(run("explain", BRANCH, "--role-arn", DEPLOY, "--account", ACCOUNT, "--at", AT, "--json").stdout)
    assert document["explanation"]["first"]["causes"][0]["place"]["line"] == number


def test_quiet_is_one_line_and_verbose_is_everything(run: Run) -> None:
    words = ("explain", BRANCH, "--role-arn", DEPLOY, "--account", ACCOUNT, "--at", AT)
    assert run(*words, "--quiet").stdout.splitlines() == ["✗ refused: trust-policy (AccessDenied, HTTP 403)"]
    shown = run(*words, "--verbose").stdout
    assert "statement `MainBranch`, Allow: does not apply" in shown
    assert "transitive-tag-keys" in shown
    assert run(*words, "--verbose", "--quiet").exit_code == 2
    assert run(*words, "--write").exit_code == 2


def test_fix_prints_the_changed_policy(run: Run, account: Path) -> None:
    before = (account / ROLE_FILE).read_bytes()
    result = run("explain", BRANCH, "--role-arn", DEPLOY, "--account", account, "--at", AT, "--fix")

    assert result.exit_code == 1, "the account still refuses"
    policy = json.loads(result.stdout)
    subjects = policy["Statement"][0]["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    assert subjects == [f"repo:octo-org/octo-repo:ref:refs/heads/{branch}" for branch in ("main", "feature")]
    assert "lets in" in result.stderr
    assert (account / ROLE_FILE).read_bytes() == before


def test_fix_writes_the_policy_and_nothing_else_opens(run: Run, account: Path) -> None:
    words = ("--role-arn", DEPLOY, "--account", account, "--at", AT)
    before = (account / ROLE_FILE).read_text(encoding="utf-8").splitlines()
    result = run("explain", BRANCH, *words, "--fix", "--write")

    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "✓ granted: AssumeRoleWithWebIdentity")
    after = (account / ROLE_FILE).read_text(encoding="utf-8").splitlines()
    assert [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [18], "one line changes"
    assert run("explain", "fixtures/oidc/github.jwt", *words).exit_code == 0
    assert run("explain", "fixtures/oidc/refused/tampered.jwt", *words).exit_code == 1
    assert run("account", "check", "--account", account).exit_code == 0


def test_fix_says_where_no_edit_of_the_policy_helps(run: Run, account: Path) -> None:
    words = ("--role-arn", SAML_ROLE, "--account", account, "--at", AT)
    result = run("explain", "fixtures/saml/refused/tampered.b64", *words, "--fix", "--write")

    assert result.exit_code == 1
    assert "no edit of the trust policy" in result.stderr


def test_fix_refuses_a_file_that_changed_meanwhile(run: Run, account: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from federation.cli.explain import fixing  # noqa: PLC0415

    def late(known: str, *arguments: object, **named: object) -> str:
        (account / ROLE_FILE).write_text(known.replace("heads/main", "heads/other"), encoding="utf-8")
        return known

    monkeypatch.setattr(fixing, "edited", late)
    result = run("explain", BRANCH, "--role-arn", DEPLOY, "--account", account, "--at", AT, "--fix", "--write")

    assert result.exit_code == 1
    assert "✗ refused: edit" in result.stderr
    assert "heads/other" in (account / ROLE_FILE).read_text(encoding="utf-8")


def test_what_the_call_lacks_is_read_from_the_token(run: Run) -> None:
    saml = run("explain", "fixtures/saml/documented.b64", "--role-arn", SAML_ROLE, "--account", ACCOUNT, "--at", AT)
    assert saml.exit_code == 0
    by_name = run(
        "explain", "fixtures/saml/documented.b64", "--role-arn", SAML_ROLE, "--provider", "SAML-test", "--account", ACCOUNT, "--at", AT
    )
    assert by_name.exit_code == 0
    both = ("--principal-arn", SAML_PROVIDER, "--provider-id", "www.amazon.com")
    assert run("explain", "fixtures/saml/documented.b64", "--role-arn", SAML_ROLE, *both, "--account", ACCOUNT).exit_code == 2


def call_of_sts(*, role: str = DEPLOY) -> bytes:
    """The body of a call, as a proxy records it."""
    token = (REPOSITORY / "fixtures/oidc/github.jwt").read_text(encoding="ascii").strip()
    login = {"Action": "AssumeRoleWithWebIdentity", "RoleArn": role, "RoleSessionName": "job-9", "WebIdentityToken": token}
    return urlencode(login).encode()


def test_a_recorded_call_is_explained_with_its_own_parameters(run: Run) -> None:
    head = b"POST / HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n"
    for recorded in (call_of_sts(), head + call_of_sts()):
        explained = run("explain", "-", "--account", ACCOUNT, "--at", AT, stdin=recorded)
        assert explained.exit_code == 0
        assert "/GitHubDeploy/job-9" in explained.stdout


def test_a_form_sent_as_the_token_is_explained_and_its_token_can_be_picked(run: Run) -> None:
    words = ("--account", ACCOUNT, "--at", AT, "--role-arn", DEPLOY)
    explained = run("explain", "-", *words, stdin=call_of_sts())
    assert (explained.exit_code, "whole form body" in explained.stdout) == (1, True)
    assert "--pick 1" in explained.stderr
    assert run("explain", "-", *words, "--pick", "1", stdin=call_of_sts()).exit_code == 0


def test_without_a_role_there_must_be_a_call_that_names_one(run: Run) -> None:
    result = run("explain", "fixtures/oidc/github.jwt", "--account", ACCOUNT)
    assert (result.exit_code, "--role-arn" in result.stderr) == (2, True)
