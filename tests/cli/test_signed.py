"""`federation sts` for signed operations and `policy evaluate` of an account: the documented examples, outputs, queries, statuses."""

import json
from pathlib import Path

import pytest

from tests.support.cli import Golden, Run
from tests.support.sts import permissions

AT = ("--at", "2026-11-24T12:00:30Z")
HOME = ("--account", "fixtures/account", *AT)
BOTH = ("--account", "fixtures/account", "--neighbour", "fixtures/account-b", *AT)
AWAY = ("--account", "fixtures/account-b", *AT)
DEV_ADMIN = ("--caller", "arn:aws:iam::123456789012:user/DevAdmin")
BROKER = ("--caller", "arn:aws:iam::111122223333:user/Broker")
ANA = ("--caller", "arn:aws:sts::111122223333:assumed-role/Developer/Ana")
ROLE = "arn:aws:iam::123456789012:role/xaccounts3access"
ASSUME = ("sts", "assume-role", *BOTH, "--role-arn", ROLE, "--role-session-name", "s3-access-example")
FEDERATE = (
    "sts", "get-federation-token", *AWAY, *BROKER, "--name", "Bob", "--policy", "file://fixtures/sts/myfile.json",
    "--policy-arns", "arn=arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "--duration-seconds", "900",
)  # fmt: skip
MFA = ("--serial-number", "arn:aws:iam::123456789012:mfa/DevAdmin", "--token-code", "123456")
KEY = {"AWS_ACCESS_KEY_ID": "AKIARZPUZDIKGB2VALC4", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}


@pytest.fixture(autouse=True)
def _nobody_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KEY, "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("caller", [DEV_ADMIN, BROKER])
def test_assume_role(run: Run, golden: Golden, caller: tuple[str, ...]) -> None:
    result = run(*ASSUME, *caller)
    assert (result.exit_code, result.stderr) == (0, "")
    golden("assume-role", result.stdout)


def test_decode_authorization_message(run: Run, golden: Golden) -> None:
    asked = ("policy", "evaluate", *AWAY, *ANA, "--action", "ec2:RunInstances", "--key", "aws:Service=ec2", "--json")
    denied = run(*asked, "--resource", "arn:aws:ec2:us-east-1:111122223333:instance/*")
    assert denied.exit_code == 1
    message = json.loads(denied.stdout)["encoded_message"]
    result = run("sts", "decode-authorization-message", *AWAY, *BROKER, "--encoded-message", message)
    assert result.exit_code == 0
    golden("decode-authorization-message", result.stdout)


def test_get_caller_identity(run: Run, golden: Golden) -> None:
    result = run("sts", "get-caller-identity", *HOME, *DEV_ADMIN)
    assert result.exit_code == 0
    golden("get-caller-identity", result.stdout)


def test_get_federation_token(run: Run, golden: Golden) -> None:
    result = run(*FEDERATE)
    assert (result.exit_code, result.stderr) == (0, "")
    golden("get-federation-token", result.stdout)


