"""``python -m benchmarks.comparison [--minio PROGRAM] [NAME …]``: give every project the same tokens; write results.json.

Each project is installed into an environment of its own below a temporary directory, from the index, at the version that projects.py
states. Servers listen on the loopback address and are ended. MinIO is a program in Go and must be built first.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final

from benchmarks.comparison.projects import MINIO, PROJECTS, Project
from benchmarks.comparison.world import world
from benchmarks.load import free_port

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "results.json"
UV: Final = Path(sys.executable).with_name("uv")
START: Final = 120
"""Seconds that a server may take until it answers."""


def main(words: list[str]) -> int:
    """Measure the projects that are named, or all, and keep what was measured of the others."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.comparison", description=__doc__)
    parser.add_argument("--minio", type=Path, help=f"MinIO, built by: go install {MINIO}")
    parser.add_argument("names", nargs="*", metavar="NAME")
    asked = parser.parse_args(words)
    known: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for project in PROJECTS:
        if asked.names and project.name not in asked.names:
            continue
        if "{minio}" in project.server and asked.minio is None:
            print(f"{project.name}: left out, pass --minio")
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            outcome = measured(project, Path(folder), asked.minio)
        known[project.name] = outcome
        for kind in ("saml", "oidc"):
            for group, found in outcome.get(kind, {}).get("groups", {}).items():
                numbers = f"{found['count']:4}, accepted {len(found['accepted'])}, unaltered {len(found['same'])}"
                print(f"{project.name:14} {kind} {group:10} {numbers}")
        RESULTS.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def measured(project: Project, folder: Path, minio: Path | None) -> dict[str, Any]:
    """Return what *project* says of every case, in groups."""
    programs = environment(project, folder)
    variables = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    with issuer() as published:
        seen = world(published.url) if project.name == "MinIO" else world()
        published.jwks = seen["oidc"]["jwks"]
        (folder / "world.json").write_text(json.dumps(seen), encoding="utf-8")
        with server(project, programs, folder, variables, {"minio": minio, "issuer": published.url}) as endpoint:
            distributions = " ".join(line.partition("[")[0].partition("=")[0] for line in project.requirements)
            told = {**variables, "PEER_ENDPOINT": endpoint, "PEER_DISTRIBUTIONS": distributions, "AWS_EC2_METADATA_DISABLED": "true"}
            command = [programs / "python", HERE / "peers" / project.program, folder / "world.json", folder / "outcome.json"]
            subprocess.run(command, check=True, env=told, cwd=HERE.parents[1], stdout=subprocess.DEVNULL)
    outcome = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))
    versions = outcome["versions"] or {"minio": MINIO.partition("@")[2]}
    kinds = {kind: grouped(outcome[kind]) for kind in ("saml", "oidc") if kind in outcome}
    python = subprocess.run([programs / "python", "-V"], check=True, capture_output=True, text=True).stdout.split()[1]
    return {"versions": {**versions, "Python": python}, "day": datetime.now(UTC).date().isoformat(), "machine": platform.machine(), **kinds}


def environment(project: Project, folder: Path) -> Path:
    """Return the programs of an environment with the project; of this one where nothing is to be installed."""
    if not project.requirements:
        return Path(sys.executable).parent
    subprocess.run([UV, "venv", "--quiet", "--python", project.python or sys.executable, folder / "venv"], check=True)
    words: list[str | Path] = [UV, "pip", "install", "--quiet", "--python", folder / "venv" / "bin" / "python", *project.requirements]
    subprocess.run(words, check=True)
    return folder / "venv" / "bin"


@contextmanager
def server(project: Project, programs: Path, folder: Path, variables: dict[str, str], names: dict[str, Any]) -> Iterator[str]:
    """Run the server of *project*, if it has one, and yield its address."""
    if not project.server:
        yield ""
        return
    port = free_port()
    filled = {**names, "bin": programs, "port": port, "other": free_port(), "folder": folder / "data"}
    command = [word.format(**filled) for word in project.server.split()]
    environment = {**variables, **{name: value.format(**filled) for name, value in project.environment.items()}}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
        try:
            endpoint = f"http://127.0.0.1:{port}"
            wait(f"{endpoint}{project.health}", process, folder / "server.log")
            yield endpoint
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when *url* answers; raise where the server ends or takes too long."""
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - loopback
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"no answer at {url}: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


class Published(HTTPServer):
    """The discovery document and the key set of the issuer, for a project that fetches them.

    Attributes:
        jwks: The key set.
    """

    jwks: dict[str, Any]

    @property
    def url(self) -> str:
        """The issuer."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Documents(BaseHTTPRequestHandler):
    """Answers every GET with the one document or the other."""

    server: Published

    def do_GET(self) -> None:
        """Answer."""
        url = self.server.url
        discovery = {
            "issuer": url,
            "jwks_uri": f"{url}/keys",
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        body = json.dumps(self.server.jwks if self.path == "/keys" else discovery).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def issuer() -> Iterator[Published]:
    """Serve the documents on a free port of the loopback address."""
    with Published(("127.0.0.1", 0), Documents) as published:
        thread = threading.Thread(target=published.serve_forever, daemon=True)
        thread.start()
        yield published
        published.shutdown()
        thread.join()


def grouped(outcome: dict[str, Any]) -> dict[str, Any]:
    """Return, for each group, how many tokens there were and which were accepted.

    ``same`` are those of which the project read what it reads of the genuine token, although they were changed.
    """
    genuine = next(read for group, _, accepted, read in outcome["answers"] if group == "genuine" and accepted)
    groups: dict[str, Any] = {}
    for group, name, accepted, read in outcome["answers"]:
        found = groups.setdefault(group, {"count": 0, "accepted": [], "same": [], "reason": None})
        found["count"] += 1
        if accepted:
            found["same" if read == genuine else "accepted"].append(name)
        elif found["reason"] is None:
            found["reason"] = read
    return {"milliseconds": outcome["milliseconds"], "groups": groups}


if __name__ == "__main__":
    if shutil.which("uv", path=str(UV.parent)) is None:
        raise SystemExit("uv is not installed: run `make test` once")
    sys.exit(main(sys.argv[1:]))
