"""The one list of the metrics. Values of labels are of closed lists of the code, or names of the account, and never of a request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from federation import check_names
from federation.iam.catalogue import OPERATIONS as IAM_OPERATIONS
from federation.server.messages import METRICS as SCRAPE
from federation.server.messages import PAGE, TEST_CONTROL
from federation.state.audit_opening import AUDIT_KINDS
from federation.sts.catalogue import OPERATIONS as STS_OPERATIONS

NONE: Final = "none"
"""The operation of health, published documents and requests that name none."""
OTHER: Final = "other"
"""The check of a plug-in, whose names no list has."""
OPERATIONS: Final = (*sorted(STS_OPERATIONS), *sorted(IAM_OPERATIONS), PAGE, SCRAPE, TEST_CONTROL, NONE)
_FLAGS: Final = (
    *(parameter.flag for operation in STS_OPERATIONS.values() for parameter in operation.parameters),
    *(parameter.flag for operation in IAM_OPERATIONS.values() for parameter in operation.call.parameters),
)
CHECKS: Final = tuple(sorted({*check_names.listed(), *_FLAGS, OTHER}))
GRANTED, REFUSED, FAILED = "granted", "refused", "failed"
STAGES: Final = ("decode", "verify", "read", "check", "evaluate", "issue", "record")
STATE_CALLS: Final = ("first_use", "may_have_forgotten", "claim", "first_exchange")
TAKEN_OVER, FAULTY = "taken over", "refused"

_MICROSECOND: Final = 1_000
_MILLISECOND: Final = 1_000_000
_SECOND: Final = 1_000_000_000
STEPS: Final = tuple(
    step * unit // 10
    for unit, steps in (
        (_MICROSECOND, (100, 250, 500, 1000, 2500, 5000)),
        (_MILLISECOND, (10, 25, 50, 100, 250, 500, 1000, 2500, 5000)),
        (_SECOND, (10, 25, 50)),
    )
    for step in steps
)
"""Bounds of the buckets of durations, in nanoseconds: from ten microseconds to five seconds, three in each decade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric.

    Attributes:
        name: Its name, with the ``_total`` of a counter.
        meaning: What it counts or measures, in one sentence without an end.
        labels: The names of its labels.
    """

    name: str
    meaning: str
    labels: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Its type for Prometheus."""
        return "gauge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Metric):
    """A metric that workers count in shared memory: a row for each of *rows*, with a word for each of *columns*.

    Attributes:
        rows: The values of the first label; one empty text where there is none.
        columns: The values of the other labels.
        bounds: Of a histogram, the upper ends of its buckets in nanoseconds. Its columns are the buckets, one without end, and the sum.
    """

    rows: tuple[str, ...] = ("",)
    columns: tuple[tuple[str, ...], ...] = ((),)
    bounds: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """Its type for Prometheus."""
        return "histogram" if self.bounds else "counter"

    @property
    def width(self) -> int:
        """How many words a row has."""
        return len(self.bounds) + 2 if self.bounds else len(self.columns)


