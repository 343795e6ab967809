"""What a worker does with its own sockets, on real ones."""

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from federation.server.listeners import is_connected, is_listening, prefer_newest, take_no_more

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sockets are filtered on Linux alone")
ATTEMPTS = 40


def bound(port: int) -> socket.socket:
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    opened.bind(("127.0.0.1", port))
    return opened


def listener(port: int = 0) -> socket.socket:
    opened = bound(port)
    opened.listen(ATTEMPTS)
    return opened


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_process_sees_its_listener_and_its_connections(opened: ExitStack) -> None:
    listening = opened.enter_context(listener())
    port = listening.getsockname()[1]
    opened.enter_context(bound(port))
    assert (is_listening(port), is_connected(port)) == (True, False)
    opened.enter_context(socket.create_connection(("127.0.0.1", port)))
    connection = opened.enter_context(listening.accept()[0])
    assert is_connected(port)
    listening.close()
    assert (is_listening(port), is_connected(port)) == (False, True)
    connection.close()
    assert not is_connected(port)


def test_what_waits_is_accepted_and_who_comes_later_is_told_that_nobody_listens(opened: ExitStack) -> None:
    listening = opened.enter_context(listener())
    where = listening.getsockname()
    early = opened.enter_context(socket.create_connection(where))
    early.sendall(b"early")
    take_no_more(where[1])
    late = opened.enter_context(socket.socket())
    late.settimeout(0.2)
    with pytest.raises(TimeoutError):
        late.connect(where)
    accepted = opened.enter_context(listening.accept()[0])
    listening.close()
    assert accepted.recv(5) == b"early"
    later = opened.enter_context(socket.socket())
    later.settimeout(10)
    with pytest.raises(ConnectionRefusedError):
        later.connect(where)


def test_the_newest_listener_gets_all_connections_until_it_is_one_of_the_group(opened: ExitStack) -> None:
    old = [opened.enter_context(listener())]
    where = old[0].getsockname()
    old.append(opened.enter_context(listener(where[1])))
    prefer_newest(where[1], len(old))

    def takers() -> set[int]:
        """Which listeners got connections."""
        for _ in range(ATTEMPTS):
            opened.enter_context(socket.create_connection(where))
        found = set()
        for each in (*old, *new):
            each.settimeout(0)
            while True:
                try:
                    opened.enter_context(each.accept()[0])
                except BlockingIOError:
                    break
                found.add(each.fileno())
        return found

    new: list[socket.socket] = []
    assert takers() == {each.fileno() for each in old}
    new.append(opened.enter_context(listener(where[1])))
    assert takers() == {new[0].fileno()}
    old.pop(0).close()
    assert takers() == {old[0].fileno(), new[0].fileno()}


def test_a_port_of_nobody_is_left_alone() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert (is_listening(1), is_connected(1)) == (False, False)
    take_no_more(1)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
