"""CloudTrail records in Parquet: exports of CloudTrail Lake and Athena, a column for each member, or one column with records as JSON.

Athena spells names in lower case, and both write members that are objects as text or as maps: names and forms are those of CloudTrail again
before a row is read as a record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from federation.errors import FederationError
from federation.evidence.cloudtrail.found import PassedEvents, RawRecord, RecordFault, may_be_of_login
from federation.evidence.cloudtrail.login_record import COMPLAINT, OPERATIONS
from federation.identity import timestamp
from federation.jose.strictjson import decode_object

_ROWS: Final = 256
"""Rows that are read at once."""
_WHOLE: Final = ("record", "event", "eventjson", "cloudtrailevent", "message")
"""Names of a column that holds whole records as JSON."""
_SPELLED: Final = {
    name.lower(): name
    for name in (
        *(
            "eventVersion",
            "userIdentity",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "userAgent",
            "errorCode",
        ),
        *("errorMessage", "requestParameters", "responseElements", "additionalEventData", "requestID", "eventID", "resources"),
        *("recipientAccountId", "vpcEndpointId", "tlsDetails"),
    )
}
"""Lower-case name to a member of a record."""
_SPELLED_INSIDE: Final = {
    name.lower(): name
    for name in (
        *("type", "principalId", "userName", "identityProvider", "ARN", "accountId", "clientProvidedHostHeader", "roleArn", "principalArn"),
        *("roleSessionName", "durationSeconds", "sourceIdentity", "principalTags", "transitiveTagKeys", "policy", "policyArns"),
        *("sAMLAssertionID", "subject", "subjectType", "subjectFromWebIdentityToken", "audience", "provider", "issuer", "nameQualifier"),
        *("RoleAuthorizedByIdp", "identityProviderConnectionVerificationMethod"),
    )
}
"""Likewise of the objects in it."""
_NESTED: Final = frozenset({"principalTags", "transitiveTagKeys", "policyArns"})
"""Members inside of an object that are written as text where a map holds them, and are no texts."""
_DEEPEST: Final = 3
_OBJECTS: Final = frozenset({"userIdentity", "requestParameters", "responseElements", "additionalEventData", "resources", "tlsDetails"})


def read_rows(stream: BinaryIO, name: str) -> Iterator[RawRecord | RecordFault | PassedEvents]:
    """Yield the records of the Parquet file *stream*, which may be of logins; its own faults too.

    Args:
        stream: The file; it can seek.
        name: What stands before the number of a row.
    """
    rows = 0
    try:
        with pq.ParquetFile(stream) as file:
            columns = {each.lower(): each for each in file.schema_arrow.names}
            whole = next((columns[each] for each in _WHOLE if each in columns), None)
            wanted = [whole] if whole is not None else [spelled for folded, spelled in columns.items() if folded in _SPELLED]
            if whole is None and "eventname" not in columns:
                yield RecordFault(name, f"a column eventName, or one of {', '.join(_WHOLE)}", "neither")
                return
            for batch in file.iter_batches(batch_size=_ROWS, columns=wanted):
                yield from _batch(batch, whole, columns.get("eventname", ""), name, rows)
                rows += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as fault:
        yield RecordFault(name, "a Parquet file that can be read", type(fault).__name__)


def _batch(
    batch: pa.RecordBatch, whole: str | None, named: str, name: str, before: int
) -> Iterator[RawRecord | RecordFault | PassedEvents]:
    passed = 0
    for number, value in enumerate(batch.column(named if whole is None else whole).to_pylist(), before + 1):
        place = f"{name}#{number}"
        if whole is not None:
            octets = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b""
        else:
            octets = b""
            if value in OPERATIONS:
                row = batch.slice(number - before - 1, 1).to_pylist()[0]
                try:
                    octets = json.dumps(_record(row)).encode()
                except FederationError as refusal:
                    yield RecordFault(place, refusal.expected, refusal.found)
                    continue
        if octets and may_be_of_login(octets):
            yield RawRecord(place, octets, 0)
        else:
            passed += 1
    if passed:
        yield PassedEvents(passed, 0)


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return *row* as CloudTrail writes a record."""
    found: dict[str, Any] = {}
    for column, value in row.items():
        member = _SPELLED.get(column.lower())
        if member is not None and value is not None:
            found[member] = _object(value) if member in _OBJECTS else _scalar(value)
    return found


def _object(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return a member that is an object: written as text, as a map, which is a list of pairs, or as a structure."""
    return _decoded(value) if isinstance(value, str) else _plain(value, 0)


def _decoded(text: str) -> Any:  # noqa: ANN401 - JSON
    if not text.startswith(("{", "[")):
        return None if text in ("", "null") else text
    decoded = decode_object(b'{"value":' + text.encode("utf-8", "surrogatepass") + b"}", COMPLAINT)
    if decoded.repeated:
        raise COMPLAINT.refusal("an object that names each member once", "one that names a member twice")
    return decoded.members["value"]


def _plain(value: object, depth: int) -> Any:  # noqa: ANN401 - JSON
    if depth > _DEEPEST:
        return None
    pairs = list(value.items()) if isinstance(value, dict) else value
    if isinstance(pairs, list) and all(isinstance(each, tuple) for each in pairs):
        named = ((_inside(name), each) for name, each in pairs if each is not None)
        return {
            name: _decoded(each) if name in _NESTED and isinstance(each, str) else _plain(each, depth + 1) for name, each in named
        } or None
    return [_plain(each, depth + 1) for each in pairs] if isinstance(pairs, list) else _scalar(value)


def _inside(name: object) -> str:
    text = str(name)
    return _SPELLED_INSIDE.get(text.lower(), text)


def _scalar(value: object) -> object:
    if isinstance(value, datetime):
        return timestamp(value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))
    return value if isinstance(value, str | int | bool | None) else str(value) if isinstance(value, date) else type(value).__name__
