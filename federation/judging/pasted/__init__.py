"""The tokens in whatever somebody pastes, or a file holds: alone, or inside a HAR file, an HTTP message, a form, JSON or a page.

What is found is judged exactly as it stands there; what was left out around it is told. Nothing here proves anything.
"""

from __future__ import annotations

import re
from typing import Final

from federation.judging.kinds import kind_of
from federation.judging.pasted.bare import mark_removed, stripped_token
from federation.judging.pasted.model import Container, FoundToken, Pasted
from federation.limits import PASTED_OCTETS, SAML_RESPONSE_CHARS

__all__ = ["Container", "FoundToken", "Pasted", "find_tokens"]

_ALONE: Final = re.compile(rb"(?:authorization:\s*)?[A-Za-z0-9+/_.\s-]*=*", re.IGNORECASE)
"""A token alone, as its characters show; every other text may be a container of one."""
_AROUND: Final = b" \t\r\n\"'`"
_BEGINNING: Final = 4096
_LONGEST_ALONE: Final = 2 * SAML_RESPONSE_CHARS
"""Octets of a token that stands alone: a longer one is cut, and still too long for its validator."""


def find_tokens(octets: bytes) -> Pasted:
    """Return the tokens in *octets*: each different one once, in the order in which they stand.

    Octets that are no known container are one token, whatever they are: its validator says best what is wrong with it. So are a JSON
    document, a page and a form without a token. A HAR file and an HTTP message without one have none.

    Args:
        octets: What was pasted; what follows `federation.limits.PASTED_OCTETS` is not looked at.
    """
    text, marks = mark_removed(octets[:PASTED_OCTETS])
    if _ALONE.fullmatch(text.strip(_AROUND)[:_BEGINNING]) is None:
        from federation.judging.pasted.containers import opened  # noqa: PLC0415 - a token that stands alone starts faster without

        found = opened(text, marks, longer=len(octets) > PASTED_OCTETS)
        if found is not None:
            return found
    token, left_out = stripped_token(text[:_LONGEST_ALONE])
    return Pasted(container=Container.NONE, tokens=(FoundToken(kind=kind_of(token), token=token, left_out=(*marks, *left_out)),))
