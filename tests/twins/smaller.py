"""A mutant made smaller, piece by piece, as long as the engines differ in the same way."""

from __future__ import annotations

from tests.twins.comparing import compare
from tests.twins.mutants import Mutant


def difference(mutant: Mutant, variant: int) -> str:
    try:
        octets = mutant.octets()
    except (ValueError, IndexError):  # a change that needs the piece which is gone
        return ""
    return compare(octets, mutant.keys, mutant.permit, variant).difference


def smallest(mutant: Mutant, variant: int, kind: str, tries: int = 3_000) -> Mutant:
    """The smallest mutant that is reached from *mutant* by leaving pieces out, and still shows the difference *kind*."""
    again = True
    while again and tries > 0:
        again = False
        for each in mutant.smaller():
            tries -= 1
            if difference(each, variant) == kind:
                mutant, again = each, True
                break
            if tries <= 0:
                break
    return mutant
