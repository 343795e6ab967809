"""Requests per second of `federation serve`, one worker and two, beside moto's server in the same run.

    python -m benchmarks.server [--moto PATH] [--requests N] [--rounds N]

It also says latencies and processor time; `python -m benchmarks server` is the short form beside the other tables.
Every request has a newly signed token, since a SAML response is accepted once. moto verifies nothing. The contestants run in turn, each
after requests that are not counted; the best rate and the least processor time of each count. Both have the same client, which opens closed
connections again. The processor time of a request is that of all processes of the contestant, without the client. It depends less on the
load of the machine than the rate does, but other work on the same cores makes it longer too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks.load import REPOSITORY, Measured, free_port, listening, run
from federation.testing import OIDC_SHAPES, Login, OidcForge, SamlForge, SigningKey, TokenKey, aws_attributes, to_base64

ACCOUNT = REPOSITORY / "fixtures" / "account"
KEYS = REPOSITORY / "fixtures" / "keys"
ROLE = "arn:aws:iam::123456789012:role/TestSaml"
DEPLOY = "arn:aws:iam::123456789012:role/GitHubDeploy"
PROVIDER = "arn:aws:iam::123456789012:saml-provider/SAML-test"
DIRECTORY = {f"urn:oid:1.3.6.1.4.1.5923.1.1.1.{n}": (f"value-{n}@example.com", "second value") for n in range(8)}
WARM_UP = 64
"""Requests of a round before those that count: moto imports its service, and a worker its verifiers, with the first."""


@cache
def forge() -> SamlForge:
    private, certificate = ((KEYS / f"idp-rsa2048.TEST-ONLY.{part}.pem").read_bytes() for part in ("key", "cert"))
    return SamlForge(key=SigningKey.from_pem(private, certificate))


@cache
def issuer() -> OidcForge:
    key = TokenKey.from_pem((KEYS / "issuer-rsa2048.TEST-ONLY.key.pem").read_bytes())
    return OidcForge(key=key, shape=OIDC_SHAPES["github"])


def saml_request(number: int, *, at: datetime) -> bytes:
    """AssumeRoleWithSAML with ten attributes."""
    attributes = aws_attributes(role=ROLE, provider=PROVIDER, session_name="SamlExample", more=DIRECTORY)
    login = Login(at=at, subject="SamlExample", attributes=attributes, seed=f"{at.timestamp()} {number}")
    response = to_base64(forge().response(login, sign="assertion"))
    return request_of({"Action": "AssumeRoleWithSAML", "RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": response})


def web_identity_request(number: int, *, at: datetime) -> bytes:
    """AssumeRoleWithWebIdentity with the claims of a GitHub workflow, RS256."""
    token = issuer().token(at=at, jti=f"{at.timestamp()} {number}")
    call = {"Action": "AssumeRoleWithWebIdentity", "RoleArn": DEPLOY, "RoleSessionName": "deploy", "WebIdentityToken": token}
    return request_of(call)


def request_of(parameters: Mapping[str, str]) -> bytes:
    """A call as an SDK sends it."""
    body = urlencode({**parameters, "Version": "2011-06-15"}).encode()
    head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


OPERATIONS: Mapping[str, Callable[..., bytes]] = {
    "AssumeRoleWithSAML": saml_request,
    "AssumeRoleWithWebIdentity": web_identity_request,
}


def processor_seconds(process: int) -> float:
    """Processor time of *process* and its children so far (Linux)."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if process in (int(stat.parent.name), int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(command: Sequence[str], port: int, requests: Sequence[bytes], *, connections: int) -> Measured:
    with listening(command, port) as process:
        run(port, requests[:WARM_UP], connections=connections)
        before = processor_seconds(process)
        measured = run(port, requests[WARM_UP:], connections=connections)
        return replace(measured, processor_micros=(processor_seconds(process) - before) / measured.requests * 1e6)


def ours(requests: Sequence[bytes], *, workers: int) -> Measured:
    port = free_port()
    program = "from federation.cli.main import main; main()"
    options = ["--account", str(ACCOUNT), "--port", str(port), "--workers", str(workers)]
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-c", program, "serve", *options, "--state", f"sqlite:///{folder}/state.sqlite"]
        return measure(command, port, requests, connections=16 * workers)


def main(words: Sequence[str]) -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument(
        "--moto", default=shutil.which("moto_server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    )
    arguments.add_argument("--requests", type=int, default=1000, help="per worker and round")
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args(words)
    for operation in OPERATIONS:
        report(operation, contest(operation, moto=chosen.moto, requests=chosen.requests, rounds=chosen.rounds))


def contest(operation: str, *, moto: str | None, requests: int, rounds: int) -> dict[str, Measured]:
    """Run the contestants in turn with *operation*, and return the best round of each, with its least processor time of all rounds."""
    at = datetime.now(UTC).replace(microsecond=0)
    one, two, quarter = requests + WARM_UP, 2 * requests + WARM_UP, requests // 4 + WARM_UP
    with Pool() as pool:
        made = iter(pool.map(partial(OPERATIONS[operation], at=at), range((one + two) * rounds), chunksize=100))
    seen: dict[str, list[Measured]] = {"one worker": [], "two workers": [], "moto": []}
    for _ in range(rounds):
        batch = list(islice(made, one + two))
        seen["one worker"].append(ours(batch[:one], workers=1))
        seen["two workers"].append(ours(batch[one:], workers=2))
        if moto is not None:
            port = free_port()
            seen["moto"].append(measure([moto, "-p", str(port)], port, batch[:quarter], connections=16))
    return {name: _best(measured) for name, measured in seen.items() if measured}


def _best(rounds: Sequence[Measured]) -> Measured:
    fastest = max(rounds, key=lambda each: each.rate)
    return replace(fastest, processor_micros=min(each.processor_micros for each in rounds))


def report(operation: str, best: Mapping[str, Measured]) -> None:
    print(f"\n{operation}: everything verified by us, nothing by moto")
    for name, measured in best.items():
        print(f"  {name:12} {measured}")
    one, two = best["one worker"], best["two workers"]
    print(f"  two workers: {two.rate / one.rate:.2f} x one, on {os.cpu_count()} cores that the load shares")
    if "moto" not in best:
        print("  moto: not measured; pass --moto, after pip install 'moto[server]'")
        return
    shorter = best["moto"].processor_micros / one.processor_micros
    print(f"  one worker: {one.rate / best['moto'].rate:.1f} x moto by requests per second, {shorter:.1f} x by processor time")


if __name__ == "__main__":
    main(sys.argv[1:])
