"""The server as a process: what it does on a raw socket, when it is told to stop, and when it cannot start."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

import pytest

from federation import limits
from tests.support.paths import ACCOUNT_DIRECTORY, REPOSITORY
from tests.support.server import PROVIDER, ROLE, Served, forge_response, free_port, resident_kilobytes, serve

needs_server = pytest.mark.skipif(find_spec("granian") is None, reason="the HTTP server is not installed: sts-federation[server]")
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
HEAD = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FORM


@contextmanager
def connection(server: Served) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        yield client


def post(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def answer_of(client: socket.socket) -> tuple[int, bytes]:
    """Read one response; status 0 where the server closed without one."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = client.recv(65_536)
        if not piece:
            return 0, received
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += client.recv(65_536)
    return int(head.split(b" ")[1]), body


def login(seed: str) -> bytes:
    response = forge_response(datetime.now(UTC), seed=seed)
    parameters = {
        "Action": "AssumeRoleWithSAML",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "PrincipalArn": PROVIDER,
        "SAMLAssertion": response,
    }
    return post(urlencode(parameters).encode())


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from federation.cli.main import main; main()", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=False)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (post(b"Action=Foo&Version=2011-06-15"), 400, b"InvalidAction"),
        (post(b"Action=%zz"), 400, b"MalformedQueryString"),
        (post(b"Action=A&Action=B"), 400, b"MalformedInput"),
        (post(b""), 400, b"MissingAction"),
        (HEAD.replace(FORM, b"Content-Type: text/plain\r\n") + b"Content-Length: 3\r\n\r\nA=1", 400, b"MalformedInput"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nA=1\r\n0\r\n\r\n", 411, b"MissingContentLength"),
        (HEAD + b"Content-Length: 2000000\r\n\r\n" + b"x" * 2_000_000, 413, b"RequestEntityTooLarge"),
        (b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, b"UnknownOperationException"),
        (b"DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, b"UnknownOperationException"),
        (b"GET /?Action=Foo&Version=2011-06-15 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, b"InvalidAction"),
        (b"GET /health HTTP/1.1\r\n\r\n", 400, b"MalformedInput"),
        (b"GET /health HTTP/1.1\r\nHost:\r\n\r\n", 400, b"MalformedInput"),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, b"MalformedInput"),
        ("GET /health HTTP/1.1\r\nHost: löcalhost\r\n\r\n".encode(), 400, b"MalformedInput"),
        (b"GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, b"MalformedInput"),
        (b"GET /page HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403, b"AccessDenied"),
        (b"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403, b"AccessDenied"),
        (b"GET /?Action=AssumeRoleWithSAML&Version=2011-06-15 HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403, b"AccessDenied"),
        (b"GET /?Action=AssumeRoleWithSAML&Version=2011-06-15 HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n", 400, b"ValidationError"),
    ],
)
def test_the_connection_stays_usable(server: Served, sent: bytes, status: int, code: bytes) -> None:
    with connection(server) as client:
        client.sendall(sent)
        answered, body = answer_of(client)
        assert (answered, code in body) == (status, True)
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer_of(client) == (200, b'{"status":"ok"}')


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00" + bytes(64),
        HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nA=1",
        HEAD + b"Content-Length: +3\r\n\r\nA=1",
        HEAD + b"X: " + b"a" * 500_000 + b"\r\n\r\n",
        HEAD + b"".join(b"X%d: a\r\n" % n for n in range(2000)) + b"\r\n",
        b"GET /?" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_no_http_is_not_served(server: Served, sent: bytes) -> None:
    with connection(server) as client:
        try:
            client.sendall(sent)
            status, _ = answer_of(client)
        except OSError:
            status = 0
    assert status == 0 or 400 <= status < 500


def test_two_framings_are_not_two_requests(server: Served) -> None:
    smuggled = b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connection(server) as client:
        client.sendall(HEAD + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(smuggled) + smuggled)
        status, body = answer_of(client)
        assert (status, b"MissingContentLength" in body) == (411, True)
        assert answer_of(client)[0] == 0


@pytest.mark.parametrize(
    "hidden",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\nContent-Length: %d\r\n\r\n",
        b"DELETE / HTTP/1.1\r\nHost: localhost\r\nX: a\nContent-Length: %d\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\nTransfer-Encoding: chunked\r\nY: %d\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nX: a\nContent-Length: %d\r\n\r\n",
        HEAD + b"Content-Length: 0\r\nX: a\nContent-Length: %d\r\n\r\n",
    ],
)
def test_a_line_feed_alone_hides_no_second_request(server: Served, hidden: bytes) -> None:
    """What a proxy that sees one line takes for the next client's request is neither answered nor read as a body."""
    following = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connection(server) as client:
        client.sendall(hidden % len(following) + following)
        status, body = answer_of(client)
        assert 400 <= status < 500
        assert b"ok" not in body
        assert answer_of(client) == (0, b"")


def test_a_line_feed_alone_hides_no_host(server: Served) -> None:
    with connection(server) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: evil.example\nHost: localhost\r\n\r\n")
        status, body = answer_of(client)
    assert (status, b"MalformedInput" in body) == (400, True)


@pytest.mark.parametrize("spoiled", [b"X: a\rb", b"X: a\x00b", b"X: a\r\n b", b"X : a", b"X: a\r\r"])
def test_other_ends_of_lines_are_no_http(server: Served, spoiled: bytes) -> None:
    with connection(server) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + spoiled + b"\r\n\r\n")
        assert answer_of(client)[0] == 400


def test_slow_clients_hold_up_nobody(server: Served) -> None:
    with connection(server) as slow_head, connection(server) as slow_body, connection(server) as client:
        slow_head.sendall(b"POST / HTTP/1.1\r\nHo")
        slow_body.sendall(HEAD + b"Content-Length: 10\r\n\r\nA=")
        started = time.perf_counter()
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer_of(client)[0] == 200
        assert time.perf_counter() - started < 2


@pytest.mark.long
def test_slow_clients_are_given_up(server: Served) -> None:
    with connection(server) as slow_head, connection(server) as slow_body:
        slow_head.sendall(b"POST / HTTP/1.1\r\nHo")
        slow_body.sendall(HEAD + b"Content-Length: 10\r\n\r\nA=")
        status, body = answer_of(slow_body)
        assert (status, b"RequestTimeout" in body) == (408, True)
        assert answer_of(slow_head)[0] == 0


def test_hundreds_of_random_requests_leave_it_standing(server: Served) -> None:
    chance = random.Random(20_261_124)  # noqa: S311 - repeatable, not secret
    before = resident_kilobytes(server.process.pid)
    for _ in range(300):
        body = chance.randbytes(chance.choice((0, 10, 500, 100_000)))
        good = urlencode({"Action": "AssumeRoleWithSAML", "Version": "2011-06-15", "RoleArn": chance.randbytes(30)}).encode()
        sent = chance.choice((post(body), post(good + b"&SAMLAssertion=" + body.hex().encode()), HEAD + body, body))
        with connection(server) as client:
            client.settimeout(0.05 if not sent.startswith(b"POST") else 5)
            try:
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)
                status, answer = answer_of(client)
            except OSError:
                continue
            assert status < 500, answer
    assert resident_kilobytes(server.process.pid) - before < 64_000
    with connection(server) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer_of(client)[0] == 200


@needs_server
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_requests_finish(tmp_path: Path, stop: signal.Signals) -> None:
    running = serve(tmp_path / "access.log")
    with connection(running) as client:
        request = login("in flight")
        client.sendall(request[:-100])
        time.sleep(0.2)
        running.process.send_signal(stop)
        time.sleep(0.3)
        client.sendall(request[-100:])
        assert answer_of(client)[0] == 200
    assert running.ended() == 0


@needs_server
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_second_interrupt_does_not_wait(tmp_path: Path, workers: str) -> None:
    running = serve(tmp_path / "access.log", "--workers", workers)
    with connection(running) as client:
        client.sendall(login("never finished")[:-100])
        time.sleep(0.2)
        running.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert running.process.poll() is None, "the first one waits for the request"
        began = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        assert running.ended() == 130
        assert time.monotonic() - began < 8
    log = (tmp_path / "access.log").read_text(encoding="utf-8")
    assert [json.loads(line)["event"] for line in log.splitlines() if "event" in json.loads(line)] == ["stopping"]


@needs_server
def test_an_interrupt_waits_for_no_idle_connection(tmp_path: Path) -> None:
    running = serve(tmp_path / "access.log")
    with connection(running) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer_of(client)[0] == 200
        began = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        assert running.ended() == 0
        assert time.monotonic() - began < 8
    assert "Traceback" not in (tmp_path / "access.log").read_text(encoding="utf-8")


@needs_server
def test_workers_share_the_memory_of_used_tokens(tmp_path: Path) -> None:
    audit = tmp_path / "audit.jsonl"
    running = serve(tmp_path / "access.log", "--workers", "2", "--audit-log", str(audit))
    try:
        request = login("used by many")

        def use(_: int) -> int:
            with connection(running) as client:
                client.sendall(request)
                return answer_of(client)[0]

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(use, range(32)))
        assert statuses == [200, *[403] * 31]
    finally:
        assert running.stop() == 0
    outcomes = [json.loads(line)["federation"]["outcome"] for line in audit.read_text(encoding="utf-8").splitlines()]
    assert sorted(outcomes) == ["granted", *["refused"] * 31]


