"""What is built: what the wheel and the source distribution hold, how the index shows them, and that an installation works."""

import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from html import unescape
from pathlib import Path
from typing import Final

import pytest

from benchmarks.load import free_port, listening
from federation import __version__
from release.__main__ import DIST, address
from release.metadata import ELSEWHERE
from release.sbom import bill
from tests.support.paths import REPOSITORY

pytestmark = pytest.mark.release

UV: Final = Path(sys.executable).with_name("uv")
PROJECT: Final = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
WHEEL: Final = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
INFO: Final = f"sts_federation-{__version__}.dist-info"
NEEDED: Final = (
    "federation/py.typed",
    "federation/_fixtures/account/account.toml",
    "federation/_fixtures/saml/documented.b64",
    "federation/_fixtures/oidc/github.jwt",
    f"{INFO}/licenses/LICENSE",
)
"""What an installation would fail without, in places where the error would be a surprise."""


@pytest.fixture(scope="module")
def wheel() -> Path:
    return DIST / f"sts_federation-{__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def sdist() -> Path:
    return DIST / f"sts_federation-{__version__}.tar.gz"


def tracked(*below: str) -> set[str]:
    """The files of the repository, relative to its root."""
    listed = subprocess.run(["git", "ls-files", "-z", "--", *below], cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    return {name for name in listed.split("\0") if name}


def forced() -> Iterator[tuple[str, str]]:
    """Files that the wheel has in another place than the repository."""
    for table in (
        WHEEL["force-include"],
        {key: f"sts_federation-{__version__}.data/data/{to}" for key, to in WHEEL.get("shared-data", {}).items()},
    ):
        for source, target in table.items():
            yield from ((name, target + name.removeprefix(source)) for name in tracked(source))


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    code = {name for name in held if not name.startswith(INFO)}
    assert code == tracked(*WHEEL["packages"]) | {target for _, target in forced()}
    assert [name for name in NEEDED if name not in held] == []
    assert [name for name in held if re.search(r"(^|/)(tests|benchmarks|__pycache__)/|\.pyc$", name)] == []


@pytest.mark.parametrize("kind", [".html", ".js", ".css"])
def test_the_wheel_holds_what_a_page_is_made_of(wheel: Path, kind: str) -> None:
    """Templates and static files are package data: an import does not miss them, the first visitor does."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.endswith(kind)}
    assert held == {name for name in tracked("federation") if name.endswith(kind)}


def test_the_source_distribution_is_the_repository(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert held == tracked() | {"PKG-INFO"}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return HeaderParser().parsestr(archive.read(f"{INFO}/METADATA").decode())


def test_the_metadata(wheel: Path) -> None:
    told = metadata(wheel)
    assert told["Version"] == __version__
    assert told["License-Expression"] == "Apache-2.0"
    assert bool(told.get_all("Project-URL")) is bool(address())


def test_the_page_of_the_index(wheel: Path) -> None:
    """It is rendered as PyPI renders it; no link and no image leads to a file that is not there."""
    markdown = pytest.importorskip("readme_renderer.markdown", reason="make release installs readme-renderer")
    html = markdown.render(metadata(wheel).get_payload())
    assert html is not None
    assert "<h1>federation</h1>" in re.sub(r"<h1[^>]*>", "<h1>", html)
    fences = re.findall(r"^```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert html.count("<pre") == len(fences) / 2 > 0
    targets = re.findall(r"(?:href|src)=\"([^\"]*)\"", html)
    assert [target for target in targets if not ELSEWHERE.match(target)] == []
    assert "](" not in re.sub(r"<(pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)


def test_the_bill_of_materials() -> None:
    written = (DIST / f"sts_federation-{__version__}.cdx.json").read_text(encoding="utf-8")
    assert written == bill(REPOSITORY, __version__)
    document = json.loads(written)
    assert "serialNumber" not in document
    assert "timestamp" not in document["metadata"]
    root = document["metadata"]["component"]
    assert (root["name"], root["version"]) == ("sts-federation", __version__)
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (REPOSITORY / "requirements/base.txt").read_text(encoding="utf-8"), re.MULTILINE))
    assert {each["name"]: each["version"] for each in document["components"]} == locked
    [dependencies] = [each["dependsOn"] for each in document["dependencies"] if each["ref"] == root["bom-ref"]]
    assert len(dependencies) == len(PROJECT["project"]["dependencies"])
    assert all(each["externalReferences"][0]["hashes"] for each in document["components"])


def installed(folder: Path, wheel: Path, requirements: str, extras: str = "") -> Path:
    """Return the programs of an environment that has the locked *requirements* and the wheel, and nothing of this tree."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    words: list[str | Path] = [UV, "pip", "install", "--quiet", "--python", folder / "bin" / "python"]
    if extras:
        constraints = REPOSITORY / "requirements" / requirements
        subprocess.run([*words, "--no-verify-hashes", "-c", constraints, f"sts-federation[{extras}] @ {wheel.as_uri()}"], check=True)
    else:
        subprocess.run([*words, "--require-hashes", "-r", REPOSITORY / "requirements" / requirements], check=True)
        subprocess.run([*words, "--no-deps", wheel], check=True)
    return folder / "bin"


@pytest.fixture
def page(wheel: Path, tmp_path: Path) -> Iterator[str]:
    """The address of `federation page` of an installation with the extra that it needs."""
    programs = installed(tmp_path / "venv", wheel, "dev.txt", extras="server")
    account = next((tmp_path / "venv").glob("lib/python*/site-packages/federation/_fixtures/account"))
    port = free_port()
    words = [programs / "federation", "page", "--no-open", "--port", str(port), "--account", account]
    with listening([str(word) for word in words], port):
        yield f"http://127.0.0.1:{port}"


def test_an_installation_with_the_extra_serves_the_page(page: str) -> None:
    """Templates and static files are found where they were installed, and what the page asks for is there."""
    asked_by_a_browser = urllib.request.Request(f"{page}/", headers={"Accept": "text/html"})  # noqa: S310 - loopback
    with urllib.request.urlopen(asked_by_a_browser) as answer:  # noqa: S310 - loopback
        html = answer.read().decode()
    assert "<form" in html
    asked = [unescape(path) for path in re.findall(r"(?:href|src)=\"(/[^\"#]+)", html)]
    assert any(each.endswith(".css") for each in asked)
    for path in set(asked):
        with urllib.request.urlopen(page + path) as answer:  # noqa: S310 - loopback
            assert answer.status == 200, path


def test_an_installation_without_extras_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    programs = installed(tmp_path / "venv", wheel, "base.txt")
    environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "HOME": str(tmp_path)}

    def run(*words: str) -> str:
        return subprocess.run(
            [programs / words[0], *words[1:]], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert "✓ strict accepts · aws accepts" in run("federation", "demo")
    assert __version__ in run("federation", "--version")
    assert str(tmp_path / "venv") in run("python", "-c", "import federation; print(federation.__file__)")
    assert run("python", "-c", "from importlib.metadata import version; print(version('sts-federation'))").strip() == __version__
