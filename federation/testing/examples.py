"""The documented examples of AWS STS with valid tokens: accounts, tokens and client configuration in one directory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from federation.account.mfa_device import MfaDevice
from federation.account.reading.files import FileContent
from federation.account.writing.atomic import PRIVATE_MODE, PUBLIC_MODE, replace_file, write_directory
from federation.sts.service import SecurityTokenService
from federation.testing.forge import SamlForge, to_base64
from federation.testing.keys import SigningKey
from federation.testing.login import Login, aws_attributes
from federation.testing.mfa import mfa_device
from federation.testing.oidc import OidcForge, TokenKey
from federation.testing.oidc_shapes import OIDC_SHAPES

SAML_ROLE: Final = "arn:aws:iam::123456789012:role/TestSaml"
SAML_PROVIDER: Final = "arn:aws:iam::123456789012:saml-provider/SAML-test"
ENTITY_ID: Final = "https://integ.example.com/idp/shibboleth"
MFA_SERIAL: Final = "arn:aws:iam::123456789012:mfa/DevAdmin"
ISSUER_KID: Final = "examples"
"""Key id of the identity provider's key in the key set of the ID token's issuer, in addition to that of the fixtures."""
PROFILES: Final = {"default": "account", "broker": "account-b"}
"""AWS profile to the account of its user."""

DEVELOPER: Final = "arn:aws:sts::111122223333:assumed-role/Developer/Ana"
INSTANCE: Final = "arn:aws:ec2:us-east-1:111122223333:instance/*"
INSTANCE_CONTEXT: Final[Mapping[str, str]] = {
    "ec2:MetadataHttpPutResponseHopLimit": "2",
    "ec2:InstanceMarketType": "on-demand",
    "aws:Resource": "instance/*",
    "aws:Account": "111122223333",
    "ec2:AvailabilityZone": "us-east-1f",
    "ec2:ebsOptimized": "false",
    "ec2:IsLaunchTemplateResource": "false",
    "ec2:InstanceType": "t2.micro",
    "ec2:RootDeviceType": "ebs",
    "aws:Region": "us-east-1",
    "ec2:MetadataHttpEndpoint": "enabled",
    "aws:Service": "ec2",
    "ec2:InstanceID": "*",
    "ec2:MetadataHttpTokens": "required",
    "aws:Type": "instance",
    "ec2:Tenancy": "default",
    "ec2:Region": "us-east-1",
    "aws:ARN": INSTANCE,
}
"""Condition keys of EC2 in the documented authorization message, in their order."""


@dataclass(frozen=True, slots=True)
class Examples:
    """The directory that `write_examples` returns.

    Attributes:
        root: The directory.
    """

    root: Path

    @property
    def account(self) -> Path:
        """Directory of account 123456789012."""
        return self.root / "account"

    @property
    def neighbour(self) -> Path:
        """Directory of account 111122223333."""
        return self.root / "account-b"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables with which AWS clients use the profiles of the examples; they do not set the endpoint."""
        return {
            "AWS_CONFIG_FILE": str(self.root / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.root / "aws-credentials"),
        }

    def mfa_device(self) -> MfaDevice:
        """The MFA device of user DevAdmin."""
        return mfa_device(self.account, MFA_SERIAL)

    def saml_response(self, *, at: datetime, seed: str, validity: timedelta = timedelta(minutes=5)) -> str:
        """Return the documented login as a new SAML response in base64.

        Args:
            at: Time of issue, aware.
            seed: Determines all identifiers. Use another seed for each response, because each is accepted once.
            validity: Length of the validity, a timedelta.
        """
        folder = self.root / "identity-provider"
        key = SigningKey.from_pem((folder / "key.pem").read_bytes(), (folder / "certificate.pem").read_bytes())
        return to_base64(_forge(key).response(_login(at, seed, validity)))


