"""docs/cli.md names every verb, every exit status and every environment variable."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from federation.cli.main import VERBS, cli
from federation.cli.support.exits import Exit

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


def command_of(verb: str) -> click.Command | None:
    return cli.get_command(click.Context(cli), verb)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_documented(verb: str) -> None:
    assert f"`{verb}" in PAGE, f"describe {verb} in docs/cli.md"


@pytest.mark.parametrize("group", [verb for verb in VERBS if isinstance(command_of(verb), click.Group)])
def test_every_command_of_a_verb_is_documented(group: str) -> None:
    command = command_of(group)
    assert isinstance(command, click.Group)

    missing = {name for name in command.commands if f"`{name}" not in PAGE and f"`{group} {name}" not in PAGE}
    assert missing == set(), f"describe the commands of {group} in docs/cli.md"


@pytest.mark.parametrize("status", Exit)
def test_every_status_is_documented(status: Exit) -> None:
    assert f"| {status.value} |" in PAGE


def variables(command: click.Command) -> Iterator[str]:
    """The environment variables that *command* and those below it read for an option."""
    yield from (each.envvar for each in command.params if isinstance(each.envvar, str))
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from variables(inner)


def test_every_environment_variable_is_documented() -> None:
    table = PAGE.partition("| Environment variable |")[2].partition("\n\n")[0]
    house = (Path(__file__).parents[2] / "federation" / "cli").rglob("*.py")
    read = {name for path in house for name in re.findall(r'environ\.get\("([A-Z_]+)"', path.read_text(encoding="utf-8"))}
    by_shells = {"COMP_LINE"}  # bash sets it while it completes

    assert {*variables(cli), *read} - by_shells - set(re.findall(r"`([A-Z_]+)`", table)) == set()
    assert read
