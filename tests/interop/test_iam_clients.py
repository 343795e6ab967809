"""IAM over the wire by other clients: SDKs for Go and Java, the AWS CLI for every operation, Terraform. `make clients` runs them."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name  # type: ignore[import-untyped]

from federation.account import init_account
from federation.account.writing.credentials import create_access_key
from federation.account.writing.users import add_user
from tests.support.iam_journey import METADATA, TRUST, travel
from tests.support.in_process import ADMIN, EVERYTHING
from tests.support.sdks import BY_NAME, Call, Sdk, cli_version_2
from tests.support.server import Served, need_server, serve
from tests.support.world import ACCOUNT

pytestmark = [pytest.mark.clients, pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")]
NEW = {"RoleName": "Sdk", "AssumeRolePolicyDocument": TRUST, "Tags": [{"Key": "team", "Value": "blue"}]}
NAMED = {"RoleName": "Sdk"}


@dataclass(frozen=True)
class Iam:
    """A server for an account of its own, and the key of its administrator."""

    server: Served
    key: str
    secret: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment of an AWS client that has this key and knows of the server."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        keys = {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_REGION": "us-east-1"}
        urls = {"AWS_ENDPOINT_URL_IAM": self.server.url, "AWS_ENDPOINT_URL_STS": self.server.url}
        return {**kept, **keys, **urls, "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture(scope="module")
def iam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iam]:
    need_server()
    folder = tmp_path_factory.mktemp("iam")
    account = init_account(folder / "account", account_id=ACCOUNT)
    add_user(account, name=ADMIN, policy=EVERYTHING)
    key = create_access_key(account, user=ADMIN)
    running = serve(folder / "access.log", account=account)
    yield Iam(running, key.id, key.secret)
    running.stop()


@pytest.mark.parametrize("name", BY_NAME)
def test_a_role_by_an_sdk(name: str, iam: Iam) -> None:
    sdk: Sdk = BY_NAME[name]
    calls = (("CreateRole", NEW), ("GetRole", NAMED), ("ListRoleTags", NAMED), ("DeleteRole", NAMED))
    created, found, tags, deleted = sdk.answers(iam.environment, *(Call(operation, given, "iam") for operation, given in calls))
    assert created["Role"]["Arn"] == found["Role"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/Sdk"
    assert (created["Role"]["RoleId"], found["Role"]["MaxSessionDuration"]) == (found["Role"]["RoleId"], 3600)
    assert tags["Tags"] == NEW["Tags"]
    assert "Role" not in deleted
    [gone] = sdk.outcomes(iam.environment, Call("GetRole", NAMED, "iam"))
    assert gone["error"] == {
        "code": "NoSuchEntity",
        "message": "The role with name Sdk cannot be found.",
        "modelled": True,
        "status": 404,
    }


def test_a_role_by_the_cli_of_version_2(iam: Iam, tmp_path: Path) -> None:
    environment = {**iam.environment, "HOME": str(tmp_path)}

    def run(operation: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [cli_version_2(), "--endpoint-url", iam.server.url, "iam", operation, *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    created = run("create-role", "--role-name", "Cli", "--assume-role-policy-document", TRUST)
    assert json.loads(created.stdout)["Role"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/Cli", created.stderr
    assert json.loads(run("get-role", "--role-name", "Cli").stdout)["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert run("delete-role", "--role-name", "Cli").returncode == 0
    gone = run("get-role", "--role-name", "Cli")
    assert (gone.returncode, "(NoSuchEntity)" in gone.stderr) == (254, True)


RENAMED = {"--authentication-code-1": "--authentication-code1", "--authentication-code-2": "--authentication-code2"}


@pytest.mark.skipif(find_spec("awscli") is None, reason="the AWS CLI is not installed: pip install awscli")
def test_every_operation_by_the_cli(iam: Iam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, for a start of it for each would take a minute."""
    for name, value in iam.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    driver = import_module("awscli.clidriver").create_clidriver()

    def call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        words = []
        for name, value in parameters.items():
            flag = f"--{xform_name(name, '-')}"
            words += [RENAMED.get(flag, flag), value if isinstance(value, str) else json.dumps(value)]
        if operation == "CreateVirtualMFADevice":  # the CLI writes the seed to a file
            words += ["--outfile", str(tmp_path / "seed"), "--bootstrap-method", "Base32StringSeed"]
        printed, complaint = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complaint):
            status = driver.main(["iam", xform_name(operation, "-"), *words])
        assert status == 0, f"{operation}: {complaint.getvalue()}"
        answer: dict[str, Any] = json.loads(printed.getvalue() or "{}")
        if operation == "CreateVirtualMFADevice":
            answer["VirtualMFADevice"]["Base32StringSeed"] = (tmp_path / "seed").read_bytes()
        return answer

    said = travel(call)

    assert said["GetRole"]["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert said["GetSAMLProvider"]["SAMLMetadataDocument"] == METADATA
    assert said["SimulateCustomPolicy"]["EvaluationResults"][0]["EvalDecision"] == "allowed"


TERRAFORM = shutil.which("terraform") or shutil.which("tofu")
PLUGINS = Path.home() / ".terraform.d" / "plugins"
MAIN = """
terraform {{ required_providers {{ aws = {{ source = "hashicorp/aws" }} }} }}
provider "aws" {{
  endpoints {{
    iam = "{url}"
    sts = "{url}"
  }}
  skip_metadata_api_check = true
}}
resource "aws_iam_openid_connect_provider" "github" {{
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}}
resource "aws_iam_policy" "read" {{
  name   = "read"
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }}] }})
}}
resource "aws_iam_saml_provider" "company" {{
  name                   = "company"
  saml_metadata_document = file("metadata.xml")
}}
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = aws_iam_openid_connect_provider.github.arn }}
      Condition = {{ StringEquals = {{
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:acme/app:ref:refs/heads/main"
      }} }}
    }}]
  }})
}}
"""


@pytest.mark.skipif(TERRAFORM is None, reason="neither terraform nor tofu is installed")
@pytest.mark.skipif(not PLUGINS.is_dir(), reason=f"there is no provider hashicorp/aws in {PLUGINS}, and a test downloads nothing")
def test_terraform_itself(iam: Iam, tmp_path: Path) -> None:
    assert TERRAFORM is not None
    terraform: str = TERRAFORM
    (tmp_path / "main.tf").write_text(MAIN.format(url=iam.server.url), encoding="utf-8")
    (tmp_path / "metadata.xml").write_text(METADATA, encoding="utf-8")
    (tmp_path / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{PLUGINS}" }}\n}}\n', encoding="utf-8")
    environment = {**iam.environment, "TF_CLI_CONFIG_FILE": str(tmp_path / "rc"), "CHECKPOINT_DISABLE": "1"}

    def run(*words: str) -> int:
        command = [terraform, *words, "-no-color"]
        outcome = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False)
        sys.stdout.write(outcome.stdout + outcome.stderr)
        return outcome.returncode

    assert run("init", "-input=false") == 0
    assert run("apply", "-auto-approve", "-input=false") == 0
    assert run("plan", "-detailed-exitcode", "-input=false") == 0, "what was applied is read as it was written"
    assert run("destroy", "-auto-approve", "-input=false") == 0
