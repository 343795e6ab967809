"""The keyring: 256-bit keys that seal session tokens and from which secret access keys are derived.

A keyring has several keys so that they can be rotated. One key seals; all keys open. A rotation keeps the old key until the longest session
that it may have sealed has ended. Removing a key makes all session tokens that it sealed invalid. Where several servers have copies of a
keyring, a new key must be in all of them before it seals: it has an instant from which it does.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from federation import limits
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.errors import RegistrationError, show

KEY_OCTETS: Final = 32
MAX_KEYS: Final = 16
"""Most keys of one keyring, retired ones included."""

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The sealing keys of an account by id.

    Attributes:
        sealing: Id of the key that seals, until its successor does. The others only open.
        keys: Key id (1 to 16 characters of ``A-Za-z0-9_-``, in clear in every token) to key of 32 octets. Not in the repr.
        published: Reason why the keys are not secret, for the keyring of an example; empty for a real one.
        retired: Id of each key that a rotation replaced to the time at which it ceased to seal, aware UTC.
        successor: Id of the key that seals from `seals_from` on; empty for none.
        seals_from: That instant, aware UTC, by the clock of each server; None for none.
    """

    sealing: str
    keys: Mapping[str, bytes] = field(repr=False)
    published: str = ""
    retired: Mapping[str, datetime] = field(default_factory=dict)
    successor: str = ""
    seals_from: datetime | None = None

    @classmethod
    def generate(cls) -> Keyring:
        """Return a keyring with one new random key."""
        return cls(sealing="k1", keys=MappingProxyType({"k1": secrets.token_bytes(KEY_OCTETS)}))

    def sealing_at(self, at: datetime) -> str:
        """Return the id of the key that seals at the instant *at*, aware."""
        return self.sealing if self.seals_from is None or at < self.seals_from else self.successor

    def succeeded(self) -> Keyring:
        """Return the keyring as it is once the successor seals."""
        return replace(self, sealing=self.successor or self.sealing, successor="", seals_from=None)

    def rotated(self, at: datetime, *, seals_from: datetime | None = None) -> Keyring:
        """Return a keyring in which a new random key seals.

        Keys that were retired longer ago than the longest session lasts are removed. A key without a time of retirement counts as retired
        when the new one begins to seal. A successor that has not begun by then only opens.

        Args:
            at: The time of the rotation, aware UTC.
            seals_from: When the new key begins to seal, aware UTC, later than *at*; at once when None.

        Raises:
            RegistrationError: `MAX_KEYS` keys are still needed; *seals_from* is not later than *at*; or a successor waits already, and
                another would take its place.
        """
        if seals_from is not None:
            self._check_successor_at(at, seals_from)
        ends, begins = at - timedelta(seconds=limits.USER_SESSION_MAX_SECONDS), seals_from or at
        retired = {key_id: min(self.retired.get(key_id, begins), begins) for key_id in self.keys}
        kept = {key_id: key for key_id, key in self.keys.items() if retired[key_id] > ends}
        if len(kept) >= MAX_KEYS:
            raise RegistrationError(
                check="keyring",
                expected=f"at most {MAX_KEYS} keys whose sessions may still run",
                found=str(len(kept) + 1),
                remedy="wait until the oldest of them is no longer needed",
            )
        numbers = [int(key_id[1:]) for key_id in self.keys if re.fullmatch(r"k\d{1,9}", key_id, re.ASCII)]
        fresh = f"k{max(numbers, default=0) + 1}"
        return Keyring(
            sealing=fresh if seals_from is None else self.sealing_at(at),
            keys=MappingProxyType({**kept, fresh: secrets.token_bytes(KEY_OCTETS)}),
            published=self.published,
            retired=MappingProxyType({key_id: retired[key_id] for key_id in kept}),
            successor="" if seals_from is None else fresh,
            seals_from=seals_from,
        )

    def _check_successor_at(self, at: datetime, seals_from: datetime) -> None:
        waits = self.seals_from if self.seals_from is not None and at < self.seals_from else None
        if seals_from > at and waits is None:
            return
        found = _written(seals_from) if waits is None else f"the key {self.successor}, which waits until {_written(waits)}"
        raise RegistrationError(
            check="keyring",
            expected="an instant later than the rotation, and no other key that waits for its own",
            found=found,
            remedy="name a later instant, so that every server has the key by then; a rotation without one seals with a new key at once",
        )

    def as_document(self) -> dict[str, Any]:
        """Return the content of ``keyring.json``. It holds the keys in clear and must only be written to that file."""
        document: dict[str, Any] = {"sealing": self.sealing, "keys": {k: base64.b64encode(v).decode("ascii") for k, v in self.keys.items()}}
        if self.retired:
            document["retired"] = {key_id: _written(at) for key_id, at in self.retired.items()}
        if self.seals_from is not None:
            document["successor"] = {"key": self.successor, "seals_from": _written(self.seals_from)}
        return {**document, "published": self.published} if self.published else document


