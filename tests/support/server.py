"""A running server on a socket, for AWS clients."""

import configparser
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.config import Config  # type: ignore[import-untyped]

from federation.account import add_role
from federation.account.writing.outbound import enable_outbound
from federation.account.writing.trade_in import add_trade_in_token
from federation.testing import OIDC_SHAPES, Login, OidcForge, SamlForge, SigningKey, TokenKey, aws_attributes, to_base64
from federation.testing.examples import Examples
from federation.testing.mfa import mfa_code, mfa_device
from tests.support.paths import ACCOUNT_DIRECTORY, KEYS, REPOSITORY
from tests.support.warm import Started, servers
from tests.support.world import SAML_PROVIDER, SAML_ROLE

ROLE = SAML_ROLE
PROVIDER = SAML_PROVIDER
DEPLOY = "arn:aws:iam::123456789012:role/GitHubDeploy"
START_SECONDS = 120
CALENDAR = ("LD_PRELOAD", "CALENDAR_SHIFT_SECONDS")
"""What `make calendar` shifts the calendar of every process with."""


@dataclass
class Served:
    """A running `federation serve`."""

    process: subprocess.Popen[bytes] | Started
    url: str
    port: int
    log: Path

    def logged(self, request_id: str) -> dict[str, Any]:
        """The log's entry of one request, which is written after the answer is sent."""
        for _ in range(200):
            for line in self.lines():
                if request_id in line:
                    entry: dict[str, Any] = json.loads(line)
                    return entry
            time.sleep(0.01)
        pytest.fail(f"request {request_id} was not logged")

    def lines(self) -> list[str]:
        """The whole lines of the log; the last one may still be being written."""
        return self.log.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()

    def workers(self) -> list[int]:
        """Ids of its worker processes; skips the test on a system that does not tell."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        if not children.exists():
            pytest.skip("no /proc with the children of a process on this system")
        return [int(pid) for pid in children.read_text(encoding="ascii").split()]

    def stop(self) -> int:
        """Stop it the way a service manager does and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end and return its exit status."""
        status = self.process.wait(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


def resident_kilobytes(process: int) -> int:
    """Resident memory of *process* and its children (Linux; 0 elsewhere)."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError):
            continue
        if process in (int(status.parent.name), int(fields["PPid"])):
            total += int(fields.get("VmRSS", "0 kB").split()[0])
    return total


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _started(words: list[str], errors: BinaryIO) -> subprocess.Popen[bytes] | Started:
    """Start the command line; on Linux without the time that imports take."""
    if sys.platform == "linux":
        return servers().start("federation", *words, stderr=errors.fileno(), directory=REPOSITORY)
    command = [sys.executable, "-c", "from federation.cli.main import main; main()", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=REPOSITORY)


def serve(log: Path, *options: str, account: Path = ACCOUNT_DIRECTORY, accounts: Path | None = None) -> Served:
    """Start `federation serve` and wait until it announces itself. *accounts* is a directory of many, in place of *account*."""
    port = free_port()
    what = ["--account", str(account)] if accounts is None else ["--accounts", str(accounts)]
    words = ["serve", *what, "--port", str(port), "--state", f"sqlite:///{log}.sqlite", *options]
    with log.open("wb") as errors:
        process = _started(words, errors)
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline().decode() if ready else ""
    if line.startswith("# TEST CONTROL"):
        line = process.stdout.readline().decode()
    if not line.startswith("AWS_ENDPOINT_URL_STS="):
        process.kill()
        process.wait(timeout=30)
        process.stdout.close()
        pytest.fail(f"the server did not start: {line!r} {log.read_text(encoding='utf-8', errors='replace')}")
    return Served(process, line.strip().partition("=")[2], port, log)


def need_server() -> None:
    if find_spec("granian") is None:
        pytest.skip("the HTTP server is not installed: pip install 'sts-federation[server]'")


