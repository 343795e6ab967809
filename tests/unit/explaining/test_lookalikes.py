"""Texts that look the same and are not: they are told, and the characters are named."""

import pytest

from federation.explaining.difference import how_they_differ
from federation.explaining.lookalikes import as_it_looks, look_alike, odd_characters

PLAIN = "repo:octo-org/octo-repo"
ODD = {
    "repo:octo-org/\u200bocto-repo": "U+200B ZERO WIDTH SPACE",
    "\ufeffrepo:octo-org/octo-repo": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "repo\uff1aocto-org/octo-repo": "U+FF1A FULLWIDTH COLON",
    "repo:\u043ecto-org/octo-repo": "U+043E CYRILLIC SMALL LETTER O",
    "repo:octo\u2013org/octo-repo": "U+2013 EN DASH",
    "repo:octo-org/oc\u00adto-repo": "U+00AD SOFT HYPHEN",
    "repo:octo-org/octo-repo\u0000": "U+0000 control character",
    "repo:octo-\u03bfrg/octo-repo": "U+03BF GREEK SMALL LETTER OMICRON",
    "repo:octo-org\u2215octo-repo": "U+2215 DIVISION SLASH",
    "repo:octo-org/octo-repo\U000e0100": "U+E0100 VARIATION SELECTOR-17",
}


@pytest.mark.parametrize("text", ODD)
def test_what_looks_the_same_is_told_with_its_character(text: str) -> None:
    assert as_it_looks(text) == PLAIN
    assert look_alike(text, PLAIN)
    assert look_alike(PLAIN, text)
    assert ODD[text] in odd_characters(text, PLAIN)
    assert ODD[text] in odd_characters(PLAIN, text)
    assert ODD[text] in how_they_differ(text, PLAIN)


@pytest.mark.parametrize("text", [PLAIN, "repo:Octo-org/octo-repo", "repo:octo-org/octo-rep", "repo:octo org/octo-repo", "m\u00fcller"])
def test_what_is_seen_to_differ_is_not_alike(text: str) -> None:
    assert not look_alike(text, PLAIN)
    assert as_it_looks(text) == text


def test_one_letter_in_two_normal_forms_looks_the_same() -> None:
    assert look_alike("m\u00fcller", "mu\u0308ller")
    assert "U+0308 COMBINING DIAERESIS" in odd_characters("m\u00fcller", "mu\u0308ller")


def test_the_names_of_characters_are_bounded() -> None:
    told = odd_characters("".join(map(chr, range(0x200B, 0x2010))) + "\u2060\u2061", "")
    assert told.endswith("and 3 more")
