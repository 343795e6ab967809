"""Runs the command line in this process and compares what it prints with committed text."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from federation.cli.main import cli
from tests.support.cli import GOLDEN, REWRITE, Golden, Run, generated
from tests.support.paths import REPOSITORY


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `federation` with the given words from the project's root."""
    monkeypatch.chdir(REPOSITORY)
    runner = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "140"})

    def call(*words: str | Path, stdin: str | bytes | None = None) -> Result:
        result = runner.invoke(cli, [str(word) for word in words], input=stdin, prog_name="federation")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


@pytest.fixture
def golden() -> Golden:
    """Compare printed text with the committed file of that name; ``…`` there stands for what differs from run to run."""

    def compare(name: str, printed: str) -> None:
        path = GOLDEN / f"{name}.txt"
        text = generated(printed)
        if os.environ.get(REWRITE):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"judge the new text; {REWRITE}=1 writes it to {path.relative_to(REPOSITORY)}"

    return compare
