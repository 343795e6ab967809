"""The wheel of the fast engine: what the extra `fast` installs."""

import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from release.__main__ import DIST
from tests.support.paths import REPOSITORY

pytestmark = pytest.mark.release

CORE = DIST / "core"
VERSION = tomllib.loads((REPOSITORY / "core" / "Cargo.toml").read_text(encoding="utf-8"))["package"]["version"]


@pytest.fixture(scope="module")
def wheel() -> Path:
    found = list(CORE.glob("*.whl")) if CORE.is_dir() else []
    if not found:
        pytest.skip("the fast engine is not built: there is no cargo")
    (only,) = found
    return only


def test_one_wheel_serves_all_versions_of_python(wheel: Path) -> None:
    assert re.fullmatch(rf"sts_federation_core-{re.escape(VERSION)}-cp311-abi3-.+\.whl", wheel.name)


def test_the_extra_takes_this_version() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (line,) = project["optional-dependencies"]["fast"]
    assert Requirement(line).specifier.contains(VERSION)
    built = tomllib.loads((REPOSITORY / "core" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (built["version"], built["name"]) == (VERSION, Requirement(line).name)


def test_nothing_in_it_tells_where_it_was_built(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert any(name.endswith(".pyi") for name in names)
        for name in names:
            assert str(REPOSITORY).encode() not in archive.read(name), name
