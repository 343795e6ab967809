"""The dashboard and the rules of docs/monitoring ask for metrics and labels that the server has, and promtool takes the rules."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import yaml

from federation.server.metrics.catalogue import METRICS, Counted
from tests.support.paths import REPOSITORY

MONITORING = REPOSITORY / "docs" / "monitoring"
SERIES = re.compile(r"\bfederation_\w+")
LABELS = re.compile(r"(federation_\w+)\{([^}]*)\}")
GROUPED = re.compile(r"\b(?:by|on) \(([^)]*)\)")
FROM_PROMETHEUS = {"instance", "job", "le"}


def samples() -> dict[str, set[str]]:
    """The names of the samples of every metric, and their labels."""
    found: dict[str, set[str]] = {}
    for metric in METRICS:
        histogram = isinstance(metric, Counted) and metric.bounds
        names = [f"{metric.name}_{part}" for part in ("bucket", "sum", "count")] if histogram else [metric.name]
        found |= {name: set(metric.labels) for name in names}
    return found


def dashboard() -> dict[str, list[str]]:
    """The expressions of each panel of the dashboard, and of its variables."""
    document = json.loads((MONITORING / "grafana.json").read_text(encoding="utf-8"))
    panels = {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in document["panels"]}
    return panels | {variable["name"]: [variable["query"]] for variable in document["templating"]["list"]}


def rules() -> dict[str, str]:
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}


def expressions() -> Iterator[str]:
    for queries in dashboard().values():
        yield from queries
    yield from rules().values()


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_an_expression_asks_for_what_there_is(expression: str) -> None:
    known = samples()
    named = set(SERIES.findall(expression))
    assert named <= known.keys()
    for name, matchers in LABELS.findall(expression):
        assert {re.split("=|!", part)[0] for part in re.findall(r"\w+(?:=~?|!=|!~)", matchers)} <= known[name] | FROM_PROMETHEUS
    for name, grouped in product(named, GROUPED.findall(expression)):
        assert {label.strip() for label in grouped.split(",")} <= known[name] | FROM_PROMETHEUS


def test_every_metric_is_on_the_dashboard() -> None:
    asked = {name for queries in dashboard().values() for query in queries for name in SERIES.findall(query)}
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in asked}
    assert shown == {metric.name for metric in METRICS}


def test_what_an_operator_must_know_has_a_rule() -> None:
    assert {"FederationStateUnavailable", "FederationCertificateExpires", "FederationRefusals"} <= rules().keys()


FIRING = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: 'federation_state_failures_total{{call="first_use",instance="a"}}', values: '0 0 1 1 1 1 1 1 1 1 1 1'}}
      - {{series: 'federation_saml_certificate_expires_days{{provider="P",key="k",instance="a"}}', values: '13x120'}}
      - {{series: 'federation_requests_total{{operation="AssumeRoleWithSAML",outcome="granted",check="",instance="a"}}', values: '0+2x60'}}
      - {{series: 'federation_requests_total{{operation="AssumeRoleWithSAML",outcome="refused",check="age",instance="a"}}', values: '0+1x60'}}
      - {{series: 'federation_requests_total{{operation="AssumeRoleWithSAML",outcome="refused",check="age",instance="b"}}', values: '0+0x60'}}
    alert_rule_test:
      - eval_time: 3m
        alertname: FederationStateUnavailable
        exp_alerts: [{{exp_labels: {{severity: critical, call: first_use, instance: a}}, exp_annotations: {state}}}]
      - eval_time: 1m
        alertname: FederationStateUnavailable
      - eval_time: 30m
        alertname: FederationRefusals
        exp_alerts: [{{exp_labels: {{severity: warning, instance: a}}, exp_annotations: {refusals}}}]
      - eval_time: 30m
        alertname: FederationCertificateExpires
      - eval_time: 90m
        alertname: FederationCertificateExpires
        exp_alerts: [{{exp_labels: {{severity: warning, provider: P, key: k, instance: a}}, exp_annotations: {certificate}}}]
"""  # noqa: E501


def test_promtool_takes_the_rules_and_they_fire(tmp_path: Path) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    file = MONITORING / "alerts.yml"
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    told = {rule["alert"]: json.dumps(rule["annotations"]) for group in groups for rule in group["rules"]}
    cases = tmp_path / "cases.yml"
    state, refusals, certificate = (told[f"Federation{name}"] for name in ("StateUnavailable", "Refusals", "CertificateExpires"))
    cases.write_text(FIRING.format(rules=file, state=state, refusals=refusals, certificate=certificate), encoding="utf-8")
    for command in (["check", "rules", str(file)], ["test", "rules", str(cases)]):
        done = subprocess.run([tool, *command], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