def read_keyring(document: object, *, file: str, faults: Faults) -> Keyring | None:
    """Return the keyring of the parsed ``keyring.json``; None after recording faults. No fault repeats key material."""
    fields = Fields(document, file=file, faults=faults)
    sealing = _key_id(fields.raw("sealing"))
    if sealing is None:
        fields.fault("sealing", "the id of one of the keys", "something else (not shown)", "name the key that seals")
    published = fields.text("published", longest=1024) or ""
    encoded = fields.mapping("keys", required=True)
    retired, successor = _read_retired(fields), _read_successor(fields)
    fields.finish()
    keys = {}
    for key_id, value in encoded.items():
        where = f"$.keys.{_key_id(key_id) or '?'}"
        if _key_id(key_id) is None:
            # A user may have written the key in place of its id, so the id is not shown.
            faults.add(file, where, "a key id of 1 to 16 characters of A-Za-z0-9_-", "another (not shown)", "rename the key")
        key = _decode_key(value)
        if key is None:
            faults.add(
                file, where, f"base64 of {KEY_OCTETS} octets", "something else (not shown)", "generate it with `openssl rand -base64 32`"
            )
        else:
            keys[key_id] = key
    if len(encoded) > MAX_KEYS:
        faults.add(file, "$.keys", f"at most {MAX_KEYS} keys", str(len(encoded)), "remove keys whose sessions have all ended")
    if sealing is None:
        return None
    if successor is not None and (successor.key not in encoded or successor.key == sealing):
        faults.add(file, "$.successor.key", "the id of one of the other keys", show(successor.key), "name the key that will seal")
        return None
    if sealing not in encoded:
        faults.add(file, "$.sealing", "the id of one of the keys", show(sealing), "name the key that seals")
    if sealing not in keys:
        return None
    return Keyring(
        sealing=sealing,
        keys=MappingProxyType(keys),
        published=published,
        retired=MappingProxyType(retired),
        successor="" if successor is None else successor.key,
        seals_from=None if successor is None else successor.seals_from,
    )


def _read_retired(fields: Fields) -> dict[str, datetime]:
    found = {}
    for key_id, text in fields.mapping("retired").items():
        try:
            found[key_id] = datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            fields.fault("retired", "key ids and instants such as 2026-11-24T12:00:30Z", show(str(text)), "correct or remove the entry")
    return found


class _Successor(NamedTuple):
    key: str
    seals_from: datetime


def _read_successor(fields: Fields) -> _Successor | None:
    """Return the key that will seal. One that is at fault is a fault of the keyring: servers must not differ in when they use it."""
    given = fields.object("successor")
    if given is None:
        if "successor" in fields and fields.raw("successor") is None:
            fields.fault("successor", "an object with `key` and `seals_from`", "null", "remove it")
        return None
    key, seals_from = _key_id(given.raw("key")), given.instant("seals_from")
    given.finish()
    if key is None:
        given.fault("key", "the id of one of the other keys", "something else (not shown)", "name the key that will seal")
    elif seals_from is None:
        given.fault("seals_from", "the instant from which the key seals", "none", "add it, such as 2026-11-24T12:00:00Z")
    else:
        return _Successor(key, seals_from)
    return None


def _written(at: datetime) -> str:
    return f"{at.isoformat(timespec='seconds')[:19]}Z"


def _key_id(value: object) -> str | None:
    return value if isinstance(value, str) and _KEY_ID.fullmatch(value) is not None else None


def _decode_key(value: object) -> bytes | None:
    try:
        key = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_OCTETS else None
