"""What mutants are made of: fixtures, captures, corpora where they are, and responses with an awkward canonical form."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache

from federation.saml.registration.keys import VerificationKey
from tests.support.awkward import FORMS, SUCCESS
from tests.support.paths import FIXTURES
from tests.support.signatures import Keys, genuine, registered, signing_key
from tests.support.signed_messages import CAPTURES, CORPUS, capture_keys, capture_octets, corpus_keys, corpus_octets, judged
from tests.twins.tree import Node, read

LARGEST = 24_000
SMALL = 26


@dataclass(frozen=True, slots=True)
class Seed:
    """A response: its octets as they came, its tree without signatures, and the keys of who signed it (none where that is unknown)."""

    name: str
    octets: bytes
    tree: Node
    keys: tuple[VerificationKey, ...]
    permit: frozenset[str]


@cache
def signed_seeds() -> tuple[Seed, ...]:
    """Those that are proved as they came."""
    return tuple(seed for seed in seeds() if seed.keys and not isinstance(judged(seed.octets, Keys(seed.keys, permit=seed.permit)), str))


@cache
def small_seeds() -> tuple[Seed, ...]:
    """Those of which a mutant costs little."""
    return tuple(seed for seed in seeds() if sum(1 for _ in seed.tree.walk()) < SMALL)


@cache
def seeds() -> tuple[Seed, ...]:
    """Every response that is well-formed, not encrypted and not very large, with one assertion and a status that is a success."""
    found = [_seed(f"form: {name}", octets) for name, octets in FORMS.items()]
    found += [_seed(f"forge: {part}", genuine(part), registered(signing_key())) for part in ("assertion", "response", "both")]
    for path in sorted((FIXTURES / "saml").rglob("*.b64")):
        found.append(_seed(f"fixture: {path.stem}", base64.b64decode(path.read_bytes())))
    for entry in CAPTURES:
        keys = capture_keys(entry)
        found.append(_seed(f"capture: {entry['id']}", capture_octets(entry), tuple(keys.keys), keys.permit))
    for case in CORPUS:
        keys = corpus_keys(case)
        found.append(_seed(f"corpus: {case['id']}", corpus_octets(case), tuple(keys.keys), keys.permit))
    return tuple(seed for seed in found if seed is not None)


def _seed(name: str, octets: bytes, keys: tuple[VerificationKey, ...] = (), permit: frozenset[str] = frozenset()) -> Seed | None:
    if len(octets) > LARGEST or b"EncryptedAssertion" in octets or b"<!DOCTYPE" in octets:
        return None
    try:
        tree = read(octets)
    except ValueError:
        return None
    for node in tree.walk():
        node.children = [child for child in node.children if isinstance(child, str) or child.local != "Signature"]
    whole = [node.local for node in tree.walk()].count("Assertion") == 1 and tree.local == "Response"
    return Seed(name, octets, tree, keys, permit) if whole and SUCCESS.encode() in octets else None
