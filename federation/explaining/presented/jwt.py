"""A JSON Web Token that cannot be read: cut, wrapped, encrypted, or sent where a SAML response belongs."""

from __future__ import annotations

import json
import re
from typing import Final

from federation.explaining.presented.model import Look, Presented
from federation.explaining.wording import number
from federation.jose import base64url
from federation.shapes import JWT, SAML

_PARTS: Final = 3
_JWE_PARTS: Final = 5
_NAMES: Final = ("header", "payload", "signature")
_BEGINNING: Final = re.compile(r"eyJ[A-Za-z0-9_.=+/-]*", re.ASCII)
_SHORTEST_CUT: Final = 1


def _elsewhere(text: str, wanted: str) -> Presented | None:
    if wanted != SAML or JWT.fullmatch(text.strip()) is None:
        return None
    return Presented(
        sentence="the value is a JSON Web Token, and AssumeRoleWithSAML takes a SAML response",
        instruction="send it to AssumeRoleWithWebIdentity, as WebIdentityToken",
        old="AssumeRoleWithSAML",
        new="AssumeRoleWithWebIdentity",
        path="Action",
    )


def _wrapped(text: str, _: str) -> Presented | None:
    joined = "".join(text.split())
    if joined == text or JWT.fullmatch(joined) is None:
        return None
    breaks = sum(character.isspace() for character in text.strip())
    where = f"{number(breaks, 'line break or blank')} inside it" if breaks else "white space at an end"
    if breaks > 1:
        where = f"{breaks} line breaks or blanks inside it"
    return Presented(
        sentence=f"the token has {where}, which an editor, a terminal or base64 put there",
        instruction="send the token in one line, without white space",
        old="token with white space",
        new="token without white space",
        command="tr -d '[:space:]'",
        token=joined,
    )


def _encrypted(text: str, _: str) -> Presented | None:
    parts = text.strip().split(".")
    if len(parts) != _JWE_PARTS or not parts[0].startswith("eyJ"):
        return None
    return Presented(
        sentence="the token is encrypted (JWE, five parts), and AWS has no key to open it",
        instruction="register the client at the identity provider for signed ID tokens without encryption, and send one of those",
        old="5 parts (JWE)",
        new="3 parts (JWS)",
        owner="identity-provider",
        path="id_token_encrypted_response_alg",
    )


def _broken(text: str, _: str) -> Presented | None:
    """Recognise a token that lacks parts, or whose parts are cut."""
    value = text.strip()
    if _BEGINNING.fullmatch(value) is None:
        return None
    parts = value.split(".")
    if len(parts) != _PARTS or not all(parts):
        return _parts(value, parts)
    for name, part in zip(_NAMES, parts, strict=True):
        fault = _fault(name, part)
        if fault:
            return Presented(
                sentence=f"the token is damaged: its {name} has {number(len(part), 'character')} and {fault}",
                instruction="send the whole token, unchanged: it was cut or altered on its way",
                old=f"{number(len(value), 'character')}",
            )
    return Presented(sentence="", instruction="send the token exactly as the identity provider issued it")


def _parts(value: str, parts: list[str]) -> Presented:
    length = number(len(value), "character")
    if len(parts) == _PARTS and not parts[2]:
        what = "the signature is missing: the token ends with its second dot"
    elif len(parts) == _PARTS:
        what = f"its {_NAMES[parts.index('')]} is empty"
    elif len(parts) < _PARTS:
        missing = _NAMES[len(parts) :]
        what = f"it has {number(len(parts), 'part')} of three: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    else:
        what = f"it has {len(parts)} parts, and a signed token has three"
    return Presented(
        sentence=f"the token was cut: {what} ({length})"
        if len(parts) <= _PARTS
        else f"the token is not one of three parts: {what} ({length})",
        instruction="send the whole token: header, payload and signature, joined by two dots",
        old=number(len(parts), "part"),
        new="3 parts",
    )


def _fault(name: str, part: str) -> str:
    """Return why one part is no base64url, or holds no JSON object; empty where it is whole."""
    strange = [mark for mark in "+/=" if mark in part]
    if strange:
        return f"holds {' and '.join(strange)}: it is written in standard base64, and a token is written in base64url (- and _, no padding)"
    if len(part) % 4 == _SHORTEST_CUT:
        return "base64url never has a length of one more than a multiple of four: it was cut"
    octets = base64url.decode(part)
    if octets is None:
        return "ends in bits that no encoder writes: it was cut or altered"
    return "" if name == "signature" else _no_object(octets)


def _no_object(octets: bytes) -> str:
    try:
        whole = isinstance(json.loads(octets), dict)
    except (ValueError, RecursionError):
        return "does not decode to JSON: it was cut or altered"
    return "" if whole else "decodes to JSON that is no object"


LOOKS: Final[tuple[Look, ...]] = (_elsewhere, _wrapped, _encrypted, _broken)
"""Before opaque tokens: whatever begins like a JWT."""
