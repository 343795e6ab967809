"""The verbs say the same of every set-up of the gallery: `sts`, `explain`, `validate` and the log agree on verdict, code and cause."""

from pathlib import Path

import pytest

from federation.account import load_account
from federation.errors import FederationError, printable
from federation.explanation import Explanation
from federation.judging.call import call_of
from federation.judging.findings import Findings
from federation.protocols import Provider
from federation.report import Report
from federation.server.logged_explanations import Explainer
from federation.validators import diagnose
from tests.support.cli import Run
from tests.support.failures.gallery import FAILURES
from tests.support.failures.logins import ROLE, SAML_ARN, SamlLogin, WebLogin, allow, policy, provider_of, trusts
from tests.support.failures.model import Failure, Login
from tests.support.world import GITHUB, ISSUED

MOST_LINES = 25
SOME = 4
"""One of so many set-ups is tried by `make test`, and all by `make wide`."""
each_failure = pytest.mark.parametrize(
    "failure",
    [pytest.param(failure, marks=[pytest.mark.wide] if number % SOME else [], id=failure.name) for number, failure in enumerate(FAILURES)],
)


def words_of(failure: Failure) -> list[str]:
    """The parameters of the call, as the verbs take them, but for the token."""
    saml = isinstance(failure.login, SamlLogin)
    own = {"principal_arn": SAML_ARN} if saml else {"role_session_name": "job-7"}
    parameters = {"role_arn": ROLE, **own, **failure.login.call}
    return [word for name, value in parameters.items() for word in (f"--{name.replace('_', '-')}", str(value))]


def judged(login: Login, directory: Path) -> Report | None:
    """What `validate` says of the token, by the provider of the account; None where the account has none for it."""
    account = load_account(directory)
    if isinstance(login, SamlLogin):
        provider: Provider | None = None if login.call else account.saml_providers[SAML_ARN]
    else:
        provider = None if login.call else account.oidc_providers.get(provider_of(login.issuer))
    return None if provider is None else diagnose(login.token(), provider, at=ISSUED + login.used)


@each_failure
def test_the_verbs_agree(failure: Failure, run: Run, tmp_path: Path) -> None:
    login, account, file = failure.login, tmp_path / "account", tmp_path / "token"
    login.write(account)
    file.write_text(login.token(), encoding="utf-8")
    common = ("--account", account, "--at", (ISSUED + login.used).strftime("%Y-%m-%dT%H:%M:%SZ"))
    verb = (
        ("assume-role-with-saml", "--saml-assertion")
        if isinstance(login, SamlLogin)
        else ("assume-role-with-web-identity", "--web-identity-token")
    )
    called = run("sts", verb[0], verb[1], f"file://{file}", *words_of(failure), *common)
    explained = run("explain", file, *words_of(failure), *common)

    assert (called.exit_code, explained.exit_code) == (1, 1)
    verdict = f"✗ refused: {failure.check} ({failure.code}, HTTP "
    lines = explained.stdout.splitlines()
    assert lines[0].startswith(verdict), lines[0]
    assert lines[-1] == lines[0]
    assert len(lines) <= MOST_LINES
    assert lines[0] in called.stderr
    accepts = "AWS would accept" in explained.stdout
    assert (f"An error occurred ({failure.code})" in called.stderr) is not accepts
    told = "".join(explained.stdout.split())
    assert failure.seen is None or "".join(printable(failure.seen).split())[:60] in told

    report = judged(login, account)
    if report is not None and report.refusal() is not None:
        refusal = report.refusal()
        assert refusal is not None
        assert (refusal.check, refusal.code) == (failure.check, failure.code)


def explained(login: WebLogin, directory: Path, run: Run) -> str:
    """What `explain` prints of *login* at 80 columns."""
    login.write(directory / "account")
    (directory / "token").write_text(login.token(), encoding="utf-8")
    parameters = {"role_arn": ROLE, "role_session_name": "job-7", **login.call}
    words = [word for name, value in parameters.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    at = (ISSUED + login.used).strftime("%Y-%m-%dT%H:%M:%SZ")
    return run("explain", directory / "token", "--account", directory / "account", *words, "--at", at).stdout


def test_every_one_of_several_causes_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    condition = {"StringEquals": {f"{GITHUB}:aud": "sts.amazon.com", f"{GITHUB}:sub": "repo:octo-org/octo-repo:*"}}
    printed = explained(WebLogin(trust=policy(allow(condition, Action="sts:AssumeRole"))), tmp_path, run)
    assert len(printed.splitlines()) <= MOST_LINES
    told = " ".join(printed.split())
    assert "the statement allows `sts:AssumeRole`" in told
    assert "the policy demands `sts.amazon.com`" in told
    assert "StringEquals takes it for the character itself" in told
    for new in ("sts:AssumeRoleWithWebIdentity", "sts.amazonaws.com", "repo:octo-org/octo-repo:ref:refs/heads/main"):
        assert f'"{new}"' in told


def test_white_space_at_an_end_of_an_edit_is_seen(run: Run, tmp_path: Path) -> None:
    login = WebLogin(trust=trusts("repo:octo-org/octo-repo:ref:refs/heads/main"), call={"role_arn": f"{ROLE} "})
    printed = explained(login, tmp_path, run)
    assert f'    old   "{ROLE} "\n    new   {ROLE}\n' in printed


def explained_by_the_verb(failure: Failure, file: Path, directory: Path) -> Explanation:
    """What `explain` says of the call."""
    login, account = failure.login, load_account(directory)
    own = {"principal_arn": SAML_ARN} if isinstance(login, SamlLogin) else {"role_session_name": "job-7"}
    asked = {"role_arn": ROLE, "principal_arn": None, "provider_id": None, "role_session_name": None, **own, **login.call}
    call = call_of(account, file.read_text(encoding="utf-8"), provider=None, at=ISSUED + login.used, **asked)
    refusal = Findings.of(account, call, at=ISSUED + login.used).refusal
    assert refusal is not None
    return refusal.explanation


def causes(explanation: Explanation) -> list[tuple[str, str]]:
    """The causes of what refuses first, each with its check."""
    return [(cause.check, cause.sentence) for cause in explanation.first.causes]


def instructions(explanation: Explanation) -> set[tuple[str, str | None, str | None]]:
    """The edits, whose order depends on how much of the account a verb knows."""
    return {(edit.instruction, edit.old, edit.new) for edit in explanation.first.edits}


@each_failure
def test_the_verbs_and_the_log_give_one_cause(failure: Failure, tmp_path: Path) -> None:
    login, directory, file = failure.login, tmp_path / "account", tmp_path / "token"
    login.write(directory)
    file.write_text(login.token(), encoding="utf-8")
    with pytest.raises(FederationError) as caught:
        login.attempt(directory)
    told = caught.value.explanation

    by_explain = explained_by_the_verb(failure, file, directory)
    assert causes(by_explain) == causes(told)
    assert instructions(by_explain) == instructions(told)
    assert [causes(Explanation(first=each)) for each in by_explain.later] == [causes(Explanation(first=each)) for each in told.later]
    logged = Explainer().members(caught.value, micros=0)
    assert logged["cause"] == told.cause[: len(logged["cause"])]
    assert logged["edits"] == [edit.as_dict() for edit in told.first.edits][: len(logged["edits"])]
    report = judged(login, directory)
    refusal = None if report is None else report.refusal()
    if refusal is not None:
        assert causes(refusal.explanation) == causes(told)
        assert instructions(refusal.explanation) == instructions(told)
