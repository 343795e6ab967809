"""Whether traces are recorded, and where they go. OpenTelemetry, an extra, is imported where they are."""

from __future__ import annotations

from federation import extras
from federation.errors import RegistrationError, show
from federation.server.app import RequestTraces
from federation.server.metrics.stages import Stopwatch
from federation.server.settings import FILE_TRACES, TRACES, ServerSettings


def new_stopwatch(settings: ServerSettings) -> Stopwatch:
    """Return what measures the stages of a worker: of every request where they are spans, otherwise of one of many."""
    return Stopwatch(every=1, marks=[]) if settings.traces else Stopwatch()


def open_traces(settings: ServerSettings, stopwatch: Stopwatch) -> RequestTraces | None:
    """Return what records the traces of a worker; None where they go nowhere. *stopwatch* notes the stages of its requests."""
    if not settings.traces:
        return None
    from federation.server.traces import Traces, exporter_to  # noqa: PLC0415 - OpenTelemetry is an extra

    return Traces(exporter_to(settings.traces), stopwatch, version=settings.version)


def check_traces(settings: ServerSettings) -> None:
    """Require OpenTelemetry, which the extra ``otel`` installs, and a place that can be written to, where traces go anywhere.

    An exporter is made, so that all its modules are loaded before workers are forked: a fork while a thread imports inherits the lock of
    the module, and a worker that imports it waits for ever.

    Raises:
        RegistrationError: It is not installed, or there is no such place.
    """
    if not settings.traces:
        return
    if settings.traces != "otlp" and not settings.traces.startswith(f"{FILE_TRACES}/"):
        raise RegistrationError(check="traces", expected=TRACES, found=show(settings.traces), remedy="correct --traces")
    for package, module in (
        ("opentelemetry-sdk", "opentelemetry.sdk"),
        ("opentelemetry-exporter-otlp-proto-http", "opentelemetry.exporter.otlp.proto.http"),
    ):
        extras.require(package, extra="otel", check="traces-extra", module=module)
    from federation.server.traces import exporter_to  # noqa: PLC0415 - OpenTelemetry is an extra

    try:
        exporter_to(settings.traces).shutdown()
    except (OSError, ValueError) as cause:
        reason = (cause.strerror if isinstance(cause, OSError) else None) or type(cause).__name__
        remedy = "correct --traces, or the variables OTEL_EXPORTER_OTLP_…"
        raise RegistrationError(check="traces", expected="a place that spans can be sent to", found=show(reason), remedy=remedy) from cause
