"""The record of used tokens and the audit trail, measured from outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import perf_counter_ns
from typing import Final

from federation.errors import FederationError
from federation.server.metrics.catalogue import AUDIT_FAILURES, AUDIT_SECONDS, STAGES, STATE_CALLS, STATE_FAILURES, STATE_SECONDS
from federation.server.metrics.slots import Slot
from federation.server.metrics.stages import OUTSIDE, Stopwatch
from federation.state import AuditEvent, AuditSink, State
from federation.state.audit_opening import AUDIT_KINDS

_FIRST_USE, _MAY_HAVE_FORGOTTEN, _CLAIM, _FIRST_EXCHANGE = range(len(STATE_CALLS))
_RECORD: Final = STAGES.index("record")


class MeasuredState:
    """A `State` that passes each call on to another, and counts how long it took and whether it failed."""

    __slots__ = ("_call", "_slot", "_state")

    def __init__(self, state: State, slot: Slot, stopwatch: Stopwatch) -> None:
        """Pass calls on to *state*. Their time belongs to no stage of *stopwatch*."""
        self._state, self._slot = state, slot
        self._call = stopwatch.timed(OUTSIDE, self._counted)

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """See `federation.state.ReplayCache`."""
        return self._call(_FIRST_USE, lambda: self._state.first_use(issuer, token_id, until=until, at=at))

    def may_have_forgotten(self, until: datetime) -> bool:
        """See `federation.state.ReplayCache`."""
        return self._call(_MAY_HAVE_FORGOTTEN, lambda: self._state.may_have_forgotten(until))

    def claim(self, serial_number: str, step: int) -> bool:
        """See `federation.state.UsedCodes`."""
        return self._call(_CLAIM, lambda: self._state.claim(serial_number, step))

    def first_exchange(self, digest: str) -> bool:
        """See `federation.state.State`."""
        return self._call(_FIRST_EXCHANGE, lambda: self._state.first_exchange(digest))

    def forget_all(self) -> None:
        """See `federation.state.State`. It is for tests, and is not counted."""
        self._state.forget_all()

    def _counted(self, row: int, call: Callable[[], bool]) -> bool:
        began = perf_counter_ns()
        try:
            return call()
        except FederationError:
            self._slot.add(STATE_FAILURES, row)
            raise
        finally:
            self._slot.observe(STATE_SECONDS, row, perf_counter_ns() - began)


class CountedAudit:
    """An `AuditSink` that passes events on to a sink of its kind, and counts how long it took and whether it failed."""

    __slots__ = ("_row", "_sink", "_slot")

    def __init__(self, sink: AuditSink, kind: str, slot: Slot) -> None:
        """Pass events on to *sink*, of a *kind* that `AUDIT_KINDS` lists."""
        self._sink, self._row, self._slot = sink, AUDIT_KINDS.index(kind), slot

    def record(self, event: AuditEvent) -> None:
        """See `federation.state.AuditSink`."""
        began = perf_counter_ns()
        try:
            self._sink.record(event)
        except FederationError:
            self._slot.add(AUDIT_FAILURES, self._row)
            raise
        finally:
            self._slot.observe(AUDIT_SECONDS, self._row, perf_counter_ns() - began)


class MeasuredAudit:
    """An `AuditSink` that passes events on to another; its time is that of the stage ``record``."""

    __slots__ = ("_record",)

    def __init__(self, sink: AuditSink, stopwatch: Stopwatch) -> None:
        """Pass events on to *sink*."""
        self._record = stopwatch.timed(_RECORD, sink.record)

    def record(self, event: AuditEvent) -> None:
        """See `federation.state.AuditSink`."""
        self._record(event)
