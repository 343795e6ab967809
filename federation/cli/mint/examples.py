"""`federation mint examples` and `mint mfa-code`: the documented examples of AWS, for the AWS CLI and `federation serve`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from federation import clock
from federation.cli.support.fixtures import Fixtures, shown
from federation.cli.support.options import account_option, moment_option
from federation.cli.support.paths import PathType
from federation.testing.examples import MFA_SERIAL, SAML_PROVIDER, SAML_ROLE, Examples, write_examples
from federation.testing.mfa import mfa_code, mfa_device

_ROLE: Final = "arn:aws:iam::123456789012:role"
_POLICY: Final = "arn=arn:aws:iam::123456789012:policy/webidentitydemopolicy"
_ENDPOINT: Final = "http://127.0.0.1:8042"
_READ_ONLY: Final = "arn=arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@click.command()
@click.argument("directory", type=PathType(path_type=Path))
@moment_option("Issue the tokens")
def examples(directory: Path, *, at: datetime | None) -> None:
    """Write the documented examples into DIRECTORY, valid from now or from --at, and print how to run them with the AWS CLI.

    Two accounts with throw-away keys, a SAML response (for one use within five minutes), an ID token and an access token (for an hour) and
    AWS profiles. Use them for tests only: their secrets are public, since this package contains them.
    """
    made = write_examples(directory, fixtures=Fixtures.find().root, at=clock.resolve(at))
    click.echo(_script(made, shown(made.root)))


@click.command("mfa-code")
@click.argument("serial_number")
@account_option
@moment_option("Show the code")
def mfa_code_command(*, serial_number: str, account_path: Path, at: datetime | None) -> None:
    """Print the present code of an MFA device of the account."""
    click.echo(mfa_code(mfa_device(account_path, serial_number), at=clock.resolve(at)))


def _script(made: Examples, root: str) -> str:
    """Return the shell commands that run all seven examples."""
    exports = " ".join(f"{name}={shown(Path(path))}" for name, path in made.environment.items())
    return f"""\
# In one shell:
federation serve --account {root}/account --neighbour {root}/account-b

# In another, within five minutes (an AWS CLI before 2.13 or 1.29 ignores the first variable: give it --endpoint-url {_ENDPOINT}):
export AWS_ENDPOINT_URL_STS={_ENDPOINT} {exports}
aws sts assume-role-with-saml --role-arn {SAML_ROLE} --principal-arn {SAML_PROVIDER} \\
  --saml-assertion file://{root}/saml-response.b64
aws sts assume-role-with-web-identity --duration-seconds 3600 --role-session-name app1 --provider-id www.amazon.com \\
  --policy-arns {_POLICY}1 {_POLICY}2 --role-arn {_ROLE}/FederatedWebIdentityRole \\
  --web-identity-token file://{root}/access-token
aws sts assume-role --role-arn {_ROLE}/xaccounts3access --role-session-name s3-access-example
aws sts decode-authorization-message --profile broker --encoded-message file://{root}/encoded-message
aws sts get-caller-identity
aws sts get-federation-token --profile broker --name Bob --policy file://{root}/myfile.json --policy-arns {_READ_ONLY} \\
  --duration-seconds 900
aws sts get-session-token --duration-seconds 900 --serial-number {MFA_SERIAL} \\
  --token-code $(federation mint mfa-code {MFA_SERIAL} --account {root}/account)"""
