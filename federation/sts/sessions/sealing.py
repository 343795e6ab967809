"""Sealing of session tokens (attack row A23).

A token is ``version, kind, key id, salt`` in clear and an AES-256-GCM ciphertext, in base64. A key of the keyring never encrypts: each
token has its own key, derived with HMAC-SHA-512 from a random salt of 128 bits under a subkey of the keyring's key. Therefore the nonce is
constant, and the number of tokens is not limited. The other half of the derivation is the secret access key, and the access key id contains
bits of the salt. Nothing is stored, and id, secret and token of different sessions do not match. Account, kind and all clear octets are
associated data.
"""

from __future__ import annotations

import base64
import binascii
import os
from datetime import datetime
from typing import Final, NamedTuple, cast

import pybase64
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from federation import aws_texts
from federation.account.access_key_id import access_key_id
from federation.account.reading.keyring import Keyring
from federation.errors import InvalidClientTokenId

VERSION: Final = 1
SALT_OCTETS: Final = 16
TAG_OCTETS: Final = 16
MAX_TOKEN_CHARS: Final = 16_384
"""Longest session token that is opened. Issued tokens have at most `limits.SESSION_TOKEN_OCTETS`."""

_VERSION: Final = bytes((VERSION,))
_NONCE: Final = bytes(12)
_KEY_OCTETS: Final = 32
_SECRET_OCTETS: Final = 30  # 40 characters of base64, as the secrets of AWS


class SealedToken(NamedTuple):
    """A session token with the access key that follows from its salt.

    Attributes:
        access_key_id: ``ASIA…``; the account id is encoded in it.
        secret_access_key: 40 characters. Not in the repr.
        token: The session token, base64. Not in the repr.
        payload: The sealed octets. Not in the repr.
    """

    access_key_id: str
    secret_access_key: str
    token: str
    payload: bytes

    def __repr__(self) -> str:
        return f"<SealedToken {self.access_key_id}>"


class Sealer:
    """Seals and opens the session tokens of one account with its keyring. It is immutable; subkeys are derived once."""

    __slots__ = ("_account", "_associated", "_key_id", "_macs", "_overhead", "_sealing", "_seals_from", "_successor")

    def __init__(self, keyring: Keyring, account: str) -> None:
        """Seal with the key that seals before its successor does; `at` returns a sealer for an instant."""
        self._account, self._sealing, self._seals_from = account, keyring.sealing, keyring.seals_from
        self._successor = None if keyring.seals_from is None else Sealer(keyring.succeeded(), account)
        self._key_id = bytes((len(keyring.sealing),)) + keyring.sealing.encode("ascii")
        self._overhead = 2 + len(self._key_id) + SALT_OCTETS + TAG_OCTETS
        self._associated = b"federation session token\0" + account.encode("ascii")
        # The keyed HMAC is copied for each token; a new one would hash its key each time.
        self._macs = {key_id: HMAC(_subkey(key, account), hashes.SHA512()) for key_id, key in keyring.keys.items()}

    def at(self, at: datetime) -> Sealer:
        """Return the sealer whose key seals at the instant *at*, aware. Both open the same tokens."""
        return self if self._successor is None or self._seals_from is None or at < self._seals_from else self._successor

    def token_chars(self, payload_octets: int) -> int:
        """Return the length in characters of a token whose payload has *payload_octets* octets."""
        return -(-(self._overhead + payload_octets) // 3) * 4

    def payload_octets(self, token_chars: int) -> int:
        """Return the number of payload octets for a token of at least *token_chars* characters."""
        return -(-token_chars // 4) * 3 - self._overhead

    def seal(self, payload: bytes, *, kind: bytes) -> SealedToken:
        """Return *payload* sealed with a new salt. *kind* is one octet; `open` requires the same."""
        salt = os.urandom(SALT_OCTETS)
        clear = b"".join((_VERSION, kind, self._key_id, salt))
        token_key, secret = _derive(self._macs[self._sealing], salt)
        ciphertext = AESGCM(token_key).encrypt(_NONCE, payload, self._associated + clear)
        token = pybase64.b64encode_as_string(clear + ciphertext)
        return SealedToken(access_key_id(self._account, salt), secret, token, payload)

    def open(self, token: object, *, kind: bytes) -> SealedToken:
        """Return the content of *token*.

        Raises:
            InvalidClientTokenId: No key opens the token as this kind. The text is the same for every defect.
        """
        try:
            clear, salt, ciphertext = _split(_octets(token), kind)
            token_key, secret = _derive(self._macs[clear[3 : 3 + clear[2]].decode("ascii")], salt)
            payload = AESGCM(token_key).decrypt(_NONCE, ciphertext, self._associated + clear)
        except (ValueError, IndexError, KeyError, InvalidTag):
            raise invalid_token() from None
        return SealedToken(access_key_id(self._account, salt), secret, cast("str", token), payload)


def kind_of(token: object) -> bytes:
    """Return the unverified kind of *token*, which `Sealer.open` verifies; empty where *token* does not have the form of a token."""
    try:
        return _octets(token)[1:2]
    except ValueError:
        return b""


def invalid_token() -> InvalidClientTokenId:
    """Return the refusal of a session token that cannot be opened. It is the same for every defect."""
    return InvalidClientTokenId(
        check="session-token",
        expected="a session token that this account's keyring sealed, with its own access key id",
        found="another",
        remedy="use the three values of one answer together, while the key that sealed them is in the keyring",
        message=aws_texts.requests.UNKNOWN_TOKEN,
    )


def _octets(token: object) -> bytes:
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS:
        raise ValueError
    try:
        octets = base64.b64decode(token, validate=True)
    except binascii.Error:
        raise ValueError from None
    if base64.b64encode(octets).decode("ascii") != token:  # non-canonical padding bits would be a second spelling of one token
        raise ValueError
    return octets


def _split(octets: bytes, kind: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the clear part, the salt at its end, and the ciphertext; one that was cut off has no valid tag."""
    end = 3 + octets[2] + SALT_OCTETS
    if octets[0] != VERSION or octets[1:2] != kind:
        raise ValueError
    return octets[:end], octets[end - SALT_OCTETS : end], octets[end:]


def _derive(keyed: HMAC, salt: bytes) -> tuple[bytes, str]:
    """Return encryption key and secret access key of a token. *keyed* is the HMAC with the subkey, without a message."""
    mac = keyed.copy()
    mac.update(salt)
    material = mac.finalize()
    return material[:_KEY_OCTETS], pybase64.b64encode_as_string(material[_KEY_OCTETS : _KEY_OCTETS + _SECRET_OCTETS])


def _subkey(key: bytes, account: str) -> bytes:
    info = f"federation/{VERSION}/session-token/{account}".encode("ascii")
    return HKDF(algorithm=hashes.SHA512(), length=64, salt=None, info=info).derive(key)
