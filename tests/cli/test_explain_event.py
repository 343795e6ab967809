"""`federation explain --event`: a refused login from its CloudTrail record alone."""

import json
from pathlib import Path

import pytest

from federation import extras
from tests.support.cli import Run
from tests.support.events import GITHUB_ROLE, RECORDS, event, written

ACCOUNT = ("--account", "fixtures/account")
REFUSED = "fixtures/evidence/cloudtrail/refused.json"


def test_which_condition_refused_and_the_edit(run: Run) -> None:
    result = run("explain", "--event", REFUSED, *ACCOUNT)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[-1] == "✗ refused: trust-policy (AccessDenied, HTTP 403)"
    assert "  who       repo:octo-org/octo-repo:environment:production" in lines
    assert "  place   fixtures/account/roles/GitHubDeploy.json:19" in lines
    assert "  or      run the workflow on branch `main`, without `environment:` in the job" in lines


def test_a_granted_login_ends_with_status_0(run: Run) -> None:
    result = run("explain", "--event", str(RECORDS / "granted.json"), *ACCOUNT, "--quiet")
    assert (result.exit_code, result.stdout) == (0, "✓ granted: AssumeRoleWithWebIdentity\n")


def test_json_has_the_line_of_the_policy(run: Run) -> None:
    result = run("explain", "--event", REFUSED, *ACCOUNT, "--json")
    found = json.loads(result.stdout)
    assert (found["granted"], found["recorded"], found["role_arn"]) == (False, "refused", GITHUB_ROLE)
    assert found["explanation"]["first"]["causes"][0]["place"]["line"] == 19


def test_the_last_refused_login_is_meant_or_the_one_with_the_id(run: Run) -> None:
    result = run("explain", "--event", str(RECORDS), *ACCOUNT, "--quiet")
    assert result.stdout == "✗ refused: exp (ExpiredTokenException)\n"
    assert "12 logins, 6 of them refused; this is the last refused one, --event-id chooses another" in result.stderr
    again = run("explain", "--event", str(RECORDS), "--event-id", "7d4c1b90-0000-4000-8000-000000000002", *ACCOUNT, "--quiet")
    assert again.stdout == "✓ granted: AssumeRoleWithWebIdentity\n"


def test_another_role_by_name(run: Run) -> None:
    result = run("explain", "--event", REFUSED, *ACCOUNT, "--role-arn", "TestSaml", "--quiet")
    assert (result.exit_code, result.stdout) == (1, "✗ refused: trust-policy (AccessDenied, HTTP 403)\n")


def test_standard_input(run: Run) -> None:
    result = run("explain", "--event", "-", *ACCOUNT, "--quiet", stdin=(RECORDS / "saml.json").read_bytes())
    assert (result.exit_code, result.stdout) == (0, "✓ granted: AssumeRoleWithSAML\n")


def test_what_is_not_decided_is_no_grant(run: Run, tmp_path: Path) -> None:
    made = event("saml", errorCode="AccessDenied", responseElements=None)
    result = run("explain", "--event", str(written(tmp_path / "a.json", made)), *ACCOUNT)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "? not decided: the record does not say all that the policies demand"
    assert "not judged  Allow: StringEquals SAML:aud = https://signin.aws.amazon.com/saml\n" in result.stdout