@needs_server
@pytest.mark.long
def test_a_connection_without_a_next_request_is_ended(server: Served) -> None:
    with connection(server) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer_of(client)[0] == 200
        begun = time.monotonic()
        client.settimeout(limits.REQUEST_SECONDS + 5)
        assert client.recv(1) == b""
        assert time.monotonic() - begun > limits.REQUEST_SECONDS - 1


@needs_server
def test_idle_and_slow_clients_keep_nobody_out(server: Served) -> None:
    with ExitStack() as stack:
        for number in range(300):
            client = stack.enter_context(connection(server))
            if number % 2:
                client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nAction")
                continue
            client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert answer_of(client)[0] == 200
        begun = time.monotonic()
        with connection(server) as last:
            last.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert answer_of(last)[0] == 200
        assert time.monotonic() - begun < limits.REQUEST_SECONDS / 2


@needs_server
@pytest.mark.long
def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    running = serve(tmp_path / "access.log")
    try:
        (worker,) = running.workers()
        time.sleep(6)  # a worker that dies sooner counts as one that cannot start
        os.kill(worker, signal.SIGKILL)
        for _ in range(100):
            try:
                with connection(running) as client:
                    client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    if answer_of(client)[0] == 200:
                        return
            except ConnectionError:
                time.sleep(0.1)
        pytest.fail("nobody took the place of the worker")
    finally:
        running.stop()


