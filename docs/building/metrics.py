"""The page about metrics, the dashboard of Grafana and the rules of Prometheus, of the one list of metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from federation.loggers import LOGGERS
from federation.server.metrics.catalogue import METRICS, Counted, Metric

MOST_SHOWN: Final = 7
"""Most values of a label that the page lists."""

HEAD: Final = """# See what it does: metrics, traces, logs

<!-- Written by docs/build.py: change docs/building/metrics.py or the list of metrics, then run `make docs`. -->

`federation serve` answers `GET /metrics` with the counts of all its workers, for Prometheus. Nothing is to be switched on.

```sh
curl -fsS http://127.0.0.1:8042/metrics
```

## 1. Scrape it

```yaml
scrape_configs:
  - job_name: federation
    static_configs:
      - targets: ["127.0.0.1:8042"]
rule_files:
  - alerts.yml
```

Any worker tells the sum of all. A worker that is killed and replaced loses no count and doubles none; all counts begin at 0 with the
server. With several machines each is a target.

This machine alone may scrape. For a Prometheus on another one, which reaches the server by `--expose` or a tunnel, name its address or
network: `--metrics-from 10.0.5.7` or `--metrics-from 10.0.0.0/8`, repeatable. A request that a proxy passes on is refused, because its
peer is the proxy: so let the proxy say that it is one, or deny the path. For the nginx of [Run it as a service](service.md):

```nginx
location = /metrics { deny all; }
```

The text needs the package prometheus-client, which the extra `server` installs. Where it is missing, `/metrics` says so, and everything
else is served.

## 2. Be told

[alerts.yml](../monitoring/alerts.yml) has rules for what an operator must know:

| Alert | When | Do |
|---|---|---|
"""
TABLE: Final = """
## 3. Look at it

Import [grafana.json](../monitoring/grafana.json) in Grafana (Dashboards, New, Import), and choose your Prometheus.

## 4. Follow a request

```sh
pip install 'sts-federation[otel]'
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
federation serve --account /var/lib/federation/account --traces otlp
```

Each request is a span with the name of its operation, and each stage one within it. The variables of OpenTelemetry decide on collector,
headers, sampling and batches; `OTEL_TRACES_SAMPLER=parentbased_traceidratio` with `OTEL_TRACES_SAMPLER_ARG=0.05` keeps one trace of
twenty. `--traces file:///PATH` writes spans as lines of JSON instead. A collector that is away delays no request: its spans are dropped,
and the log says so.

A valid `traceparent` of the client is taken up: the span is part of its trace, and the access log has `trace_id` and `parent_id`. Without
one, a trace begins here. The log has `trace_id` with and without `--traces`, and `span_id` with it, so that a line of the log, a span, an
event of the audit trail (by `request_id`) and the client's own trace are found from each other.

## 5. What the library says

A program that imports the library gets the same by `logging`, from these loggers; it sees nothing where it configures none. The server
writes warnings of all loggers to its log, as lines with `"event": "logged"`.

LOGGERS
No metric, span, line or record holds a token, a secret, a code or a password.

## Every metric

Values of labels are words of closed lists in the code, or names of the account: nothing of a request becomes one. Checks are those of
[Checks](../checks.md), `other` for one of a plug-in. The operation is `none` for health, documents and requests that name none.

