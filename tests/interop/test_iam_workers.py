"""Several workers change one account: every change is served by all at once, and none is lost, whoever ends in the middle."""

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from federation.account import add_role, init_account, load_account
from federation.account.writing.credentials import create_access_key
from federation.account.writing.users import add_user
from tests.support.server import Served, serve
from tests.support.world import ACCOUNT

pytestmark = [
    pytest.mark.skipif(find_spec("granian") is None, reason="the HTTP server is not installed: sts-federation[server]"),
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow"),
]
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
WORKERS = 3
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}],
    }
)


@dataclass
class Running:
    server: Served
    account: Path
    keys: Credentials
    acknowledged: list[str] = field(default_factory=list)

    def call(self, service: str, action: str, **parameters: str) -> int:
        """One request on a connection of its own, so that any worker may take it: its status; 0 where no answer came."""
        request = AWSRequest("POST", self.server.url + "/", FORM, urlencode({"Action": action, "Version": VERSIONS[service], **parameters}))
        SigV4Auth(self.keys, service, "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.request("POST", "/", request.data, dict(request.headers.items()))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return answer.status
        finally:
            connection.close()

    def create(self, name: str) -> bool:
        """Create a role and use it at once; whether the creation was acknowledged."""
        status = self.call("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=TRUST)
        if status != 200:
            assert status in (0, 409), status
            return False
        self.acknowledged.append(name)
        return True

    def assume(self, name: str) -> int:
        return self.call("sts", "AssumeRole", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}", RoleSessionName="it")

    def outcomes(self) -> list[dict[str, object]]:
        lines = (json.loads(line) for line in self.server.lines() if line.startswith("{"))
        return [line for line in lines if line.get("event") == "account"]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    account = init_account(tmp_path / "account", account_id=ACCOUNT)
    add_user(account, name="admin", policy=ALL)
    key = create_access_key(account, user="admin")
    server = serve(tmp_path / "access.log", "--workers", str(WORKERS), account=account)
    yield Running(server, account, Credentials(key.id, key.secret))
    assert server.stop() == 0


def test_a_role_is_usable_in_every_worker_once_it_is_made(running: Running) -> None:
    def work(worker: int) -> None:
        for number in range(10):
            assert running.create(f"role-{worker}-{number}")
            assert [running.assume(f"role-{worker}-{number}") for _ in range(4)] == [200] * 4

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert len(running.acknowledged) == 40
    assert {role.name for role in load_account(running.account).roles.values()} == set(running.acknowledged)
    time.sleep(1.5)
    assert running.outcomes() == []  # what the workers write is no change that the supervisor must publish


def test_one_name_is_given_once(running: Running) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(running.create, ["Same"] * 12))
    assert sum(made) == 1


def test_what_was_acknowledged_survives_the_end_of_any_worker(running: Running) -> None:
    def work(worker: int) -> None:
        for number in range(25):
            running.create(f"role-{worker}-{number}")

    with ThreadPoolExecutor(5) as pool:
        working = [pool.submit(work, worker) for worker in range(4)]
        for _ in range(3):
            time.sleep(0.4)
            os.kill(running.server.workers()[0], signal.SIGKILL)
            time.sleep(6)  # the server stops where one worker ends twice within 5.5 s
            if all(each.done() for each in working):
                break
        for each in working:
            each.result()
    assert len(running.acknowledged) > 50
    account = load_account(running.account)  # nothing is half-written
    assert set(running.acknowledged) <= {role.name for role in account.roles.values()}
    for name in account.names.roles.values():
        assert running.assume(name.name) == 200  # also what was written and not acknowledged


def test_a_change_by_hand_and_changes_by_workers_are_both_served(running: Running) -> None:
    def work(worker: int) -> None:
        for number in range(30):
            assert running.create(f"role-{worker}-{number}")

    with ThreadPoolExecutor(3) as pool:
        working = [pool.submit(work, worker) for worker in range(2)]
        for number in range(4):
            add_role(running.account, name=f"by-hand-{number}", trust_policy=TRUST)
            time.sleep(0.3)
        for each in working:
            each.result()
    ends = time.monotonic() + 20
    while running.assume("by-hand-3") != 200:
        assert time.monotonic() < ends, running.outcomes()
        time.sleep(0.05)
    roles = {role.name for role in load_account(running.account).roles.values()}
    assert roles == {*running.acknowledged, *(f"by-hand-{number}" for number in range(4))}
    assert {running.assume(name) for name in roles} == {200}
