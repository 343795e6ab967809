"""How much one peer may ask, and whose address counts."""

import ipaddress
from collections.abc import Callable

import pytest

from federation.errors import Throttling
from federation.server import peers
from federation.server.messages import Request
from federation.server.peers import ForwardedPeers, PeerLimits

ONE, OTHER = "192.0.2.1", "192.0.2.2"
PROXIES = ForwardedPeers([ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/32")])


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def refused(begin: Callable[[str | None], str], address: str | None) -> str:
    with pytest.raises(Throttling) as refusal:
        begin(address)
    assert (refusal.value.code, refusal.value.http_status) == ("Throttling", 429)
    return refusal.value.check


def test_without_limits_nothing_is_refused() -> None:
    limits = PeerLimits()
    for _ in range(1000):
        limits.begin(ONE)


def test_a_peer_has_so_many_requests_at_a_time() -> None:
    limits = PeerLimits(at_once=2)
    first = limits.begin(ONE)
    limits.begin(ONE)
    assert refused(limits.begin, ONE) == "peer-requests"
    limits.begin(OTHER)
    limits.end(first)
    limits.begin(ONE)
    assert refused(limits.begin, ONE) == "peer-requests"


@pytest.mark.parametrize("rate", [1, 7, 100])
def test_a_peer_has_so_many_requests_a_second_after_a_burst(rate: int) -> None:
    watch = Watch()
    limits = PeerLimits(rate=rate, clock=watch)
    for _ in range(peers.BURST_SECONDS * rate):
        limits.end(limits.begin(ONE))
    assert refused(limits.begin, ONE) == "peer-rate"
    limits.begin(OTHER)
    granted = 0
    for step in range(1, 10 * rate + 1):
        watch.now = step / rate + 1e-6
        limits.end(limits.begin(ONE))
        granted += 1
        assert refused(limits.begin, ONE) == "peer-rate"  # one that is refused costs nothing
    assert granted == 10 * rate
    watch.now += 3600
    for _ in range(peers.BURST_SECONDS * rate):
        limits.begin(ONE)
    assert refused(limits.begin, ONE) == "peer-rate"


def test_the_table_of_peers_is_bounded_and_forgets_who_asked_least_recently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "MOST_PEERS", 3)
    limits = PeerLimits(rate=1, clock=Watch())
    for _ in range(2):
        limits.begin(ONE)
    for number in range(2):
        limits.begin(f"198.51.100.{number}")
    assert refused(limits.begin, ONE) == "peer-rate"
    for number in range(2, 100):
        limits.begin(f"198.51.100.{number}")
        assert len(limits._full) <= 3
    limits.begin(ONE)


def test_requests_that_ended_leave_nothing() -> None:
    limits = PeerLimits(at_once=5)
    for number in range(100):
        limits.end(limits.begin(f"198.51.100.{number}"))
    assert not limits._open


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db9::1", "2001:db9::ffff:ffff:ffff:ffff", True),  # addresses that one machine chooses
        ("2001:db9::1", "2001:db9:0:1::1", False),
        ("::ffff:192.0.2.1", ONE, True),
        (ONE, OTHER, False),
        (None, "no address", True),
    ],
)
def test_what_counts_as_one_peer(one: str | None, other: str, *, same: bool) -> None:
    limits = PeerLimits()
    assert (limits.begin(one) == limits.begin(other)) is same


@pytest.mark.parametrize(
    ("peer", "fields", "client"),
    [
        ("10.1.2.3:50000", ["192.0.2.1"], ONE),
        ("10.1.2.3:50000", ["203.0.113.9, 192.0.2.1"], ONE),  # what the client wrote stands first
        ("10.1.2.3:50000", ["203.0.113.9", "192.0.2.1, 10.9.9.9"], ONE),
        ("10.1.2.3:50000", ["192.0.2.1, , 10.9.9.9"], None),
        ("10.1.2.3:50000", ["203.0.113.9, unknown"], None),
        ("10.1.2.3:50000", ["10.9.9.9"], None),
        ("10.1.2.3:50000", [], None),
        ("[2001:db8::1]:50000", ["::ffff:192.0.2.1"], ONE),
        ("192.0.2.7:50000", ["203.0.113.9"], None),  # no proxy of ours
        ("", ["203.0.113.9"], None),
    ],
)
def test_a_proxy_is_believed_where_it_is_trusted(peer: str, fields: list[str], client: str | None) -> None:
    headers = tuple(("x-forwarded-for", value) for value in fields)
    assert PROXIES.client_of(Request("GET", "/", headers=headers, peer=peer)) == client
    assert ForwardedPeers(()).client_of(Request("GET", "/", headers=headers, peer=peer)) is None


def test_the_address_of_a_request_is_that_of_the_client() -> None:
    request = Request("GET", "/", peer="10.1.2.3:50000", forwarded=ONE)
    assert (request.address, request.connected) == (ONE, "10.1.2.3")