@needs_server
def test_names_that_are_given_are_served(tmp_path: Path) -> None:
    running = serve(tmp_path / "access.log", "--allow-host", "federation", "--allow-host", "sts.example.com")
    try:
        for host, status in ((b"federation:8042", 200), (b"STS.example.com", 200), (b"example.com", 403)):
            with connection(running) as client:
                client.sendall(b"GET /health HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
                assert answer_of(client)[0] == status
    finally:
        assert running.stop() == 0
    refused = [json.loads(line) for line in running.log.read_text(encoding="ascii").splitlines() if '"host"' in line]
    assert ["--allow-host example.com" in line["refusal"] for line in refused] == [True]


@pytest.mark.parametrize("name", ["federation:8042", *(pytest.param(name, marks=pytest.mark.wide) for name in ("http://federation", ""))])
def test_a_name_is_given_without_port(name: str) -> None:
    outcome = run("--account", str(ACCOUNT_DIRECTORY), "--allow-host", name)
    assert (outcome.returncode, outcome.stdout) == (2, "")


@needs_server
def test_a_port_that_is_taken(server: Served) -> None:
    outcome = run("--account", str(ACCOUNT_DIRECTORY), "--port", str(server.port))
    assert (outcome.returncode, outcome.stdout) == (3, "")
    assert "listen-address" in outcome.stderr


@needs_server
def test_an_account_at_fault_is_not_served(tmp_path: Path) -> None:
    outcome = run("--account", str(tmp_path), "--port", str(free_port()))
    assert (outcome.returncode, outcome.stdout) == (3, "")


OTHER_HOSTS = ("0.0.0.0", "::", "sts.example.com")  # noqa: S104 - refused


@pytest.mark.parametrize("host", ["192.0.2.1", *(pytest.param(host, marks=pytest.mark.wide) for host in OTHER_HOSTS)])
def test_other_machines_are_kept_out_unless_invited(host: str) -> None:
    outcome = run("--account", str(ACCOUNT_DIRECTORY), "--host", host)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "--expose" in outcome.stderr
