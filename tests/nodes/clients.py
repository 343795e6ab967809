"""Clients in the namespace of the hub."""

from __future__ import annotations

import ctypes
import http.client
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.nodes.cluster import HUB, NODE_PORT, PROXY_PORT, Cluster
from tests.support.traffic.client import Client

_CLONE_NEWNET = 0x40000000


def enter(space: str) -> None:
    """Move this thread, and no other, into a network namespace."""
    with Path(f"/run/netns/{space}").open("rb") as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def clients(space: str, count: int) -> ThreadPoolExecutor:
    """Return *count* threads in the namespace *space*."""
    return ThreadPoolExecutor(count, initializer=enter, initargs=(space,))


def of_the_proxy(place: Cluster) -> Client:
    """A client that knows the proxy alone, and asks once."""
    return _client(HUB, PROXY_PORT, place.authority.certificate)


def of_the_node(place: Cluster, number: int) -> Client:
    """A client of one node, without the proxy."""
    return _client(place.nodes[number].address, NODE_PORT, place.authority.certificate)


def _client(address: str, port: int, authority: Path) -> Client:
    context = ssl.create_default_context(cafile=str(authority))
    return Client(lambda: http.client.HTTPSConnection(address, port, timeout=30, context=context))