REQUESTS: Final = Counted(
    name="federation_requests_total",
    meaning="Requests that were answered: granted, refused, or failed for a reason of the server, with the check that refused",
    labels=("operation", "outcome", "check"),
    rows=OPERATIONS,
    columns=((GRANTED, ""), *product((REFUSED, FAILED), CHECKS)),
)
REQUEST_SECONDS: Final = Counted(
    name="federation_request_seconds",
    meaning="Time from the whole request to its answer",
    labels=("operation",),
    rows=OPERATIONS,
    bounds=STEPS,
)
STAGE_SECONDS: Final = Counted(
    name="federation_stage_seconds",
    meaning="Time of a stage, without stages within it and the record of used tokens; one request of seventeen is measured",
    labels=("stage",),
    rows=STAGES,
    bounds=STEPS,
)
STATE_SECONDS: Final = Counted(
    name="federation_state_seconds",
    meaning="Time that the record of used tokens took to answer, or to fail",
    labels=("call",),
    rows=STATE_CALLS,
    bounds=STEPS,
)
STATE_FAILURES: Final = Counted(
    name="federation_state_failures_total",
    meaning="Calls of the record of used tokens that failed, so that nothing was granted",
    labels=("call",),
    rows=STATE_CALLS,
)
AUDIT_SECONDS: Final = Counted(
    name="federation_audit_seconds",
    meaning="Time that a sink of the audit trail took to keep an event, or to fail",
    labels=("sink",),
    rows=AUDIT_KINDS,
    bounds=STEPS,
)
AUDIT_FAILURES: Final = Counted(
    name="federation_audit_failures_total",
    meaning="Events that a sink of the audit trail could not keep, so that their calls were not granted",
    labels=("sink",),
    rows=AUDIT_KINDS,
)
ACCOUNT_OUTCOMES: Final = Counted(
    name="federation_account_outcomes_total",
    meaning="Changes of the account that were taken over, and faults for which one was refused",
    labels=("outcome",),
    rows=(TAKEN_OVER, FAULTY),
)
CERTIFICATE_OUTCOMES: Final = Counted(
    name="federation_certificate_outcomes_total",
    meaning="Changes of the certificate of the server itself that all workers took over, and those that were refused",
    labels=("outcome",),
    rows=(TAKEN_OVER, FAULTY),
)
WORKER_STARTS: Final = Counted(name="federation_worker_starts_total", meaning="Workers that were started, replacements included")
COUNTED: Final = (
    REQUESTS,
    REQUEST_SECONDS,
    STAGE_SECONDS,
    STATE_SECONDS,
    STATE_FAILURES,
    AUDIT_SECONDS,
    AUDIT_FAILURES,
    ACCOUNT_OUTCOMES,
    CERTIFICATE_OUTCOMES,
    WORKER_STARTS,
)

INFO: Final = Metric(
    name="federation_build_info",
    meaning="Always 1; the labels have the version and what the server was started with",
    labels=("version", "engine", "state", "workers"),
)
GENERATION: Final = Metric(name="federation_account_generation", meaning="Number of the account that all workers serve, from 1")
CHANGES: Final = Metric(name="federation_account_changes", meaning="Changes by calls of IAM since the account of this generation was read")
SAML_KEY_AGE: Final = Metric(
    name="federation_saml_key_age_days",
    meaning="Days since the certificate of a registered signing key began",
    labels=("account", "provider", "key"),
)
SAML_CERTIFICATE_EXPIRES: Final = Metric(
    name="federation_saml_certificate_expires_days",
    meaning="Days until the certificate of a registered signing key expires; negative where it has",
    labels=("account", "provider", "key"),
)
OIDC_KEYS: Final = Metric(
    name="federation_oidc_keys",
    meaning="Keys that are registered for an issuer, whose key sets have no dates; with 0 every token is refused",
    labels=("account", "provider"),
)
SEALING_KEY_AGE: Final = Metric(
    name="federation_sealing_key_age_days",
    meaning="Days since the last rotation of the keyring; absent where it was never rotated",
    labels=("account",),
)
SEALING_KEY_BEGINS: Final = Metric(
    name="federation_sealing_key_begins_days",
    meaning="Days until the newest key of the keyring begins to seal; negative where it has, absent where it sealed at once",
    labels=("account", "key"),
)
CERTIFICATE_EXPIRES: Final = Metric(
    name="federation_certificate_expires_days",
    meaning="Days until the certificate of the server itself expires; absent where a proxy in front speaks TLS",
)
READ: Final = (
    INFO,
    GENERATION,
    CHANGES,
    SAML_KEY_AGE,
    SAML_CERTIFICATE_EXPIRES,
    OIDC_KEYS,
    SEALING_KEY_AGE,
    SEALING_KEY_BEGINS,
    CERTIFICATE_EXPIRES,
)
"""The gauges, which are read at the scrape."""
METRICS: Final[tuple[Metric, ...]] = (*COUNTED, *READ)


def places() -> Iterator[tuple[str, int]]:
    """Yield the name of each counted metric and the word at which its first row begins."""
    begin = 0
    for metric in COUNTED:
        yield metric.name, begin
        begin += len(metric.rows) * metric.width


PLACES: Final = dict(places())
WORDS: Final = sum(len(metric.rows) * metric.width for metric in COUNTED)
"""How many words the counts of one process take."""
