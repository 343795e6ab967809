"""Genuine tokens, changed: by an attacker's edits, or at random."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from federation.testing.mutator import Mutation, mutations


def mutated(token: str, *, jwks: Mapping[str, Any] | None = None) -> st.SearchStrategy[Mutation]:
    """Return the mutations of the genuine *token* that `federation.testing.mutator.mutations` makes. A verifier must refuse each.

    Args:
        token: As for `mutations`.
        jwks: As for `mutations`.

    Raises:
        ValidationError: As for `mutations`.
    """
    return st.sampled_from(list(mutations(token, jwks=jwks)))


def damaged(token: str) -> st.SearchStrategy[str]:
    """Return *token* with a part cut out, repeated or replaced by other characters. It is never *token* itself.

    A verifier must refuse it or come to the identity of *token*: the envelope of a SAML response may be unsigned.
    """
    places = st.integers(0, len(token))
    return st.builds(
        lambda begin, end, middle: token[: min(begin, end)] + middle + token[max(begin, end) :],
        places,
        places,
        st.text(max_size=8) | st.sampled_from((token, "=", ".", "\n", "A")),
    ).filter(lambda changed: changed != token)
