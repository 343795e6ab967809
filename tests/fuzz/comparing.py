"""One input of the fuzzer: it is compared as it is, and re-signed."""

from __future__ import annotations

import zlib
from random import Random

from federation.errors import FederationError
from tests.support.signatures import registered
from tests.twins.comparing import Comparison, compare
from tests.twins.octets import BREAKING, KEEPING
from tests.twins.signing import Form, own_key, sign, signature
from tests.twins.tree import Node, read, write

LARGEST = 16_384


class DifferenceError(AssertionError):
    """The engines differ against the rule."""


def judge(octets: bytes) -> tuple[Comparison, ...]:
    """Compare the engines on *octets*, and on the same document with a signature of ours where it is well-formed.

    Raises:
        DifferenceError: They differ.
    """
    keys = registered(own_key())
    found = tuple(compare(each, keys, frozenset(), 0) for each in (octets, resigned(octets)) if each)
    for comparison in found:
        if comparison.difference:
            raise DifferenceError(comparison.difference)
    return found


def resigned(octets: bytes) -> bytes:
    """*octets* with a signature over the assertion or the response; none where they are not well-formed, or have no ID to sign."""
    try:
        root = read(octets)
    except ValueError:
        return b""
    rng = Random(zlib.crc32(octets))
    form, target = Form.drawn(rng), rng.choice(("Assertion", "Response"))
    for node in root.walk():
        node.children = [child for child in node.children if isinstance(child, str) or child.local != "Signature"]
    element = root if target == "Response" else root.find(target)
    if element is None:
        return b""
    at = next((index + 1 for index, child in enumerate(element.children) if isinstance(child, Node) and child.local == "Issuer"), 0)
    element.children.insert(at, signature(form, target, element.get("ID") or ""))
    return sign(write(root, rng), target, form)


def mutated(octets: bytes, largest: int, seed: int) -> bytes:
    """*octets* after one of the changes of `tests.twins.octets`, for the fuzzer as its own mutator."""
    rng = Random(seed)
    try:
        changed = rng.choice(rng.choice((KEEPING, BREAKING)))(octets, rng) if octets else b"<a/>"
    except (ValueError, FederationError):
        changed = octets
    return changed[: min(largest, LARGEST)]
