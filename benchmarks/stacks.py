"""Comparison of HTTP servers with an application that only uses processor time: the figures of the decision record on the HTTP stack.

pip install uvicorn httptools uvloop hypercorn gunicorn granian      into an environment of its own
python -m benchmarks.stacks --bin THAT/ENVIRONMENT/bin [--work MICROSECONDS]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from benchmarks.load import Measured, free_port, listening, run

WORK_VARIABLE: Final = "BENCHMARK_DIGESTS"
DIGESTS: Final = int(os.environ.get(WORK_VARIABLE, "0"))
BLOCK: Final = bytes(2000)  # under the size at which hashlib gives up the interpreter lock
ANSWER: Final = b"<answer>" + b"a" * 2000 + b"</answer>"
HEADERS: Final = [("content-type", "text/xml"), ("content-length", str(len(ANSWER)))]
STACKS: Final = {
    "uvicorn, httptools": "uvicorn benchmarks.stacks:asgi --port {port} --workers {workers} --no-access-log --http httptools --loop uvloop",
    "granian, ASGI": "granian --interface asgi --port {port} --workers {workers} --no-ws --http 1 --loop uvloop benchmarks.stacks:asgi",
    "granian, RSGI": "granian --interface rsgi --port {port} --workers {workers} --no-ws --http 1 --loop asyncio benchmarks.stacks:rsgi",
    "hypercorn": "hypercorn benchmarks.stacks:asgi -b 127.0.0.1:{port} --worker-class uvloop --workers {workers}",
    "gunicorn, gthread": "gunicorn benchmarks.stacks:wsgi -b 127.0.0.1:{port} -k gthread --threads 4 --workers {workers}",
}


def work() -> bytes:
    for _ in range(DIGESTS):
        hashlib.sha256(BLOCK).digest()
    return ANSWER


async def asgi(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[dict[str, Any]], Any]) -> None:
    if scope["type"] == "lifespan":
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})
        return
    while (await receive()).get("more_body"):
        continue
    body = work()
    await send({"type": "http.response.start", "status": 200, "headers": [(n.encode(), v.encode()) for n, v in HEADERS]})
    await send({"type": "http.response.body", "body": body})


async def rsgi(_scope: object, connection: Any) -> None:  # noqa: ANN401 - granian's own type
    await connection()
    connection.response_bytes(200, HEADERS, work())


def wsgi(environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    body = work()
    start("200 OK", HEADERS)
    return [body]


def digests_of(micros: float) -> int:
    """How many digests take *micros* microseconds here."""
    started = time.perf_counter()
    for _ in range(2000):
        hashlib.sha256(BLOCK).digest()
    return round(micros / ((time.perf_counter() - started) / 2000 * 1e6))


def measure(command: str, *, workers: int, requests: int) -> Measured:
    body = b"Action=AssumeRoleWithSAML&Version=2011-06-15&SAMLAssertion=" + b"QUJD" * 2700
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
    port = free_port()
    with listening(command.format(port=port, workers=workers).split(), port):
        return run(port, [head % len(body) + body] * requests, connections=16 * workers)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bin", type=Path, required=True)
    arguments.add_argument("--work", type=float, default=250.0, help="microseconds a request takes the application")
    arguments.add_argument("--requests", type=int, default=10_000)
    chosen = arguments.parse_args()
    os.environ[WORK_VARIABLE] = str(digests_of(chosen.work))
    for name, command in STACKS.items():
        for workers in (1, 2):
            measured = measure(f"{chosen.bin}/{command}", workers=workers, requests=chosen.requests)
            print(f"{name:20} {workers} worker{'s' if workers > 1 else ' '} {measured}", flush=True)


if __name__ == "__main__":
    main()
