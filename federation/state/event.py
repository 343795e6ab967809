"""The audit event of a call, in the form of a CloudTrail record, so that tools for CloudTrail can read it.

An event never holds a token, a secret or a key (attack row O04): only named fields are included, and no parameter is copied unchecked.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final, cast

from federation.errors import FederationError
from federation.identity import timestamp
from federation.state.origin import Origin

EVENT_VERSION: Final = "1.08"
"""The ``eventVersion`` of CloudTrail record contents whose members an event has."""
DEFAULT_REGION: Final = "us-east-1"
MAX_VALUE_CHARS: Final = 2048
"""Most characters of one value in an event. A longer value is cut and marked."""
MAX_ITEMS: Final = 64
"""Most items of one list or mapping in an event. Valid parameters have at most fifty."""
_MAX_DEPTH: Final = 6
_MACHINE_BITS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """The request of one call and its outcome.

    Attributes:
        time: The time that the call was judged at, aware UTC.
        operation: Name of the operation, e.g. ``AssumeRoleWithSAML``.
        service: Name of its service, ``sts`` or ``iam``.
        user_identity: The caller, in the form of CloudTrail's ``userIdentity``; only its ``type`` where no identity was proved.
        account: Account id of the account whose operation was called.
        request_parameters: The parameters, without tokens, codes and keys.
        response_elements: The result without secrets; None for a refusal and for operations that issue no credentials.
        resources: ARN of each resource of the call to its CloudTrail type, e.g. ``AWS::IAM::Role``.
        proved: Provider, issuer, subject and token id of a verified login; empty for signed operations and where nothing was verified.
        reads_only: Whether the operation changes nothing of the account.
        region: Region of the signature's credential scope, used where the endpoint has no region.
        refusal: The refusal; None for a granted call.
        origin: Source of the request.
        event_id: Unique id of the event, a UUID.
    """

    time: datetime
    operation: str
    user_identity: Mapping[str, object]
    account: str
    request_parameters: Mapping[str, object] = field(default_factory=dict)
    response_elements: Mapping[str, object] | None = None
    resources: Mapping[str, str] = field(default_factory=dict)
    proved: Mapping[str, object] = field(default_factory=dict)
    service: str = "sts"
    reads_only: bool = True
    region: str | None = None
    refusal: FederationError | None = None
    origin: Origin = field(default_factory=Origin.here)
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def as_dict(self) -> dict[str, Any]:
        """Return the event as plain data: the members of a CloudTrail record, and the engine's own members under ``federation``."""
        refusal, came = self.refusal, self.origin
        failed = {} if refusal is None else {"errorCode": refusal.code, "errorMessage": refusal.message}
        record = {
            "eventVersion": EVENT_VERSION,
            "userIdentity": self.user_identity,
            "eventTime": timestamp(self.time.replace(microsecond=0)),
            "eventSource": f"{self.service}.amazonaws.com",
            "eventName": self.operation,
            "awsRegion": came.region or self.region or DEFAULT_REGION,
            "sourceIPAddress": came.source_ip,
            "userAgent": came.user_agent,
            **failed,
            "requestParameters": self.request_parameters or None,
            "responseElements": self.response_elements,
            "requestID": came.request_id,
            "eventID": self.event_id,
            "readOnly": self.reads_only,
            "resources": [{"accountId": _account_in(arn), "type": kind, "ARN": arn} for arn, kind in self.resources.items()],
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
            "federation": self._own(),
        }
        plain: dict[str, Any] = _plain(record)
        if not plain["resources"]:
            del plain["resources"]
        return plain

    def _own(self) -> dict[str, object]:
        refusal = self.refusal
        outcome = {"outcome": "granted" if refusal is None else "refused", "time": self.time, **self.proved}
        if refusal is None:
            return outcome
        why = {"check": refusal.check, "expected": refusal.expected, "found": refusal.found, "remedy": refusal.remedy}
        return {**outcome, **why}


def _account_in(arn: str) -> str | None:
    fields = arn.split(":", 5)
    return fields[4] or None if len(fields) == 6 else None  # noqa: PLR2004 - the fields of an ARN


def _plain(value: object, depth: int = 0) -> Any:  # noqa: ANN401 - JSON has every type
    """Return *value* as JSON of bounded size. Parameters are values of any type, as the caller passed them."""
    if type(value) not in {dict, list, tuple}:
        return _scalar(value)
    if depth == _MAX_DEPTH:
        return "…"
    if type(value) is dict:
        items = islice(value.items(), MAX_ITEMS)
        return {name if type(name) is str else type(name).__name__: _plain(item, depth + 1) for name, item in items}
    return [_plain(item, depth + 1) for item in cast("Sequence[object]", value)[:MAX_ITEMS]]


def _scalar(value: object) -> object:
    if value is None or type(value) is bool:
        return value
    if type(value) is int:
        return value if value.bit_length() <= _MACHINE_BITS else f"an integer of {value.bit_length()} bits"
    if type(value) is str:
        return value if len(value) <= MAX_VALUE_CHARS else f"{value[:MAX_VALUE_CHARS]}… ({len(value)} characters)"
    return timestamp(value) if type(value) is datetime else type(value).__name__