def test_get_session_token_by_the_environment(run: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    result = run("sts", "get-session-token", *HOME, "--duration-seconds", "900", *MFA)
    assert (result.exit_code, result.stderr) == (0, "")
    golden("get-session-token", result.stdout)
    issued = json.loads(result.stdout)["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", issued["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", issued["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", issued["SessionToken"])
    assert json.loads(run("sts", "get-caller-identity", *HOME).stdout)["Arn"].endswith(":user/DevAdmin")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    refused = run("sts", "get-caller-identity", *HOME)
    assert refused.exit_code == 1
    assert "SignatureDoesNotMatch" in refused.stderr
    assert issued["SecretAccessKey"] not in refused.stderr


@pytest.mark.parametrize(
    ("output", "printed"),
    [
        (("--output", "text"), "123456789012\tarn:aws:iam::123456789012:user/DevAdmin\tAIDACKCEVSQ6C2EXAMPLE\n"),
        (("--query", "Account"), '"123456789012"\n'),
        (("--query", "Account", "--output", "text"), "123456789012\n"),
        (("--query", "[Account, Nothing]", "--output", "text"), "123456789012\tNone\n"),
        (
            ("--query", "{who: {arn: Arn}, all: [Account]}", "--output", "text"),
            "ALL\t123456789012\nWHO\tarn:aws:iam::123456789012:user/DevAdmin\n",
        ),
    ],
)
def test_outputs_and_queries(run: Run, output: tuple[str, ...], printed: str) -> None:
    result = run("sts", "get-caller-identity", *HOME, *DEV_ADMIN, *output)
    assert (result.exit_code, result.stdout) == (0, printed)


def test_nested_text_is_marked_by_its_name(run: Run) -> None:
    lines = run(*ASSUME, *DEV_ADMIN, "--output", "text").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines[1:]] == ["ASSUMEDROLEUSER", "CREDENTIALS"]


def test_a_table(run: Run, golden: Golden) -> None:
    result = run(*ASSUME, *DEV_ADMIN, "--output", "table", "--query", "AssumedRoleUser")
    assert result.exit_code == 0
    golden("assume-role-table", result.stdout)


def test_credentials_for_a_shell(run: Run) -> None:
    lines = run(*ASSUME, *DEV_ADMIN, "--format", "env").stdout.splitlines()
    assert [line.partition("=")[0] for line in lines][:1] == ["export AWS_ACCESS_KEY_ID"]
    assert run("sts", "get-caller-identity", *HOME, *DEV_ADMIN, "--format", "env").exit_code == 2, "it issues none"


@pytest.mark.parametrize("query", ["[", "foo(", "sort(Account)", "'"])
def test_queries_that_are_none(run: Run, query: str) -> None:
    result = run("sts", "get-caller-identity", *HOME, *DEV_ADMIN, "--query", query)
    assert result.exit_code == 2
    assert "--query" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--tags", "Key=team,Value=blue", "Key=note,Value=a, b", "--transitive-tag-keys", "team", "note"),
        ("--tags", '[{"Key":"team","Value":"blue"},{"Key":"note","Value":"a b"}]', "--transitive-tag-keys", "team"),
        ("--tags", '{"Key":"team","Value":""}'),
    ],
)
def test_tags(run: Run, words: tuple[str, ...]) -> None:
    refused = run(*ASSUME, *DEV_ADMIN, *words)
    assert refused.exit_code == 1, refused.stderr
    # A comma is no character of tags; the others fail for want of sts:TagSession in the trust policy.
    assert ("ValidationError" if "Key=note,Value=a, b" in words else "sts:TagSession") in refused.stderr


@pytest.mark.parametrize("word", ["team=blue", "Key=team", "[", "[1]", '{"Key":1,"Value":"x"}', '{"Key":"x"}'])
def test_tags_that_are_none(run: Run, word: str) -> None:
    assert run(*ASSUME, *DEV_ADMIN, "--tags", word).exit_code == 2


def test_nobody_calls(run: Run) -> None:
    result = run("sts", "get-caller-identity", *HOME)
    assert result.exit_code == 2
    assert "--caller" in result.stderr


def test_a_refusal_in_the_words_of_the_aws_cli(run: Run) -> None:
    result = run(*ASSUME, "--caller", "arn:aws:iam::123456789012:root")
    assert result.exit_code == 1
    text = "An error occurred (AccessDenied) when calling the AssumeRole operation: Roles may not be assumed by root accounts."
    assert result.stderr.startswith(text)


