"""The AWS SDK for JavaScript v3 at the server, with nothing changed but the endpoint. `make test` installs it where there is npm."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import REPOSITORY
from tests.support.server import PROVIDER, ROLE, World

FOLDER = REPOSITORY / "tests" / "interop" / "js"
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules" / "@aws-sdk" / "client-sts").is_dir(),
        reason="the AWS SDK for JavaScript is not installed: npm ci --prefix tests/interop/js",
    ),
]

NOTHING: Mapping[str, str] = {}
DEPLOY = "arn:aws:iam::123456789012:role/GitHubDeploy"
DEPLOYED = "arn:aws:sts::123456789012:assumed-role/GitHubDeploy/deploy"
SAML = {"RoleArn": ROLE, "PrincipalArn": PROVIDER}
WEB = {"RoleArn": DEPLOY, "RoleSessionName": "deploy"}


def call(world: World, command: str, parameters: Mapping[str, Any] = NOTHING, environment: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    """Let the SDK call *command* in a process whose environment is that of an AWS client."""
    assert NODE is not None
    request = {"command": command, "input": dict(parameters), "client": {"region": "us-east-1", "maxAttempts": 1}}
    outcome = subprocess.run(
        [NODE, str(FOLDER / "call.mjs")],
        input=json.dumps(request),
        env=world.environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    said: dict[str, Any] = json.loads(outcome.stdout)
    return said


def answer(world: World, command: str, parameters: Mapping[str, Any] = NOTHING, environment: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    said = call(world, command, parameters, environment)
    assert "answer" in said, said
    found: dict[str, Any] = said["answer"]
    metadata = found.pop("$metadata")
    assert (metadata["httpStatusCode"], metadata["attempts"]) == (200, 1)
    assert re.fullmatch(r"[0-9a-f-]{36}", metadata["requestId"])
    return found


def signing(credentials: dict[str, str]) -> dict[str, str]:
    names = {"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY", "SessionToken": "AWS_SESSION_TOKEN"}
    return {variable: credentials[name] for name, variable in names.items()}


def test_assume_role_with_saml(world: World) -> None:
    found = answer(world, "AssumeRoleWithSAML", {**SAML, "SAMLAssertion": world.saml_response(), "DurationSeconds": 900})
    assert found["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/TestSaml/SamlExample"
    assert (found["Subject"], found["SubjectType"], found["PackedPolicySize"]) == ("SamlExample", "transient", 6)
    left = datetime.fromisoformat(found["Credentials"]["Expiration"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    session = answer(world, "GetCallerIdentity", environment=signing(found["Credentials"]))
    assert session == {
        "UserId": found["AssumedRoleUser"]["AssumedRoleId"],
        "Account": "123456789012",
        "Arn": found["AssumedRoleUser"]["Arn"],
    }


def test_assume_role_with_web_identity(world: World) -> None:
    found = answer(world, "AssumeRoleWithWebIdentity", {**WEB, "WebIdentityToken": world.id_token()})
    assert found["AssumedRoleUser"]["Arn"] == DEPLOYED
    assert found["Provider"] == "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    assert found["Audience"] == "sts.amazonaws.com"
    assert answer(world, "GetCallerIdentity", environment=signing(found["Credentials"]))["Arn"] == DEPLOYED


def test_get_caller_identity_of_a_profile(world: World) -> None:
    assert answer(world, "GetCallerIdentity")["Arn"] == "arn:aws:iam::123456789012:user/DevAdmin"
    assert answer(world, "GetCallerIdentity", environment={"AWS_PROFILE": "broker"})["Arn"] == "arn:aws:iam::111122223333:user/Broker"


def test_credentials_found_by_the_environment(world: World, tmp_path: Path) -> None:
    """As in a pod: the SDK itself exchanges the token of a file before it signs."""
    token = tmp_path / "token"
    token.write_text(world.id_token(), encoding="ascii")
    pod = {
        "AWS_ROLE_ARN": DEPLOY,
        "AWS_ROLE_SESSION_NAME": "deploy",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    assert answer(world, "GetCallerIdentity", environment=pod)["Arn"] == DEPLOYED


def refusal(world: World, command: str, parameters: dict[str, Any]) -> tuple[str, bool, int]:
    """Return the class, whether it is one of the SDK's own, and the status."""
    error = call(world, command, parameters)["error"]
    assert error["fault"] == "client"
    assert error["message"]
    return error["name"], error["modelled"], error["status"]


def test_refusals_are_the_modelled_exceptions(world: World) -> None:
    response = world.saml_response()
    old = world.github.token(at=datetime.now(UTC) - timedelta(days=1))
    assert refusal(world, "AssumeRoleWithSAML", {**SAML, "SAMLAssertion": "AAAA"}) == ("InvalidIdentityTokenException", True, 400)
    answer(world, "AssumeRoleWithSAML", {**SAML, "SAMLAssertion": response})
    assert refusal(world, "AssumeRoleWithSAML", {**SAML, "SAMLAssertion": response}) == ("IDPRejectedClaimException", True, 403)
    assert refusal(world, "AssumeRoleWithWebIdentity", {**WEB, "WebIdentityToken": old}) == ("ExpiredTokenException", True, 400)
    malformed = {**WEB, "WebIdentityToken": world.id_token(), "Policy": "{"}
    assert refusal(world, "AssumeRoleWithWebIdentity", malformed) == ("MalformedPolicyDocumentException", True, 400)


def test_refusals_that_no_model_declares(world: World) -> None:
    other = {**WEB, "RoleArn": ROLE, "WebIdentityToken": world.id_token()}
    assert refusal(world, "AssumeRoleWithWebIdentity", other) == ("AccessDenied", False, 403)
    short = {**WEB, "RoleSessionName": "x", "WebIdentityToken": world.id_token()}
    assert refusal(world, "AssumeRoleWithWebIdentity", short) == ("ValidationError", False, 400)
