"""A worker that strangers post to for an hour is as large afterwards as before."""

import base64
import http.client
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.server import Served, need_server, resident_kilobytes, serve
from tests.support.signatures import strange

FILLING = 40
"""Posts after which the worker's own dictionary is full, and that of a helper too."""
OCTETS = 250_000


def post(server: Served, number: int) -> None:
    """Post on a connection of its own: a kept one ends when this process is held up for as long as the server waits for a head."""
    body = urlencode({"pasted": base64.b64encode(strange(number, OCTETS)).decode()})
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as client:
        client.request("POST", "/page", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = client.getresponse()
        assert answer.status == 200
        assert b"refused" in answer.read()


def grown(server: Served, posts: int) -> int:
    """Kilobytes by which the server and its one worker grew with *posts* posts of names that nobody has used before."""
    for number in range(FILLING):
        post(server, number)
    before, workers = resident_kilobytes(server.process.pid), server.workers()
    for number in range(FILLING, FILLING + posts):
        post(server, number)
    after = resident_kilobytes(server.process.pid)
    assert server.workers() == workers, "a worker that took the place of one that died is small again"
    sys.stdout.write(f"{posts} posts of {OCTETS} octets: {before} KB before, {after} KB after\n")
    return after - before


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
@pytest.mark.growth
@pytest.mark.parametrize("posts", [50, pytest.param(3_600, marks=pytest.mark.long)])
def test_a_worker_is_flat_over_an_hour_of_hostile_posts(posts: int, tmp_path: Path) -> None:
    """3 600 are one post each second: an hour's worth, in the time it takes to answer them."""
    need_server()
    running = serve(tmp_path / "access.log")
    try:
        # The names of 50 posts, kept, took 50 MB.
        assert grown(running, posts) < 20_000
    finally:
        running.stop()
