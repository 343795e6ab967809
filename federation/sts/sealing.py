"""Sealing session tokens (attack row A23).

A token is ``version, kind, key id, salt`` in clear and an AES-256-GCM ciphertext, in base64. The key of the ring never encrypts: each
token has a key of its own, derived with HMAC-SHA-512 from its 128-bit random salt under a subkey of the ring's key, so the nonce can be
constant and no count of tokens exhausts anything. The other half of the same derivation is the secret access key, and the access key id
shows bits of the salt: nothing is stored, and id, secret and token cannot be mixed. Account, kind and all clear octets are associated data.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import Final, NamedTuple, cast

import pybase64
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from federation.account.access_key_id import access_key_id
from federation.account.keyring import Keyring
from federation.errors import InvalidClientTokenId

VERSION: Final = 1
SALT_OCTETS: Final = 16
TAG_OCTETS: Final = 16
MAX_TOKEN_CHARS: Final = 16_384
"""Longest text that is looked at when a session token is opened; issued ones end at `limits.SESSION_TOKEN_OCTETS`."""

_VERSION: Final = bytes((VERSION,))
_NONCE: Final = bytes(12)
_KEY_OCTETS: Final = 32
_SECRET_OCTETS: Final = 30  # 40 characters of base64, the alphabet and length of AWS's secrets


class SealedToken(NamedTuple):
    """A session token together with what follows from its salt.

    Attributes:
        access_key_id: ``ASIA…`` with the account inside.
        secret_access_key: 40 characters; never shown.
        token: The session token, base64; never shown.
        payload: What it seals; never shown.
    """

    access_key_id: str
    secret_access_key: str
    token: str
    payload: bytes

    def __repr__(self) -> str:
        return f"<SealedToken {self.access_key_id}>"


class Sealer:
    """Seals and opens the session tokens of one account with its keyring. Immutable; keys are derived once."""

    __slots__ = ("_account", "_associated", "_key_id", "_macs", "_overhead", "_sealing")

    def __init__(self, keyring: Keyring, account: str) -> None:
        self._account, self._sealing = account, keyring.sealing
        self._key_id = bytes((len(keyring.sealing),)) + keyring.sealing.encode("ascii")
        self._overhead = 2 + len(self._key_id) + SALT_OCTETS + TAG_OCTETS
        self._associated = b"federation session token\0" + account.encode("ascii")
        # Keyed once and copied for each token: HMAC hashes its key again and again otherwise.
        self._macs = {key_id: HMAC(_subkey(key, account), hashes.SHA512()) for key_id, key in keyring.keys.items()}

    def token_chars(self, payload_octets: int) -> int:
        """Return the length of the token that seals so many octets."""
        return -(-(self._overhead + payload_octets) // 3) * 4

    def payload_octets(self, token_chars: int) -> int:
        """Return how many octets to seal for a token of at least so many characters."""
        return -(-token_chars // 4) * 3 - self._overhead

    def seal(self, payload: bytes, *, kind: bytes) -> SealedToken:
        """Seal *payload* under a fresh salt. *kind* is one octet that says what the payload is; it must be given again to open."""
        salt = os.urandom(SALT_OCTETS)
        clear = b"".join((_VERSION, kind, self._key_id, salt))
        token_key, secret = _derive(self._macs[self._sealing], salt)
        ciphertext = AESGCM(token_key).encrypt(_NONCE, payload, self._associated + clear)
        token = pybase64.b64encode_as_string(clear + ciphertext)
        return SealedToken(access_key_id(self._account, salt), secret, token, payload)

    def open(self, token: object, *, kind: bytes) -> SealedToken:
        """Open *token* again.

        Raises:
            InvalidClientTokenId: Anything is wrong with it; one text for everything, so that nobody learns what.
        """
        try:
            clear, salt, ciphertext = _split(_octets(token), kind)
            token_key, secret = _derive(self._macs[clear[3 : 3 + clear[2]].decode("ascii")], salt)
            payload = AESGCM(token_key).decrypt(_NONCE, ciphertext, self._associated + clear)
        except (ValueError, IndexError, KeyError, InvalidTag):
            raise invalid_token() from None
        return SealedToken(access_key_id(self._account, salt), secret, cast("str", token), payload)


def kind_of(token: object) -> bytes:
    """Return the kind that *token* claims, unproved: opening it as that kind proves it. Empty for what is no token at all."""
    try:
        return _octets(token)[1:2]
    except ValueError:
        return b""


def invalid_token() -> InvalidClientTokenId:
    """Return the one refusal of a session token that is not ours."""
    return InvalidClientTokenId(
        check="session-token",
        expected="a session token that this account's keyring sealed, with its own access key id",
        found="another",
        remedy="use the three values of one answer together, while the key that sealed them is in the keyring",
        message=InvalidClientTokenId.text,
    )


def _octets(token: object) -> bytes:
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS:
        raise ValueError
    try:
        octets = base64.b64decode(token, validate=True)
    except binascii.Error:
        raise ValueError from None
    if base64.b64encode(octets).decode("ascii") != token:  # non-canonical padding bits: a second spelling of one token
        raise ValueError
    return octets


def _split(octets: bytes, kind: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the clear part, the salt at its end, and the ciphertext; one that was cut off has no valid tag."""
    end = 3 + octets[2] + SALT_OCTETS
    if octets[0] != VERSION or octets[1:2] != kind:
        raise ValueError
    return octets[:end], octets[end - SALT_OCTETS : end], octets[end:]


def _derive(keyed: HMAC, salt: bytes) -> tuple[bytes, str]:
    """Return the token's own encryption key and its secret access key; *keyed* is the HMAC under the subkey, before any message."""
    mac = keyed.copy()
    mac.update(salt)
    material = mac.finalize()
    return material[:_KEY_OCTETS], pybase64.b64encode_as_string(material[_KEY_OCTETS : _KEY_OCTETS + _SECRET_OCTETS])


def _subkey(key: bytes, account: str) -> bytes:
    info = f"federation/{VERSION}/session-token/{account}".encode("ascii")
    return HKDF(algorithm=hashes.SHA512(), length=64, salt=None, info=info).derive(key)
