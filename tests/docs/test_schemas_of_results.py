"""What every verb prints with ``--json``, and each line of the logs, has the members of its published schema and no other."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator, FormatChecker

from docs.building.schemas.published import SCHEMAS
from federation import FederationError, SecurityTokenService
from federation.cli.main import VERBS, cli
from federation.server.access_log import AccessLog
from federation.server.endpoint import Endpoint
from federation.server.messages import Request
from federation.state import AuditEvent
from tests.support import world
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT, SAML_ROLE, USER

ACCOUNT = "fixtures/account"
ROLE = "arn:aws:iam::123456789012:role/GitHubDeploy"
EVENTS = "fixtures/evidence/cloudtrail"
LOGIN = ("--account", ACCOUNT, "--at", JUDGED_TEXT)
CHANGES = {"check": "account-check", "show": "account-show", "import": "account-import", "map": "account-map"}
"""Commands of `account` that report no change."""
OF_VERBS = {
    ("inspect",): {"inspect"},
    ("validate",): {"validate"},
    ("explain",): {"explain", "explain-event", "explain-fix"},
    ("policy", "lint"): {"policy-lint", "policy-lint-fix"},
    ("policy", "evaluate"): {"policy-evaluate", "policy-evaluate-account"},
    ("policy", "who-can"): {"policy-who-can"},
    ("policy", "compare"): {"policy-compare"},
    ("audit",): {"audit-line", "audit-summary", "event-line", "event-summary"},
    ("policy", "test"): {"policy-test-results"},
    ("doctor",): {"doctor"},
}
"""Commands with ``--json``, without those of `account`, and the schemas of what they print."""
RUNS: list[tuple[str, tuple[str, ...]]] = [
    ("inspect", ("inspect", "fixtures/oidc/github.jwt")),
    ("inspect", ("inspect", "fixtures/saml/documented.b64")),
    ("inspect", ("inspect", "fixtures/oauth/documented.token")),
    ("validate", ("validate", "fixtures/oidc/github.jwt", *LOGIN)),
    ("validate", ("validate", "fixtures/saml/documented.b64", *LOGIN)),
    ("validate", ("validate", "fixtures/saml/refused/tampered.b64", *LOGIN)),
    ("validate", ("validate", "fixtures/oauth/documented.token", *LOGIN)),
    ("explain", ("explain", "fixtures/oidc/github.jwt", *LOGIN, "--role-arn", ROLE, "--role-session-name", "deploy")),
    ("explain", ("explain", "fixtures/oidc/github-branch.jwt", *LOGIN, "--role-arn", ROLE)),
    ("explain", ("explain", "fixtures/oidc/buildkite.jwt", *LOGIN, "--role-arn", ROLE)),
    ("explain", ("explain", "fixtures/saml/refused/tampered.b64", *LOGIN, "--role-arn", SAML_ROLE)),
    *(
        ("explain-event", ("explain", "--event", f"{EVENTS}/{name}", "--account", ACCOUNT))
        for name in ("refused.json", "saml.json", "AWSLogs")
    ),
    ("explain-fix", ("explain", "fixtures/oidc/github-branch.jwt", *LOGIN, "--role-arn", ROLE, "--fix")),
    ("account-show", ("account", "show", "--account", ACCOUNT)),
    ("account-map", ("account", "map", "--account", ACCOUNT)),
    ("account-check", ("account", "check", "--account", ACCOUNT)),
    ("policy-lint", ("policy", "lint", "--account", ACCOUNT)),
    ("policy-lint", ("policy", "lint", "fixtures/evidence")),
    ("policy-who-can", ("policy", "who-can", "GitHubDeploy", "--account", ACCOUNT)),
    ("policy-who-can", ("policy", "who-can", "--policy", "fixtures/tutorials/change/wider.json")),
    ("policy-test-results", ("policy", "test", "fixtures/evidence/trust.test.yaml")),
    ("policy-compare", ("policy", "compare", "fixtures/tutorials/change/before.json", "fixtures/tutorials/change/wider.json")),
    ("policy-compare", ("policy", "compare", "fixtures/tutorials/change/wider.json", "fixtures/tutorials/change/before.json")),
    ("policy-evaluate-account", ("policy", "evaluate", "--account", ACCOUNT, "--caller", USER, "--action", "s3:GetObject")),
    (
        "policy-evaluate-account",
        ("policy", "evaluate", "--account", ACCOUNT, "--caller", USER, "--action", "sts:AssumeRole", "--resource", ROLE),
    ),
    ("doctor", ("doctor",)),
    ("doctor", ("doctor", "--account", ACCOUNT)),
    ("error-result", ("validate", "absent.jwt", "--account", ACCOUNT)),
    ("error-result", ("validate", "--no-such-option")),
    ("error-result", ("account", "show", "--account", "fixtures/saml")),
]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}],
}
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def closed(schema: Any) -> Any:
    """*schema*, in which no object has members that it does not list."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {name: closed(each) for name, each in schema.items()}
    if "properties" in schema and isinstance(schema["properties"], dict) and schema.get("type") == "object":
        whole.setdefault("additionalProperties", False)
    return whole


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(closed(SCHEMAS[name]), format_checker=FormatChecker())


