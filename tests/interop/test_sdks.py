"""The AWS SDKs for Go v2 and Java v2 and the AWS CLI v2 at the server, with nothing changed but the endpoint.

`make clients` builds and runs them.
"""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.sdks import BY_NAME, Call, Outcome, Sdk, cli_version_2, version_of
from tests.support.server import DEPLOY, PROVIDER, ROLE, World, free_port

pytestmark = pytest.mark.clients

SESSIONS = "arn:aws:sts::123456789012:assumed-role"
DEPLOYED = f"{SESSIONS}/GitHubDeploy/deploy"
S3 = "arn:aws:iam::123456789012:role/xaccounts3access"


@pytest.fixture(params=BY_NAME)
def sdk(request: pytest.FixtureRequest) -> Sdk:
    return BY_NAME[request.param]


def saml(world: World, **more: Any) -> Call:
    return Call("AssumeRoleWithSAML", {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": world.saml_response(), **more})


def web(world: World, **more: Any) -> Call:
    return Call("AssumeRoleWithWebIdentity", {"RoleArn": DEPLOY, "RoleSessionName": "deploy", "WebIdentityToken": world.id_token(), **more})


IDENTITY = Call("GetCallerIdentity", {})


def signing(credentials: Mapping[str, str]) -> dict[str, str]:
    names = {"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY", "SessionToken": "AWS_SESSION_TOKEN"}
    return {variable: credentials[name] for name, variable in names.items()}


def lasts(answer: Outcome, *, minutes: int) -> bool:
    left = datetime.fromisoformat(answer["Credentials"]["Expiration"]) - datetime.now(UTC)
    return timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes)


def test_the_operations(sdk: Sdk, world: World) -> None:
    role = Call(
        "AssumeRole", {"RoleArn": S3, "RoleSessionName": "s3", "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]}
    )
    by_saml, by_web, by_role, user = sdk.answers(world.environment(), saml(world, DurationSeconds=900), web(world), role, IDENTITY)

    assert by_saml["AssumedRoleUser"]["Arn"] == f"{SESSIONS}/TestSaml/SamlExample"
    assert (by_saml["Subject"], by_saml["SubjectType"], by_saml["PackedPolicySize"]) == ("SamlExample", "transient", 6)
    assert lasts(by_saml, minutes=15)
    assert by_web["AssumedRoleUser"]["Arn"] == DEPLOYED
    assert by_web["Provider"] == "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    assert lasts(by_web, minutes=60)
    assert by_role["AssumedRoleUser"]["Arn"] == f"{SESSIONS}/xaccounts3access/s3"
    assert (user["Account"], user["Arn"]) == ("123456789012", "arn:aws:iam::123456789012:user/DevAdmin")
    [session] = sdk.answers(world.environment(**signing(by_saml["Credentials"])), IDENTITY)
    assert (session["Arn"], session["UserId"]) == (by_saml["AssumedRoleUser"]["Arn"], by_saml["AssumedRoleUser"]["AssumedRoleId"])


def pod(token: Path) -> dict[str, str]:
    return {
        "AWS_ROLE_ARN": DEPLOY,
        "AWS_ROLE_SESSION_NAME": "deploy",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_SHARED_CREDENTIALS_FILE": str(token.parent / "none"),
    }


def test_credentials_found_by_the_environment(sdk: Sdk, world: World, tmp_path: Path) -> None:
    """As in a pod: the SDK itself exchanges the token of a file before it signs, here and nowhere else."""
    token = tmp_path / "token"
    token.write_text(world.id_token(), encoding="ascii")
    [session] = sdk.answers(world.environment(**pod(token)), IDENTITY)
    assert session["Arn"] == DEPLOYED


def test_the_variable_decides_where_a_call_goes(sdk: Sdk, world: World) -> None:
    port = free_port()
    [outcome] = sdk.outcomes(world.environment(AWS_ENDPOINT_URL_STS=f"http://127.0.0.1:{port}"), IDENTITY)
    assert "refused" in outcome["error"]["message"]


def test_refusals(sdk: Sdk, world: World) -> None:
    used = saml(world)
    old = world.github.token(at=datetime.now(UTC) - timedelta(days=1))
    calls = (
        (saml(world, SAMLAssertion="AAAA"), ("InvalidIdentityToken", True, 400)),
        (web(world, WebIdentityToken=old), ("ExpiredTokenException", True, 400)),
        (web(world, Policy="{"), ("MalformedPolicyDocument", True, 400)),
        (web(world, RoleArn=ROLE), ("AccessDenied", False, 403)),
        (web(world, RoleSessionName="x"), ("ValidationError", False, 400)),
    )
    first, second, *refused = sdk.outcomes(world.environment(), used, used, *(call for call, _ in calls))

    assert "answer" in first
    assert told(second) == ("IDPRejectedClaim", True, 403)
    assert [told(outcome) for outcome in refused] == [expected for _, expected in calls]


def told(outcome: Outcome) -> tuple[str, bool, int]:
    """Return the code, whether the exception is one of the SDK's own classes, and the status."""
    error = outcome["error"]
    assert error["message"]
    return error["code"], error["modelled"], error["status"]


@dataclass(frozen=True)
class Cli:
    world: World
    home: Path

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it with a proxy that is not there: what is not sent to this machine is sent nowhere."""
        nowhere = f"http://127.0.0.1:{free_port()}"
        variables = self.world.environment(
            HOME=str(self.home), AWS_REGION="us-east-1", HTTPS_PROXY=nowhere, HTTP_PROXY=nowhere, NO_PROXY="127.0.0.1", **environment
        )
        return subprocess.run(
            [cli_version_2(), "--cli-connect-timeout", "5", *words], env=variables, capture_output=True, text=True, timeout=60, check=False
        )

    def sts(self, operation: str, *words: str, **environment: str) -> Outcome:
        outcome = self.run("--endpoint-url", self.world.server.url, "sts", operation, *words, **environment)
        assert outcome.returncode == 0, outcome.stderr
        answer: Outcome = json.loads(outcome.stdout)
        return answer


@pytest.fixture
def cli(world: World, tmp_path: Path) -> Cli:
    return Cli(world, tmp_path)


def flags(call: Call) -> Sequence[str]:
    """The parameters of *call* as flags: ``RoleArn`` is ``--role-arn``."""
    spelt = (re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower() for name in call.input)
    return [word for flag, value in zip(spelt, call.input.values(), strict=True) for word in (f"--{flag}", str(value))]


def test_the_cli_makes_the_calls(cli: Cli) -> None:
    assert cli.sts("get-caller-identity")["Arn"] == "arn:aws:iam::123456789012:user/DevAdmin"
    assumed = cli.sts("assume-role", "--role-arn", S3, "--role-session-name", "s3")
    assert assumed["AssumedRoleUser"]["Arn"] == f"{SESSIONS}/xaccounts3access/s3"
    by_saml = cli.sts("assume-role-with-saml", *flags(saml(cli.world)))
    assert by_saml["AssumedRoleUser"]["Arn"] == f"{SESSIONS}/TestSaml/SamlExample"
    assert cli.sts("get-caller-identity", **signing(by_saml["Credentials"]))["Arn"] == by_saml["AssumedRoleUser"]["Arn"]
    by_web = cli.sts("assume-role-with-web-identity", *flags(web(cli.world)))
    assert by_web["AssumedRoleUser"]["Arn"] == DEPLOYED


def test_the_cli_tells_the_code(cli: Cli) -> None:
    call = saml(cli.world, SAMLAssertion="AAAA")
    outcome = cli.run("--endpoint-url", cli.world.server.url, "sts", "assume-role-with-saml", *flags(call))
    assert outcome.returncode == 254
    assert "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithSAML operation: " in outcome.stderr


def test_the_cli_reads_the_variable_from_2_13_on(cli: Cli) -> None:
    """Before, it sends even the token of the file to AWS, whatever the variable says."""
    token = cli.home / "token"
    token.write_text(cli.world.id_token(), encoding="ascii")
    by_key, by_token = cli.run("sts", "get-caller-identity"), cli.run("sts", "get-caller-identity", **pod(token))
    if version_of(cli_version_2()) >= (2, 13):
        assert json.loads(by_key.stdout)["Arn"] == "arn:aws:iam::123456789012:user/DevAdmin"
        assert json.loads(by_token.stdout)["Arn"] == DEPLOYED
    else:
        assert ["proxy" in outcome.stderr.lower() for outcome in (by_key, by_token)] == [True, True]
