"""Which of many recorded logins is meant: the one with an id, else the last one that was refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from federation.evidence.cloudtrail.found import PassedEvents, RecordFault
from federation.evidence.cloudtrail.login_record import LoginRecord

FAULTS = 3
"""Records that could not be read, and are told."""


@dataclass(slots=True)
class LoginChoice:
    """What was found among records.

    Attributes:
        record: The login that is meant: with the id that was asked for, else the last refused one, else the last one; None for none.
        logins: Federated logins.
        refused: Those of them that were refused.
        passed: Other events.
        unread: Records and files that could not be read.
        faults: The first `FAULTS` of them.
    """

    record: LoginRecord | None = None
    logins: int = 0
    refused: int = 0
    passed: int = 0
    unread: int = 0
    faults: list[RecordFault] = field(default_factory=list)


def choose_login(found: Iterable[LoginRecord | RecordFault | PassedEvents], *, event_id: str | None = None) -> LoginChoice:
    """Return which login of *found* is meant.

    Args:
        found: What `read_logins` yields.
        event_id: The id of the event; None for the last refused login, by its time, or the last login where none was refused.
    """
    choice = LoginChoice()
    for each in found:
        if isinstance(each, RecordFault):
            choice.unread += 1
            choice.faults += [each] if len(choice.faults) < FAULTS else []
        elif isinstance(each, PassedEvents):
            choice.passed += each.events
        else:
            choice.logins += 1
            choice.refused += not each.granted
            if each.event_id == event_id if event_id is not None else _is_later(each, choice.record):
                choice.record = each
    return choice


def _is_later(one: LoginRecord, other: LoginRecord | None) -> bool:
    return other is None or (not one.granted, one.time) >= (not other.granted, other.time)
