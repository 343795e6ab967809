"""The other verbs, each with its text, its JSON and its exit statuses."""

import json
import os
from pathlib import Path

import pytest

from federation.cli.main import VERBS
from federation.cli.rendering.lines import Screen
from tests.support.cli import Golden, Run
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT, SAML_PROVIDER, SAML_ROLE

AT = JUDGED_TEXT
ACCOUNT = "fixtures/account"
DOCUMENTED = "fixtures/saml/documented.b64"
ROLE = SAML_ROLE
PROVIDER = SAML_PROVIDER


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    """A trust policy that asks for another recipient."""
    path = tmp_path / "trust.json"
    statement = {
        "Sid": "Elsewhere",
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"SAML:aud": "https://sp.example.com/acs"}},
    }
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8")
    return path


@pytest.fixture
def account(tmp_path: Path, trust: Path, run: Run) -> Path:
    """An account made by the command line alone; its role trusts nobody who comes from the fixtures."""
    path = tmp_path / "account"
    for wrong in ("12345678901", "1234-5678-9012"):
        refused = run("account", "init", path, "--account-id", wrong)
        assert refused.exit_code == 2
        assert wrong in refused.stderr
    assert run("account", "init", path, "--account-id", "123456789012").exit_code == 0
    add = ("account", "add-saml-provider", "--account", path, "--name", "SAML-test", "fixtures/saml/metadata/shibboleth.xml")
    assert run(*add).exit_code == 0
    assert run("account", "add-role", "--account", path, "--name", "TestSaml", "--trust-policy", trust).exit_code == 0
    return path


def test_demo(run: Run, golden: Golden) -> None:
    result = run("demo")
    assert (result.exit_code, result.stderr) == (0, "")
    golden("demo", result.stdout)


def test_the_demo_is_told_on_two_screens(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.cli.rendering.results.screen_of", lambda _: Screen(80, "utf-8"))
    lines = run("demo").stdout.splitlines()
    assert len(lines) <= 48
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line[:1] in "✓✗"][-1] == "✓ granted: AssumeRoleWithWebIdentity"


def test_explain_granted(run: Run, golden: Golden) -> None:
    result = run("explain", DOCUMENTED, "--account", ACCOUNT, "--role-arn", ROLE, "--at", AT)
    assert result.exit_code == 0
    golden("explain-granted", result.stdout)


def test_explain_nearest_miss(run: Run, golden: Golden, account: Path) -> None:
    words = ("explain", DOCUMENTED, "--account", account, "--role-arn", ROLE, "--at", AT)
    result = run(*words)
    assert result.exit_code == 1
    golden("explain-refused", result.stdout.replace(str(account), "account"))
    document = json.loads(run(*words, "--json").stdout)
    assert list(document) == ["role_arn", "granted", "message", "report", "exchange", "decision", "explanation"]
    assert (document["granted"], document["message"]) == (False, "Not authorized to perform sts:AssumeRoleWithSAML")
    assert document["decision"]["effect"] == "ImplicitDeny"
    assert "https://sp.example.com/acs" in document["decision"]["nearest"]["sentence"]


def test_explain_a_token_that_is_refused(run: Run) -> None:
    words = ("explain", "fixtures/saml/refused/tampered.b64", "--account", ACCOUNT, "--role-arn", ROLE, "--at", AT)
    result = run(*words)
    assert result.exit_code == 1
    assert result.stdout.startswith("✗ refused: signature-digest (InvalidIdentityToken")
    document = json.loads(run(*words, "--json").stdout)
    assert (document["granted"], document["decision"], document["message"]) == (False, None, "Response signature invalid")


def test_explain_an_unknown_role(run: Run) -> None:
    words = ("explain", DOCUMENTED, "--account", ACCOUNT, "--role-arn", f"{ROLE}2", "--at", AT)
    assert run(*words).exit_code == 1
    document = json.loads(run(*words, "--json").stdout)
    assert (document["granted"], document["decision"], document["explanation"]["first"]["causes"][0]["check"]) == (False, None, "role-pair")


def assume(*more: str | Path, account: str | Path = ACCOUNT, assertion: str = f"file://{DOCUMENTED}") -> list[str | Path]:
    words = ["sts", "assume-role-with-saml", "--account", account, "--role-arn", ROLE, "--principal-arn", PROVIDER]
    return [*words, "--saml-assertion", assertion, "--at", AT, *more]


def test_assume_role_with_saml(run: Run, golden: Golden) -> None:
    result = run(*assume())
    assert (result.exit_code, result.stderr) == (0, "")
    golden("assume-role-with-saml", result.stdout)
    answer = json.loads(result.stdout)
    assert list(answer)[:2] == ["Credentials", "AssumedRoleUser"]
    assert answer["Credentials"]["Expiration"] == "2026-11-24T13:00:30+00:00"
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_assertion_given_literally(run: Run) -> None:
    assertion = (REPOSITORY / DOCUMENTED).read_text(encoding="ascii").strip()
    assert run(*assume(assertion=assertion)).exit_code == 0


