"""With ``--json`` standard output is JSON, whatever else is typed: answers, refusals, errors of usage, verbs that do not exist."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from federation.cli.main import VERBS, cli
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT as AT

RUNNER = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80", "FEDERATION_ACCOUNT": ""})
STATUSES = {0, 1, 2, 3}
TEXTS = {"-h", "--help", "-V", "--version"}
"""Ask for text that is no answer."""
FILES = ("token.jwt", "response.b64", "policy.json", "login.har", "none", "-", "account")
VALUES = (
    *FILES,
    "file://policy.json",
    AT,
    "issued",
    "now",
    "GitHubDeploy",
    "arn:aws:iam::123456789012:role/GitHubDeploy",
    "123456789012",
    "x=y",
)


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, (*path, name))


COMMANDS = dict(commands(cli))
NAMES = [*COMMANDS, ("vaildate",), ("sts", "assume-rol"), ("--json",)]


def options(path: tuple[str, ...]) -> list[str]:
    found = COMMANDS.get(path)
    return [] if found is None else [name for each in found.params if isinstance(each, click.Option) for name in each.opts]


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A command line with ``--json`` in the place of an option."""
    path = draw(st.sampled_from(NAMES))
    names = st.sampled_from([*options(path), "--no-such-option"])
    words: list[list[str]] = draw(
        st.lists(
            st.one_of(
                names.map(lambda name: [name]),
                st.tuples(names, st.sampled_from(VALUES)).map(list),
                st.sampled_from(FILES).map(lambda word: [word]),
            ),
            max_size=5,
        )
    )
    account = draw(st.sampled_from([[], ["--account", "account"], ["--account", "none"]]))
    return [*path, "--json", *account, *(word for group in words for word in group)]


@pytest.fixture(scope="module", autouse=True)
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A directory with a copy of the account, which commands may change, and some files."""
    before, place = Path.cwd(), tmp_path_factory.mktemp("room")
    shutil.copytree(REPOSITORY / "fixtures" / "account", place / "account")
    shutil.copy(REPOSITORY / "fixtures/oidc/github.jwt", place / "token.jwt")
    shutil.copy(REPOSITORY / "fixtures/saml/documented.b64", place / "response.b64")
    (place / "policy.json").write_text('{"Version": "2012-10-17", "Statement": []}', encoding="utf-8")
    (place / "login.har").write_text('{"log": {"entries": []}}', encoding="utf-8")
    os.chdir(place)
    yield
    os.chdir(before)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(["--json"])
@example(["sts", "get-caller-identity", "--json", "--account", "account"])
@example(["sts", "get-caller-identity", "--json", "--account", "account", "--output", "table"])
@example(["explain", "--json", "token.jwt", "--role-arn", "GitHubDeploy", "--account", "account", "--at", "issued"])
@example(["validate", "--json", "login.har", "--account", "account"])
@example(["policy", "lint", "--json", "policy.json"])
@example(["account", "check", "--json", "--account", "none"])
@given(lines())
def test_standard_output_is_json(line: list[str]) -> None:
    if TEXTS & set(line):
        return
    result = RUNNER.invoke(cli, line, input=b"")
    assert result.exit_code in STATUSES
    assert result.exception is None or isinstance(result.exception, SystemExit)
    documents = result.stdout.splitlines() if line[0] == "audit" and result.exit_code < 2 else [result.stdout]
    for document in documents:
        assert json.loads(document) is not None or "--query" in line
    if result.exit_code > 1:
        assert json.loads(result.stdout)["error"]["code"]


@pytest.mark.parametrize("verb", VERBS)
def test_an_error_of_usage_of_every_verb(verb: str) -> None:
    result = RUNNER.invoke(cli, [verb, "--no-such-option", "--json"])
    assert (result.exit_code, result.stderr) == (2, "")
    assert json.loads(result.stdout)["error"]["code"] == "UsageError"