def check(name: str, document: Any) -> None:
    errors = sorted(validator(name).iter_errors(document), key=lambda error: len(error.absolute_path))
    assert not errors, f"{name}: {errors[0].json_path}: {errors[0].message[:300]}"


def printed(*words: str | Path) -> str:
    runner = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "140"})
    result = runner.invoke(cli, [str(word) for word in words], prog_name="federation")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stdout


def with_json(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in VERBS if command is cli else command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from with_json(inner, *path, name)
    elif any("--json" in parameter.opts for parameter in command.params):
        yield path


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])

    assert SCHEMAS[name]["$id"].endswith(f":{name}")


def test_every_command_with_json_has_a_schema() -> None:
    paths = set(with_json(cli))
    of_account = {path for path in paths if path[0] == "account"}
    of_sts = {path for path in paths if path[0] == "sts"}  # their answers are those of the AWS CLI

    assert paths - of_account - of_sts == OF_VERBS.keys(), "describe its result in docs/building/schemas"
    assert {path[1] for path in of_account} > CHANGES.keys()
    assert set().union(*OF_VERBS.values(), CHANGES.values()) <= SCHEMAS.keys()


@pytest.mark.parametrize(("name", "words"), RUNS, ids=lambda value: value if isinstance(value, str) else " ".join(value[:3]))
def test_a_result_has_the_members_of_its_schema(name: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)

    check(name, json.loads(printed(*words, "--json")))


def test_lines_and_summary_of_an_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    runner = CliRunner(env={"NO_COLOR": "1"})
    words = [
        "audit",
        "fixtures/oidc",
        "fixtures/saml",
        "--account",
        ACCOUNT,
        "--at",
        JUDGED_TEXT,
        "--role-arn",
        ROLE,
        "--role-session-name",
        "x",
    ]
    result = runner.invoke(cli, [*words, "--json"], prog_name="federation")

    lines = result.stdout.splitlines()
    assert len(lines) > 20
    for line in lines:
        check("audit-line", json.loads(line))
    check("audit-summary", json.loads(result.stderr))


def test_lines_and_summary_of_an_audit_of_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    runner = CliRunner(env={"NO_COLOR": "1"})
    result = runner.invoke(cli, ["audit", "--events", EVENTS, "--account", ACCOUNT, "--json"], prog_name="federation")
    lines = result.stdout.splitlines()
    assert len(lines) > 10
    for line in lines:
        check("event-line", json.loads(line))
    check("event-summary", json.loads(result.stderr))


