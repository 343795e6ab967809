"""One event for every exchange, granted or refused. An event never holds a token, a secret or a key (attack row O04)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final, Protocol

from federation.errors import AccountFault
from federation.identity import timestamp

MAX_VALUE_CHARS: Final = 2048
"""Characters of one value that an event keeps; a longer one is cut and marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """What was asked of the service and what became of it.

    Attributes:
        time: The instant the exchange was judged at, aware UTC.
        operation: E.g. ``AssumeRoleWithSAML``.
        outcome: ``granted`` or ``refused``.
        caller_arn: Who called a signed operation; None where nobody was resolved, and for federated logins.
        role_arn: The role asked for, as asked.
        provider_arn: The provider named, as named.
        issuer: The proved issuer; None where nothing was proved.
        subject: The proved subject.
        token_id: The signed ID of the assertion, or the ``jti``.
        session_name: RoleSessionName.
        source_identity: SourceIdentity of the session.
        access_key_id: Of the issued credentials.
        expires_at: End of the issued session, aware UTC.
        code: STS code of the refusal.
        check: The check that refused.
    """

    time: datetime
    operation: str
    outcome: str
    caller_arn: str | None = None
    role_arn: str | None = None
    provider_arn: str | None = None
    issuer: str | None = None
    subject: str | None = None
    token_id: str | None = None
    session_name: str | None = None
    source_identity: str | None = None
    access_key_id: str | None = None
    expires_at: datetime | None = None
    code: str | None = None
    check: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the event as plain data, what is unknown left out, foreign values cut after `MAX_VALUE_CHARS`."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: _plain(value) for name, value in values.items() if value is not None}


class AuditSink(Protocol):
    """Takes audit events. An exchange whose event cannot be recorded is not granted."""

    def record(self, event: AuditEvent) -> None:
        """Keep *event*, or raise a `FederationError`."""
        ...


class JsonLinesAudit:
    """An `AuditSink` that appends one line of ASCII JSON per event to a file, made with mode 0600 where it does not exist."""

    __slots__ = ("_lock", "_path", "_torn")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path, self._lock, self._torn = os.fspath(path), Lock(), False

    def record(self, event: AuditEvent) -> None:
        """Append *event*.

        Raises:
            AccountFault: The file cannot be written.
        """
        # ensure_ascii: a line break or a bidirectional mark in a subject cannot forge a second record (attack row D07)
        line = json.dumps(event.as_dict(), ensure_ascii=True).encode("ascii") + b"\n"
        if not self._append(line):
            raise AccountFault(
                file="audit log",
                path="",
                expected="a file that can be appended to",
                found="an error of the file system",
                remedy="make room or correct the permissions: without its audit event nothing is granted",
                check="audit",
            )

    def _append(self, line: bytes) -> bool:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            with self._lock:
                handle = os.open(self._path, flags, 0o600)
                try:
                    return self._write(handle, line)
                finally:
                    os.close(handle)
        except (OSError, ValueError):
            return False


    def _write(self, handle: int, line: bytes) -> bool:
        """Write *line* at once, so that lines of several processes do not mix; what a full disk cut off spoils its own line alone."""
        octets = b"\n" + line if self._torn else line
        written = os.write(handle, octets)
        self._torn = 0 < written < len(octets) or (self._torn and not written)
        return written == len(octets)


def _plain(value: str | datetime) -> str | None:
    if isinstance(value, datetime):
        return timestamp(value)
    return value if len(value) <= MAX_VALUE_CHARS else f"{value[:MAX_VALUE_CHARS]}… ({len(value)} characters)"