def forge_response(at: datetime, *, seed: str) -> str:
    key = SigningKey.from_pem((KEYS / "idp-rsa2048.TEST-ONLY.key.pem").read_bytes(), (KEYS / "idp-rsa2048.TEST-ONLY.cert.pem").read_bytes())
    attributes = aws_attributes(role=ROLE, provider=PROVIDER, session_name="SamlExample")
    login = Login(at=at.replace(microsecond=0), subject="SamlExample", attributes=attributes, seed=seed)
    return to_base64(SamlForge(key=key).response(login))


@dataclass
class World:
    """The documented accounts, valid now, with what the remaining operations need, and a server for them."""

    examples: Examples
    server: Served
    github: OidcForge
    devices: list[str]
    """MFA devices of DevAdmin that no test has used: a code is good once, so each test takes one of its own."""

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of an AWS client that has only the profiles of the examples."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", *CALENDAR) if name in os.environ}
        return {**kept, **self.examples.environment, "AWS_ENDPOINT_URL_STS": self.server.url, "AWS_EC2_METADATA_DISABLED": "true", **more}

    def saml_response(self) -> str:
        """The documented login, issued this moment."""
        return self.examples.saml_response(at=datetime.now(UTC), seed=os.urandom(8).hex())

    def id_token(self) -> str:
        """A token of the workflow that role GitHubDeploy trusts, issued this moment."""
        return self.github.token(at=datetime.now(UTC), jti=os.urandom(8).hex())

    def mfa(self) -> dict[str, str]:
        """A device of DevAdmin and its present code."""
        device = mfa_device(self.examples.account, self.devices.pop())
        return {"SerialNumber": device.serial_number, "TokenCode": mfa_code(device, at=datetime.now(UTC))}

    def client(self, profile: str = "default", **options: Any) -> Any:
        """boto3's client of a profile's user, with nothing changed but the endpoint; *options* replace what it is made with."""
        keys = self.keys(profile) if "config" not in options and "aws_access_key_id" not in options else {}
        given = {"endpoint_url": self.server.url, "region_name": "us-east-1", "config": ONE_ATTEMPT, **keys, **options}
        return boto3.client("sts", **given)

    def keys(self, profile: str) -> dict[str, str]:
        """The long-term key of a profile's user, as boto3 takes it."""
        sections = configparser.ConfigParser()
        sections.read(self.examples.environment["AWS_SHARED_CREDENTIALS_FILE"])
        return dict(sections[profile])


ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})
TRADE_IN = "trade-in-token-of-the-tests"
EXTERNAL_ID = "12345"
ROLES = {
    "Partner": {"AWS": "arn:aws:iam::111122223333:root", "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}},
    "Guarded": {"AWS": "arn:aws:iam::123456789012:root", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
}
"""Roles for the profiles of AWS clients: who may assume them, and when."""
ONWARD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}


def complete(examples: Examples, now: datetime) -> None:
    """Add what the operations need that the documentation shows no example of."""
    account = examples.account
    with (account / "account.toml").open("a", encoding="utf-8") as settings:
        settings.write('[organization]\nid = "o-a1b2c3d4e5"\npaths = ["o-a1b2c3d4e5/r-ab12/"]\nroot_access = ["111122223333"]\n')
    enable_outbound(account)
    for token, life in ((TRADE_IN, 3600), (f"{TRADE_IN}-ended", -60)):
        add_trade_in_token(account, token=token, role_arn=ROLE, session_name="product", expires_at=now + timedelta(seconds=life))
    for name, trust in ROLES.items():
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": trust["AWS"]},
            "Action": "sts:AssumeRole",
            "Condition": trust["Condition"],
        }
        trusted = {"Version": "2012-10-17", "Statement": [statement]}
        add_role(account, name=name, trust_policy=json.dumps(trusted), policy=json.dumps(ONWARD))


def fresh_token(**changes: Any) -> str:
    """GitHub's token of this minute."""
    key = TokenKey.from_pem((KEYS / "issuer-rsa2048.TEST-ONLY.key.pem").read_bytes())
    return OidcForge(key=key, shape=OIDC_SHAPES["github"]).token(at=datetime.now(UTC).replace(microsecond=0), **changes)