def test_results_of_policies(tmp_path: Path) -> None:
    provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    wrong = {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:octo-org/*"}}
    files = {"bad": {**statement, "Effect": "Permit"}, "open": statement, "wrong": {**statement, "Condition": wrong}}
    for name, one in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [one]}))
        check("policy-lint", json.loads(printed("policy", "lint", tmp_path / f"{name}.json", "--kind", "trust", "--json")))
    asked = ("--kind", "trust", "--principal", f"federated:{provider}", "--action", "sts:AssumeRoleWithWebIdentity")

    check("policy-evaluate", json.loads(printed("policy", "evaluate", tmp_path / "wrong.json", *asked, "--json")))
    check("policy-lint-fix", json.loads(printed("policy", "lint", tmp_path / "wrong.json", "--kind", "trust", "--fix", "--json")))


def test_every_kind_of_change_of_an_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    account = tmp_path / "account"
    trust, read, dump = (tmp_path / f"{name}.json" for name in ("trust", "read", "dump"))
    trust.write_text(json.dumps(TRUST))
    read.write_text(json.dumps(READ))
    role = {"RoleName": "Imported", "Path": "/", "AssumeRolePolicyDocument": TRUST, "Arn": "arn:aws:iam::123456789012:role/Imported"}
    policy = "arn:aws:iam::123456789012:policy/Read"
    changes: list[tuple[str | Path, ...]] = [
        ("add-role", "--role-name", "Portal", "--trust-policy", trust),
        ("update-role", "--role-name", "Portal", "--max-session-duration", "7200"),
        ("update-assume-role-policy", "--role-name", "Portal", "--policy-document", f"file://{trust}"),
        ("put-role-policy", "--role-name", "Portal", "--policy-name", "p", "--policy-document", f"file://{read}"),
        ("tag-role", "--role-name", "Portal", "--tags", "Key=team,Value=blue"),
        ("add-policy", "--policy-name", "Read", read),
        ("create-policy-version", "--policy-arn", policy, "--policy-document", f"file://{read}"),
        ("attach-role-policy", "--role-name", "Portal", "--policy-arn", policy),
        ("detach-role-policy", "--role-name", "Portal", "--policy-arn", policy),
        ("put-role-permissions-boundary", "--role-name", "Portal", "--permissions-boundary", policy),
        ("delete-role-permissions-boundary", "--role-name", "Portal"),
        ("add-user", "--user-name", "alice"),
        ("add-group", "--group-name", "readers"),
        ("add-user-to-group", "--user-name", "alice", "--group-name", "readers"),
        ("create-access-key", "--user-name", "alice"),
        ("enable-mfa-device", "--user-name", "alice"),
        (
            "add-oidc-provider",
            "--url",
            "https://token.actions.githubusercontent.com",
            "--client-id",
            "x",
            "--jwks",
            "fixtures/oidc/jwks.json",
        ),
        ("add-oauth-provider", "--name", "www.amazon.com", "--client-id", "client-1"),
        ("rotate-keyring",),
        ("enable-outbound",),
        ("disable-outbound",),
        ("delete-user", "--user-name", "alice", "--force"),
    ]

    check("account-change", json.loads(printed("account", "init", account, "--account-id", world.ACCOUNT, "--json")))
    for change in changes:
        answer = json.loads(printed("account", *change, "--account", account, "--json"))
        assert "error" not in answer, (change, answer)
        check("account-change", answer)
    details = {"RoleDetailList": [role], "UserDetailList": [], "GroupDetailList": [], "Policies": []}
    dump.write_text(json.dumps(details))
    check("account-import", json.loads(printed("account", "import", dump, "--account", account, "--json")))
    check("account-check", json.loads(printed("account", "check", "--account", account, "--json")))


class Kept(list[AuditEvent]):
    def record(self, event: AuditEvent) -> None:
        self.append(event)


def test_events(tmp_path: Path) -> None:
    kept = Kept()
    account = shutil.copytree(REPOSITORY / ACCOUNT, tmp_path / "account")
    sts = SecurityTokenService.open(account, audit=kept)
    at = datetime.fromisoformat(JUDGED_TEXT).astimezone(UTC)
    for name in ("github.jwt", "github-branch.jwt"):
        token = (REPOSITORY / "fixtures" / "oidc" / name).read_text().strip()
        try:
            sts.assume_role_with_web_identity(role_arn=ROLE, role_session_name="deploy", web_identity_token=token, at=at)
        except FederationError as refusal:
            assert refusal.check == "trust-policy"  # noqa: PT017 - one of the two is refused
    sts.get_caller_identity(caller=USER, at=at)

    assert [event.refusal is None for event in kept] == [True, False, True]
    for event in kept:
        check("audit-event", event.as_dict())


def test_lines_of_the_access_log() -> None:
    parameters = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": ROLE, "RoleSessionName": "deploy"}
    endpoint = Endpoint(SecurityTokenService.open(REPOSITORY / ACCOUNT, replay=None))
    headers = (("content-type", "application/x-www-form-urlencoded"), ("host", "localhost:8042"))
    ours, theirs = os.pipe()
    log = AccessLog(theirs)
    for name in ("github.jwt", "github-branch.jwt"):
        token = (REPOSITORY / "fixtures" / "oidc" / name).read_text().strip()
        request = Request("POST", "/", "", headers, urlencode({**parameters, "WebIdentityToken": token}).encode())
        log.write(request, endpoint.answer(request, at=datetime.fromisoformat(JUDGED_TEXT)), micros=500)
    log.tell("account", outcome="taken over", generation=2)
    os.close(theirs)
    with os.fdopen(ours) as stream:
        granted, refused, event = (json.loads(line) for line in stream)

    assert "cause" in refused
    for line in (granted, refused, event):
        check("access-log", line)