def test_a_refused_exchange_prints_no_credentials(run: Run, account: Path) -> None:
    for words in (assume(account=account), assume(assertion="AAAA"), assume("--duration-seconds", "60")):
        result = run(*words)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert "  edit " in result.stderr
        assert result.stderr.startswith("An error occurred (")


def test_list_options_are_written_as_for_the_aws_cli(run: Run, account: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8")
    arns = []
    for name in ("one", "two"):
        result = run("account", "add-policy", "--account", account, "--name", name, policy, "--json")
        assert result.exit_code == 0
        arns.append(json.loads(result.stdout)["arn"])
    trusting = tmp_path / "trusting.json"
    role = json.loads((REPOSITORY / ACCOUNT / "roles" / "TestSaml.json").read_text(encoding="utf-8"))
    trusting.write_text(json.dumps(role["AssumeRolePolicyDocument"]), encoding="utf-8")
    assert run("account", "add-role", "--account", account, "--name", "Trusting", "--trust-policy", trusting).exit_code == 0
    short = [f"arn={arn}" for arn in arns]
    written_as_json = json.dumps([{"arn": arn} for arn in arns])
    for words in (["--policy-arns", *short], ["--policy-arns", short[0], "--policy-arns", short[1]], ["--policy-arns", written_as_json]):
        result = run(*assume(*words, "--policy", f"file://{policy}", account=account))
        assert result.exit_code == 1, "the role does not trust this login, whatever the session policies"
        assert "Not authorized" in result.stderr
    for words in (["--policy-arns", arns[0]], ["--policy-arns", "[{}]"], ["--policy-arns", "[" * 9999]):
        assert run(*assume(*words)).exit_code == 2


def test_account_check_and_show(run: Run, golden: Golden) -> None:
    golden("account-check", run("account", "check", "--account", ACCOUNT).stdout)
    golden("account-show", run("account", "show", "--account", ACCOUNT).stdout)
    shown = json.loads(run("account", "show", "--account", ACCOUNT, "--json").stdout)
    assert shown["account_id"] == "123456789012"
    assert list(shown["saml_providers"]) == [PROVIDER]
    assert ROLE in shown["roles"]
    assert list(shown["oidc_providers"]) == ["arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"]
    assert shown["oauth_providers"]["www.amazon.com"]["answers"] == 1
    assert json.loads(run("account", "check", "--account", ACCOUNT, "--json").stdout)["sound"] is True


def test_account_never_overwrites(run: Run, account: Path, trust: Path) -> None:
    before = {path: path.read_bytes() for path in account.rglob("*") if path.is_file()}
    for words in (
        ("account", "init", account, "--account-id", "123456789012"),
        ("account", "add-role", "--account", account, "--name", "TestSaml", "--trust-policy", trust),
        ("account", "add-saml-provider", "--account", account, "--name", "SAML-test", "fixtures/saml/metadata/okta.xml"),
    ):
        assert run(*words).exit_code == 3
    assert {path: path.read_bytes() for path in account.rglob("*") if path.is_file()} == before


def test_a_broken_account_names_file_and_place(run: Run, account: Path) -> None:
    (account / "roles" / "TestSaml.json").write_text('{"AssumeRolePolicyDocument": {"Statement": []}}', encoding="utf-8")
    (account / "policies" / "P.json").write_text("{", encoding="utf-8")
    result = run("account", "check", "--account", account)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "roles/TestSaml.json" in result.stderr
    assert "policies/P.json" in result.stderr
    error = json.loads(run("account", "check", "--account", account, "--json").stdout)["error"]
    assert {"file", "path", "expected", "found", "remedy"} <= set(error)
    assert [fault["file"] for fault in error["faults"]] == sorted(fault["file"] for fault in error["faults"])
    assert {fault["file"] for fault in error["faults"]} == {"roles/TestSaml.json", "policies/P.json"}
    assert run("account", "check", "--account", account / "nothing").exit_code == 3


def test_policy_evaluate(run: Run, golden: Golden, trust: Path) -> None:
    words = ["policy", "evaluate", trust, "--principal", f"federated:{PROVIDER}", "--action", "sts:AssumeRoleWithSAML"]
    refused = run(*words, "--key", "saml:aud=https://signin.aws.amazon.com/saml")
    assert refused.exit_code == 1
    golden("policy-evaluate", refused.stdout)
    granted = run(*words, "--key", "saml:aud=https://sp.example.com/acs", "--list-key", "saml:cn=a", "--list-key", "saml:cn=b", "--json")
    assert (granted.exit_code, json.loads(granted.stdout)["effect"]) == (0, "Allow")
    for wrong in (["--key", "x"], ["--key", "a=1", "--key", "a=2"], ["--key", "a=1", "--list-key", "a=2"], ["--principal", "root"]):
        assert run(*words, *wrong).exit_code == 2


def test_policy_evaluate_asks_for_a_principal_where_the_policy_names_some(run: Run, tmp_path: Path, trust: Path) -> None:
    refused = run("policy", "evaluate", trust, "--action", "sts:AssumeRoleWithSAML")
    assert refused.exit_code == 2
    assert "a policy of kind trust names principals" in refused.stderr
    identity = tmp_path / "identity.json"
    identity.write_text('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}', encoding="utf-8")
    words = ("policy", "evaluate", identity, "--kind", "identity", "--resource", "arn:aws:s3:::b/k")
    assert run(*words, "--action", "s3:GetObject").exit_code == 0
    assert run(*words, "--action", "s3:PutObject").exit_code == 1


def test_mint_round_trip(run: Run, tmp_path: Path) -> None:
    metadata, token = tmp_path / "idp.xml", tmp_path / "token.b64"
    mint = ("mint", "saml", "--role", ROLE, "--provider", PROVIDER, "--at", AT, "--metadata-out", metadata)
    for shape in ("okta", "entra", "adfs", "keycloak", "shibboleth", "google", "ping", "onelogin"):
        result = run(
            *mint, "--shape", shape, "--subject", "zoë", "--session-name", "zoe", "--attribute", "urn:a=x=y", "--attribute", "urn:a=z"
        )
        assert result.exit_code == 0
        token.write_text(result.stdout, encoding="ascii")
        verdict = run("validate", token, "--metadata", metadata, "--at", AT, "--json")
        identity = json.loads(verdict.stdout)["identity"]
        assert (verdict.exit_code, identity["subject"], identity["attributes"]["urn:a"]) == (0, "zoë", ["x=y", "z"])


def test_mint_with_a_key_repeats_itself(run: Run) -> None:
    key = ("--key", "fixtures/keys/idp-rsa2048.TEST-ONLY.key.pem", "--certificate", "fixtures/keys/idp-rsa2048.TEST-ONLY.cert.pem")
    mint = ("mint", "saml", "--role", ROLE, "--provider", PROVIDER, "--at", AT)
    first = run(*mint, *key).stdout
    assert first == run(*mint, *key).stdout
    assert run("validate", "-", "--account", ACCOUNT, "--at", AT, stdin=first).exit_code == 0
    encrypted = run(*mint, *key, "--encrypt-for", "fixtures/keys/sp-decryption-rsa2048.TEST-ONLY.cert.pem").stdout
    assert run("validate", "-", "--account", ACCOUNT, "--at", AT, stdin=encrypted).exit_code == 1
    assert run("validate", "-", "--account", ACCOUNT, "--at", AT, stdin=run(*mint, *key, "--sign", "none").stdout).exit_code == 1
    assert run(*mint, "--key", key[1]).exit_code == 2
    assert run(*mint, "--encrypt-for", "fixtures/keys/idp-p256.TEST-ONLY.cert.pem").exit_code == 2
    assert run(*mint, "--encrypt-for", "README.md").exit_code == 2
    assert run(*mint, "--attribute", "novalue").exit_code == 2
    assert run(*mint, *key[:3], "fixtures/keys/idp-p256.TEST-ONLY.cert.pem").exit_code == 3


def test_doctor(run: Run) -> None:
    result = run("doctor", "--account", ACCOUNT, "--at", AT)
    assert result.exit_code == 0
    for word in ("python", "libxml2", "openssl", "SAML-test", "certificate until 2035-12-30"):
        assert word in result.stdout
    astray = run("doctor", "--at", "1999-01-01T00:00:00Z", "--json")
    assert astray.exit_code == 3
    assert json.loads(astray.stdout)["clock"]["verdict"].startswith("wrong")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, run: Run) -> None:
    result = run(verb, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: federation {verb}")


def test_an_unwritable_place_is_a_fault(run: Run, tmp_path: Path) -> None:
    result = run("mint", "saml", "--role", ROLE, "--provider", PROVIDER, "--metadata-out", tmp_path / "no" / "such" / "place.xml")
    assert result.exit_code == 3
    assert os.strerror(2) in result.stderr


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-10:00"])
def test_the_ends_of_time(run: Run, at: str) -> None:
    assert run("validate", DOCUMENTED, "--account", ACCOUNT, "--at", at).exit_code == 1
    assert run("explain", DOCUMENTED, "--account", ACCOUNT, "--role-arn", ROLE, "--at", at).exit_code == 1
    assert run("mint", "saml", "--role", ROLE, "--provider", PROVIDER, "--at", at).exit_code in {1, 2}
    assert run("doctor", "--account", ACCOUNT, "--at", at).exit_code in {0, 1, 3}


def test_a_bug_is_ours_and_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> object:
        raise KeyError("a secret that must not be shown")

    monkeypatch.setattr("federation.cli.account.load_account", explode)
    result = run("account", "check", "--account", ACCOUNT)
    assert result.exit_code == 70
    assert "a bug in this program" in result.stderr
    assert "KeyError" in result.stderr
    assert "secret" not in result.output
    assert json.loads(run("account", "check", "--account", ACCOUNT, "--json").stdout)["error"]["code"] == "InternalFailure"
