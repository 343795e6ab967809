"""What happens to the machines of a cluster in a year, in a minute."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from federation.account.writing.keyring import rotate_keyring
from tests.nodes.cluster import NAME, Cluster

_turn = count()
PAUSE_SECONDS = 0.5
AHEAD = timedelta(seconds=8)
"""How long before it seals a new key is distributed; much longer than a reload takes, and than clocks of the test differ."""


def distribute(place: Cluster) -> None:
    """Give the other nodes the keyring of the first one."""
    octets = (place.nodes[0].account / "keyring.json").read_bytes()
    for node in place.nodes[1:]:
        new = node.account / ".keyring.new"
        new.touch(mode=0o600)
        new.write_bytes(octets)
        new.replace(node.account / "keyring.json")


def restart(place: Cluster) -> None:
    """Stop each node as a service manager does, and start it again, one after the other."""
    for node in place.nodes:
        assert node.stop() == 0
        node.start()


def kill_worker(place: Cluster) -> None:
    node = place.nodes[next(_turn) % len(place.nodes)]
    os.kill(node.workers()[0], signal.SIGKILL)


def kill_node(place: Cluster) -> None:
    node = place.nodes[next(_turn) % len(place.nodes)]
    node.kill()
    node.start()


def reload_account(place: Cluster) -> None:
    for node in place.nodes:
        node.signal(signal.SIGHUP)


def rotate(place: Cluster) -> None:
    """Rotate the keyring: the new key is everywhere before it seals."""
    rotate_keyring(place.nodes[0].account, seals_from=datetime.now(UTC) + AHEAD)
    distribute(place)


def renew_certificates(place: Cluster) -> None:
    for node in place.nodes:
        place.authority.certify(node.tls, node.address, name=NAME)


def break_account(place: Cluster) -> None:
    """Write a role that cannot be read, and take it back."""
    node = place.nodes[next(_turn) % len(place.nodes)]
    broken = node.account / "roles" / "Broken.json"
    refused = len(node.events(event="account", outcome="refused"))
    broken.write_text("{", encoding="utf-8")
    node.await_event(refused + 1, event="account", outcome="refused")
    broken.unlink()


def pause_state(place: Cluster) -> None:
    """Let the state answer nothing for half a second."""
    place.redis.send_signal(signal.SIGSTOP)
    time.sleep(PAUSE_SECONDS)
    place.redis.send_signal(signal.SIGCONT)


GENTLE: dict[str, Callable[[Cluster], None]] = {
    "rolling restart": restart,
    "the account is read again": reload_account,
    "the keyring is rotated": rotate,
    "new certificates": renew_certificates,
    "a broken role": break_account,
    "the state pauses": pause_state,
}
"""What must fail no request."""
FAULTS = {**GENTLE, "a node is killed": kill_node, "a worker is killed": kill_worker}