def test_the_other_operations(run: Run, tmp_path: Path) -> None:
    known = run("sts", "get-access-key-info", *HOME, *DEV_ADMIN, "--access-key-id", "ASIAY34FZKBOKMUTVV7A")
    assert json.loads(known.stdout) == {"Account": "609629065308"}
    token = ("sts", "get-web-identity-token", *HOME, *DEV_ADMIN, "--audience", "a", "b", "--signing-algorithm", "RS256")
    assert "OutboundWebIdentityFederation is disabled." in run(*token).stderr
    task = "arn=arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
    root = run("sts", "assume-root", *HOME, *DEV_ADMIN, "--target-principal", "111122223333", "--task-policy-arn", task)
    assert "not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::111122223333:root" in root.stderr
    trade = run("sts", "get-delegated-access-token", *HOME, *DEV_ADMIN, "--trade-in-token", "none")
    assert trade.exit_code == 1


def test_what_an_account_lets_a_principal_do(run: Run, golden: Golden) -> None:
    asked = (
        "policy",
        "evaluate",
        *AWAY,
        *ANA,
        "--action",
        "ec2:RunInstances",
        "--resource",
        "arn:aws:ec2:us-east-1:111122223333:instance/*",
    )
    result = run(*asked)
    assert result.exit_code == 1
    lines = [line for line in result.stdout.splitlines(keepends=True) if not line.startswith("  encoded message")]
    golden("policy-evaluate-account", "".join(lines))
    allowed = run("policy", "evaluate", *HOME, *DEV_ADMIN, "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/k")
    assert allowed.exit_code == 0


def test_what_an_account_says_of_actions_of_sts(run: Run) -> None:
    words = ("policy", "evaluate", *HOME, *DEV_ADMIN, "--json", "--action")
    role = "arn:aws:iam::123456789012:role"
    trusted = run(*words, "sts:AssumeRole", "--resource", f"{role}/xaccounts3access")
    assert (trusted.exit_code, json.loads(trusted.stdout)["allowed"]) == (0, True)
    answer = run(*words, "sts:AssumeRole", "--resource", f"{role}/TestSaml")
    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["refusing"], told["barred"]) == (1, "resource-based policy", None)
    call = ("sts", "assume-role", *HOME, *DEV_ADMIN, "--role-arn", f"{role}/TestSaml", "--role-session-name", "session")
    assert told["message"] in run(*call).stderr
    assert [layer["layer"] for layer in told["layers"]] == ["resource-based policy", "identity-based policy"]
    free = run("policy", "evaluate", *AWAY, *ANA, "--action", "sts:GetCallerIdentity")
    assert (free.exit_code, free.stdout.splitlines()[0].strip()) == (0, "✓ allowed")
    for action, resource in (("sts:AssumeRole", "*"), ("sts:AssumeRoleWithSAML", f"{role}/TestSaml")):
        refused = run(*words, action, "--resource", resource)
        assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, "ValidationError")


@pytest.mark.parametrize("words", [(), ("--account", "fixtures/account", "fixtures/sts/myfile.json"), ("fixtures/sts/myfile.json",)])
def test_a_question_to_nobody(run: Run, words: tuple[str, ...]) -> None:
    assert run("policy", "evaluate", "--action", "s3:GetObject", *words).exit_code == 2


@pytest.mark.parametrize("role", [permissions.ROLE, permissions.THEIR_ROLE], ids=["same account", "cross account"])
def test_a_refusal_shows_the_line_of_the_callers_policy(run: Run, tmp_path: Path, role: str) -> None:
    world = permissions.World(tmp_path)
    world.user(UserPolicyList=permissions.inline(Assume=permissions.document(permissions.allow(resource=permissions.OTHER_ROLE))))
    accounts = ("--account", world.mine, "--neighbour", world.theirs)
    result = run("sts", "assume-role", *accounts, "--caller", permissions.ALICE, "--role-arn", role, "--role-session-name", "job")

    assert result.exit_code == 1
    lines = (world.mine / "users" / "alice.json").read_text(encoding="utf-8").splitlines()
    number = next(at for at, line in enumerate(lines, 1) if permissions.OTHER_ROLE in line)
    told = "".join(result.stderr.split())
    assert f"{world.mine}/users/alice.json:{number}" in told
    assert "theotherhalf,therole'strustpolicy,allowsit" in told
