"""Roles created over the wire: how long ten thousand take, each used at once, and what one costs in a small and in a large account.

    python -m benchmarks.iam [--roles N] [--workers N]

Roles are created in batches. Once a batch is answered, every role of it is assumed, by connections that any worker may take.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]

from benchmarks.load import Measured, free_port, listening, run
from benchmarks.server import processor_seconds
from federation.account import init_account
from federation.account.writing.credentials import create_access_key
from federation.account.writing.users import add_user

ACCOUNT = "123456789012"
BATCH = 100
CONNECTIONS = 8
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [ROOT]})


@dataclass(slots=True)
class Outcome:
    """Batches of creations and of uses, in order."""

    created: list[Measured] = field(default_factory=list)
    used: list[Measured] = field(default_factory=list)


def main(words: Sequence[str]) -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--roles", type=int, default=10_000)
    arguments.add_argument("--workers", type=int, default=2)
    chosen = arguments.parse_args(words)
    report(outcome(chosen.roles, chosen.workers), chosen.workers)


def outcome(roles: int, workers: int) -> Outcome:
    with TemporaryDirectory() as folder:
        directory = init_account(Path(folder) / "account", account_id=ACCOUNT)
        add_user(directory, name="admin", policy=ALL)
        key = create_access_key(directory, user="admin")
        port = free_port()
        with Pool() as pool:
            signed = partial(requests_for, port=port, keys=(key.id, key.secret))
            made = pool.map(signed, range(roles), chunksize=100)
        found, program = Outcome(), "from federation.cli.main import main; main()"
        options = [
            "--account",
            str(directory),
            "--port",
            str(port),
            "--workers",
            str(workers),
            "--state",
            f"sqlite:///{folder}/state.sqlite",
        ]
        with listening([sys.executable, "-c", program, "serve", *options], port) as process:
            for start in range(0, roles, BATCH):
                creations, uses = zip(*made[start : start + BATCH], strict=True)
                found.created.append(measured(process, port, creations))
                found.used.append(measured(process, port, uses))
        return found


def measured(process: int, port: int, requests: Sequence[bytes]) -> Measured:
    before = processor_seconds(process)
    outcome = run(port, requests, connections=CONNECTIONS)
    return replace(outcome, processor_micros=(processor_seconds(process) - before) / len(requests) * 1e6)


def requests_for(number: int, *, port: int, keys: tuple[str, str]) -> tuple[bytes, bytes]:
    """The creation of a role, and its use."""
    name = f"role-{number}"
    create = {"Action": "CreateRole", "Version": "2010-05-08", "RoleName": name, "AssumeRolePolicyDocument": TRUST}
    use = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}", "RoleSessionName": "bench"}
    return request_of("iam", create, port=port, keys=keys), request_of("sts", use, port=port, keys=keys)


def request_of(service: str, parameters: dict[str, str], *, port: int, keys: tuple[str, str]) -> bytes:
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = AWSRequest("POST", f"http://127.0.0.1:{port}/", form, urlencode(parameters))
    SigV4Auth(Credentials(*keys), service, "us-east-1").add_auth(request)
    body = str(request.data).encode("ascii")
    headers = {"Host": f"127.0.0.1:{port}", **dict(request.headers.items()), "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST / HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def report(found: Outcome, workers: int) -> None:
    roles = sum(batch.requests for batch in found.created)
    created, used = (sum(batch.seconds for batch in batches) for batches in (found.created, found.used))
    refused = sum(batch.refused for batch in (*found.created, *found.used))
    print(f"\n{roles} roles, workers: {workers}: created in {created:.1f} s, each used at once in {used:.1f} s more; refused: {refused}")
    for title, batches in (("the first", found.created[:3]), ("the last", found.created[-3:])):
        processor = sorted(batch.processor_micros for batch in batches)[len(batches) // 2]
        p50 = sorted(batch.p50 for batch in batches)[len(batches) // 2]
        count = sum(batch.requests for batch in batches)
        print(f"  {title} {count}: p50 {p50:.2f} ms with {CONNECTIONS} at once, processor {processor:.0f} µs a creation in all workers")


if __name__ == "__main__":
    main(sys.argv[1:])
