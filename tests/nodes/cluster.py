"""Two servers in network namespaces of their own, behind nginx, with one state: machines as far as the network is concerned.

The hub is one more namespace, with nginx, the state, and the clients. All of it is below 10.77.0.0/24, which no other namespace sees.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest

from federation.server.settings import TlsFiles
from tests.support.certificates import Authority, pair
from tests.support.paths import ACCOUNT_DIRECTORY, REPOSITORY
from tests.support.server import START_SECONDS, resident_kilobytes

NGINX_CONFIGURATION = REPOSITORY / "deploy" / "nginx.conf"
HUB, ADDRESSES = "10.77.0.1", ("10.77.0.11", "10.77.0.12")
NAME = "federation.internal"
NODE_PORT, PROXY_PORT, STATE_PORT = 8443, 443, 6379
DRAIN_SECONDS = 6
"""Longer than nginx keeps an idle connection to a server."""
PATIENCE_SECONDS = 60
_made = count()


def skip_unless_possible() -> None:
    """Skip the test where there are no namespaces, or a program is missing."""
    for program in ("ip", "nginx", "redis-server"):
        if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
            pytest.skip(f"{program} is not installed: apt-get install iproute2 nginx-light redis-server")
    if find_spec("granian") is None or find_spec("redis") is None:
        pytest.skip("the HTTP server or redis-py is not installed: pip install 'sts-federation[server,redis]'")
    if (
        sys.platform != "linux"
        or os.geteuid() != 0
        or subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("network namespaces take Linux and root")


@dataclass
class Node:
    """One machine: its namespace, its copy of the account, and its server."""

    space: str
    address: str
    folder: Path
    options: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def account(self) -> Path:
        return self.folder / "account"

    @property
    def tls(self) -> TlsFiles:
        return pair(self.folder)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self) -> None:
        """Start the server, and wait until it is ready."""
        own = ["--account", str(self.account), "--host", self.address, "--port", str(NODE_PORT), "--expose", "--workers", "1"]
        tls = ["--tls-certificate", str(self.tls.certificate), "--tls-key", str(self.tls.key)]
        words = ["serve", *own, *tls, "--drain-seconds", str(DRAIN_SECONDS), *self.options]
        command = [sys.executable, "-c", "from federation.cli.main import main; main()", *words]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.space, *command],
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env={**os.environ, **self.environment},
            )
        ends = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < ends:
            if self._listens():
                return
            time.sleep(0.05)
        pytest.fail(f"a node did not start: {self.log.read_text(encoding='utf-8')[-3000:]}")

    def _listens(self) -> bool:
        told = subprocess.run(["ip", "netns", "exec", self.space, "cat", "/proc/net/tcp"], capture_output=True, text=True, check=True)
        return any(line.split()[1].endswith(f":{NODE_PORT:04X}") and line.split()[3] == "0A" for line in told.stdout.splitlines()[1:])

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def workers(self) -> list[int]:
        assert self.process is not None
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]

    def stop(self) -> int:
        """Stop it as a service manager does, and return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """End it and its workers at once, as a machine that loses its power."""
        assert self.process is not None
        for each in (self.process.pid, *self.workers()):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        """End whatever process it has now, without a drain."""
        _end(self.process)

    def kilobytes(self) -> int:
        """Resident memory of its processes."""
        return 0 if self.process is None or self.process.poll() is not None else resident_kilobytes(self.process.pid)

    def events(self, **members: object) -> list[dict[str, object]]:
        """The lines of its log that have *members*."""
        lines = self.log.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        entries = [json.loads(line) for line in lines if line.startswith("{")]
        return [entry for entry in entries if members.items() <= entry.items()]

    def await_event(self, count: int = 1, **members: object) -> None:
        """Wait until its log has *count* lines with *members*."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while len(self.events(**members)) < count:
            assert time.monotonic() < ends, f"{self.address} never told {members}: {self.log.read_text(encoding='utf-8')[-2000:]}"
            time.sleep(0.05)


@dataclass
class Cluster:
    """Two nodes, the proxy before them, and the state behind them."""

    folder: Path
    hub: str
    authority: Authority
    nodes: list[Node]
    redis: subprocess.Popen[bytes]
    nginx: subprocess.Popen[bytes]

    def tried(self) -> list[list[str]]:
        """The requests that nginx passed on: instant, status, seconds, servers, their statuses."""
        lines = (self.folder / "tried.log").read_text(encoding="utf-8").splitlines()
        return [[*line.split(" ", 3)[:3], *line.split('"')[1::2]] for line in lines]

    def inside(self, words: Sequence[str], **more: object) -> subprocess.Popen[bytes]:
        """Start a command in the namespace of the clients."""
        return subprocess.Popen(["ip", "netns", "exec", self.hub, *words], cwd=REPOSITORY, **more)  # type: ignore[call-overload,no-any-return]


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


@contextmanager
def namespaces() -> Iterator[tuple[str, list[str]]]:
    """Make the hub with a bridge, and a namespace for each node, connected to it."""
    mark = f"fed{os.getpid()}-{next(_made)}"
    hub, spaces = f"{mark}-hub", [f"{mark}-{number}" for number in range(len(ADDRESSES))]
    try:
        for each in (hub, *spaces):
            _run("ip", "netns", "add", each)
            _run("ip", "-n", each, "link", "set", "lo", "up")
        _run("ip", "-n", hub, "link", "add", "bridge", "type", "bridge")
        _run("ip", "-n", hub, "addr", "add", f"{HUB}/24", "dev", "bridge")
        _run("ip", "-n", hub, "link", "set", "bridge", "up")
        for number, (space, address) in enumerate(zip(spaces, ADDRESSES, strict=True)):
            _run("ip", "-n", hub, "link", "add", f"to{number}", "type", "veth", "peer", "name", "wire", "netns", space)
            _run("ip", "-n", hub, "link", "set", f"to{number}", "master", "bridge", "up")
            _run("ip", "-n", space, "addr", "add", f"{address}/24", "dev", "wire")
            _run("ip", "-n", space, "link", "set", "wire", "up")
        yield hub, spaces
    finally:
        for each in (*spaces, hub):
            subprocess.run(["ip", "netns", "delete", each], check=False, capture_output=True)


@contextmanager
def cluster(folder: Path, *, skewed: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Start all of it; the second node with the environment *skewed*."""
    skip_unless_possible()
    with ExitStack() as stack:
        hub, spaces = stack.enter_context(namespaces())
        authority = Authority(folder)
        redis = _redis(folder, hub)
        stack.callback(_end, redis)
        nodes: list[Node] = []
        for space, address, environment in zip(spaces, ADDRESSES, ({}, skewed or {}), strict=True):
            home = folder / address
            home.mkdir()
            options = ["--state", f"redis://{HUB}:{STATE_PORT}/0", "--allow-host", NAME]
            node = Node(space, address, home, options, environment)
            authority.certify(node.tls, address, name=NAME)
            if nodes:
                shutil.copytree(nodes[0].account, node.account)
            else:
                shutil.copytree(ACCOUNT_DIRECTORY, node.account, copy_function=shutil.copy)
                for private in node.account.rglob("*"):
                    if private.is_file():
                        private.chmod(0o600)
            nodes.append(node)
        for node in nodes:
            node.start()
            stack.callback(node.end)
        nginx = _nginx(folder, hub, authority)
        stack.callback(_end, nginx)
        yield Cluster(folder, hub, authority, nodes, redis, nginx)


