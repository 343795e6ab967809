"""Packing of sessions into sealed tokens: items in a fixed order, compressed, padded on request, limited in size."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any, Final

from federation import aws_texts, limits
from federation.errors import ExpiredToken, PackedPolicyTooLarge
from federation.sts.sessions.sealing import SealedToken, Sealer, invalid_token

_COMPRESS_FROM: Final = 256
_PLAIN, _DEFLATED = b"\0", b"\1"
_MAX_PAYLOAD: Final = 65_536
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def seal_items(
    items: list[Any], sealer: Sealer, *, kind: bytes, named: Callable[[], Mapping[str, str]], minimum_size: int = 0
) -> SealedToken:
    """Return the token that seals *items*.

    Args:
        items: JSON values. Trailing absent ones take no room.
        sealer: Seals the token for its account.
        kind: Kind of the token, see `Sealer.seal`.
        named: Returns the items that determine the size, by name, for a refusal.
        minimum_size: Least length of the token in octets; it is padded.

    Raises:
        PackedPolicyTooLarge: The token exceeds `limits.SESSION_TOKEN_OCTETS`. The refusal lists the size of each item, the largest first.
    """
    payload = _pack(items)
    size = sealer.token_chars(len(payload))
    if size > limits.SESSION_TOKEN_OCTETS:
        raise _too_large(named(), size)
    if size < minimum_size:
        payload += bytes(sealer.payload_octets(minimum_size) - len(payload))
    return sealer.seal(payload, kind=kind)


def open_items(token: object, access_key_id: object, sealer: Sealer, *, kind: bytes, count: int) -> list[Any]:
    """Return the *count* items of *token*, absent ones as None.

    Raises:
        InvalidClientTokenId: No key of the keyring opens the token, it is of another kind, or *access_key_id* does not belong to it.
    """
    sealed = sealer.open(token, kind=kind)
    if sealed.access_key_id != access_key_id:
        raise invalid_token()
    items = _unpack(sealed.payload)
    return items + [None] * (count - len(items))


def check_not_ended(expires_at: datetime, at: datetime) -> None:
    """Require that a session has not ended.

    Raises:
        ExpiredToken: It has.
    """
    if at >= expires_at:
        raise ExpiredToken(
            check="session-expiration",
            expected="a session that has not ended",
            found=f"one that ended {int((at - expires_at).total_seconds())} s ago",
            remedy="obtain credentials again",
            message=aws_texts.requests.EXPIRED_TOKEN,
        )


def _pack(items: list[Any]) -> bytes:
    """Return the payload: a marker octet and a JSON array, deflated where that is shorter. Trailing absent items are left out."""
    while not items[-1]:
        items.pop()
    # Most items are texts; a call for each would cost more than its encoding.
    encoded = [encode_basestring(item) if type(item) is str else _encode_item(item) for item in items]
    text = f"[{','.join(encoded)}]".encode("utf-8", "surrogatepass")
    if len(text) < _COMPRESS_FROM:
        return _PLAIN + text
    deflated = zlib.compress(text, level=6, wbits=-zlib.MAX_WBITS)
    return _DEFLATED + deflated if len(deflated) < len(text) else _PLAIN + text


def _encode_item(item: object) -> str:
    """Return *item*, which is no text, as JSON. Most are numbers or absent; the encoder of `json` is set up anew for each call."""
    return "null" if item is None else str(item) if type(item) is int else _encode(item)


def _unpack(payload: bytes) -> list[Any]:
    """Return the items of a payload of `_pack`. Padding is zero octets, which follow neither JSON nor a complete deflate stream."""
    mark, body = payload[:1], payload[1:]
    text = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, _MAX_PAYLOAD) if mark == _DEFLATED else body.rstrip(b"\0")
    items: list[Any] = json.loads(text.decode("utf-8", "surrogatepass"))
    return items


def _too_large(named: Mapping[str, str], size: int) -> PackedPolicyTooLarge:
    sizes = sorted(((len(text.encode("utf-8", "surrogatepass")), name) for name, text in named.items() if text), reverse=True)
    limit = limits.SESSION_TOKEN_OCTETS
    return PackedPolicyTooLarge(
        check="session-token-size",
        expected=f"a session token of at most {limit} octets",
        found=f"{size} octets; before packing: " + ", ".join(f"{name} {octets}" for octets, name in sizes),
        remedy="shorten the biggest item first; repeated text packs well",
        message=aws_texts.sessions.token_size(size, limit),
    )
