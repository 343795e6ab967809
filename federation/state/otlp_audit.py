"""Audit sinks of OpenTelemetry: a collector, and a file of what would be sent to one. ADR 47 has the reasons."""

from __future__ import annotations

import os
from threading import Lock
from typing import Final

from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.sdk.resources import SERVICE_NAME, Resource

from federation.errors import AccountFault
from federation.state.audit_faults import as_unwritten, audit_url_fault, reason_of, unrecorded
from federation.state.event import AuditEvent
from federation.state.forking import follow_forks
from federation.state.line_file import LineFile
from federation.state.otlp_collector import FORM, Collector, CollectorAddress, CollectorAnswer
from federation.state.otlp_records import exported
from federation.state.servers import ANSWER_SECONDS

_EXPECTED: Final = "a collector that takes logs by OTLP over HTTP"
_REMEDY: Final = "correct the collector, the network between, the URL of the audit trail or the variables OTEL_EXPORTER_OTLP_…"
_SERVICE: Final = "federation"
_NAME_VARIABLE: Final = "OTEL_SERVICE_NAME"


def _resource() -> dict[str, str]:
    """Return the attributes of the service, those of ``OTEL_RESOURCE_ATTRIBUTES`` among them."""
    found = Resource.create({SERVICE_NAME: os.environ.get(_NAME_VARIABLE) or _SERVICE})
    return {name: str(value) for name, value in found.attributes.items()}


class OtlpAudit:
    """An `AuditSink` that posts each event as a log record to a collector of OpenTelemetry, and waits until it is acknowledged.

    It is posted once. Where the answer is lost, nobody knows whether the collector has it; the call is then refused. It is thread-safe. A
    forked process connects again.
    """

    __slots__ = ("__weakref__", "_address", "_collector", "_lock", "_resource")

    def __init__(self, place: str) -> None:
        """Post to the collector at *place*.

        Args:
            place: ``otlp+http://HOST:PORT[/PATH]`` or ``otlp+https://…``; ``otlp``: the one that ``OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`` or
                ``OTEL_EXPORTER_OTLP_ENDPOINT`` names. Headers and certificates are in the other variables of these beginnings.

        Raises:
            RegistrationError: *place* or a variable has another form, or a certificate cannot be read.
        """
        try:
            self._address = CollectorAddress.parse(place)
        except (OSError, ValueError) as cause:
            raise audit_url_fault(place.partition("://")[0], expected=FORM, found=reason_of(cause)) from None
        self._collector, self._lock, self._resource = Collector(self._address), Lock(), _resource()
        follow_forks(self)

    def check(self) -> None:
        """Require that the collector takes logs: a request without any must be acknowledged.

        Raises:
            AccountFault: It is not.
        """
        self._post()

    def record(self, event: AuditEvent) -> None:
        """Post *event*.

        Raises:
            AccountFault: It was not acknowledged. Whether the collector has it is not known then.
        """
        self._post(event)

    def close(self) -> None:
        """Close the connection; the next event opens another."""
        self._collector.close()

    def forked(self) -> object:
        """Give the connection up in a forked process; see `federation.state.forking`."""
        inherited, self._collector, self._lock = self._collector, Collector(self._address), Lock()
        return inherited

    def _post(self, *events: AuditEvent) -> None:
        octets = exported(*events, resource=self._resource).SerializeToString()
        if not self._lock.acquire(timeout=ANSWER_SECONDS):
            raise self._refusal("a connection for which other calls wait as well")
        try:
            answer = self._collector.post(octets)
        except OSError as cause:
            raise self._refusal(reason_of(cause)) from None
        finally:
            self._lock.release()
        rejected = _rejected(answer)
        if rejected is not None:
            raise self._refusal(rejected)

    def _refusal(self, found: str) -> AccountFault:
        return unrecorded(self._address.shown, found, expected=_EXPECTED, remedy=_REMEDY)


def _rejected(answer: CollectorAnswer) -> str | None:
    """Return what the collector answers instead of that it has all records; None where it has them."""
    response = ExportLogsServiceResponse()
    try:
        if answer.kind.startswith("application/json"):
            Parse(answer.octets, response, ignore_unknown_fields=True)
        else:
            response.ParseFromString(answer.octets)
    except (DecodeError, ParseError, UnicodeDecodeError):
        return "an answer that is no ExportLogsServiceResponse"
    partial = response.partial_success
    if not partial.rejected_log_records:
        return None
    return f"a rejected record: {partial.error_message}" if partial.error_message else "a rejected record"


class OtlpFileAudit:
    """An `AuditSink` that appends each event to a file, as the line of OTLP JSON that would be sent to a collector.

    Collectors read such files (receiver ``otlp_json_file``). What is promised is what `federation.state.JsonLinesAudit` promises.
    """

    __slots__ = ("_file", "_resource")

    def __init__(self, path: str | os.PathLike[str], *, synced: bool = True) -> None:
        """Append to *path*; *synced* waits for the disk with each event."""
        self._file, self._resource = LineFile(path, synced=synced), _resource()

    def check(self) -> None:
        """Require that the file can be appended to. It is made where it is missing.

        Raises:
            AccountFault: It cannot.
        """
        with as_unwritten():
            self._file.check()

    def record(self, event: AuditEvent) -> None:
        """Append *event*.

        Raises:
            AccountFault: The file cannot be written.
        """
        request = exported(event, resource=self._resource)
        with as_unwritten():
            self._file.append(MessageToJson(request, indent=None, use_integers_for_enums=True, ensure_ascii=True).encode("ascii"))
