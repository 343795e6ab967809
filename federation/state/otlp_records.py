"""Audit events as log records of OpenTelemetry (OTLP, logs data model)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from federation.state.event import AuditEvent
from federation.state.storable import storable

EVENT_NAME: Final = "federation.audit"
_SCOPE: Final = "federation"
_MACHINE: Final = 2**63
_NANOSECONDS: Final = 1_000_000_000
_MICROSECOND: Final = 1_000


def exported(*events: AuditEvent, resource: Mapping[str, str]) -> ExportLogsServiceRequest:
    """Return the request that exports *events*, of a service with the attributes *resource*. Without events it asks whether it is taken."""
    records = [_record(event) for event in events]
    scopes = [ScopeLogs(scope=InstrumentationScope(name=_SCOPE), log_records=records)] if records else []
    of = Resource(attributes=[KeyValue(key=name, value=AnyValue(string_value=text)) for name, text in resource.items()])
    return ExportLogsServiceRequest(resource_logs=[ResourceLogs(resource=of, scope_logs=scopes)] if scopes else [])


def _record(event: AuditEvent) -> LogRecord:
    """Return the record of *event*: the event is the body; the attributes are those by which the traces of a request are found.

    ``log.record.uid`` is the id of the event, by which a store may tell that it has two copies of it.
    """
    plain = storable(event.as_dict())
    refused = event.refusal is not None
    attributes = {
        "event.name": EVENT_NAME,
        "log.record.uid": plain["eventID"],
        "rpc.method": plain["eventName"],
        "aws.request_id": plain["requestID"],
        "federation.outcome": plain["federation"]["outcome"],
        "federation.check": plain["federation"].get("check"),
    }
    return LogRecord(
        time_unix_nano=int(event.time.timestamp()) * _NANOSECONDS + event.time.microsecond * _MICROSECOND,
        observed_time_unix_nano=time.time_ns(),
        severity_number=SeverityNumber.SEVERITY_NUMBER_WARN if refused else SeverityNumber.SEVERITY_NUMBER_INFO,
        severity_text="WARN" if refused else "INFO",
        body=_value(plain),
        attributes=[KeyValue(key=name, value=_value(value)) for name, value in attributes.items() if value is not None],
    )


def _value(value: Any) -> AnyValue:  # noqa: ANN401 - JSON has every type
    if isinstance(value, dict):
        members = [KeyValue(key=name, value=_value(item)) for name, item in value.items()]
        return AnyValue(kvlist_value=KeyValueList(values=members))
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[_value(item) for item in value]))
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int) and -_MACHINE <= value < _MACHINE:
        return AnyValue(int_value=value)
    return AnyValue() if value is None else AnyValue(string_value=str(value))
