"""Credentials that botocore renews by itself, inside one process, as a long-running program with boto3 has them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import botocore.session  # type: ignore[import-untyped]
import pytest

from tests.support.server import PROVIDER, ROLE, World

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
COMMAND = "sts assume-role-with-saml --format credential-process"
CONFIG = """
[profile role]
role_arn = arn:aws:iam::123456789012:role/xaccounts3access
source_profile = default
role_session_name = long-running
[profile ci]
role_arn = arn:aws:iam::123456789012:role/GitHubDeploy
web_identity_token_file = {token}
role_session_name = deploy
[profile saml]
credential_process = {command} --account {account} --role-arn {role} --principal-arn {provider} --saml-assertion file://{token}
"""

Issue = Callable[[World], str]


@pytest.fixture
def token(world: World, tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the profiles look for a token; the environment of this process is that of an AWS client."""
    for name, value in world.environment(AWS_DEFAULT_REGION="us-east-1").items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "token"
    content = CONFIG.format(
        token=path, command=f"{programs / 'federation'} {COMMAND}", account=world.examples.account, role=ROLE, provider=PROVIDER
    )
    (tmp_path / "config").write_text(content, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    return path


@pytest.mark.parametrize(
    ("profile", "issue", "session"),
    [
        ("role", lambda world: "", "xaccounts3access/long-running"),
        ("ci", World.id_token, "GitHubDeploy/deploy"),
        ("saml", World.saml_response, "TestSaml/SamlExample"),
    ],
)
def test_credentials_are_renewed_before_they_end(
    world: World, token: Path, profile: str, issue: Issue, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token.write_text(issue(world), encoding="ascii")
    aws = botocore.session.Session(profile=profile)
    credentials = aws.get_credentials()
    first = credentials.get_frozen_credentials()
    assert credentials.get_frozen_credentials() == first
    now: Callable[[], datetime] = credentials._time_fetcher

    def late() -> datetime:
        return now() + timedelta(minutes=55)

    credentials._time_fetcher = late
    monkeypatch.setattr("botocore.credentials._local_now", late)
    token.write_text(issue(world), encoding="ascii")
    renewed = credentials.get_frozen_credentials()
    assert renewed.access_key != first.access_key
    assert aws.create_client("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::123456789012:assumed-role/{session}"


def test_a_token_that_ended_renews_nothing(world: World, token: Path) -> None:
    token.write_text(world.github.token(at=datetime.fromtimestamp(0).astimezone()), encoding="ascii")
    aws = botocore.session.Session(profile="ci")
    client = aws.create_client("sts")
    with pytest.raises(client.exceptions.ExpiredTokenException):
        client.get_caller_identity()
