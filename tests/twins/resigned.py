"""Mutants that libxmlsec and the JDK sign, each in its own way of writing."""

from __future__ import annotations

from random import Random

import xmlsec
from lxml import etree

from tests.support.awkward import ASSERTION_ID, RESPONSE_ID, sign_by_libxmlsec
from tests.support.jdk import Awkward, Jdk, JdkError
from tests.support.signatures import registered, signing_key
from tests.twins.comparing import compare, engine
from tests.twins.judging import Judged, Tally
from tests.twins.mutants import Mutant, changed_tree
from tests.twins.seeds import small_seeds
from tests.twins.signing import LISTS
from tests.twins.tree import write
from tests.twins.voices import jdk_difference


def resigned(seed: int, number: int, jdk: Jdk | None) -> Judged | None:
    """The mutant of that number, by libxmlsec or the JDK; None where its signer cannot read it."""
    rng = Random(f"{seed}/resigned/{number}")
    tree, kinds = changed_tree(rng.choice(small_seeds()), rng, (0, 0, 1, 1, 2))
    tree.put("ID", RESPONSE_ID)
    assertion = tree.find("Assertion")
    if assertion is None:
        return None
    assertion.put("ID", ASSERTION_ID)
    prefix, lists = rng.choice(("ds", "", "b")), (rng.choice(LISTS), rng.choice(LISTS))
    octets, key = write(tree, rng), signing_key()
    signer = "the JDK" if jdk is not None and rng.random() < 0.5 else "libxmlsec"
    try:
        for target in rng.choice(((ASSERTION_ID,), (RESPONSE_ID,), (ASSERTION_ID, RESPONSE_ID))):
            if jdk is not None and signer == "the JDK":
                octets = jdk.sign(octets, target, key.private, Awkward(prefix, *lists))
            else:
                octets = sign_by_libxmlsec(octets, target, key, prefix=prefix, lists=lists)
    except (JdkError, xmlsec.Error, etree.LxmlError, ValueError, StopIteration):
        return None
    keys = registered(key)
    made = Mutant(number, (*kinds, f"signed by {signer}"), None, (), octets, frozenset(), 0, b"", (), keys, frozenset())
    return Judged(made, octets, compare(octets, keys, frozenset(), 0))


def tally_of_resigned(seed: int, numbers: range, jdk: Jdk | None) -> Tally:
    """Count them; the JDK, where there is one, sees every proposal."""
    tally = Tally()
    for judged in (resigned(seed, number, jdk) for number in numbers):
        if judged is None:
            continue
        tally.count(judged)
        if jdk is not None and judged.comparison.proposed:
            tally.outcomes["jdk"] += 1
            proposal = engine()(judged.octets)
            difference = jdk_difference(jdk, judged.octets, judged.mutant.keys, proposal, proved=judged.comparison.fast)
            if difference:
                tally.differences.append((judged.mutant.number, difference))
    return tally
