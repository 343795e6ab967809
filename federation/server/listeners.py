"""The sockets of a worker, as the system shows them: granian opens and keeps them, and offers no way to them.

All of this is for Linux. Elsewhere nothing is found and nothing is done: a worker that ends may then reset connections that wait for it.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_DESCRIPTORS: Final = Path("/proc/self/fd")
_SO_ACCEPTCONN: Final = getattr(socket, "SO_ACCEPTCONN", 30)
_SO_ATTACH_FILTER: Final = 26
_SO_ATTACH_REUSEPORT_CBPF: Final = 51
_FAMILIES: Final = (socket.AF_INET, socket.AF_INET6)

_LOAD_OCTET, _AND, _JUMP_IF_EQUAL, _RETURN = 0x30, 0x54, 0x15, 0x06
_FLAGS_AT: Final = 13
"""Place of the flags in a TCP header, where a filter of a socket begins to read."""
_SYN, _ACK = 0x02, 0x10
_WHOLE: Final = 0xFFFFFFFF
_NO_FIRST_SEGMENT: Final = (
    (_LOAD_OCTET, 0, 0, _FLAGS_AT),
    (_AND, 0, 0, _SYN | _ACK),
    (_JUMP_IF_EQUAL, 0, 1, _SYN),
    (_RETURN, 0, 0, 0),
    (_RETURN, 0, 0, _WHOLE),
)
"""Drop the segment that begins a connection, and take every other one."""

_Instruction = tuple[int, int, int, int]


def is_listening(port: int) -> bool:
    """Return whether this process listens on *port*."""
    return any(_listening(each) for each in _sockets(port))


def is_connected(port: int) -> bool:
    """Return whether this process has a connection to *port*; True where the system does not tell."""
    return not _DESCRIPTORS.is_dir() or any(_connected(each) for each in _sockets(port))


def take_no_more(port: int) -> None:
    """Have the system drop attempts to connect to *port* here; connections that wait to be accepted are not touched.

    A listener that is closed resets the connections in its queue, and their requests are lost. Whoever is dropped tries again after a
    second, and is told then that nobody listens, before a request was sent.
    """
    _attach(port, _SO_ATTACH_FILTER, _NO_FIRST_SEGMENT)


def prefer_newest(port: int, others: int) -> None:
    """Give all connections to the listener that came after *others* in the group that shares *port*, while there is one.

    Without it the system chooses by hash. So a worker that replaces another one gets the new connections as soon as it listens, and the
    queue of the old one is empty when it ends. The program stays with the group: while no worker is replaced there is no such listener, and
    the hash decides.
    """
    _attach(port, _SO_ATTACH_REUSEPORT_CBPF, ((_RETURN, 0, 0, others),))


def _attach(port: int, option: int, program: Sequence[_Instruction]) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *instruction) for instruction in program))
    told = struct.pack("HP", len(program), ctypes.addressof(code))
    for each in _sockets(port):
        if _listening(each):
            with suppress(OSError):  # a kernel or a sandbox without such filters
                each.setsockopt(socket.SOL_SOCKET, option, told)


def _listening(each: socket.socket) -> bool:
    return bool(each.getsockopt(socket.SOL_SOCKET, _SO_ACCEPTCONN))


def _connected(each: socket.socket) -> bool:
    """Return whether it has a peer: granian also leaves a socket that is bound alone."""
    try:
        each.getpeername()
    except OSError:
        return False
    return True


def _sockets(port: int) -> Iterator[socket.socket]:
    """Yield a duplicate of each TCP socket of this process whose own port is *port*."""
    if not _DESCRIPTORS.is_dir():
        return
    for descriptor in _DESCRIPTORS.iterdir():
        with suppress(OSError):  # closed meanwhile
            if str(descriptor.readlink()).startswith("socket:"):
                with socket.socket(fileno=os.dup(int(descriptor.name))) as found:
                    if found.family in _FAMILIES and found.type == socket.SOCK_STREAM and found.getsockname()[1] == port:
                        yield found
