"""What was sent instead of a token, and what recognises it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from federation.explanation import Owner
from federation.shapes import SAML


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What was sent, in words that hold nothing of it but lengths and names of formats.

    Attributes:
        sentence: What it is; empty where its shape is right, so that the refusal's own words say more.
        instruction: What to send instead.
        old: What stands there, as a shape.
        new: What to write instead, as a shape.
        command: A command that makes the token of it.
        token: The token that it plainly holds, for another trial; None where it holds none. Never shown.
        owner: What the edit changes.
        path: The place of the edit, where it is not the parameter itself.
    """

    sentence: str
    instruction: str
    old: str | None = None
    new: str | None = None
    command: str = ""
    token: str | None = field(default=None, repr=False)
    owner: Owner = "call"
    path: str = ""


Look = Callable[[str, str], "Presented | None"]
"""Recognises a shape: the text, and which kind of token is wanted."""


def what_is_wanted(wanted: str) -> str:
    """Return the token that is wanted, in words."""
    return "a SAML response, base64 of its XML" if wanted == SAML else "an ID token: three parts of base64url joined by two dots"
