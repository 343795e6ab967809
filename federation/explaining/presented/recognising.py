"""What a value is that was sent as a token, in the order in which a value of several shapes is best explained."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import Final

from federation.explaining.presented import characters, jwt, opaque, saml, wrapped
from federation.explaining.presented.model import Presented, what_is_wanted
from federation.explaining.wording import number
from federation.shapes import LONGEST, SAML

_NOTHING: Final = ("", "none", "null", "undefined", "nil", "false")


def recognise(token: object, wanted: str) -> Presented:
    """Return what *token* is, where *wanted* is the kind of token that the login takes."""
    if not isinstance(token, str | bytes):
        return _no_text(token)
    text, encoding = decoded(token)
    if text.strip().lower() in _NOTHING:
        return _nothing(text, wanted)
    if len(text) > LONGEST:
        return Presented(
            sentence=f"the value has {len(text)} characters, more than any token",
            instruction="send the token alone, not the page or file around it",
        )
    if encoding:
        return _encoded(text, encoding, wanted)
    for look in (*wrapped.LOOKS, *characters.LOOKS, *(saml.LOOKS if wanted == SAML else ()), *jwt.LOOKS, *saml.LOOKS, *opaque.LOOKS):
        found = look(text, wanted)
        if found is not None:
            return found
    return _strange(text, wanted)


def _no_text(token: object) -> Presented:
    return Presented(
        sentence=f"the value is no text but of the type {type(token).__name__}",
        instruction="pass the token as text",
        old=type(token).__name__,
        new="str",
    )


def _nothing(text: str, wanted: str) -> Presented:
    word = text.strip()
    said = f"the word {word.lower()!r}" if word else "white space alone" if text else "empty"
    return Presented(
        sentence=f"the token is {said}, as it is where an environment variable or a file that should hold it is not set",
        instruction=f"set the variable or write the file that holds the token; what is wanted is {what_is_wanted(wanted)}",
        old=said,
    )


def _encoded(text: str, encoding: str, wanted: str) -> Presented:
    """Return what a value in another encoding than ASCII is: Windows shells redirect output in UTF-16, and editors add a mark."""
    inner = recognise(text, wanted) if wanted != SAML else None
    return Presented(
        sentence=f"the value is written in {encoding}: the token itself is plain ASCII",
        instruction="write the file in ASCII, without a byte order mark (PowerShell: Out-File -Encoding ascii -NoNewline)",
        old=encoding,
        new="ASCII",
        command=f"iconv -f {encoding.split(' ', maxsplit=1)[0]} -t ASCII" if encoding.startswith("UTF-16") else "",
        token=text.strip() if inner is None or inner.token is None else inner.token,
    )


def _strange(text: str, wanted: str) -> Presented:
    strange = sum(not character.isprintable() or not character.isascii() for character in text)
    beside = f", {number(strange, 'character')} of it not printable ASCII" if strange else ""
    return Presented(
        sentence=f"the value is {number(len(text), 'character')} long{beside}, and has the shape of no token that is known here",
        instruction=f"send {what_is_wanted(wanted)}",
    )


def decoded(token: str | bytes) -> tuple[str, str]:
    """Return the text of a value, and its encoding where that is not ASCII or UTF-8 without a mark."""
    return next(_readings(token), (token if isinstance(token, str) else token.decode("latin-1"), ""))


def _readings(token: str | bytes) -> Iterator[tuple[str, str]]:
    if isinstance(token, str):
        if token.startswith("\ufeff"):
            yield token.removeprefix("\ufeff").replace("\0", ""), "UTF-8 with a byte order mark"
        elif token.startswith(("\xff\xfe", "\xfe\xff", "\xef\xbb\xbf")):  # octets that were read as characters
            yield from _readings(token.encode("latin-1", "replace"))
        elif "\0" in token[:8]:
            yield token.replace("\0", ""), "UTF-16"
        return
    if token.startswith(BOM_UTF8):
        yield token.removeprefix(BOM_UTF8).decode("utf-8", "replace"), "UTF-8 with a byte order mark"
    elif token.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        yield token.decode("utf-16", "replace"), "UTF-16 with a byte order mark"
    elif b"\0" in token[:8]:
        yield token.decode("utf-16-le" if token[1:2] == b"\0" else "utf-16-be", "replace"), "UTF-16"
