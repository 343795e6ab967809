"""The page's script as source: its types, and what it must not contain."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import REPOSITORY

pytestmark = pytest.mark.browser

HERE = REPOSITORY / "tests" / "browser"
COMPILER = HERE / "node_modules" / ".bin" / "tsc"
SCRIPTS = sorted((REPOSITORY / "federation" / "page" / "static").glob("*.js"))
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe|srcdoc|\beval\b|new Function"
    r"|localStorage|sessionStorage|indexedDB|\bcaches\b|\.cookie\b|pushState|serviceWorker|https?://|@ts-ignore|@ts-nocheck|@ts-expect-error"
)
"""Markup made of text, places that keep what was pasted, other hosts, and comments that silence the compiler."""


def test_the_types_hold() -> None:
    if shutil.which("node") is None:
        pytest.skip("no node: the types of the script are not checked")
    if not COMPILER.exists():
        pytest.skip("TypeScript is not installed: make browser installs it where there is npm")
    run = subprocess.run([COMPILER, "--project", HERE], capture_output=True, text=True, check=False)
    assert (run.stdout, run.returncode) == ("", 0)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_script_makes_no_markup_and_keeps_nothing(script: Path) -> None:
    assert FORBIDDEN.findall(script.read_text("utf-8")) == []
