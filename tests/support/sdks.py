"""The programs by which the AWS SDKs of other languages and the AWS CLI v2 make calls; `make clients` builds them."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import REPOSITORY

SDKS = REPOSITORY / "tests" / "interop" / "sdks"
BUILT = SDKS / ".cache"
Outcome = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One call, with its parameters by the names of the API."""

    operation: str
    input: Mapping[str, Any]
    service: str = "sts"


@dataclass(frozen=True)
class Sdk:
    """A program that reads calls and writes what came of each."""

    command: tuple[str | Path, ...]
    needs: Path

    def outcomes(self, environment: Mapping[str, str], *calls: Call) -> list[Outcome]:
        """Make *calls* one after the other, in one process with *environment*."""
        if not self.needs.exists():
            pytest.skip(f"{self.needs.relative_to(REPOSITORY)} is not built: make clients")
        outcome = subprocess.run(
            self.command,
            input=json.dumps([vars(call) for call in calls]),
            env={**environment, "AWS_REGION": "us-east-1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert outcome.returncode == 0, outcome.stderr
        found: list[Outcome] = json.loads(outcome.stdout)
        return found

    def answers(self, environment: Mapping[str, str], *calls: Call) -> list[Outcome]:
        outcomes = self.outcomes(environment, *calls)
        assert [outcome["error"] for outcome in outcomes if "error" in outcome] == []
        return [outcome["answer"] for outcome in outcomes]


JARS = BUILT / "java" / "jars"
CLASSES = BUILT / "java" / "classes"
BY_NAME = {
    "go": Sdk((BUILT / "go-call",), BUILT / "go-call"),
    "java": Sdk(("java", "-cp", f"{CLASSES}{os.pathsep}{JARS}/*", "Call"), CLASSES / "Call.class"),
}


@cache
def cli_version_2() -> str:
    """Path of an AWS CLI v2; skips the test where there is none. Python's own folder has version 1."""
    for folder in [*os.environ["PATH"].split(os.pathsep), "/usr/bin"]:
        found = shutil.which("aws", path=folder)
        if found is not None and version_of(found) >= (2,):
            return found
    pytest.skip("no AWS CLI v2 is installed: apt-get install awscli")


def version_of(aws: str) -> tuple[int, ...]:
    told = subprocess.run([aws, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    matched = re.match(r"aws-cli/([0-9.]+)", told)
    return () if matched is None else tuple(map(int, matched[1].split(".")))
