"""The command lines of AWS and of this project, imported once and forked for each call.

A call of ``aws`` spends four fifths of its time on imports. `Commands.folder`, put before PATH, holds both programs under their names; each
hands its words, environment, directory and streams to one process that has imported everything, and ends with the status of the child that
ran them. What a start from nothing needs is tested in tests/cli/test_process.py and by the commands of README.
"""

import atexit
import gc
import marshal
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from federation.cli.main import VERBS, main
from tests.support.paths import REPOSITORY

CALL = """#!{python} -IS
import marshal, os, socket, sys
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect({socket!r})
    call = marshal.dumps(({name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)))
    socket.send_fds(asked, [len(call).to_bytes(4, "big")], [0, 1, 2])
    asked.sendall(call)
    asked.recv({octets}, socket.MSG_WAITALL)
    status = int.from_bytes(asked.recv({octets}, socket.MSG_WAITALL) or b"F", "big", signed=True)
sys.exit(128 - status if status < 0 else status)
"""
END_SECONDS = 60
OCTETS = 4
"""Of the number of a process, and of its status, which is negative where a signal ended it."""
HOME = 250
"""The descriptor of the caller's home. What a module makes of HOME when it is imported leads through it."""


class Started:
    """A program that `Commands.start` started: what tests need of `subprocess.Popen`."""

    def __init__(self, caller: socket.socket, words: Sequence[str], stdout: int) -> None:
        self._caller, self.args = caller, words
        self.pid = int.from_bytes(caller.recv(OCTETS, socket.MSG_WAITALL), "big")
        self.stdout = os.fdopen(stdout, "rb")
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return its status, negative where a signal ended it; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(timeout=0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, *timeout* seconds at most, and return its status."""
        if self.returncode is None:
            if not select.select([self._caller], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(list(self.args), timeout or 0)
            self.returncode = int.from_bytes(self._caller.recv(OCTETS, socket.MSG_WAITALL), "big", signed=True)
            self._caller.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Commands:
    """The process and the folder of its programs; a context that ends both, and whatever call still runs.

    *environment* is that of the process in which the imports are made, PYTHONPATH among it; each call has its own.
    """

    def __init__(self, *programs: str, environment: Mapping[str, str] = os.environ) -> None:
        self._programs, self._environment = programs, {**environment, "HOME": f"/proc/self/fd/{HOME}"}

    def __enter__(self) -> Self:
        self._home = Path(tempfile.mkdtemp(prefix="warm-"))
        self.folder = self._home / "bin"
        self.folder.mkdir()
        where = str(self._home / "calls")
        self._where = where
        for name in self._programs:
            program = self.folder / name
            program.write_text(CALL.format(python=sys.executable, socket=where, name=name, octets=OCTETS), encoding="utf-8")
            program.chmod(stat.S_IRWXU)
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.support.warm import call; call()()", where, *self._programs],
            env=self._environment,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            start_new_session=True,  # so that no program finds a terminal to ask at
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"
        return self

    def start(self, name: str, *words: str, stderr: int, directory: Path) -> Started:
        """Start a program as `subprocess.Popen` does, with a pipe from its standard output."""
        caller = socket.socket(socket.AF_UNIX)
        caller.connect(self._where)
        told = marshal.dumps((name, list(words), str(directory), dict(os.environ)))
        output, write = os.pipe()
        with Path(os.devnull).open("rb") as nothing:
            socket.send_fds(caller, [len(told).to_bytes(4, "big")], [nothing.fileno(), write, stderr])
        os.close(write)
        caller.sendall(told)
        return Started(caller, (name, *words), output)

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate(timeout=END_SECONDS)
        shutil.rmtree(self._home)


@cache
def servers() -> Commands:
    """The process that servers of the tests of this process are forked from."""
    commands = Commands("federation")
    commands.__enter__()
    atexit.register(commands.__exit__)
    return commands


def call() -> Callable[[], object]:
    """Serve calls; return, in the process that each is forked into, the program that it asks for."""
    before = dict(os.environ)
    programs = {name: PROGRAMS[name]() for name in sys.argv[2:]}
    original = [variable for variable, value in before.items() if os.environ.get(variable) == value]
    with socket.socket(socket.AF_UNIX) as asked:
        asked.bind(sys.argv[1])
        asked.listen()
        os.write(1, b"ready\n")
        gc.freeze()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait
        while True:
            caller, _ = asked.accept()
            with caller:
                if os.fork():
                    continue
                asked.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                head, streams, *_ = socket.recv_fds(caller, 4, 3)
                name, words, directory, environment = marshal.loads(caller.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))  # noqa: S302
                child = os.fork()
                if child:
                    caller.send(child.to_bytes(OCTETS, "big"))
                    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                    caller.send(status.to_bytes(OCTETS, "big", signed=True))
                    os._exit(0)
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", errors="backslashreplace")
            os.chdir(directory)
            for variable in original:
                os.environ.pop(variable, None)  # those that the imports set or changed remain
            os.environ.update(environment)
            tempfile.tempdir = None
            os.dup2(os.open(environment.get("HOME", "/"), os.O_DIRECTORY), HOME)
            sys.argv = [name, *words]
            return programs[name]


def _federation() -> Callable[[], object]:
    """Import every verb."""
    for verb in VERBS:
        import_module(f"federation.cli.{verb}")
    if find_spec("granian") is not None:
        for module in ("granian.server", "federation.server.workers"):
            import_module(module)
    return main


def _aws() -> Callable[[], object]:
    """Import every customisation."""
    driver = import_module("awscli.clidriver")
    driver.create_clidriver()
    return lambda: sys.exit(driver.main())


PROGRAMS = {"federation": _federation, "aws": _aws}
