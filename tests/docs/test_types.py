"""README and docs as the type checkers of their readers see them, and the public face, which must leave those nothing to guess.

The snippets of a page are one module, checked from outside the checkout: by pyright with its own defaults, and by mypy in strict mode.
"""

import inspect
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.pages import blocks, pages
from tests.support.paths import REPOSITORY
from tests.support.rooms import PUBLIC_ROOMS

pytestmark = pytest.mark.lint
EXAMPLE = REPOSITORY / "docs" / "plugin-example"
needs_pyright = pytest.mark.skipif(find_spec("basedpyright") is None, reason="basedpyright is not installed: make lint sets it up")


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "MYPYPATH": ""}
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a module for each page, and the example of a plug-in."""
    folder = tmp_path_factory.mktemp("consumer")
    for page in pages("python"):
        name = page.relative_to(REPOSITORY).with_suffix("").as_posix().replace("/", "_").replace("-", "_").lower()
        (folder / f"{name}.py").write_text("\n".join(blocks(page, "python")), encoding="utf-8")
    (folder / "acme_ticket").symlink_to(EXAMPLE / "src" / "acme_ticket")
    (folder / "mypy.ini").write_text(
        "[mypy]\n[mypy-boto3.*]\nignore_missing_imports = true\n", encoding="utf-8"
    )  # its stubs are another package
    (folder / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "standard", "pythonVersion": "3.11"}), encoding="utf-8")
    return folder


@needs_pyright
def test_pyright_accepts_what_the_pages_show(consumer: Path) -> None:
    outcome = run("basedpyright", "--pythonpath", sys.executable, cwd=consumer)

    assert outcome.returncode == 0, outcome.stdout
    assert "0 errors" in outcome.stdout


def test_mypy_accepts_what_the_pages_show(consumer: Path) -> None:
    outcome = run(
        "mypy",
        "--strict",
        "--python-executable",
        sys.executable,
        "--disable-error-code",
        "import-untyped",  # pyarrow has no types
        "--cache-dir",
        str(REPOSITORY / ".mypy_cache" / "consumer"),
        ".",
        cwd=consumer,
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "no issues found" in outcome.stdout


@pytest.fixture(scope="module")
def misspelt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[int]]:
    """A folder with one module that misspells a name of every room, and the numbers of the lines that do."""
    folder = tmp_path_factory.mktemp("misspelt")
    lines = ["import federation", "federation.SecurityTokenServise", "from federation import SecurityTokenServise"]
    lines += [f"from {room} import {import_module(room).__all__[0]}x" for room in PUBLIC_ROOMS]
    (folder / "misspelt.py").write_text("\n".join(lines), encoding="utf-8")
    return folder, set(range(2, len(lines) + 1))


@needs_pyright
def test_pyright_refuses_a_name_that_no_room_has(misspelt: tuple[Path, set[int]]) -> None:
    folder, wrong = misspelt
    outcome = run("basedpyright", "--pythonpath", sys.executable, "--outputjson", "misspelt.py", cwd=folder)
    found = json.loads(outcome.stdout)["generalDiagnostics"]
    rules = {"reportAttributeAccessIssue"}

    assert {each["range"]["start"]["line"] + 1 for each in found if each["severity"] == "error" and each["rule"] in rules} == wrong


def test_mypy_refuses_a_name_that_no_room_has(misspelt: tuple[Path, set[int]]) -> None:
    folder, wrong = misspelt
    cache = str(REPOSITORY / ".mypy_cache" / "consumer")
    outcome = run("mypy", "--strict", "--python-executable", sys.executable, "--cache-dir", cache, "misspelt.py", cwd=folder)

    refused = re.findall(r"^misspelt\.py:(\d+): error: Module\b.* has no attribute .*\[attr-defined\]$", outcome.stdout, re.MULTILINE)
    assert {int(line) for line in refused} == wrong, outcome.stdout + outcome.stderr


@needs_pyright
def test_the_public_face_leaves_nothing_to_guess(tmp_path: Path) -> None:
    outcome = run(
        "basedpyright", "--pythonpath", sys.executable, "--verifytypes", "federation", "--ignoreexternal", "--outputjson", cwd=tmp_path
    )
    symbols = json.loads(outcome.stdout)["typeCompleteness"]["symbols"]
    public = {f"{room}.{name}" for room in PUBLIC_ROOMS for name in import_module(room).__all__}
    homes = {
        f"{thing.__module__}.{thing.__qualname__}" for thing in map(named, public) if inspect.isclass(thing) or inspect.isfunction(thing)
    }
    checked = [
        symbol for symbol in symbols if any(symbol["name"] == home or symbol["name"].startswith(f"{home}.") for home in homes | public)
    ]

    assert len(checked) > len(homes)
    unknown = {symbol["name"] for symbol in checked if not symbol["isTypeKnown"]}
    causes = {each["message"] for symbol in symbols for each in symbol["diagnostics"] if "missing type annotation" in each["message"]}
    assert unknown == set(), causes


def named(dotted: str) -> object:
    room, _, name = dotted.rpartition(".")
    return getattr(import_module(room), name)
