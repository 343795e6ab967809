"""Values from outside as refusals show them: bounded, on one line, without characters that deceive."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

MAX_SHOWN = 160
"""Most characters of a foreign value that an error repeats (attack row D04: a refusal must not amplify its input)."""


_PLAIN = (int, float, type(None), timedelta)
"""Types whose ``str()`` may be shown. Of other types only the type name is shown: their ``__str__`` is foreign code."""


_DECEPTIVE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
    "\u2611-\u2613\u2705\u2713-\u2718\u274c\u274e\U0001f5f4-\U0001f5f9]"
)
"""Characters that `str.isprintable` accepts and that must be escaped: invisible ones, and the ticks and crosses of the tool's verdicts."""


def printable(text: str) -> str:
    """Return *text* with control, bidirectional and invisible characters, ticks and crosses escaped (attack rows T08, D07).

    The result cannot move a cursor, change colours, reorder the text beside it, or look like a verdict of the tool.
    """
    if text.isprintable() and (text.isascii() or not _DECEPTIVE.search(text)):
        return text
    return "".join(c if c.isprintable() and not _DECEPTIVE.match(c) else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def show(value: object) -> str:
    """Return a foreign value as an error shows it: in backticks, `printable`, cut after `MAX_SHOWN` characters.

    The caller must never pass a token, a secret or a key.
    """
    if isinstance(value, int) and value.bit_length() > MAX_SHOWN:  # str() of an integer raises beyond 4300 digits
        return f"an integer of {value.bit_length()} bits"
    text = value if isinstance(value, str) else str(value) if isinstance(value, _PLAIN) else type(value).__name__
    safe = printable(text[:MAX_SHOWN])
    return f"`{safe}`" if len(text) <= MAX_SHOWN else f"`{safe}`… ({len(text)} characters)"
