"""The columns of captured tokens, and those of judgements, which are the members of a line of ``federation audit``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa

from federation.errors import FederationError, RegistrationError, show
from federation.judging.capture import STRIPPED, Capture, CaptureFault, bounded
from federation.judging.judge import Judgement
from federation.judging.records import ISSUED, MOMENT, read_moment
from federation.profiles import Profile

INSTANT: Final = pa.timestamp("us", tz="UTC")
_VERDICT: Final = pa.struct([("accepted", pa.bool_()), ("check", pa.string()), ("code", pa.string())])

TOKENS: Final = pa.schema(
    [pa.field("token", pa.string(), nullable=False), ("at", pa.string()), ("id", pa.string()), ("role_arn", pa.string())]
)
"""Captured tokens: ``token``; ``at``, ISO 8601 with a zone, or ``issued``; ``id``; ``role_arn``, the role that was asked for. The last
three may be absent. ``token`` may also be binary, and ``at`` a timestamp with a time zone. Other columns pass unread."""

VERDICTS: Final = pa.schema(
    [
        ("id", pa.string()),
        ("kind", pa.string()),
        ("account", pa.string()),
        ("provider", pa.string()),
        ("profile", pa.string()),
        ("at", INSTANT),
        pa.field("accepted", pa.bool_(), nullable=False),
        ("verdicts", pa.struct([(profile.value, _VERDICT) for profile in Profile])),
        ("issuer", pa.string()),
        ("subject", pa.string()),
        ("token_id", pa.string()),
        ("claimed", pa.struct([("issuer", pa.string()), ("subject", pa.string())])),
        ("role", pa.struct([("arn", pa.string()), ("effect", pa.string())])),
        (
            "refusal",
            pa.struct(
                [
                    ("code", pa.string()),
                    ("http_status", pa.int32()),
                    *((name, pa.string()) for name in ("check", "expected", "found", "remedy", "message")),
                ]
            ),
        ),
    ]
)
"""Judgements: the members of a line of ``federation audit``. No column holds a token."""

_REMEDY: Final = "name the columns token, at, id and role_arn; docs/audit.md has their types"


def captures_of(batch: pa.RecordBatch, *, name: str | None = None, first: int = 1) -> Iterator[Capture]:
    """Yield the captured tokens of *batch*, whose columns are those of `TOKENS`.

    A row without a token, or with another instant, is a capture with its fault.

    Args:
        batch: The columns.
        name: What stands before the number of a row in the id of one that has none; None for an empty id.
        first: The number of the first row.

    Raises:
        RegistrationError: check ``columns``: a column is missing or of another type.
    """
    tokens = _column(batch, "token", (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary))
    instants = _column(batch, "at", (pa.types.is_string, pa.types.is_large_string, _is_zoned, pa.types.is_null), optional=True)
    ids = _column(batch, "id", (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_null), optional=True)
    roles = _column(batch, "role_arn", (pa.types.is_string, pa.types.is_large_string, pa.types.is_null), optional=True)
    for row, (token, at, own, role) in enumerate(zip(tokens, instants, ids, roles, strict=True), first):
        place = "" if name is None else f"{name}:{row}"
        yield _capture(place if own is None else str(own), token, at)._replace(role_arn=role)


def _capture(place: str, token: str | bytes | None, at: str | datetime | None) -> Capture:
    if token is None:
        return Capture(id=place, fault=CaptureFault("a row with a token", "none"))
    octets = (token.encode() if isinstance(token, str) else token).strip(STRIPPED)
    if at is None or at == ISSUED:
        return Capture(id=place, token=bounded(octets), issued=at == ISSUED, octets=len(octets))
    try:
        moment = at.astimezone(UTC) if isinstance(at, datetime) else read_moment(at)
    except (FederationError, OverflowError):
        return Capture(id=place, fault=CaptureFault(MOMENT, "another value"), octets=len(octets))
    return Capture(id=place, token=bounded(octets), at=moment, octets=len(octets))


def batch_of(judgements: Iterable[Judgement]) -> pa.RecordBatch:
    """Return *judgements* as the columns of `VERDICTS`."""
    rows = [_row(judgement.as_dict()) for judgement in judgements]
    return pa.RecordBatch.from_pylist(rows, schema=VERDICTS)


def judgements_of(batch: pa.RecordBatch) -> Iterator[Judgement]:
    """Yield the judgements of *batch*, which `batch_of` has made."""
    for row in batch.to_pylist():
        at = row["at"]
        yield Judgement.from_dict(row | {"at": None if at is None else at.isoformat().replace("+00:00", "Z")})


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    at = line["at"]
    return {**line, "at": None if at is None else datetime.fromisoformat(at)}


def _is_zoned(kind: pa.DataType) -> bool:
    return pa.types.is_timestamp(kind) and kind.tz is not None


def _column(batch: pa.RecordBatch, name: str, kinds: tuple[Any, ...], *, optional: bool = False) -> list[Any]:
    """Return the values of the column *name*; dictionaries, in which engines keep repeated texts, are read as their values."""
    place = batch.schema.get_field_index(name)
    if place < 0:
        if optional and name not in batch.schema.names:
            return [None] * batch.num_rows
        raise RegistrationError(check="columns", expected=f"one column {name}", found="none, or several", remedy=_REMEDY)
    column = batch.column(place)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not any(is_kind(column.type) for is_kind in kinds):
        raise RegistrationError(
            check="columns", expected=f"a column {name} of a type that is read", found=show(str(column.type)), remedy=_REMEDY
        )
    values: list[Any] = column.to_pylist()
    return values
