"""Differences between the policy's value and the request's that a reader easily overlooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import unquote

from federation.errors import show
from federation.explaining.difference import QUOTATION_MARKS
from federation.explaining.lookalikes import as_it_looks, odd_characters
from federation.explaining.trust import origins
from federation.explaining.trust.asked import Unmet, bounded
from federation.explaining.trust.mismatch import Mismatch
from federation.explanation import Edit, Place


class Overlooked(NamedTuple):
    """A difference that a reader easily overlooks.

    Attributes:
        words: What differs, to follow "they differ in".
        removed: What makes both values the same text.
        imitable: Whether somebody else could have chosen the request's value so that it passes for the policy's.
    """

    words: str
    removed: Callable[[str], str]
    imitable: bool = True


_OVERLOOKED: Final = (
    Overlooked("white space around them alone", str.strip),
    Overlooked("white space alone", lambda text: "".join(text.split())),
    Overlooked("quotation marks around them alone", lambda text: text.strip(QUOTATION_MARKS)),
    Overlooked("the slash at the end alone", lambda text: text.rstrip("/"), imitable=False),
    Overlooked("`https://` at the beginning alone", lambda text: text.removeprefix("https://"), imitable=False),
    Overlooked("percent-encoding alone", unquote, imitable=False),
    Overlooked("characters that look alike or cannot be seen", as_it_looks),
)


def explain_overlooked(at: Mismatch) -> Unmet | None:
    """Explain a difference that is easily overlooked.

    Where the request's own value is the odd one, it may be an imitation of a name that is trusted: no edit of the policy lets it in.
    """
    difference = next((each for each in _OVERLOOKED if _is_alike(at, each.removed)), None)
    if difference is None:
        return None
    corrected = difference.removed(at.nearest)
    sentence = f"{at.source} {show(at.found)}; the policy demands {show(at.nearest)}: they differ in {difference.words}"
    if difference.removed is as_it_looks:
        sentence += f": {odd_characters(at.nearest, corrected if at.wildcards else at.found)}"
    if difference.imitable and difference.removed(at.found) != at.found:
        return at.finding(sentence, [_sent_right(at)])
    pattern = [at.replaced(corrected)] if at.wildcards and corrected != at.found else []
    return at.finding(sentence, [at.replaced(), *pattern])


def _is_alike(at: Mismatch, removed: Callable[[str], str]) -> bool:
    policy = removed(at.nearest)
    if policy == removed(at.found):
        return True
    return at.wildcards and policy != at.nearest and at.accepts(policy)


def _sent_right(at: Mismatch) -> Edit:
    """Return the edit by which the request has the value that the policy demands."""
    told = origins.origin(at.asked, at.condition.folded)
    settings = origins.setting(at.asked, at.condition.folded, old=at.found, new=at.nearest)
    place = Place(owner="identity-provider", path=told.name.strip("`"))
    own = Edit(place=place, instruction=f"have the issuer send {show(at.nearest)}", old=bounded(at.found), new=bounded(at.nearest))
    return next(iter(settings), own)
