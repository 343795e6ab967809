"""Opening of the `AuditSink` that a URL names. Each kind of sink has a scheme."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

from federation import extras
from federation.errors import RegistrationError, show
from federation.state.audit import AuditSink, JsonLinesAudit
from federation.state.audit_faults import AUDIT_PASSWORD_VARIABLE, audit_url_fault
from federation.state.servers import is_here

JSON_LINES, POSTGRESQL, OTLP = "jsonl", "postgresql", "otlp"
AUDIT_KINDS: Final = (JSON_LINES, POSTGRESQL, OTLP)
"""The kinds of sinks, as metrics name them."""
AUDIT_PLACES: Final = "jsonl:///PATH, postgresql://HOST/DATABASE, otlp, otlp+http://HOST:PORT, otlp+https://HOST:PORT or otlp+file:///PATH"
"""The forms of a URL of a sink, in short."""
_FORM: Final = "jsonl:///PATH, an absolute path without ? and #, or jsonl:///PATH?sync=off"
_FILE_FORM: Final = "otlp+file:///PATH, an absolute path without ? and #, or otlp+file:///PATH?sync=off"
_OTLP_FILE: Final = "otlp+file"
_OTLP_SERVERS: Final = ("otlp+http", "otlp+https")


class CheckedSink(AuditSink, Protocol):
    """An `AuditSink` that can say beforehand whether it takes events."""

    def check(self) -> None:
        """Require that events can be recorded, and make what they need, such as tables.

        Raises:
            AccountFault: They cannot.
        """
        ...


def open_audit(place: str | os.PathLike[str]) -> AuditSink:
    """Open the sink of audit events at *place*, and require that it takes events. A package is imported only where its scheme is named.

    Args:
        place: ``jsonl:///PATH`` or a path object: a file of JSON lines; PATH is absolute and not decoded, and ``?sync=off`` does not wait
            for the disk. ``postgresql://…`` as libpq reads it (extra ``postgresql``), whose password may be in the environment variable
            ``FEDERATION_AUDIT_PASSWORD`` instead. ``otlp+http://HOST:PORT[/PATH]`` or ``otlp+https://…``: a collector of OpenTelemetry
            (extra ``otel``); ``otlp``: the one that the variables ``OTEL_EXPORTER_OTLP_…`` name. ``otlp+file:///PATH``: a file of what
            would be sent to one.

    Raises:
        RegistrationError: *place* is none of them, or the extra is not installed.
        AccountFault: The sink takes no events.
    """
    sink = audit_sink(place)
    sink.check()
    return sink


def audit_sink(place: str | os.PathLike[str]) -> CheckedSink:
    """Return the sink at *place*, see `open_audit`, without asking whether it takes events.

    Raises:
        RegistrationError: *place* is none, or the extra is not installed.
    """
    kind, file = audit_kind(place), _file_of(place)
    if kind == OTLP:
        extras.require("opentelemetry-exporter-otlp-proto-http", extra="otel", check="audit-extra", module="opentelemetry.proto")
        from federation.state.otlp_audit import OtlpAudit, OtlpFileAudit  # noqa: PLC0415

        return OtlpAudit(str(place)) if file is None else OtlpFileAudit(file.path, synced=file.synced)
    if file is not None:
        return JsonLinesAudit(file.path, synced=file.synced)
    extras.require("psycopg", extra="postgresql", check="audit-extra")
    from federation.state.postgresql_audit import PostgresqlAudit  # noqa: PLC0415

    return PostgresqlAudit(str(place))


def audit_kind(place: str | os.PathLike[str]) -> str:
    """Return the kind of the sink at *place*, one of `AUDIT_KINDS`.

    Raises:
        RegistrationError: *place* names none.
    """
    if isinstance(place, os.PathLike):
        return JSON_LINES
    scheme, mark, _ = place.partition("://") if isinstance(place, str) else ("", "", "")
    if mark and scheme in (JSON_LINES, POSTGRESQL):
        return scheme
    if place == OTLP or (mark and scheme in (_OTLP_FILE, *_OTLP_SERVERS)):
        return OTLP
    raise RegistrationError(  # the rest of a URL may hold a password, so it is not shown
        check="audit-url",
        expected=AUDIT_PLACES,
        found=show(scheme + mark) if mark else "a text without scheme" if isinstance(place, str) else type(place).__name__,
        remedy="name a file, such as jsonl:///var/log/federation/audit.jsonl, or a server",
    )


def audit_files(place: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Return the file of the sink at *place*, which has the form that `open_audit` takes; nothing where a server is the sink.

    Raises:
        RegistrationError: *place* names no sink.
    """
    audit_kind(place)
    file = _file_of(place)
    return () if file is None else (file.path,)


def audit_cautions(place: str | os.PathLike[str]) -> Iterator[str]:
    """Yield what the operator of the sink at *place* should be warned of."""
    parts = urlsplit(place if isinstance(place, str) else "")
    if parts.password is not None or "password=" in parts.query:
        yield f"every user of this machine can read the password of --audit-to in the list of processes: use {AUDIT_PASSWORD_VARIABLE}"
    secured = parts.scheme == "otlp+https" or "sslmode=verify-full" in parts.query
    if parts.scheme in (POSTGRESQL, *_OTLP_SERVERS) and not secured and not is_here(parts.hostname):
        how = "otlp+https://" if parts.scheme == "otlp+http" else "sslmode=verify-full"
        yield f"whoever is between here and {parts.scheme}://{parts.hostname} can read the audit trail and discard it: use {how}"


class _File(NamedTuple):
    """A file, and whether each event waits for the disk."""

    path: Path
    synced: bool


def _file_of(place: str | os.PathLike[str]) -> _File | None:
    """Return the file that *place* names; None where it names none."""
    if isinstance(place, os.PathLike):
        return _File(Path(place), synced=True)
    scheme, _, rest = place.partition("://")
    if scheme not in (JSON_LINES, _OTLP_FILE):
        return None
    path, mark, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True)) if mark else {}
    if not path.startswith("/") or path.endswith("/") or "#" in rest or (mark and options not in ({"sync": "on"}, {"sync": "off"})):
        form = _FORM if scheme == JSON_LINES else _FILE_FORM
        raise audit_url_fault(scheme, expected=form, found="another form")
    return _File(Path(path), synced=options.get("sync") != "off")
