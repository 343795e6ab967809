"""Characters that cannot be seen, or that look like others: two texts that look the same and are not."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from federation.errors import printable

_NAMED: Final = 4
"""Characters that one sentence names."""
_LONGEST: Final = 100_000
"""Characters of a text that are compared by how they look; longer ones are told by their values."""
_UNSEEN: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Characters without a glyph that Unicode counts among letters and marks (property Default_Ignorable_Code_Point)."""
_CYRILLIC: Final = (
    "\u0430\u0435\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u0455\u0501\u04bb\u04cf\u051b\u051d\u0475\u0410\u0412\u0415\u0417\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405",
    "aeijopcyxsdhlqwvABE3IJKMHOPCTYXS",
)
_GREEK: Final = (
    "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aikvoptuABEZHIKMNOPTYX",
)
_SIGNS: Final = {
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7",
    ":": "\u2236\ua789\u02d0",
    "/": "\u2044\u2215",
    "*": "\u2217\u204e",
    "'": "\u02bc\u2018\u2019",
    '"': "\u201c\u201d\u201e\u201f",
    "i": "\u0131",
}
_LOOKS: Final = str.maketrans(
    {
        **dict(zip(*_CYRILLIC, strict=True)),
        **dict(zip(*_GREEK, strict=True)),
        **{sign: ascii_sign for ascii_sign, signs in _SIGNS.items() for sign in signs},
    }
)
"""What looks like ASCII, letter by letter: the confusables of Unicode TS 39 that keyboards and word processors write."""


def as_it_looks(text: str) -> str:
    """Return *text* as a reader sees it: without characters that cannot be seen, and what looks like ASCII as ASCII."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFKC", text[:_LONGEST].translate(_LOOKS)).translate(_LOOKS)
    seen = "".join(each for each in composed if unicodedata.category(each) not in ("Cf", "Cc") or each.isspace())
    return _UNSEEN.sub("", seen) + text[_LONGEST:]


def look_alike(one: str, other: str) -> bool:
    """Whether the texts differ, and a reader cannot see it."""
    return one != other and as_it_looks(one) == as_it_looks(other)


def odd_characters(one: str, other: str) -> str:
    """Return the characters by which two texts that look alike differ, each with its name in Unicode."""
    there = {*one} ^ {*other}
    odd = [each for each in dict.fromkeys(one + other) if each in there and as_it_looks(each) != each]
    odd = odd or [each for each in dict.fromkeys(one + other) if not each.isascii() and (each in there or as_it_looks(each) != each)]
    rest = len(odd) - _NAMED
    return ", ".join(map(_named, odd[:_NAMED])) + (f" and {rest} more" if rest > 0 else "")


def _named(character: str) -> str:
    name = unicodedata.name(character, "control character")
    shown = printable(character)
    return f"U+{ord(character):04X} {name}" + (f" (`{shown}`)" if len(shown) == 1 and not unicodedata.combining(character) else "")
