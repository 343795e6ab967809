"""A worker refuses what is too much of one peer before it reads a body, and answers probes all the same."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network

from federation.server.access_log import AccessLog
from federation.server.app import Application
from federation.server.endpoint import Endpoint
from federation.server.peers import ForwardedPeers, PeerLimits
from tests.support.sts import callers

ENDPOINT = Endpoint(callers.service())
PROXY = "10.0.0.1:50000"


@dataclass
class Fields:
    pairs: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        return self.pairs


@dataclass
class Asked:
    """The head of a request."""

    path: str = "/"
    method: str = "GET"
    client: str = PROXY
    more: list[tuple[str, str]] = field(default_factory=list)
    query_string: str = ""
    authority: str | None = None

    @property
    def headers(self) -> Fields:
        return Fields([("host", "127.0.0.1"), ("accept", "application/json"), *self.more])


class Answered:
    """A connection that keeps what is answered."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, dict[str, str](), b""

    async def __call__(self) -> bytes:
        return b"Action=Nothing"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"Action=Nothing"

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body


def application(*, at_once: int | None = None, rate: int | None = None) -> Application:
    quiet = AccessLog(os.open(os.devnull, os.O_WRONLY))
    forwarded = ForwardedPeers([ip_network("10.0.0.0/8")])
    return Application(lambda: ENDPOINT, quiet, limits_of_peers=PeerLimits(at_once=at_once, rate=rate), forwarded=forwarded)


def answers(served: Application, *asked: Asked) -> list[Answered]:
    async def all_at_once() -> list[Answered]:
        found = [Answered() for _ in asked]
        await asyncio.gather(*(served(each, answer) for each, answer in zip(asked, found, strict=True)))
        return found

    return asyncio.run(all_at_once())


def test_a_peer_that_asks_too_often_is_told_to_wait() -> None:
    served = application(rate=1)
    found = answers(served, *[Asked()] * 3)
    assert [each.status == 429 for each in found] == [False, False, True]
    assert json.loads(found[2].body)["Error"]["Code"] == "Throttling"
    assert found[2].headers["retry-after"] == "1"
    assert "connection" not in found[2].headers


def test_each_client_of_a_trusted_proxy_is_a_peer() -> None:
    served = application(rate=1)
    one, other = ([Asked(more=[("x-forwarded-for", address)])] * 2 for address in ("192.0.2.1", "192.0.2.2"))
    assert 429 not in [each.status for each in answers(served, *one, *other)]
    assert [each.status for each in answers(served, one[0], other[0])] == [429, 429]


def test_probes_are_answered_whatever_their_peer_asks() -> None:
    served = application(rate=1)
    answers(served, *[Asked()] * 3)
    assert [each.status for each in answers(served, *[Asked("/health")] * 5)] == [200] * 5


def test_the_body_of_a_request_that_is_refused_is_not_read_and_its_connection_ends() -> None:
    served = application(rate=1)
    posted = Asked(method="POST", more=[("content-length", "14")])
    found = answers(served, *[posted] * 3)
    assert [each.status == 429 for each in found] == [False, False, True]
    assert found[2].headers["connection"] == "close"


def test_requests_at_a_time_are_those_whose_bodies_are_not_there_yet() -> None:
    class Slow(Answered):
        async def __call__(self) -> bytes:
            await asyncio.sleep(0.05)
            return await super().__call__()

    served, posted = application(at_once=2), Asked(method="POST", more=[("content-length", "14")])

    async def three() -> list[int]:
        found = [Slow(), Slow(), Slow()]
        await asyncio.gather(*(served(posted, each) for each in found))
        later = Slow()
        await served(posted, later)
        return [each.status for each in (*found, later)]

    assert [status == 429 for status in asyncio.run(three())] == [False, False, True, False]
