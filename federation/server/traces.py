"""Traces of requests, by OpenTelemetry: one span of each request and one of each stage. This module alone imports it.

Spans are made once the answer is there, of instants that were noted meanwhile, and exported by a thread of their own: a request waits for
no collector. Their names and attributes are of closed lists, beside the id of the request: no token, subject or principal.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter_ns, time_ns
from typing import Final

from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags, set_span_in_context

from federation.server.messages import LoggedResponse, Request
from federation.server.metrics.catalogue import FAILED, NONE, OPERATIONS, STAGES
from federation.server.metrics.meter import verdict_of
from federation.server.metrics.stages import Stopwatch
from federation.server.settings import FILE_TRACES
from federation.server.trace_context import TraceContext, trace_of

_SERVICE: Final = "federation"
_NAME_VARIABLE: Final = "OTEL_SERVICE_NAME"
_KNOWN: Final = frozenset(OPERATIONS)
_SPANS: Final = (*STAGES, "state")
"""Names of the spans within a request: the stages, and the record of used tokens."""


class Traces:
    """Records the traces of one worker."""

    __slots__ = ("_marks", "_provider", "_tracer")

    def __init__(self, exporter: SpanExporter, stopwatch: Stopwatch, *, version: str) -> None:
        """Export by *exporter*. *stopwatch* notes the stages of the request that is being answered. *version* is that of the package.

        The variables ``OTEL_…`` of OpenTelemetry decide on sampling, limits and batches.
        """
        named = {SERVICE_NAME: os.environ.get(_NAME_VARIABLE) or _SERVICE, "service.version": version}
        self._provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer, self._marks = self._provider.get_tracer(_SERVICE, version), stopwatch.marks

    def begin(self) -> None:
        """Forget the stages before this request."""
        if self._marks is not None:
            self._marks.clear()

    def record(self, request: Request, answer: LoggedResponse, nanoseconds: int) -> TraceContext:
        """Record *request*, which was answered by *answer* in *nanoseconds* until now, and return its place in its trace."""
        trace, passed = trace_of(request, answer.response.request_id), time_ns() - perf_counter_ns()
        ended = perf_counter_ns() + passed
        outcome, check = verdict_of(answer)
        operation = answer.operation if answer.operation in _KNOWN else NONE
        span = self._tracer.start_span(
            operation,
            context=set_span_in_context(_client(trace)) if trace.parent_id else None,
            kind=SpanKind.SERVER,
            start_time=ended - nanoseconds,
            attributes={
                "rpc.method": operation,
                "http.response.status_code": answer.response.status,
                "aws.request_id": answer.response.request_id,
                "federation.outcome": outcome,
                "federation.check": check,
            },
        )
        if span.is_recording():
            if outcome == FAILED:
                span.set_status(Status(StatusCode.ERROR))
            within = set_span_in_context(span)
            for stage, began, left in self._marks or ():
                self._tracer.start_span(_SPANS[stage], context=within, start_time=began + passed).end(left + passed)
        span.end(ended)
        own = span.get_span_context()
        return trace._replace(trace_id=f"{own.trace_id:032x}", span_id=f"{own.span_id:016x}")

    def close(self) -> None:
        """Export what is left."""
        self._provider.shutdown()


def _client(trace: TraceContext) -> NonRecordingSpan:
    flags = TraceFlags(TraceFlags.SAMPLED if trace.sampled else TraceFlags.DEFAULT)
    return NonRecordingSpan(SpanContext(int(trace.trace_id, 16), int(trace.parent_id, 16), is_remote=True, trace_flags=flags))


class JsonLinesExporter(SpanExporter):
    """Appends each span to a file as a line of JSON, in one write, so that workers do not mix theirs."""

    def __init__(self, path: Path) -> None:
        """Append to *path*, which is made with mode 0600 where it is missing."""
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Append *spans*."""
        try:
            for span in spans:
                os.write(self._handle, span.to_json(indent=None).encode("utf-8") + b"\n")
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file."""
        os.close(self._handle)


def exporter_to(place: str) -> SpanExporter:
    """Return what exports to *place*: ``file:///PATH``, or ``otlp``, a collector that the variables ``OTEL_EXPORTER_OTLP_…`` name.

    Raises:
        OSError: The file cannot be opened.
    """
    if place.startswith(FILE_TRACES):
        return JsonLinesExporter(Path(place.removeprefix(FILE_TRACES)))
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - requests and protobuf with it

    return OTLPSpanExporter()
