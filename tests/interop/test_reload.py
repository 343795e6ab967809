"""The account changes while the server runs: all workers serve the same one, whatever happens to a file or to a worker."""

import http.client
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from federation.account.writing.credentials import create_access_key, delete_access_key
from federation.account.writing.keyring import rotate_keyring
from tests.support.paths import ACCOUNT_DIRECTORY
from tests.support.server import DEPLOY, Served, fresh_token, serve

pytestmark = [
    pytest.mark.skipif(find_spec("granian") is None, reason="the HTTP server is not installed: sts-federation[server]"),
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow"),
]
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
WORKERS = 3
PATIENCE_SECONDS = 20


@dataclass
class Running:
    """A server of several workers, and the account directory that it serves."""

    server: Served
    account: Path
    copies: Path
    """Where the server makes its private directory."""

    @property
    def role(self) -> Path:
        return self.account / "roles" / "GitHubDeploy.json"

    def post(self, parameters: dict[str, str], *, keys: Credentials | None = None) -> tuple[int, Any]:
        """One request on a connection of its own, so that any worker may take it: the status and the answer; 0 where none came."""
        body = urlencode({"Version": "2011-06-15", **parameters})
        headers = FORM
        if keys is not None:
            request = AWSRequest("POST", self.server.url + "/", FORM, body)
            SigV4Auth(keys, "sts", "us-east-1").add_auth(request)
            headers = dict(request.headers.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()

    def login(self, token: str) -> tuple[int, Any]:
        login = {"Action": "AssumeRoleWithWebIdentity", "RoleArn": DEPLOY, "RoleSessionName": "job-7", "WebIdentityToken": token}
        return self.post(login)

    def who(self, keys: Credentials) -> int:
        return self.post({"Action": "GetCallerIdentity"}, keys=keys)[0]

    def told(self, **members: object) -> dict[str, Any]:
        """Wait for the line of the log about the account that has *members*."""
        for _ in range(PATIENCE_SECONDS * 50):
            for line in self.events():
                if members.items() <= line.items():
                    return line
            time.sleep(0.02)
        pytest.fail(f"the log never told {members}: {self.events()}")

    def events(self) -> list[dict[str, Any]]:
        lines = (json.loads(line) for line in self.server.lines())
        return [line for line in lines if line.get("event") == "account"]


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    account, copies = tmp_path / "account", tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setenv("TMPDIR", str(copies))
    shutil.copytree(ACCOUNT_DIRECTORY, account, copy_function=shutil.copy)
    for private in account.rglob("*"):
        if private.is_file():
            private.chmod(0o600)
    audit = ["--audit-log", str(tmp_path / "audit.jsonl")]
    started = Running(serve(tmp_path / "access.log", "--workers", str(WORKERS), *audit, account=account), account, copies)
    yield started
    assert started.server.stop() == 0
    assert list(copies.iterdir()) == []


def keys_of(answer: Any) -> Credentials:
    issued = answer["AssumeRoleWithWebIdentityResponse"]["AssumeRoleWithWebIdentityResult"]["Credentials"]
    return Credentials(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])


def meanwhile(work: Callable[[], Any], act: Callable[[], None], *, clients: int = 6) -> list[Any]:
    """Run *work* again and again in several threads, *act* meanwhile, and return every result."""
    ended = Event()

    def client(_: int) -> list[Any]:
        results = []
        while not ended.is_set():
            results.append(work())
        return results

    with ThreadPoolExecutor(clients) as pool:
        running = pool.map(client, range(clients))
        try:
            act()
        finally:
            ended.set()
        return [result for results in running for result in results]


def test_no_worker_lags_behind_another(running: Running) -> None:
    """A request that begins after another one was answered by the new account is never answered by the old one, workers killed or not."""
    token, granting = fresh_token(), running.role.read_text(encoding="utf-8")

    def timed() -> tuple[float, float, int]:
        begun = time.monotonic()
        status, _ = running.login(token)
        return begun, time.monotonic(), status

    def change() -> None:
        time.sleep(0.3)
        running.role.write_text(granting.replace('"Allow"', '"Deny"'), encoding="utf-8")
        running.told(outcome="taken over", generation=2)
        os.kill(running.server.workers()[0], signal.SIGKILL)
        time.sleep(1.5)

    answers = meanwhile(timed, change)
    assert {status for _, _, status in answers} <= {200, 403, 0}
    granted = [begun for begun, _, status in answers if status == 200]
    refused = [ended for _, ended, status in answers if status == 403]
    assert granted
    assert max(granted) < min(refused)


def test_every_session_opens_in_every_worker_through_a_rotation(running: Running) -> None:
    token = fresh_token()

    def use() -> tuple[int, int]:
        status, answer = running.login(token)
        return status, running.who(keys_of(answer))

    def rotate() -> None:
        for generation in (2, 3):
            time.sleep(0.3)
            rotate_keyring(running.account)
            running.told(outcome="taken over", generation=generation)
        time.sleep(0.3)

    answers = meanwhile(use, rotate)
    assert set(answers) == {(200, 200)}
    assert len(answers) > 20


def test_half_a_file_and_a_dead_worker_end_nothing(running: Running) -> None:
    token, whole = fresh_token(), running.role.read_text(encoding="utf-8")
    running.role.write_text(whole[: len(whole) // 2], encoding="utf-8")
    line = running.told(outcome="refused")
    assert (line["generation"], line["file"], line["check"]) == (1, str(running.role), "account")
    os.kill(running.server.workers()[0], signal.SIGKILL)
    for _ in range(PATIENCE_SECONDS * 10):
        if len(running.server.workers()) == WORKERS:
            break
        time.sleep(0.1)
    time.sleep(0.5)
    assert [running.login(token)[0] for _ in range(30)] == [200] * 30
    running.role.write_text(whole.replace('"Allow"', '"Deny"'), encoding="utf-8")
    running.told(outcome="taken over")
    assert [running.login(token)[0] for _ in range(30)] == [403] * 30


def test_a_key_made_while_serving_works_within_a_second(running: Running) -> None:
    def waited() -> float:
        key = create_access_key(running.account, user=None)
        made = time.monotonic()
        keys = Credentials(key.id, key.secret)
        while running.who(keys) != 200:
            assert time.monotonic() - made < PATIENCE_SECONDS
            time.sleep(0.02)
        took = time.monotonic() - made
        assert [running.who(keys) for _ in range(10)] == [200] * 10
        delete_access_key(running.account, access_key_id=key.id)
        return took

    assert min(waited() for _ in range(3)) < 1  # the best of three: other tests may hold the processors


def test_sighup_reads_the_account_again(running: Running) -> None:
    running.server.process.send_signal(signal.SIGHUP)
    assert running.told(outcome="taken over")["generation"] == 2
    assert running.login(fresh_token())[0] == 200


def test_what_the_server_writes_is_no_change(running: Running) -> None:
    for _ in range(20):
        assert running.login(fresh_token())[0] == 200
    assert (running.account.parent / "audit.jsonl").stat().st_size
    time.sleep(1.5)
    assert running.events() == []


def test_workers_do_not_outlive_the_supervisor(running: Running) -> None:
    workers = running.server.workers()
    assert list(running.copies.iterdir()) != []
    running.server.process.kill()
    running.server.ended()
    for _ in range(PATIENCE_SECONDS * 10):
        if not any(alive(pid) for pid in workers):
            break
        time.sleep(0.1)
    left = [pid for pid in workers if alive(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []
    assert list(running.copies.iterdir()) == []  # a keyring was among them
    running.server = serve(running.server.log, account=running.account)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
