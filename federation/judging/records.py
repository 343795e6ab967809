"""Lines of JSON that hold a captured token each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from federation.errors import InvalidIdentityToken, show
from federation.jose.strictjson import Complaint, decode_object

ISSUED: Final = "issued"
"""In the place of an instant: the one at which the token was issued."""
MOMENT: Final = f"ISO 8601 with a zone, or {ISSUED}"
_ID_CHARS: Final = 512
_COMPLAINT: Final = Complaint(
    error=InvalidIdentityToken, check="capture", what="the line", remedy='write one {"token": …, "at": …, "id": …} per line'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a line says: the token, and what it tells about it."""

    token: bytes
    id: str | None = None
    at: datetime | None = None
    issued: bool = False
    role_arn: str | None = None


def read_record(line: bytes) -> Record:
    """Read one JSON object; members other than ``token``, ``at``, ``id`` and ``role_arn`` are the capturer's own and pass unread.

    Raises:
        FederationError: check ``capture``; it is no strict JSON object, or one of the four is missing, repeated or of another form.
    """
    decoded = decode_object(line, _COMPLAINT)
    if decoded.repeated:
        raise _COMPLAINT.refusal("an object that names each member once", f"{show(decoded.repeated[0])} twice")
    token, at, own, role = (decoded.members.get(name) for name in ("token", "at", "id", "role_arn"))
    if not isinstance(token, str):
        raise _COMPLAINT.refusal("an object with the token as text", "no token" if token is None else "a token of another type")
    if own is not None and not (isinstance(own, str) and own and len(own) <= _ID_CHARS):
        raise _COMPLAINT.refusal(f"an object whose id is a text of 1 to {_ID_CHARS} characters", "another value")
    if not (role is None or isinstance(role, str)):
        raise _COMPLAINT.refusal("an object whose role_arn is a text", "another value")
    issued = at == ISSUED
    return Record(token=token.encode(), id=own, at=None if at is None or issued else read_moment(at), issued=issued, role_arn=role)


def read_moment(value: object) -> datetime:
    """Read an instant in ISO 8601 with a zone.

    Raises:
        FederationError: check ``capture``; it is something else.
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.utcoffset() is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    raise _COMPLAINT.refusal(f"an object whose at is {MOMENT}", "another value") from None
