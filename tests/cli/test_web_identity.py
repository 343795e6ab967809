"""Web identities on the command line: validated, explained, exchanged, minted, registered."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from federation.judging.kinds import kind_of
from federation.testing.oidc_shapes import OIDC_SHAPES
from tests.support.cli import Golden, Run
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT

AT = JUDGED_TEXT
ACCOUNT = "fixtures/account"
MAIN, BRANCH, OPAQUE = "fixtures/oidc/github.jwt", "fixtures/oidc/github-branch.jwt", "fixtures/oauth/documented.token"
GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
DEPLOY = "arn:aws:iam::123456789012:role/GitHubDeploy"
DOCUMENTED = "arn:aws:iam::123456789012:role/FederatedWebIdentityRole"
ISSUER = ("--issuer", "https://token.actions.githubusercontent.com", "--client-id", "sts.amazonaws.com")
JWKS = ("--jwks", "fixtures/oidc/jwks.json")


def read(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="ascii").strip()


def assume(*more: str | Path, token: str | None = f"file://{MAIN}", role: str | None = DEPLOY) -> list[str | Path]:
    words: list[str | Path] = ["sts", "assume-role-with-web-identity", "--account", ACCOUNT, "--at", AT]
    words += [] if role is None else ["--role-arn", role]
    words += [] if token is None else ["--web-identity-token", token]
    return [*words, *more]


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (read(MAIN), "oidc-id-token"),
        ("eyJhbGciOiJub25lIn0.e30.", "oidc-id-token"),
        ("eyJ.a.b.c.d", "oidc-id-token"),
        ("e30.e30.e30", "oidc-id-token"),
        (read(OPAQUE), "oauth-access-token"),
        (read(OPAQUE).replace("%7C", "|"), "oauth-access-token"),
        ("EAABsbCS1iHgBAKq", "oauth-access-token"),
        (read("fixtures/saml/documented.b64"), "saml2-response"),
        ("<Response/>", "saml2-response"),
        ("SAMLResponse=PHNh", "saml2-response"),
        ("not a token", "saml2-response"),
        ("A" * 4000, "saml2-response"),
        ("", "saml2-response"),
    ],
)
def test_what_a_token_is_taken_for(token: str, kind: str) -> None:
    assert kind_of(token.encode()) == kind


def test_validate_says_what_it_took_the_token_for(run: Run, golden: Golden) -> None:
    by_account = run("validate", MAIN, "--account", ACCOUNT, "--at", AT)
    assert by_account.exit_code == 0
    golden("validate-oidc", by_account.stdout)
    by_keys = json.loads(run("validate", MAIN, *JWKS, *ISSUER, "--at", AT, "--json").stdout)
    assert (by_keys["kind"], by_keys["accepted"]) == ("oidc-id-token", True)
    discovery = "fixtures/account/oidc-providers/token.actions.githubusercontent.com/openid-configuration.json"
    assert run("validate", MAIN, *JWKS, "--discovery", discovery, "--client-id", "sts.amazonaws.com", "--at", AT).exit_code == 0
    assert run("validate", MAIN, *JWKS, *ISSUER, "--algorithm", "ES256", "--at", AT).exit_code == 1
    opaque = run("validate", OPAQUE, "--account", ACCOUNT, "--at", AT)
    assert opaque.exit_code == 0
    golden("validate-oauth", opaque.stdout)


@pytest.mark.parametrize("name", ["expired", "wrong-audience", "foreign-key", "tampered"])
def test_validate_refuses(run: Run, name: str) -> None:
    at = "2026-11-24T12:11:00Z" if name == "expired" else AT
    result = run("validate", f"fixtures/oidc/refused/{name}.jwt", "--account", ACCOUNT, "--at", at)
    assert result.exit_code == 1
    assert result.stdout.startswith("✗ strict refuses")


def test_an_issuer_nobody_registered(run: Run) -> None:
    result = run("validate", "fixtures/oidc/gitlab.jwt", "--account", ACCOUNT, "--at", AT)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "No OpenIDConnect provider found in your account for https://gitlab.com" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        (*JWKS, "--issuer", "https://issuer.example.com"),
        (*JWKS, "--client-id", "a"),
        (*JWKS, *ISSUER, "--permit", "sha1"),
        (*JWKS, *ISSUER, "--account", ACCOUNT),
        ("--metadata", "fixtures/saml/metadata/okta.xml", "--client-id", "a"),
        ("--account", ACCOUNT, "--issuer", "https://issuer.example.com"),
        (*JWKS, *ISSUER, "--provider", "x"),
    ],
    ids=range(7),
)
def test_options_that_do_not_go_together(run: Run, words: tuple[str, ...]) -> None:
    assert run("validate", MAIN, *words).exit_code == 2


def test_material_at_fault(run: Run) -> None:
    assert run("validate", MAIN, "--jwks", "fixtures/manifest.json", *ISSUER).exit_code == 3
    assert run("validate", MAIN, *JWKS, "--issuer", "http://issuer.example.com", "--client-id", "a").exit_code == 3


@pytest.mark.parametrize("provider", ["token.actions.githubusercontent.com", GITHUB])
def test_a_provider_by_name(run: Run, provider: str) -> None:
    assert run("validate", MAIN, "--account", ACCOUNT, "--provider", provider, "--at", AT).exit_code == 0
    assert run("validate", OPAQUE, "--account", ACCOUNT, "--provider", "www.amazon.com", "--at", AT).exit_code == 0
    assert run("validate", MAIN, "--account", ACCOUNT, "--provider", "SAML-test", "--at", AT).exit_code == 1
    assert run("validate", MAIN, "--account", ACCOUNT, "--provider", "nobody", "--at", AT).exit_code == 2


def test_inspect(run: Run, golden: Golden) -> None:
    result = run("inspect", MAIN)
    assert result.exit_code == 0
    assert all(line.startswith("UNVERIFIED") for line in result.stdout.splitlines())
    golden("inspect-oidc", result.stdout)
    claims = json.loads(run("inspect", "-", "--json", stdin=read("fixtures/oidc/refused/tampered.jwt")).stdout)
    assert (claims["verified"], claims["kind"], claims["unverified"]["header"]["alg"]) == (False, "oidc-id-token", "HS256")
    opaque = json.loads(run("inspect", OPAQUE, "--json").stdout)
    assert list(opaque["unverified"]) == ["sha256", "characters"]


def test_explain(run: Run, golden: Golden) -> None:
    words = ("--account", ACCOUNT, "--at", AT, "--role-arn")
    granted = run("explain", MAIN, *words, DEPLOY)
    assert granted.exit_code == 0
    refused = run("explain", BRANCH, *words, DEPLOY)
    assert refused.exit_code == 1
    golden("explain-oidc-refused", refused.stdout)
    document = json.loads(run("explain", BRANCH, *words, DEPLOY, "--json").stdout)
    assert (document["granted"], document["message"]) == (False, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    assert "refs/heads/feature" in document["decision"]["nearest"]["sentence"]
    assert [check["check"] for check in document["exchange"]] == ["roles-claim", "principal-tags", "transitive-tag-keys", "source-identity"]
    assert run("explain", OPAQUE, *words, DOCUMENTED).exit_code == 0
    assert run("explain", OPAQUE, *words, DEPLOY).exit_code == 1
    assert run("explain", MAIN, *words, f"{DEPLOY}2").exit_code == 1


def test_the_documented_example(run: Run, golden: Golden) -> None:
    policies = [f"arn=arn:aws:iam::123456789012:policy/webidentitydemopolicy{number}" for number in (1, 2)]
    words = ("--duration-seconds", "3600", "--role-session-name", "app1", "--provider-id", "www.amazon.com", "--policy-arns", *policies)
    result = run(*assume(*words, token=read(OPAQUE), role=DOCUMENTED))
    assert (result.exit_code, result.stderr) == (0, "")
    golden("assume-role-with-web-identity", result.stdout)
    assert run(*assume(*words, token=read(OPAQUE).replace("%7C", "|"), role=DOCUMENTED)).exit_code == 0


def test_the_variables_of_the_sdks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", DEPLOY)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", MAIN)
    answer = json.loads(run(*assume(token=None, role=None)).stdout)
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/GitHubDeploy/federation-session-1795521630")
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "job-7")
    answer = json.loads(run(*assume(token=None, role=None)).stdout)
    assert answer["AssumedRoleUser"]["Arn"].endswith("/job-7")
    answer = json.loads(run(*assume("--role-session-name", "flag", token=None, role=None)).stdout)
    assert answer["AssumedRoleUser"]["Arn"].endswith("/flag")
    assert run(*assume(token=f"file://{BRANCH}", role=None)).exit_code == 1, "a flag comes before a variable"


def test_words_that_are_missing(run: Run) -> None:
    assert run(*assume(token=None)).exit_code == 2
    assert run(*assume(role=None)).exit_code == 2
    assert run(*assume("--role-session-name", "")).exit_code == 1
    assert run(*assume("--format", "yaml")).exit_code == 2


def test_forms_of_credentials(run: Run) -> None:
    lines = run(*assume("--format", "env")).stdout.splitlines()
    assert [line.partition("=")[0] for line in lines] == [
        "export AWS_ACCESS_KEY_ID",
        "export AWS_SECRET_ACCESS_KEY",
        "export AWS_SESSION_TOKEN",
        "export AWS_CREDENTIAL_EXPIRATION",
    ]
    process = json.loads(run(*assume("--format", "credential-process")).stdout)
    assert list(process) == ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
    assert (process["Version"], process["Expiration"]) == (1, "2026-11-24T13:00:30+00:00")


def test_outputs_and_queries_of_the_aws_cli(run: Run) -> None:
    arn = "arn:aws:sts::123456789012:assumed-role/GitHubDeploy/deploy"
    words = assume("--role-session-name", "deploy", "--query", "AssumedRoleUser.Arn")
    assert json.loads(run(*words).stdout) == arn
    assert run(*words, "--output", "text").stdout == f"{arn}\n"
    assert arn in run(*assume("--role-session-name", "deploy", "--output", "table")).stdout


@pytest.mark.parametrize("wish", [("--output", "text"), ("--query", "Audience")])
def test_credentials_alone_and_something_else_disagree(run: Run, wish: tuple[str, str]) -> None:
    result = run(*assume("--format", "env", *wish))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "leave out --output and --query" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (assume(token=f"file://{BRANCH}"), "(AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized"),
        (assume("--provider-id", "www.amazon.com"), "Provided Token is not a Login With Amazon token"),
        (assume("--provider-id", "login.example.com"), "Unrecognized OAuth provider"),
        (assume(token="fixtures"), "The ID Token provided is not a valid JWT"),
        (assume("--duration-seconds", "60"), "greater than or equal to 900"),
    ],
)
def test_refused_exchanges_print_no_credentials(run: Run, words: list[str], message: str) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


@pytest.mark.parametrize("shape", OIDC_SHAPES)
def test_mint_and_validate(run: Run, tmp_path: Path, shape: str) -> None:
    jwks, discovery = tmp_path / "jwks.json", tmp_path / "discovery.json"
    words = ("mint", "oidc", "--shape", shape, "--algorithm", "ES256", "--at", AT, "--jwks-out", jwks, "--discovery-out", discovery)
    minted = run(*words, "--audience", "client", "--claim", "azp=client", "--claim", "aws=[1]", "--validity", "60")
    assert minted.exit_code == 0
    result = run(
        "validate", "-", "--jwks", jwks, "--discovery", discovery, "--client-id", "client", "--at", AT, "--json", stdin=minted.stdout
    )
    identity: dict[str, Any] = json.loads(result.stdout)["identity"]
    assert identity["attributes"]["aws"] == [1]
    assert identity["not_on_or_after"] == "2026-11-24T12:01:30Z"


def test_mint_with_a_key_repeats_itself(run: Run) -> None:
    words = ("mint", "oidc", "--key", "fixtures/keys/issuer-rsa2048.TEST-ONLY.key.pem", "--at", "2026-11-24T12:00:00Z")
    assert run(*words, "--shape", "github").stdout.strip() == read(MAIN)
    assert run(*words, "--algorithm", "PS256").exit_code == 0
    assert run(*words, "--algorithm", "ES256").exit_code == 3
    p256 = (*words[:3], "fixtures/keys/idp-p256.TEST-ONLY.key.pem", *words[4:])
    assert run(*p256).exit_code == 0
    assert run(*p256, "--algorithm", "ES384").exit_code == 3
    assert run(*words[:3], "fixtures/oidc/jwks.json").exit_code == 3
    for claim in ("novalue", "=x", "sub=x"):
        assert run(*words, "--claim", claim).exit_code == 2


def test_an_account_made_by_the_command_line(run: Run, tmp_path: Path) -> None:
    account, trust, answer = tmp_path / "account", tmp_path / "trust.json", tmp_path / "answer.json"
    assert run("account", "init", account, "--account-id", "123456789012").exit_code == 0
    add = ("account", "add-oidc-provider", "--account", account, "--url", ISSUER[1], "--client-id", "sts.amazonaws.com", *JWKS)
    assert json.loads(run(*add, "--json").stdout) == {"arn": GITHUB}
    assert run(*add).exit_code == 3, "it is there already"
    assert run("account", "add-oauth-provider", "--account", account, "--name", "www.amazon.com").exit_code == 0
    answer.write_text('{"user_id": "u", "aud": "c", "app_id": "a", "iat": 1795521600, "exp": 3600}', encoding="utf-8")
    keep = ("account", "add-token-information", "--account", account, "--provider", "www.amazon.com", "--answer", answer)
    assert run(*keep, "-", stdin=read(OPAQUE)).exit_code == 0
    statement = {"Effect": "Allow", "Principal": {"Federated": GITHUB}, "Action": "sts:AssumeRoleWithWebIdentity"}
    condition = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:*"}}
    trust.write_text(json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Condition": condition}}), encoding="utf-8")
    assert run("account", "add-role", "--account", account, "--name", "GitHubDeploy", "--trust-policy", trust).exit_code == 0
    checked = run("account", "check", "--account", account)
    assert (checked.exit_code, "OIDC providers: 1, OAuth providers: 1, roles: 1" in checked.stdout) == (0, True)
    words = ["sts", "assume-role-with-web-identity", "--account", account, "--at", AT, "--role-arn", DEPLOY, "--role-session-name", "job"]
    assert run(*words, "--web-identity-token", f"file://{BRANCH}").exit_code == 0
    assert run("validate", OPAQUE, "--account", account, "--at", AT).exit_code == 0
    assert run(*add[:6], "--client-id", "a", "--jwks", "fixtures/manifest.json", "--url", "https://other.example.com").exit_code == 3


def test_a_minted_token_ends_with_its_last_character(run: Run) -> None:
    """A ``web_identity_token_file`` is sent as it is; a line end would not be base64url."""
    token = run("mint", "oidc", "--shape", "github", "--at", "2026-11-24T12:00:00Z").output
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII)
