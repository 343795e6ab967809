"""The remarks of a report on what was proved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from federation.saml.signature.proof import SignedOctets


def proof_notes(signed: Iterable[SignedOctets], weak: Sequence[str] = (), comments: int = 0) -> tuple[str, ...]:
    """Return the remarks of a report on what was proved: each signer, each weak algorithm once, and the number of comments."""
    notes, used = [], list(weak)
    for octets in signed:
        notes.append(f"{octets.element} signed by key {octets.key.fingerprint}")
        used += octets.weak
    notes += [f"weak algorithm used: {name}" for name in dict.fromkeys(used)]
    if comments:
        notes.append(f"comments between elements were left out ({comments}): the canonical text, which is read, has none")
    return tuple(notes)
