"""What is found where records are read: a record that may be of a login, events that are none, and what cannot be read."""

from __future__ import annotations

from typing import Final, NamedTuple

_OF_LOGINS: Final = b"AssumeRoleWith"
_ESCAPE: Final = b"\\u"


class RawRecord(NamedTuple):
    """A record that may be of a login: where it was read, its JSON, and the octets of its file that were read for it."""

    place: str
    octets: bytes
    taken: int


class PassedEvents(NamedTuple):
    """How many events were passed by because they are no federated logins, and the octets that were read for them."""

    events: int
    taken: int


class RecordFault(NamedTuple):
    """What could not be read: where, what was expected, and what was found."""

    place: str
    expected: str
    found: str

    def as_dict(self) -> dict[str, str]:
        """Return the fault as plain data."""
        return self._asdict()


def may_be_of_login(octets: bytes) -> bool:
    """Tell whether the JSON *octets* may name one of the operations: it does so in letters, or with escapes, which nobody writes."""
    return _OF_LOGINS in octets or _ESCAPE in octets