def _redis(folder: Path, hub: str) -> subprocess.Popen[bytes]:
    settings = ["--bind", HUB, "--port", str(STATE_PORT), "--protected-mode", "no", "--appendonly", "yes", "--save", ""]
    with (folder / "redis.log").open("wb") as log:
        started = subprocess.Popen(["ip", "netns", "exec", hub, "redis-server", *settings, "--dir", str(folder)], stdout=log, stderr=log)
    _await(hub, STATE_PORT, started)
    return started


def _nginx(folder: Path, hub: str, authority: Authority) -> subprocess.Popen[bytes]:
    """Start nginx by the configuration that the documentation shows, with addresses and paths of the test."""
    own = pair(folder)
    authority.certify(own, HUB)
    text = NGINX_CONFIGURATION.read_text(encoding="utf-8")
    paths = {
        "/run/federation-proxy.pid": folder / "nginx.pid",
        "/var/log/nginx/federation-error.log": folder / "nginx-error.log",
        "/var/log/nginx/federation.log": folder / "tried.log",
        "/etc/ssl/sts.example.com.pem": own.certificate,
        "/etc/ssl/sts.example.com.key": own.key,
        "/etc/ssl/federation-authority.pem": authority.certificate,
    }
    for shown, real in paths.items():
        assert text.count(shown) == 1
        text = text.replace(shown, str(real))
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    started = subprocess.Popen(
        ["ip", "netns", "exec", hub, str(program), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off; user root;"]
    )
    _await(hub, PROXY_PORT, started)
    return started


def _await(space: str, port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        told = subprocess.run(["ip", "netns", "exec", space, "cat", "/proc/net/tcp"], capture_output=True, text=True, check=True).stdout
        if any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in told.splitlines()[1:]):
            return
        time.sleep(0.05)
    pytest.fail(f"nothing listens on port {port}")


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None and process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
