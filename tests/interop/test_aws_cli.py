"""The real AWS CLI at the server, with nothing changed but the endpoint: the documented examples, and how its profiles find credentials."""

import json
import re
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from federation.testing.mfa import mfa_code
from tests.support.paths import REPOSITORY
from tests.support.server import EXTERNAL_ID, PROVIDER, ROLE, World

pytestmark = pytest.mark.skipif(find_spec("awscli") is None, reason="the AWS CLI is not installed: pip install awscli")

ACCOUNT = "arn:aws:iam::123456789012"
SESSIONS = "arn:aws:sts::123456789012:assumed-role"
ACCESS_KEY_ID = re.compile(r"ASIA[A-Z2-7]{16}")
PLACEHOLDER = (
    "VERYLONGENCODEDASSERTIONEXAMPLExzYW1sOkF1ZGllbmNlPmJsYW5rPC9zYW1sOkF1ZGllbmNlPjwvc2FtbDpBdWRpZW5jZVJlc3RyaWN0aW9uPjwvc2FtbDpDb25kaXRp"
    "b25zPjxzYW1sOlN1YmplY3Q+PHNhbWw6TmFtZUlEIEZvcm1hdD0idXJuOm9hc2lzOm5hbWVzOnRjOlNBTUw6Mi4wOm5hbWVpZC1mb3JtYXQ6dHJhbnNpZW50Ij5TYW1sRXhh"
    "bXBsZTwvc2FtbDpOYW1lSUQ+PHNhbWw6U3ViamVjdENvbmZpcm1hdGlvbiBNZXRob2Q9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDpjbTpiZWFyZXIiPjxzYW1sOlN1"
    "YmplY3RDb25maXJtYXRpb25EYXRhIE5vdE9uT3JBZnRlcj0iMjAxOS0xMS0wMVQyMDoyNTowNS4xNDVaIiBSZWNpcGllbnQ9Imh0dHBzOi8vc2lnbmluLmF3cy5hbWF6b24u"
    "Y29tL3NhbWwiLz48L3NhbWw6U3ViamVjdENvbmZpcm1hdGlvbj48L3NhbWw6U3ViamVjdD48c2FtbDpBdXRoblN0YXRlbWVudCBBdXRoPD94bWwgdmpSZXNwb25zZT4="
)
"""The published assertion: cut out of the middle of one."""


@dataclass
class Cli:
    """The AWS CLI with a home directory of its own, where it keeps its cache."""

    world: World
    home: Path
    programs: Path
    profiles: list[str] = field(default_factory=list)

    def run(self, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        environment = self.world.environment(HOME=str(self.home))
        if self.profiles:
            shared = Path(environment["AWS_CONFIG_FILE"]).read_text("utf-8")
            (self.home / "config").write_text("\n".join([shared, *self.profiles]) + "\n", encoding="utf-8")
            environment["AWS_CONFIG_FILE"] = str(self.home / "config")
        # In a session of its own it has no terminal to ask at, so it asks here.
        return subprocess.run(
            [self.programs / "aws", *arguments],
            env=environment,
            cwd=REPOSITORY,
            input=answers,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            start_new_session=True,
        )

    def sts(self, operation: str, *arguments: str, answers: str = "") -> dict[str, Any]:
        """Run ``aws sts`` and return the JSON it prints."""
        outcome = self.run("sts", operation, *arguments, answers=answers)
        assert outcome.returncode == 0, outcome.stderr
        answer: dict[str, Any] = json.loads(outcome.stdout)
        return answer

    def who(self, profile: str, *, answers: str = "") -> str:
        """Return the ARN that the credentials of *profile* belong to."""
        arn: str = self.sts("get-caller-identity", "--profile", profile, answers=answers)["Arn"]
        return arn

    def profile(self, name: str, **settings: str) -> None:
        self.profiles += [f"[profile {name}]", "region = us-east-1", *(f"{key} = {value}" for key, value in settings.items())]

    def cached(self) -> Path:
        [file] = (self.home / ".aws" / "cli" / "cache").glob("*.json")
        return file

    def cached_key(self) -> str:
        key: str = json.loads(self.cached().read_text("utf-8"))["Credentials"]["AccessKeyId"]
        return key

    def let_expire(self) -> None:
        document = json.loads(self.cached().read_text("utf-8"))
        document["Credentials"]["Expiration"] = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.cached().write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture
def cli(world: World, tmp_path: Path, programs: Path) -> Cli:
    return Cli(world, tmp_path, programs)


def lasts(credentials: dict[str, str], *, minutes: int) -> bool:
    assert ACCESS_KEY_ID.fullmatch(credentials["AccessKeyId"])
    assert {"SecretAccessKey", "SessionToken"} < credentials.keys()
    left = datetime.fromisoformat(credentials["Expiration"]) - datetime.now(UTC)
    return timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes)


