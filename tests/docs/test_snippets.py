"""Every snippet of README and docs runs, and every shown output is the real one.

- A ``python`` block is executed; blocks of one page share one namespace, in order.
- A ``console`` block runs each ``$ federation …`` line in a process and compares what it prints with the lines below it; ``…`` in the page
  stands for text that differs from run to run (credentials, times, versions).
- All of this happens at the project's root; for a tutorial or how-to in a folder of its own with a copy of fixtures/, which it may change.
- A ``diff`` block with the names of two JSON files turns the first into the second, as the commands before it left it.
- A ``json`` or ``toml`` block parses.
- Every command of ours in a ``sh`` block or a systemd unit has the options shown; server.md and README are followed by `test_server_page`.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from federation.cli.main import cli
from tests.support.pages import blocks, pages
from tests.support.paths import FIXTURES, REPOSITORY

BIN = Path(sys.executable).parent
GUIDES = {"tutorials", "how-to"}
"""Folders of the pages that a reader follows step by step."""


def name(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into (command, shown output) pairs; a trailing backslash continues a command."""
    command = ""
    shown: list[str] = []
    lines = iter(block.splitlines())
    for line in lines:
        if line.startswith("$ "):
            if command:
                yield command, "\n".join(shown)
            command, shown = line[2:], []
            while command.endswith("\\"):
                command = command[:-1] + next(lines).strip()
        else:
            shown.append(line)
    if command:
        yield command, "\n".join(shown)


def matches(shown: str, printed: str) -> bool:
    """Compare line by line, trailing space ignored; ``…`` stands for any text, on a line of its own for any lines."""
    pattern = "".join(
        ".*" if part == "…" else re.escape(part) for part in re.split("(…)", "\n".join(s.rstrip() for s in shown.strip().splitlines()))
    )
    return re.fullmatch(pattern, "\n".join(p.rstrip() for p in printed.strip().splitlines()), re.DOTALL) is not None


def place_of(page: Path, folder: Path) -> Path:
    """Return where the snippets of *page* run: for a guide it is *folder*, with a copy of fixtures/."""
    if page.parent.name not in GUIDES:
        return REPOSITORY
    shutil.copytree(FIXTURES, folder / "fixtures")
    return folder


@pytest.mark.parametrize("page", pages("python"), ids=name)
def test_python_snippets_run(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(place_of(page, tmp_path))
    namespace: dict[str, object] = {"__name__": "snippet"}
    for number, source in enumerate(blocks(page, "python"), start=1):
        exec(compile(source, f"{name(page)}, snippet {number}", "exec"), namespace)  # noqa: S102 - the point of the test


@pytest.mark.parametrize("page", pages("console"), ids=name)
def test_console_snippets_print_what_is_shown(page: Path, programs: Path, tmp_path: Path) -> None:
    folder = BIN if page.name == "README.md" else programs  # a newcomer's commands start from nothing
    place = place_of(page, tmp_path)
    columns = "80" if place == tmp_path or page.name == "README.md" else "140"
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": columns, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    for block in blocks(page, "console"):
        for command, shown in commands(block):
            if not command.startswith("federation "):
                continue  # installation and server start are covered by CI and the interop tests
            outcome = subprocess.run(
                [folder / "federation", *shlex.split(command)[1:]],
                cwd=place,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=60,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            assert outcome.returncode in {0, 1}, outcome.stdout
            if shown.strip():
                assert matches(shown, outcome.stdout), f"{name(page)}: `{command}` prints\n{outcome.stdout}\nthe page shows\n{shown}"
    for edit in blocks(page, "diff"):
        if edit.startswith("--- "):
            check_edit(edit, place)


def check_edit(edit: str, place: Path) -> None:
    """Make *edit* in the policy that its first line names: the result is the policy that is in the file of the second line by now."""
    before, after, *lines = edit.splitlines()
    old, new = (place / line.split(maxsplit=1)[1] for line in (before, after))
    removed, added = ("\n".join(line[1:] for line in lines if line[0] in kept) for kept in (" -", " +"))
    text = old.read_text(encoding="utf-8")
    assert text.count(removed) == 1, f"{old.name} does not have\n{removed}"
    role = json.loads(new.read_text(encoding="utf-8"))
    assert json.loads(text.replace(removed, added)) == role["AssumeRolePolicyDocument"]


@pytest.mark.parametrize("page", pages("json", "toml"), ids=name)
def test_data_snippets_parse(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block)
    for block in blocks(page, "toml"):
        tomllib.loads(block)


def shell_commands() -> Iterator[tuple[str, str]]:
    for page in pages("sh", "ini"):
        for block in blocks(page, "sh", "ini"):
            for line in re.sub(r"(?m)^ExecStart=\S*/", "", block.replace("\\\n", "")).splitlines():
                inner = re.findall(r"\$\(([^)]*)\)", line)
                for command in (re.sub(r"\$\([^)]*\)", "…", line), *inner):
                    if command.startswith("federation "):
                        yield name(page), re.split(" [#>|]", command)[0]


@pytest.mark.parametrize(("page", "command"), list(shell_commands()))
def test_commands_in_shell_snippets_exist_with_their_options(page: str, command: str) -> None:
    words = shlex.split(command)[1:]
    found: click.Command = cli
    while isinstance(found, click.Group):
        inner = found.get_command(click.Context(found), words.pop(0))
        assert inner is not None, f"{page}: {command}"
        found = inner
    known = {option for param in found.params for option in param.opts}
    assert {word for word in words if word.startswith("--")} <= known, page
