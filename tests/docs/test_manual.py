"""The manual pages have every verb, command and option, and roff that no formatter complains of."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from docs.building.manual import main, pages
from federation.cli.main import VERBS, cli

PAGES = pages()


def commands(command: click.Command) -> dict[str, click.Command]:
    """The command itself, under an empty name, and those of a group."""
    found = {"": command}
    if isinstance(command, click.Group):
        context = click.Context(command)
        found |= {name: made for name in command.list_commands(context) if (made := command.get_command(context, name)) is not None}
    return found


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb_is_told(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    text = PAGES[f"federation-{verb}.1"].replace("\\-", "-")
    options = {
        name for each in commands(command).values() for option in each.params if isinstance(option, click.Option) for name in option.opts
    }
    assert {name for name in options if name not in text} == set()
    assert {name for name in commands(command) if name and f".SS {name}\n" not in text} == set()


def test_the_page_of_the_program_leads_to_all_others() -> None:
    text = PAGES["federation.1"].replace("\\-", "-")
    assert [verb for verb in VERBS if f".BR federation-{verb} (1)" not in text] == []


def test_pages_are_ascii_and_the_same_in_every_build(tmp_path: Path) -> None:
    main(tmp_path)
    assert {path.name: path.read_text(encoding="ascii") for path in tmp_path.iterdir()} == PAGES == pages()


def test_no_formatter_warns(tmp_path: Path) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    main(tmp_path)
    files = sorted(tmp_path.iterdir())
    checked = subprocess.run([groff, "-man", "-Tutf8", "-ww", "-z", *files], capture_output=True, text=True, timeout=60, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_page_as_it_is_read(tmp_path: Path) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    main(tmp_path)
    page = [groff, "-man", "-Tutf8", "-P-cbou", str(tmp_path / "federation-completion.1")]
    shown = subprocess.run(page, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "federation-completion - print the script for completion in a shell" in " ".join(shown.split())
    assert re.search(r'^ +bash +eval "\$\(federation completion bash\)"', shown, re.MULTILINE)
    assert max(map(len, shown.splitlines())) <= 80