def test_1_assume_role_with_saml(cli: Cli) -> None:
    arguments = ["--role-arn", ROLE, "--principal-arn", PROVIDER, "--saml-assertion", cli.world.saml_response()]
    answer = cli.sts("assume-role-with-saml", *arguments)
    user = answer.pop("AssumedRoleUser")
    assert (user["Arn"], user["AssumedRoleId"][:4]) == (f"{SESSIONS}/TestSaml/SamlExample", "AROA")
    assert lasts(answer.pop("Credentials"), minutes=60)
    assert answer == {
        "Issuer": "https://integ.example.com/idp/shibboleth",
        "Audience": "https://signin.aws.amazon.com/saml",
        "SubjectType": "transient",
        "Subject": "SamlExample",
        "PackedPolicySize": 6,
        "NameQualifier": "h+wxl3tEgK1s2mVZeB/3Iu3VyiM=",
    }


def test_1_the_published_assertion_is_a_placeholder(cli: Cli) -> None:
    outcome = cli.run("sts", "assume-role-with-saml", "--role-arn", ROLE, "--principal-arn", PROVIDER, "--saml-assertion", PLACEHOLDER)
    assert outcome.returncode != 0
    assert "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithSAML operation: " in outcome.stderr


def test_2_assume_role_with_web_identity(cli: Cli) -> None:
    token = (REPOSITORY / "fixtures" / "oauth" / "documented.token").read_text("ascii").strip()
    answer = cli.sts(
        "assume-role-with-web-identity",
        *("--duration-seconds", "3600", "--role-session-name", "app1", "--provider-id", "www.amazon.com"),
        *("--policy-arns", *(f"arn={ACCOUNT}:policy/webidentitydemopolicy{number}" for number in (1, 2))),
        *("--role-arn", f"{ACCOUNT}:role/FederatedWebIdentityRole", "--web-identity-token", token),
    )
    assert answer["SubjectFromWebIdentityToken"] == "amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A"
    assert answer["Audience"] == "client.5498841531868486423.1548@apps.example.com"
    assert answer["AssumedRoleUser"]["Arn"] == f"{SESSIONS}/FederatedWebIdentityRole/app1"
    assert re.fullmatch(r"AROA[A-Z0-9]+:app1", answer["AssumedRoleUser"]["AssumedRoleId"])
    assert answer["Provider"] == "www.amazon.com"
    assert lasts(answer["Credentials"], minutes=60)


def test_3_assume_role(cli: Cli) -> None:
    answer = cli.sts("assume-role", "--role-arn", f"{ACCOUNT}:role/xaccounts3access", "--role-session-name", "s3-access-example")
    assert answer["AssumedRoleUser"]["Arn"] == f"{SESSIONS}/xaccounts3access/s3-access-example"
    assert re.fullmatch(r"AROA[A-Z0-9]+:s3-access-example", answer["AssumedRoleUser"]["AssumedRoleId"])
    assert lasts(answer["Credentials"], minutes=60)


def test_4_decode_authorization_message(cli: Cli) -> None:
    message = (cli.world.examples.root / "encoded-message").read_text("ascii")
    decoded = json.loads(cli.sts("decode-authorization-message", "--encoded-message", message, "--profile", "broker")["DecodedMessage"])
    assert (decoded["allowed"], decoded["explicitDeny"], decoded["failures"]) == (False, True, {"items": []})
    assert decoded["matchedStatements"]["items"][0]["statementId"] == "VisualEditor0"
    assert decoded["context"]["principal"]["arn"] == "arn:aws:sts::111122223333:assumed-role/Developer/Ana"
    conditions = {item["key"]: [each["value"] for each in item["values"]["items"]] for item in decoded["context"]["conditions"]["items"]}
    assert len(conditions) == 18
    assert conditions["ec2:InstanceType"] == ["t2.micro"]


def test_5_get_caller_identity(cli: Cli) -> None:
    answer = cli.sts("get-caller-identity")
    assert answer.pop("UserId").startswith("AIDA")
    assert answer == {"Account": "123456789012", "Arn": f"{ACCOUNT}:user/DevAdmin"}


