"""Each step of deploy/Containerfile, in a clean root of Debian instead of the base image: an engine for containers is not needed."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.support.paths import REPOSITORY

pytestmark = pytest.mark.release

CONTAINERFILE: Final = (REPOSITORY / "deploy" / "Containerfile").read_text(encoding="utf-8")
SUITE: Final = "bookworm"
INCLUDED: Final = "python3,python3-venv,ca-certificates"
INSTALLING: Final = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
"""Files of this machine by which pip reaches its index."""
TEMPORARY: Final = "/tmp"  # noqa: S108 - a directory of the image


class Step(NamedTuple):
    word: str
    rest: str


@dataclass
class Stage:
    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "0:0"
    entrypoint: tuple[str, ...] = ()

    def run(self, *words: str, user: str = "0:0", environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run *words* in the root, which for all but root is read-only, with /tmp in memory: as deploy/kubernetes has it."""
        quoted = shlex.quote(str(self.root))
        frozen = [f"mount --rbind {quoted} {quoted}", f"mount -o remount,bind,ro {quoted}", f"mount -t tmpfs tmpfs {quoted}{TEMPORARY}"]
        around = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **(environment or self.environment)}
        inside = ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in around.items()), *words]
        asked = shlex.join(["chroot", f"--userspec={user}", str(self.root), *inside])
        script = "\n".join([*(frozen if user != "0:0" else []), f"exec {asked}"])
        return subprocess.run(["unshare", "--mount", "sh", "-ec", script], capture_output=True, text=True, check=False, timeout=600)


def steps() -> list[Step]:
    joined = re.sub(r"\\\n", " ", "\n".join(line for line in CONTAINERFILE.splitlines() if not line.startswith("#")))
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root with Debian and its Python, which stand for the base image."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("debootstrap", "unshare", "chroot"))):
        pytest.skip("a clean root needs debootstrap, unshare and the privileges of root")
    root = tmp_path_factory.mktemp("image") / "base"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={INCLUDED}", SUITE, str(root)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if made.returncode != 0:
        pytest.skip(f"debootstrap: {made.stdout.strip().splitlines()[-1:]}")
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    yield root
    shutil.rmtree(root.parent)  # three roots of 300 MB


@pytest.fixture(scope="module")
def image(base: Path) -> Stage:
    """The last stage, after each step of all stages."""
    if not list((REPOSITORY / "dist").glob("*.whl")):
        pytest.skip("dist/ holds no wheel: make release builds it")
    stages: dict[str, Stage] = {}
    for word, rest in steps():
        if word == "FROM":
            name = rest.partition(" AS ")[2] or "last"
            stage = stages[name] = Stage(base.parent / name)
            subprocess.run(["cp", "--archive", "--reflink=auto", str(base), str(stage.root)], check=True)
        elif word == "COPY":
            copy(rest, stage, stages)
        elif word == "RUN":
            reach_the_index(stage.root)
            said = stage.run("/bin/sh", "-c", rest, environment={key: value for key, value in os.environ.items() if key.startswith("PIP_")})
            assert said.returncode == 0, said.stderr
        elif word == "USER":
            stage.user = rest
        elif word == "ENV":
            stage.environment |= dict(each.split("=", 1) for each in shlex.split(rest))
        elif word == "ENTRYPOINT":
            stage.entrypoint = tuple(re.findall(r'"([^"]+)"', rest))
        else:
            assert word in {"EXPOSE", "CMD"}, f"a step that this test does not try: {word}"
    return stages["last"]


def copy(rest: str, stage: Stage, stages: Mapping[str, Stage]) -> None:
    *sources, target = rest.split()
    origin = REPOSITORY
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")].root
    for source in sources:
        found = list(origin.glob(source.lstrip("/")))
        assert found, f"nothing to copy: {source}"
        subprocess.run(["cp", "--archive", *found, str(stage.root / target.lstrip("/"))], check=True)


def reach_the_index(root: Path) -> None:
    for name in filter(os.path.exists, INSTALLING):
        shutil.copy(name, root / name.lstrip("/"))


def asked(image: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    return image.run(*image.entrypoint, *words, user=image.user)


def test_the_image_runs_the_program(image: Stage) -> None:
    said = asked(image, "--version")
    assert (said.returncode, said.stderr) == (0, "")


def test_the_image_does_the_main_job_without_privileges_and_with_a_read_only_root(image: Stage) -> None:
    assert image.user == "10001:10001"
    said = asked(image, "demo")
    assert said.returncode == 0, said.stderr
    refused = image.run("/usr/bin/touch", "/opt/federation/x", user=image.user)
    assert "Read-only file system" in refused.stderr


def test_the_image_has_what_a_server_with_a_shared_state_needs(image: Stage) -> None:
    said = image.run("/opt/federation/bin/python", "-c", "import granian, psycopg, redis", user=image.user)
    assert (said.returncode, said.stderr) == (0, "")


def test_the_image_holds_nothing_of_the_build(image: Stage) -> None:
    assert not list((image.root / "tmp").iterdir())
    assert not (image.root / "root" / ".cache").exists()