def test_what_lint_finds_in_a_condition_that_nobody_can_judge_is_suspect(run: Run, tmp_path: Path) -> None:
    made = event("saml", errorCode="AccessDenied", responseElements=None)
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": made["requestParameters"]["principalArn"]},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"SAML:aud": "urn:amazon:webservices"}},
    }
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}, indent=1), encoding="utf-8")
    record = written(tmp_path / "a.json", made)
    result = run("explain", "--event", str(record), "--with", str(trust))
    assert result.exit_code == 1
    assert "\n  suspect     " in result.stdout
    [suspect] = json.loads(run("explain", "--event", str(record), "--with", str(trust), "--json").stdout)["suspects"]
    assert (suspect["id"], suspect["file"]) == ("saml-audience-for-recipient", str(trust))
    assert result.stdout.endswith("? not decided: the record does not say all that the policies demand\n")
    granted = run("explain", "--event", str(RECORDS / "saml.json"), "--with", str(trust), "--json")
    assert json.loads(granted.stdout)["suspects"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--event", REFUSED, "fixtures/oidc/github.jwt"), "--event takes no TOKEN"),
        (("--event", REFUSED, "--fix", "--at", "now"), "--event takes no --fix, --at"),
        (("--event", REFUSED, "--quiet", "--verbose"), "give one of --verbose, --quiet and --json"),
        (("--event", REFUSED, "--event-id", "x"), "RECORD has no federated login with the id x"),
        (("--event", "fixtures/oidc/github.jwt"), "RECORD has no federated login"),
        (("--event", "nowhere.json"), "cannot read nowhere.json: there is no such file"),
        (("--event-id", "x", "fixtures/oidc/github.jwt"), "--event-id requires --event"),
        ((), "give TOKEN, or the record of the login with --event"),
    ],
)
def test_usage(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("explain", *words, *ACCOUNT)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_record_that_cannot_be_read_is_told(run: Run, tmp_path: Path) -> None:
    result = run("explain", "--event", str(written(tmp_path / "a.json", event(), event(userIdentity="alice"))), *ACCOUNT, "--quiet")
    assert result.exit_code == 1
    assert "a.json#2: expected the record as one whose userIdentity is an object or null, found another value" in result.stderr


WRITTEN = ("--with", "fixtures/evidence/main.tf", "--role-arn", "aws_iam_role.release")


def test_the_role_of_files_at_its_line_without_an_account(run: Run) -> None:
    result = run("explain", "--event", REFUSED, *WRITTEN)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[-1] == "✗ refused: trust-policy (AccessDenied, HTTP 403)"
    assert "  place   fixtures/evidence/main.tf:36" in lines
    assert '    36 | values   = ["repo:${var.owner}*"]' in lines
    found = json.loads(run("explain", "--event", REFUSED, *WRITTEN, "--json").stdout)
    place = found["explanation"]["first"]["causes"][0]["place"]
    assert (place["file"], place["line"]) == ("fixtures/evidence/main.tf", 36)
    assert (found["document"]["address"], found["document"]["format"]) == ("aws_iam_role.release", "terraform")


def test_a_value_that_is_given_decides(run: Run) -> None:
    result = run("explain", "--event", REFUSED, *WRITTEN, "--given", "var.owner=octo-org/", "--quiet")
    assert (result.exit_code, result.stdout) == (0, "✓ granted: AssumeRoleWithWebIdentity\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "--event", REFUSED), "Missing option '--account'"),
        (("explain", "token.jwt"), "Missing option '--account'"),
        (("explain", "token.jwt", *ACCOUNT, "--with", "fixtures/evidence/main.tf"), "--with requires --event"),
        (("explain", "token.jwt", *ACCOUNT, "--given", "a=b"), "--given requires --event"),
        (("explain", "--event", REFUSED, *ACCOUNT, "--given", "a=b"), "--given requires --with"),
        (("explain", "--event", REFUSED, "--with", "fixtures/evidence/main.tf"), "--with: ValidationError: document-resource"),
        (
            ("explain", "--event", REFUSED, "--with", "fixtures/evidence/plan.json", "--role-arn", "aws_iam_role.nightly"),
            "document-unknown",
        ),
        (("audit", "--events", REFUSED, *ACCOUNT, "--given", "a=b"), "--given requires --with"),
        (("audit", REFUSED, *ACCOUNT, "--given", "a=b"), "--given requires --events"),
    ],
)
def test_usage_of_files(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize("words", [("explain", "--event", REFUSED), ("audit", "--events", REFUSED, *ACCOUNT)])
def test_a_package_that_is_missing_is_no_verdict(run: Run, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    result = run(*words, "--with", "fixtures/evidence/main.tf")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "document-hcl" in result.stderr