def test_6_get_federation_token(cli: Cli) -> None:
    policy = cli.world.examples.root / "myfile.json"
    answer = cli.sts(
        "get-federation-token",
        *("--name", "Bob", "--policy", f"file://{policy}", "--duration-seconds", "900", "--profile", "broker"),
        *("--policy-arns", "arn=arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
    )
    assert answer["FederatedUser"] == {
        "FederatedUserId": "111122223333:Bob",
        "Arn": "arn:aws:sts::111122223333:federated-user/Bob",
    }
    assert lasts(answer["Credentials"], minutes=15)
    assert answer["PackedPolicySize"] > 0


def test_7_get_session_token(cli: Cli) -> None:
    device = cli.world.examples.mfa_device()
    code = mfa_code(device, at=datetime.now(UTC))
    call = ["--duration-seconds", "900", "--serial-number", device.serial_number, "--token-code", code]
    answer = cli.sts("get-session-token", *call)
    assert list(answer) == ["Credentials"]
    assert lasts(answer["Credentials"], minutes=15)
    again = cli.run("sts", "get-session-token", *call)
    assert "MultiFactorAuthentication failed with invalid MFA one time pass code." in again.stderr


def obtains_keeps_and_renews(cli: Cli, profile: str, arn: str) -> None:
    """The profile's first call obtains credentials, the second finds them in the cache, and once they have ended a third renews them."""
    assert re.fullmatch(arn, cli.who(profile))
    first = cli.cached_key()
    assert re.fullmatch(arn, cli.who(profile))
    assert cli.cached_key() == first
    cli.let_expire()
    assert re.fullmatch(arn, cli.who(profile))
    assert cli.cached_key() != first


def test_a_profile_assumes_a_role(cli: Cli) -> None:
    cli.profile("s3", role_arn=f"{ACCOUNT}:role/xaccounts3access", source_profile="default")
    obtains_keeps_and_renews(cli, "s3", f"{SESSIONS}/xaccounts3access/.+")


def test_a_profile_assumes_a_role_by_another(cli: Cli) -> None:
    """Role chaining: the session of one role assumes the next."""
    cli.profile("partner", role_arn=f"{ACCOUNT}:role/Partner", source_profile="broker", external_id=EXTERNAL_ID)
    cli.profile("chained", role_arn=f"{ACCOUNT}:role/xaccounts3access", source_profile="partner", role_session_name="chained")
    assert cli.who("chained") == f"{SESSIONS}/xaccounts3access/chained"


@pytest.mark.parametrize(("external_id", "status"), [(EXTERNAL_ID, 0), ("54321", 255)])
def test_a_profile_with_an_external_id(cli: Cli, external_id: str, status: int) -> None:
    cli.profile("partner", role_arn=f"{ACCOUNT}:role/Partner", source_profile="broker", external_id=external_id)
    outcome = cli.run("sts", "get-caller-identity", "--profile", "partner")
    assert (outcome.returncode, "(AccessDenied)" in outcome.stderr) == (status, status != 0), outcome.stderr


def test_a_profile_with_a_second_factor(cli: Cli) -> None:
    mfa = cli.world.mfa()
    cli.profile("guarded", role_arn=f"{ACCOUNT}:role/Guarded", source_profile="default", mfa_serial=mfa["SerialNumber"])
    assert cli.who("guarded", answers=mfa["TokenCode"] + "\n").startswith(f"{SESSIONS}/Guarded/")


def test_a_profile_without_the_second_factor(cli: Cli) -> None:
    cli.profile("unguarded", role_arn=f"{ACCOUNT}:role/Guarded", source_profile="default")
    assert "(AccessDenied)" in cli.run("sts", "get-caller-identity", "--profile", "unguarded").stderr


def test_a_profile_with_a_web_identity_token_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(cli.world.id_token(), encoding="ascii")
    cli.profile("ci", role_arn=f"{ACCOUNT}:role/GitHubDeploy", web_identity_token_file=str(tmp_path / "token"), role_session_name="deploy")
    obtains_keeps_and_renews(cli, "ci", f"{SESSIONS}/GitHubDeploy/deploy")


def test_a_profile_with_a_credential_process(cli: Cli, tmp_path: Path) -> None:
    """The CLI runs the process whenever it needs credentials: our own command line, which never asks the server."""
    response, account = tmp_path / "response", cli.world.examples.account
    command = f"{cli.programs / 'federation'} sts assume-role-with-saml --account {account}"
    arns = f"--role-arn {ROLE} --principal-arn {PROVIDER}"
    cli.profile("saml", credential_process=f"{command} {arns} --saml-assertion file://{response} --format credential-process")
    for _ in range(2):
        response.write_text(cli.world.saml_response(), encoding="ascii")
        assert cli.who("saml") == f"{SESSIONS}/TestSaml/SamlExample"
    response.write_text(PLACEHOLDER, encoding="ascii")
    outcome = cli.run("sts", "get-caller-identity", "--profile", "saml")
    assert outcome.returncode != 0
    assert "InvalidIdentityToken" in outcome.stderr
