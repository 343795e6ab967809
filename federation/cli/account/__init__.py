"""`federation account`: make, check and show an account directory."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from federation import limits
from federation.account import add_policy, add_role, add_saml_provider, init_account
from federation.account.directory import load_account
from federation.account.lint import lint_account
from federation.account.saml_providers import PRIVATE_KEY_OCTETS
from federation.cli.account.principals import COMMANDS
from federation.cli.account.summary import counts, print_account, summary
from federation.cli.account.web_identity import add_oauth_provider_command, add_oidc_provider_command, add_token_information_command
from federation.cli.inputs import read_document, read_text
from federation.cli.lint import print_finding
from federation.cli.options import account_option, json_option
from federation.cli.plain import print_json, safe
from federation.cli.rendering import DIM, GOOD, console, facts, print_made
from federation.errors import ValidationError
from federation.policy import Kind
from federation.profiles import Profile


class AccountVerbs(click.Group):
    """Every argument of these verbs is the user's own: one that has not its form is a fault of usage."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except ValidationError as fault:
            raise click.UsageError(f"{fault.check}: expected {fault.expected}, found {fault.found}; {fault.remedy}") from fault


@click.group(cls=AccountVerbs)
def command() -> None:
    """Make, check and show an account directory."""


@command.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--account-id", required=True, help="Twelve digits.")
@click.option("--partition", default="aws", show_default=True)
@click.option("--profile", type=click.Choice([p.value for p in Profile]), default=Profile.STRICT.value, show_default=True)
@json_option
def init(directory: Path, *, account_id: str, partition: str, profile: str, as_json: bool) -> None:
    """Make DIRECTORY an account with a fresh keyring."""
    made = init_account(directory, account_id=account_id, partition=partition, profile=profile)
    print_made({"directory": str(made), "account_id": account_id}, as_json=as_json)


@command.command()
@account_option
@json_option
def check(*, account_path: Path, as_json: bool) -> None:
    """Read everything and report every fault with its file and place; then what lint finds in the trust policies, which is no fault."""
    account = load_account(account_path)
    findings = lint_account(account, kinds=frozenset({Kind.TRUST}))
    if as_json:
        print_json({"sound": True, **summary(account), "findings": [each.as_dict() for each in findings]})
        return
    out = console()
    out.print(Text(f"✓ account {account.id} is sound", style=GOOD), Text(f"({counts(account)})", style=DIM))
    out.print(facts(("note", note) for note in account.notes))
    for each in findings:
        print_finding(each.finding, safe(each.file), out)


@command.command()
@account_option
@json_option
def show(*, account_path: Path, as_json: bool) -> None:
    """Show what the account holds."""
    account = load_account(account_path)
    if as_json:
        print_json(summary(account))
        return
    print_account(account)


@command.command("add-saml-provider")
@account_option
@click.option("--name", required=True, help="Name of the provider, as in its ARN.")
@click.argument("metadata", type=click.Path(path_type=Path))
@click.option("--decryption-key", "decryption_keys", multiple=True, type=click.Path(path_type=Path), help="RSA key, PEM; at most two.")
@json_option
def add_saml_provider_command(metadata: Path, *, account_path: Path, name: str, decryption_keys: tuple[Path, ...], as_json: bool) -> None:
    """Register the identity provider that METADATA describes."""
    keys = [read_document(path, longest=PRIVATE_KEY_OCTETS) for path in decryption_keys]
    document = read_document(metadata, longest=limits.METADATA_OCTETS)
    print_made({"arn": add_saml_provider(account_path, name=name, metadata=document, decryption_keys=keys)}, as_json=as_json)


@command.command("add-role")
@account_option
@click.option("--name", required=True, help="Name of the role.")
@click.option("--trust-policy", required=True, type=click.Path(path_type=Path), help="The AssumeRolePolicyDocument, JSON.")
@click.option("--max-session-duration", type=int, default=3600, show_default=True, help="Seconds.")
@click.option("--policy", type=click.Path(path_type=Path), help="An inline identity policy, JSON.")
@click.option("--path", "role_path", default="/", show_default=True, help="Path of the role.")
@click.option("--description", default="", help="Free text.")
@json_option
def add_role_command(
    *,
    account_path: Path,
    name: str,
    trust_policy: Path,
    max_session_duration: int,
    policy: Path | None,
    role_path: str,
    description: str,
    as_json: bool,
) -> None:
    """Add a role."""
    arn = add_role(
        account_path,
        name=name,
        trust_policy=read_text(trust_policy, longest=limits.POLICY_CHARS),
        max_session_duration=max_session_duration,
        policy=None if policy is None else read_text(policy, longest=limits.POLICY_CHARS),
        role_path=role_path,
        description=description,
    )
    print_made({"arn": arn}, as_json=as_json)


@command.command("add-policy")
@account_option
@click.option("--name", required=True, help="Name of the policy.")
@click.argument("document", type=click.Path(path_type=Path))
@json_option
def add_policy_command(document: Path, *, account_path: Path, name: str, as_json: bool) -> None:
    """Add the managed policy that DOCUMENT holds."""
    text = read_text(document, longest=limits.POLICY_CHARS)
    print_made({"arn": add_policy(account_path, name=name, document=text)}, as_json=as_json)


for writer in (add_oidc_provider_command, add_oauth_provider_command, add_token_information_command, *COMMANDS):
    command.add_command(writer)
