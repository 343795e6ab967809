"""Texts and values of any type."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_SAFE_INTEGER = 2**53


def xml_text(*, min_size: int = 0, max_size: int = 200) -> st.SearchStrategy[str]:
    """Return texts that an XML 1.0 document can hold and that come back unchanged.

    They have no surrogates, no U+FFFE and U+FFFF, which XML lacks, and no control characters below U+0020: XML lacks most of them, and its
    parsers change line breaks and tabs in attributes.

    Args:
        min_size: Least length in characters.
        max_size: Most characters.
    """
    alphabet = st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
    return st.text(alphabet, min_size=min_size, max_size=max_size)


def session_names() -> st.SearchStrategy[str]:
    """Return texts that STS accepts as the name of a role session: 2 to 64 of the characters ``A-Za-z0-9_+=,.@-``."""
    return st.from_regex(r"[a-zA-Z_0-9+=,.@-]{2,64}", fullmatch=True)


def tag_keys(*, max_size: int = 12) -> st.SearchStrategy[str]:
    """Return texts that STS accepts as the key of a session tag: letters, digits, spaces and ``_.:/=+-@``, without the prefix ``aws:``."""
    return tag_values(min_size=1, max_size=max_size).filter(lambda key: not key.lower().startswith("aws:"))


def tag_values(*, min_size: int = 0, max_size: int = 12) -> st.SearchStrategy[str]:
    """Return texts that STS accepts as the value of a session tag: letters, digits, spaces and ``_.:/=+-@``."""
    return st.text(st.characters(categories=["L", "N", "Zs"], include_characters="_.:/=+-@"), min_size=min_size, max_size=max_size)


def json_values(*, interoperable: bool = True, max_leaves: int = 12) -> st.SearchStrategy[Any]:
    """Return values that `json.dumps` takes.

    Args:
        interoperable: Leave out what not every parser reads alike (RFC 7493): NaN, infinities, integers beyond 2**53.
        max_leaves: Most values in one.
    """
    bound = _SAFE_INTEGER if interoperable else None
    integers = st.integers(None if bound is None else -bound, bound)
    floats = st.floats(allow_nan=not interoperable, allow_infinity=not interoperable)
    return st.recursive(
        st.none() | st.booleans() | integers | floats | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=max_leaves,
    )


def values_of_any_type(*likely: object, max_leaves: int = 6) -> st.SearchStrategy[Any]:
    """Return values of every built-in type, nested, and the values *likely*: for arguments that a caller may get wrong.

    Args:
        likely: Values to try as well, such as the right ones of other arguments.
        max_leaves: Most values in one.
    """
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.binary(max_size=40)
    leaves = plain | st.sampled_from(likely) if likely else plain
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3) | st.tuples(inner, inner),
        max_leaves=max_leaves,
    )