def write_examples(target: Path, *, fixtures: Path, at: datetime) -> Examples:
    """Write the documented examples, valid at *at*, and return their directory.

    The accounts are copies of the shipped ones with a new key of the identity provider, which also signs the ID token, and with new token
    information for the access token.

    Args:
        target: A directory that does not exist, or is empty.
        fixtures: The shipped fixtures.
        at: Time of issue, aware. The SAML response is valid for five minutes, the ID token and the access token for an hour.

    Raises:
        AccountFault: *target* is not empty, or a file cannot be written.
    """
    instant = at.replace(microsecond=0)
    key = SigningKey.generate(common_name="throw-away", at=instant, life=timedelta(days=30))
    response = to_base64(_forge(key).response(_login(instant, "first", timedelta(minutes=5))))
    write_directory(
        target,
        {
            "saml-response.b64": FileContent(response.encode("ascii"), PUBLIC_MODE),
            "access-token": FileContent((fixtures / "oauth" / "documented.token").read_bytes().strip(), PUBLIC_MODE),
            "myfile.json": FileContent((fixtures / "sts" / "myfile.json").read_bytes(), PUBLIC_MODE),
        },
    )
    examples = Examples(target.resolve())
    for account in (examples.account, examples.neighbour):
        shutil.copytree(fixtures / account.name, account, copy_function=shutil.copyfile)
    write_directory(
        examples.root / "identity-provider",
        {
            "key.pem": FileContent(key.private_pem(), PRIVATE_MODE),
            "certificate.pem": FileContent(key.certificate_pem(), PUBLIC_MODE),
        },
    )
    replace_file(examples.account / "saml-providers" / "SAML-test" / "metadata.xml", _forge(key).metadata())
    _write_id_token(examples, key, instant)
    _renew_token_information(examples.account, instant)
    _write_client_configuration(examples)
    _write_denial(examples, instant)
    return examples


def _forge(key: SigningKey) -> SamlForge:
    return SamlForge(key=key, issuer=ENTITY_ID)


def _login(at: datetime, seed: str, validity: timedelta) -> Login:
    attributes = aws_attributes(role=SAML_ROLE, provider=SAML_PROVIDER, session_name="SamlExample")
    return Login(at=at.replace(microsecond=0), subject="SamlExample", attributes=attributes, seed=f"{at} {seed}", validity=validity)


def _renew_token_information(account: Path, at: datetime) -> None:
    [file] = (account / "oauth-providers" / "www.amazon.com").glob("*.json")
    answer = {**json.loads(file.read_bytes()), "iat": int(at.timestamp())}
    replace_file(file, (json.dumps(answer, indent=2) + "\n").encode("ascii"))


def _write_id_token(examples: Examples, key: SigningKey, at: datetime) -> None:
    """Add *key* to the key set of the registered issuer, and write a token of the workflow that role GitHubDeploy trusts."""
    issuer = OidcForge(key=TokenKey.from_pem(key.private_pem(), kid=ISSUER_KID), shape=OIDC_SHAPES["github"])
    file = examples.account / "oidc-providers" / "token.actions.githubusercontent.com" / "jwks.json"
    published = json.loads(file.read_bytes())["keys"] + issuer.jwks()["keys"]
    replace_file(file, (json.dumps({"keys": published}, indent=2) + "\n").encode("ascii"))
    replace_file(examples.root / "id-token", issuer.token(at=at, exp=int(at.timestamp()) + 3600).encode("ascii"))


def _write_client_configuration(examples: Examples) -> None:
    lines = []
    for profile, account in PROFILES.items():
        [file] = (examples.root / account / "access-keys").glob("*.json")
        key = json.loads(file.read_bytes())["AccessKey"]
        lines += [f"[{profile}]", f"aws_access_key_id = {key['AccessKeyId']}", f"aws_secret_access_key = {key['SecretAccessKey']}", ""]
    replace_file(examples.root / "aws-credentials", "\n".join(lines).encode("ascii"), mode=PRIVATE_MODE)
    replace_file(examples.root / "aws-config", b"[default]\nregion = us-east-1\n\n[profile broker]\nregion = us-east-1\n")


def _write_denial(examples: Examples, at: datetime) -> None:
    """Run the documented request that is denied, and write its encoded authorization message."""
    sts = SecurityTokenService.open(examples.neighbour)
    answer = sts.authorize(DEVELOPER, action="ec2:RunInstances", resource=INSTANCE, context=INSTANCE_CONTEXT, at=at)
    replace_file(examples.root / "encoded-message", (answer.encoded_message or "").encode("ascii"))
