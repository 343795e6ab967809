"""Start-up: whole processes, from the start of the interpreter to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.load import REPOSITORY
from benchmarks.matrix.model import Labelled

FIXTURES = REPOSITORY / "fixtures"
FEDERATION = str(Path(sys.executable).with_name("federation"))
INSTANT = ("--at", "2026-11-24T12:00:30Z")
VALIDATE = ("validate", str(FIXTURES / "saml/documented.b64"), "--metadata", str(FIXTURES / "saml/metadata/shibboleth.xml"), *INSTANT)
EXPLAIN = (
    "explain",
    str(FIXTURES / "oidc/github-branch.jwt"),
    "--account",
    str(FIXTURES / "account"),
    "--role-arn",
    "GitHubDeploy",
    *INSTANT,
)


class Whole:
    """A process that must end with *status*, its processor time."""

    def __init__(self, command: tuple[str, ...], status: int) -> None:
        self._command, self._status = command, status

    def round(self, nanoseconds: int) -> float:
        """See `Timed`. It runs once, however short a round is."""
        del nanoseconds
        with subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != self._status:
            raise RuntimeError(f"{self._command[1:3]} ended with {process.returncode}")
        return (used.ru_utime + used.ru_stime) * 1e6

    def close(self) -> None:
        """It has ended."""


def nothing(_: Labelled) -> Whole:
    """The interpreter alone."""
    return Whole((sys.executable, "-c", "pass"), 0)


def libraries(_: Labelled) -> Whole:
    """The interpreter, lxml and cryptography."""
    loaded = "import lxml.etree, cryptography.x509, cryptography.hazmat.primitives.asymmetric.rsa"
    return Whole((sys.executable, "-c", loaded), 0)


def command(*words: str, status: int = 0) -> Callable[[Labelled], Whole]:
    """A command of `federation`."""
    return lambda _: Whole((FEDERATION, *words), status)
