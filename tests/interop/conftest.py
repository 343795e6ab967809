"""A real server on a real socket, for real AWS clients."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore import UNSIGNED  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]

from federation.account.writing.mfa_devices import enable_mfa_device
from federation.testing import OIDC_SHAPES, OidcForge, TokenKey
from federation.testing.examples import write_examples
from tests.support.paths import KEYS, REPOSITORY
from tests.support.server import Served, World, complete, forge_response, need_server, serve


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    need_server()
    running = serve(tmp_path_factory.mktemp("server") / "access.log")
    yield running
    running.stop()


@pytest.fixture
def fresh_response() -> str:
    """The documented login, issued this minute: the server judges by the clock on the wall, as it must."""
    return forge_response(datetime.now(UTC), seed=os.urandom(8).hex())


@pytest.fixture
def sts_client(server: Served) -> Any:
    return boto3.client(
        "sts",
        endpoint_url=server.url,
        region_name="us-east-1",
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    need_server()
    folder, now = tmp_path_factory.mktemp("world"), datetime.now(UTC)
    examples = write_examples(folder / "examples", fixtures=REPOSITORY / "fixtures", at=now)
    devices = [enable_mfa_device(examples.account, user="DevAdmin", name=f"spare-{n}").serial_number for n in range(4)]
    complete(examples, now)
    options = ["--neighbour", str(examples.neighbour), "--audit-log", str(folder / "audit.jsonl")]
    running = serve(folder / "access.log", *options, account=examples.account)
    issuer = TokenKey.from_pem((KEYS / "issuer-rsa2048.TEST-ONLY.key.pem").read_bytes())
    yield World(examples, running, OidcForge(key=issuer, shape=OIDC_SHAPES["github"]), devices)
    running.stop()
