"""Servers of Redis and PostgreSQL that a test starts on this machine in a throw-away directory, and can stop, pause and start again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.support.certificates import Authority, pair

START_SECONDS = 120
PASSWORD = "hunter2-of-the-store"
"""The password of the user ``guarded`` of each server."""
GUARDED = "guarded"


class Store(ABC):
    """A server on a loopback port of its own. Its log is in its directory."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """URL of a state on it, of a user without password."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command that starts it."""

    @abstractmethod
    def ask(self, *words: str) -> Any:
        """Ask the server as its administrator; raises while it does not answer."""

    @abstractmethod
    def clear(self) -> None:
        """Remove the state that is on it."""

    def user(self) -> dict[str, Any]:
        return {}

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder, **self.user())
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            with suppress(Exception):
                self.ask("SELECT 1")
                return
            time.sleep(0.05)
        pytest.fail(f"the server did not start: {(self.folder / 'log').read_text(encoding='utf-8', errors='replace')[-2000:]}")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, and wait for its end."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)
            self.process = None

    def _processes(self) -> list[int]:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        if not children.exists():
            pytest.skip("no /proc with the children of a process on this system")
        return [self.process.pid, *map(int, children.read_text(encoding="ascii").split())]

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let no process of it run: the system takes what is sent to it, and nothing answers."""
        stopped = self._processes()
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)


class RedisStore(Store):
    """Redis, which writes every use to its log before it answers."""

    settings = ("--appendonly", "yes", "--save", "", "--enable-debug-command", "yes")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        guarded = ("--user", GUARDED, "on", f">{PASSWORD}", "~*", "&*", "+@all")
        return [_program("redis-server"), "--bind", "127.0.0.1", "--port", str(self.port), *self.settings, *guarded]

    def ask(self, *words: str) -> Any:
        import redis  # noqa: PLC0415 - an extra

        with redis.Redis(port=self.port, socket_timeout=START_SECONDS) as client:
            return client.ping() if words[0] == "SELECT 1" else client.execute_command(*words)

    def clear(self) -> None:
        self.ask("FLUSHALL")


class TlsRedisStore(RedisStore):
    """Redis that also listens with TLS, under a certificate for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.tls_port, authority = _free_port(), Authority(folder)
        authority.certify(pair(folder))
        self.certificate = authority.certificate

    def command(self) -> list[str]:
        files = ("--tls-cert-file", "certificate.pem", "--tls-key-file", "key.pem", "--tls-ca-cert-file", "authority.pem")
        return [*super().command(), "--tls-port", str(self.tls_port), *files, "--tls-auth-clients", "no"]


class PostgresqlStore(Store):
    """PostgreSQL, run by a user who is not root. The superuser ``postgres`` needs no password."""

    limit = ""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(data, "postgres", "postgres")
        made = [_program("initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "--wal-segsize=1"]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, timeout=START_SECONDS, **self.user())
        rules = data / "pg_hba.conf"
        rules.write_text(f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n" + rules.read_text(encoding="utf-8"), encoding="utf-8")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def settings(self) -> tuple[str, ...]:
        own = ("fsync=off", "autovacuum=off", "shared_buffers=16MB", "unix_socket_directories=")
        return (*own, "listen_addresses=127.0.0.1", f"port={self.port}")

    def command(self) -> list[str]:
        server = [_program("postgres"), "-D", str(self.folder / "data"), *(word for each in self.settings() for word in ("-c", each))]
        return ["bash", "-c", f'{self.limit} exec "$@"', "bash", *server]

    def ask(self, *words: str) -> Any:
        import psycopg  # noqa: PLC0415 - an extra

        with psycopg.connect(self.url, autocommit=True, connect_timeout=START_SECONDS) as connection:
            cursor = connection.execute(words[0])
            return cursor.fetchall() if cursor.description else None

    def clear(self) -> None:
        self.ask("DROP SCHEMA IF EXISTS federation CASCADE")

    def user(self) -> dict[str, Any]:
        return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it at once, without waiting for its clients."""
        super().end(signal.SIGINT if how is signal.SIGTERM else how)


class TlsPostgresqlStore(PostgresqlStore):
    """PostgreSQL that takes connections with TLS alone from the user ``guarded``, under a certificate for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        authority, files = Authority(folder), pair(folder)
        authority.certify(files)
        self.certificate = authority.certificate
        if os.geteuid() == 0:
            shutil.chown(files.key, "postgres", "postgres")
        rules = folder / "data" / "pg_hba.conf"
        refused = f"hostnossl all {GUARDED} 127.0.0.1/32 reject\n"
        rules.write_text(refused + rules.read_text(encoding="utf-8"), encoding="utf-8")

    def settings(self) -> tuple[str, ...]:
        return (*super().settings(), "ssl=on", f"ssl_cert_file={self.folder}/certificate.pem", f"ssl_key_file={self.folder}/key.pem")


class FullPostgresqlStore(PostgresqlStore):
    """PostgreSQL whose files cannot grow beyond four megabytes, as on a full disk."""

    limit = "ulimit -f 4096;"


STORES: dict[str, Callable[[Path], Store]] = {"redis": RedisStore, "postgresql": PostgresqlStore}


@contextmanager
def started(kind: Callable[[Path], Store]) -> Iterator[Store]:
    """Start a server; skip the test where it or its client is not installed."""
    package, program = ("redis", "redis-server") if kind in (RedisStore, TlsRedisStore) else ("psycopg", "postgres")
    if find_spec(package) is None:
        pytest.skip(f"the package {package} is not installed: pip install --group dev")
    _program(program)
    # Not below the directory of pytest, which the user of PostgreSQL cannot enter.
    with TemporaryDirectory(prefix="store-") as folder:
        store = kind(Path(folder))
        try:
            store.start()
            yield store
        finally:
            store.end()


def _program(name: str) -> str:
    """Return the path of a program; skip the test where it is not installed."""
    homes = [os.environ.get("PATH", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
    found = shutil.which(name, path=os.pathsep.join(homes))
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install {'redis-server' if name == 'redis-server' else 'postgresql'}")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