| Metric | Type | Labels | Meaning |
|---|---|---|---|
"""
TAIL: Final = """
A histogram has `_bucket`, `_sum` and `_count`; its buckets go from ten microseconds to five seconds, three in each decade. The stages are
those of [the house](../architecture.md#one-way-through-the-house). Of each worker the first request is measured, and one of seventeen from
then on, with `--traces` every one: compare their means and quantiles, not their counts. Time that a request spends in no stage is that of
the wire: reading parameters and writing XML. The fast engine reads a SAML response while it verifies it, and a plug-in does everything in
`check`.

What a series costs, why counts are in shared memory, and who may scrape: [decision 49](../adr/0049-what-a-server-tells-of-itself.md).
"""


class Alert(NamedTuple):
    """A rule: its name, when it fires, for how long that must hold, how urgent it is, and what to do."""

    name: str
    expression: str
    lasting: str
    severity: str
    when: str
    remedy: str


ALERTS: Final = (
    Alert(
        "FederationStateUnavailable",
        "increase(federation_state_failures_total[5m]) > 0",
        "0m",
        "critical",
        "the record of used tokens failed, so logins are refused",
        "look for check `state` in the log; it names the file or server",
    ),
    Alert(
        "FederationAuditUnavailable",
        "increase(federation_audit_failures_total[5m]) > 0",
        "0m",
        "critical",
        "a sink of the audit trail failed, so calls are refused",
        "look for check `audit` in the log; it names the file or server",
    ),
    Alert(
        "FederationCertificateExpires",
        "federation_saml_certificate_expires_days < 14",
        "1h",
        "warning",
        "the certificate of a signing key expires within 14 days",
        "request the next metadata of the identity provider",
    ),
    Alert(
        "FederationServerCertificate",
        'federation_certificate_expires_days < 7 or increase(federation_certificate_outcomes_total{outcome="refused"}[10m]) > 0',
        "0m",
        "warning",
        "the certificate of the server itself expires within a week, or a new one was refused",
        "renew it; the log names the file and what is wrong with it",
    ),
    Alert(
        "FederationRefusals",
        'sum by (instance) (rate(federation_requests_total{operation=~"AssumeRole.+",outcome="refused"}[10m])) '
        '/ sum by (instance) (rate(federation_requests_total{operation=~"AssumeRole.+"}[10m])) > 0.2',
        "10m",
        "warning",
        "more than a fifth of the logins is refused",
        "see on the dashboard which check refuses; the log has cause and edit",
    ),
    Alert(
        "FederationFailures",
        'increase(federation_requests_total{outcome="failed"}[10m]) > 0',
        "0m",
        "critical",
        "a request failed for a reason of the server",
        "the log has the check: disk, state, account or a bug",
    ),
    Alert(
        "FederationAccountRefused",
        'increase(federation_account_outcomes_total{outcome="refused"}[10m]) > 0',
        "0m",
        "warning",
        "a change of the account has a fault; the former account is served",
        "the log names file, place and remedy",
    ),
    Alert(
        "FederationIssuerWithoutKeys",
        "federation_oidc_keys == 0",
        "1h",
        "warning",
        "no key set of an issuer is registered, so every token of it is refused",
        "register its key set",
    ),
    Alert(
        "FederationWorkersDie",
        "increase(federation_worker_starts_total[15m]) > 2",
        "0m",
        "warning",
        "workers are replaced again and again",
        "look at memory limits and at the end of the journal",
    ),
)


def metrics_page() -> str:
    """docs/how-to/metrics.md."""
    told = "".join(f"| `{alert.name}` | {alert.when} | {alert.remedy} |\n" for alert in ALERTS)
    rows = "".join(f"| `{metric.name}` | {metric.kind} | {_labels(metric)} | {metric.meaning} |\n" for metric in METRICS)
    loggers = "".join(f"| `{name}` | {said} |\n" for name, said in LOGGERS.items())
    return HEAD + told + TABLE.replace("LOGGERS\n", f"| Logger | Says |\n|---|---|\n{loggers}\n") + rows + TAIL


def _labels(metric: Metric) -> str:
    shown = []
    for position, label in enumerate(metric.labels):
        values: list[str] = []
        if isinstance(metric, Counted):
            values = list(metric.rows) if position == 0 else list(dict.fromkeys(column[position - 1] for column in metric.columns))
        shown.append(f"`{label}`" + (f" ({', '.join(values)})" if 0 < len(values) <= MOST_SHOWN else ""))
    return ", ".join(shown) or "-"


def alert_rules() -> str:
    """docs/monitoring/alerts.yml. Values are JSON texts, which YAML reads alike."""
    lines = [
        "# Written by docs/build.py: change docs/building/metrics.py, then run `make docs`.",
        "groups:",
        "  - name: federation",
        "    rules:",
    ]
    for alert in ALERTS:
        lines += (
            f"      - alert: {alert.name}",
            f"        expr: {json.dumps(alert.expression)}",
            f"        for: {alert.lasting}",
            f"        labels: {{severity: {alert.severity}}}",
            f"        annotations: {{summary: {json.dumps(alert.when)}, description: {json.dumps(alert.remedy)}}}",
        )
    return "\n".join((*lines, ""))


class Panel(NamedTuple):
    """A panel of the dashboard: title, unit of Grafana, width in columns of 24, and expressions with what names their series."""

    title: str
    unit: str
    width: int
    queries: tuple[tuple[str, str], ...]
    kind: str = "timeseries"


_HERE: Final = 'instance=~"$instance"'
_QUANTILES: Final = (("0.95", "p95"), ("0.99", "p99"))


def _quantiles(metric: str, label: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"histogram_quantile({q}, sum by (le, {label}) (rate({metric}_bucket{{{_HERE}}}[$__rate_interval])))", f"{{{{{label}}}}} {name}")
        for q, name in _QUANTILES
    )


PANELS: Final = (
    Panel(
        "Requests", "reqps", 12, ((f"sum by (operation) (rate(federation_requests_total{{{_HERE}}}[$__rate_interval]))", "{{operation}}"),)
    ),
    Panel(
        "Refusals by check",
        "reqps",
        12,
        (
            (
                f'sum by (check) (rate(federation_requests_total{{{_HERE},outcome=~"refused|failed"}}[$__rate_interval]))',
                "{{check}}",
            ),
        ),
    ),
    Panel("Duration of requests", "s", 12, _quantiles("federation_request_seconds", "operation")),
    Panel(
        "Mean time in each stage",
        "s",
        12,
        (
            (
                (
                    f"sum by (stage) (rate(federation_stage_seconds_sum{{{_HERE}}}[$__rate_interval])) "
                    f"/ sum by (stage) (rate(federation_stage_seconds_count{{{_HERE}}}[$__rate_interval]))"
                ),
                "{{stage}}",
            ),
        ),
    ),
    Panel("Record of used tokens: duration", "s", 12, _quantiles("federation_state_seconds", "call")),
    Panel(
        "Record of used tokens: failures",
        "short",
        12,
        ((f"sum by (call) (increase(federation_state_failures_total{{{_HERE}}}[$__rate_interval]))", "{{call}}"),),
    ),
    Panel("Audit trail: duration", "s", 12, _quantiles("federation_audit_seconds", "sink")),
    Panel(
        "Audit trail: failures",
        "short",
        12,
        ((f"sum by (sink) (increase(federation_audit_failures_total{{{_HERE}}}[$__rate_interval]))", "{{sink}}"),),
    ),
    Panel("Generation of the account", "short", 6, ((f"federation_account_generation{{{_HERE}}}", "{{instance}}"),), "stat"),
    Panel(
        "Changes of the account",
        "short",
        6,
        (
            (f"sum by (outcome) (increase(federation_account_outcomes_total{{{_HERE}}}[1h]))", "{{outcome}}"),
            (f"sum by (outcome) (increase(federation_certificate_outcomes_total{{{_HERE}}}[1h]))", "certificate {{outcome}}"),
        ),
        "stat",
    ),
    Panel("Changes by IAM", "short", 6, ((f"federation_account_changes{{{_HERE}}}", "{{instance}}"),), "stat"),
    Panel("Workers started", "short", 6, ((f"federation_worker_starts_total{{{_HERE}}}", "{{instance}}"),), "stat"),
    Panel(
        "Days until certificates expire",
        "d",
        12,
        (
            (f"min by (provider, key) (federation_saml_certificate_expires_days{{{_HERE}}})", "{{provider}} {{key}}"),
            (f"min by (instance) (federation_certificate_expires_days{{{_HERE}}})", "{{instance}} itself"),
        ),
        "bargauge",
    ),
    Panel(
        "Days since keys began",
        "d",
        12,
        (
            (f"max by (provider, key) (federation_saml_key_age_days{{{_HERE}}})", "{{provider}} {{key}}"),
            (f"max by (account) (federation_sealing_key_age_days{{{_HERE}}})", "sealing key of {{account}}"),
            (f"-max by (account, key) (federation_sealing_key_begins_days{{{_HERE}}})", "successor {{key}} of {{account}}"),
        ),
        "bargauge",
    ),
    Panel("Keys of issuers", "short", 12, ((f"min by (provider) (federation_oidc_keys{{{_HERE}}})", "{{provider}}"),), "bargauge"),
    Panel(
        "Servers",
        "short",
        12,
        ((f"federation_build_info{{{_HERE}}}", "{{instance}} {{version}} {{engine}} {{state}} {{workers}}"),),
        "stat",
    ),
)
_HEIGHT: Final = 8
_COLUMNS: Final = 24
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}


def dashboard() -> str:
    """docs/monitoring/grafana.json."""
    document = {
        "title": "federation",
        "uid": "federation",
        "schemaVersion": 39,
        "tags": ["federation", "sts"],
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {
            "list": [
                {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
                {
                    "name": "instance",
                    "label": "server",
                    "type": "query",
                    "datasource": _SOURCE,
                    "query": "label_values(federation_build_info, instance)",
                    "refresh": 2,
                    "multi": True,
                    "includeAll": True,
                    "allValue": ".*",
                    "current": {"text": "All", "value": "$__all"},
                },
            ]
        },
        "panels": list(_panels()),
    }
    return json.dumps(document, indent=1) + "\n"


def _panels() -> Iterator[dict[str, Any]]:
    across, down = 0, 0
    for number, panel in enumerate(PANELS, 1):
        if across + panel.width > _COLUMNS:
            across, down = 0, down + _HEIGHT
        yield {
            "id": number,
            "type": panel.kind,
            "title": panel.title,
            "datasource": _SOURCE,
            "gridPos": {"x": across, "y": down, "w": panel.width, "h": _HEIGHT},
            "fieldConfig": {"defaults": {"unit": panel.unit, "min": None if panel.unit == "d" else 0}, "overrides": []},
            "targets": [
                {"refId": chr(ord("A") + place), "datasource": _SOURCE, "expr": expression, "legendFormat": name}
                for place, (expression, name) in enumerate(panel.queries)
            ],
        }
        across += panel.width
