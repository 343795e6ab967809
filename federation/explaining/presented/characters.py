"""A token whose characters became others on the way: masked, percent-encoded, written as HTML entities, or not to be seen."""

from __future__ import annotations

import re
from html import unescape
from typing import Final
from urllib.parse import unquote

from federation.explaining.lookalikes import as_it_looks, odd_characters
from federation.explaining.presented.model import Look, Presented, what_is_wanted
from federation.explaining.wording import number
from federation.shapes import ENCODED, JWT, from_base64, xml_root

_ENTITY: Final = re.compile(r"&(?:#[0-9]{2,5}|#[xX][0-9A-Fa-f]{2,4}|lt|gt|quot|amp);", re.ASCII)
_SHOWN: Final = 64


def _masked(text: str, wanted: str) -> Presented | None:
    if set(text.strip()) != {"*"}:
        return None
    return Presented(
        sentence=f"the value is {number(len(text.strip()), 'asterisk')}, which a build service prints in its log where a secret stands",
        instruction=f"send the token from the job itself, not from its log; what is wanted is {what_is_wanted(wanted)}",
        old=text.strip()[:_SHOWN],
    )


def _percent(text: str, _: str) -> Presented | None:
    value = text.strip()
    if ENCODED.search(value) is None or re.fullmatch(r"[A-Za-z0-9._~+/=%-]+", value) is None:
        return None
    if re.match(r"Atza", value):
        return None
    count = len(re.findall(r"%[0-9A-Fa-f]{2}", value))
    return Presented(
        sentence=f"the token is percent-encoded: {number(count, 'character')} of it are written as % and two digits",
        instruction="percent-decode the token once",
        old="percent-encoded",
        new="percent-decoded",
        command="python3 -c 'import sys, urllib.parse as u; print(u.unquote(sys.stdin.read().strip()))'",
        token=unquote(value),
    )


def _entities(text: str, wanted: str) -> Presented | None:
    """Recognise a token that was copied from the source of a page, where characters stand as HTML entities."""
    count = len(_ENTITY.findall(text))
    if not count or text.lstrip().startswith("<"):
        return None
    inner = unescape(text).strip()
    xml = inner.startswith("<")
    if JWT.fullmatch(inner) is None and not xml and not xml_root(from_base64(inner) or b""):
        return None
    what = "XML, not encoded, whose signs" if xml else "the token as the source of an HTML page has it: signs"
    return Presented(
        sentence=f"the value is {what} are written as HTML entities, {count} of them",
        instruction="take the value of the form field, as the browser posts it" + (", which is base64" if xml else ""),
        old="HTML entities",
        new=what_is_wanted(wanted),
        command="" if xml else "python3 -c 'import sys, html; print(html.unescape(sys.stdin.read().strip()))'",
        token=None if xml else inner,
    )


def _unseen(text: str, _: str) -> Presented | None:
    """Recognise a token with characters in it that look like others or cannot be seen."""
    if text.isascii():
        return None
    inner = as_it_looks(text).strip()
    if JWT.fullmatch(inner) is None and not xml_root(from_base64(inner) or b""):
        return None
    plain = "".join(each for each in text if each.isascii()).strip()
    return Presented(
        sentence=f"the token holds characters that look alike or cannot be seen: {odd_characters(text, inner)}; a token is plain ASCII",
        instruction="copy the token anew from where it was issued" + (", or remove these characters" if plain == inner else ""),
        old="token with these characters",
        new="token in ASCII",
        command="LC_ALL=C tr -cd '[:graph:]'" if plain == inner else "",
        token=inner,
    )


LOOKS: Final[tuple[Look, ...]] = (_masked, _percent, _entities, _unseen)
