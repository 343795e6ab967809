"""The files of deploy/: units that systemd takes, manifests valid by the schemas of Kubernetes, that give a server no privilege."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner

from federation import limits
from federation.cli.serve import command
from tests.support.paths import REPOSITORY

pytestmark = pytest.mark.release

DEPLOY: Final = REPOSITORY / "deploy"
UNIT: Final = (DEPLOY / "federation.service").read_text(encoding="utf-8")
MANIFESTS: Final[list[Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "federation.yaml").read_text(encoding="utf-8")))
CONTAINERFILE: Final = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
POD: Final = next(each for each in MANIFESTS if each["kind"] == "Deployment")["spec"]["template"]["spec"]
SERVER: Final = POD["containers"][0]


def drain(words: str) -> int:
    found = re.search(r"--drain-seconds[= ](\d+)", words)
    assert found is not None
    return int(found[1])


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    unit = tmp_path / "federation.service"
    unit.write_text(
        UNIT.replace("/opt/federation/bin/federation", sys.executable).replace("User=federation", "User=root"), encoding="utf-8"
    )
    said = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False, timeout=60)
    assert (said.returncode, [line for line in said.stderr.splitlines() if "federation.service" in line]) == (0, [])


def test_the_guide_shows_the_unit() -> None:
    shown = re.findall(r"```ini\n(\[Unit\].*?)```", (REPOSITORY / "docs/how-to/service.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown == ["".join(line for line in UNIT.splitlines(keepends=True) if not line.startswith("#"))]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest["kind"])
def test_a_manifest_is_valid_by_the_schema_of_kubernetes(manifest: Any) -> None:
    schemas = pytest.importorskip("kubernetes_validate", reason="make release installs kubernetes-validate")
    schemas.validate(manifest, "1.37", strict=True)


def test_the_pods_have_no_privilege() -> None:
    assert {name: POD["securityContext"][name] for name in ("runAsNonRoot", "seccompProfile")} == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert POD["automountServiceAccountToken"] is False
    for container in (*POD["containers"], *POD["initContainers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    assert f"USER {POD['securityContext']['runAsUser']}:{POD['securityContext']['runAsGroup']}" in CONTAINERFILE


def test_probes_ask_what_they_are_for() -> None:
    asked = {name: SERVER[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert asked == {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}


def test_whoever_stops_a_server_waits_for_its_drain() -> None:
    stop = re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert stop is not None
    assert int(stop[1]) > drain(UNIT) + limits.SHUTDOWN_SECONDS
    assert POD["terminationGracePeriodSeconds"] > drain(" ".join(SERVER["args"])) + limits.SHUTDOWN_SECONDS
    probe = SERVER["readinessProbe"]
    assert drain(" ".join(SERVER["args"])) > probe["periodSeconds"] * (probe["failureThreshold"] + 1)


def test_the_server_takes_the_words_of_the_manifest_and_of_the_unit() -> None:
    exec_start = re.search(r"^ExecStart=\S+ serve (.*)$", UNIT, re.MULTILINE)
    assert exec_start is not None
    for words in (SERVER["args"][1:], exec_start[1].split()):
        said = CliRunner().invoke(command, [*words, "--help"])
        assert said.exit_code == 0
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known


def test_the_image_installs_locked_packages_alone() -> None:
    assert "--require-hashes -r /tmp/container.txt" in CONTAINERFILE
    locked = (REPOSITORY / "requirements" / "container.txt").read_text(encoding="utf-8")
    assert {"granian", "psycopg", "redis"} <= set(re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE))
