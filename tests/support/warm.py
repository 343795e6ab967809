"""The command lines of AWS and of this project, imported once and forked for each call.

A call of ``aws`` spends four fifths of its time on imports. `Commands.folder`, put before PATH, holds both programs under their names; each
hands its words, environment, directory and streams to one process that has imported everything, and ends with the status of the child that
ran them. What a start from nothing needs is tested in tests/cli/test_process.py and by the commands of README.
"""

import gc
import marshal
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib import import_module
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
    status = asked.recv(1)
sys.exit(status[0] if status else 70)
"""
END_SECONDS = 60
HOME = 250
"""The descriptor of the caller's home. What a module makes of HOME when it is imported leads through it."""


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
        for name in self._programs:
            program = self.folder / name
            program.write_text(CALL.format(python=sys.executable, socket=where, name=name), encoding="utf-8")
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

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate(timeout=END_SECONDS)
        shutil.rmtree(self._home)


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
                    caller.send(bytes([_status(child)]))
                    os._exit(0)
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", errors="backslashreplace")
            os.chdir(directory)
            for variable in original:
                os.environ.pop(variable, None)  # those that the imports set or changed remain
            os.environ.update(environment)
            os.dup2(os.open(environment.get("HOME", "/"), os.O_DIRECTORY), HOME)
            sys.argv = [name, *words]
            return programs[name]


def _status(child: int) -> int:
    """Wait for *child* and return its status as a shell reports it."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return 128 - code if code < 0 else code


def _federation() -> Callable[[], object]:
    """Import every verb."""
    for verb in VERBS:
        import_module(f"federation.cli.{verb}")
    return main


def _aws() -> Callable[[], object]:
    """Import every customisation."""
    driver = import_module("awscli.clidriver")
    driver.create_clidriver()
    return lambda: sys.exit(driver.main())


PROGRAMS = {"federation": _federation, "aws": _aws}
