"""Contestants that run in a process of another language, in rounds like the others.

A process reads lines of fields between tabs and answers each with a line:

- ``add ID WHAT FOLDER``: load the sample in FOLDER, accept its ``token`` and refuse every ``forged-N``; answered by ``ok``;
- ``round ID NANOSECONDS``: judge the token for so long; answered by the microseconds of processor time of one call.

``failed`` and a text answers what could not be done.
"""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.matrix.jwt import AUDIENCE, JwtSample
from benchmarks.matrix.model import Skip
from benchmarks.matrix.saml import SamlSample

HERE = Path(__file__).parents[1]
NODE = HERE / "node"
IDS = count()
LONG_NS, SHORT_NS = 4_000_000_000, 400_000_000
"""For how long the first sample of a process runs, and any later one, so that what runs often is compiled before it counts."""


class Process:
    """A process that answers lines."""

    def __init__(self, command: Sequence[str]) -> None:
        self.warm = False
        self._running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.end)

    def end(self) -> None:
        """End it."""
        self._running.kill()
        self._running.wait()

    def ask(self, *fields: str) -> str:
        """Return the answer to a line.

        Raises:
            Skip: It failed, or there is no answer.
        """
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        try:
            print(*fields, sep="\t", file=self._running.stdin, flush=True)
            answer = self._running.stdout.readline().strip()
        except OSError:
            answer = ""
        if not answer:
            raise Skip("its process ended")
        if answer.startswith("failed\t"):
            raise Skip(answer.removeprefix("failed\t")[:100])
        return answer


class Outside:
    """One library with one sample in such a process."""

    def __init__(self, process: Process, library: str, files: Mapping[str, str]) -> None:
        self._process, self._id = process, str(next(IDS))
        with TemporaryDirectory() as folder:
            for name, text in files.items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            process.ask("add", self._id, library, folder)
        process.ask("round", self._id, str(SHORT_NS if process.warm else LONG_NS))
        process.warm = True

    def round(self, nanoseconds: int) -> float:
        """See `Timed`."""
        return float(self._process.ask("round", self._id, str(nanoseconds)))

    def close(self) -> None:
        """The process serves the next sample."""


@cache
def _java() -> Process:
    program = shutil.which("java")
    if program is None:
        raise Skip("java is not installed")
    return Process([program, str(HERE / "jdk" / "Validate.java")])


@cache
def _node() -> Process:
    program = shutil.which("node")
    if program is None:
        raise Skip("node is not installed")
    if not (NODE / "node_modules" / "jose").is_dir():
        raise Skip("its packages are not installed: npm ci --prefix benchmarks/node")
    return Process([program, str(NODE / "decode.js")])


def jdk(given: SamlSample) -> Outside:
    """javax.xml.crypto with secure validation."""
    if given.case.encrypted:
        raise Skip("javax.xml.crypto does not decrypt")
    known = given.forge.key.certificate.public_bytes(Encoding.PEM).decode()
    return Outside(_java(), "javax.xml.crypto", {"token": given.token, "certificate": known, **_forged(given.forged)})


def fast_jwt(given: JwtSample) -> Outside:
    """fast-jwt, without its cache of results."""
    return _on_node(given, "fast-jwt")


def jose(given: JwtSample) -> Outside:
    """The package jose."""
    return _on_node(given, "jose")


def _on_node(given: JwtSample, library: str) -> Outside:
    key = given.forge.key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    expected = json.dumps({"algorithm": given.case.label, "issuer": given.forge.url, "audience": AUDIENCE})
    return Outside(_node(), library, {"token": given.token, "key": key, "expected": expected, **_forged(given.forged)})


def _forged(tokens: Sequence[str]) -> dict[str, str]:
    return {f"forged-{number}": token for number, token in enumerate(tokens)}
