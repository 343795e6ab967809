"""What the server counts: in memory that outlives a worker, under labels of closed lists, at the seams of the stages."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlencode

import pytest

from federation.account import load_account
from federation.errors import AccountFault, InvalidIdentityToken
from federation.server.access_log import AccessLog
from federation.server.endpoint import Endpoint
from federation.server.failures import refused
from federation.server.generations import Board
from federation.server.messages import LoggedResponse, Request, Response
from federation.server.metrics import catalogue
from federation.server.metrics.measured import CountedAudit, MeasuredAudit, MeasuredState
from federation.server.metrics.meter import CountedLog, Meter, verdict_of
from federation.server.metrics.page import MetricsPage
from federation.server.metrics.slots import Slot, Totals, claim
from federation.server.metrics.stages import SEAMS, Stopwatch
from federation.server.settings import ServerSettings
from federation.state import AuditEvent, AuditSinks, JsonLinesAudit, MemoryState
from federation.sts.service import SecurityTokenService
from tests.support.paths import ACCOUNT_DIRECTORY, FIXTURES, REPOSITORY
from tests.support.scrapes import lint, parsed, sum_of
from tests.support.sts import saml_login, web_identity
from tests.support.world import CALLED, USER

GET = Request("GET", "/metrics", "", (("host", "127.0.0.1:8042"),), peer="127.0.0.1:50000")
OUTCOMES = (catalogue.GRANTED, catalogue.REFUSED, catalogue.FAILED)
TOKEN = (FIXTURES / "oidc" / "github.jwt").read_text(encoding="ascii").strip()


@pytest.fixture
def stopwatch() -> Iterator[Stopwatch]:
    made = Stopwatch(every=1)
    made.begin()
    yield made
    made.end()


def serving(directory: Path, service: SecurityTokenService | None = None, *networks: str) -> Endpoint:
    Board(directory).serve(7, changes=3)
    settings = ServerSettings(account=ACCOUNT_DIRECTORY, metrics_from=tuple(map(ip_network, networks)), workers=2, version="1.2.3")
    page = MetricsPage(directory, settings)
    return Endpoint(SecurityTokenService.open(ACCOUNT_DIRECTORY) if service is None else service, metrics=page)


def scraped(directory: Path, service: SecurityTokenService | None = None, at: datetime = CALLED) -> str:
    answer = serving(directory, service).answer(GET, at=at)
    assert answer.response.status == 200, answer.refusal
    return answer.response.body.decode("utf-8")


def answered(code: str = "", check: str = "", status: int = 200, operation: str = "AssumeRoleWithSAML") -> LoggedResponse:
    return LoggedResponse(Response(status, "text/xml", "id", b""), operation=operation, code=code, check=check)


# What survives a worker


CLAIMING = """
import sys, time
from pathlib import Path
from federation.server.metrics.catalogue import WORKER_STARTS
from federation.server.metrics.slots import claim
slot = claim(Path(sys.argv[1]))
for _ in range(1000): slot.add(WORKER_STARTS, 0)
print("counted", flush=True)
time.sleep(60)
"""


def counting(directory: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", CLAIMING, str(directory)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    return process


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)


def test_a_killed_process_leaves_its_counts_and_the_next_one_counts_on(tmp_path: Path) -> None:
    own = claim(tmp_path)
    own.add(catalogue.WORKER_STARTS, 0)
    for number in (1, 2, 3):
        process = counting(tmp_path)
        assert Totals(tmp_path).row(catalogue.WORKER_STARTS, 0) == [1 + 1000 * number]
        killed(process)
        assert Totals(tmp_path).row(catalogue.WORKER_STARTS, 0) == [1 + 1000 * number]
    assert len(list(tmp_path.iterdir())) == 2  # however often workers are replaced


def test_living_processes_never_share_a_slot(tmp_path: Path) -> None:
    processes = [counting(tmp_path), counting(tmp_path)]
    assert Totals(tmp_path).row(catalogue.WORKER_STARTS, 0) == [2000]
    assert len(list(tmp_path.iterdir())) == 2
    for process in processes:
        killed(process)


def test_a_slot_that_is_being_made_is_not_read(tmp_path: Path) -> None:
    claim(tmp_path).add(catalogue.WORKER_STARTS, 0)
    (tmp_path / "counts-9").write_bytes(b"")
    assert Totals(tmp_path).row(catalogue.WORKER_STARTS, 0) == [1]


# Labels


def test_every_check_of_the_engine_is_a_label_and_of_a_plug_in_none() -> None:
    assert verdict_of(answered()) == ("granted", "")
    assert verdict_of(answered("IDPRejectedClaim", "replay", 403)) == ("refused", "replay")
    assert verdict_of(answered("InternalFailure", "state", 500)) == ("failed", "state")
    assert verdict_of(answered("ValidationError", "role-arn", 400)) == ("refused", "role-arn")
    assert verdict_of(answered("InvalidIdentityToken", f"acme-{TOKEN}", 400)) == ("refused", "other")


def test_a_request_adds_no_label_of_its_own(tmp_path: Path) -> None:
    slot, endpoint = claim(tmp_path), serving(tmp_path)
    meter = Meter(slot, Stopwatch())
    hostile = ["secret-operation", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetRole", 'x"}\n1', ""]
    for action in hostile:
        body = urlencode({"Action": action, "Version": "2011-06-15", "WebIdentityToken": TOKEN, "RoleArn": "arn:secret"}).encode()
        headers = (("host", "127.0.0.1"), ("content-type", "application/x-www-form-urlencoded"))
        meter.count(endpoint.answer(Request("POST", "/", "", headers, body), at=CALLED), 1_000)
    meter.count(answered(operation="never-heard-of"), 1_000)
    samples = parsed(scraped(tmp_path))
    assert sum_of(samples, "federation_requests_total") == len(hostile) + 1
    for name, labels in samples:
        assert "secret" not in f"{name} {labels}"
        for label, value in labels:
            if name == "federation_requests_total":
                assert value in {"operation": catalogue.OPERATIONS, "outcome": OUTCOMES, "check": ("", *catalogue.CHECKS)}[label]


def test_a_metric_that_fails_shows_zero_before_it_fails(tmp_path: Path) -> None:
    samples = parsed(scraped(tmp_path))
    fails = ("federation_state_failures_total", "federation_audit_failures_total", "federation_account_outcomes_total")
    shown = {(name, value) for (name, _), value in samples.items() if name in fails}
    assert shown == {(name, 0.0) for name in fails}


def test_every_metric_is_in_the_scrape_and_no_other(tmp_path: Path) -> None:
    text = scraped(tmp_path)
    told = {line.split()[2]: line.split()[3] for line in text.splitlines() if line.startswith("# TYPE")}
    assert told == {metric.name: metric.kind for metric in catalogue.METRICS}


# Stages


def test_a_login_spends_its_time_in_every_stage(tmp_path: Path, stopwatch: Stopwatch) -> None:
    events: list[AuditEvent] = []
    slot = claim(tmp_path)
    state = MeasuredState(MemoryState(), slot, stopwatch)
    audit = MeasuredAudit(Recorder(events), stopwatch)
    service = SecurityTokenService(saml_login.World().account, state=state, audit=audit)
    endpoint, meter = Endpoint(service), Meter(slot, stopwatch)
    call = {"Action": "AssumeRoleWithSAML", "Version": "2011-06-15", "RoleArn": saml_login.ROLE, "PrincipalArn": saml_login.PROVIDER}
    body = urlencode({**call, "SAMLAssertion": saml_login.mint()}).encode()
    headers = (("host", "127.0.0.1"), ("content-type", "application/x-www-form-urlencoded"))
    for outcome in ("", "replay"):
        meter.begin()
        answer = endpoint.answer(Request("POST", "/", "", headers, body), at=saml_login.AT)
        assert answer.check == outcome
        meter.count(answer, 1_000_000_000)
        if answer.raised is not None:
            assert answer.raised.explanation.cause  # judges again, for the log
    meter.begin()
    meter.count(answered(), 1_000)  # a request without a stage
    samples = parsed(scraped(tmp_path))
    stages = {stage: sum_of(samples, "federation_stage_seconds_count", stage=stage) for stage in catalogue.STAGES}
    assert stages.pop("read") in (0, 2)  # the fast engine reads while it verifies
    assert set(stages.values()) == {2}
    assert 0 < sum_of(samples, "federation_stage_seconds_sum") < 2
    assert sum_of(samples, "federation_state_seconds_count", call="first_use") == 2
    assert sum_of(samples, "federation_state_seconds_count", call="may_have_forgotten") == 1
    assert len(events) == 2


def test_a_sink_that_fails_is_counted_and_refuses(tmp_path: Path) -> None:
    slot, away = claim(tmp_path), JsonLinesAudit(tmp_path)
    sinks = AuditSinks(CountedAudit(JsonLinesAudit(tmp_path / "audit"), "jsonl", slot), CountedAudit(away, "otlp", slot))
    with pytest.raises(AccountFault) as refusal:
        SecurityTokenService.open(ACCOUNT_DIRECTORY, audit=sinks).get_caller_identity(caller=USER, at=CALLED)
    assert refusal.value.check == "audit"
    samples = parsed(scraped(tmp_path))
    for sink, failures, events in (("jsonl", 0, 1), ("otlp", 1, 1), ("postgresql", 0, 0)):
        assert sum_of(samples, "federation_audit_failures_total", sink=sink) == failures
        assert sum_of(samples, "federation_audit_seconds_count", sink=sink) == events


def entered(stopwatch: Stopwatch) -> list[str]:
    return [name for name, spent in zip(catalogue.STAGES, stopwatch.spent, strict=False) if spent]


def test_web_identity_has_the_stages_too(stopwatch: Stopwatch) -> None:
    web_identity.World().assume()
    assert entered(stopwatch) == ["decode", "verify", "read", "check", "evaluate", "issue"]


def test_a_stage_within_another_counts_for_itself_alone() -> None:
    stopwatch = Stopwatch(every=1)
    inner = stopwatch.timed(1, lambda: sum(range(200_000)))
    outer = stopwatch.timed(0, lambda: inner() and inner())
    outer()
    assert 0 < stopwatch.spent[0] < stopwatch.spent[1]


def test_what_is_measured_returns_and_raises_as_it_is(stopwatch: Stopwatch) -> None:
    world = saml_login.World()
    with pytest.raises(InvalidIdentityToken) as refusal:
        world.assume("AAAA")
    assert refusal.value.check == "content"
    assert entered(stopwatch) == ["decode", "check"]


def functions() -> list[object]:
    return [getattr(seam.module, seam.name) for seam in SEAMS]


def test_of_many_requests_one_is_measured_and_the_others_find_the_library_as_it_is() -> None:
    before, stopwatch, measured = functions(), Stopwatch(every=3), []
    for _ in range(7):
        stopwatch.begin()
        replaced = [now is not function for now, function in zip(functions(), before, strict=True)]
        assert set(replaced) == {stopwatch.measures}
        measured.append(stopwatch.measures)
        stopwatch.end()
        assert functions() == before
    assert measured == [True, False, False, True, False, False, True]


def test_every_stage_has_a_seam() -> None:
    assert {seam.stage for seam in SEAMS} | {"record"} == set(catalogue.STAGES)


def test_who_only_imports_the_library_loads_no_metrics() -> None:
    code = "import sys, federation; federation.SecurityTokenService; print([m for m in sys.modules if 'metrics' in m or 'prometheus' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY, timeout=60)
    assert done.stdout == "[]\n"


# The record of used tokens, and the account


class Recorder:
    def __init__(self, events: list[AuditEvent]) -> None:
        self.record = events.append


class Gone(MemoryState):
    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        raise AccountFault(file="state", path="", expected="a state", found="none", remedy="bring it back", check="state")


def test_a_state_that_is_gone_is_counted_and_grants_nothing(tmp_path: Path) -> None:
    slot = claim(tmp_path)
    service = SecurityTokenService(saml_login.World().account, state=MeasuredState(Gone(), slot, Stopwatch()))
    with pytest.raises(AccountFault) as refusal:
        service.assume_role_with_saml(
            role_arn=saml_login.ROLE, principal_arn=saml_login.PROVIDER, saml_assertion=saml_login.mint(), at=saml_login.AT
        )
    assert refusal.value.check == "state"
    assert Totals(tmp_path).row(catalogue.STATE_FAILURES, 0) == [1]
    assert sum(Totals(tmp_path).row(catalogue.STATE_SECONDS, 0)[:-1]) == 1


def test_a_measured_state_is_the_state(tmp_path: Path) -> None:
    inner = MemoryState()
    state = MeasuredState(inner, claim(tmp_path), Stopwatch())
    until = CALLED + timedelta(minutes=5)
    assert [state.first_use("i", "t", until=until, at=CALLED) for _ in range(2)] == [True, False]
    assert [state.claim("serial", 5), state.claim("serial", 5), state.first_exchange("d"), state.first_exchange("d")] == [True, False] * 2
    assert not state.may_have_forgotten(until)
    state.forget_all()
    assert inner.first_use("i", "t", until=until, at=CALLED)


def test_the_ages_of_keys_and_the_ends_of_certificates(tmp_path: Path) -> None:
    account = load_account(ACCOUNT_DIRECTORY)
    (provider,) = account.saml_providers.values()
    key = provider.keys[0]
    assert key.not_before is not None
    assert key.not_after is not None
    at = key.not_after - timedelta(days=14)
    samples = parsed(scraped(tmp_path, at=at))
    labels = {"account": account.id, "provider": "SAML-test", "key": key.fingerprint[:16]}
    assert sum_of(samples, "federation_saml_certificate_expires_days", **labels) == 14
    assert sum_of(samples, "federation_saml_key_age_days", **labels) == (at - key.not_before) / timedelta(days=1)
    assert sum_of(parsed(scraped(tmp_path, at=key.not_after + timedelta(days=2))), "federation_saml_certificate_expires_days") == -2
    assert {sum_of(samples, "federation_account_generation"), sum_of(samples, "federation_account_changes")} == {7, 3}
    assert sum_of(samples, "federation_build_info", version="1.2.3", state="sqlite", workers="2") == 1
    for issuer in account.oidc_providers.values():
        assert sum_of(samples, "federation_oidc_keys", provider=issuer.name) == len(issuer.keys.keys)


def test_the_sealing_key_has_an_age_once_it_was_rotated(tmp_path: Path) -> None:
    account = load_account(ACCOUNT_DIRECTORY)
    rotated = replace(account, keyring=account.keyring.rotated(CALLED))
    samples = parsed(scraped(tmp_path, SecurityTokenService(rotated), at=CALLED + timedelta(days=3)))
    assert sum_of(samples, "federation_sealing_key_age_days", account=account.id) == 3
    assert "federation_sealing_key_age_days{" not in scraped(tmp_path)


def test_a_sealing_key_that_waits_is_told(tmp_path: Path) -> None:
    """So whoever rotates sees that each machine has the key before it seals."""
    account = load_account(ACCOUNT_DIRECTORY)
    waits = replace(account, keyring=account.keyring.rotated(CALLED, seals_from=CALLED + timedelta(days=2)))
    samples = parsed(scraped(tmp_path, SecurityTokenService(waits), at=CALLED + timedelta(days=1)))
    assert sum_of(samples, "federation_sealing_key_begins_days", account=account.id, key=waits.keyring.successor) == 1
    assert "federation_sealing_key_age_days{" not in scraped(tmp_path, SecurityTokenService(waits), at=CALLED + timedelta(days=1))
    assert "federation_sealing_key_begins_days{" not in scraped(tmp_path)


def test_changes_of_the_account_are_counted(tmp_path: Path) -> None:
    log = CountedLog(claim(tmp_path))
    assert isinstance(log, AccessLog)
    log.tell("account", outcome="taken over", generation=2)
    log.tell("account", outcome="refused", file="roles/x.json")
    log.tell("account", outcome="looked at every second")
    log.tell("stopping", hint="wait")
    samples = parsed(scraped(tmp_path))
    assert sum_of(samples, "federation_account_outcomes_total", outcome="taken over") == 1
    assert sum_of(samples, "federation_account_outcomes_total", outcome="refused") == 1


# Who may scrape


@pytest.mark.parametrize("peer", ["127.0.0.1:5", "[::1]:5", "[::ffff:127.0.0.1]:5", "127.9.9.9:5", "10.1.2.3:5", "[fd00::9]:5"])
def test_this_machine_and_the_named_networks_may_scrape(tmp_path: Path, peer: str) -> None:
    answer = serving(tmp_path, None, "10.1.0.0/16", "fd00::/8").answer(replace(GET, peer=peer), at=CALLED)
    assert (answer.operation, answer.response.status, answer.check) == ("metrics", 200, "")


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"peer": "10.2.0.1:5"}, "metrics-peer"),
        ({"peer": "[2001:db8::1]:5"}, "metrics-peer"),
        ({"peer": ""}, "metrics-peer"),
        ({"headers": (*GET.headers, ("x-forwarded-for", "127.0.0.1"))}, "metrics-peer"),
        ({"headers": (*GET.headers, ("forwarded", "for=127.0.0.1"))}, "metrics-peer"),
        ({"headers": (("host", "rebound.example.com"),)}, "host"),
        ({"method": "POST"}, "route"),
    ],
)
def test_nobody_else_may_scrape(tmp_path: Path, changes: dict[str, str], check: str) -> None:
    answer = serving(tmp_path, None, "10.1.0.0/16").answer(replace(GET, **changes), at=CALLED)  # type: ignore[arg-type]
    assert (answer.check, b"federation_" in answer.response.body) == (check, False)


def test_without_the_client_library_the_server_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "federation.server.metrics.exposition", None)
    answer = serving(tmp_path).answer(GET, at=CALLED)
    assert answer.check == "server-extra"
    assert "pip install 'sts-federation[server]'" in answer.refusal


def test_without_metrics_there_is_no_such_path() -> None:
    assert Endpoint(SecurityTokenService.open(ACCOUNT_DIRECTORY)).answer(GET, at=CALLED).check == "route"


# The format


def test_promtool_accepts_a_scrape(tmp_path: Path) -> None:
    slot = claim(tmp_path)
    filled(slot)
    said = lint(scraped(tmp_path))
    if said is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    # Days are what people plan the renewal of certificates in.
    assert [line for line in said.splitlines() if 'instead of "days"' not in line] == []


def test_openmetrics_for_who_asks_for_it(tmp_path: Path) -> None:
    filled(claim(tmp_path))
    asked = replace(GET, headers=(*GET.headers, ("accept", "application/openmetrics-text;version=1.0.0")))
    response = serving(tmp_path).answer(asked, at=CALLED).response
    assert response.content_type.startswith("application/openmetrics-text")
    assert response.body.endswith(b"# EOF\n")


def filled(slot: Slot) -> None:
    """Every counted metric has a value in its last row and column."""
    for metric in catalogue.COUNTED:
        if metric.bounds:
            slot.observe(metric, len(metric.rows) - 1, 12_345_678_901)
        else:
            slot.add(metric, len(metric.rows) - 1, len(metric.columns) - 1)


def test_each_cell_is_its_own(tmp_path: Path) -> None:
    slot = claim(tmp_path)
    filled(slot)
    samples = parsed(scraped(tmp_path))
    assert sum_of(samples, "federation_requests_total", operation="none", outcome="failed", check=catalogue.CHECKS[-1]) == 1
    for metric in catalogue.COUNTED:
        if metric.bounds:
            (label,) = metric.labels
            row = {label: metric.rows[-1]}
            assert sum_of(samples, f"{metric.name}_bucket", le="+Inf", **row) == 1
            assert sum_of(samples, f"{metric.name}_bucket", le="5.0", **row) == 0
            assert sum_of(samples, f"{metric.name}_sum", **row) == pytest.approx(12.345678901)


def test_a_refusal_of_the_state_is_a_failure_of_the_server() -> None:
    fault = AccountFault(file="state", path="", expected="a state", found="none", remedy="bring it back", check="state")
    assert verdict_of(refused(fault, content_type="text/xml", request_id="id")) == ("failed", "state")
