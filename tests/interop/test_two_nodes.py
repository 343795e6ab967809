"""Mixed traffic on two servers with one state, of which one is killed and comes back: the short form of `make load`."""

from __future__ import annotations

import itertools
import os
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from tests.support.posting import post
from tests.support.server import DEPLOY, Served, forge_response, fresh_token, need_server, serve

T = TypeVar("T")
CLIENTS, SECONDS = 4, 5.0
"""Threads that ask, and for how long."""


@contextmanager
def two(folder: Path) -> Iterator[list[Served]]:
    """Start two servers with one embedded state; whoever is in the list at the end is stopped."""
    nodes: list[Served] = []
    try:
        nodes.extend(start(folder, name) for name in ("one", "other"))
        yield nodes
    finally:
        for node in nodes:
            node.stop()


def start(folder: Path, name: str) -> Served:
    return serve(folder / f"{name}.log", "--state", f"sqlite:///{folder}/state.sqlite")


def tried(nodes: list[Served], first: int, ask: Callable[[Served], T]) -> tuple[T, int]:
    """Ask one node, and the other where the first does not answer; return the answer, and how many were asked."""
    for tries in itertools.count(1):
        node = nodes[(first + tries - 1) % 2]
        try:
            return ask(node), tries
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if tries == 6:
                raise
            time.sleep(0.05)
    raise AssertionError


def web_identity(node: Served, token: str) -> int:
    parameters = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": DEPLOY, "RoleSessionName": "ci"}
    try:
        with urllib.request.urlopen(node.url, urlencode({**parameters, "WebIdentityToken": token}).encode(), timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def test_mixed_traffic_while_a_node_is_killed(tmp_path: Path) -> None:
    need_server()
    token = fresh_token()
    with two(tmp_path) as nodes:
        ends = time.monotonic() + SECONDS

        def client(number: int) -> Counter[tuple[str, int]]:
            said: Counter[tuple[str, int]] = Counter()
            for turn in itertools.count(number):
                if time.monotonic() > ends:
                    return said
                response = forge_response(datetime.now(UTC), seed=os.urandom(8).hex())
                status, tries = tried(nodes, turn, lambda node, response=response: post(node, response))  # type: ignore[misc]
                if tries == 1 or status == 200:  # a node that was killed may have recorded the use before
                    said["first use", status] += 1
                    said["second use", tried(nodes, turn + 1, lambda node, response=response: post(node, response))[0]] += 1  # type: ignore[misc]
                said["web identity", tried(nodes, turn, lambda node: web_identity(node, token))[0]] += 1
            raise AssertionError

        with ThreadPoolExecutor(CLIENTS) as clients:
            asked = [clients.submit(client, number) for number in range(CLIENTS)]
            time.sleep(SECONDS / 3)
            nodes[0].process.kill()
            nodes[0].ended()
            nodes[0] = start(tmp_path, "one again")
            said = sum((each.result() for each in asked), Counter[tuple[str, int]]())
    assert set(said) == {("first use", 200), ("second use", 403), ("web identity", 200)}, said
    assert min(said.values()) > 10
