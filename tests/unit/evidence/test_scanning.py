"""Objects are cut out of streams of any size; what is none is one finding, and the rest is found."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from federation import limits
from federation.evidence.cloudtrail.scanning import CutObject, Damage, cut_objects

FIRST, SECOND = b'{"eventVersion": "1", "n": {"a": "}]{", "b": [1, {"c": "\\""}]}}', b'{"eventVersion": "2"}'

ENDLESS = "one that does not end, is longer, or is nested deeper"


def cut(octets: bytes) -> list[bytes | Damage]:
    return [each.octets if isinstance(each, CutObject) else each for each in cut_objects(io.BytesIO(octets))]


@pytest.mark.parametrize(
    "document",
    [
        b'{"Records": [%s, %s]}',
        b'\xef\xbb\xbf{"Records":[%s,%s]}\n',
        b'{"NextToken": "x\\"y", "Events": [%s, %s], "Marker": null}',
        b'{"Records": [%s]}{"Records": [%s]}',
        b"[%s, %s]",
        b"%s\n%s\n",
        b"  %s  %s",
        b"[]\n%s%s",
    ],
)
def test_objects_of_every_form(document: bytes) -> None:
    assert cut(document % (FIRST, SECOND)) == [FIRST, SECOND]


@pytest.mark.parametrize("document", [b"", b" \n", b'{"Records": []}', b"[]", b"\xef\xbb\xbf"])
def test_nothing(document: bytes) -> None:
    assert cut(document) == []


@pytest.mark.parametrize(
    ("document", "found", "damages"),
    [
        (b'{"Records": [{"a": "cut, %s]}', [SECOND], [ENDLESS]),  # its text never ends
        (b'{"Records": [{"a": }}, %s]}', [SECOND], ["something else"]),
        (b'{"Records": [null, 1, %s]}', [SECOND], ["something else"]),
        (b"{broken\n%s\n", [SECOND], [ENDLESS]),
        (b"date,user\n%s\n", [SECOND], ["something else"]),
        (b'{"Records": [%s', [SECOND], ["a file that is cut off"]),
        (b"[" + b"{" * 100 + b"}" * 100 + b",%s]", [SECOND], [ENDLESS]),
    ],
)
def test_what_is_no_object_is_one_finding(document: bytes, found: list[bytes], damages: list[str]) -> None:
    things = cut(document.replace(b"%s", SECOND))
    assert [each for each in things if each == SECOND] == found
    assert [each.found for each in things if isinstance(each, Damage)] == damages


def test_an_object_that_is_too_long_is_passed_by() -> None:
    long = b'{"eventVersion": "%s"}' % (b"x" * limits.EVENT_OCTETS)
    one, other = cut(b'{"Records": [' + long + b", " + SECOND + b"]}")
    assert isinstance(one, Damage)
    assert other == SECOND


class Endless(io.RawIOBase):
    """A list of records that are made while they are read."""

    def __init__(self, records: int) -> None:
        self._pieces = self._made(records)
        self._rest = b""

    def _made(self, records: int) -> Iterator[bytes]:
        one = json.dumps({"eventVersion": "1", "text": "x" * 1_000}).encode()
        yield b'{"Records":['
        for number in range(records):
            yield b"," * bool(number) + one
        yield b"]}"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._pieces, b"")
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def test_memory_does_not_grow_with_the_list() -> None:
    peaks = []
    for records in (2_000, 20_000):
        tracemalloc.start()
        assert len([1 for _ in cut_objects(io.BufferedReader(Endless(records)))]) == records
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_an_object_larger_than_a_piece_is_read_once_for_each_doubling() -> None:
    large = octets_of(900_000)
    assert cut(b"[" + large + b"]") == [large]


def octets_of(size: int) -> bytes:
    return json.dumps({"a": "x" * size}).encode()
